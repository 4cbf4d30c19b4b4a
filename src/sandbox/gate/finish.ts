import type { Kysely, Selectable } from 'kysely'
import type { Context } from '../../admission/context.ts'
import { keepVerdict, withRun } from '../../admission/keep.ts'
import { Revisions } from '../../admission/revisions.ts'
import type { RunReason } from '../../core/cascade.ts'
import { oneLine } from '../../core/text.ts'
import type { ArtifactRef, Digest, EcosystemId, Run } from '../../core/types.ts'
import type { Tables } from '../../ports/database.ts'
import { leaving } from './later.ts'
import { dropRecord } from './prune.ts'
import { runOf, seenIn, unanswered } from './runs.ts'
import type { StoredRun } from './runs.ts'
import type { RunResult, Said } from './runs-packages.ts'

type FinishContext = Pick<Context, 'database' | 'evidence' | 'common' | 'revisions' | 'clock'>

export interface Finished {
  /** Of the claim. */
  id: string
  owner: string
  digest: Digest
  result: RunResult
  /** The packed record, in the evidence store. */
  record: { digest: Digest; size: number }
  /** What the judge of now makes of earlier records of these bytes, by run. */
  anew?: ReadonlyMap<string, Said>
}

/** More than anything honest reaches; what is beyond stands in the record. */
const MOST = 500

/**
 * What a run found becomes part of every verdict on the same bytes, and what was held for it is free to be decided: in one
 * transaction, announced to every gate. False: the claim was somebody else's by then, and nothing was written.
 */
export async function finish(context: FinishContext, { id, owner, digest, result, record, anew = new Map() }: Finished): Promise<boolean> {
  const { database, clock, revisions } = context
  const at = clock.now()
  const missing = result.missing.slice(0, 50).map((line) => oneLine(line, 300))
  const done = await database.transaction(async (tx) => {
    const ours = await tx.updateTable('sandbox_runs').set({
      status: missing.length > 0 ? 'incomplete' : 'completed', backend: oneLine(result.backend, 100), elapsed_ms: Math.round(result.elapsedMs), runs: JSON.stringify(result.runs),
      indicators: JSON.stringify(result.indicators.slice(0, MOST)), missing: JSON.stringify(missing), phases: JSON.stringify(result.phases), record: record.digest, size: record.size,
    }).where('id', '=', id).where('owner', '=', owner).where('status', '=', 'running').returningAll().executeTakeFirst()
    if (!ours) return null
    for (const [run, { runs, indicators }] of anew) await tx.updateTable('sandbox_runs').set({ runs: JSON.stringify(runs), indicators: JSON.stringify(indicators.slice(0, MOST)) }).where('id', '=', run).where('digest', '=', digest).execute()
    const part = await seenIn(tx, digest)
    const changed: { ecosystem: EcosystemId; name: string }[] = []
    for (const row of await verdictsOn(tx, digest)) {
      const { ecosystem, name, file, published_at: published, first_seen_at: seen, ...verdict } = row
      const ref: ArtifactRef = { ecosystem: ecosystem as EcosystemId, name, version: verdict.version, file }
      if (await keepVerdict(tx, context.common, { ref, row: withRun(verdict, part), publishedAt: new Date(Number(published ?? seen)), swept: null, at })) changed.push(ref)
    }
    changed.push(...await settle(tx, { digest, run: runOf(ours), at }))
    return { changed, old: await dropOlder(tx, digest, id) }
  })
  if (!done) return false
  for (const { ecosystem, name } of done.changed) revisions.bump(ecosystem, name)
  // Nothing names them any more.
  for (const old of done.old) await dropRecord(context, old)
  return true
}

type OnBytes = Selectable<Tables['verdicts']> & Pick<Selectable<Tables['artifacts']>, 'published_at' | 'first_seen_at'>

/** The same bytes may have several names. */
async function verdictsOn(tx: Kysely<Tables>, digest: Digest): Promise<OnBytes[]> {
  return tx.selectFrom('artifacts')
    .innerJoin('verdicts', (join) => join.onRef('verdicts.ecosystem', '=', 'artifacts.ecosystem').onRef('verdicts.name', '=', 'artifacts.name').onRef('verdicts.file', '=', 'artifacts.file').onRef('verdicts.digest', '=', 'artifacts.digest'))
    .selectAll('verdicts').select(['artifacts.published_at', 'artifacts.first_seen_at']).where('artifacts.digest', '=', digest).execute()
}

/** Everybody who waited for these bytes. Who has no answer is as good as not run: policy says what that means. */
async function settle(tx: Kysely<Tables>, { digest, run, at }: { digest: Digest; run: StoredRun; at: Date }): Promise<{ ecosystem: EcosystemId; name: string }[]> {
  const rows = await tx.selectFrom('sandbox_wants').select(['ecosystem', 'name', 'file', 'holds', 'reason', 'attempt']).where('digest', '=', digest).where('state', '=', 'waiting').execute()
  for (const { ecosystem, name, file, reason, attempt } of rows) {
    const problem = unanswered(reason as RunReason, run)
    await tx.updateTable('sandbox_wants').set({ ...(problem === null ? { state: 'done' } : leaving(Number(attempt) + 1, at)), run: run.id, problem }).where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).execute()
  }
  const held = rows.filter(({ holds }) => Number(holds) === 1).map(({ ecosystem, name }) => ({ ecosystem: ecosystem as EcosystemId, name }))
  for (const one of held) await Revisions.record(tx, { kind: 'sandbox', ...one, at })
  return held
}

/** So many records of earlier runs that found something are kept, for judges to come. */
export const KEPT = 4

/** Of each package the last record is kept, and earlier ones that a finding rests on; what else older ones said stands in their rows. */
async function dropOlder(tx: Kysely<Tables>, digest: Digest, id: string): Promise<Digest[]> {
  const rows = await tx.selectFrom('sandbox_runs').select(['id', 'record', 'runs']).where('digest', '=', digest).where('id', '!=', id).where('record', 'is not', null).orderBy('seq', 'desc').execute()
  const kept = new Set(rows.filter(({ runs }) => (JSON.parse(runs) as Run[]).some((run) => run.status === 'ok' && run.findings.length > 0)).slice(0, KEPT))
  const dropped = rows.filter((row) => !kept.has(row))
  if (dropped.length > 0) await tx.updateTable('sandbox_runs').set({ record: null }).where('id', 'in', dropped.map((row) => row.id)).execute()
  const named = new Set([...kept].map(({ record }) => record))
  return dropped.flatMap(({ record }) => (named.has(record) ? [] : [record as Digest]))
}
