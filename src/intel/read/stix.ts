import { z } from 'zod'
import { oneLine } from '../../core/text.ts'
import { spellIndicator } from '../indicator.ts'
import type { IndicatorKind, ListedIndicator } from '../indicator.ts'
import { listed, readName, readTime } from '../record.ts'
import type { IntelRecord, Item } from '../record.ts'
import { readTlp, strictest } from '../tlp.ts'
import type { Tlp } from '../tlp.ts'
import { specOf } from './csv.ts'
import type { ListOptions } from './csv.ts'
import { readPattern } from './stix-pattern.ts'
import { readVersions } from './versions.ts'

/** TLP's marking-definitions have fixed ids: those of TLP 1.0 (STIX 2.1, 7.2.1.4) and of 2.0 (OASIS, cti-stix-common-objects). */
const TLP_MARKINGS: Readonly<Record<string, Tlp>> = {
  'marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9': 'clear', 'marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da': 'green',
  'marking-definition--f88d31f6-486f-44da-b317-01333bde0b82': 'amber', 'marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed': 'red',
  'marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487': 'clear', 'marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb': 'green',
  'marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421': 'amber', 'marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003': 'amber+strict',
  'marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1': 'red',
}

const id = z.string().max(300).regex(/^[a-z0-9-]+--[0-9a-f-]{36}$/i)
const text = z.string().transform((raw) => raw.slice(0, 20_000))
const refs = z.array(z.string().max(300)).max(50_000)
const object = z.object({
  type: z.string().max(100), id,
  modified: z.string().max(60).optional(), valid_until: z.string().max(60).optional(), revoked: z.boolean().optional(),
  name: text.optional(), description: text.optional(), version: z.string().max(300).optional(),
  pattern: z.string().optional(), pattern_type: z.string().max(60).optional(), indicator_types: z.array(z.string()).optional(),
  object_marking_refs: refs.optional(), sample_refs: refs.optional(), object_refs: refs.optional(),
  relationship_type: z.string().max(100).optional(), source_ref: z.string().max(300).optional(), target_ref: z.string().max(300).optional(),
  external_references: z.array(z.object({ source_name: z.string().max(300), external_id: z.string().max(2_000).optional(), url: z.string().max(4_000).optional() })).max(5_000).optional(),
  value: z.string().max(8_000).optional(), hashes: z.record(z.string(), z.string().max(300)).optional(),
  definition_type: z.string().max(60).optional(), definition: z.unknown().optional(), extensions: z.record(z.string(), z.unknown()).optional(),
})
type StixObject = z.output<typeof object>

export const isStix = (value: unknown): value is { objects?: unknown } =>
  typeof value === 'object' && value !== null && 'type' in value && value.type === 'bundle' && 'id' in value && String(value.id).startsWith('bundle--')

const OBSERVABLES: Readonly<Record<string, IndicatorKind>> = {
  'domain-name': 'domain', url: 'url', 'ipv4-addr': 'ipv4', 'ipv6-addr': 'ipv6', 'email-addr': 'email', 'cryptocurrency-wallet': 'wallet',
}
const HASH_NAMES: Readonly<Record<string, IndicatorKind>> = { md5: 'md5', 'sha-1': 'sha1', sha1: 'sha1', 'sha-256': 'sha256', sha256: 'sha256', 'sha-512': 'sha512', sha512: 'sha512' }
/** Objects that are bad by what they are: what they are tied to is. */
const BAD = new Set(['malware', 'infrastructure', 'indicator', 'campaign', 'intrusion-set', 'threat-actor'])

/** A bundle of STIX 2.1 (or 2.0): indicators by their patterns, observables and software that are tied to something bad. */
export function* readStix(bundle: { objects?: unknown }, file: string, { source, tlp: usual }: ListOptions): Generator<Item> {
  const objects = new Map<string, { where: string; object: StixObject }>()
  for (const [index, raw] of (Array.isArray(bundle.objects) ? bundle.objects : []).entries()) {
    const where = `${file} objects[${index}]`
    const read = object.safeParse(raw)
    if (!read.success) yield { where, problem: `no STIX object: ${read.error.issues[0]?.path.join('.') || 'it'}: ${read.error.issues[0]?.message}`.slice(0, 200) }
    else {
      const before = objects.get(read.data.id)
      if (!before || (before.object.modified ?? '') <= (read.data.modified ?? '')) objects.set(read.data.id, { where, object: read.data })
    }
  }
  const bad = tiedToBad([...objects.values()].map((one) => one.object))
  const told = new Set([...objects.values()].flatMap(({ object: one }) => (BAD.has(one.type) ? purlsOf(one) : [])))
  const tlpOf = (one: StixObject): Tlp => strictest((one.object_marking_refs ?? []).map((ref) => markingOf(ref, objects.get(ref)?.object)), usual)
  for (const { where, object: one } of objects.values()) {
    const modified = readTime(one.modified)
    const withdrawn = one.revoked ? modified ?? new Date() : null
    const common = { tlp: tlpOf(one), withdrawn, says: oneLine(one.name ?? one.description ?? bad.get(one.id) ?? '', 300), modified, validUntil: readTime(one.valid_until), record: one.id }
    const record: IntelRecord = { where, id: one.id, modified, advisories: [], indicators: [] }
    const found = one.type === 'indicator' ? valuesOf(one) : bad.has(one.id) ? observed(one) : []
    if ('problem' in found) {
      yield { where, problem: found.problem }
      continue
    }
    for (const { value, kind } of found) {
      const spelled = spellIndicator(value, kind)
      if ('problem' in spelled) yield { where, problem: spelled.problem }
      else record.indicators.push({ ...spelled, ...common } satisfies ListedIndicator)
    }
    const isBad = BAD.has(one.type)
    for (const purl of isBad || bad.has(one.id) ? purlsOf(one) : []) {
      // The software of a malware object that names it, too.
      if (!isBad && told.has(purl)) continue
      const problem = addPackage(record.advisories, purl, { one, common, source })
      if (problem !== null) yield { where, problem }
    }
    if (record.advisories.length + record.indicators.length > 0) yield { ...record, id: record.advisories.length > 0 ? `x_${one.id}`.slice(0, 128) : record.id }
  }
}

interface About { one: StixObject; common: { tlp: Tlp; withdrawn: Date | null; says: string; modified: Date | null }; source: string }

/** A package once, with all versions that the object names; what is wrong with the URL, or null. */
function addPackage(advisories: IntelRecord['advisories'], purl: string, { one, common, source }: About): string | null {
  const spec = specOf(purl)
  const name = spec && readName(spec.ecosystem, spec.name)
  const scope = spec && readVersions(spec.ecosystem, spec.version ?? (one.type === 'software' ? one.version ?? '' : ''))
  if (!spec || name === null || !scope) return `another kind of package, or no package URL: ${oneLine(purl, 80)}`
  const { tlp, withdrawn, says: summary, modified } = common
  const at = advisories.findIndex((advisory) => advisory.ecosystem === spec.ecosystem && advisory.name === name)
  const before = advisories[at]
  if (before) advisories[at] = { ...before, versions: [...before.versions, ...scope.versions], ranges: [...before.ranges, ...scope.ranges] }
  else advisories.push(listed({ id: `x_${one.id}`.slice(0, 128), ecosystem: spec.ecosystem, name, source, tlp, withdrawn, summary, ...scope, ...(modified ? { modified } : {}) }))
  return null
}

function markingOf(ref: string, marking: StixObject | undefined): Tlp | null {
  const fixed = TLP_MARKINGS[ref]
  if (fixed) return fixed
  const said = marking?.extensions ? Object.values(marking.extensions).flatMap((one) => (typeof one === 'object' && one !== null && 'tlp_2_0' in one ? [String(one.tlp_2_0)] : []))[0] : undefined
  const old = marking?.definition_type === 'tlp' && typeof marking.definition === 'object' && marking.definition !== null && 'tlp' in marking.definition ? String(marking.definition.tlp) : undefined
  return said !== undefined || old !== undefined ? readTlp(`tlp:${said ?? old}`) : /^TLP:/i.test(marking?.name ?? '') ? readTlp(marking?.name ?? '') : null
}

/** Observables and software that a relationship, a sample or an indicator's base ties to something bad, and to what by name. */
function tiedToBad(objects: readonly StixObject[]): Map<string, string> {
  const names = new Map(objects.map((one) => [one.id, one.name ?? one.type]))
  const isBad = (ref: string): boolean => BAD.has(ref.split('--')[0] as string)
  const tied = new Map<string, string>()
  for (const one of objects) {
    if (one.type === 'malware') for (const ref of one.sample_refs ?? []) tied.set(ref, names.get(one.id) ?? 'malware')
    const { source_ref: from, target_ref: to } = one
    if (one.type !== 'relationship' || one.revoked || from === undefined || to === undefined || /^(?:targets|mitigates|remediates|duplicate-of)$/.test(one.relationship_type ?? '')) continue
    if (isBad(from) && !isBad(to)) tied.set(to, names.get(from) ?? from.split('--')[0] as string)
    if (isBad(to) && !isBad(from)) tied.set(from, names.get(to) ?? to.split('--')[0] as string)
  }
  return tied
}

type Values = { value: string; kind: IndicatorKind | null }[] | { problem: string }

function valuesOf({ pattern, pattern_type: type = 'stix', indicator_types: types }: StixObject): Values {
  if (pattern === undefined) return { problem: 'an indicator without a pattern' }
  if (type !== 'stix') return { problem: `a pattern of ${oneLine(type, 40)}` }
  if (types?.length === 1 && types[0] === 'benign') return { problem: 'an indicator of what is benign' }
  const read = readPattern(pattern)
  if ('problem' in read) return read
  return read.any.map(({ object: of, path, value }) => ({ value, kind: of === 'file' || of === 'artifact' ? HASH_NAMES[path.replace(/^hashes\./, '').toLowerCase()] ?? null : OBSERVABLES[of] ?? null }))
}

const observed = (one: StixObject): { value: string; kind: IndicatorKind | null }[] => {
  const kind = OBSERVABLES[one.type]
  if (kind && one.value !== undefined) return [{ value: one.value, kind }]
  if (one.type !== 'file' && one.type !== 'artifact') return []
  return Object.entries(one.hashes ?? {}).flatMap(([name, value]) => (Object.hasOwn(HASH_NAMES, name.toLowerCase()) ? [{ value, kind: HASH_NAMES[name.toLowerCase()] ?? null }] : []))
}

/** STIX has no place for package URLs; they are put where other names of a thing are. */
const purlsOf = ({ external_references: references = [] }: StixObject): string[] =>
  references.flatMap(({ external_id: id, url }) => [id, url].flatMap((one) => (one !== undefined && /^pkg:/i.test(one) ? [one] : [])).slice(0, 1))
