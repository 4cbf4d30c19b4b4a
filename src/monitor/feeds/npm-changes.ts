import { SluiceError } from '../../core/errors.ts'
import type { FeedEvent } from '../../core/watch.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Upstream } from '../../ports/upstream.ts'
import { ask, askWhole } from './ask.ts'
import type { Feed, FeedPage } from './feed.ts'
import { JsonItems } from './json-items.ts'
import { nameIn, OVERLAP, wholeNumber } from './reading.ts'

/** CouchDB's `_changes` as one page (docs.couchdb.org, api/database/changes). */
export interface Changes {
  events: FeedEvent[]
  rejected: number
  /** Items of any kind. */
  items: number
  /** The highest sequence number of an item, as sent. */
  highest: string | null
  /** As sent; null: not told. */
  lastSeq: string | null
  /** How many more there are, where the database tells. */
  pending: number | null
}

/** The registry's own bounds: since 2025 pages of at most 10,000, no documents, no continuous feed. */
const MOST = 10_000
const LONG = 100
const INSISTS = 20
const PAGE_LIMIT = 32 * 1024 * 1024
const ROOT_LIMIT = 256 * 1024

/** Sequences are whole numbers, or since CouchDB 2 text that begins with one. */
const SEQUENCE = /^(\d{1,15})(?:-[\w-]{0,4000})?$/

/** `{results: [{seq, id, changes: [{rev}], deleted?}], last_seq}`. Throws `feed-invalid` where it is not that. */
export async function readChanges(body: AsyncIterable<Buffer>): Promise<Changes> {
  const reader = new JsonItems('results')
  const changes: Changes = { events: [], rejected: 0, items: 0, highest: null, lastSeq: null, pending: null }
  for await (const chunk of body) for (const item of reader.push(chunk)) take(changes, item)
  const rest = reader.end()
  if (!Array.isArray(rest['results'])) throw new SluiceError('feed-invalid', 'the feed sent JSON without a list of results')
  return { ...changes, items: reader.seen, lastSeq: sequence(rest['last_seq']), pending: wholeNumber(rest['pending']) }
}

function take(changes: Changes, item: unknown): void {
  const { seq, id, deleted } = (typeof item === 'object' && item !== null ? item : {}) as Record<string, unknown>
  const at = sequence(seq)
  if (at !== null && (changes.highest === null || numberOf(at) > numberOf(changes.highest))) changes.highest = at
  // The database's own documents are no packages.
  if (at !== null && typeof id === 'string' && id.startsWith('_design/')) return
  const name = nameIn('npm', id)
  if (at === null || name === null) {
    changes.rejected++
    return
  }
  changes.events.push({
    ecosystem: 'npm', mark: `${numberOf(at)} ${name}`, name, version: null, kind: deleted === true ? 'removed' : 'changed', at: null, account: null,
  })
}

function sequence(raw: unknown): string | null {
  if (typeof raw === 'number') return wholeNumber(raw) === null ? null : String(raw)
  return typeof raw === 'string' && SEQUENCE.test(raw) ? raw : null
}

const numberOf = (seq: string): number => Number(SEQUENCE.exec(seq)?.[1] ?? 0)

/** `base` ends in `/`; the feed is `<base>_changes`, the database's own description is `base`. */
export function npmChanges({ base, upstream, clock }: { base: string; upstream: Upstream; clock: Clock }): Feed {
  const page = async (since: string, limit: number): Promise<Changes> => {
    const url = `${base}_changes?since=${encodeURIComponent(since)}&limit=${limit}`
    const { body } = await ask(upstream, url, { limit: PAGE_LIMIT, headers: { accept: 'application/json' }, now: clock.now() })
    return await readChanges(body)
  }

  /** Where the database is; null where it does not say. */
  const head = async (): Promise<string | null> => {
    const { body } = await askWhole(upstream, base, { limit: ROOT_LIMIT, headers: { accept: 'application/json' }, now: clock.now() })
    return sequence(updateSeq(body))
  }

  /** Silent reads in a row in which the feed was behind what we know. */
  let behindFor = 0
  /** Nothing came: either nothing happened, or the database is behind what we know, and may echo our number all the same. */
  const silent = async (since: string, told: string | null): Promise<FeedPage> => {
    const at = await head().catch(() => null)
    const answer = { events: [], headAt: null, rejected: 0 }
    const ours = numberOf(since)
    const says = told === null ? ours : numberOf(told)
    behindFor = says < ours ? behindFor + 1 : 0
    // Two servers agree, or one keeps saying so: that is no server that lags.
    const back = at !== null && numberOf(at) < ours ? numberOf(at) : behindFor >= INSISTS ? says : null
    if (back !== null) {
      const cursor = String(Math.max(0, back - OVERLAP))
      return { ...answer, cursor, more: true, rewound: true, problem: `the feed went back from ${ours} to ${back}; read again from ${cursor}` }
    }
    return { ...answer, cursor: since, more: false, rewound: false, problem: says < ours ? `one of the feed's servers is behind: it is at ${says}, ${ours} was read` : null }
  }

  return {
    id: `npm-changes ${base}`,
    ecosystem: 'npm',
    describe: () => `changes feed ${base}_changes: every package that changed or went, by name; it tells neither versions nor times nor accounts`,
    async start() {
      const at = await head().catch(() => null)
      const now = await page(at ?? 'now', 1)
      // The database's own description may be of another server than its feed: the feed's word counts.
      const ahead = at !== null && now.items === 0 && now.lastSeq !== null && numberOf(now.lastSeq) < numberOf(at)
      const cursor = at === null || ahead ? (now.items === 0 ? now.lastSeq : null) : at
      if (cursor === null) throw new SluiceError('feed-invalid', 'the feed does not say where it is now')
      return cursor
    },
    async read(cursor, limit) {
      const asked = Math.min(limit, MOST)
      const changes = await page(cursor, asked)
      const { events, rejected, items, highest, lastSeq, pending } = changes
      if (items === 0) return await silent(cursor, lastSeq)
      behindFor = 0
      // Mirrors send shorter pages than were asked for, so a long one is taken for full, too.
      const full = items >= Math.min(asked, LONG) || (pending ?? 0) > 0
      // Of a full page only its items are sure; behind the last of a short one nothing was held back.
      const next = full || lastSeq === null || numberOf(lastSeq) < numberOf(highest ?? '0') ? highest : lastSeq
      const onward = next !== null && numberOf(next) > numberOf(cursor)
      return {
        events, rejected, headAt: null, rewound: false,
        cursor: onward ? next : cursor,
        more: full && onward,
        problem: onward ? null : `the feed repeats what stands before ${numberOf(cursor)} instead of what comes after`,
      }
    },
  }
}

function updateSeq(body: Buffer): unknown {
  try {
    const root = JSON.parse(body.toString('utf8')) as unknown
    return typeof root === 'object' && root !== null ? (root as Record<string, unknown>)['update_seq'] : null
  } catch {
    return null
  }
}
