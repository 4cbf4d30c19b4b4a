import type { Context } from '../admission/context.ts'
import type { Settling } from '../admission/settle.ts'
import { isCode } from '../core/errors.ts'
import type { Alarms } from '../monitor/alarms.ts'
import { Budget } from '../monitor/budget.ts'
import { Lease } from '../monitor/log-lease.ts'
import { Again, againStatus } from './again.ts'
import type { AgainStatus } from './again.ts'
import { fill, isFilled } from './fill.ts'
import { Matching } from './matching.ts'
import { countServed } from './served.ts'
import { tellHits } from './telling.ts'

export interface RetroParts {
  context: Context
  settling: Pick<Settling, 'find' | 'admit'>
  alarms: Alarms
  /** Files a minute that are judged again behind everybody's back; ten times as many are only run over with rules. 0: none. */
  budget: number
}

export interface RetroStatus extends AgainStatus {
  /** Whether every verdict can be found. */
  indexed: boolean
  /** Changes of known indicators that are still to be matched. */
  indicators: number
  /** Files that are held for a known indicator. */
  held: number
}

/** How soon after it came a new indicator is matched, at most, where nothing waits. */
const PAUSE = 500
const ELSEWHERE = 5_000
const REVIEW = 30_000
const LOOK = 60_000
const COMMON = 3_600_000
const LEASE = 30_000

/**
 * Matches everything new against everything seen, by itself, in one process of a data folder. All it knows is in the tables: it may be
 * killed between any two steps, and the next one goes on.
 */
export class Retro {
  readonly #parts: RetroParts
  readonly #lease: Lease
  readonly #matching: Matching
  readonly #again: Again
  #seen: Omit<RetroStatus, 'judged' | 'left'> | null = null
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | null = null
  #stopped = false

  constructor(parts: RetroParts) {
    const { context, alarms, settling, budget } = parts
    this.#parts = parts
    this.#lease = new Lease(context.database, context.clock, LEASE, 'hunt lease')
    this.#matching = new Matching({ context, alarms, common: context.common })
    this.#again = new Again({ context, settling, judging: new Budget(budget, context.clock), matching: new Budget(budget * 10, context.clock) })
  }

  start(): void {
    const round = (): void => {
      this.#running = this.#round().then((pause) => {
        if (!this.#stopped) this.#timer = setTimeout(round, pause).unref()
      })
    }
    round()
  }

  async stop(): Promise<void> {
    this.#stopped = true
    clearTimeout(this.#timer)
    await this.#running
    await this.#lease.release().catch(() => null)
  }

  /** How long to wait then: after what is in nobody's way at least as long as it took, because others' writes waited for it. */
  async #round(): Promise<number> {
    const started = performance.now()
    try {
      const did = await this.step()
      return did === 'nothing' ? PAUSE : did === 'elsewhere' ? ELSEWHERE : did === 'matched' ? 1 : Math.min(PAUSE, Math.max(1, performance.now() - started))
    } catch (thrown) {
      if (!this.#stopped || !isCode(thrown, 'worker-closed', 'storage')) this.#parts.context.log.error({ err: thrown }, 'what is new could not be matched; tried again')
      return ELSEWHERE
    }
  }

  /**
   * One round: what holds goes before what only tells, and that before what takes long. `matched`: more that is urgent may wait;
   * `worked`: more may wait; `elsewhere`: another process does this.
   */
  async step(): Promise<'matched' | 'worked' | 'nothing' | 'elsewhere'> {
    if (!(await this.#lease.hold())) return 'elsewhere'
    const { context, alarms } = this.#parts
    const { database, clock } = context
    const matched = await this.#matching.next()
    if (this.#due('review', REVIEW)) await this.#matching.review()
    if (this.#due('common', COMMON)) await this.#matching.reviewCommon()
    const told = await tellHits({ database, clock, alarms })
    if (matched + told > 0) return 'matched'
    if (this.#due('seen', LOOK)) this.#seen = await retroStatus(context, this.#again.isDone)
    const filled = await fill(context)
    const counted = filled > 0 ? 0 : await countServed(database)
    // Whose deliveries are not counted yet would be looked at in no order.
    const again = filled > 0 || counted >= 20_000 ? 0 : await this.#again.next()
    return filled + again > 0 || counted >= 20_000 ? 'worked' : 'nothing'
  }

  readonly #times = new Map<string, number>()

  #due(what: string, every: number): boolean {
    const now = this.#parts.context.clock.now().getTime()
    const last = this.#times.get(what)
    if (last !== undefined && now - last < every && now >= last) return false
    this.#times.set(what, now)
    return true
  }

  /** As last seen, for metrics; null: another process does this work. */
  get seen(): Omit<RetroStatus, 'judged' | 'left'> | null {
    return this.#seen
  }

  /** Files judged again since this process began, and left because nothing in them can be judged otherwise. */
  get counts(): Readonly<{ judged: number; left: number }> {
    return this.#again.counts
  }
}

/** What can be said of it without its process. `done`: nothing is to be judged again, so that nothing need be counted. */
export async function retroStatus({ database: { query } }: Pick<Context, 'database'>, done = false): Promise<Omit<RetroStatus, 'judged' | 'left'>> {
  const cursor = Number((await query.selectFrom('settings').select('value').where('key', '=', 'hunt indicators').executeTakeFirst())?.value ?? 0)
  const [indexed, waiting, held] = await Promise.all([
    isFilled(query),
    query.selectFrom('known_indicators').select(({ fn }) => fn.countAll<number>().as('rows')).where('seq', '>', cursor).executeTakeFirst(),
    query.selectFrom(query.selectFrom('indicator_hits').select(['ecosystem', 'name', 'file']).distinct().as('hits')).select(({ fn }) => fn.countAll<number>().as('rows')).executeTakeFirst(),
  ])
  return { indexed, indicators: Number(waiting?.rows ?? 0), held: Number(held?.rows ?? 0), ...await againStatus(query, done) }
}
