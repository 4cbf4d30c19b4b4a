import { missingRun } from '../core/cascade.ts'
import { SluiceError } from '../core/errors.ts'
import type { PackageSpec } from '../core/package-spec.ts'
import type { Difference, Digest, EcosystemId, Finding, FoundIndicator, Learned, Release } from '../core/types.ts'
import { rules } from '../detectors/index.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { advisoriesFor } from '../intel/store.ts'
import { rulesInForce } from '../yara/rules.ts'
import type { Context } from './context.ts'
import type { Found } from './locating.ts'
import { named } from './names.ts'
import { isAbsent } from './renditions.ts'
import { judge, malicious, reportOf } from './scan-local.ts'
import type { Judged, ScanContext, ScanReport } from './scan-local.ts'
import { runsDue } from './standing.ts'
import type { Door } from './serve.ts'

/** What a gate has for looking at something on its own machine. */
export function localContext({ database, pool, clock, userRules, guarded, sources }: Pick<Context, 'database' | 'pool' | 'clock' | 'userRules' | 'guarded' | 'sources'>): ScanContext {
  const hosts = (): string[] => Object.values(sources.public).flatMap(({ url }) => (url === null ? [] : [new URL(url).hostname]))
  return {
    pool, userRules, now: () => clock.now(), ...(guarded ? { guarded } : {}),
    hosts: { known: hosts, ask: () => Promise.resolve(hosts()) },
    advisories: (ecosystem, name) => advisoriesFor(database, ecosystem, name),
  }
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
  const advisories = await malicious({ advisories: (of, by) => advisoriesFor(context.database, of, by) }, found.ref)
  const judged = judge(advisories, found.ref, {
    digest: row.digest as Digest, runs: [{ detector: 'stored', version: 1, status: 'ok', findings: JSON.parse(row.findings) as Finding[] }],
    missing: JSON.parse(row.missing) as string[], indicators: JSON.parse(row.indicators ?? '[]') as FoundIndicator[],
    learned: JSON.parse(row.learned ?? 'null') as Learned | null, difference: JSON.parse(row.difference ?? 'null') as Difference | null,
  })
  return { ...judged, unrun: due ? [missingRun(due)] : [] }
}
