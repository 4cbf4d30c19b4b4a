import { z } from 'zod'
import type { Advisory, EcosystemId } from '../core/types.ts'
import { spellIndicator } from './indicator.ts'
import type { IndicatorKind, ListedIndicator } from './indicator.ts'
import { severityOf } from './severity.ts'
import { readTlp } from './tlp.ts'
import type { Tlp } from './tlp.ts'

/**
 * Open Source Vulnerability format 1.x (ossf.github.io/osv-schema), also as malicious-package records (`MAL-…`) use it.
 * Strict in what is read, silent about the rest. Records come from strangers: everything is bounded.
 */
const text = (longest: number) => z.string().max(longest)
const event = z.object({
  introduced: text(256).optional(), fixed: text(256).optional(), last_affected: text(256).optional(), limit: text(256).optional(),
})
const affected = z.object({
  package: z.object({ ecosystem: text(64), name: text(512) }).optional(),
  ranges: z.array(z.object({ type: z.enum(['SEMVER', 'ECOSYSTEM', 'GIT']), events: z.array(event).max(5_000) })).max(2_000).nullish(),
  versions: z.array(text(256)).max(50_000).nullish(),
  ecosystem_specific: z.unknown().optional(),
  database_specific: z.unknown().optional(),
})
const record = z.object({
  id: text(128).min(1),
  modified: z.iso.datetime({ offset: true }),
  withdrawn: z.iso.datetime({ offset: true }).nullish(),
  aliases: z.array(text(128)).max(1_000).nullish(),
  summary: z.string().nullish(),
  details: z.string().nullish(),
  affected: z.array(affected).max(5_000).nullish(),
  severity: z.array(z.object({ type: text(64), score: text(512) })).max(50).nullish(),
  references: z.array(z.object({ type: text(64), url: z.string() })).max(2_000).nullish(),
  database_specific: z.unknown().optional(),
})

type OsvRecord = z.output<typeof record>
type Affected = z.output<typeof affected>
type Range = Advisory['ranges'][number]

const ECOSYSTEMS = new Map<string, EcosystemId>([['npm', 'npm'], ['PyPI', 'pypi'], ['Go', 'go']])
const EVERY_VERSION: readonly Range[] = [{ introduced: '0' }]
const EMBEDDED_MALICIOUS_CODE = 'CWE-506'

export type Canonical = (ecosystem: EcosystemId, raw: string) => string

/** What a record says of our ecosystems: one advisory a package. `skipped` is why there is none, one line. */
export type Reading =
  | { id: string; modified: Date; advisories: (Advisory & { tlp: Tlp })[]; indicators: ListedIndicator[]; problems: string[] }
  | { skipped: string }

interface OsvOptions {
  /** Kept with each advisory, for people. */
  source: string
  canonical: Canonical
  /** Where the record does not say otherwise. */
  tlp?: Tlp
}

/** Never throws. */
export function readOsv(value: unknown, { source, canonical, tlp: usual = 'clear' }: OsvOptions): Reading {
  const read = record.safeParse(value)
  if (!read.success) {
    const issue = read.error.issues[0]
    return { skipped: `not an OSV record: ${issue?.path.join('.') || 'the record'}: ${issue?.message}`.slice(0, 200) }
  }
  const malicious = isMalicious(read.data)
  const tlp = tlpOf(read.data, usual)
  const packages = new Map<string, Advisory & { tlp: Tlp }>()
  let elsewhere = 0
  let vague = 0
  for (const one of read.data.affected ?? []) {
    const ecosystem = ECOSYSTEMS.get(one.package?.ecosystem.split(':')[0] ?? '')
    if (!ecosystem || !one.package) {
      elsewhere++
      continue
    }
    const scope = scopeOf(one, ecosystem, malicious)
    if (!scope) {
      vague++
      continue
    }
    const name = canonicalName(canonical, ecosystem, one.package.name)
    const key = `${ecosystem}/${name}`
    const known = packages.get(key)
    packages.set(key, known
      ? { ...known, versions: [...known.versions, ...scope.versions], ranges: [...known.ranges, ...scope.ranges] }
      : { ...head(read.data, source, one), ecosystem, name, malicious, ...scope, tlp })
  }
  if (packages.size === 0) return { skipped: vague > 0 ? 'only git commits, no versions' : elsewhere > 0 ? 'another ecosystem' : 'names no package' }
  const advisories = [...packages.values()]
  return { id: read.data.id, modified: new Date(read.data.modified), advisories, ...(malicious ? indicatorsOf(read.data, advisories[0] as Advisory, tlp) : { indicators: [], problems: [] }) }
}

const lists = z.record(z.string(), z.unknown())
const texts = (value: unknown): string[] => (Array.isArray(value) ? value.filter((one) => typeof one === 'string').slice(0, 5_000) : [])
const within = (value: unknown, key: string): unknown => {
  const read = lists.safeParse(value)
  return read.success && Object.hasOwn(read.data, key) ? read.data[key] : undefined
}

/**
 * What OpenSSF's malicious-packages add to OSV (docs/schema_additions.md): where the package talks to, and the hashes of its files.
 */
function indicatorsOf(data: OsvRecord, { summary }: Advisory, tlp: Tlp): { indicators: ListedIndicator[]; problems: string[] } {
  const iocs = within(data.database_specific, 'iocs')
  const raw: [string, IndicatorKind | null][] = [
    ...texts(within(iocs, 'domains')).map((value): [string, IndicatorKind] => [value, 'domain']),
    ...texts(within(iocs, 'urls')).map((value): [string, IndicatorKind] => [value, 'url']),
    ...[...texts(within(iocs, 'ip_addresses')), ...texts(within(iocs, 'ips'))].map((value): [string, null] => [value, null]),
    ...(data.affected ?? []).flatMap(({ database_specific: specific }) => {
      const integrity = within(within(specific, 'indicators'), 'package_integrity')
      return (Array.isArray(integrity) ? integrity.slice(0, 5_000) : []).flatMap((one) => hashesOf(within(one, 'hashes')))
    }),
  ]
  const found = new Map<string, ListedIndicator>()
  const problems: string[] = []
  for (const [value, kind] of raw) {
    const spelled = spellIndicator(value, kind)
    if ('problem' in spelled) problems.push(spelled.problem)
    else found.set(`${spelled.type} ${spelled.value}`, { ...spelled, record: data.id, says: summary, tlp, validUntil: null, withdrawn: data.withdrawn ? new Date(data.withdrawn) : null, modified: new Date(data.modified) })
  }
  return { indicators: [...found.values()], problems }
}

/** `{sha256: hex}`, or subresource integrity as npm writes it. */
function hashesOf(hashes: unknown): [string, IndicatorKind][] {
  const read = lists.safeParse(hashes)
  return Object.entries(read.success ? read.data : {}).slice(0, 20).flatMap(([name, value]): [string, IndicatorKind][] => {
    const kind = (['md5', 'sha1', 'sha256', 'sha512'] as const).find((one) => one === name.toLowerCase().replace('-', ''))
    if (!kind || typeof value !== 'string') return []
    const base64 = /^sha\d+-([\w+/]+={0,2})$/.exec(value)?.[1]
    return [[base64 === undefined ? value : Buffer.from(base64, 'base64').toString('hex'), kind]]
  })
}

function tlpOf({ database_specific: specific }: OsvRecord, usual: Tlp): Tlp {
  const said = within(specific, 'tlp')
  return typeof said === 'string' ? readTlp(`tlp:${said.replace(/^tlp:/i, '')}`) ?? usual : usual
}

function head(data: OsvRecord, source: string, one: Affected): Omit<Advisory, 'ecosystem' | 'name' | 'malicious' | 'versions' | 'ranges'> {
  const { id, references } = data
  const reference = references?.find(({ type }) => type === 'ADVISORY') ?? references?.[0]
  return {
    id,
    summary: oneLine(data.summary || data.details || ''),
    severity: severityOf(data, one),
    url: reference && /^https?:\/\/\S+$/.test(reference.url) ? reference.url.slice(0, 1000) : null,
    source,
    modified: new Date(data.modified),
    withdrawn: data.withdrawn ? new Date(data.withdrawn) : null,
  }
}

/** A GHSA malware advisory carries CWE-506; some databases list the MAL record as an alias. */
function isMalicious({ id, aliases, affected, database_specific: specific }: OsvRecord): boolean {
  if (id.startsWith('MAL-') || aliases?.some((alias) => alias.startsWith('MAL-'))) return true
  const weaknesses = affected?.flatMap((one) => within(one.database_specific, 'cwes')) ?? []
  if (weaknesses.some((cwe) => within(cwe, 'cweId') === EMBEDDED_MALICIOUS_CODE)) return true
  const cwes = typeof specific === 'object' && specific !== null && 'cwe_ids' in specific ? specific.cwe_ids : null
  return Array.isArray(cwes) && cwes.includes(EMBEDDED_MALICIOUS_CODE)
}

/** null: nothing that could be compared with a version. A malicious package without versions is malicious in all. */
function scopeOf(one: Affected, ecosystem: EcosystemId, malicious: boolean): Pick<Advisory, 'versions' | 'ranges'> | null {
  const spell = ecosystem === 'go' ? goVersion : (version: string) => version
  const versions = (one.versions ?? []).map(spell)
  const ranges = (one.ranges ?? []).filter(({ type }) => type !== 'GIT').flatMap(({ events }) => rangesOf(events, spell))
  if (versions.length > 0 || ranges.length > 0) return { versions, ranges }
  return malicious ? { versions: [], ranges: EVERY_VERSION } : null
}

/**
 * Events as pairs. They are written in version order; where they are not, an `introduced` without its end stays open, so
 * that disorder says too much rather than too little.
 */
function rangesOf(events: readonly z.output<typeof event>[], spell: (version: string) => string): Range[] {
  const ranges: Range[] = []
  let open: string | null = null
  for (const { introduced, fixed, last_affected: last, limit } of events) {
    if (introduced !== undefined) {
      if (open !== null) ranges.push({ introduced: open })
      open = introduced === '0' ? '0' : spell(introduced)
      continue
    }
    if (open === null) continue
    const end = fixed ?? (limit === '*' ? undefined : limit)
    if (end !== undefined) ranges.push({ introduced: open, fixed: spell(end) })
    else if (last !== undefined) ranges.push({ introduced: open, lastAffected: spell(last) })
    else continue
    open = null
  }
  if (open !== null) ranges.push({ introduced: open })
  return ranges
}

/** OSV writes Go versions without the `v` that Go itself writes. */
const goVersion = (version: string): string => (/^\d/.test(version) ? `v${version}` : version)

function canonicalName(canonical: Canonical, ecosystem: EcosystemId, raw: string): string {
  try {
    return canonical(ecosystem, raw)
  } catch {
    return raw
  }
}

// eslint-disable-next-line no-control-regex -- control characters are what is removed
const oneLine = (raw: string): string => raw.slice(0, 1000).replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ').trim().slice(0, 300)
