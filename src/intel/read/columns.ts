import { INDICATOR_KINDS } from '../indicator.ts'
import type { IndicatorKind } from '../indicator.ts'
import { readEcosystem } from '../record.ts'

/** What the columns of a table mean. Indexes into a row's cells. */
export interface Columns {
  purl?: number
  name?: number
  version?: number
  ecosystem?: number
  /** Each holds indicators, of the kind the head gives or of whatever kind the cell is. */
  indicators: readonly { at: number; kind: IndicatorKind | null }[]
  /** The kind of the indicators in the row. */
  kind?: number
  id?: number
  summary?: number
  reference?: number
  tlp?: number
  withdrawn?: number
  modified?: number
}

const HEADS: Readonly<Record<Exclude<keyof Columns, 'indicators'>, readonly string[]>> = {
  purl: ['purl', 'packageurl', 'purls'],
  name: ['name', 'package', 'packagename', 'pkg', 'pkgname', 'project', 'module', 'component', 'artifact', 'library', 'maliciouspackage'],
  version: ['version', 'versions', 'packageversion', 'packageversions', 'affectedversion', 'affectedversions', 'maliciousversion', 'maliciousversions', 'compromisedversion', 'compromisedversions', 'badversions', 'range', 'affected'],
  ecosystem: ['ecosystem', 'registry', 'packagemanager', 'platform', 'manager', 'repository', 'repo', 'packagetype', 'language', 'eco'],
  kind: ['type', 'indicatortype', 'ioctype', 'kind', 'attributetype'],
  id: ['id', 'reportid', 'advisory', 'advisoryid', 'osvid', 'malid', 'identifier', 'uuid'],
  summary: ['summary', 'description', 'reason', 'comment', 'threat', 'title', 'campaign', 'details', 'says', 'note', 'notes', 'malware', 'info'],
  reference: ['reference', 'references', 'link', 'source', 'sourceurl', 'reporturl', 'blog'],
  tlp: ['tlp', 'tlpmarking', 'marking'],
  withdrawn: ['withdrawn', 'revoked', 'retracted'],
  modified: ['modified', 'updated', 'updatedat', 'lastmodified', 'date', 'published', 'publishedat', 'detected', 'detectedat', 'added', 'addedat', 'firstseen', 'firstseenutc', 'timestamp', 'time'],
}
const INDICATORS = new Map<string, IndicatorKind | null>([
  ['indicator', null], ['ioc', null], ['iocs', null], ['value', null], ['observable', null], ['hash', null], ['filehash', null], ['address', null], ['indicators', null],
  ['domain', 'domain'], ['hostname', 'domain'], ['fqdn', 'domain'], ['host', null], ['c2', null],
  ['url', 'url'], ['uri', 'url'], ['ip', null], ['ipaddress', null], ['ipv4', 'ipv4'], ['ipv6', 'ipv6'], ['dstip', null],
  ['email', 'email'], ['emailaddress', 'email'], ['sha256', 'sha256'], ['sha256hash', 'sha256'], ['sha1', 'sha1'], ['sha1hash', 'sha1'], ['md5', 'md5'], ['md5hash', 'md5'], ['sha512', 'sha512'],
  ['wallet', 'wallet'], ['onion', 'onion'], ['webhook', 'webhook'],
])

const word = (head: string): string => head.toLowerCase().replace(/[^a-z0-9]+/g, '')

/** Columns by a first line of names; null: it is no such line. */
export function namedColumns(cells: readonly string[]): Columns | null {
  const words = cells.map(word)
  const found: { -readonly [K in keyof Columns]: Columns[K] } = { indicators: [] }
  for (const [key, heads] of Object.entries(HEADS) as [Exclude<keyof Columns, 'indicators'>, readonly string[]][]) {
    const at = words.findIndex((one) => heads.includes(one))
    if (at >= 0) found[key] = at
  }
  const packages = found.name !== undefined || found.purl !== undefined
  const indicators = words.flatMap((one, at) => (INDICATORS.has(one) ? [{ at, kind: INDICATORS.get(one) ?? null }] : []))
  // Beside a package, a URL is where somebody wrote about it.
  const url = packages ? indicators.findIndex(({ at }) => words[at] === 'url' || words[at] === 'uri') : -1
  if (url >= 0) {
    found.reference ??= (indicators.splice(url, 1)[0] as { at: number }).at
  }
  if (packages && found.ecosystem === undefined && found.kind !== undefined) {
    found.ecosystem = found.kind
    delete found.kind
  }
  return packages || indicators.length > 0 ? { ...found, indicators } : null
}

/** Columns by what a first line of data holds: `npm,left-pad,1.3.0` in any order, a purl, an indicator. null: nothing of the kind. */
export function guessedColumns(cells: readonly string[], known: boolean): Columns | null {
  const purl = cells.findIndex((cell) => /^pkg:/i.test(cell))
  if (purl >= 0) return { purl, indicators: [] }
  const ecosystem = cells.findIndex((cell) => cell.length < 20 && readEcosystem(cell) !== null)
  if (ecosystem < 0 && !known) {
    const kind = cells.findIndex((cell) => (INDICATOR_KINDS as readonly string[]).includes(cell.toLowerCase()) || /^(?:ip(?:-dst|-src)?|hostname)$/i.test(cell))
    const at = cells.findIndex((cell, index) => index !== kind && /^\S{4,}$/.test(cell) && /[.:]|^[0-9a-f]{32,}$/i.test(cell))
    return at < 0 ? null : { indicators: [{ at, kind: null }], ...(kind < 0 ? {} : { kind }) }
  }
  const name = cells.findIndex((cell, at) => at !== ecosystem && cell !== '')
  const version = cells.findIndex((cell, at) => at !== ecosystem && at !== name && /^(?:[=<>v^~]*\s*\d[\w.+!-]*.*|\*|all|)$/i.test(cell))
  return name < 0 ? null : { name, indicators: [], ...(ecosystem < 0 ? {} : { ecosystem }), ...(version < 0 ? {} : { version }) }
}
