import type { EcosystemId } from '../../core/types.ts'
import type { Database } from '../../ports/database.ts'

/** What a package had when it was last asked for. */
export interface Polled {
  /** How often a change was seen: part of the marks, so that a version that comes back is another event. */
  generation: number
  versions: readonly string[]
}

/** Keeps what polling compares with, between restarts. Bounded by the names that are polled and the versions kept of each. */
export interface PolledStore {
  of(name: string): Promise<Polled | null>
  keep(name: string, polled: Polled): Promise<void>
}

export function polledStore(database: Database, ecosystem: EcosystemId): PolledStore {
  const keyOf = (name: string): string => `polled ${ecosystem} ${name}`
  return {
    async of(name) {
      const row = await database.query.selectFrom('settings').select('value').where('key', '=', keyOf(name)).executeTakeFirst()
      return row ? (JSON.parse(row.value) as Polled) : null
    },
    async keep(name, polled) {
      const value = JSON.stringify(polled)
      await database.query.insertInto('settings').values({ key: keyOf(name), value })
        .onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
    },
  }
}
