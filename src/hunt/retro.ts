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
const REVIEW = 30_000
const LOOK = 60_000
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
  #reviewedAt = 0
  #seen: { at: number; status: Omit<RetroStatus, 'judged' | 'left'> } | null = null
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
      this.#running = this.#round().then((busy) => {
        if (!this.#stopped) this.#timer = setTimeout(round, busy ? 1 : PAUSE).unref()
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

  async #round(): Promise<boolean> {
    try {
      return await this.step()
    } catch (thrown) {
      if (!this.#stopped || !isCode(thrown, 'worker-closed', 'storage')) this.#parts.context.log.error({ err: thrown }, 'what is new could not be matched; tried again')
      return false
    }
  }

  /** One round. Whether more waits. What holds goes before what only tells, and that before what takes long. */
  async step(): Promise<boolean> {
    if (!(await this.#lease.hold())) return false
    const { context, alarms } = this.#parts
    const { database, clock } = context
    const now = clock.now().getTime()
    const matched = await this.#matching.next()
    if (now - this.#reviewedAt >= REVIEW || now < this.#reviewedAt) {
      await this.#matching.review()
      this.#reviewedAt = now
    }
    if (!this.#seen || now - this.#seen.at >= LOOK || now < this.#seen.at) this.#seen = { at: now, status: await retroStatus(context) }
    const told = await tellHits({ database, clock, alarms })
    const filled = await fill(context)
    const counted = filled > 0 ? 0 : await countServed(database)
    // Whose deliveries are not counted yet would be looked at in no order.
    const again = filled > 0 || counted >= 20_000 ? 0 : await this.#again.next()
    return matched + told + filled + again > 0 || counted >= 20_000
  }

  /** As last seen, for metrics; null: another process does this work. */
  get seen(): Omit<RetroStatus, 'judged' | 'left'> | null {
    return this.#seen?.status ?? null
  }

  /** Files judged again since this process began, and left because nothing in them can be judged otherwise. */
  get counts(): Readonly<{ judged: number; left: number }> {
    return this.#again.counts
  }
}

/** What can be said of it without its process. */
export async function retroStatus({ database: { query } }: Pick<Context, 'database'>): Promise<Omit<RetroStatus, 'judged' | 'left'>> {
  const cursor = Number((await query.selectFrom('settings').select('value').where('key', '=', 'hunt indicators').executeTakeFirst())?.value ?? 0)
  const [indexed, waiting, held] = await Promise.all([
    isFilled(query),
    query.selectFrom('known_indicators').select(({ fn }) => fn.countAll<number>().as('rows')).where('seq', '>', cursor).executeTakeFirst(),
    query.selectFrom(query.selectFrom('indicator_hits').select(['ecosystem', 'name', 'file']).distinct().as('hits')).select(({ fn }) => fn.countAll<number>().as('rows')).executeTakeFirst(),
  ])
  return { indexed, indicators: Number(waiting?.rows ?? 0), held: Number(held?.rows ?? 0), ...await againStatus(query) }
}
