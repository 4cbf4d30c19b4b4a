import { createHash } from 'node:crypto'
import { judge } from '../../src/conduct/judge.ts'
import type { ArtifactRef, Finding } from '../../src/core/types.ts'
import { probeBackends } from '../../src/sandbox/cell/backends.ts'
import { Sandbox } from '../../src/sandbox/face.ts'
import type { PassName, PhaseName, PhaseRecord, SandboxRecord } from '../../src/sandbox/record.ts'
import type { Act } from '../../src/tracing/act.ts'

/** Why packages of an ecosystem cannot be run on this machine; null: they can. */
export async function whyNot(ecosystem: ArtifactRef['ecosystem']): Promise<string | null> {
  const probes = await probeBackends()
  if (!probes.some(({ works }) => works)) return probes.map(({ backend, says }) => `${backend}: ${says}`).join('; ')
  return (await sandbox().interpreters())[ecosystem] === null ? `nothing here runs packages of ${ecosystem}` : null
}

/** Without a registry: what is run in tests depends on nothing. */
export const sandbox = (): Sandbox => Sandbox.open({
  upstream: { fetch: (url) => { throw new Error(`a test asked for ${url}`) } }, bases: { npm: null, pypi: null, go: null }, path: process.env['PATH'] ?? '', cache: null, backend: null,
})

export interface Seen {
  record: SandboxRecord
  findings: readonly Finding[]
  phase(pass: PassName, phase: PhaseName): PhaseRecord
  acts(kind: Act['kind'], target?: RegExp): Act[]
}

export async function runIn(ref: ArtifactRef, bytes: Uint8Array, { passes = ['laptop'], phases, timeMs = 240_000 }: { passes?: readonly PassName[]; phases?: readonly PhaseName[]; timeMs?: number } = {}): Promise<Seen> {
  const digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}` as const
  const { record, about } = await sandbox().runBytes({ ref, digest, bytes }, { passes, timeMs, phaseMs: 120_000, signal: new AbortController().signal, ...(phases ? { phases } : {}) })
  return {
    record, findings: judge(record, about).flatMap((run) => (run.status === 'ok' ? run.findings : [])),
    phase: (pass, phase) => record.phases.find((one) => one.pass === pass && one.phase === phase) as PhaseRecord,
    acts: (kind, target = /./) => record.phases.flatMap(({ acts }) => acts).filter((act) => act.kind === kind && target.test(act.target)),
  }
}
