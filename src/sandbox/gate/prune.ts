import { sql } from 'kysely'
import type { Context } from '../../admission/context.ts'
import { isKept, isRecalled } from '../../admission/kept.ts'
import type { Digest } from '../../core/types.ts'

type PruneContext = Pick<Context, 'database' | 'evidence' | 'clock'>

const AT_ONCE = 500

/**
 * Deletes runs older than `keep` milliseconds, with their records, unless something rests on them: a verdict on the same bytes that is
 * not clean, a place in the queue that is not done, what a person decided of the package, a recall, a case that is open. Returns how
 * many went.
 */
export async function pruneRuns(context: PruneContext, keep: number): Promise<number> {
  let deleted = 0
  let after = 0
  for (;;) {
    const rows = await outdated(context, { before: context.clock.now().getTime() - keep, after })
    if (rows.length === 0) return deleted
    after = Number(rows.at(-1)?.seq)
    const gone = rows.filter(({ rests }) => Number(rests) === 0)
    if (gone.length > 0) await context.database.query.deleteFrom('sandbox_runs').where('seq', 'in', gone.map(({ seq }) => seq)).where('status', '!=', 'running').execute()
    deleted += gone.length
    for (const { record } of gone) if (record !== null) await dropRecord(context, record as Digest)
  }
}

function outdated({ database: { query } }: PruneContext, { before, after }: { before: number; after: number }) {
  return query.selectFrom('sandbox_runs').select(['seq', 'record']).where('started_at', '<', before).where('status', '!=', 'running').where('seq', '>', after).orderBy('seq').limit(AT_ONCE)
    .select(({ case: when, or, exists, selectFrom }) => when().when(or([
      exists(selectFrom('artifacts')
        .innerJoin('verdicts', (join) => join.onRef('verdicts.ecosystem', '=', 'artifacts.ecosystem').onRef('verdicts.name', '=', 'artifacts.name').onRef('verdicts.file', '=', 'artifacts.file').onRef('verdicts.digest', '=', 'artifacts.digest'))
        .select('verdicts.file').whereRef('artifacts.digest', '=', 'sandbox_runs.digest').where('verdicts.level', '!=', 'clean')),
      exists(selectFrom('sandbox_wants').select('sandbox_wants.file').whereRef('sandbox_wants.digest', '=', 'sandbox_runs.digest').where('sandbox_wants.state', '!=', 'done')),
      exists(selectFrom('orders').select('orders.seq').whereRef('orders.ecosystem', '=', 'sandbox_runs.ecosystem').whereRef('orders.name', '=', 'sandbox_runs.name')),
      exists(selectFrom('tombstones').select('tombstones.seq').whereRef('tombstones.digest', '=', 'sandbox_runs.digest').where('tombstones.step', 'in', isRecalled)),
      exists(selectFrom('case_subjects').innerJoin('cases', 'cases.id', 'case_subjects.case_id').select('cases.id')
        .where('case_subjects.subject', '=', sql<string>`sandbox_runs.ecosystem || ':' || sandbox_runs.name`).where('cases.closed_at', 'is', null)),
    ])).then(1).else(0).end().as('rests')).execute()
}

/** Unless another run names it, or a case has it as evidence. */
export async function dropRecord({ database, evidence }: Pick<Context, 'database' | 'evidence'>, record: Digest): Promise<void> {
  const named = await database.query.selectFrom('sandbox_runs').select('id').where('record', '=', record).limit(1).executeTakeFirst()
  if (!named && !(await isKept({ database }, record))) await evidence.delete(record).catch(() => null)
}
