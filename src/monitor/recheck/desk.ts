import { setTimeout as wait } from 'node:timers/promises'
import type { Context } from '../../admission/context.ts'
import { SluiceError } from '../../core/errors.ts'
import type { Exposure } from '../../core/exposure.ts'
import { oneLine } from '../../core/text.ts'
import type { EcosystemId } from '../../core/types.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import { exposureOf } from '../../ledger/exposure.ts'
import type { Alarms } from '../alarms.ts'
import { Budget } from '../budget.ts'
import { Lease } from '../log-lease.ts'
import type { RegistryHealth } from './health.ts'
import { closeReview } from './outcome.ts'
import type { Closing } from './outcome.ts'
import { Recheck } from './recheck.ts'
import type { Outcome } from './recheck.ts'
import { Reviews } from './reviews.ts'
import type { Review } from './reviews.ts'
import { Schedule } from './schedule.ts'
import type { RecheckSettings } from './schedule.ts'
import { enrol } from './subjects.ts'
import { subjectsOf, tell } from './tell.ts'

export interface ReviewDeskParts {
  context: Context
  alarms: Alarms
  settings: RecheckSettings
}

export interface RecheckStatus {
  /** Whether this process looks back; another on the same data may. */
  running: boolean
  budget: number
  /** Packages that are looked after; of those the ones in use or young, due now, not looked at yet, and gone at the last look. */
  packages: number
  recent: number
  due: number
  unseen: number
  doubted: number
  /** When the one that waits longest was looked at; null: none was. */
  oldestLook: Date | null
  /** When each pass over everything ended, the last one; null: none did yet. */
  lastPass: Date | null
  /** Packages and bytes since this process began; null: it looks at none. */
  looked: number | null
  bytes: number | null
  registries: readonly RegistryHealth[]
  openReviews: number
}

const AT_ONCE = 4
const IDLE = 1_000
const ENROL = 60_000
const TELL = 5_000
const GRACE = 5_000
const PASS = 'recheck pass'
const ECOSYSTEMS: readonly EcosystemId[] = ['npm', 'pypi', 'go']

/** What people ask of the look back at upstream, and the look back itself once it is started. Works on a data folder where nothing looks, too. */
export class ReviewDesk {
  readonly #parts: ReviewDeskParts
  readonly #reviews: Reviews
  readonly #schedule: Schedule
  readonly #recheck: Recheck
  readonly #lease: Lease
  readonly #budget: Budget
  readonly #abort = new AbortController()
  readonly #loops: Promise<void>[] = []

  constructor(parts: ReviewDeskParts) {
    const { context, settings } = parts
    this.#parts = parts
    this.#reviews = new Reviews(context)
    this.#schedule = new Schedule(context.database, context.clock)
    this.#lease = new Lease(context.database, context.clock, 60_000, 'recheck lease')
    this.#budget = new Budget(settings.budget, context.clock)
    this.#recheck = new Recheck({
      context, settings, reviews: this.#reviews, schedule: this.#schedule,
      onDoubt: (ecosystem, doubted) => this.#doubt(ecosystem, doubted),
    })
  }

  /** One of the processes on a data folder looks back. */
  start(): void {
    if (this.#parts.settings.budget === 0) return
    this.#loop('what was had', ENROL, () => this.enrol())
    this.#loop('reviews', TELL, () => this.tell())
    for (let one = 0; one < AT_ONCE; one++) this.#loop('packages', IDLE, () => this.turn())
  }

  /** What is under way may end within `grace` milliseconds; what does not is done again after the next start. */
  async stop(grace = GRACE): Promise<void> {
    this.#abort.abort()
    const done = new AbortController()
    await Promise.race([Promise.all(this.#loops), wait(grace, undefined, { signal: done.signal }).catch(() => undefined)])
    done.abort()
    if (this.#loops.length > 0) await this.#lease.release()
  }

  #loop(what: string, idle: number, turn: () => Promise<number>): void {
    const { signal } = this.#abort
    this.#loops.push((async () => {
      while (!signal.aborted) {
        const done = await this.#lease.hold().then((ours) => (ours ? turn() : 0)).catch((thrown: unknown) => {
          if (!signal.aborted) this.#parts.context.log.error({ err: thrown }, `the look back at upstream stumbled over ${what}`)
          return 0
        })
        await wait(done > 0 ? 0 : idle, undefined, { signal, ref: false }).catch(() => undefined)
      }
    })())
  }

  /** Takes in what was had since. Always 0: the next time is after a while. */
  async enrol(): Promise<number> {
    const { database, clock } = this.#parts.context
    await enrol(database, clock.now())
    await this.#notePass()
    return 0
  }

  /** One package, where the budget has one left. Returns how many it was. */
  async turn(): Promise<number> {
    if (!this.#budget.left) return 0
    const outcome = await this.#recheck.next()
    if (outcome === null) return 0
    this.#budget.take()
    if (outcome.reviews.length > 0) await this.tell()
    return 1
  }

  async tell(): Promise<number> {
    await tell({ ...this.#parts, reviews: this.#reviews })
    return 0
  }

  /** Everything was looked at since the last pass ended: another has. */
  async #notePass(): Promise<void> {
    const { database, clock } = this.#parts.context
    const { packages, unseen, oldest } = await this.#schedule.status()
    const last = await this.#lastPass()
    if (packages === 0 || unseen > 0 || oldest === null || (last !== null && oldest <= last.getTime())) return
    const value = String(clock.now().getTime())
    await database.query.insertInto('settings').values({ key: PASS, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
  }

  async #lastPass(): Promise<Date | null> {
    const row = await this.#parts.context.database.query.selectFrom('settings').select('value').where('key', '=', PASS).executeTakeFirst()
    return row ? new Date(Number(row.value)) : null
  }

  async #doubt(ecosystem: EcosystemId, doubted: { looked: number; gone: number; names: readonly string[] } | null): Promise<void> {
    const { alarms, context } = this.#parts
    const subject = `upstream lacks much ${ecosystem}`
    if (doubted === null) {
      await alarms.closeSubject(subject)
      return
    }
    const says = `${doubted.gone} of ${doubted.looked} ${ecosystem} packages are gone upstream at once`
    await alarms.raise({
      subject, kind: 'removed', severity: 'high', title: says, campaign: null, size: doubted.gone,
      packages: doubted.names.slice(0, 20).map((name) => ({ ecosystem, name, version: null, says, at: context.clock.now(), signals: ['not believed, and nothing is held for it: an upstream in trouble, a mirror that has not everything, or a great takedown', 'sluice reviews recheck looks again'] })),
    })
  }

  async status(): Promise<RecheckStatus> {
    const { settings, context } = this.#parts
    const [{ oldest, ...schedule }, lastPass, open] = await Promise.all([this.#schedule.status(), this.#lastPass(), this.#openReviews()])
    const running = this.#loops.length > 0 && !this.#abort.signal.aborted
    const { looked, bytes } = this.#recheck.counts
    return {
      running, budget: settings.budget, ...schedule, oldestLook: oldest === null ? null : new Date(oldest), lastPass,
      looked: running ? looked : null, bytes: running ? bytes : null, openReviews: open,
      registries: ECOSYSTEMS.filter((ecosystem) => context.sources.public[ecosystem].url !== null).map((ecosystem) => this.#recheck.health.status(ecosystem)),
    }
  }

  async #openReviews(): Promise<number> {
    const row = await this.#parts.context.database.query.selectFrom('reviews').select(({ fn }) => fn.countAll<number>().as('count')).where('state', '=', 'open').executeTakeFirst()
    return Number(row?.count ?? 0)
  }

  /** The one that changed last first. */
  list({ states, limit }: { states?: readonly Review['state'][] | undefined; limit?: number | undefined } = {}): Promise<Review[]> {
    return this.#reviews.list({ ...(states ? { states } : {}), ...(limit === undefined ? {} : { limit }) })
  }

  /** With who met it. `id` may be its beginning. Throws `not-found`. */
  async show(id: string): Promise<Review & { exposure: Exposure }> {
    const review = await this.#find(id)
    return { ...review, exposure: await exposureOf(this.#parts.context.database, subjectsOf(review), { limit: 200 }) }
  }

  /** Throws `usage`, `not-found`. */
  async close(id: string, closing: Closing): Promise<{ review: Review; orders: number }> {
    const review = await this.#find(id)
    const closed = await closeReview(this.#parts.context, this.#reviews, review, { ...closing, by: oneLine(closing.by, 100) })
    if (review.alarm !== null) await this.#parts.alarms.close(review.alarm)
    return closed
  }

  /** Looks at one package now. Throws `usage`. */
  async recheck(ecosystem: EcosystemId, rawName: string): Promise<Outcome> {
    const { canonicalName, isName } = ecosystems[ecosystem]
    const name = canonicalName(rawName)
    if (!isName(name)) throw new SluiceError('usage', `no ${ecosystem} package can be called ${oneLine(rawName, 100)}`, { hint: 'write the name as the registry does' })
    const outcome = await this.#recheck.now(ecosystem, name)
    if (outcome.reviews.length > 0) await this.tell()
    return outcome
  }

  async #find(id: string): Promise<Review> {
    const exact = await this.#reviews.find(id)
    if (exact) return exact
    const rows = id.length < 6 ? [] : await this.#parts.context.database.query.selectFrom('reviews').select('id').where('id', '>=', id).where('id', '<', `${id}~`).limit(2).execute()
    const found = rows.length === 1 && rows[0] ? await this.#reviews.find(rows[0].id) : null
    if (!found) throw new SluiceError('not-found', `there is no review ${oneLine(id, 60)}`, { hint: 'sluice reviews lists them' })
    return found
  }
}

