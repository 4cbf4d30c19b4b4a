import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../../ports/database.ts'
import type { HostEvent, HostPackage } from '../events/event.ts'

/** An event whose moment is within what can be true. */
export type Timed = { event: HostEvent; at: number }

type PackageRow = Tables['host_packages']
type RunRow = Tables['host_runs']

/** Of one machine. A large machine with many projects has some ten thousands. */
const MOST = 200_000
const PLACE = 1_024
/** Rows in one statement: below SQLite's limit of 32,766 bound values. */
const ROWS = 1_000

/** Keeps what is there and what is gone. Answers of how many places there was no room for; what is known is kept up to date all the same. */
export async function keepPackages(tx: Kysely<Tables>, host: string, told: readonly Timed[], most = MOST): Promise<number> {
  const rows = new Map<string, PackageRow>()
  for (const { event, at } of told) {
    if ((event.kind !== 'installed' && event.kind !== 'removed') || !event.package) continue
    const row = packageRow(host, event as HostEvent & { package: HostPackage }, at)
    const known = rows.get(keyOf(row))
    rows.set(keyOf(row), known ? later(known, row) : row)
  }
  if (rows.size === 0) return 0
  const { count } = await tx.selectFrom('host_packages').select(({ fn }) => fn.countAll<number>().as('count')).where('host', '=', host).executeTakeFirstOrThrow()
  let room = Math.max(0, most - Number(count))
  const known = room >= rows.size ? null : await knownKeys(tx, host, [...rows.values()])
  const wanted = rows.size - (known?.size ?? 0)
  // What is gone makes room for what is there, the longest gone first.
  if (known !== null && wanted > room) room += await dropGone(tx, host, wanted - room)
  const kept = [...rows].flatMap(([key, row]) => (known === null || known.has(key) || room-- > 0 ? [row] : []))
  for (let from = 0; from < kept.length; from += ROWS) {
    const newer = <Column extends 'gone_at' | 'source' | 'session'>(column: Column) => sql<PackageRow[Column]>`case when excluded.said_at >= host_packages.said_at then excluded.${sql.ref(column)} else host_packages.${sql.ref(column)} end`
    await tx.insertInto('host_packages').values(kept.slice(from, from + ROWS)).onConflict((conflict) => conflict.columns(['host', 'ecosystem', 'name', 'version', 'place_hash']).doUpdateSet({
      first_at: sql`case when excluded.first_at < host_packages.first_at then excluded.first_at else host_packages.first_at end`,
      last_at: sql`case when excluded.last_at > host_packages.last_at then excluded.last_at else host_packages.last_at end`,
      gone_at: newer('gone_at'), source: newer('source'), session: newer('session'),
      said_at: sql`case when excluded.said_at > host_packages.said_at then excluded.said_at else host_packages.said_at end`, digest: sql`coalesce(excluded.digest, host_packages.digest)`,
    })).execute()
  }
  return rows.size - kept.length
}

async function dropGone(tx: Kysely<Tables>, host: string, most: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from host_packages where host = ${host} and (ecosystem, name, version, place_hash) in
    (select ecosystem, name, version, place_hash from host_packages where host = ${host} and gone_at is not null order by gone_at limit ${most})`.execute(tx)
  return Number(numAffectedRows ?? 0)
}

/**
 * Ends what an inventory that was told whole did not find again. Answers how many. A machine whose clock went back says nothing that
 * counts as later than what it said before: what it found again is among the old then, and only an inventory of nothing ends all.
 */
export async function endOthers(tx: Kysely<Tables>, host: string, { session, at, isEmpty }: { session: string; at: number; isEmpty: boolean }): Promise<number> {
  const started = await tx.selectFrom('host_packages').select(({ fn }) => fn.min('said_at').as('at')).where('host', '=', host).where('session', '=', session).executeTakeFirst()
  const none = started?.at === null || started?.at === undefined
  if (none && !isEmpty) return 0
  const before = none ? at : Number(started.at)
  const { numUpdatedRows } = await tx.updateTable('host_packages').set({ gone_at: before, said_at: before }).where('host', '=', host).where('gone_at', 'is', null)
    .where((is) => is.or([is('session', 'is', null), is('session', '<>', session)])).where('said_at', '<=', before).executeTakeFirst()
  return Number(numUpdatedRows)
}

/** Keeps that packages ran. */
export async function keepRuns(tx: Kysely<Tables>, host: string, told: readonly Timed[]): Promise<void> {
  const rows = new Map<string, RunRow>()
  for (const { event: { kind, package: had, source, place }, at } of told) {
    if (kind !== 'ran' || !had) continue
    const row: RunRow = { host, ecosystem: had.ecosystem, name: had.name, version: had.version ?? '', source, digest: had.digest, place: place?.slice(0, PLACE) ?? null, first_at: at, last_at: at, count: 1 }
    const key = `${row.ecosystem} ${row.name} ${row.version} ${row.source}`
    const known = rows.get(key)
    rows.set(key, known ? { ...(at >= known.last_at ? row : known), first_at: Math.min(known.first_at, at), last_at: Math.max(known.last_at, at), count: known.count + 1 } : row)
  }
  const all = [...rows.values()]
  for (let from = 0; from < all.length; from += ROWS) {
    await tx.insertInto('host_runs').values(all.slice(from, from + ROWS)).onConflict((conflict) => conflict.columns(['host', 'ecosystem', 'name', 'version', 'source']).doUpdateSet({
      first_at: sql`case when excluded.first_at < host_runs.first_at then excluded.first_at else host_runs.first_at end`,
      last_at: sql`case when excluded.last_at > host_runs.last_at then excluded.last_at else host_runs.last_at end`,
      count: sql`host_runs.count + excluded.count`, digest: sql`coalesce(excluded.digest, host_runs.digest)`, place: sql`coalesce(excluded.place, host_runs.place)`,
    })).execute()
  }
}

const keyOf = ({ ecosystem, name, version, place_hash: place }: Pick<PackageRow, 'ecosystem' | 'name' | 'version' | 'place_hash'>): string => `${ecosystem} ${name} ${version} ${place}`

async function knownKeys(tx: Kysely<Tables>, host: string, rows: readonly PackageRow[]): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  for (let from = 0; from < rows.length; from += ROWS) {
    const names = [...new Set(rows.slice(from, from + ROWS).map(({ name }) => name))]
    for (const row of await tx.selectFrom('host_packages').select(['ecosystem', 'name', 'version', 'place_hash']).where('host', '=', host).where('name', 'in', names).execute()) found.add(keyOf(row))
  }
  return found
}

function packageRow(host: string, { kind, package: had, place, source, session }: HostEvent & { package: HostPackage }, at: number): PackageRow {
  const where = (place ?? '').slice(0, PLACE)
  return {
    host, ecosystem: had.ecosystem, name: had.name, version: had.version ?? '', place: where, place_hash: createHash('sha256').update(where).digest('hex').slice(0, 32), digest: had.digest, source, session,
    first_at: at, last_at: at, said_at: at, gone_at: kind === 'removed' ? at : null,
  }
}

/** Of two words on one place the later one; of the same moment that which came last. */
function later(known: PackageRow, row: PackageRow): PackageRow {
  const [old, young] = row.said_at >= known.said_at ? [known, row] : [row, known]
  return { ...young, digest: young.digest ?? old.digest, first_at: Math.min(old.first_at, young.first_at), last_at: Math.max(old.last_at, young.last_at) }
}
