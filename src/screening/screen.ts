import { bypasses, undigested } from '../host/lockfiles/diagnose.ts'
import type { Bypass, Gate } from '../host/lockfiles/diagnose.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Problem } from '../host/lockfiles/project-file.ts'
import type { Gathered } from './gather.ts'
import { counts, rank } from './judge.ts'
import { presentIn } from './occurrences.ts'
import type { Occurrence } from './occurrences.ts'
import { remedyFor } from './remedy.ts'
import type { Remedy } from './remedy.ts'
import { KINDS } from './types.ts'
import type { Against, Asked, Assessed, Basis, Safe } from './types.ts'

/** Whoever knows: a data folder, or a gate. */
export interface Screener {
  readonly where: string
  basis(): Promise<Basis>
  assess(asked: readonly Asked[], progress: (done: number) => void): Promise<Assessed[]>
  /** Hosts of the gate and of the registries; null: nobody said which gate clients should ask. */
  gate(): Promise<Gate | null>
}

/** A package that something speaks against, where the project has it, and what to do. */
export interface Find {
  ecosystem: EcosystemId
  name: string
  version: string | null
  against: Against[]
  at: Occurrence[]
  safe: Safe | null
  unsafe: string | null
  remedy: Remedy | null
  /** On how many machines it is installed, by what machines told the gate. */
  machines: number
}

export interface Screened {
  basis: Basis
  files: { path: string; format: string; packages: number }[]
  installed: { path: string; packages: number }[]
  packages: number
  /** How many of each ecosystem. */
  byEcosystem: Partial<Record<EcosystemId, number>>
  /** Packages that are only asked for by a range: which version is there nobody here knows. */
  ranged: number
  /** The gravest first. */
  finds: Find[]
  bypasses: (Bypass & { file: string })[]
  /** Whether lockfiles and settings could be held against a gate. */
  gate: boolean
  problems: (Problem & { file: string })[]
  unread: { path: string; says: string }[]
  left: string[]
}

export interface ScreenOptions {
  /** Leave out what is only for development. */
  production?: boolean
  progress?: (done: number, of: number) => void
}

/** Everything gathered against everything known. */
export async function screen(gathered: Gathered, screener: Screener, { production = false, progress }: ScreenOptions = {}): Promise<Screened> {
  const present = presentIn(gathered, { production })
  const asked = present.map((one) => one.asked)
  const [basis, gate, assessed] = [await screener.basis(), await screener.gate(), await screener.assess(asked, (done) => progress?.(done, asked.length))]
  const byKey = new Map(assessed.map((one) => [keyOf(one), one]))
  const finds = present.flatMap(({ asked: one, at, leftover }): Find[] => {
    const known = byKey.get(keyOf(one))
    const all = known?.against.filter(({ kind }) => !leftover || kind !== 'vulnerable') ?? []
    if (!known || all.length === 0) return []
    const { ecosystem, name, version, safe, unsafe, machines } = known
    const place = at.find(({ installed }) => !installed) ?? at[0]
    return [{ ecosystem, name, version, against: all, at, safe, unsafe, machines, remedy: place && all.some(counts) ? remedyFor(known, place) : null }]
  })
  return {
    basis, packages: present.length, ranged: present.filter(({ asked: { version } }) => version === null).length,
    byEcosystem: Object.fromEntries([...Map.groupBy(present, ({ asked: { ecosystem } }) => ecosystem)].map(([ecosystem, all]) => [ecosystem, all.length])), finds: finds.sort(gravestFirst), gate: gate !== null,
    files: gathered.files.map(({ path, format, dependencies }) => ({ path, format, packages: dependencies.length })),
    installed: gathered.installed.map(({ path, packages }) => ({ path, packages: packages.length })),
    bypasses: gathered.files.flatMap((file) => [...bypasses(file, gate ?? NOWHERE).filter(({ kind }) => gate !== null || !NEED_GATE.has(kind)), ...[undigested(file)].filter((one) => one !== null)].map((one) => ({ ...one, file: file.path }))),
    problems: gathered.files.flatMap(({ path, problems }) => problems.map((one) => ({ file: path, ...one }))),
    unread: gathered.unread, left: gathered.left,
  }
}

const NOWHERE: Gate = { hosts: new Set(), upstreams: new Set() }
/** What can be said only by whoever knows where the gate is. */
const NEED_GATE: ReadonlySet<Bypass['kind']> = new Set(['other-registry', 'other-files', 'other-index', 'other-proxy'])

const keyOf = ({ ecosystem, name, version }: Pick<Asked, 'ecosystem' | 'name' | 'version'>): string => `${ecosystem}:${name}@${version ?? ''}`

/** The gravest thing that counts, for order: what is accepted comes last. */
const weight = ({ against }: Find): number => against.reduce((least, one) => Math.min(least, (counts(one) ? 0 : 100) + KINDS.indexOf(one.kind) * 10 - Math.max(0, rank(one.severity))), 1_000)

const gravestFirst = (a: Find, b: Find): number => weight(a) - weight(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)
