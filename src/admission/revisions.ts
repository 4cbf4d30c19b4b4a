import type { EcosystemId } from '../core/types.ts'
import type { Database, Tables } from '../ports/database.ts'
import type { Kysely } from 'kysely'

/** Past this many changed packages the counters are folded into the common one: everything is rebuilt once. */
const REMEMBERED = 50_000
const PAGE = 5_000

/**
 * How a gate knows that something prebuilt is out of date. Every package has a revision; whatever was built under another
 * one is built again before it is served. Changes made by other processes arrive through the `changes` table.
 */
export class Revisions {
  readonly #database: Database
  readonly #own = new Map<string, number>()
  #common = 1
  #next = 2
  #cursor = 0

  constructor(database: Database) {
    this.#database = database
  }

  of(ecosystem: EcosystemId, name: string): number {
    return Math.max(this.#own.get(`${ecosystem}/${name}`) ?? 0, this.#common)
  }

  /** `name` null: every package. */
  bump(ecosystem: EcosystemId | null, name: string | null): void {
    if (ecosystem === null || name === null || this.#own.size >= REMEMBERED) {
      this.#common = this.#next++
      this.#own.clear()
    } else {
      this.#own.set(`${ecosystem}/${name}`, this.#next++)
    }
  }

  /** Records a change for every process, inside the transaction that makes it. */
  static async record(tx: Kysely<Tables>, change: { kind: string; ecosystem: EcosystemId | null; name: string | null; at: Date }): Promise<void> {
    await tx.insertInto('changes').values({ ...change, at: change.at.getTime() }).execute()
  }

  /** Reads what changed since the last call and bumps it. Returns how many changes there were. */
  async catchUp(): Promise<number> {
    for (let all = 0; ;) {
      const rows = await this.#database.query.selectFrom('changes').selectAll()
        .where('seq', '>', this.#cursor).orderBy('seq').limit(PAGE).execute()
      for (const row of rows) this.bump(row.ecosystem as EcosystemId | null, row.name)
      this.#cursor = rows.at(-1)?.seq ?? this.#cursor
      all += rows.length
      // Behind a feed of hundreds of thousands a recall must not wait for the next time.
      if (rows.length < PAGE) return all
    }
  }

  /** Starts at the newest change: what came before is read from the database anyway. */
  async start(): Promise<void> {
    const row = await this.#database.query.selectFrom('changes').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
    this.#cursor = Number(row?.seq ?? 0)
  }
}
