import { z } from 'zod'
import type { Advisory, EcosystemId } from '../core/types.ts'
import { severityOf } from './severity.ts'

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
export type Reading = { id: string; modified: Date; advisories: Advisory[] } | { skipped: string }

/** Never throws. `source` is kept with each advisory, for people. */
export function readOsv(value: unknown, { source, canonical }: { source: string; canonical: Canonical }): Reading {
  const read = record.safeParse(value)
  if (!read.success) {
    const issue = read.error.issues[0]
    return { skipped: `not an OSV record: ${issue?.path.join('.') || 'the record'}: ${issue?.message}`.slice(0, 200) }
  }
  const malicious = isMalicious(read.data)
  const packages = new Map<string, Advisory>()
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
      : { ...head(read.data, source, one), ecosystem, name, malicious, ...scope })
  }
  if (packages.size === 0) return { skipped: vague > 0 ? 'only git commits, no versions' : elsewhere > 0 ? 'another ecosystem' : 'names no package' }
  return { id: read.data.id, modified: new Date(read.data.modified), advisories: [...packages.values()] }
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
function isMalicious({ id, aliases, database_specific: specific }: OsvRecord): boolean {
  if (id.startsWith('MAL-') || aliases?.some((alias) => alias.startsWith('MAL-'))) return true
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
