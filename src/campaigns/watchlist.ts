import type { EcosystemId } from '../core/types.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'

/** An account or an address whose every upload is looked at first. */
export interface Watched {
  ecosystem: EcosystemId
  actor: string
  because: string
  by: string
  at: Date
}

/**
 * The watch-list, in memory and in the table `watched`. An account is watched at its registry; an address of mail is one person's, and
 * watched wherever it turns up. What other processes add is seen after `refresh`.
 */
export class Watchlist {
  readonly #database: Database
  readonly #clock: Clock
  #entries = new Map<string, Watched>()
  #addresses = new Map<string, Watched>()

  private constructor(database: Database, clock: Clock) {
    this.#database = database
    this.#clock = clock
  }

  static async open(database: Database, clock: Clock): Promise<Watchlist> {
    const list = new Watchlist(database, clock)
    await list.refresh()
    return list
  }

  async refresh(): Promise<void> {
    const rows = await this.#database.query.selectFrom('watched').selectAll().execute()
    this.#entries = new Map()
    this.#addresses = new Map()
    for (const row of rows) this.#put({ ...row, ecosystem: row.ecosystem as EcosystemId, at: new Date(Number(row.at)) })
  }

  #put(entry: Watched): void {
    this.#entries.set(keyOf(entry.ecosystem, entry.actor), entry)
    if (/^[^@\s]+@[^@\s]+$/.test(entry.actor)) this.#addresses.set(entry.actor, entry)
  }

  async add({ ecosystem, actor, because, by }: Omit<Watched, 'at'>): Promise<Watched> {
    const entry = { ecosystem, actor: actor.trim().toLowerCase(), because, by, at: this.#clock.now() }
    await this.#database.query.insertInto('watched').values({ ...entry, at: entry.at.getTime() })
      .onConflict((conflict) => conflict.columns(['ecosystem', 'actor']).doUpdateSet({ because, by, at: entry.at.getTime() })).execute()
    this.#put(entry)
    return entry
  }

  /** Whether it was on the list. */
  async remove(ecosystem: EcosystemId, actor: string): Promise<boolean> {
    const name = actor.trim().toLowerCase()
    const done = await this.#database.query.deleteFrom('watched').where('ecosystem', '=', ecosystem).where('actor', '=', name).executeTakeFirst()
    await this.refresh()
    return Number(done.numDeletedRows) > 0
  }

  /** The latest first. */
  list(): Watched[] {
    return [...this.#entries.values()].sort((a, b) => b.at.getTime() - a.at.getTime() || (a.actor < b.actor ? -1 : 1))
  }

  /** Which entry makes an upload by these worth a look before all others, or null. */
  isWatched(ecosystem: EcosystemId, { account, emails }: { account: string | null; emails: readonly string[] }): Watched | null {
    if (this.#entries.size === 0) return null
    for (const actor of account === null ? emails : [account, ...emails]) {
      const entry = this.#entries.get(keyOf(ecosystem, actor.toLowerCase())) ?? this.#addresses.get(actor.toLowerCase())
      if (entry) return entry
    }
    return null
  }
}

const keyOf = (ecosystem: EcosystemId, actor: string): string => `${ecosystem} ${actor}`
