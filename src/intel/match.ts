import type { Advisory } from '../core/types.ts'

/**
 * Does an advisory speak of a version? By its list or any of its ranges (OSV schema, "Evaluation"); without either, it
 * speaks of every version. `introduced: '0'` is before everything. Says nothing of `withdrawn`.
 */
export function affects(advisory: Pick<Advisory, 'versions' | 'ranges'>, version: string, compareVersions: (a: string, b: string) => number): boolean {
  const { versions, ranges } = advisory
  if (versions.length === 0 && ranges.length === 0) return true
  if (versions.includes(version)) return true
  return versions.some((one) => compareVersions(one, version) === 0) || ranges.some(({ introduced, fixed, lastAffected }) =>
    (introduced === '0' || compareVersions(version, introduced) >= 0)
    && (fixed === undefined || compareVersions(version, fixed) < 0)
    && (lastAffected === undefined || compareVersions(version, lastAffected) <= 0))
}

/** `affects` in one ecosystem's version order. */
export const affectsIn = ({ compareVersions }: { compareVersions(a: string, b: string): number }) =>
  (advisory: Pick<Advisory, 'versions' | 'ranges'>, version: string): boolean => affects(advisory, version, compareVersions)
