import { randomUUID } from 'node:crypto'
import { purlOf } from '../../screening/purl.ts'
import type { InventoryPackage, InventoryTree } from './package.ts'

/** What a machine has as a CycloneDX bill of materials (ECMA-424, version 1.6): each version once, with the places it lies in. */
export function bill(trees: readonly InventoryTree[], { host, now }: { host: string; now: Date }): object {
  return {
    bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${randomUUID()}`, version: 1,
    metadata: { timestamp: now.toISOString(), tools: { components: [{ type: 'application', name: 'sluice' }] }, component: { type: 'device', name: host, 'bom-ref': `device ${host}` } },
    components: [...versionsIn(trees)].map(([purl, { one, places }]) => ({
      type: 'library', 'bom-ref': purl, name: one.name, ...(one.version === null ? {} : { version: one.version }), purl, ...hashesOf(one), evidence: { occurrences: places.slice(0, MOST_PLACES).map((location) => ({ location })) },
    })),
  }
}

/** One package URL a line, each once. */
export const purls = (trees: readonly InventoryTree[]): string[] => [...versionsIn(trees).keys()].sort()

const MOST_PLACES = 200

function versionsIn(trees: readonly InventoryTree[]): ReadonlyMap<string, { one: InventoryPackage; places: string[] }> {
  const found = new Map<string, { one: InventoryPackage; places: string[] }>()
  for (const { path, packages } of trees) {
    for (const one of packages) {
      const purl = purlOf({ ...one, version: one.version?.toWellFormed() ?? null })
      const known = found.get(purl) ?? { one, places: [] }
      found.set(purl, known)
      known.places.push(one.place === '' ? path : `${path}/${one.place}`)
    }
  }
  return found
}

/** As CycloneDX writes digests: in hex. Go's `h1` is of a list of files, and none of its algorithms. */
function hashesOf({ digests }: InventoryPackage): object {
  const hashes = digests.flatMap((digest) => {
    const [, algorithm, hex] = /^(sha256):([0-9a-f]{64})$/.exec(digest) ?? []
    if (algorithm !== undefined) return [{ alg: 'SHA-256', content: hex }]
    const base64 = /^sha512-([A-Za-z0-9+/]{86}==)$/.exec(digest)?.[1]
    return base64 === undefined ? [] : [{ alg: 'SHA-512', content: Buffer.from(base64, 'base64').toString('hex') }]
  })
  return hashes.length === 0 ? {} : { hashes }
}
