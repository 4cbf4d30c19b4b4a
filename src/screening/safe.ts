import type { Advisory, Release } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { against, counts } from './judge.ts'
import type { Rules } from './judge.ts'
import type { Asked, Known, Safe } from './types.ts'

/** Versions looked at on the way to one that is safe; the most that any package is known to have is below. */
const MOST = 20_000

interface Candidate {
  version: string
  from: Safe['from']
  publishedAt: Date | null
}

/**
 * The nearest version that nothing speaks against: the next higher one in the range asked for, else the next lower one in it,
 * else the next higher, else the next lower. Prereleases only where the version is one. A version's text is compared in its
 * ecosystem's order; what is only named by an advisory as fixed is said to be that.
 */
export function nearestSafe(asked: Asked, known: Known, releases: readonly Release[] | null, rules: Rules): { safe: Safe } | { safe: null; why: string } {
  const { compareVersions, isPrerelease, satisfies } = ecosystems[asked.ecosystem]
  const all = candidates(asked, known, releases).slice(0, MOST)
  if (all.length === 0) return { safe: null, why: 'no other version is known here: neither an index document of it nor another version was seen, and no advisory names one that is fixed' }
  const base = asked.version
  const allowPrerelease = base !== null && isPrerelease(base)
  const sorted = all.filter(({ version }) => (base === null || compareVersions(version, base) !== 0) && (allowPrerelease || !isPrerelease(version)))
    .sort((a, b) => compareVersions(a.version, b.version))
  // Without a version the newest is nearest.
  const above = base === null ? sorted.toReversed() : sorted.filter(({ version }) => compareVersions(version, base) > 0)
  const below = base === null ? [] : sorted.filter(({ version }) => compareVersions(version, base) < 0).toReversed()
  const inRange = ({ version }: Candidate): boolean => asked.range !== null && satisfies(version, asked.range) === true
  const isSafe = ({ version, publishedAt }: Candidate): boolean => against({ ...asked, version, digests: [] }, known, rules, publishedAt).every((one) => !counts(one))
  for (const group of [above.filter(inRange), below.filter(inRange), above, below]) {
    const found = group.find(isSafe)
    if (found) return { safe: { version: found.version, from: found.from, inRange: asked.range === null ? null : satisfies(found.version, asked.range) } }
  }
  return { safe: null, why: `nothing is known of a version that is not affected, among ${all.length} that are known here` }
}

function candidates({ ecosystem }: Asked, { files, standing }: Known, releases: readonly Release[] | null): Candidate[] {
  const { compareVersions } = ecosystems[ecosystem]
  const found = new Map<string, Candidate>()
  const add = (version: string, from: Safe['from'], publishedAt: Date | null): void => {
    // What is no version sorts before all that are; it is nobody's remedy.
    if (version !== '' && compareVersions(version, '') > 0 && !found.has(version)) found.set(version, { version, from, publishedAt })
  }
  for (const { version, publishedAt, judged } of files) if (judged !== null) add(version, 'served', publishedAt)
  for (const { version, publishedAt, publishedBefore } of releases ?? []) add(version, 'index', publishedAt ?? publishedBefore)
  // An index document that lacks a version says that it is not there.
  if (releases === null) for (const version of fixedBy(standing.advisories)) add(version, 'advisory', null)
  return [...found.values()]
}

const fixedBy = (advisories: readonly Advisory[]): string[] => advisories.flatMap(({ ranges }) => ranges.flatMap(({ fixed }) => fixed ?? []))
