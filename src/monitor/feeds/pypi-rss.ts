import { SluiceError } from '../../core/errors.ts'
import type { FeedEvent } from '../../core/watch.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { askWhole } from './ask.ts'
import type { Feed, FeedPage } from './feed.ts'
import { rssPlace, serialOf } from './pypi-places.ts'
import type { RssPlace } from './pypi-places.ts'
import type { ChangedProjects, Serials } from './pypi-serials.ts'
import { nameIn, newest, timeIn, versionIn } from './reading.ts'
import { readXml } from './xml.ts'

export interface RssPage {
  events: FeedEvent[]
  rejected: number
  items: number
}

/** A hundred items with their descriptions. */
const PAGE_LIMIT = 4 * 1024 * 1024
const MOST_ITEMS = 1_000
/** Times further ahead are not followed. */
const AHEAD = 10 * 60_000
const DISORDER = 60_000
const EVERY = 30_000
/** Of the list of projects, when a gap is closed, and how often that is done: the list is large. */
const GAP_LIMIT = 50_000
const GAP_EVERY = 10 * 60_000

/** RSS 2.0 as PyPI writes it: the item's link ends in `/project/<name>/<version>/`, or `/project/<name>/` for new projects. */
export function readRss(body: Buffer): RssPage {
  const page: RssPage = { events: [], rejected: 0, items: 0 }
  let item: { link: string; date: string } | null = null
  let field = ''
  let channel = false
  for (const token of readXml(body.toString('utf8'))) {
    if (token.kind === 'text') {
      if (item && field === 'link') item.link += token.text
      else if (item && field === 'pubDate') item.date += token.text
    } else if (token.kind === 'close') {
      field = ''
      if (token.name !== 'item' || !item) continue
      const event = ++page.items > MOST_ITEMS ? null : eventOf(item)
      if (event) page.events.push(event)
      else page.rejected++
      item = null
    } else if (token.name === 'item') item = { link: '', date: '' }
    else {
      field = token.name
      channel ||= token.name === 'channel'
    }
  }
  if (!channel) throw new SluiceError('feed-invalid', 'the feed sent XML that is no RSS')
  return page
}

function eventOf({ link, date }: { link: string; date: string }): FeedEvent | null {
  const [, rawName, rawVersion] = /\/project\/([^/?#]{1,400})\/(?:([^/?#]{1,400})\/?)?$/.exec(URL.parse(link.trim())?.pathname ?? '') ?? []
  const name = nameIn('pypi', decoded(rawName))
  const version = versionIn('pypi', decoded(rawVersion))
  if (name === null || (rawVersion !== undefined && version === null)) return null
  const kind = version === null ? 'changed' : 'published'
  const at = timeIn(date.trim())
  // With its time: a project that was removed may come back, as somebody else's, with the versions it had.
  return { ecosystem: 'pypi', mark: ['rss', name, version ?? '', at?.getTime() ?? ''].join(' ').trim(), name, version, kind, at, account: null }
}

function decoded(part: string | undefined): string | null {
  try {
    return part === undefined ? null : decodeURIComponent(part)
  } catch {
    return null
  }
}

/** `base` is where `updates.xml` and `packages.xml` are, with the final `/`. `serials` closes gaps, where the registry has them. */
export function pypiRss({ base, upstream, clock, serials }: { base: string; upstream: Upstream; clock: Clock; serials: Serials | null }): Feed {
  const lastSerial = async (): Promise<number | null> => (serials ? await serials.last().catch(() => null) : null)
  const load = async (file: string): Promise<RssPage> =>
    readRss((await askWhole(upstream, base + file, { limit: PAGE_LIMIT, headers: { accept: 'application/rss+xml, text/xml' }, now: clock.now() })).body)

  let closedAt = -Infinity
  /** What happened since `serial`, from the list of all projects. */
  const close = async (from: Serials, serial: number): Promise<ChangedProjects & { closed: boolean }> => {
    const changed = await from.changed(serial, GAP_LIMIT)
    closedAt = clock.now().getTime()
    return { ...changed, closed: changed.lastSerial !== null && changed.upTo >= changed.lastSerial }
  }

  return {
    id: `pypi-rss ${base}`,
    ecosystem: 'pypi',
    every: EVERY,
    describe: () => `RSS at ${base}: the newest hundred releases and forty projects; removals are not told, and bursts between two looks ${serials ? 'are made up for from the list of projects' : 'are lost'}`,
    async start() {
      const serial = await lastSerial()
      await load('updates.xml')
      return JSON.stringify({ at: clock.now().getTime(), serial, owed: false } satisfies RssPlace)
    },
    takeOver: (place) => {
      const serial = serialOf(place, base)
      return serial === null ? null : JSON.stringify({ at: place.at.getTime(), serial, owed: false } satisfies RssPlace)
    },
    async read(cursor): Promise<FeedPage> {
      const place = rssPlace(cursor)
      // Asked before the items are: what happens in between is read twice rather than never.
      const serial = await lastSerial()
      const updates = await load('updates.xml')
      const projects = await load('packages.xml').catch(() => ({ events: [], rejected: 0, items: 0 }))
      const soonest = clock.now().getTime() + AHEAD
      const times = updates.events.flatMap(({ at }) => (at && at.getTime() <= soonest ? [at.getTime()] : []))
      const next = Math.max(place.at, ...times)
      const gap = place.owed || (times.length > 0 && Math.min(...times) > place.at)
      const known = serials !== null && place.serial !== null
      const made = gap && known && clock.now().getTime() - closedAt >= GAP_EVERY ? await close(serials, place.serial ?? 0) : null
      const owed = gap && known && !made?.closed
      const reached = owed ? made?.upTo ?? place.serial : times.length > 0 ? serial ?? place.serial : place.serial
      // Items of the cursor's time come again, and with them those that were written a little out of order: the log knows them.
      const events = [...updates.events, ...projects.events].filter(({ at }) => at === null || at.getTime() >= place.at - DISORDER)
      return {
        events: [...(made?.events ?? []), ...events.reverse()],
        cursor: JSON.stringify({ at: next, serial: reached, owed } satisfies RssPlace),
        more: false, rewound: false,
        headAt: newest(updates.events.map(({ at }) => at)),
        rejected: updates.rejected + projects.rejected + (made?.rejected ?? 0),
        problem: gap ? `more was released since ${new Date(place.at).toISOString()} than the feed lists: ${owed ? 'it will be made up for' : made ? 'made up for' : 'what stands between is lost'}${known ? ' from the list of projects' : ''}` : null,
      }
    },
  }
}
