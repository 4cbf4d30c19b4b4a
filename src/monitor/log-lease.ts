import { randomUUID } from 'node:crypto'
import { SluiceError } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'

/**
 * Which of the processes on one set of tables does a work: following the feeds, unless `key` names another. It only spares
 * upstream: were two to follow, the cursor that `EventLog.append` compares would still keep each event single.
 */
export class Lease {
  readonly #database: Database
  readonly #clock: Clock
  readonly #ms: number
  readonly #key: string
  readonly #owner = randomUUID()
  #until = 0
  #term = 0

  constructor(database: Database, clock: Clock, ms = 60_000, key = 'watch lease') {
    this.#database = database
    this.#clock = clock
    this.#ms = ms
    this.#key = key
  }

  /** Another number whenever somebody else may have had it meanwhile: what was kept in memory is then out of date. */
  get term(): number {
    return this.#term
  }

  /** Takes it where it is free or ran out, renews it where it is ours and a third is over. Whether it is ours. */
  async hold(): Promise<boolean> {
    const now = this.#clock.now().getTime()
    if (this.#until - now > (this.#ms * 2) / 3 && this.#until - now <= this.#ms) return true
    const until = now + this.#ms
    const [ours, anew] = await this.#database.transaction(async (tx) => {
      const row = await tx.selectFrom('settings').select('value').where('key', '=', this.#key).executeTakeFirst()
      const held = row ? read(row.value) : null
      // A lease further ahead than any lease lasts is of a clock that was wrong.
      if (held && held.owner !== this.#owner && held.until > now && held.until - now <= this.#ms * 2) return [false, false]
      const value = JSON.stringify({ owner: this.#owner, until })
      await tx.insertInto('settings').values({ key: this.#key, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
      return [true, held?.owner !== this.#owner]
    })
    this.#until = ours ? until : 0
    if (anew) this.#term++
    return ours
  }

  /** Lets the next process begin at once. */
  async release(): Promise<void> {
    this.#until = 0
    await this.#database.transaction(async (tx) => {
      const row = await tx.selectFrom('settings').select('value').where('key', '=', this.#key).executeTakeFirst()
      if (row && read(row.value)?.owner === this.#owner) await tx.deleteFrom('settings').where('key', '=', this.#key).execute()
    })
  }
}

function read(value: string): { owner: string; until: number } | null {
  try {
    const { owner, until } = JSON.parse(value) as Record<string, unknown>
    return typeof owner === 'string' && typeof until === 'number' ? { owner, until } : null
  } catch (cause) {
    if (cause instanceof SyntaxError) return null
    throw new SluiceError('storage', 'a lease cannot be read', { cause })
  }
}
