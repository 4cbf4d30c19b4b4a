import { rejudge } from '../admission/rejudge.ts'
import type { Context } from '../admission/context.ts'
import type { Door } from '../admission/serve.ts'
import { Sweep } from '../admission/sweep.ts'
import type { Hosts } from '../host/ingest/hosts.ts'
import type { Hunter } from '../hunt/hunter.ts'
import type { Retro } from '../hunt/retro.ts'
import type { Clockwork } from '../incident/clockwork.ts'
import type { Exchange } from '../intel/exchange.ts'
import { forgetDue } from '../ledger/forget.ts'
import type { Lookout } from '../monitor/lookout.ts'
import { openWatch } from '../monitor/open.ts'
import type { RunningWatch, WatchTools } from '../monitor/open.ts'
import type { ReviewDesk } from '../monitor/recheck/desk.ts'
import type { ProtectedNames } from '../names/protected.ts'
import type { Recalls } from '../recall/recalls.ts'
import type { SandboxRoom } from '../sandbox/gate/room.ts'
import type { RulesWatch } from '../yara/watch.ts'
import type { Parts } from './parts.ts'
import { Timers } from './timers.ts'

/** How often the folder with rules is read; a change counts at the second look that finds it. */
const LOOK_AT_RULES = 1_000
/** How often other processes' changes are read: well inside the five seconds in which a recall must be everywhere. */
const CATCH_UP = 250
const HOURLY = 3_600_000
/** How often it is seen whether a feed is due. */
const FEEDS = 20_000
/** How often what this organisation uses is added to the names that are protected, and due notices are sent. */
const NAMES = 60_000
const DELIVERIES = 5_000
const WATCHLIST = 2_000

export interface Followed {
  parts: Parts
  context: Context
  door: Door
  names: ProtectedNames
  rules: RulesWatch | null
  tools: WatchTools
  lookout: Lookout
  reviews: ReviewDesk
  recalls: Recalls
  retro: Retro
  hunter: Hunter
  hosts: Hosts
  exchange: Exchange
  clockwork: Clockwork
  sandbox: SandboxRoom
}

/** Everything that a gate does without being asked. */
export class Following {
  readonly #rooms: Followed
  readonly #timers: Timers
  /** Once what registries publish is followed. */
  watching: RunningWatch | null = null

  constructor(rooms: Followed) {
    this.#rooms = rooms
    this.#timers = new Timers(rooms.context.log)
  }

  async start(): Promise<void> {
    await this.#changes()
    await this.#housekeeping()
    await this.#notices()
    this.#machines()
    await this.#watch()
  }

  /** Nothing new is begun; what is under way is ended. */
  stop(): Promise<unknown> {
    const { reviews, retro, sandbox } = this.#rooms
    this.#timers.stop()
    return Promise.all([this.watching?.watch.stop(), reviews.stop(), retro.stop(), sandbox.stop()])
  }

  /** What other processes and people decide counts here. */
  async #changes(): Promise<void> {
    const { context: { revisions }, door, recalls, rules } = this.#rooms
    await revisions.start()
    this.#timers.every(CATCH_UP, 'changes could not be read', async () => {
      await revisions.catchUp()
      await door.running.check()
    })
    this.#timers.every(CATCH_UP, 'what was recalled could not be withdrawn', () => recalls.tick())
    if (rules) {
      this.#timers.every(LOOK_AT_RULES, 'rules could not be read', async () => {
        if (!(await rules.look())) return
        this.#judgeAgain()
        await rules.report()
      })
      void rules.report()
    }
    this.#judgeAgain()
  }

  #judgeAgain(): void {
    const { context, door } = this.#rooms
    rejudge(context, door.settling).catch((thrown: unknown) => context.log.error({ err: thrown }, 'what other rules held back is not judged again'))
  }

  /** What is of no use any more goes, and what is to be shown of a time is recorded in it. */
  async #housekeeping(): Promise<void> {
    const { parts: { retention, database, clock }, context, door, hosts, sandbox } = this.#rooms
    const { log } = context
    const sweep = new Sweep(context)
    this.#timers.every(HOURLY, 'sweep failed', () => sweep.run())
    if (retention) {
      const forget = async (): Promise<void> => {
        const callers = await forgetDue(database, retention, clock.now())
        if (callers > 0) log.info({ callers }, 'who asked was forgotten, as configured')
      }
      this.#timers.every(HOURLY, 'who asked could not be forgotten', forget)
      forget().catch((thrown: unknown) => log.error({ err: thrown }, 'who asked could not be forgotten'))
    }
    this.#timers.every(HOURLY, 'what machines told is not deleted', () => hosts.prune())
    this.#timers.every(HOURLY, 'old runs in the sandbox are not deleted', () => sandbox.prune(context))
    this.#timers.every(HOURLY, 'checkpoint failed', () => door.renditions.dating.checkpoint())
    await door.renditions.dating.checkpoint()
  }

  /** Feeds of others, names, cases, and what is told about them. */
  async #notices(): Promise<void> {
    const { parts: { notifier }, context: { log }, names, exchange, clockwork } = this.#rooms
    await exchange.begin()
    this.#timers.every(FEEDS, 'feeds could not be read', () => this.#readFeeds())
    // Behind the first clients' backs: whoever asks first need not wait for the index.
    names.ready().catch((thrown: unknown) => log.error({ err: thrown }, 'names cannot be compared'))
    this.#timers.every(NAMES, 'names could not be read', () => names.catchUp())
    this.#timers.every(NAMES, 'incidents could not be followed', () => clockwork.tick())
    this.#timers.every(DELIVERIES, 'notices could not be sent', () => notifier.deliverDue())
  }

  async #readFeeds(): Promise<void> {
    const { context: { log }, exchange } = this.#rooms
    for (const { name, report, problem } of await exchange.syncDue()) {
      if (report) log.info({ feed: name, imported: report.imported, updated: report.updated, withdrawn: report.withdrawn, skipped: report.skippedTotal }, 'feed read')
      else log.warn({ feed: name, problem }, 'feed not read; what was read before stays')
    }
  }

  /** What works through a pile of its own. */
  #machines(): void {
    const { hunter, retro, sandbox } = this.#rooms
    hunter.attach(retro)
    retro.start()
    sandbox.follow()
  }

  async #watch(): Promise<void> {
    const { parts, context, door, names, tools, reviews, lookout } = this.#rooms
    if (!parts.watch) return
    reviews.start()
    // What the watch keeps may be unreadable; packages are examined and served without it.
    const running = await openWatch(context, door, { names, tools, queue: parts.queue, settings: parts.watch }).catch((thrown: unknown) => {
      context.log.error({ err: thrown }, 'the watch cannot begin: nothing that registries publish is followed')
      return null
    })
    if (!running) return
    this.watching = running
    lookout.attach(running)
    this.#timers.every(WATCHLIST, 'the watch-list could not be read', () => tools.watchlist.refresh())
    this.#timers.every(HOURLY, 'old events are not deleted', () => tools.events.prune())
    running.watch.start()
  }
}
