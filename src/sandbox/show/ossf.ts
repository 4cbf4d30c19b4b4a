import type { Finding, Level } from '../../core/types.ts'
import type { Act } from '../../tracing/act.ts'
import type { PassName, PhaseName, PhaseRecord, PhaseStatus, SandboxRecord } from '../record.ts'

/**
 * What was seen, in the words of OSSF package-analysis (pkg/api/analysisrun/result.go and the schema its loader publishes), so that
 * what reads its results reads ours. It knows one run of a package: the first pass stands where it expects it, and everything it
 * has no word for is under `Sluice`.
 */
export interface OssfResult {
  Package: { Ecosystem: string; Name: string; Version: string }
  /** Seconds since the epoch. */
  CreatedTimestamp: number
  Analysis: Partial<Record<PhaseName, OssfPhase>>
  Sluice: {
    level: Level
    score: number
    findings: readonly Finding[]
    backend: string
    digest: string
    elapsedMs: number
    missing: readonly string[]
    passes: Partial<Record<PassName, Partial<Record<PhaseName, OssfPhase>>>>
  }
}

interface OssfPhase {
  Status: 'completed' | 'error_timeout' | 'error_analysis' | 'error_other'
  /** The last 4 KB, base64 as Go writes bytes. */
  Stdout: string
  Stderr: string
  Files: { Path: string; Read: boolean; Write: boolean; Delete: boolean }[]
  Sockets: { Address: string; Port: number; Hostnames: string[] }[]
  Commands: { Command: readonly string[]; Environment: string[] }[]
  DNS: { Class: string; Queries: { Hostname: string; Types: string[] }[] }[]
}

export function ossfOf(record: SandboxRecord, { level, score, findings }: { level: Level; score: number; findings: readonly Finding[] }): OssfResult {
  const { ref: { ecosystem, name, version }, backend, digest, elapsedMs, missing, startedAt } = record
  const phasesOf = (pass: PassName | undefined) => Object.fromEntries(record.phases.filter((phase) => phase.pass === pass && phase.status !== 'skipped').map((phase) => [phase.phase, phaseOf(phase)]))
  const [first, ...others] = record.passes
  return {
    Package: { Ecosystem: ecosystem, Name: name, Version: version },
    CreatedTimestamp: Math.floor(startedAt.getTime() / 1_000),
    Analysis: phasesOf(first),
    Sluice: { level, score, findings, backend, digest, elapsedMs: Math.round(elapsedMs), missing, passes: Object.fromEntries(others.map((pass) => [pass, phasesOf(pass)])) },
  }
}

const STATUSES: Readonly<Record<Exclude<PhaseStatus, 'skipped'>, OssfPhase['Status']>> = {
  completed: 'completed', failed: 'error_analysis', time: 'error_timeout', memory: 'error_other', disk: 'error_other', processes: 'error_other',
}

function phaseOf({ status, stdout, stderr, acts }: PhaseRecord): OssfPhase {
  const done = acts.filter((act) => act.done)
  return {
    Status: STATUSES[status as Exclude<PhaseStatus, 'skipped'>],
    Stdout: tailOf(stdout), Stderr: tailOf(stderr),
    Files: filesOf(done), Sockets: socketsOf(acts), Commands: done.filter(({ kind }) => kind === 'exec').map(({ argv, target }) => ({ Command: argv ?? [target], Environment: [] })),
    DNS: queriesOf(acts),
  }
}

const tailOf = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(-4_096)).toString('base64')

function filesOf(acts: readonly Act[]): OssfPhase['Files'] {
  const files = new Map<string, OssfPhase['Files'][number]>()
  const at = (path: string) => {
    const known = files.get(path) ?? { Path: path, Read: false, Write: false, Delete: false }
    files.set(path, known)
    return known
  }
  for (const { kind, target, other } of acts) {
    if (kind === 'read') at(target).Read = true
    else if (kind === 'write' || kind === 'mode') at(target).Write = true
    else if (kind === 'delete') at(target).Delete = true
    else if (kind === 'rename' || kind === 'link') {
      if (kind === 'rename') at(target).Delete = true
      if (other !== undefined) at(other).Write = true
    }
  }
  return [...files.values()]
}

function socketsOf(acts: readonly Act[]): OssfPhase['Sockets'] {
  const sockets = new Map<string, { Address: string; Port: number; Hostnames: Set<string> }>()
  for (const { kind, target, name } of acts) {
    const found = kind === 'connect' || kind === 'send' ? /^\[?([^\]/]+?)\]?:(\d{1,5})$/.exec(target) : null
    if (!found) continue
    const socket = sockets.get(target) ?? { Address: found[1] as string, Port: Number(found[2]), Hostnames: new Set<string>() }
    sockets.set(target, socket)
    if (name !== undefined) socket.Hostnames.add(name)
  }
  return [...sockets.values()].map((socket) => ({ ...socket, Hostnames: [...socket.Hostnames] }))
}

/** A record does not keep which type was asked for: addresses, in nearly all cases. */
function queriesOf(acts: readonly Act[]): OssfPhase['DNS'] {
  const names = new Set(acts.flatMap(({ kind, target }) => (kind === 'resolve' ? [target] : [])))
  return names.size === 0 ? [] : [{ Class: 'IN', Queries: [...names].map((Hostname) => ({ Hostname, Types: ['A'] })) }]
}
