import { createHash, randomUUID } from 'node:crypto'
import { ecosystems } from '../../ecosystems/index.ts'
import type { Digest } from '../../core/types.ts'
import { BATCH, writeBatch } from '../events/batch.ts'
import type { BatchAnswer, BatchLine } from '../events/batch.ts'
import type { HostEvent, HostPackage } from '../events/event.ts'
import type { Kept } from './kept.ts'
import type { InventoryTree } from './package.ts'

export interface Telling {
  /** The gate's address: what one was told another does not know. */
  server: string
  host: string
  user: string | null
  kept: Kept
  now: Date
  /** Roots that were walked; what lies elsewhere is as it was. null: the whole machine. */
  roots: readonly string[] | null
  /** Sends one batch. Throws where it was not taken. */
  send(batch: Uint8Array): Promise<BatchAnswer>
}

export interface Told {
  installed: number
  removed: number
  refused: number
  /** Everything was told, because the gate knew nothing of this machine. */
  whole: boolean
}

interface Memory {
  spool: string
  next: number
  packages: Record<string, Package>
}

type Package = [ecosystem: HostPackage['ecosystem'], name: string, version: string | null, place: string, digest: Digest | null]

const AT_ONCE = 1_000
/** Batches after which what was taken is remembered. */
const KEPT_AFTER = 10

/** Tells a gate what has changed since it was told last; everything where it knows nothing. What was taken is remembered batch by batch. */
export async function tellInventory(trees: readonly InventoryTree[], telling: Telling): Promise<Told> {
  const file = `told-${createHash('sha256').update(`${telling.server}\n${telling.host}`).digest('hex').slice(0, 16)}.json`
  const before = memoryIn(telling.kept, file)
  if (before) {
    const changed = await tell(trees, { ...telling, file, memory: before, whole: false })
    if (changed) return changed
  }
  return await tell(trees, { ...telling, file, memory: { spool: randomUUID(), next: 0, packages: {} }, whole: true }) as Told
}

/** null: the gate does not know what it was told before. */
async function tell(trees: readonly InventoryTree[], { host, user, kept, now, roots, send, file, memory, whole }: Telling & { file: string; memory: Memory; whole: boolean }): Promise<Told | null> {
  const there = new Map(trees.flatMap((tree) => packagesIn(tree)).map((one) => [keyOf(one), one]))
  const walked = (place: string): boolean => roots === null || roots.some((root) => place === root || place.startsWith(`${root}/`))
  const session = randomUUID()
  const changes: { key: string; one: Package; kind: 'installed' | 'removed' }[] = [
    ...[...there].filter(([key, [, , , , digest]]) => !Object.hasOwn(memory.packages, key) || memory.packages[key]?.[4] !== digest).map(([key, one]) => ({ key, one, kind: 'installed' as const })),
    ...Object.entries(memory.packages).filter(([key, one]) => !there.has(key) && walked(one[3])).map(([key, one]) => ({ key, one, kind: 'removed' as const })),
  ]
  const told: Told = { installed: 0, removed: 0, refused: 0, whole }
  // Numbers of a run that was broken off are never given again: what was taken of it is not known here.
  memory.next = Math.max(memory.next, now.getTime())
  for (let from = 0; from < changes.length || from === 0; from += AT_ONCE) {
    const part = changes.slice(from, from + AT_ONCE)
    const last = from + AT_ONCE >= changes.length
    const lines = part.map(({ one, kind }, index): BatchLine => ({ sequence: memory.next + index, event: eventOf(one, { kind, host, user, session, now }) }))
    const batches = fitting(lines)
    for (const [index, some] of batches.entries()) {
      const complete = whole && roots === null && last && index === batches.length - 1 ? session : undefined
      const answer = await send(writeBatch({ host, spool: memory.spool, ...(complete === undefined ? {} : { complete }) }, some, 'gzip'))
      if (!whole && !answer.known) return null
      told.refused += answer.refusedTotal
    }
    memory.next += lines.length
    for (const { key, one, kind } of part) {
      told[kind] += 1
      if (kind === 'installed') memory.packages[key] = one
      else delete memory.packages[key]
    }
    if (last || (from / AT_ONCE) % KEPT_AFTER === KEPT_AFTER - 1) kept.write(file, memory)
  }
  return told
}

/** Unpacked, a batch may have only so many bytes: places may be long. */
function fitting(lines: readonly BatchLine[]): (readonly BatchLine[])[] {
  const most = Math.floor(BATCH.unpacked / 16_384)
  return lines.length <= most || lines.every(({ event }) => (event.place?.length ?? 0) < 1_000) ? [lines] : Array.from({ length: Math.ceil(lines.length / most) }, (_, index) => lines.slice(index * most, (index + 1) * most))
}

const packagesIn = ({ path, packages }: InventoryTree): Package[] => packages.flatMap(({ ecosystem, name, version, place, digests }): Package[] => {
  const digest = digests.find((one): one is Digest => /^sha256:[0-9a-f]{64}$/.test(one)) ?? null
  return ecosystems[ecosystem].isName(name) && name.length <= 255 ? [[ecosystem, name, version === null ? null : version.slice(0, 255), place === '' ? path : `${path}/${place}`, digest]] : []
})

const keyOf = ([ecosystem, name, version, place]: Package): string => createHash('sha256').update(JSON.stringify([ecosystem, name, version, place])).digest('base64url').slice(0, 22)

function eventOf([ecosystem, name, version, place, digest]: Package, { kind, host, user, session, now }: { kind: 'installed' | 'removed'; host: string; user: string | null; session: string; now: Date }): HostEvent {
  return {
    id: randomUUID(), at: now, host, user, kind, package: { ecosystem, name, version, digest }, place, session, act: null, process: null, source: 'inventory',
    says: `${name}${version === null ? '' : ` ${version}`} ${kind === 'installed' ? 'is installed' : 'is gone'}`,
  }
}

function memoryIn(kept: Kept, file: string): Memory | null {
  const { spool, next, packages } = kept.read(file) ?? {}
  if (typeof spool !== 'string' || !/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(spool) || typeof next !== 'number' || !Number.isSafeInteger(next) || typeof packages !== 'object' || packages === null) return null
  const valid = Object.entries(packages).filter((entry): entry is [string, Package] => Array.isArray(entry[1]) && entry[1].length === 5 && typeof entry[1][3] === 'string')
  return { spool, next, packages: Object.fromEntries(valid) }
}
