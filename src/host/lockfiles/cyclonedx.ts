import { fromHex } from './digests.ts'
import { push } from './graph.ts'
import { readJson } from './json.ts'
import type { Draft, Format, Reading } from './project-file.ts'
import { draftOf, Others, readPurl } from './purl.ts'
import { addComponents, freeId } from './sbom.ts'
import { at, itemsOf, textAt, textOf } from './tree.ts'
import type { Located } from './tree.ts'

/** CycloneDX JSON (ECMA-424), all versions: components by their package URLs. */
export const cyclonedx: Format = {
  name: 'CycloneDX',
  files: 'CycloneDX and SPDX JSON (*.cdx.json, bom.json, sbom.json, *.spdx.json)',
  ecosystem: null,
  matches: (name, text) => name.endsWith('.json') && (/\.cdx\.json$|^bom\.json$/.test(name) || /"bomFormat"\s*:\s*"CycloneDX"/.test(text.slice(0, 100_000))),
  read(reading) {
    const root = readJson(reading)
    const version = textAt(root, 'specVersion')
    reading.called(`CycloneDX ${version ?? '(no version)'}`)
    if (textAt(root, 'bomFormat') !== 'CycloneDX') reading.problem(at(root, 'bomFormat')?.line ?? null, 'bomFormat is not CycloneDX')
    if (version === null || !/^1\.\d$/.test(version)) reading.problem(at(root, 'specVersion')?.line ?? null, `specVersion ${version ?? 'is missing'}: read as if it were 1.6`)

    const components = new Map<string, Draft | null>()
    const others = new Others()
    collect(reading, at(root, 'components'), { components, others })
    const main = at(at(root, 'metadata'), 'component')
    const own = textAt(main, 'bom-ref') ?? textAt(main, 'purl')
    collect(reading, at(main, 'components'), { components, others })
    others.tell(reading)

    const edges = new Map<string, string[]>()
    for (const one of itemsOf(reading, at(root, 'dependencies'), 'dependencies')) {
      const ref = textAt(one, 'ref')
      if (ref === null) reading.problem(one.line, 'a dependency without a ref was left out')
      else for (const on of itemsOf(reading, at(one, 'dependsOn'), 'dependsOn')) push(edges, ref, textOf(on) ?? '')
    }
    addComponents(reading, { components, edges, roots: own === null ? [] : [own] })
  },
}

/** Components may hold components. Depth is bounded by the reader. */
function collect(reading: Reading, list: Located | undefined, into: { components: Map<string, Draft | null>; others: Others }): void {
  for (const one of itemsOf(reading, list, 'components')) {
    if (!(one.value instanceof Map)) {
      reading.problem(one.line, 'a component that is no table was left out')
      continue
    }
    const purl = textAt(one, 'purl')
    const named = purl === null ? null : readPurl(purl)
    // Files, devices and models are no packages.
    if (!named && !['file', 'data', 'device', 'machine-learning-model', 'cryptographic-asset'].includes(textAt(one, 'type') ?? '')) into.others.add(purl, one.line)
    const id = freeId(into.components, textAt(one, 'bom-ref') ?? purl)
    into.components.set(id, named ? { ...draftOf(named), digests: digestsOf(reading, one), line: one.line, dev: isDev(reading, one) } : null)
    collect(reading, at(one, 'components'), into)
  }
}

const digestsOf = (reading: Reading, one: Located): string[] =>
  itemsOf(reading, at(one, 'hashes'), 'hashes').flatMap((hash) => fromHex(textAt(hash, 'content'), textAt(hash, 'alg') ?? undefined))

/** The tools for npm mark what only development needs with a property; `scope` says that it is not in the product. */
function isDev(reading: Reading, one: Located): boolean | null {
  for (const property of itemsOf(reading, at(one, 'properties'), 'properties')) {
    if (/(?:^|:)development$/.test(textAt(property, 'name') ?? '')) return textAt(property, 'value') === 'true'
  }
  return textAt(one, 'scope') === 'excluded' ? true : null
}
