import type { Advisory } from './types.ts'

/** An ecosystem's own order of versions: negative, zero (the same version, however written) or positive. */
export type CompareVersions = (a: string, b: string) => number

/**
 * Does an advisory speak of a version? By its list or any of its ranges (OSV schema, "Evaluation"); without either, it
 * speaks of every version. `introduced: '0'` is before everything. Says nothing of `withdrawn`.
 */
export function affects({ versions, ranges }: Pick<Advisory, 'versions' | 'ranges'>, version: string, compareVersions: CompareVersions): boolean {
  if (versions.length === 0 && ranges.length === 0) return true
  return listed(versions, version, compareVersions) || ranges.some(({ introduced, fixed, lastAffected }) =>
    (introduced === '0' || compareVersions(version, introduced) >= 0)
    && (fixed === undefined || compareVersions(version, fixed) < 0)
    && (lastAffected === undefined || compareVersions(version, lastAffected) <= 0))
}

/** Is a version among others, also where it is written differently (`1.0` and `1.0.0` on PyPI)? */
export function listed(versions: readonly string[], version: string, compareVersions: CompareVersions): boolean {
  return versions.includes(version) || versions.some((one) => compareVersions(one, version) === 0)
}
