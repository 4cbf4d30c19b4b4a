import type { Place } from './feed.ts'
import { wholeNumber } from './reading.ts'

/**
 * RSS: milliseconds of the newest item, and the registry's last serial before that was read; null where it has none. `owed`:
 * after that serial there is a gap that was not closed yet.
 */
export interface RssPlace { at: number; serial: number | null; owed: boolean }

export function rssPlace(cursor: string): RssPlace {
  const { at, serial, owed } = JSON.parse(cursor) as Record<string, unknown>
  return { at: wholeNumber(at) ?? 0, serial: wholeNumber(serial), owed: owed === true }
}

/**
 * The serial another of PyPI's feeds was read to. All of them count in the serials of one journal, where they are of one
 * origin; `url` is the address of the feed that takes over.
 */
export function serialOf({ feed, cursor }: Place, url: string): number | null {
  const [kind, address = ''] = feed.split(' ')
  if (URL.parse(address)?.origin !== new URL(url).origin) return null
  if (kind === 'pypi-rss') return rssPlace(cursor).serial
  return /^\d{1,15}$/.test(cursor) ? Number(cursor) : null
}
