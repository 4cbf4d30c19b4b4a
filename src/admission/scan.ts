import { affects } from '../core/affects.ts'
import { SluiceError } from '../core/errors.ts'
import type { PackageSpec } from '../core/package-spec.ts'
import type { Advisory, ArtifactRef, Digest, EcosystemId, Evidence, Finding, Level, Release, Run } from '../core/types.ts'
import { weigh } from '../core/weigh.ts'
import { rules } from '../detectors/index.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { advisoriesFor } from '../intel/store.ts'
import { rulesInForce } from '../yara/rules.ts'
import type { Context } from './context.ts'
import { named } from './names.ts'
import { isAbsent } from './renditions.ts'
import type { Door } from './serve.ts'
import type { Found } from './settle.ts'

/** What `sluice scan` says of one target. The shape is a contract with scripts. */
export interface ScanReport {
  target: string
  level: Level
  /** 0 to 100. */
  score: number
  findings: readonly (Omit<Finding, 'evidence'> & { evidence: readonly Pick<Evidence, 'file' | 'lines' | 'excerpt' | 'says'>[] })[]
  indicators: readonly { type: string; value: string; file: string; line: number }[]
  /** What could not be examined, one line each. */
  missing: readonly string[]
  elapsedMs: number
}

interface Judged { level: Level; score: number; findings: readonly Finding[]; missing: readonly string[] }

type ScanContext = Pick<Context, 'database' | 'pool' | 'clock' | 'userRules'>

/**
 * Examines an archive or a folder on this machine, in a worker; nothing is stored. `left` names what was left out.
 * Throws SluiceError: `usage`, `not-found`, `archive-*`, `worker-*`.
 */
export async function scanLocal(
  context: ScanContext, { target, path, ecosystem }: { target: string; path: string; ecosystem: EcosystemId | null },
): Promise<{ report: ScanReport; left: readonly string[] }> {
  const started = performance.now()
  const userRules = context.userRules()
  const { ref, digest, runs, missing, left } = await context.pool.run({ kind: 'local', path, ecosystem, now: context.clock.now(), ...(userRules ? { userRules } : {}) })
  const judged = judge({ digest, runs, missing, advisories: await malicious(context, ref), ref })
  return { report: reportOf(target, [{ file: null, judged }], started), left }
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
  const parts: { file: string | null; judged: Judged }[] = []
  for (const [index, one] of wanted.entries()) {
    progress?.(wanted.length > 1 ? `${one} (${index + 1} of ${wanted.length})` : one)
    const found = await settling.find(ecosystem, name, one)
    if (isAbsent(found)) throw new SluiceError('not-found', `${one} is not upstream: ${found.text || found.status}`)
    parts.push({ file: wanted.length > 1 ? one : null, judged: await verdictOf(context, settling, found) })
  }
  return reportOf(target, parts, started)
}

async function filesOf(
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
  const { ref } = found
  const stored = async (): Promise<(Judged & { rules: string; digest: string }) | null> => {
    const row = await context.database.query.selectFrom('verdicts').selectAll()
      .where('ecosystem', '=', ref.ecosystem).where('name', '=', ref.name).where('file', '=', ref.file).executeTakeFirst()
    return row ? { ...row, level: row.level as Level, findings: JSON.parse(row.findings) as Finding[], missing: JSON.parse(row.missing) as string[] } : null
  }
  const known = await stored()
  if (known?.rules !== rulesInForce(rules, context.userRules()) || known.level === 'undetermined') await settling.admit(found)
  const { findings, missing, digest } = (await stored()) as NonNullable<Awaited<ReturnType<typeof stored>>>
  const runs: Run[] = [{ detector: 'stored', version: 1, status: 'ok', findings: [...findings] }]
  return judge({ digest: digest as Digest, runs, missing, advisories: await malicious(context, ref), ref })
}

async function malicious({ database }: Pick<Context, 'database'>, { ecosystem, name, version }: ArtifactRef): Promise<Advisory[]> {
  const { compareVersions } = ecosystems[ecosystem]
  return (await advisoriesFor(database, ecosystem, name)).filter((one) => one.malicious && !one.withdrawn && affects(one, version, compareVersions))
}

/** Advisories are no part of a stored verdict, because they come later than it; a report has them in. */
function judge({ digest, runs, missing, advisories, ref }: {
  digest: Digest; runs: readonly Run[]; missing: readonly string[]; advisories: readonly Advisory[]; ref: ArtifactRef
}): Judged {
  const known = advisories.map((advisory): Finding => ({
    detector: 'known-malicious', behaviour: 'known-malicious', severity: 'critical', confidence: 1, title: `known malicious: ${advisory.id}`,
    evidence: [{ file: '', lines: [0, 0], excerpt: `${ref.name} ${ref.version}`, says: `${advisory.id} (${advisory.source}): ${advisory.summary}`.slice(0, 300) }],
  }))
  return weigh(digest, [...runs, { detector: 'known-malicious', version: 1, status: 'ok', findings: known }], missing, rules)
}

/** Worst first: a version is as bad as its worst file. */
const LEVELS: readonly Level[] = ['malicious', 'suspicious', 'undetermined', 'clean']

function reportOf(target: string, parts: readonly { file: string | null; judged: Judged }[], started: number): ScanReport {
  const inside = (file: string | null, path: string): string => (file === null ? path : path === '' ? file : `${file}/${path}`)
  return {
    target,
    level: LEVELS.find((level) => parts.some(({ judged }) => judged.level === level)) ?? 'undetermined',
    score: Math.max(0, ...parts.map(({ judged }) => judged.score)),
    findings: parts.flatMap(({ file, judged }) => judged.findings.map((finding) => ({
      detector: finding.detector, behaviour: finding.behaviour, severity: finding.severity, confidence: finding.confidence, title: finding.title,
      evidence: finding.evidence.map(({ file: path, lines, excerpt, says }) => ({ file: inside(file, path), lines, excerpt, says })),
    }))),
    indicators: [],
    missing: parts.flatMap(({ file, judged }) => judged.missing.map((line) => (file === null ? line : `${file}: ${line}`))),
    elapsedMs: Math.round(performance.now() - started),
  }
}

/** A target that could not be examined at all: nothing is known of it, and why. */
export function unscanned(target: string, { message }: SluiceError): ScanReport {
  return { target, level: 'undetermined', score: 0, findings: [], indicators: [], missing: [message], elapsedMs: 0 }
}
