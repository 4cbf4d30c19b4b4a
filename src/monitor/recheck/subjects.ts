import { sql } from 'kysely'
import type { Sources } from '../../admission/sources.ts'
import type { Once } from '../../core/presence.ts'
import type { Digest, EcosystemId } from '../../core/types.ts'
import type { Database } from '../../ports/database.ts'

/** Something that was had from upstream: a file that was fetched here, or a version that a lockfile or SBOM names. */
export interface Had extends Once {
  /** Of a file that was fetched; null: nothing of it ever was. */
  bytes: { digest: Digest; hashes: Readonly<Record<string, string>>; size: number; firstSeenAt: Date; publishedAt: Date | null } | null
}

/** Files and versions of one package that are looked after, the latest: no document is searched for more. */
const MOST = 2_000

/** Everything of a public package that was had, the latest first. What came from a private registry is none of upstream's business. */
export async function hadOf({ query }: Database, ecosystem: EcosystemId, name: string): Promise<Had[]> {
  const artifacts = await query.selectFrom('artifacts').select(['version', 'file', 'digest', 'hashes', 'size', 'first_seen_at', 'published_at'])
    .where('ecosystem', '=', ecosystem).where('name', '=', name).where('source', '=', 'public').orderBy('first_seen_at', 'desc').orderBy('file').limit(MOST).execute()
  const locked = await query.selectFrom('inventory_items').select('version').distinct()
    .where('ecosystem', '=', ecosystem).where('name', '=', name).where('gone_at', 'is', null).orderBy('version').limit(MOST).execute()
  const fetched = new Set(artifacts.map(({ version }) => version))
  return [
    ...artifacts.map((row): Had => ({
      version: row.version, file: row.file,
      bytes: {
        digest: row.digest as Digest, hashes: JSON.parse(row.hashes) as Record<string, string>, size: Number(row.size), firstSeenAt: new Date(Number(row.first_seen_at)),
        publishedAt: row.published_at === null ? null : new Date(Number(row.published_at)),
      },
    })),
    ...locked.filter(({ version }) => !fetched.has(version)).map(({ version }): Had => ({ version, file: null, bytes: null })),
  ]
}

const CURSOR = 'recheck enrolled'

/**
 * Takes in packages that were fetched, or came to stand in an inventory, since the last call; the first call takes all there are.
 * A crash in between takes some of them in again, which changes nothing.
 */
export async function enrol({ query }: Database, now: Date): Promise<void> {
  const row = await query.selectFrom('settings').select('value').where('key', '=', CURSOR).executeTakeFirst()
  // A little of what was before: what was written at that moment may have been committed after it. And no clock that ran ahead counts.
  const since = row ? Math.min(Number(row.value), now.getTime()) - OVERLAP : -1
  const columns = ['ecosystem', 'name', 'class', 'due_at', 'failures', 'state', 'suspect'] as const
  // Literals and a cast: of a bound value in a selected column PostgreSQL does not know what type it is.
  const fresh = [sql.lit(0).as('class'), sql<number>`cast(${now.getTime()} as bigint)`.as('due_at'), sql.lit(0).as('failures'), sql.lit('{}').as('state'), sql.lit('[]').as('suspect')] as const
  await query.insertInto('rechecks').columns(columns).expression((is) => is.selectFrom('artifacts').distinct()
    .select(['artifacts.ecosystem', 'artifacts.name', ...fresh])
    .where('artifacts.source', '=', 'public').where('artifacts.first_seen_at', '>', since))
    .onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doNothing()).execute()
  await query.insertInto('rechecks').columns(columns).expression((is) => is.selectFrom('inventory_items').distinct()
    .innerJoin('inventories', 'inventories.id', 'inventory_items.inventory')
    .select(['inventory_items.ecosystem', 'inventory_items.name', ...fresh])
    .where('inventory_items.gone_at', 'is', null).where('inventories.last_at', '>', since))
    .onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doNothing()).execute()
  const value = String(now.getTime())
  await query.insertInto('settings').values({ key: CURSOR, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
}

const OVERLAP = 60_000

/** When somebody last asked for a package, or something of it was first fetched; null: neither is known. */
export async function lastInUse({ query }: Database, ecosystem: EcosystemId, name: string, had: readonly Had[]): Promise<number | null> {
  const row = await query.selectFrom('ledger').select('at').where('ecosystem', '=', ecosystem).where('name', '=', name).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  const seen = had.reduce((latest, { bytes }) => Math.max(latest, bytes?.firstSeenAt.getTime() ?? 0), 0)
  const last = Math.max(seen, Number(row?.at ?? 0))
  return last === 0 ? null : last
}

/** Whether upstream may be asked about a name at all. */
export const isPublic = (sources: Sources, ecosystem: EcosystemId, name: string): boolean => {
  const source = sources.of(ecosystem, name)
  return source.url !== null && !source.private
}
