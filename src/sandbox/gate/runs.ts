import type { Kysely, Selectable } from 'kysely'
import type { RunPart } from '../../admission/context.ts'
import type { RunReason } from '../../core/cascade.ts'
import type { ArtifactRef, Digest, EcosystemId, FoundIndicator, Run } from '../../core/types.ts'
import type { Tables } from '../../ports/database.ts'
import { joined } from './joined.ts'
import type { PassName, PhaseName, PhaseStatus, SandboxRecord } from '../record.ts'

export type RunStatus = 'running' | 'completed' | 'incomplete' | 'failed' | 'lost'

/** How one phase went, without what was seen in it. */
export interface PhaseSummary {
  pass: PassName
  phase: PhaseName
  status: PhaseStatus
  says: string | null
  elapsedMs: number
  acts: number
  processes: number
}

/** One run as it is kept, but for its record. */
export interface StoredRun {
  seq: number
  id: string
  ref: ArtifactRef
  digest: Digest
  reason: RunReason
  status: RunStatus
  backend: string | null
  versions: string
  startedAt: Date
  elapsedMs: number | null
  /** Why it failed. */
  says: string | null
  runs: readonly Run[]
  indicators: readonly FoundIndicator[]
  missing: readonly string[]
  phases: readonly PhaseSummary[]
  record: Digest | null
}

export function runOf({ ecosystem, name, version, file, started_at: started, elapsed_ms: elapsed, ...row }: Selectable<Tables['sandbox_runs']>): StoredRun {
  return {
    seq: Number(row.seq), id: row.id, ref: { ecosystem: ecosystem as EcosystemId, name, version, file }, digest: row.digest as Digest, reason: row.reason as RunReason, status: row.status as RunStatus,
    backend: row.backend, versions: row.versions, startedAt: new Date(Number(started)), elapsedMs: elapsed === null ? null : Number(elapsed), says: row.says,
    runs: JSON.parse(row.runs) as Run[], indicators: JSON.parse(row.indicators) as FoundIndicator[], missing: JSON.parse(row.missing) as string[], phases: JSON.parse(row.phases) as PhaseSummary[],
    record: row.record as Digest | null,
  }
}

/** The last run of these bytes that has something to say; of an older sandbox, too: what was seen was seen. */
export async function lastRun(query: Kysely<Tables>, digest: Digest): Promise<StoredRun | null> {
  const row = await query.selectFrom('sandbox_runs').selectAll().where('digest', '=', digest).where('status', 'in', ['completed', 'incomplete']).orderBy('seq', 'desc').limit(1).executeTakeFirst()
  return row ? runOf(row) : null
}

/** More runs of the same bytes than anybody asks for. */
const MANY = 20

/**
 * What runs of these bytes saw, all of them together (`joined`), null: there is none. What an older judge made of it is made anew from
 * the record whenever a newer one has something to say (`RunLoop`), so that a mistake of a judge does not outlast it.
 */
export async function seenIn(query: Kysely<Tables>, digest: Digest): Promise<RunPart | null> {
  const ended = query.selectFrom('sandbox_runs').selectAll().where('digest', '=', digest).where('status', 'in', ['completed', 'incomplete']).orderBy('seq', 'desc').limit(MANY)
  const latest = await ended.execute()
  // Runs that found nothing crowd out none that did.
  const earlier = latest.length < MANY ? [] : await ended.where('seq', '<', Number(latest.at(-1)?.seq)).where('runs', 'like', '%"findings":[{%').execute()
  const all = [...latest, ...earlier].map(runOf)
  const [last] = all
  return last ? { id: last.id, ...joined(all) } : null
}

const HOOKS: ReadonlySet<RunReason> = new Set(['new-hooks', 'first-hooks'])

/**
 * Why a run does not answer what it was wanted for; null: it does. Of hooks it does once the package was installed and loaded in every
 * pass: what it does when it is called nobody asked. Everything else has to be seen to its end.
 */
export function unanswered(reason: RunReason, { missing, phases }: Pick<StoredRun, 'missing' | 'phases'>): string | null {
  const [first = null] = missing
  if (first === null || !HOOKS.has(reason)) return first
  const passes = new Set(phases.map(({ pass }) => pass))
  const seen = (phase: PhaseName): boolean => [...passes].every((pass) => phases.some((one) => one.pass === pass && one.phase === phase && one.status === 'completed'))
  // A pass that was not begun has no phases, and is named.
  return passes.size > 0 && seen('install') && seen('import') && missing.every((line) => /^[a-z]+, execute: /.test(line)) ? null : first
}

export const summaryOf = ({ phases }: SandboxRecord): PhaseSummary[] => phases.map(({ pass, phase, status, says, elapsedMs, acts, processes }) =>
  ({ pass, phase, status, says, elapsedMs: Math.round(elapsedMs), acts: acts.length, processes: processes.length }))
