import { sql } from 'kysely'
import type { Kysely, Selectable } from 'kysely'
import type { Tables } from '../ports/database.ts'
import type { JudgedFacts } from './facts.ts'
import { domainsAbove, hostInUrl, networkOf, networksOf, sameUrl } from './keys.ts'
import { hashTerm, indicatorTerm, networkTerm } from './terms.ts'
import type { Term } from './terms.ts'

export type KnownRow = Selectable<Tables['known_indicators']>
export type Family = 'host' | 'address' | 'url' | 'email' | 'hash' | 'other'

/** Networks wider than these are no indicator of anybody. */
export const WIDEST = { 4: 16, 6: 32 }
const VALUES = 400

/** Sources write kinds in words of their own (STIX, MISP, CSV). */
export function familyOf(type: string): Family {
  if (/^(?:domain|host|fqdn|onion)/.test(type)) return 'host'
  if (/^(?:ip(?!fs)|cidr)/.test(type)) return 'address'
  if (/^(?:url|uri|link|webhook)/.test(type)) return 'url'
  if (/^e-?mail/.test(type)) return 'email'
  return /^(?:sha|md5|hash|file)/.test(type) ? 'hash' : 'other'
}

/** In force now: not withdrawn, and not at its end. */
export const inForce = ({ withdrawn, valid_until }: Pick<KnownRow, 'withdrawn' | 'valid_until'>, now: number): boolean =>
  withdrawn === null && (valid_until === null || Number(valid_until) > now)

/**
 * The indicators in force that a judged file carries, each once for every source that names it. Also what is too common to hold
 * anything for it: whoever asks looks at that.
 */
export async function knownAmong(query: Kysely<Tables>, facts: JudgedFacts, now: number): Promise<KnownRow[]> {
  const wanted = carriedValues(facts)
  const values = [...wanted.keys()]
  const found: KnownRow[] = []
  for (let from = 0; from < values.length; from += VALUES) {
    const rows = await query.selectFrom('known_indicators').selectAll().where('value', 'in', values.slice(from, from + VALUES)).where('withdrawn', 'is', null).execute()
    found.push(...rows.filter((row) => wanted.get(row.value)?.has(familyOf(row.type)) === true))
  }
  const files = [...new Set(Object.values(facts.profile?.code ?? {}))]
  for (let from = 0; from < files.length; from += VALUES) {
    // Of files the beginning of their SHA-256 is kept; the index on it is for values of this length.
    found.push(...await query.selectFrom('known_indicators').selectAll()
      .where(sql<string>`substr(value, 1, 16)`, 'in', files.slice(from, from + VALUES)).where(sql<boolean>`length(value) = 64`).where('withdrawn', 'is', null).execute())
  }
  return [...new Map(found.filter((row) => inForce(row, now)).map((row) => [Number(row.seq), row])).values()]
}

/** Every value by which somebody may know what a file carries, with what kind of thing it is. */
function carriedValues({ indicators, hashes }: JudgedFacts): Map<string, Set<Family>> {
  const wanted = new Map<string, Set<Family>>()
  const add = (value: string, family: Family): void => {
    const known = wanted.get(value)
    if (known) known.add(family)
    else wanted.set(value, new Set([family]))
  }
  const addHost = (host: string): void => {
    if (networkOf(host)) for (const one of networksOf(host, WIDEST)) add(one, 'address')
    else for (const one of domainsAbove(host)) add(one, 'host')
  }
  for (const hex of Object.values(hashes)) add(hex, 'hash')
  for (const { type, value } of indicators) {
    if (type === 'url' || type === 'webhook') {
      const same = sameUrl(value)
      for (const one of [value, same, `${same}/`, same.toLowerCase(), `${same.toLowerCase()}/`]) add(one, 'url')
      const host = hostInUrl(value)
      if (host !== null) addHost(host)
    } else if (type === 'email') {
      const lower = value.toLowerCase()
      for (const one of [value, lower]) add(one, 'email')
      addHost(lower.slice(lower.lastIndexOf('@') + 1))
    } else if (type === 'domain' || type === 'onion' || type === 'ipv4' || type === 'ipv6') addHost(value)
    // A file that lists digests of others is no copy of them.
    else if (type !== 'hash') for (const one of [value, value.toLowerCase()]) add(one, 'other')
  }
  return wanted
}

/** How files that carry an indicator are found; null: it is nothing that files are found by. */
export function termOf(type: string, value: string): Term | null {
  switch (familyOf(type)) {
    case 'host': return indicatorTerm([`domain:${value}`, `mail:${value}`])
    case 'url': return indicatorTerm([`url:${sameUrl(value)}`])
    case 'email': return indicatorTerm([value.startsWith('@') ? `mail:${value.slice(1)}` : `email:${value.toLowerCase()}`])
    case 'hash': return hashTerm(value)
    case 'other': return indicatorTerm([`wallet:${value}`, `bot-token:${value}`])
    case 'address': {
      const network = networkOf(value)
      return network && network.length >= WIDEST[network.family] ? networkTerm(network) : null
    }
  }
}
