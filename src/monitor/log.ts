import type { Kysely, Selectable } from 'kysely'
import { SluiceError } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { FeedEvent } from '../core/watch.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database, Tables } from '../ports/database.ts'

export interface LoggedEvent extends FeedEvent {
  /** Where it stands in the log. Grows; numbers may be missing. */
  seq: number
  seenAt: Date
}

/** How far an ecosystem's feed was read. */
export interface FeedPosition {
  feed: string
  cursor: string | null
  /** When it was last read. */
  checkedAt: Date
  /** As it was written last, with a page or without. */
  state: unknown
}

export interface Appending {
  ecosystem: EcosystemId
  feed: string
  /** The cursor the events were read from. Where the log has moved on meanwhile, nothing is written. */
  from: string | null
  cursor: string
  events: readonly FeedEvent[]
  state: unknown
}

export type Appended = { added: number; duplicates: number } | 'moved'

export interface LogLimits {
  /** Rows that every consumer has read are kept for so many milliseconds, at most so many: they are what tells repetitions. */
  keepMs: number
  keepRows: number
  /** Unread rows at which nothing more is taken in until consumers have read: the bound on the log's size. */
  unread: number
}

const LIMITS: LogLimits = { keepMs: 30 * 86_400_000, keepRows: 3_000_000, unread: 2_000_000 }

/** Rows a statement: eight values each, well below both databases' limits of bound values. */
const ROWS = 1_000
const STEP = 10_000
const CONSUMER = 'events read by '

/**
 * What upstreams' feeds said, once each, in the order it was read. Events and the cursor behind them are one transaction, and
 * a mark that is known is dropped: a crash, a gap or a rewound feed neither loses an event nor repeats one. That holds
 * for repetitions of what the log still keeps.
 */
export class EventLog {
  readonly #database: Database
  readonly #clock: Clock
  readonly #limits: LogLimits
  /** One append at a time: on databases that number rows before they commit, a reader could otherwise pass a row by. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(database: Database, clock: Clock, limits: Partial<LogLimits> = {}) {
    this.#database = database
    this.#clock = clock
    this.#limits = { ...LIMITS, ...limits }
  }

  async position(ecosystem: EcosystemId): Promise<FeedPosition | null> {
    const row = await this.#database.query.selectFrom('feeds').selectAll().where('ecosystem', '=', ecosystem).executeTakeFirst()
    return row ? { feed: row.feed, cursor: row.cursor, checkedAt: new Date(Number(row.checked_at)), state: JSON.parse(row.state) as unknown } : null
  }

  /** Begins with another feed, or with none before. */
  async begin(ecosystem: EcosystemId, feed: string, cursor: string, state: unknown): Promise<void> {
    const row = { feed, cursor, state: JSON.stringify(state), checked_at: this.#now() }
    await this.#database.query.insertInto('feeds').values({ ecosystem, ...row })
      .onConflict((conflict) => conflict.column('ecosystem').doUpdateSet(row)).execute()
  }

  /** For people: what is wrong now. Where there is no row there is nothing to say. */
  async note(ecosystem: EcosystemId, state: unknown): Promise<void> {
    await this.#database.query.updateTable('feeds').set({ state: JSON.stringify(state) }).where('ecosystem', '=', ecosystem).execute()
  }

  append(appending: Appending): Promise<Appended> {
    const appended = this.#turn.then(() => this.#database.transaction((tx) => this.#append(tx, appending)))
    this.#turn = appended.catch(() => null)
    return appended
  }

  async #append(tx: Kysely<Tables>, { ecosystem, feed, from, cursor, events, state }: Appending): Promise<Appended> {
    const now = this.#now()
    const moved = await tx.updateTable('feeds').set({ cursor, state: JSON.stringify(state), checked_at: now })
      .where('ecosystem', '=', ecosystem).where('feed', '=', feed)
      .where('cursor', from === null ? 'is' : '=', from).executeTakeFirst()
    if (Number(moved.numUpdatedRows) === 0) return 'moved'
    let added = 0
    for (let start = 0; start < events.length; start += ROWS) {
      const rows = events.slice(start, start + ROWS).map((event) => ({ ...event, at: timeOf(event.at), seen_at: now }))
      const result = await tx.insertInto('events').values(rows)
        .onConflict((conflict) => conflict.columns(['ecosystem', 'mark']).doNothing()).executeTakeFirst()
      added += Number(result.numInsertedOrUpdatedRows ?? 0)
    }
    return { added, duplicates: events.length - added }
  }

  /** What stands after `seq`, oldest first. */
  async since(seq: number, limit: number): Promise<LoggedEvent[]> {
    const rows = await this.#database.query.selectFrom('events').selectAll().where('seq', '>', seq).orderBy('seq').limit(limit).execute()
    return rows.map(asEvent)
  }

  /**
   * How far `consumer` has read. Whoever asks for the first time begins with what comes from now on, and from then on
   * nothing is pruned before it was read.
   */
  async readBy(consumer: string): Promise<number> {
    const key = CONSUMER + consumer
    const position = async (query: Kysely<Tables>): Promise<number | null> => {
      const row = await query.selectFrom('settings').select('value').where('key', '=', key).executeTakeFirst()
      return row ? Number(row.value) : null
    }
    const known = await position(this.#database.query)
    if (known !== null) return known
    return await this.#database.transaction(async (tx) => {
      const other = await position(tx)
      if (other !== null) return other
      const head = await headOf(tx)
      await tx.insertInto('settings').values({ key, value: String(head) }).execute()
      return head
    })
  }

  /** `consumer` has dealt with everything up to `seq`. It never goes back. */
  async done(consumer: string, seq: number): Promise<void> {
    const read = await this.readBy(consumer)
    if (seq < read) throw new SluiceError('usage', `${consumer} has already read up to ${read}, which is after ${seq}`)
    await this.#database.query.updateTable('settings').set({ value: String(seq) }).where('key', '=', CONSUMER + consumer).execute()
  }

  /** A consumer that is no more keeps nothing back. */
  async forget(consumer: string): Promise<void> {
    await this.#database.query.deleteFrom('settings').where('key', '=', CONSUMER + consumer).execute()
  }

  /** Whether consumers are so far behind that nothing more may be taken in. */
  async isFull(): Promise<boolean> {
    const slowest = await this.#slowest()
    return slowest !== null && (await headOf(this.#database.query)) - slowest > this.#limits.unread
  }

  /** Deletes what is old or too much and was read by every consumer. Returns how many rows went. */
  async prune(): Promise<number> {
    const { query } = this.#database
    const read = (await this.#slowest()) ?? (await headOf(query))
    const before = this.#now() - this.#limits.keepMs
    const surplus = (await headOf(query)) - this.#limits.keepRows
    let deleted = 0
    for (;;) {
      // In steps from the oldest on, so that nobody who writes waits long and nothing is looked at that stays.
      const oldest = await query.selectFrom('events').select(['seq', 'seen_at']).where('seq', '<=', read).orderBy('seq').limit(STEP).execute()
      const stays = oldest.findIndex(({ seq, seen_at }) => Number(seen_at) >= before && Number(seq) > surplus)
      const last = (stays < 0 ? oldest : oldest.slice(0, stays)).at(-1)
      if (!last) return deleted
      const { numDeletedRows } = await query.deleteFrom('events').where('seq', '<=', Number(last.seq)).executeTakeFirst()
      deleted += Number(numDeletedRows)
    }
  }

  async #slowest(): Promise<number | null> {
    const rows = await this.#database.query.selectFrom('settings').select('value').where('key', '>=', CONSUMER).where('key', '<', `${CONSUMER}~`).execute()
    return rows.length === 0 ? null : Math.min(...rows.map(({ value }) => Number(value)))
  }

  #now(): number {
    return this.#clock.now().getTime()
  }
}

async function headOf(query: Kysely<Tables>): Promise<number> {
  const row = await query.selectFrom('events').select((is) => is.fn.max('seq').as('head')).executeTakeFirst()
  return Number(row?.head ?? 0)
}

/** A time is what the feed says, so it may be any: what no integer of the database holds is none. */
const timeOf = (at: Date | null): number | null => (at === null || Number.isNaN(at.getTime()) ? null : at.getTime())

function asEvent({ seq, ecosystem, kind, at, seen_at, ...rest }: Selectable<Tables['events']>): LoggedEvent {
  return {
    ...rest, seq: Number(seq), ecosystem: ecosystem as EcosystemId, kind: kind as FeedEvent['kind'],
    at: at === null ? null : new Date(Number(at)), seenAt: new Date(Number(seen_at)),
  }
}
