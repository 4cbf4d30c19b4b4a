import type { Kysely } from 'kysely'
import type { EcosystemId } from '../core/types.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database, Tables } from '../ports/database.ts'

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
/** Of each hundred turns, how many a class has where all of them wait: urgent ones first, none starves. */
const TURNS: readonly WorkClass[] = [0, 1, 0, 2, 1, 0, 2, 3]
const ROWS = 500
const RETRY = 60_000

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
    const room = this.#limits.waiting - (await this.#count(tx))
    // Where there is no more room, only what concerns this organisation or resembles a protected name is taken in.
    const taken = items.length <= room ? items : [...items].sort((a, b) => a.class - b.class).filter((item, at) => at < room || item.class === 0)
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
    const { query } = this.#database
    const now = this.#clock.now().getTime()
    const own = this.#taken.get(ecosystem) ?? new Set<string>()
    this.#taken.set(ecosystem, own)
    const crowds = await query.selectFrom('watch_work').select(['class', 'crowd']).select(({ fn }) => [fn.countAll<number>().as('waiting'), fn.min('added_at').as('since')])
      .where('ecosystem', '=', ecosystem).where('due_at', '<=', now).groupBy(['class', 'crowd']).execute()
    const waiting = crowds.map((row) => ({ class: Number(row.class) as WorkClass, crowd: row.crowd, left: Number(row.waiting), since: Number(row.since) }))
    const wanted = this.#choose(ecosystem, waiting, count + own.size)
    const items: WorkItem[] = []
    for (const { class: urgency, crowd, turns } of wanted) {
      const rows = await query.selectFrom('watch_work').selectAll().where('ecosystem', '=', ecosystem).where('class', '=', urgency).where('crowd', '=', crowd)
        .where('due_at', '<=', now).orderBy('added_at').limit(turns + own.size).execute()
      for (const row of rows.filter(({ name }) => !own.has(name)).slice(0, turns)) {
        if (items.length >= count) break
        own.add(row.name)
        items.push({ ecosystem, name: row.name, class: urgency, crowd, facts: JSON.parse(row.facts) as WorkFacts })
      }
    }
    return items
  }

  /** How many turns each crowd has: by class in the order of `TURNS`, within a class whoever waited longest for one. */
  #choose(ecosystem: EcosystemId, waiting: { class: WorkClass; crowd: string; left: number; since: number }[], count: number): { class: WorkClass; crowd: string; turns: number }[] {
    const key = (crowd: string): string => `${ecosystem}/${crowd}`
    const queues = new Map<WorkClass, typeof waiting>()
    for (const one of waiting) queues.set(one.class, [...(queues.get(one.class) ?? []), one])
    for (const queue of queues.values()) queue.sort((a, b) => (this.#served.get(key(a.crowd)) ?? 0) - (this.#served.get(key(b.crowd)) ?? 0) || a.since - b.since)
    const chosen = new Map<string, { class: WorkClass; crowd: string; turns: number }>()
    let turn = this.#turn.get(ecosystem) ?? 0
    for (let given = 0; given < count && queues.size > 0; turn++) {
      const urgency = TURNS[turn % TURNS.length] as WorkClass
      const queue = queues.get(urgency)
      const next = queue?.shift()
      if (!queue || !next) continue
      given++
      next.left--
      if (next.left > 0) queue.push(next)
      if (queue.length === 0) queues.delete(urgency)
      const id = `${urgency}/${next.crowd}`
      const before = chosen.get(id)
      chosen.set(id, { class: urgency, crowd: next.crowd, turns: (before?.turns ?? 0) + 1 })
      this.#remember(key(next.crowd))
    }
    this.#turn.set(ecosystem, turn % TURNS.length)
    return [...chosen.values()]
  }

  #remember(crowd: string): void {
    if (this.#served.size > 50_000) this.#served.clear()
    this.#served.set(crowd, ++this.#turns)
  }

  async done(item: WorkItem): Promise<void> {
    await this.#database.query.deleteFrom('watch_work').where('ecosystem', '=', item.ecosystem).where('name', '=', item.name)
      // What the feed said meanwhile is still to be looked at.
      .where('facts', '=', JSON.stringify(item.facts)).execute()
    this.#taken.get(item.ecosystem)?.delete(item.name)
  }

  /** Tried again later, a bounded number of times. False: it was given up. */
  async failed({ ecosystem, name }: WorkItem): Promise<boolean> {
    const { query } = this.#database
    this.#taken.get(ecosystem)?.delete(name)
    const row = await query.selectFrom('watch_work').select('attempt').where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst()
    const attempt = Number(row?.attempt ?? 0) + 1
    if (attempt >= this.#limits.attempts) {
      await query.deleteFrom('watch_work').where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
      this.#dropped++
      return false
    }
    await query.updateTable('watch_work').set({ attempt, due_at: this.#clock.now().getTime() + RETRY * 4 ** (attempt - 1) })
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
