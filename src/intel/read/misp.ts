import { z } from 'zod'
import { oneLine } from '../../core/text.ts'
import { spellIndicator } from '../indicator.ts'
import type { IndicatorKind } from '../indicator.ts'
import { idIn, listed, readEcosystem, readName, readTime } from '../record.ts'
import type { IntelRecord, Item } from '../record.ts'
import { readTlp, strictest } from '../tlp.ts'
import type { Tlp } from '../tlp.ts'
import { specOf } from './csv.ts'
import type { ListOptions } from './csv.ts'
import { readVersions } from './versions.ts'

/** MISP's core format (draft-dulaunoy-misp-core-format), as far as it is read. Numbers come as text and as numbers. */
const stamp = z.union([z.string().max(40), z.number()]).transform(String).optional()
const tags = z.array(z.object({ name: z.string().max(500) })).max(1_000).optional()
const attribute = z.object({
  uuid: z.string().max(60).optional(), type: z.string().max(100), value: z.string().max(64 * 1024), to_ids: z.boolean().optional(), deleted: z.boolean().optional(),
  comment: z.string().nullish(), timestamp: stamp, object_relation: z.string().max(200).nullish(), Tag: tags,
})
const container = z.object({ name: z.string().max(200), uuid: z.string().max(60).optional(), deleted: z.boolean().optional(), timestamp: stamp, Attribute: z.array(z.unknown()).max(50_000).optional() })
const event = z.object({
  uuid: z.string().max(60), info: z.string(), timestamp: stamp, Tag: tags,
  Attribute: z.array(z.unknown()).max(500_000).optional(), Object: z.array(z.unknown()).max(200_000).optional(),
})
type Attribute = z.output<typeof attribute>

/** Types whose value is an indicator, in the order of the parts of those that are joined by `|`. */
const TYPES: Readonly<Record<string, readonly (IndicatorKind | null)[]>> = {
  domain: ['domain'], hostname: ['domain'], url: ['url'], uri: ['url'], link: [], 'ip-dst': [null], 'ip-src': [null], 'email-src': ['email'], 'email-dst': ['email'], email: ['email'],
  md5: ['md5'], sha1: ['sha1'], sha256: ['sha256'], sha512: ['sha512'], btc: ['wallet'], xmr: ['wallet'],
  'domain|ip': ['domain', null], 'ip-dst|port': [null], 'ip-src|port': [null], 'hostname|port': ['domain'],
  'filename|md5': [null, 'md5'], 'filename|sha1': [null, 'sha1'], 'filename|sha256': [null, 'sha256'], 'filename|sha512': [null, 'sha512'],
}
const REPORT = 'malicious-package-report'

/** The events of a value in MISP's shapes: `{Event}`, a list of those, `{response: […]}`; null: it has none of them. */
export function mispEvents(value: unknown): unknown[] | null {
  if (typeof value !== 'object' || value === null) return null
  if (Array.isArray(value)) return value.length > 0 && value.every((one) => typeof one === 'object' && one !== null && 'Event' in one) ? value.map((one) => (one as { Event: unknown }).Event) : null
  if ('Event' in value) return [value.Event]
  return 'response' in value ? mispEvents(value.response) : null
}

export function* readMisp(raw: unknown, where: string, options: ListOptions): Generator<Item> {
  const read = event.safeParse(raw)
  if (!read.success) return yield { where, problem: `no MISP event: ${read.error.issues[0]?.path.join('.') || 'it'}: ${read.error.issues[0]?.message}`.slice(0, 200) }
  const { uuid, info, Attribute: loose = [], Object: objects = [], Tag: eventTags } = read.data
  const general = tlpOf(eventTags)
  const record: IntelRecord = { where, id: uuid, modified: readTime(read.data.timestamp), advisories: [], indicators: [] }
  for (const [index, one] of loose.entries()) yield* attributes([one], `${where} Attribute[${index}]`, record, { info, general, options, deleted: false })
  for (const [index, one] of objects.entries()) {
    const place = `${where} Object[${index}]`
    const found = container.safeParse(one)
    if (!found.success) {
      yield { where: place, problem: 'no MISP object' }
      continue
    }
    const parts = found.data.Attribute ?? []
    if (found.data.name === REPORT) yield* report(parts, place, record, { info, general, options, deleted: found.data.deleted === true })
    yield* attributes(parts, place, record, { info, general, options, deleted: found.data.deleted === true })
  }
  if (record.advisories.length > 0) yield* record.advisories.map((advisory) => ({ ...record, id: advisory.id, modified: advisory.modified, advisories: [advisory], indicators: [] }))
  if (record.indicators.length > 0) yield { ...record, advisories: [] }
}

interface Around { info: string; general: Tlp | null; options: ListOptions; deleted: boolean }

const tlpOf = (list: z.output<typeof tags>): Tlp | null => (list ?? []).reduce<Tlp | null>((most, { name }) => {
  const tlp = /^tlp:/i.test(name) ? readTlp(name) : null
  return tlp === null ? most : strictest([most, tlp], tlp)
}, null)

function* attributes(all: readonly unknown[], where: string, record: IntelRecord, { info, general, options, deleted }: Around): Generator<Item> {
  for (const raw of all) {
    const read = attribute.safeParse(raw)
    if (!read.success) {
      yield { where, problem: `no MISP attribute: ${read.error.issues[0]?.path.join('.') || 'it'}`.slice(0, 200) }
      continue
    }
    const { type, value, to_ids: detects, comment, timestamp, Tag: own, uuid } = read.data
    const kinds = Object.hasOwn(TYPES, type) ? TYPES[type] as readonly (IndicatorKind | null)[] : []
    // Whoever wrote it says with `to_ids` whether it is there to be searched for, or context.
    if (detects !== true || kinds.length === 0) continue
    const modified = readTime(timestamp) ?? record.modified
    for (const [at, kind] of kinds.entries()) {
      if (type.startsWith('filename|') && at === 0) continue
      const spelled = spellIndicator(type.includes('|') ? value.split('|')[at] ?? '' : value, kind)
      if ('problem' in spelled) yield { where, problem: spelled.problem }
      else {
        record.indicators.push({
          ...spelled, record: uuid ?? record.id, says: oneLine(comment || info, 300), tlp: strictest([tlpOf(own) ?? general], options.tlp), validUntil: null,
          withdrawn: deleted || read.data.deleted === true ? modified ?? new Date() : null, modified,
        })
      }
    }
  }
}

/** The object template `malicious-package-report`, version 4. */
function* report(parts: readonly unknown[], where: string, record: IntelRecord, { info, general, options, deleted }: Around): Generator<Item> {
  const all = parts.flatMap((raw) => {
    const read = attribute.safeParse(raw)
    return read.success && read.data.deleted !== true ? [read.data] : []
  })
  const of = (relation: string): string[] => all.filter((one: Attribute) => one.object_relation === relation).map(({ value }) => value)
  const purl = specOf(of('package-purl')[0] ?? '')
  const ecosystem = purl?.ecosystem ?? readEcosystem(of('ecosystem')[0] ?? '')
  if (!ecosystem) return yield { where, problem: `another ecosystem: ${oneLine(of('ecosystem')[0] ?? 'none', 40)}` }
  const raw = purl?.name ?? of('package-name')[0] ?? ''
  const name = readName(ecosystem, raw)
  if (name === null) return yield { where, problem: `no ${ecosystem} package can be called ${oneLine(raw, 80) || 'nothing'}` }
  const said = [...of('affected-version'), ...of('affected-range')]
  const scope = readVersions(ecosystem, said.length > 0 ? said.join(',') : purl?.version ?? '')
  if (!scope) return yield { where, problem: `unreadable versions: ${oneLine(said.join(', '), 80)}` }
  const modified = readTime(of('report-modified')[0]) ?? record.modified
  const url = of('reference').find((one) => /^https?:\/\/\S+$/.test(one)) ?? null
  record.advisories.push(listed({
    id: oneLine(of('report-id')[0] ?? '', 128) || idIn(options.source, ecosystem, name), ecosystem, name, source: options.source, tlp: strictest([general], options.tlp), url,
    summary: of('analysis')[0] ?? info, ...scope, withdrawn: deleted || of('state')[0] === 'withdrawn' ? modified ?? new Date() : null, ...(modified ? { modified } : {}),
  }))
}
