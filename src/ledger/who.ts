import type { Met } from '../core/exposure.ts'
import type { Database } from '../ports/database.ts'
import { sql } from 'kysely'
import { whoOf } from './caller.ts'
import { factsIn } from './chain.ts'

/** Who met something, as far as it is known. */
export type Who = Pick<Met, 'token' | 'user' | 'host' | 'address' | 'job' | 'client'>

/** Ids that are read together: those of one time mostly asked for the same things. */
const BLOCK = 2_048
const IDS = 500

/**
 * Tells callers of different periods that are the same: their numbers are read in blocks, a number each, as the callers of something
 * popular are most of them. Those of whom something was forgotten are told apart by their ids, which are negative numbers then.
 */
export class Callers {
  readonly #database: Pick<Database, 'query'>
  readonly #blocks = new Map<number, Float64Array>()

  constructor(database: Pick<Database, 'query'>) {
    this.#database = database
  }

  /** Reads what `who` is asked for next. */
  async know(ids: readonly number[]): Promise<void> {
    const missing = new Set<number>()
    for (const id of ids) {
      const block = Math.floor(id / BLOCK)
      if (!this.#blocks.has(block)) missing.add(block)
    }
    await Promise.all([...missing].map(async (block) => {
      const numbers = new Float64Array(BLOCK)
      for (let index = 0; index < BLOCK; index += 1) numbers[index] = -(block * BLOCK + index)
      const row = await this.#database.query.selectFrom('same_callers').select(sql<string | null>`string_agg(caller || ' ' || who, ' ')`.as('all'))
        .where('caller', '>=', block * BLOCK).where('caller', '<', (block + 1) * BLOCK).executeTakeFirst()
      const all = row?.all ? row.all.split(' ') : []
      for (let index = 0; index < all.length; index += 2) numbers[Number(all[index]) - block * BLOCK] = Number(all[index + 1])
      this.#blocks.set(block, numbers)
    }))
  }

  who(id: number): number {
    return this.#blocks.get(Math.floor(id / BLOCK))?.[id % BLOCK] ?? -id
  }

  async facts(ids: readonly number[]): Promise<ReadonlyMap<number, Who>> {
    const found = new Map<number, Who>()
    for (let from = 0; from < ids.length; from += IDS) {
      const rows = await this.#database.query.selectFrom('callers').select(['id', 'token', 'user', 'host', 'address', 'forwarded', 'job', 'client'])
        .where('id', 'in', ids.slice(from, from + IDS)).execute()
      for (const { id, address, forwarded, ...rest } of rows) found.set(Number(id), { ...rest, address: forwarded ?? address })
    }
    return found
  }
}

/** Who asked, as a line from before callers says itself. */
export function knownBy(entry: string): { who: number; facts: Who } {
  const facts = factsIn(entry)
  const { token = null, user = null, host = null, address = null, forwarded = null, job = null, client = null } = facts
  return { who: whoOf(facts), facts: { token, user, host, address: forwarded ?? address, job, client } }
}

export const NOBODY: Who = { token: null, user: null, host: null, address: null, job: null, client: null }
