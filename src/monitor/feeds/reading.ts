import { setImmediate as breath } from 'node:timers/promises'
import type { EcosystemId } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'

/** What every feed's reader needs: names, numbers and times that strangers wrote. */

const LONGEST_RAW = 2_000
const LONGEST_VERSION = 256

/** Canonical, or null where no package can have it. */
export function nameIn(ecosystem: EcosystemId, raw: unknown): string | null {
  if (typeof raw !== 'string' || raw.length > LONGEST_RAW) return null
  const { canonicalName, isName } = ecosystems[ecosystem]
  const name = canonicalName(raw)
  return isName(name) ? name : null
}

/** A version in its registry's spelling; null where it is none that could be printed or asked for. */
export function versionIn(ecosystem: EcosystemId, raw: unknown): string | null {
  if (typeof raw !== 'string' || raw === '' || raw.length > LONGEST_VERSION || !/^[\x21-\x7e]+$/.test(raw)) return null
  return ecosystems[ecosystem].canonicalVersion(raw)
}

/** A whole number of zero or more that arithmetic can hold; null otherwise. */
export const wholeNumber = (raw: unknown): number | null => (typeof raw === 'number' && Number.isSafeInteger(raw) && raw >= 0 ? raw : null)

/** From milliseconds since 1970 or a date's text; null where it is none of this era. */
export function timeIn(raw: unknown): Date | null {
  if (typeof raw === 'string' && raw.length > 100) return null
  const at = typeof raw === 'number' ? raw : typeof raw === 'string' ? Date.parse(raw) : Number.NaN
  return at > 0 && at < FAR ? new Date(at) : null
}

const FAR = Date.UTC(10_000, 0)

/** The latest, of times that may be missing. */
export function newest(times: Iterable<Date | null>): Date | null {
  let latest: Date | null = null
  for (const time of times) if (time !== null && (latest === null || time > latest)) latest = time
  return latest
}

const A_BREATH = 500

/** Runs through a reader's items and lets others run in between: a feed's catch-up must not hold up the gate. */
export async function* paced<T>(items: Iterable<T>): AsyncGenerator<T> {
  let count = 0
  for (const item of items) {
    yield item
    if (++count % A_BREATH === 0) await breath()
  }
}

/**
 * Numbers a rewound feed is read again from before its head: what was written between the restored state and the head has
 * numbers that were used before, and nobody says how many. What is known among them is dropped by its mark.
 */
export const OVERLAP = 10_000
