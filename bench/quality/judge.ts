import { createHash } from 'node:crypto'
import { sentence, SluiceError } from '../../src/core/errors.ts'
import type { EcosystemId } from '../../src/core/types.ts'
import { weigh } from '../../src/core/weigh.ts'
import type { ExamineJob, ExamineResult } from '../../src/workers/jobs.ts'
import type { Pool } from '../../src/workers/pool.ts'
import type { Outcome } from './outcome.ts'
import type { Sample } from './sample.ts'

/** The job the gate would give for this archive, with nothing known from outside but the registries' own hosts. */
export function jobOf(sample: Sample, bytes: Uint8Array, own: Record<EcosystemId, string[]>): ExamineJob {
  const { ref } = sample
  return {
    kind: 'examine', ref, digest: `sha256:${createHash('sha256').update(bytes).digest('hex')}`, size: bytes.length,
    publishedAt: null, firstSeenAt: new Date(), upstream: `https://${own[ref.ecosystem][0] ?? 'registry.invalid'}/`,
    source: bytes, pledge: {}, outside: { registryManifest: null, advisories: [], ownHosts: own[ref.ecosystem] },
  }
}

/** As at the gate: a worker that dies or takes too long leaves the archive undetermined. null: the archive is not at hand. */
export async function judge(pool: Pool, sample: Sample, own: Record<EcosystemId, string[]>): Promise<Outcome | null> {
  const bytes = await sample.read()
  if (!bytes) return null
  const job = jobOf(sample, bytes, own)
  const started = performance.now()
  const result = await pool.run(job).catch(failed)
  const ms = Math.round(performance.now() - started)
  const { level, score, findings, missing } = weigh(job.digest, result.runs, result.missing, 'bench', result.learned)
  const { id, corpus, part, cluster, clusterSize, representative, inert, ref } = sample
  return {
    id, corpus, ecosystem: ref.ecosystem, name: ref.name, part, cluster, clusterSize, representative, inert, level, score,
    findings: findings.map(({ detector, behaviour, severity, confidence, title, evidence: [{ file, lines }] }) => (
      { detector, behaviour, severity, confidence, title, file, line: lines[0] })),
    missing, features: result.features, ms, bytes: bytes.length, unpacked: result.bytes,
  }
}

function failed(thrown: unknown): Pick<ExamineResult, 'runs' | 'missing' | 'bytes' | 'features' | 'learned'> {
  const code = thrown instanceof SluiceError ? thrown.code : 'failed'
  return { runs: [], missing: [`${code}: ${sentence(thrown)}`], bytes: 0, features: {}, learned: null }
}
