import { sql } from 'kysely'
import type { EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'

interface AskedName {
  name: string
  /** It was delivered, not only asked for. */
  served: boolean
}

/**
 * Names that clients asked for since then, by the ledger; at most `limit`. Steps from name to name in the ledger's index and looks at the
 * latest lines of each: what it costs depends on how many names there are, not on how long the ledger is.
 */
export async function askedSince(database: Database, ecosystem: EcosystemId, { since, limit }: { since: number; limit: number }): Promise<AskedName[]> {
  const latest = (...kinds: string[]) => sql<number | null>`(
    select at from ledger where ledger.ecosystem = ${ecosystem} and ledger.name = names.name and kind in (${sql.join(kinds)}) order by seq desc limit 1)`
  const { rows } = await sql<{ name: string; served: number | null; asked: number | null }>`
    with recursive names (name) as (
      select min(name) from ledger where ecosystem = ${ecosystem} and name is not null
      union all
      select (select min(ledger.name) from ledger where ledger.ecosystem = ${ecosystem} and ledger.name > names.name) from names where names.name is not null)
    select name, ${latest('served')} as served, ${latest('served', 'index', 'denied')} as asked from names where name is not null limit ${limit}`.execute(database.query)
  const isRecent = (at: number | null): boolean => at !== null && Number(at) >= since
  return rows.filter(({ asked }) => isRecent(asked)).map(({ name, served }) => ({ name, served: isRecent(served) }))
}
