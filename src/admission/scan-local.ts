import { affects } from '../core/affects.ts'
import type { SluiceError } from '../core/errors.ts'
import type { Advisory, ArtifactRef, Difference, Digest, EcosystemId, Evidence, Finding, FoundIndicator, Guarded, Learned, Level, Run, Verdict } from '../core/types.ts'
import { partsOf, weigh } from '../core/weigh.ts'
import type { Part } from '../core/weigh.ts'
import type { LocalJob } from '../workers/jobs.ts'
import type { Pool } from '../workers/pool.ts'
import type { UserRules } from '../yara/rules.ts'

/** What `sluice scan` says of one target. The shape is a contract with scripts. */
export interface ScanReport {
  target: string
  level: Level
  /** 0 to 100. */
  score: number
  /** The summands of the score, strongest first; of a version with many files, those of its worst file. */
  parts: readonly Part[]
  /** What the learned model said of the same file; null without a model. */
  learned: Learned | null
  /** What is new since the last version that the gate found clean; of a version with many files, in its worst file. null: none is known. */
  change: Difference | null
  findings: readonly (Omit<Finding, 'evidence'> & { evidence: readonly Evidence[] })[]
  /** As found, not defanged. */
  indicators: readonly FoundIndicator[]
  /** What could not be examined, one line each. */
  missing: readonly string[]
  elapsedMs: number
}

/** `unrun`: what a run in the sandbox would be wanted for, and was not had; it changes no level. */
export interface Judged { verdict: Verdict; indicators: readonly FoundIndicator[]; difference: Difference | null; unrun: readonly string[] }

/** Something on this machine: what reports call it, and what a worker reads (`LocalJob`). */
export interface LocalTarget extends Pick<LocalJob, 'path' | 'ecosystem' | 'files' | 'name' | 'version'> {
  target: string
}

/** What it takes to judge something that no registry sent. */
export interface ScanContext {
  pool: Pick<Pool, 'run'>
  now(): Date
  userRules(): UserRules | null
  guarded?: Guarded
  /** Hosts of the registries that are configured: what is made to look like them is told by their names. */
  hosts: OwnHosts
  /** Everything known of a package. `name` is canonical. */
  advisories(ecosystem: EcosystemId, name: string): Promise<readonly Advisory[]>
}

/** `known` is null while nobody has been asked: few packages hold anything that these hosts are compared with. */
export interface OwnHosts {
  known(): readonly string[] | null
  ask(): Promise<readonly string[]>
}

/**
 * Examines an archive or a folder on this machine, in a worker; nothing is stored. `left` names what was left out.
 * Throws SluiceError: `usage`, `not-found`, `archive-*`, `worker-*`.
 */
export async function scanLocal(
  context: ScanContext, { target, path, ...what }: LocalTarget,
): Promise<{ report: ScanReport; ref: ArtifactRef; left: readonly string[] }> {
  const started = performance.now()
  const { pool, guarded, hosts } = context
  const userRules = context.userRules()
  const job = { kind: 'local', path, ...what, ...(guarded ? { guarded } : {}), now: context.now(), ...(userRules ? { userRules } : {}) } as const
  const first = await pool.run({ ...job, ownHosts: hosts.known() })
  const { ref, left, ...examined } = first.wantsHosts ? await pool.run({ ...job, ownHosts: await hosts.ask() }) : first
  return { report: reportOf(target, [{ file: null, ...judge(await malicious(context, ref), ref, examined) }], started), ref, left }
}

export async function malicious({ advisories }: Pick<ScanContext, 'advisories'>, { ecosystem, name, version }: ArtifactRef): Promise<Advisory[]> {
  const known = (await advisories(ecosystem, name)).filter((one) => one.malicious && !one.withdrawn)
  if (known.length === 0) return []
  // Versions are compared where there is something to compare them with.
  const { ecosystems } = await import('../ecosystems/index.ts')
  return known.filter((one) => affects(one, version, ecosystems[ecosystem].compareVersions))
}

/** Advisories are no part of a stored verdict, because they come later than it; a report has them in. It does not name the rules. */
export function judge(advisories: readonly Advisory[], ref: ArtifactRef, { digest, runs, missing, learned, ...more }: {
  digest: Digest; runs: readonly Run[]; missing: readonly string[]; learned: Learned | null; indicators: readonly FoundIndicator[]; difference: Difference | null
}): Judged {
  const known = advisories.map((advisory): Finding => ({
    detector: 'known-malicious', behaviour: 'known-malicious', severity: 'critical', confidence: 1, title: `known malicious: ${advisory.id}`,
    evidence: [{ file: '', lines: [0, 0], excerpt: `${ref.name} ${ref.version}`, says: `${advisory.id} (${advisory.source}): ${advisory.summary}`.slice(0, 300) }],
  }))
  return { indicators: more.indicators, difference: more.difference, unrun: [], verdict: weigh(digest, [...runs, { detector: 'known-malicious', version: 1, status: 'ok', findings: known }], missing, '', learned) }
}

/** Worst first: a version is as bad as its worst file. */
const LEVELS: readonly Level[] = ['malicious', 'suspicious', 'undetermined', 'clean']

export function reportOf(target: string, files: readonly (Judged & { file: string | null })[], started: number): ScanReport {
  const inside = (file: string | null, path: string): string => (file === null ? path : path === '' ? file : `${file}/${path}`)
  const worstFile = files.reduce<Judged | null>((so, one) => (so && so.verdict.score >= one.verdict.score ? so : one), null)
  const worst = worstFile?.verdict
  return {
    target,
    level: LEVELS.find((level) => files.some(({ verdict }) => verdict.level === level)) ?? 'undetermined',
    score: worst?.score ?? 0,
    parts: worst ? partsOf(worst).map(({ says, points }) => ({ says, points: Math.round(points * 10) / 10 })) : [],
    learned: worst?.learned ?? null,
    change: worstFile?.difference ?? null,
    findings: files.flatMap(({ file, verdict }) => verdict.findings.map(({ detector, behaviour, severity, confidence, title, evidence }) => ({
      detector, behaviour, severity, confidence, title, evidence: evidence.map((one) => reported(one, (path) => inside(file, path))),
    }))),
    indicators: files.flatMap(({ file, indicators }) => indicators.map(({ type, value, file: path, line }) => ({ type, value, file: inside(file, path), line }))),
    missing: files.flatMap(({ file, verdict, unrun }) => [...verdict.missing, ...unrun].map((line) => (file === null ? line : `${file}: ${line}`))),
    elapsedMs: Math.round(performance.now() - started),
  }
}

/** Member by member, because detectors and stored verdicts may carry more than the contract has. */
function reported({ file, lines, excerpt, says, role, decodedFrom }: Evidence, inside: (path: string) => string): Evidence {
  return {
    file: inside(file), lines, excerpt, says, ...(role ? { role } : {}),
    ...(decodedFrom ? { decodedFrom: { file: inside(decodedFrom.file), lines: decodedFrom.lines, excerpt: decodedFrom.excerpt, says: decodedFrom.says } } : {}),
  }
}

/** A target that could not be examined at all: nothing is known of it, and why. */
export function unscanned(target: string, { message }: SluiceError): ScanReport {
  return { target, level: 'undetermined', score: 0, parts: [], learned: null, change: null, findings: [], indicators: [], missing: [message], elapsedMs: 0 }
}
