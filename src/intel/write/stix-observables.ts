import type { BulletinIndicator } from '../bulletin.ts'
import { STIX_NAMESPACE, uuid5 } from './uuid.ts'

export interface StixObject extends Record<string, unknown> {
  type: string
  id: string
}

const TYPES: Partial<Record<BulletinIndicator['type'], string>> = {
  domain: 'domain-name', onion: 'domain-name', url: 'url', webhook: 'url', ipv4: 'ipv4-addr', ipv6: 'ipv6-addr', email: 'email-addr',
}
const HASHES: Partial<Record<BulletinIndicator['type'], string>> = { md5: 'MD5', sha1: 'SHA-1', sha256: 'SHA-256', sha512: 'SHA-512' }

/** An observable whose id is made of what it is (STIX 2.1, 2.9): `contributing` in canonical JSON (RFC 8785). */
function observable(type: string, contributing: Readonly<Record<string, string | Readonly<Record<string, string>>>>, more: Record<string, unknown> = {}): StixObject {
  return { type, spec_version: '2.1', id: `${type}--${uuid5(STIX_NAMESPACE, canonical(contributing))}`, ...contributing, ...more }
}

/** RFC 8785 for what ids are made of: strings, and one level of objects. */
function canonical(value: string | Readonly<Record<string, unknown>>): string {
  if (typeof value === 'string') return JSON.stringify(value.toWellFormed())
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => `${JSON.stringify(key)}:${canonical(inner as string)}`)
  return `{${members.join(',')}}`
}

/** RFC 3986 knows fewer characters than people put into addresses. */
const uri = (value: string): string => value.toWellFormed().replace(/[^\w.~:/?#[\]@!$&'()*+,;=%-]|%(?![0-9a-f]{2})/giu, (sign) => encodeURIComponent(sign))

/** null: STIX has no observable for it (wallets, tokens). */
export function observed({ type, value }: Pick<BulletinIndicator, 'type' | 'value'>): StixObject | null {
  const hash = HASHES[type]
  if (hash) return observable('file', { hashes: { [hash]: value } })
  const kind = TYPES[type]
  return kind ? observable(kind, { value: kind === 'url' ? uri(value) : value }) : null
}

export const fileObject = (name: string, sha256: string): StixObject => observable('file', { hashes: { 'SHA-256': sha256 }, name })

export function softwareObject(name: string, version: string | null, purl: string): StixObject {
  return observable('software', { name, ...(version === null ? {} : { version }) }, { external_references: [{ source_name: 'purl', external_id: purl }] })
}

/** A pattern that says exactly this value; null as in `observed`. */
export function patternOf({ type, value }: Pick<BulletinIndicator, 'type' | 'value'>): string | null {
  const quoted = `'${value.replace(/['\\]/g, (sign) => `\\${sign}`)}'`
  const hash = HASHES[type]
  if (hash) return `[file:hashes.'${hash}' = ${quoted}]`
  const kind = TYPES[type]
  return kind ? `[${kind}:value = ${quoted}]` : null
}
