import type { Part } from './sample.ts'

export interface Entry {
  path: string
  oid: string
  /** ISO instant of the archive's newest entry, or of the commit that added it. */
  at: string
  dated: 'archive' | 'commit'
  inert: boolean
  cluster: string
  part: Part
}

/** Share of clusters, oldest first, that rules may be tuned on. */
const TUNING = 0.6

/** A cluster belongs wholly to the side of its first member. */
export function parts(entries: readonly Pick<Entry, 'at' | 'cluster'>[]): Map<string, Part> {
  const first = new Map<string, string>()
  for (const { cluster, at } of entries) {
    const known = first.get(cluster)
    if (known === undefined || at < known) first.set(cluster, at)
  }
  const ordered = [...first].sort(([a, one], [b, other]) => (one < other ? -1 : one > other ? 1 : a < b ? -1 : 1))
  const until = Math.floor(ordered.length * TUNING)
  return new Map(ordered.map(([cluster], index) => [cluster, index < until ? 'tuning' : 'report']))
}
