import { SluiceError } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import { recordUploads } from './actors.ts'
import { BOUNDS, Engine } from './engine.ts'
import type { Bounds } from './engine.ts'
import { isMarkKind, mark } from './marks.ts'
import type { Mark, MarkKind } from './marks.ts'
import type { Notice, Outcome } from './notices.ts'
import type { Sighting } from './sighting.ts'
import { keyOf, tidy } from './sighting.ts'
import { chunks, load, prune, recall, recallHolders, save } from './store.ts'

/** Some tens of milliseconds of work, in which nothing else of this process runs. */
const BATCH = 200
const PRUNE_EVERY = 24 * 3_600_000
const HEED_EVERY = 60_000

export interface Ruling {
  kind: MarkKind
  value: string
  because: string
  by: string
  at: Date
}

/**
 * Ties packages together as they are seen, and says when what is tied deserves an alarm. One process at a time may observe; reading is
 * for all (`reading.ts`).
 */
export class Campaigns {
  readonly #database: Database
  readonly #clock: Clock
  readonly #bounds: Bounds
  #engine: Engine
  /** Work in turn: the engine's state and what is stored change together. */
  #turn: Promise<unknown> = Promise.resolve()
  #pruned = 0
  #heeded = 0
  #unsaid: readonly Notice[] = []

  private constructor(database: Database, clock: Clock, bounds: Bounds) {
    this.#database = database
    this.#clock = clock
    this.#bounds = bounds
    this.#engine = new Engine(bounds)
  }

  /** Continues where the last process stopped: the packages and campaigns of the last weeks, under the same ids. */
  static async open(database: Database, clock: Clock, bounds: Partial<Bounds> = {}): Promise<Campaigns> {
    const campaigns = new Campaigns(database, clock, { ...BOUNDS, ...bounds })
    await campaigns.reload()
    return campaigns
  }

  /** Forgets what is in memory for what is stored: another process may have observed meanwhile, and what it wrote counts. */
  reload(): Promise<void> {
    return this.#inTurn(async () => {
      const engine = new Engine(this.#bounds)
      await load(this.#database, engine, this.#bounds, this.#clock.now().getTime())
      engine.trim()
      this.#engine = engine
      this.#unsaid = []
    })
  }

  /**
   * One outcome a sighting, in the same order; durable when it resolves. Throws `storage`: then the batch may be given again, as any may
   * be, and changes nothing twice.
   */
  observe(batch: readonly Sighting[]): Promise<Outcome[]> {
    return this.#inTurn(async () => {
      const outcomes: Outcome[] = []
      for (const some of chunks(batch, BATCH)) outcomes.push(...await this.#observe(some))
      return outcomes
    })
  }

  async #observe(batch: readonly Sighting[]): Promise<Outcome[]> {
    const now = this.#clock.now()
    const sightings = batch.map((sighting) => tidy(sighting, now))
    await this.#heed(now)
    await recall(this.#database, this.#engine, sightings)
    const outcomes = sightings.map((sighting) => this.#engine.observe(sighting, now))
    const late = this.#unsaid
    // Until it is stored nothing was said: what this batch has to say is else said by the next.
    this.#unsaid = [...late, ...outcomes.flatMap(({ notices }) => notices)]
    await this.#save(now, sightings)
    this.#unsaid = []
    return outcomes.map((outcome, index) => (index === 0 && late.length > 0 ? { ...outcome, notices: [...late, ...outcome.notices] } : outcome))
  }

  async #save(now: Date, sightings: readonly Sighting[] = []): Promise<void> {
    const due = now.getTime() - this.#pruned >= PRUNE_EVERY
    await this.#database.transaction(async (tx) => {
      await save(tx, this.#engine)
      await recordUploads(tx, sightings.map((sighting) => this.#withIdentity(sighting)))
      if (due) await prune(tx, now.getTime())
    })
    if (due) this.#pruned = now.getTime()
    this.#engine.clusters.dirty.members.clear()
    this.#engine.clusters.dirty.campaigns.clear()
    this.#engine.trim()
  }

  /** With what was said before of whose it is and what it is: verdicts name nobody, and uploads come before their verdicts and after. */
  #withIdentity(sighting: Sighting): Sighting {
    const member = this.#engine.members.get(keyOf(sighting))
    if (!member) return sighting
    const emails = sighting.emails.length > 0 ? sighting.emails : member.emails
    return { ...sighting, account: sighting.account ?? member.account, emails, malicious: sighting.malicious ?? member.malicious }
  }

  /** A person's word that a value means nothing: whom only it tied leaves, here and from now on. Throws `usage` for an unknown kind. */
  ruleOut(ruling: { kind: string; value: string; because: string; by: string }): Promise<Notice[]> {
    return this.#inTurn(async () => {
      const { kind, value, because, by } = ruling
      const now = this.#clock.now()
      const row = { mark: markOf(kind, value), because, by, at: now.getTime() }
      await this.#database.query.insertInto('campaign_rulings').values(row)
        .onConflict((conflict) => conflict.column('mark').doUpdateSet({ because, by, at: row.at })).execute()
      return this.#rule(row.mark, now)
    })
  }

  /** Takes back such a word: who shares the value is tied again. */
  reinstate({ kind, value }: { kind: string; value: string }): Promise<Notice[]> {
    return this.#inTurn(async () => {
      const now = this.#clock.now()
      const ruled = markOf(kind, value)
      await this.#database.query.deleteFrom('campaign_rulings').where('mark', '=', ruled).execute()
      const notices = this.#engine.reinstate(ruled, now)
      await this.#save(now)
      return notices
    })
  }

  async #rule(ruled: Mark, now: Date): Promise<Notice[]> {
    await recallHolders(this.#database, this.#engine, ruled)
    const notices = this.#engine.rule(ruled, now)
    await this.#save(now)
    return notices
  }

  /** What people ruled out in other processes. */
  async #heed(now: Date): Promise<void> {
    if (now.getTime() - this.#heeded < HEED_EVERY) return
    this.#heeded = now.getTime()
    for (const { mark: ruled } of await this.#database.query.selectFrom('campaign_rulings').select('mark').execute()) {
      if (!this.#engine.hubs.isRuled(ruled as Mark)) await this.#rule(ruled as Mark, now)
    }
  }

  /** Packages and values in memory, for metrics. */
  get weight(): { packages: number; values: number; campaigns: number } {
    return { packages: this.#engine.members.size, values: this.#engine.hubs.size, campaigns: this.#engine.campaigns.size }
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const done = this.#turn.then(work)
    this.#turn = done.catch(() => null)
    return done
  }
}

function markOf(kind: string, value: string): Mark {
  if (isMarkKind(kind)) return mark(kind, value)
  throw new SluiceError('usage', `${kind} is no kind of evidence that can be ruled out`,
    { hint: 'as `campaigns show` names it: account, email, indicator, code …' })
}

/** What people said ties nothing, the oldest word first. */
export async function rulingsOf(database: Database): Promise<Ruling[]> {
  const rows = await database.query.selectFrom('campaign_rulings').selectAll().orderBy('at').execute()
  return rows.map(({ mark: ruled, because, by, at }) => {
    const [kind = '', ...value] = ruled.split(':')
    return { kind: kind as MarkKind, value: value.join(':'), because, by, at: new Date(Number(at)) }
  })
}
