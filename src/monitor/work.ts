import type { Kysely, Selectable } from 'kysely'
import { chunks } from '../campaigns/store.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database, Tables } from '../ports/database.ts'
import { chooseTurns } from './turns.ts'
import type { Crowd } from './turns.ts'

/** How urgent it is to look into a package: 0 ours or a watched actor's, 1 resembles a protected name, 2 not seen before, 3 the rest. */
export type WorkClass = 0 | 1 | 2 | 3

export interface WorkItem {
  ecosystem: EcosystemId
  name: string
  class: WorkClass
  /** What the members of one flood have in common; whoever has none shares it with nobody: its own name. */
  crowd: string
  facts: WorkFacts
}

/** What the feed said. */
export interface WorkFacts {
  version: string | null
  account: string | null
  /** The feed says that it is there: a registry that does not have it contradicts the feed. */
  there: boolean
  /** When it was published, as the feed says, else when it was read: ISO 8601. */
  at: string
}

export interface WorkLimits {
  /** Packages that may wait. Past this the least urgent class is left out, and counted. */
  waiting: number
  attempts: number
}

const LIMITS: WorkLimits = { waiting: 200_000, attempts: 4 }
const ROWS = 500
const RETRY = 60_000
const LONGEST_RETRY = 3_600_000
/** What is urgent is tried so many times as often: a registry may be in trouble for longer than anybody else waits. */
const PATIENCE = 4
/** A list of more than so many is long: so many turns are given at once, and taken within so many milliseconds, or else given anew. */
const LONG = 5_000
const AHEAD = 1_000
const PLANNED_FOR = 1_000
/** Crowds of up to so many are read whole, many crowds at once. */
const FEW = 16
/** Of more crowds than this the least urgent wait until there are fewer. */
const CROWDS = 100_000

/**
 * Packages that wait to be looked into. Durable; one row a package, however often its feed speaks of it. Turns go round the classes,
 * and within a class round the crowds, so that a flood of one crowd waits for itself and nobody waits for it.
 */
export class WorkList {
  readonly #database: Database
  readonly #clock: Clock
  readonly #limits: WorkLimits
  readonly #taken = new Map<EcosystemId, Set<string>>()
  readonly #turn = new Map<EcosystemId, number>()
  /** When each crowd last had a turn; bounded by forgetting everybody's. */
  readonly #served = new Map<string, number>()
  readonly #plans = new Map<EcosystemId, { at: number; items: WorkItem[] }>()
  #turns = 0
  #dropped = 0

  constructor(database: Database, clock: Clock, limits: Partial<WorkLimits> = {}) {
    this.#database = database
    this.#clock = clock
    this.#limits = { ...LIMITS, ...limits }
  }

  /** Inside the transaction that moves the reader of the feed on. What waits already becomes as urgent as the more urgent of both. */
  async add(tx: Kysely<Tables>, items: readonly WorkItem[]): Promise<void> {
    const now = this.#clock.now().getTime()
    const { waiting } = this.#limits
    const room = waiting - (await this.#count(tx))
    // Where there is no more room, only what concerns this organisation is taken in, and of that as much again: of names that fall
    // under a private pattern there can be a flood, too.
    const taken = items.length <= room ? items : [...items].sort((a, b) => a.class - b.class).filter((item, at) => at < (item.class === 0 ? room + waiting : room))
    this.#dropped += items.length - taken.length
    for (let from = 0; from < taken.length; from += ROWS) {
      const rows = taken.slice(from, from + ROWS).map(({ ecosystem, name, class: urgency, crowd, facts }) => ({
        ecosystem, name, class: urgency, crowd: crowd.slice(0, 200), facts: JSON.stringify(facts), added_at: now, due_at: now, attempt: 0,
      }))
      await tx.insertInto('watch_work').values(rows)
        .onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doUpdateSet((is) => ({
          facts: is.ref('excluded.facts'), due_at: now, attempt: 0,
          class: is.case().when('excluded.class', '<', is.ref('watch_work.class')).then(is.ref('excluded.class')).else(is.ref('watch_work.class')).end(),
        }))).execute()
    }
  }

  /** Up to `count` packages whose turn it is; they are the caller's until `done` or `failed`. */
  async take(ecosystem: EcosystemId, count: number): Promise<WorkItem[]> {
    const own = this.#taken.get(ecosystem) ?? new Set<string>()
    this.#taken.set(ecosystem, own)
    const now = this.#clock.now().getTime()
    const planned = this.#plans.get(ecosystem)
    if (!planned || planned.items.length === 0 || now - planned.at >= PLANNED_FOR) this.#plans.set(ecosystem, { at: now, items: await this.#plan(ecosystem, count, own) })
    const items = this.#plans.get(ecosystem)?.items.splice(0, count) ?? []
    for (const { name, crowd } of items) {
      own.add(name)
      this.#remember(`${ecosystem}/${crowd}`)
    }
    return items
  }

  /** Whose turn it is, in order. Looking through a long list takes time, so that some more turns are given at once than are asked for. */
  async #plan(ecosystem: EcosystemId, count: number, own: ReadonlySet<string>): Promise<WorkItem[]> {
    const { query } = this.#database
    const now = this.#clock.now().getTime()
    const rows = await query.selectFrom('watch_work').select(['class', 'crowd']).select(({ fn }) => [fn.countAll<number>().as('waiting'), fn.min('added_at').as('since')])
      .where('ecosystem', '=', ecosystem).where('due_at', '<=', now).groupBy(['class', 'crowd']).limit(CROWDS).execute()
    const crowds = rows.map((row) => ({ class: Number(row.class) as WorkClass, crowd: row.crowd, left: Number(row.waiting), since: Number(row.since), served: this.#served.get(`${ecosystem}/${row.crowd}`) ?? 0 }))
    const waiting = crowds.reduce((sum, { left }) => sum + left, 0)
    const sizes = new Map(crowds.map((one) => [keyOf(one), one.left]))
    const { turns, next } = chooseTurns(crowds, (waiting > LONG ? Math.max(count, AHEAD) : count) + own.size, this.#turn.get(ecosystem) ?? 0)
    this.#turn.set(ecosystem, next)
    const wanted = Map.groupBy(turns, keyOf)
    const found = new Map<string, WorkItem[]>()
    const put = (row: Selectable<Tables['watch_work']>, most: number): void => {
      const key = keyOf({ class: Number(row.class), crowd: row.crowd })
      const items = found.get(key) ?? []
      found.set(key, items)
      if (items.length < most && !own.has(row.name)) items.push(itemOf(row))
    }
    const small: Crowd[] = []
    const large: [Crowd, number][] = []
    for (const [key, some] of wanted) {
      if ((sizes.get(key) ?? 0) <= FEW) small.push(some[0] as Crowd)
      else large.push([some[0] as Crowd, some.length])
    }
    for (const [urgency, some] of Map.groupBy(small, (one) => one.class)) {
      for (const part of chunks(some, ROWS)) {
        const rows = await query.selectFrom('watch_work').selectAll().where('ecosystem', '=', ecosystem).where('class', '=', urgency).where('crowd', 'in', part.map(({ crowd }) => crowd))
          .where('due_at', '<=', now).orderBy('added_at').execute()
        for (const row of rows) put(row, FEW)
      }
    }
    for (const [one, given] of large) {
      const rows = await query.selectFrom('watch_work').selectAll().where('ecosystem', '=', ecosystem).where('class', '=', one.class).where('crowd', '=', one.crowd)
        .where('due_at', '<=', now).orderBy('added_at').limit(given + own.size).execute()
      found.set(keyOf(one), rows.filter(({ name }) => !own.has(name)).map(itemOf))
    }
    const taken = new Map<string, number>()
    return turns.flatMap((turn) => {
      const key = keyOf(turn)
      const at = taken.get(key) ?? 0
      taken.set(key, at + 1)
      return found.get(key)?.[at] ?? []
    })
  }

  #remember(crowd: string): void {
    if (this.#served.size > 50_000) this.#served.clear()
    this.#served.set(crowd, ++this.#turns)
  }

  async done(...items: readonly WorkItem[]): Promise<void> {
    for (const [ecosystem, some] of Map.groupBy(items, (one) => one.ecosystem)) {
      await this.#database.transaction(async (tx) => {
        const rows = await tx.selectFrom('watch_work').select(['name', 'facts']).where('ecosystem', '=', ecosystem).where('name', 'in', some.map(({ name }) => name)).execute()
        const facts = new Map(rows.map((row) => [row.name, row.facts]))
        // What the feed said meanwhile is still to be looked at.
        const gone = some.filter((item) => facts.get(item.name) === JSON.stringify(item.facts)).map(({ name }) => name)
        if (gone.length > 0) await tx.deleteFrom('watch_work').where('ecosystem', '=', ecosystem).where('name', 'in', gone).execute()
      })
      for (const { name } of some) this.#taken.get(ecosystem)?.delete(name)
    }
  }

  /** Whoever took them does not finish them: they wait on. */
  release(items: readonly WorkItem[]): void {
    for (const { ecosystem, name } of items) this.#taken.get(ecosystem)?.delete(name)
  }

  /** Tried again later, a bounded number of times. False: it was given up. */
  async failed({ ecosystem, name, class: urgency }: WorkItem): Promise<boolean> {
    const { query } = this.#database
    this.#taken.get(ecosystem)?.delete(name)
    const row = await query.selectFrom('watch_work').select('attempt').where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst()
    const attempt = Number(row?.attempt ?? 0) + 1
    if (attempt >= this.#limits.attempts * (urgency <= 1 ? PATIENCE : 1)) {
      await query.deleteFrom('watch_work').where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
      this.#dropped++
      return false
    }
    await query.updateTable('watch_work').set({ attempt, due_at: this.#clock.now().getTime() + Math.min(LONGEST_RETRY, RETRY * 4 ** (attempt - 1)) })
      .where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
    return true
  }

  async status(): Promise<{ waiting: Record<EcosystemId, number>; dropped: number }> {
    const rows = await this.#database.query.selectFrom('watch_work').select('ecosystem').select(({ fn }) => fn.countAll<number>().as('count')).groupBy('ecosystem').execute()
    const of = (ecosystem: EcosystemId): number => Number(rows.find((row) => row.ecosystem === ecosystem)?.count ?? 0)
    return { waiting: { npm: of('npm'), pypi: of('pypi'), go: of('go') }, dropped: this.#dropped }
  }

  async #count(tx: Kysely<Tables>): Promise<number> {
    const row = await tx.selectFrom('watch_work').select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirst()
    return Number(row?.count ?? 0)
  }
}

const keyOf = ({ class: urgency, crowd }: { class: number; crowd: string }): string => `${urgency}/${crowd}`

const itemOf = (row: Selectable<Tables['watch_work']>): WorkItem =>
  ({ ecosystem: row.ecosystem as EcosystemId, name: row.name, class: Number(row.class) as WorkClass, crowd: row.crowd, facts: JSON.parse(row.facts) as WorkFacts })
