import type { Context } from '../../admission/context.ts'
import type { Ruling, Subject } from '../../core/decide.ts'
import type { ArtifactRef, Digest, EcosystemId, Finding, Level } from '../../core/types.ts'
import { says } from '../../core/weigh.ts'
import { lastRun } from './runs.ts'

/** As `Settling.rule`. */
export type Rule = (subject: Subject) => Promise<{ ruling: Ruling; policy: string }>

const AT_ONCE = 50

/**
 * What was decided once a run was part of a verdict, in the ledger: after the verdict itself, so that a crash between them repeats a
 * line and loses none.
 */
export async function tellRuns({ database, clock, ledger }: Pick<Context, 'database' | 'clock' | 'ledger'>, rule: Rule): Promise<void> {
  const rows = await database.query.selectFrom('sandbox_runs').select(['id', 'digest', 'backend', 'status', 'record']).where('told', '=', 0).where('status', 'in', ['completed', 'incomplete']).orderBy('seq').limit(AT_ONCE).execute()
  for (const run of rows) {
    // A later run of the same bytes is what counts by now.
    if ((await lastRun(database.query, run.digest as Digest))?.id === run.id) {
      for (const { ref, subject, verdict } of await judgedOn(database.query, run.digest as Digest)) {
        const { ruling, policy } = await rule(subject)
        await ledger.append({
          at: clock.now(), kind: 'decided', ...ref, digest: run.digest, policy, action: ruling.action, reason: ruling.reason, because: ruling.because,
          facts: { level: verdict.level, score: verdict.score, says: says(verdict), rules: verdict.rules, sandbox: `${run.status} by ${run.backend}`, run: run.id, ...(run.record === null ? {} : { record: run.record }) },
          ...(ruling.would ? { would: ruling.would } : {}),
        })
      }
    }
    await database.query.updateTable('sandbox_runs').set({ told: 1 }).where('id', '=', run.id).execute()
  }
}

async function judgedOn(query: Context['database']['query'], digest: Digest) {
  const rows = await query.selectFrom('artifacts')
    .innerJoin('verdicts', (join) => join.onRef('verdicts.ecosystem', '=', 'artifacts.ecosystem').onRef('verdicts.name', '=', 'artifacts.name').onRef('verdicts.file', '=', 'artifacts.file').onRef('verdicts.digest', '=', 'artifacts.digest'))
    .select(['verdicts.ecosystem', 'verdicts.name', 'verdicts.version', 'verdicts.file', 'verdicts.level', 'verdicts.score', 'verdicts.findings', 'verdicts.missing', 'verdicts.rules', 'artifacts.published_at', 'artifacts.first_seen_at'])
    .where('artifacts.digest', '=', digest).execute()
  return rows.map(({ ecosystem, name, version, file, level, score, findings, missing, rules, published_at: published, first_seen_at: seen }) => {
    const ref: ArtifactRef = { ecosystem: ecosystem as EcosystemId, name, version, file }
    return {
      ref, subject: { ...ref, publishedAt: published === null ? null : new Date(Number(published)), publishedBefore: new Date(Number(seen)) },
      verdict: { level: level as Level, score, rules, findings: JSON.parse(findings) as Finding[], missing: JSON.parse(missing) as string[] },
    }
  })
}
