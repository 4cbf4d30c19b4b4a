import { createHash } from 'node:crypto'
import { oneLine } from '../../core/text.ts'
import type { Advisory, EcosystemId } from '../../core/types.ts'
import { everyVersion } from '../bulletin.ts'
import type { Bulletin, BulletinPackage, Publisher } from '../bulletin.ts'
import type { ListedAdvisory } from '../record.ts'
import { writePurl } from './purl.ts'

/** The version of the schema whose rules these records keep (ossf.github.io/osv-schema). */
const SCHEMA = '1.7.0'
const NAMES: Readonly<Record<EcosystemId, string>> = { npm: 'npm', pypi: 'PyPI', go: 'Go' }
const REFERENCES = { advisory: 'ADVISORY', article: 'ARTICLE', report: 'REPORT', evidence: 'EVIDENCE', web: 'WEB' } as const
const EMBEDDED_MALICIOUS_CODE = { cweId: 'CWE-506', name: 'Embedded Malicious Code', description: 'The product contains code that appears to be malicious in nature.' }

type Json = Record<string, unknown>

/** An OSV record for one package of a bulletin. Its id is made of publisher, matter and package; `x_` is the prefix of no database. */
export function osvRecord(bulletin: Bulletin, one: BulletinPackage, publisher: Publisher): Json {
  const { text, title, created, modified, withdrawn, tlp } = bulletin
  return {
    schema_version: SCHEMA, id: osvId(bulletin, one, publisher), published: created.toISOString(), modified: modified.toISOString(),
    ...(withdrawn ? { withdrawn: withdrawn.toISOString() } : {}),
    summary: oneLine(title, 300), details: text,
    affected: [affectedOf(one, true)], ...shared(bulletin, publisher),
    database_specific: { ...iocsOf(bulletin), tlp, cwe_ids: [EMBEDDED_MALICIOUS_CODE.cweId] },
  }
}

export const osvId = ({ key }: Bulletin, { ecosystem, name }: BulletinPackage, { id }: Publisher): string =>
  `x_sluice-${createHash('sha256').update(`${id}\n${key}\n${ecosystem}/${name}`).digest('hex').slice(0, 24)}`

/**
 * A record as OpenSSF's malicious-packages take it (CONTRIBUTING.md): no `id`, no `summary`, one `affected`, someone to credit,
 * nothing in `database_specific` that would be stripped. It becomes public: the caller sees to its TLP.
 */
export function osvSubmission(bulletin: Bulletin, one: BulletinPackage, publisher: Publisher): { path: string; record: Json } {
  const { text, created, modified } = bulletin
  const iocs = iocsOf(bulletin)
  return {
    path: `osv/malicious/${NAMES[one.ecosystem].toLowerCase()}/${one.name}/MAL-0000-${osvId(bulletin, one, publisher).slice(2)}.json`,
    record: {
      schema_version: SCHEMA, published: created.toISOString(), modified: modified.toISOString(),
      details: text, affected: [affectedOf(one, false)], ...shared(bulletin, publisher),
      ...(Object.keys(iocs).length > 0 ? { database_specific: iocs } : {}),
    },
  }
}

/** A record of others as it is stored here: all packages of one id. What was not kept of it (details, credits) is gone. */
export function osvOfAdvisories(all: readonly [ListedAdvisory, ...ListedAdvisory[]]): Json {
  const [first] = all
  const open = all.find(({ withdrawn }) => withdrawn === null)
  const modified = new Date(Math.max(...all.map((one) => one.modified.getTime())))
  // What a newer record no longer names is withdrawn here for that package alone.
  const named = open ? all.filter(({ withdrawn }) => withdrawn === null) : all
  return {
    schema_version: SCHEMA, id: first.id, modified: modified.toISOString(), ...(open ? {} : { withdrawn: (first.withdrawn ?? modified).toISOString() }),
    summary: (open ?? first).summary,
    affected: named.map((one) => affectedOf({ ...one, files: [] }, one.malicious)),
    ...(first.url === null ? {} : { references: [{ type: 'ADVISORY', url: first.url }] }),
    database_specific: { tlp: first.tlp, source: first.source, ...(first.malicious ? { cwe_ids: [EMBEDDED_MALICIOUS_CODE.cweId] } : {}), ...(first.severity === null ? {} : { severity: first.severity.toUpperCase() }) },
  }
}

function shared({ references }: Bulletin, publisher: Publisher): Json {
  return {
    ...(references.length > 0 ? { references: references.map(({ kind, url }) => ({ type: REFERENCES[kind], url })) } : {}),
    credits: [{ name: publisher.name, type: 'FINDER' }],
  }
}

function affectedOf(one: BulletinPackage, withWeakness: boolean): Json {
  const { ecosystem, name, files } = one
  const specific = {
    ...(withWeakness ? { cwes: [EMBEDDED_MALICIOUS_CODE] } : {}),
    ...(files.length > 0 ? { indicators: { package_integrity: files.map((file) => ({ filename: file.name, hashes: { sha256: file.sha256 } })) } } : {}),
  }
  const ranges = one.ranges.length > 0 ? one.ranges : everyVersion(one) ? [{ introduced: '0' }] : []
  return {
    package: { ecosystem: NAMES[ecosystem], name, purl: writePurl(ecosystem, name) },
    ...(ranges.length > 0 ? { ranges: ranges.map((range) => ({ type: ecosystem === 'pypi' ? 'ECOSYSTEM' : 'SEMVER', events: eventsOf(range, ecosystem) })) } : {}),
    ...(one.versions.length > 0 ? { versions: one.versions.map((version) => bare(version, ecosystem)) } : {}),
    ...(Object.keys(specific).length > 0 ? { database_specific: specific } : {}),
  }
}

const eventsOf = ({ introduced, fixed, lastAffected }: Advisory['ranges'][number], ecosystem: EcosystemId): Json[] => [
  { introduced: bare(introduced, ecosystem) },
  ...(fixed === undefined ? [] : [{ fixed: bare(fixed, ecosystem) }]),
  ...(lastAffected === undefined ? [] : [{ last_affected: bare(lastAffected, ecosystem) }]),
]

/** OSV writes Go versions without the `v` that Go itself writes. */
const bare = (version: string, ecosystem: EcosystemId): string => (ecosystem === 'go' ? version.replace(/^v(?=\d)/, '') : version)

function iocsOf({ indicators }: Bulletin): { iocs?: Json } {
  const of = (...types: string[]): string[] => indicators.filter(({ type }) => types.includes(type)).map(({ value }) => value)
  const all = { domains: of('domain', 'onion'), urls: of('url', 'webhook'), ip_addresses: of('ipv4', 'ipv6') }
  const some = Object.fromEntries(Object.entries(all).filter(([, values]) => values.length > 0))
  return Object.keys(some).length > 0 ? { iocs: some } : {}
}
