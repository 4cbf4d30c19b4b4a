import type { FeedEvent } from '../../core/watch.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { askWhole } from './ask.ts'
import type { Feed } from './feed.ts'
import { nameIn, newest, timeIn, versionIn } from './reading.ts'

export interface IndexPage {
  events: FeedEvent[]
  rejected: number
  /** Lines of any kind. */
  lines: number
  /** Microseconds since 1970 of each event. */
  times: number[]
}

const MOST = 2_000
/** A module path has at most a thousand characters here, so a line is never long; 2,000 of them and some. */
const PAGE_LIMIT = 8 * 1024 * 1024
const LONGEST_LINE = 4_096
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/
/** The index is some minutes behind what it dates; what is read twice is dropped by its mark. */
const BACK = 10 * 60_000
/** Times further ahead are not followed: a cursor in the future would pass by everything until then. */
const AHEAD = 10 * 60_000

/** Lines of `{"Path", "Version", "Timestamp"}`, in the order of their times. Broken lines count as rejected. */
export function readIndex(body: Buffer): IndexPage {
  const page: IndexPage = { events: [], rejected: 0, lines: 0, times: [] }
  for (let start = 0; start < body.length;) {
    const found = body.indexOf(10, start)
    const end = found < 0 ? body.length : found
    const line = body.subarray(start, end)
    start = end + 1
    if (line.length === 0 || (line.length === 1 && line[0] === 13)) continue
    page.lines++
    const read = line.length > LONGEST_LINE ? null : readLine(line.toString('utf8'))
    if (read === null) {
      page.rejected++
      continue
    }
    page.events.push(read.event)
    page.times.push(read.time)
  }
  return page
}

function readLine(line: string): { event: FeedEvent; time: number } | null {
  const { Path, Version, Timestamp } = fieldsOf(line)
  const name = nameIn('go', Path)
  const version = versionIn('go', Version)
  const time = typeof Timestamp === 'string' ? microseconds(Timestamp) : null
  if (name === null || version === null || time === null) return null
  const at = timeIn(Math.floor(time / 1000))
  return { time, event: { ecosystem: 'go', mark: `${name}@${version}`, name, version, kind: 'published', at, account: null } }
}

function fieldsOf(line: string): Record<string, unknown> {
  try {
    const value = JSON.parse(line) as unknown
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** Of an RFC 3339 time, cut to the microsecond: the index keeps no finer ones. */
export function microseconds(text: string): number | null {
  const [, seconds, fraction = '', zone] = TIME.exec(text) ?? []
  const whole = timeIn(`${seconds}${zone}`)
  return whole === null ? null : whole.getTime() * 1000 + Number(fraction.slice(0, 6).padEnd(6, '0'))
}

function spelled(time: number): string {
  const seconds = new Date(Math.floor(time / 1_000_000) * 1000).toISOString().slice(0, 19)
  return `${seconds}.${String(time % 1_000_000).padStart(6, '0')}Z`
}

/** `url` is the index itself (`…/index`). */
export function goIndex({ url, upstream, clock }: { url: string; upstream: Upstream; clock: Clock }): Feed {
  /** Marks at the cursor's own time: `since` is inclusive, so they come again with every read. Lost with the process, then the log drops them. */
  let boundary = { cursor: '', marks: new Set<string>() }

  const page = async (since: string, limit: number): Promise<IndexPage> => {
    const { headers, body } = await askWhole(upstream, `${url}?since=${encodeURIComponent(since)}&limit=${limit}`, { limit: PAGE_LIMIT, now: clock.now() })
    const read = readIndex(body)
    const web = (headers['content-type'] ?? '').includes('html')
    if (web || (read.lines > 0 && read.events.length === 0)) throw new SluiceError('feed-invalid', 'the feed sent something that is no index of modules')
    return read
  }

  const since = async (at: Date): Promise<string> => {
    const cursor = spelled(Math.min(at.getTime(), clock.now().getTime() - BACK) * 1000)
    await page(cursor, 1)
    return cursor
  }

  return {
    id: `go-index ${url}`,
    ecosystem: 'go',
    describe: () => `module index ${url}: every version the proxy saw for the first time; it tells neither removals nor accounts`,
    since,
    start: () => since(clock.now()),
    async read(cursor, limit) {
      const from = microseconds(cursor)
      if (from === null) throw new SluiceError('storage', `${cursor} is no place in the module index`)
      const asked = Math.min(Math.max(limit, 1), MOST)
      let read = await page(cursor, asked)
      let size = asked
      // More modules of one time than a page holds: a larger page may hold them all.
      if (asked < MOST && read.lines >= asked && read.times.every((time) => time <= from)) {
        read = await page(cursor, MOST)
        size = MOST
      }
      const { events, times, rejected, lines } = read
      const soonest = (clock.now().getTime() + AHEAD) * 1000
      const full = lines >= size
      let next = from
      for (const time of times) if (time > next && time <= soonest) next = time
      const stuck = full && next === from
      const future = times.some((time) => time > soonest)
      // With a full page of one time there is no way on but past that time.
      if (stuck && !future) next = from + 1
      const fresh = boundary.cursor === cursor ? events.filter(({ mark }) => !boundary.marks.has(mark)) : events
      const marks = events.filter((_, index) => times[index] === next).map(({ mark }) => mark)
      boundary = { cursor: spelled(next), marks: new Set(next === from && boundary.cursor === cursor ? [...boundary.marks, ...marks].slice(-MOST) : marks) }
      return {
        events: fresh, rejected, cursor: boundary.cursor, headAt: newest(events.map(({ at }) => at)), rewound: false,
        more: full && next > from,
        problem: stuck && !future ? `more than ${size} modules have the time ${cursor}: those beyond are skipped`
          : future ? 'the feed dates modules in the future; its cursor does not follow them' : null,
      }
    },
  }
}
