import { affects } from '../core/affects.ts'
import { missingRun } from '../core/cascade.ts'
import { SluiceError } from '../core/errors.ts'
import type { PackageSpec } from '../core/package-spec.ts'
import type { Advisory, ArtifactRef, Difference, Digest, EcosystemId, Evidence, Finding, FoundIndicator, Learned, Level, Release, Run, Verdict } from '../core/types.ts'
import { partsOf, weigh } from '../core/weigh.ts'
import type { Part } from '../core/weigh.ts'
import { rules } from '../detectors/index.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { advisoriesFor } from '../intel/store.ts'
import type { LocalJob } from '../workers/jobs.ts'
import { rulesInForce } from '../yara/rules.ts'
import type { Context } from './context.ts'
import type { Found } from './finding.ts'
import { named } from './names.ts'
import { isAbsent } from './renditions.ts'
import { runsDue } from './standing.ts'
import type { Door } from './serve.ts'

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
interface Judged { verdict: Verdict; indicators: readonly FoundIndicator[]; difference: Difference | null; unrun: readonly string[] }

/** Something on this machine: what reports call it, and what a worker reads (`LocalJob`). */
export interface LocalTarget extends Pick<LocalJob, 'path' | 'ecosystem' | 'files' | 'name' | 'version'> {
  target: string
}

type ScanContext = Pick<Context, 'database' | 'pool' | 'clock' | 'userRules' | 'sources' | 'guarded'>

/**
 * Examines an archive or a folder on this machine, in a worker; nothing is stored. `left` names what was left out.
 * Throws SluiceError: `usage`, `not-found`, `archive-*`, `worker-*`.
 */
export async function scanLocal(
  context: ScanContext, { target, path, ...what }: LocalTarget,
): Promise<{ report: ScanReport; ref: ArtifactRef; left: readonly string[] }> {
  const started = performance.now()
  const userRules = context.userRules()
  const { ref, left, ...examined } = await context.pool.run({ kind: 'local', path, ...what, ownHosts: ownHosts(context), ...(context.guarded ? { guarded: context.guarded } : {}), now: context.clock.now(), ...(userRules ? { userRules } : {}) })
  return { report: reportOf(target, [{ file: null, ...(await judge(context, ref, examined)) }], started), ref, left }
}

/** The registries that are configured: what is made to look like them is told by their names. */
function ownHosts({ sources }: Pick<Context, 'sources'>): string[] {
  return Object.values(sources.public).flatMap(({ url }) => (url === null ? [] : [new URL(url).hostname]))
}

/**
 * Examines every file of a version, or the one `file`, by admitting it as a client's request would, so that the gate
 * has the verdict when the first client comes. Policy is not asked: what it would hold is examined all the same.
 * Throws SluiceError: `usage`, `not-found`, `upstream-*`, `digest-mismatch`.
 */
export async function scanPackage(
  context: Context, { renditions, settling }: Pick<Door, 'renditions' | 'settling'>,
  { target, spec, file, progress }: { target: string; spec: PackageSpec; file?: string | undefined; progress?: ((says: string) => void) | undefined },
): Promise<ScanReport> {
  const started = performance.now()
  const { ecosystem, name, version } = named(spec)
  if (version === null) throw new SluiceError('usage', `which version of ${name}?`, { hint: `write ${ecosystem}:${name}${ecosystem === 'pypi' ? '==' : '@'}VERSION` })
  const files = await filesOf({ ecosystem, name, version }, renditions)
  const wanted = file === undefined ? files : files.filter((one) => one === file)
  if (wanted.length === 0) {
    const found = files.length > 0 ? `${name} ${version} has no file ${file}` : `${name} has no version ${version} upstream`
    throw new SluiceError('not-found', found, files.length > 0 ? { hint: `it has: ${files.slice(0, 10).join(', ')}` } : {})
  }
  const judged: (Judged & { file: string | null })[] = []
  for (const [index, one] of wanted.entries()) {
    progress?.(wanted.length > 1 ? `${one} (${index + 1} of ${wanted.length})` : one)
    const found = await settling.find(ecosystem, name, one)
    if (isAbsent(found)) throw new SluiceError('not-found', `${one} is not upstream: ${found.text || found.status}`)
    judged.push({ file: wanted.length > 1 ? one : null, ...(await verdictOf(context, settling, found)) })
  }
  return reportOf(target, judged, started)
}

export async function filesOf(
  { ecosystem, name, version }: { ecosystem: EcosystemId; name: string; version: string }, renditions: Door['renditions'],
): Promise<string[]> {
  const { compareVersions, directUrl, versionOfFile } = ecosystems[ecosystem]
  // Where files are found without an index, the archive carries the version's name, and the index may not list it.
  if (directUrl && versionOfFile?.(name, `${version}.zip`) === version) return [`${version}.zip`]
  const listed = await renditions.releases(ecosystem, name)
  if (isAbsent(listed)) throw new SluiceError('not-found', `${name} is not upstream: ${listed.text || listed.status}`)
  return listed.lines.toString('utf8').split('\n').filter(Boolean)
    .map((line) => (JSON.parse(line) as [string, Release])[1])
    .filter((release) => release.version === version || compareVersions(release.version, version) === 0)
    .map((release) => release.file)
}

/** The verdict of today's rules: the stored one, or a new one by admission. */
async function verdictOf(context: Context, settling: Door['settling'], found: Found): Promise<Judged> {
  const { ecosystem, name, file } = found.ref
  const stored = () => context.database.query.selectFrom('verdicts').selectAll()
    .where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file)
  const known = await stored().executeTakeFirst()
  const current = known?.rules === rulesInForce(rules, context.userRules()) && known.level !== 'undetermined' && known.indicators !== null
  if (!current) await settling.admit(found)
  const row = current ? known : await stored().executeTakeFirstOrThrow()
  const due = (await runsDue(context.database.query, ecosystem, name)).get(file)
  const judged = await judge(context, found.ref, {
    digest: row.digest as Digest, runs: [{ detector: 'stored', version: 1, status: 'ok', findings: JSON.parse(row.findings) as Finding[] }],
    missing: JSON.parse(row.missing) as string[], indicators: JSON.parse(row.indicators ?? '[]') as FoundIndicator[],
    learned: JSON.parse(row.learned ?? 'null') as Learned | null, difference: JSON.parse(row.difference ?? 'null') as Difference | null,
  })
  return { ...judged, unrun: due ? [missingRun(due)] : [] }
}

async function malicious({ database }: Pick<Context, 'database'>, { ecosystem, name, version }: ArtifactRef): Promise<Advisory[]> {
  const { compareVersions } = ecosystems[ecosystem]
  return (await advisoriesFor(database, ecosystem, name)).filter((one) => one.malicious && !one.withdrawn && affects(one, version, compareVersions))
}

/** Advisories are no part of a stored verdict, because they come later than it; a report has them in. */
async function judge(context: Pick<Context, 'database'>, ref: ArtifactRef, { digest, runs, missing, learned, ...more }: {
  digest: Digest; runs: readonly Run[]; missing: readonly string[]; learned: Learned | null; indicators: readonly FoundIndicator[]; difference: Difference | null
}): Promise<Judged> {
  const known = (await malicious(context, ref)).map((advisory): Finding => ({
    detector: 'known-malicious', behaviour: 'known-malicious', severity: 'critical', confidence: 1, title: `known malicious: ${advisory.id}`,
    evidence: [{ file: '', lines: [0, 0], excerpt: `${ref.name} ${ref.version}`, says: `${advisory.id} (${advisory.source}): ${advisory.summary}`.slice(0, 300) }],
  }))
  return { indicators: more.indicators, difference: more.difference, unrun: [], verdict: weigh(digest, [...runs, { detector: 'known-malicious', version: 1, status: 'ok', findings: known }], missing, rules, learned) }
}

/** Worst first: a version is as bad as its worst file. */
const LEVELS: readonly Level[] = ['malicious', 'suspicious', 'undetermined', 'clean']

function reportOf(target: string, files: readonly (Judged & { file: string | null })[], started: number): ScanReport {
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
