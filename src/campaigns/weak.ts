import type { Member } from './member.ts'
import { WEAK_CAP } from './marks.ts'

const HOUR = 3_600_000
/** An indicator needs 0.2 beside it: first versions, words in names and the hour alone do not add up to that. */
const WORTH = { first: 0.03, version: 0.08, absurd: 0.15, burst: 0.1, day: 0.05, targets: 0.1, target: 0.15, word: 0.05, made: 0.1 }
/** As tools set them. */
const FIRST = new Set(['1.0.0', '0.1.0', '0.0.1', '0.0.0', '1.0', '0.1', 'v0.1.0', 'v1.0.0', 'v0.0.1'])
const MOST = 200

export interface Weak {
  kind: 'version' | 'burst' | 'targets' | 'name'
  value: string
  weight: number
}

/** What is counted of a group of packages to compare another one with: bounded, whatever their number. */
export class Habits {
  size = 0
  first = Infinity
  last = 0
  imitating = 0
  readonly versions = new Map<string, number>()
  readonly names = new Map<string, number>()
  readonly targets = new Map<string, number>()

  static of(member: Member): Habits {
    const habits = new Habits()
    habits.add(member)
    return habits
  }

  add(member: Member, by: 1 | -1 = 1): void {
    this.size += by
    this.first = Math.min(this.first, member.first)
    this.last = Math.max(this.last, member.last)
    count(this.versions, member.versions.at(-1) ?? '', by)
    for (const affix of affixesOf(member.name)) count(this.names, affix, by)
    if (member.imitates === null) return
    this.imitating += by
    count(this.targets, member.imitates, by)
  }

  merge(other: Habits): void {
    this.size += other.size
    this.first = Math.min(this.first, other.first)
    this.last = Math.max(this.last, other.last)
    this.imitating += other.imitating
    for (const key of ['versions', 'names', 'targets'] as const) for (const [value, times] of other[key]) count(this[key], value, times)
  }
}

function count(counts: Map<string, number>, value: string, by: number): void {
  if (value === '') return
  const times = (counts.get(value) ?? 0) + by
  if (times <= 0) counts.delete(value)
  else if (counts.has(value) || counts.size < MOST) counts.set(value, times)
}

/** Signs that strangers share every day. Together they add at most `WEAK_CAP`. */
export function weakOf(member: Member, habits: Habits): Weak[] {
  const found: Weak[] = []
  const version = member.versions.at(-1) ?? ''
  if ((habits.versions.get(version) ?? 0) * 2 > habits.size) found.push({ kind: 'version', value: version, weight: isAbsurd(version) ? WORTH.absurd : FIRST.has(version) ? WORTH.first : WORTH.version })
  const apart = Math.max(0, habits.first - member.last, member.first - habits.last)
  if (apart <= 24 * HOUR) found.push({ kind: 'burst', value: apart <= 6 * HOUR ? 'within 6 hours' : 'within a day', weight: apart <= 6 * HOUR ? WORTH.burst : WORTH.day })
  if (member.imitates !== null && habits.imitating * 2 > habits.size) {
    found.push({ kind: 'targets', value: member.imitates, weight: habits.targets.has(member.imitates) ? WORTH.target : WORTH.targets })
  }
  const affix = affixesOf(member.name).findLast((each) => (habits.names.get(each) ?? 0) * 3 > habits.size)
  if (affix !== undefined) found.push({ kind: 'name', value: affix, weight: affix.includes('#') ? WORTH.made : WORTH.word })
  return found
}

export const worthOf = (weak: readonly Weak[]): number => Math.min(WEAK_CAP, weak.reduce((sum, { weight }) => sum + weight, 0))

/** Versions that exist to win against every real one (dependency confusion): `99.0.0`, `9.9.9`, `1000.1.2`. */
const isAbsurd = (version: string): boolean => /^v?(?:9{1,9}(?:\.9{1,9}){1,3}|\d{3,9}(?:\.\d{1,9}){0,3}|9\d(?:\.\d{1,9}){1,3})$/.test(version) && !/^v?(?:19|20)\d\d/.test(version)

/** How a name begins, how it ends, and how it is made where it looks made up: `*-####`, `aaaaaa####`. */
export function affixesOf(name: string): string[] {
  const parts = name.slice(0, 120).toLowerCase().split(/[-_./]/).filter((part) => part !== '')
  const affixes = parts.length < 2 ? [] : [`${parts[0]}…`, `…${parts.at(-1)}`].filter((affix) => affix.length >= 4)
  const made = parts.at(-1) ?? ''
  return /\d{3,}$|^\d+$/.test(made) ? [...affixes, parts.map((part) => part.replace(/\d+$/, (run) => '#'.repeat(Math.min(run.length, 9))).replace(/^[a-z]+(?=#|$)/, '*')).join('-')] : affixes
}
