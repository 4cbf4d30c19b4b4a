import { isCode, sentence, SluiceError } from '../core/errors.ts'
import type { Artifact, Profile, Release, Verdict } from '../core/types.ts'
import { weigh } from '../core/weigh.ts'
import { rules } from '../detectors/index.ts'
import { sweepOf } from '../hunt/swept.ts'
import { seenIn } from '../sandbox/gate/runs.ts'
import { rulesInForce } from '../yara/rules.ts'
import type { ExamineResult } from '../workers/jobs.ts'
import type { UserRules } from '../yara/rules.ts'
import type { Wanted } from './acquire.ts'
import type { Context } from './context.ts'
import { keepVerdict, verdictOf, withRun } from './keep.ts'
import type { VerdictRow } from './keep.ts'
import { outsideOf } from './outside.ts'

/**
 * One artifact's way in: acquire → unpack and analyse (in a worker) → weigh → kept with its verdict. What the worker could not finish makes the verdict undetermined; what could not be acquired throws.
 */
export async function admit(
  context: Context, wanted: Wanted, acquire: () => Promise<Artifact>,
): Promise<{ artifact: Artifact; verdict: Verdict }> {
  const artifact = await acquire()
  const started = performance.now()
  const userRules = context.userRules()
  const examined = await examine(context, artifact, { release: wanted.release, userRules })
  const verdict = weigh(artifact.digest, examined.runs, examined.missing, rulesInForce(rules, userRules), examined.learned)
  return { artifact, verdict: await keep(context, { artifact, publishedBefore: wanted.release.publishedBefore, verdict, examined, userRules, elapsedMs: performance.now() - started }) }
}

type Examined = Pick<ExamineResult, 'runs' | 'missing' | 'learned' | 'indicators' | 'difference' | 'sketch'> & { profile: Profile | null }

async function examine(
  context: Context, artifact: Artifact, { release, userRules }: { release: Release; userRules: UserRules | null },
): Promise<Examined> {
  const { pool, limits } = context
  const { ref } = artifact
  try {
    const store = (await context.blobs.has(artifact.digest)) ? context.blobs : context.evidence
    // Index documents go first: an archive that takes its whole time must not keep every package from resolving.
    return await pool.run({
      kind: 'examine', ref, digest: artifact.digest, size: artifact.size, pledge: release.pledge, ...(userRules ? { userRules } : {}),
      publishedAt: artifact.publishedAt, firstSeenAt: artifact.firstSeenAt, upstream: artifact.upstream,
      source: store.path(artifact.digest) ?? (await store.bytes(artifact.digest, limits.artifactSize)),
      outside: await outsideOf(context, artifact, release),
    }, { priority: 'ahead' })
  } catch (thrown) {
    // Nothing was found out about the package: the next who asks has it examined.
    if (isCode(thrown, 'worker-busy', 'worker-closed')) throw thrown
    // Some promises can only be checked on the unpacked content (Go's h1), which an archive nobody can unpack does not have.
    if (isCode(thrown, 'digest-mismatch') || (release.pledge.h1 !== undefined && isCode(thrown, 'archive-invalid'))) {
      await forget(context, ref)
      throw new SluiceError('digest-mismatch', `${ref.file} is not what was promised: ${sentence(thrown)}`, { cause: thrown })
    }
    context.log.warn({ ...ref, error: sentence(thrown) }, 'examination failed')
    return { runs: [{ detector: 'examination', version: 1, status: 'failed', reason: sentence(thrown) }], missing: [], learned: null, indicators: [], profile: null, sketch: null, difference: null }
  }
}

/** Bytes that broke their promise are not kept: the sweep takes what no row names. The next who asks has them fetched anew. */
async function forget({ database }: Context, { ecosystem, name, file }: Artifact['ref']): Promise<void> {
  await database.query.deleteFrom('artifacts').where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).execute()
}

/** Stores a verdict with what runs of the same bytes found, and whether a run is wanted, in one transaction; announced to every gate. Returns the verdict as it is then. */
async function keep(
  context: Context,
  { artifact, publishedBefore, verdict, examined, userRules, elapsedMs }: { artifact: Artifact; publishedBefore: Date | null; verdict: Verdict; examined: Examined; userRules: UserRules | null; elapsedMs: number },
): Promise<Verdict> {
  const { database, clock, revisions, common, cascade } = context
  const { ref, digest } = artifact
  const { runs, indicators, profile, difference, sketch } = examined
  const at = clock.now()
  const alone: VerdictRow = {
    version: ref.version, digest: verdict.digest, level: verdict.level, score: verdict.score, findings: JSON.stringify(verdict.findings),
    missing: JSON.stringify(verdict.missing), rules: verdict.rules, judged_at: at.getTime(), elapsed_ms: Math.round(elapsedMs),
    runs: JSON.stringify(runs.map((run) => ({ ...run, ...(run.status === 'ok' ? { findings: run.findings.length } : {}) }))),
    indicators: JSON.stringify(indicators), learned: verdict.learned && JSON.stringify(verdict.learned),
    profile: profile && JSON.stringify(profile), difference: difference && JSON.stringify(difference), repository: profile?.repository ?? null, sketch, examined: null,
  }
  const wanted = await cascade?.consider({ artifact, publishedBefore, verdict, profile, difference }) ?? null
  const { row, changed } = await database.transaction(async (tx) => {
    // What was seen counts although nothing is run any more.
    const seen = cascade ? await cascade.keep(tx, { ref, digest, wanted, at }) : { part: await seenIn(tx, digest), changed: false }
    const row = withRun(alone, seen.part)
    const changed = await keepVerdict(tx, common, { ref, row, publishedAt: artifact.publishedAt ?? artifact.firstSeenAt, swept: await sweepOf(tx, userRules), at })
    return { row, changed: changed || seen.changed }
  })
  if (changed) revisions.bump(ref.ecosystem, ref.name)
  return verdictOf(row)
}
