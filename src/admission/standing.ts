import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { RunDue, RunReason, Urgency } from '../core/cascade.ts'
import type { Dated, Judged, Standing, Suspicion } from '../core/decide.ts'
import { says } from '../core/weigh.ts'
import type { Digest, EcosystemId, Finding, Level, Near, Order } from '../core/types.ts'
import { advisoriesFor } from '../intel/store.ts'
import type { Loss, OpenReview } from '../core/presence.ts'
import type { Database, Tables } from '../ports/database.ts'
import { orderOf } from './orders.ts'

/** The protected name that another may have been mistaken for; null: none comes near, or it is one itself. */
export type NearName = (ecosystem: EcosystemId, name: string) => Promise<Near | null>

/** Everything the gate knows of one package that a decision may depend on. A handful of indexed reads. */
export async function standingOf({ database, near }: { database: Database; near: NearName }, ecosystem: EcosystemId, name: string): Promise<Standing> {
  const [orders, advisories, judged, dated, suspicions, reviews, nearest] = await Promise.all([
    ordersFor(database.query, ecosystem, name),
    advisoriesFor(database, ecosystem, name),
    judgedFor(database.query, ecosystem, name),
    datedFor(database.query, ecosystem, name),
    suspicionsOf(database.query, ecosystem, name),
    reviewsOf(database.query, ecosystem, name),
    near(ecosystem, name),
  ])
  return { orders, advisories, judged, dated, suspicions, reviews, near: nearest?.target ?? null }
}

async function suspicionsOf(query: Kysely<Tables>, ecosystem: EcosystemId, name: string): Promise<Suspicion[]> {
  const rows = await query.selectFrom('suspicions').select(['kind', 'version', 'says', 'holds'])
    .where('ecosystem', '=', ecosystem).where('name', '=', name)
    .unionAll(query.selectFrom('indicator_hits').select(['type as kind', 'version', 'says', sql<number>`2`.as('holds')]).distinct()
      .where('ecosystem', '=', ecosystem).where('name', '=', name))
    .orderBy('kind').execute()
  return rows.map(({ kind, holds, ...row }) => ({ ...row, kind: Number(holds) === 2 ? 'indicator' : kind, holds: Number(holds) > 0 }))
}

async function reviewsOf(query: Kysely<Tables>, ecosystem: EcosystemId, name: string): Promise<OpenReview[]> {
  const rows = await query.selectFrom('reviews').select(['kind', 'versions', 'says'])
    .where('ecosystem', '=', ecosystem).where('name', '=', name).where('state', '=', 'open').orderBy('matter').execute()
  return rows.map(({ kind, versions, says: because }) => ({ kind: kind as Loss, versions: versions === null ? null : JSON.parse(versions) as string[], says: because }))
}

async function ordersFor(query: Kysely<Tables>, ecosystem: EcosystemId, name: string): Promise<Order[]> {
  const rows = await query.selectFrom('orders').selectAll()
    .where('ecosystem', '=', ecosystem).where('name', '=', name).orderBy('seq').execute()
  return rows.map(orderOf)
}

async function judgedFor(query: Kysely<Tables>, ecosystem: EcosystemId, name: string): Promise<Map<string, Judged>> {
  const [rows, due] = await Promise.all([
    query.selectFrom('verdicts').select(['file', 'digest', 'level', 'findings', 'missing', 'rules']).where('ecosystem', '=', ecosystem).where('name', '=', name).execute(),
    runsDue(query, ecosystem, name),
  ])
  return new Map(rows.map((row) => {
    const level = row.level as Level
    const verdict = { level, findings: JSON.parse(row.findings) as Finding[], missing: JSON.parse(row.missing) as string[] }
    const run = due.get(row.file)
    return [row.file, { digest: row.digest as Digest, level, says: says(verdict), rules: row.rules, ...(run ? { run } : {}) }]
  }))
}

/** By file: runs in the sandbox that are wanted and were not had. */
export async function runsDue(query: Kysely<Tables>, ecosystem: EcosystemId, name: string): Promise<Map<string, RunDue>> {
  const rows = await query.selectFrom('sandbox_wants').select(['file', 'state', 'reason', 'says', 'problem', 'holds', 'urgency'])
    .where('ecosystem', '=', ecosystem).where('name', '=', name).where('state', '!=', 'done').execute()
  return new Map(rows.map(({ file, state, reason, holds, urgency, ...row }) => [file, { ...row, state: state as RunDue['state'], reason: reason as RunReason, holds: Number(holds) === 1, urgency: Number(urgency) as Urgency }]))
}

/** A record is no younger than the newest checkpoint that does not hold it yet, no older than the first that does. */
async function datedFor(query: Kysely<Tables>, ecosystem: EcosystemId, name: string): Promise<Map<string, Dated>> {
  const rows = await query.selectFrom('records').select((column) => [
    'version',
    column.selectFrom('checkpoints').select(({ fn }) => fn.min('checkpoints.at').as('at'))
      .where('checkpoints.ecosystem', '=', ecosystem).whereRef('checkpoints.size', '>', 'records.record').as('by'),
    column.selectFrom('checkpoints').select(({ fn }) => fn.max('checkpoints.at').as('at'))
      .where('checkpoints.ecosystem', '=', ecosystem).whereRef('checkpoints.size', '<=', 'records.record').as('after'),
  ]).where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
  const date = (at: number | null): Date | null => (at === null ? null : new Date(Number(at)))
  return new Map(rows.map(({ version, by, after }) => [version, { by: date(by), after: date(after) }]))
}
