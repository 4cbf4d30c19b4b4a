import type { EcosystemId } from '../../src/core/types.ts'
import type { Identity } from '../../src/core/watch.ts'
import { judgeImitation, LIKELY } from '../../src/names/guard.ts'
import { NameIndex } from '../../src/names/index.ts'
import type { Imitation, Likeness, Protected, SquatKind } from '../../src/names/index.ts'
import { likeness } from '../../src/names/likeness.ts'
import { Random } from './random.ts'
import { KINDS, squat } from './squats.ts'

export const popular = (names: readonly string[]): Protected[] => names.map((name, at) => ({ name, why: 'popular', rank: at + 1 }))

export interface CaseResult { imitation: string; target: string; first: Imitation | undefined; likeness: Likeness }

export const replay = (index: NameIndex, pairs: readonly (readonly [string, string])[]): CaseResult[] =>
  pairs.map(([imitation, target]) => ({ imitation, target, first: index.check(imitation)[0], likeness: likeness(imitation, target) }))

export interface Recall {
  kind: SquatKind
  made: number
  /** The right target is the first, and is at all among the five that are told. */
  first: number
  among: number
  /** The kind that was made is one of those told of the right target. */
  named: number
  /** Would be an alarm, were it published now by nobody known. */
  alarmed: number
  missed: string[]
}

/** Squats of each kind, one of each protected name that has room for it. Those that are protected names themselves are left out. */
export function recall(index: NameIndex, targets: readonly string[], seed: number): Recall[] {
  const now = new Date()
  return KINDS.map((kind) => {
    const random = new Random(seed)
    const row: Recall = { kind, made: 0, first: 0, among: 0, named: 0, alarmed: 0, missed: [] }
    for (const target of targets) {
      const made = squat(target, kind, random)
      if (made === null || made === target || index.protectedAs(made) !== null) continue
      row.made++
      const found = index.check(made)
      const right = found.find((one) => one.target.name === target)
      if (found[0] !== undefined && found[0] === right) row.first++
      else row.missed.push(`${made} (${target}): ${found[0]?.target.name ?? 'none'}`)
      if (right) row.among++
      if (right?.kinds.some((told) => told.kind === kind)) row.named++
      if (found.some((one) => judgeImitation(one, { name: null, target: null, now }).level === 'alarm')) row.alarmed++
    }
    return row
  })
}

export interface FalseAlarms {
  names: number
  /** Similar to a protected name in any way. */
  similar: number
  /** And so much that it would be worth an alarm. */
  likely: number
  /** Judged while nothing is known of the name. */
  unknown: number
  /** Judged with the facts of a package that has been there for long. */
  established: number
  kinds: Map<SquatKind, number>
  examples: string[]
}

/** What established names that imitate nobody would be taken for. */
export function falseAlarms(index: NameIndex, ecosystem: EcosystemId, names: readonly string[]): FalseAlarms {
  const now = new Date()
  const result: FalseAlarms = { names: names.length, similar: 0, likely: 0, unknown: 0, established: 0, kinds: new Map(), examples: [] }
  for (const name of names) {
    const found = index.check(name)
    const alarmed = (facts: Identity | null): boolean => found.some((one) => judgeImitation(one, { name: facts, target: null, now }).level === 'alarm')
    if (found.length > 0) result.similar++
    const [first] = found.toSorted((a, b) => b.weight - a.weight)
    if (first && first.weight >= LIKELY) {
      result.likely++
      const kind = first.kinds[0]?.kind
      if (kind) result.kinds.set(kind, (result.kinds.get(kind) ?? 0) + 1)
      result.examples.push(`${name} (${first.target.name}: ${kind}, ${first.weight.toFixed(2)})`)
    }
    if (alarmed(null)) result.unknown++
    if (alarmed(established(ecosystem, name, now))) result.established++
  }
  return result
}

/** The least that a name with a history has: a year and a few weeks, a dozen releases. */
const established = (ecosystem: EcosystemId, name: string, now: Date): Identity => ({
  ecosystem, name, description: '', accounts: ['somebody'], publisher: 'somebody', emails: [], repository: null, homepage: null, createdAt: new Date(now.getTime() - 400 * 86_400_000),
  latest: '1.11.0', latestAt: new Date(now.getTime() - 30 * 86_400_000), releases: 12, versions: [], readme: null, rank: null, mentions: [],
})

/** Names of two to four words, such as registries are full of, each once. */
export function synthetic(words: readonly string[], count: number, seed: number): string[] {
  const random = new Random(seed)
  const names = new Set<string>()
  while (names.size < count) {
    const size = 2 + (random.below(4) === 0 ? 1 : 0) + (random.below(12) === 0 ? 1 : 0)
    const name = Array.from({ length: size }, () => random.of(words) ?? '').join(random.below(6) === 0 ? '' : '-')
    names.add(random.below(8) === 0 ? `@${random.of(words)}${random.of(['', '', 'js', 'labs', 'hq', '-io'] as const)}/${name}` : name)
  }
  return [...names]
}

export interface Cost { names: number; seconds: number; cpuSeconds: number; rssMiB: number; p50: number; p99: number; longest: number; checks: number }

/** Building and asking an index; `gc` is Node's, where it was started with `--expose-gc`. */
export function cost(names: readonly string[], asked: readonly string[], gc: (() => void) | undefined): Cost {
  const items = popular(names)
  gc?.()
  const before = process.memoryUsage().rss
  const [begun, used] = [performance.now(), process.cpuUsage()]
  const index = NameIndex.build('npm', items)
  const seconds = (performance.now() - begun) / 1_000
  const cpu = process.cpuUsage(used)
  const peak = process.memoryUsage().rss
  for (const name of asked.slice(0, 500)) index.check(name)
  // The best of three: what else the machine does is not the index's time.
  const times = asked.map((name) => Math.min(...[1, 2, 3].map(() => {
    const from = performance.now()
    index.check(name)
    return performance.now() - from
  }))).toSorted((a, b) => a - b)
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { names: names.length, seconds, cpuSeconds: (cpu.user + cpu.system) / 1e6, rssMiB: (peak - before) / 1024 ** 2, p50: at(0.5), p99: at(0.99), longest: at(1), checks: times.length }
}
