import { seeded, shuffled } from './random.ts'
import type { Row } from './rows.ts'

/**
 * Deals rows into parts of about the same number of clusters, malicious ones evenly, and no cluster in two parts. The same
 * clusters are dealt the same way, whatever their order.
 */
export function folds(rows: readonly Row[], count: number, seed: number): Row[][] {
  const groups = Map.groupBy(rows, ({ group }) => group)
  const names = shuffled([...groups.keys()].sort(), seeded(seed))
  const isMalicious = (name: string): boolean => groups.get(name)?.some(({ label }) => label === 1) ?? false
  const dealt = [...names.filter(isMalicious), ...names.filter((name) => !isMalicious(name))]
  return Array.from({ length: count }, (_, fold) => dealt.filter((_, index) => index % count === fold).flatMap((name) => groups.get(name) ?? []))
}

/** One row a cluster and label, so that copies do not count: the first by id. */
export function withoutCopies<T extends Row>(rows: readonly T[]): T[] {
  return [...Map.groupBy(rows.toSorted(byId), ({ group, label }) => JSON.stringify([group, label])).values()].flatMap((copies) => copies.slice(0, 1))
}

export const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0)
