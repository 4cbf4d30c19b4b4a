import { oneLine } from '../core/text.ts'
import type { EcosystemId, Finding, FoundIndicator, Severity } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import type { CaseState, Observable } from './cases/fold.ts'
import type { Fact } from './cases/fact.ts'
import type { BadPackage, Deed } from './tickets/matter.ts'

/** What the gate's own tables know of a case's packages. Nothing here asks anybody. */

type Package = Pick<CaseState['packages'][number], 'ecosystem' | 'name' | 'version'>

/** Findings from this severity on speak of what the package does to others. */
const GRAVE: ReadonlySet<Severity> = new Set(['high', 'critical'])
/** Behaviours whose addresses give orders or take what is stolen; the others' serve further code. */
const TAKES: ReadonlySet<string> = new Set(['exfiltration', 'credential-theft', 'wallet-theft', 'browser-theft', 'messenger-theft', 'surveillance', 'host-profiling', 'remote-control', 'reverse-shell', 'cloud-theft', 'mining'])
const MOST = 200

export interface JudgedFile {
  ecosystem: EcosystemId
  name: string
  version: string
  file: string
  digest: string
  level: string
  judgedAt: Date
  publishedAt: Date | null
  hashes: Readonly<Record<string, string>>
  findings: readonly Finding[]
  indicators: readonly FoundIndicator[]
}

/** Files of the case's packages that were judged, the worst first. */
export async function judgedFiles({ query }: Pick<Database, 'query'>, packages: readonly Package[]): Promise<JudgedFile[]> {
  const found: JudgedFile[] = []
  for (const { ecosystem, name, version } of packages.slice(0, MOST)) {
    let rows = query.selectFrom('verdicts').leftJoin('artifacts', (join) => join.onRef('artifacts.ecosystem', '=', 'verdicts.ecosystem').onRef('artifacts.name', '=', 'verdicts.name').onRef('artifacts.file', '=', 'verdicts.file'))
      .select(['verdicts.version', 'verdicts.file', 'verdicts.digest', 'level', 'score', 'judged_at', 'findings', 'indicators', 'published_at', 'hashes'])
      .where('verdicts.ecosystem', '=', ecosystem).where('verdicts.name', '=', name).orderBy('score', 'desc').limit(50)
    if (version !== null) rows = rows.where('verdicts.version', '=', version)
    for (const row of await rows.execute()) {
      found.push({
        ecosystem, name, version: row.version, file: row.file, digest: row.digest, level: row.level, judgedAt: new Date(Number(row.judged_at)),
        publishedAt: row.published_at === null ? null : new Date(Number(row.published_at)), hashes: row.hashes === null ? {} : JSON.parse(row.hashes) as Record<string, string>,
        findings: JSON.parse(row.findings) as Finding[], indicators: row.indicators === null ? [] : JSON.parse(row.indicators) as FoundIndicator[],
      })
    }
  }
  return found
}

/** What their code does, the gravest first, each thing once. */
export function deedsOf(files: readonly JudgedFile[], limit = 12): Deed[] {
  const deeds = new Map<string, Deed>()
  const order: readonly Severity[] = ['critical', 'high', 'medium']
  for (const severity of order) {
    for (const { findings } of files) {
      for (const finding of findings.filter((one) => one.severity === severity)) {
        const [first] = finding.evidence
        const key = `${finding.detector} ${first.file} ${first.lines[0]}`
        if (!deeds.has(key)) deeds.set(key, { says: finding.title, file: first.file, lines: first.lines, excerpt: first.excerpt, detector: finding.detector })
      }
    }
  }
  return [...deeds.values()].slice(0, limit)
}

export function badPackages(packages: readonly Package[], files: readonly JudgedFile[], removed: ReadonlyMap<string, Date>): BadPackage[] {
  return [...Map.groupBy(packages, ({ ecosystem, name }) => `${ecosystem}:${name}`)].map(([key, [first, ...more]]) => {
    const { ecosystem, name } = first as Package
    const own = files.filter((file) => file.ecosystem === ecosystem && file.name === name)
    const versions = new Set([first as Package, ...more].flatMap(({ version }) => version ?? []))
    const published = own.flatMap(({ publishedAt }) => publishedAt ?? []).sort((a, b) => a.getTime() - b.getTime())[0] ?? null
    const digests = own.flatMap(({ digest, hashes }) => [digest, ...Object.entries(hashes).filter(([algorithm]) => algorithm === 'md5' || algorithm === 'sha1').map(([algorithm, hex]) => `${algorithm}:${hex}`)])
    return { ecosystem, name, versions: versions.size > 0 ? [...versions] : [...new Set(own.map(({ version }) => version))], published, removed: removed.get(key) ?? null, digests: [...new Set(digests)] }
  })
}

/** Addresses that the grave findings show, as observables with the part they play. Those that only stand in a README are not among them. */
export function observablesOf(files: readonly JudgedFile[], tlp: Observable['tlp']): Extract<Fact, { kind: 'observable' }>[] {
  const found = new Map<string, Extract<Fact, { kind: 'observable' }>>()
  for (const { findings, indicators } of files) {
    const grave = findings.filter(({ severity }) => GRAVE.has(severity))
    for (const { type, value } of indicators) {
      const kind = KINDS[type]
      if (kind === undefined) continue
      const showing = grave.filter(({ evidence }) => evidence.some((one) => shows(one, value)))
      const [first] = showing
      if (!first) continue
      const role = showing.some(({ behaviour }) => TAKES.has(behaviour)) ? 'command' : 'second-stage'
      found.set(`${kind}:${value}`, { kind: 'observable', type: kind, value: oneLine(value, 2_000), role, tlp })
    }
  }
  return [...found.values()].slice(0, MOST)
}

function shows({ excerpt, says, decodedFrom }: Finding['evidence'][number], value: string): boolean {
  const needle = value.toLowerCase()
  return excerpt.toLowerCase().includes(needle) || says.toLowerCase().includes(needle) || (decodedFrom !== undefined && decodedFrom.excerpt.toLowerCase().includes(needle))
}

/** Bot tokens are masked and hashes are the packages' own: neither is an address. */
const KINDS: Readonly<Record<string, Observable['type']>> = { url: 'url', domain: 'domain', onion: 'domain', ipv4: 'ip', ipv6: 'ip', email: 'email', wallet: 'wallet', webhook: 'webhook' }
