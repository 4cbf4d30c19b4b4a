import { createHash } from 'node:crypto'
import { oneLine } from '../../core/text.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { Bulletin, BulletinIndicator, BulletinPackage, Publisher } from '../bulletin.ts'
import type { Tlp } from '../tlp.ts'
import { osvId } from './osv.ts'
import { writePurl } from './purl.ts'
import { OWN_NAMESPACE, uuid5 } from './uuid.ts'

const NAMES: Readonly<Record<EcosystemId, string>> = { npm: 'npm', pypi: 'PyPI', go: 'Go' }
/** The object template `malicious-package-report` (misp-objects). */
const TEMPLATE = { name: 'malicious-package-report', 'meta-category': 'misc', template_uuid: '2f8a8711-6ef8-4a9d-89de-f547670573cb', template_version: '4' }
/** MISP's taxonomy `tlp` gives the colours. */
const COLOURS: Readonly<Record<Tlp, string>> = { clear: '#FFFFFF', green: '#33FF00', amber: '#FFC000', 'amber+strict': '#FFC000', red: '#FF2B2B' }
/** How far MISP hands it on by itself: 3 all communities, 1 this community, 0 this organisation. */
const DISTRIBUTION: Readonly<Record<Tlp, string>> = { clear: '3', green: '1', amber: '0', 'amber+strict': '0', red: '0' }
const TYPES: Readonly<Record<BulletinIndicator['type'], readonly [type: string, category: string]>> = {
  domain: ['domain', 'Network activity'], onion: ['domain', 'Network activity'], url: ['url', 'Network activity'], webhook: ['url', 'Network activity'],
  ipv4: ['ip-dst', 'Network activity'], ipv6: ['ip-dst', 'Network activity'], email: ['email', 'Network activity'], wallet: ['text', 'Financial fraud'], 'bot-token': ['text', 'Other'],
  md5: ['md5', 'Payload delivery'], sha1: ['sha1', 'Payload delivery'], sha256: ['sha256', 'Payload delivery'], sha512: ['sha512', 'Payload delivery'],
}

interface Attribute { uuid: string; type: string; category: string; value: string; to_ids: boolean; comment: string; timestamp: string; distribution: string; disable_correlation: boolean; deleted: boolean; object_relation?: string }
export interface MispEvent { Event: { uuid: string; info: string; timestamp: string; date: string; Attribute: Attribute[] } & Record<string, unknown> }

/** One event of MISP's core format (draft-dulaunoy-misp-core-format). */
export function mispEvent(bulletin: Bulletin, publisher: Publisher): MispEvent {
  const { key, title, tlp, created, modified, withdrawn, packages, indicators, text } = bulletin
  const timestamp = seconds(modified)
  const idOf = (of: string): string => uuid5(OWN_NAMESPACE, `${publisher.id}\nmisp\n${key}\n${of}`)
  const attribute = (of: string, type: string, category: string, value: string, more: Partial<Attribute> = {}): Attribute => ({
    uuid: idOf(`${of} ${type} ${value}`), type, category, value: value.toWellFormed(), to_ids: false, comment: '', timestamp, distribution: '5', disable_correlation: false, deleted: withdrawn !== null, ...more,
  })
  const org = { name: publisher.name, uuid: uuid5(OWN_NAMESPACE, publisher.id) }
  return {
    Event: {
      uuid: idOf('event'), info: oneLine(title, 300) || key, date: created.toISOString().slice(0, 10), timestamp, publish_timestamp: timestamp,
      threat_level_id: '1', analysis: '2', published: true, distribution: DISTRIBUTION[tlp], Orgc: org,
      Tag: [{ name: `tlp:${tlp}`, colour: COLOURS[tlp], exportable: true }],
      Attribute: [
        attribute('', 'comment', 'Internal reference', oneLine(text, 4_000) || key, { disable_correlation: true }),
        ...indicators.map(({ type, value, says }) => attribute('', TYPES[type][0], TYPES[type][1], value, { to_ids: TYPES[type][0] !== 'text', comment: oneLine(says, 300) })),
      ],
      Object: packages.map((one) => report(bulletin, one, { publisher, idOf, attribute })),
    },
  }
}

interface Making {
  publisher: Publisher
  idOf: (of: string) => string
  attribute: (of: string, type: string, category: string, value: string, more?: Partial<Attribute>) => Attribute
}

function report(bulletin: Bulletin, one: BulletinPackage, { publisher, idOf, attribute }: Making): Record<string, unknown> {
  const of = `${one.ecosystem}/${one.name}`
  const part = (relation: string, type: string, value: string, more: Partial<Attribute> = {}): Attribute =>
    attribute(`${of} ${relation}`, type, type === 'sha256' ? 'Payload delivery' : type === 'link' ? 'External analysis' : 'Other', value, { object_relation: relation, disable_correlation: true, ...more })
  const ranges = one.ranges.map(({ introduced, fixed, lastAffected }) => `>=${introduced}${fixed === undefined ? lastAffected === undefined ? '' : ` <=${lastAffected}` : ` <${fixed}`}`)
  return {
    ...TEMPLATE, uuid: idOf(`object ${of}`), description: '', timestamp: seconds(bulletin.modified), distribution: '5', comment: '', deleted: bulletin.withdrawn !== null,
    Attribute: [
      part('package-name', 'text', one.name, { disable_correlation: false }), part('ecosystem', 'text', NAMES[one.ecosystem]),
      part('package-purl', 'text', writePurl(one.ecosystem, one.name), { disable_correlation: false }),
      part('report-id', 'text', osvId(bulletin, one, publisher), { disable_correlation: false }), part('report-modified', 'datetime', bulletin.modified.toISOString()),
      part('state', 'text', bulletin.withdrawn ? 'withdrawn' : 'active'), part('analysis', 'text', oneLine(bulletin.text, 4_000) || oneLine(bulletin.title, 300)),
      part('credit', 'text', publisher.name), part('credit-role', 'text', 'FINDER'),
      ...one.versions.map((version) => part('affected-version', 'text', version, { disable_correlation: false })),
      ...ranges.map((range) => part('affected-range', 'text', range)),
      ...bulletin.references.map(({ url }) => part('reference', 'link', url)),
      ...one.files.map(({ sha256, name }) => part('origin-sha256', 'sha256', sha256, { to_ids: true, disable_correlation: false, comment: oneLine(name, 300) })),
    ],
  }
}

/** A static feed: `manifest.json`, `hashes.csv`, and a file for each event. */
export function* mispFeed(bulletins: readonly Bulletin[], publisher: Publisher): Generator<{ path: string; text: string }> {
  const manifest: Record<string, unknown> = {}
  const hashes: string[] = []
  for (const bulletin of bulletins) {
    const event = mispEvent(bulletin, publisher)
    const { uuid, info, timestamp, date, analysis, threat_level_id, Orgc, Tag } = event.Event
    const text = JSON.stringify(event)
    manifest[uuid] = { info, Orgc, analysis, timestamp, date, threat_level_id, Tag, 'integrity:sha256': createHash('sha256').update(text).digest('hex') }
    for (const value of valuesOf(event)) hashes.push(`${createHash('md5').update(value).digest('hex')},${uuid}\n`)
    yield { path: `${uuid}.json`, text }
  }
  yield { path: 'manifest.json', text: JSON.stringify(manifest) }
  yield { path: 'hashes.csv', text: hashes.join('') }
}

/** What MISP correlates: of values in two parts each part, too. */
function valuesOf({ Event: { Attribute: loose, Object: objects } }: MispEvent): string[] {
  const all = [...loose, ...(objects as { Attribute: Attribute[] }[]).flatMap((one) => one.Attribute)]
  return [...new Set(all.filter((one) => !one.disable_correlation).map(({ value }) => value))]
}

const seconds = (time: Date): string => String(Math.floor(time.getTime() / 1_000))
