import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { isCode, sentence } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Clock } from '../ports/clock.ts'
import { Refusal } from './feeds/ask.ts'
import type { Choice } from './feeds/choose.ts'
import type { Feed, FeedPage } from './feeds/feed.ts'
import { Health } from './follower-health.ts'
import type { FeedState } from './follower-health.ts'
import type { FeedStatus } from './follower-status.ts'
import type { EventLog, FeedPosition } from './log.ts'
import type { Lease } from './log-lease.ts'

export interface Follower {
  readonly ecosystem: EcosystemId
  start(): void
  /** Resolves when nothing is being written any more; what was read and not yet written is read again next time. */
  stop(): Promise<void>
  status(): FeedStatus
  /** Of `looked` packages the feed said were published, upstream has `missing` not: that is how a lying feed is found. */
  looked(looked: number, missing: number): void
  /** One turn: at most `pages` pages. Returns the milliseconds until the next. Never rejects. `start` calls it; tests may. */
  turn(): Promise<number>
}

export interface FollowerOptions {
  ecosystem: EcosystemId
  /** Finds the feed; called again where there was none. `stored` is the id of the feed that was followed before. */
  choose(stored: string | null): Promise<Choice>
  log: EventLog
  /** Shared by the followers of one process. */
  lease: Pick<Lease, 'hold' | 'release'>
  clock: Clock
  logger: Pick<Logger, 'warn' | 'info'>
  /** Begin at this time rather than now, where the feed knows times and was never followed. */
  since?: Date
  /** Called when events are in the log, so that consumers need not wait for their next look. Must not throw. */
  onEvents?: (ecosystem: EcosystemId, added: number) => void
  pace?: Partial<Pace>
  /** Rejects or resolves early when `signal` is aborted. */
  sleep?: (ms: number, signal: AbortSignal) => Promise<void>
  /** In [0, 1). */
  random?: () => number
}

/** Milliseconds, but for `pages` and `limit`. */
interface Pace {
  /** Between turns, when everything was read. */
  idle: number
  /** Between turns of one that asks package by package. */
  polling: number
  /** Between turns, when there is more. */
  busy: number
  /** After the first failure; doubles up to `longest`. */
  backOff: number
  longest: number
  /** Until a better feed is looked for again. */
  rechoose: number
  /** Pages a turn, so that a burst of one registry starves no other. */
  pages: number
  /** Events a page. */
  limit: number
}

const PACE: Pace = { idle: 5_000, polling: 30_000, busy: 50, backOff: 2_000, longest: 300_000, rechoose: 900_000, pages: 5, limit: 1_000 }

/** What upstream may ask us to wait at most. */
const MOST_PATIENT = 3_600_000
/** Failures in a row after which a derived feed is chosen anew. */
const GIVE_UP = 20

/**
 * Follows one registry's feed into the event log: read, append with the cursor in one transaction, sleep. Only the process
 * that holds the lease reads. Nothing that upstream sends ends the loop.
 */
export function createFollower(options: FollowerOptions): Follower {
  return new Following(options)
}

class Following implements Follower {
  readonly ecosystem: EcosystemId
  readonly #options: FollowerOptions
  readonly #pace: Pace
  readonly #abort = new AbortController()
  #health = new Health()
  #choice: Choice | null = null
  #chosenAt = -Infinity
  #cursor: string | null = null
  #limit: number
  #leads = true
  #full = false
  #lastReadAt: Date | null = null
  #counts = { events: 0, rejected: 0, duplicates: 0 }
  #trouble: string | null = null
  #loop: Promise<void> | null = null

  constructor(options: FollowerOptions) {
    this.#options = options
    this.ecosystem = options.ecosystem
    this.#pace = { ...PACE, ...options.pace }
    this.#limit = this.#pace.limit
  }

  start(): void {
    this.#loop ??= this.#run()
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await this.#loop
    // Whoever still runs takes it again; the next process need not wait until it runs out.
    await this.#options.lease.release().catch(() => null)
  }

  looked(looked: number, missing: number): void {
    this.#health.looked(looked, missing)
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort
    const sleep = this.#options.sleep ?? ((ms, until) => wait(ms, undefined, { signal: until, ref: false }))
    while (!signal.aborted) {
      const pause = await this.turn()
      await sleep(pause, signal).catch(() => null)
    }
  }

  async turn(): Promise<number> {
    try {
      return await this.#turn()
    } catch (thrown) {
      return this.#abort.signal.aborted ? 0 : this.#failed(thrown)
    }
  }

  /** What is still on its way when the loop is stopped is left to itself: nothing waits for a slow registry to close down. */
  async #unlessStopped<T>(work: Promise<T>): Promise<T> {
    const { signal } = this.#abort
    const stopped = Promise.withResolvers<never>()
    const stop = (): void => stopped.reject(new Error('stopped'))
    signal.addEventListener('abort', stop)
    if (signal.aborted) stop()
    work.catch(() => null)
    try {
      return await Promise.race([work, stopped.promise])
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  async #turn(): Promise<number> {
    const { log } = this.#options
    this.#leads = await this.#options.lease.hold()
    if (!this.#leads) {
      this.#cursor = null
      return this.#pace.idle
    }
    const feed = await this.#feed()
    if (!feed) {
      await log.note(this.ecosystem, this.status())
      return this.#pace.rechoose
    }
    this.#full = await log.isFull()
    if (this.#full) {
      await log.note(this.ecosystem, this.status())
      return this.#pace.idle
    }
    for (let pages = 1; pages <= this.#pace.pages && !this.#abort.signal.aborted; pages++) {
      const more = await this.#page(feed, pages === this.#pace.pages)
      if (!more) return Math.max(feed.polls ? this.#pace.polling : this.#pace.idle, feed.every ?? 0)
    }
    return this.#pace.busy
  }

  /** Reads and keeps one page. Whether there is more. */
  async #page(feed: Feed, last: boolean): Promise<boolean> {
    const { log, clock, onEvents } = this.#options
    const from = this.#cursor ?? (await this.#resume(feed))
    const page = await this.#unlessStopped(feed.read(from, this.#limit))
    this.#cursor = null
    const now = clock.now()
    this.#health.page(page, now.getTime(), last && page.more)
    this.#lastReadAt = now
    const appended = await log.append({ ecosystem: this.ecosystem, feed: feed.id, from, cursor: page.cursor, events: page.events, state: this.#told(page) })
    // Somebody else went on from there: what they wrote counts, and is where the next page begins.
    if (appended === 'moved') return true
    this.#trouble = null
    this.#limit = Math.min(this.#pace.limit, this.#limit * 2)
    this.#cursor = page.cursor
    this.#counts.events += appended.added
    this.#counts.rejected += page.rejected
    this.#counts.duplicates += appended.duplicates
    if (appended.added > 0) onEvents?.(this.ecosystem, appended.added)
    return page.more
  }

  /** Where the log says; where another feed was followed, from its place as well as this one can tell it; else at the present. */
  async #resume(feed: Feed): Promise<string> {
    const { log } = this.#options
    const known = await log.position(this.ecosystem)
    if (known?.feed === feed.id && known.cursor !== null) return (this.#cursor = known.cursor)
    const cursor = await this.#unlessStopped(this.#begin(feed, known))
    await log.begin(this.ecosystem, feed.id, cursor, this.status())
    return (this.#cursor = cursor)
  }

  async #begin(feed: Feed, known: FeedPosition | null): Promise<string> {
    const { since, clock } = this.#options
    const after = known ? known.checkedAt : since
    const same = known?.cursor ? feed.takeOver?.({ feed: known.feed, cursor: known.cursor, at: known.checkedAt }) : null
    if (same) return same
    if (after && feed.since) return await feed.since(after)
    const now = clock.now()
    if (known) this.#health.missed(`another feed is followed now: what happened from ${known.checkedAt.toISOString()} to ${now.toISOString()} was not seen`, now.getTime())
    return await feed.start()
  }

  async #feed(): Promise<Feed | null> {
    const { clock, choose, log, logger } = this.#options
    const now = clock.now().getTime()
    const settled = this.#choice && (!this.#choice.provisional || now - this.#chosenAt < this.#pace.rechoose) && this.#health.failures < GIVE_UP
    if (this.#choice && settled) return this.#choice.feed
    const stored = await log.position(this.ecosystem)
    const choice = await this.#unlessStopped(choose(stored?.feed ?? null))
    this.#chosenAt = now
    if (choice.feed?.id !== this.#choice?.feed?.id || this.#health.failures >= GIVE_UP) {
      this.#health = new Health()
      this.#cursor = null
      logger.info({ ecosystem: this.ecosystem, feed: choice.feed?.id ?? null, because: choice.because }, 'feed chosen')
    }
    this.#choice = choice
    return choice.feed
  }

  async #failed(thrown: unknown): Promise<number> {
    const { logger, log, random = Math.random } = this.#options
    this.#cursor = null
    this.#trouble = sentence(thrown)
    this.#health.failed(this.#trouble)
    if (isCode(thrown, 'upstream-too-large')) this.#limit = Math.max(1, Math.floor(this.#limit / 4))
    const { failures } = this.#health
    if (failures === 1 || failures % 10 === 0) logger.warn({ ecosystem: this.ecosystem, failures, error: this.#trouble }, 'feed not read')
    await log.note(this.ecosystem, this.status()).catch(() => null)
    const asked = thrown instanceof Refusal ? Math.min(thrown.pause ?? 0, MOST_PATIENT) : 0
    const backOff = Math.min(this.#pace.longest, this.#pace.backOff * 2 ** Math.min(failures - 1, 20))
    return Math.max(asked, backOff * (0.5 + random() / 2))
  }

  /** The state as people read it from the table, from any process. */
  #told(page: FeedPage): FeedStatus {
    return { ...this.status(), cursor: page.cursor }
  }

  status(): FeedStatus {
    const feed = this.#choice?.feed ?? null
    const { state, problem } = this.#state()
    return {
      ecosystem: this.ecosystem, feed: feed?.id ?? null,
      describe: feed?.describe() ?? 'no feed is followed',
      chosenBecause: this.#choice?.because ?? 'not chosen yet',
      refused: this.#choice?.refused ?? [],
      state, cursor: this.#cursor, lastEventAt: this.#health.headAt, lastReadAt: this.#lastReadAt,
      lagMs: this.#health.lag(this.#options.clock.now().getTime()),
      ...this.#counts, problem, asOf: this.#options.clock.now(),
    }
  }

  #state(): { state: FeedState; problem: string | null } {
    if (!this.#leads) return { state: 'off', problem: 'another process on the same data follows the feeds' }
    if (!this.#choice?.feed) return { state: 'off', problem: this.#choice ? null : this.#trouble }
    const judged = this.#health.judge(this.#options.clock.now().getTime())
    if (this.#full) return { state: 'behind', problem: 'what was read waits to be looked at; nothing more is read until then' }
    if (this.#choice.feed.polls && judged.state !== 'unreachable') return { state: 'polling', problem: judged.state === 'following' ? judged.problem ?? this.#trouble : null }
    return { state: judged.state, problem: judged.problem ?? this.#trouble }
  }
}
