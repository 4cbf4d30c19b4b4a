import { SluiceError } from '../../core/errors.ts'
import type { FeedEvent } from '../../core/watch.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { ask } from './ask.ts'
import type { Feed } from './feed.ts'
import { JsonItems } from './json-items.ts'
import { serialOf } from './pypi-places.ts'
import { nameIn, OVERLAP, wholeNumber } from './reading.ts'

/** The projects that changed after a serial, in the order of their serials. */
export interface ChangedProjects {
  events: FeedEvent[]
  rejected: number
  /** The registry's own last serial; null: it is none that has them. */
  lastSerial: number | null
  /** Serial up to which `events` is complete; below `lastSerial` where there were more than `limit`. */
  upTo: number
}

const ACCEPT = 'application/vnd.pypi.simple.v1+json'
const HEADER = 'x-pypi-last-serial'
/** The list is tens of megabytes, and has always changed. */
const EVERY = 15 * 60_000
const PAGE_LIMIT = 512 * 1024 * 1024

/**
 * PEP 691's list of all projects with PyPI's own `_last-serial` of each. The list is in the order of names and may have a
 * million members: it is read as it comes, and of those that changed the `limit` oldest changes are kept.
 */
export async function readSerials(body: AsyncIterable<Buffer>, after: number, limit: number): Promise<ChangedProjects> {
  const reader = new JsonItems('projects')
  let changed: { serial: number; name: string }[] = []
  let rejected = 0
  let cut = Infinity
  for await (const chunk of body) {
    for (const item of reader.push(chunk)) {
      const { name: raw, '_last-serial': last } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>
      const name = nameIn('pypi', raw)
      const serial = wholeNumber(last)
      if (name === null || serial === null) rejected++
      else if (serial > after && serial < cut) changed.push({ serial, name })
    }
    if (changed.length < limit * 2 + 1_000) continue
    changed = inOrder(changed).slice(0, limit)
    cut = (changed.at(-1)?.serial ?? after) + 1
  }
  const { meta } = reader.end()
  const lastSerial = typeof meta === 'object' && meta !== null ? wholeNumber((meta as Record<string, unknown>)['_last-serial']) : null
  const kept = inOrder(changed).slice(0, limit)
  const complete = cut === Infinity && kept.length === changed.length
  return { events: kept.map(eventOf), rejected, lastSerial, upTo: complete ? Math.max(lastSerial ?? after, kept.at(-1)?.serial ?? after) : (kept.at(-1)?.serial ?? after) }
}

const inOrder = (changed: { serial: number; name: string }[]): { serial: number; name: string }[] => changed.sort((a, b) => a.serial - b.serial)

const eventOf = ({ serial, name }: { serial: number; name: string }): FeedEvent =>
  ({ ecosystem: 'pypi', mark: `${serial} ${name}`, name, version: null, kind: 'changed', at: null, account: null })

export interface Serials {
  /** The registry's last serial, from the header alone; null where it has none. */
  last(): Promise<number | null>
  changed(after: number, limit: number): Promise<ChangedProjects>
}

/** `url` is the simple index (`…/simple/`). */
export function serialsOf({ url, upstream, clock }: { url: string; upstream: Upstream; clock: Clock }): Serials {
  const headers = { accept: ACCEPT }
  return {
    async last() {
      const answer = await ask(upstream, url, { method: 'HEAD', headers, now: clock.now() })
      answer.body.on('error', () => undefined).destroy()
      const serial = answer.headers[HEADER] ?? ''
      return /^\d{1,15}$/.test(serial) ? Number(serial) : null
    },
    async changed(after, limit) {
      const { body, headers: got } = await ask(upstream, url, { headers, limit: PAGE_LIMIT, now: clock.now() })
      if ((got['content-type'] ?? '').startsWith(ACCEPT)) return await readSerials(body, after, limit)
      body.on('error', () => undefined).destroy()
      throw new SluiceError('feed-invalid', 'the index of projects is not there as JSON')
    },
  }
}

export function pypiSerials(options: { url: string; upstream: Upstream; clock: Clock }): Feed {
  const serials = serialsOf(options)
  return {
    id: `pypi-serials ${options.url}`,
    ecosystem: 'pypi',
    every: EVERY,
    describe: () => `list of all projects ${options.url}, by their serials: that a project changed; neither versions nor times, and projects that were removed are not seen`,
    async start() {
      const last = await serials.last()
      if (last === null) throw new SluiceError('feed-invalid', 'the index of projects has no serials')
      return String(last)
    },
    takeOver: (place) => serialOf(place, options.url)?.toString() ?? null,
    async read(cursor, limit) {
      const from = Number(cursor)
      const nothing = { events: [], cursor, more: false, headAt: null, rejected: 0, rewound: false, problem: null }
      const last = await serials.last()
      if (last === from) return nothing
      if (last !== null && last < from) {
        const back = String(Math.max(0, last - OVERLAP))
        return { ...nothing, cursor: back, more: true, rewound: true, problem: `the feed went back from ${from} to ${last}; read again from ${back}` }
      }
      const { events, rejected, lastSerial, upTo } = await serials.changed(from, Math.max(limit, 10_000))
      if (lastSerial === null) throw new SluiceError('feed-invalid', 'the index of projects has no serials')
      return { ...nothing, events, rejected, cursor: String(Math.max(from, upTo)), more: upTo > from && upTo < lastSerial }
    },
  }
}
