import { randomUUID } from 'node:crypto'
import type { Kysely } from 'kysely'
import { Revisions } from '../../admission/revisions.ts'
import { roomFor } from '../../core/cascade.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { Database, Tables } from '../../ports/database.ts'
import { leaving, TRIES } from './later.ts'
import { wantOf } from './wants.ts'
import type { Want } from './wants.ts'

/** A claim that nobody renews for so long is free: its process has ended, or does not get to it. */
export const LEASE = 30_000
const HOUR = 3_600_000
/** Whatever is further ahead than this was written by a clock that was wrong. */
const AHEAD = 600_000

export interface Claim {
  id: string
  want: Want
}

export interface Claiming {
  database: Database
  now: Date
  /** This process. */
  owner: string
  budget: { anHour: number; atOnce: number }
  versions: string
}

/**
 * Takes what is most urgent: what a client waits for before what is held, that before what is served meanwhile; of equals the oldest.
 * What nobody waits for leaves room to those who will (`roomFor`).
 * At most one run of the same bytes at a time, whoever asks. `budget`: something waits that the hour has no room for.
 */
export async function claim({ database, now, owner, budget, versions }: Claiming): Promise<Claim | 'nothing' | 'busy' | 'budget'> {
  // Looked up by a reader first, so that an idle sandbox costs no write.
  if (!(await due(database.query, now).select('file').limit(1).executeTakeFirst())) return 'nothing'
  return database.transaction(async (tx) => {
    await forgetLost(tx, now)
    const running = await tx.selectFrom('sandbox_runs').select(['digest', 'owner']).where('status', '=', 'running').execute()
    if (running.filter((one) => one.owner === owner).length >= budget.atOnce) return 'busy'
    const next = await due(tx, now).selectAll()
      .$if(running.length > 0, (some) => some.where('digest', 'not in', running.map(({ digest }) => digest)))
      .orderBy('urgency').orderBy('asked_at').limit(1).executeTakeFirst()
    if (!next) return 'nothing'
    const want = wantOf(next)
    if ((await begunThisHour(tx, now)) >= roomFor(want.urgency, budget.anHour)) return 'budget'
    const id = randomUUID()
    const { ecosystem, name, version, file } = want.ref
    await tx.insertInto('sandbox_runs').values({
      id, ecosystem, name, version, file, digest: want.digest, reason: want.reason, status: 'running', owner, lease_until: now.getTime() + LEASE, backend: null, versions,
      started_at: now.getTime(), elapsed_ms: null, says: null, runs: '[]', indicators: '[]', missing: '[]', phases: '[]', record: null, size: null, told: 0,
    }).execute()
    return { id, want }
  })
}

/** Of all gates on this data. */
export async function begunThisHour(query: Kysely<Tables>, now: Date): Promise<number> {
  const begun = await query.selectFrom('sandbox_runs').select(({ fn }) => fn.countAll<number>().as('count')).where('started_at', '>', now.getTime() - HOUR).where('started_at', '<', now.getTime() + AHEAD).executeTakeFirst()
  return Number(begun?.count ?? 0)
}

const due = (query: Kysely<Tables>, now: Date) => query.selectFrom('sandbox_wants').where('state', '=', 'waiting')
  .where((is) => is.or([is('due_at', '<=', now.getTime()), is('due_at', '>', now.getTime() + AHEAD)]))

/** Whether it is still ours. */
export async function renew({ query }: Pick<Database, 'query'>, { id, owner, now }: { id: string; owner: string; now: Date }): Promise<boolean> {
  const done = await query.updateTable('sandbox_runs').set({ lease_until: now.getTime() + LEASE }).where('id', '=', id).where('owner', '=', owner).where('status', '=', 'running').executeTakeFirst()
  return Number(done.numUpdatedRows) > 0
}

/** Runs whose process ended. What takes its process with it again and again is left at last. */
async function forgetLost(tx: Kysely<Tables>, now: Date): Promise<void> {
  const at = now.getTime()
  // A lease further ahead than any lease lasts is of a clock that was wrong.
  const lost = await tx.selectFrom('sandbox_runs').select(['id', 'digest']).where('status', '=', 'running')
    .where((is) => is.or([is('lease_until', '<=', at), is('lease_until', '>', at + LEASE * 4)])).execute()
  for (const { id, digest } of lost) {
    await tx.updateTable('sandbox_runs').set({ status: 'lost', says: 'its process ended' }).where('id', '=', id).execute()
    await failed(tx, { digest, problem: 'its process ended while it ran', now, delay: 0 })
  }
}

/** One more run came to nothing: it waits for another, or is left. Returns the packages of which clients may see a difference. */
export async function failed(tx: Kysely<Tables>, { digest, problem, now, delay }: { digest: string; problem: string; now: Date; delay: number }): Promise<{ ecosystem: EcosystemId; name: string }[]> {
  const rows = await tx.selectFrom('sandbox_wants').select(['ecosystem', 'name', 'file', 'attempt']).where('digest', '=', digest).where('state', '=', 'waiting').execute()
  const packages: { ecosystem: EcosystemId; name: string }[] = []
  for (const { ecosystem, name, file, attempt } of rows) {
    const tried = Number(attempt) + 1
    const over = tried >= TRIES
    await tx.updateTable('sandbox_wants').set(over ? { ...leaving(tried, now), problem } : { attempt: tried, due_at: now.getTime() + delay * tried })
      .where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).execute()
    if (!over) continue
    await Revisions.record(tx, { kind: 'sandbox', ecosystem: ecosystem as EcosystemId, name, at: now })
    packages.push({ ecosystem: ecosystem as EcosystemId, name })
  }
  return packages
}
