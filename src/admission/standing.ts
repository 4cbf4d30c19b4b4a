import type { Kysely } from 'kysely'
import type { Dated, Judged, Standing } from '../core/decide.ts'
import { says } from '../core/weigh.ts'
import type { Digest, EcosystemId, Finding, Level, Order } from '../core/types.ts'
import { advisoriesFor } from '../intel/store.ts'
import type { Database, Tables } from '../ports/database.ts'

/** Everything the gate knows of one package that a decision may depend on. A handful of indexed reads. */
export async function standingOf(database: Database, ecosystem: EcosystemId, name: string): Promise<Standing> {
  const [orders, advisories, judged, dated] = await Promise.all([
    ordersFor(database.query, ecosystem, name),
    advisoriesFor(database, ecosystem, name),
    judgedFor(database.query, ecosystem, name),
    datedFor(database.query, ecosystem, name),
  ])
  return { orders, advisories, judged, dated }
}

async function ordersFor(query: Kysely<Tables>, ecosystem: EcosystemId, name: string): Promise<Order[]> {
  const rows = await query.selectFrom('orders').selectAll()
    .where('ecosystem', '=', ecosystem).where('name', '=', name).orderBy('at').execute()
  return rows.map((row) => ({
    ...row,
    ecosystem,
    digest: row.digest as Digest | null,
    action: row.action as Order['action'],
    at: new Date(row.at),
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at),
  }))
}

async function judgedFor(query: Kysely<Tables>, ecosystem: EcosystemId, name: string): Promise<Map<string, Judged>> {
  const rows = await query.selectFrom('verdicts').select(['file', 'digest', 'level', 'findings', 'missing'])
    .where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
  return new Map(rows.map((row) => {
    const level = row.level as Level
    const verdict = { level, findings: JSON.parse(row.findings) as Finding[], missing: JSON.parse(row.missing) as string[] }
    return [row.file, { digest: row.digest as Digest, level, says: says(verdict) }]
  }))
}

/** A record is no younger than the newest checkpoint that does not hold it yet, no older than the first that does. */
async function datedFor(query: Kysely<Tables>, ecosystem: EcosystemId, name: string): Promise<Map<string, Dated>> {
  const records = await query.selectFrom('records').select(['version', 'record'])
    .where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
  if (records.length === 0) return new Map()
  const checkpoints = await query.selectFrom('checkpoints').select(['at', 'size'])
    .where('ecosystem', '=', ecosystem).orderBy('size').orderBy('at').execute()
  return new Map(records.map(({ version, record }) => {
    const holding = checkpoints.findIndex(({ size }) => size > record)
    const before = holding < 0 ? checkpoints.at(-1) : checkpoints[holding - 1]
    const first = checkpoints[holding]
    return [version, { by: first ? new Date(first.at) : null, after: before ? new Date(before.at) : null }]
  }))
}
