import { BlockList, isIP } from 'node:net'
import { SluiceError } from '../../../core/errors.ts'
import { abuseContact, entitiesIn } from './contact.ts'
import type { Contact, Entity } from './contact.ts'
import { at, moment, thing, things, words, wordList } from './json.ts'
import type { Thing } from './json.ts'

interface RegistryEvent {
  /** RFC 9083, 10.2.3: registration, expiration, last changed, transfer, … */
  action: string
  /** ISO 8601, UTC. */
  at: string
}

/** What a registry says of a domain (RFC 9083, 5.3). */
export interface DomainRecord {
  name: string
  handle: string | null
  registrar: { name: string | null; ianaId: string | null; url: string | null } | null
  /** Who takes complaints; null: nobody is named. */
  abuse: Contact | null
  registrant: Contact | null
  /** Lower case, as RFC 8056 and 9083 write EPP's: `client hold`, `redemption period`. Sorted. */
  statuses: string[]
  events: RegistryEvent[]
  /** Sorted. */
  nameServers: string[]
  /** Whether the parent zone vouches for it by DNSSEC; null: not said. */
  signed: boolean | null
  /** What is left out on purpose (RFC 9537, or in words). */
  redacted: string[]
  /** What cannot be as it is said. */
  odd: string[]
}

/** What a regional registry says of an address (RFC 9083, 5.4) or of an autonomous system (5.5). */
export interface NetworkRecord {
  /** `192.0.2.0 - 192.0.2.255`, or `AS64500`. */
  range: string
  handle: string | null
  name: string | null
  type: string | null
  parent: string | null
  country: string | null
  holder: Contact | null
  abuse: Contact | null
  statuses: string[]
  events: RegistryEvent[]
  odd: string[]
}

const unfit = (says: string): SluiceError => new SluiceError('upstream-wrong-type', says)

/** Throws `upstream-wrong-type` where it is no domain, or another one. `asked` as DNS has it. */
export function readDomain(value: Thing, asked: string, now: Date): DomainRecord {
  expectClass(value, 'domain')
  const name = nameIn(value)
  if (name !== asked) throw unfit(`the RDAP server was asked about ${asked} and answers about ${name ?? 'nothing with a name'}`)
  const entities = entitiesIn(value)
  const statuses = statusesIn(value)
  const odd: string[] = []
  const events = eventsIn(value, now, odd)
  if (statuses.includes('active') && statuses.some((status) => /hold|pending delete|redemption/.test(status))) odd.push('it says active and on hold at once')
  const secure = at(thing(at(value, 'secureDNS')), 'delegationSigned')
  const registrant = entities.find(({ roles }) => roles.includes('registrant'))?.contact ?? null
  return {
    name, handle: words(at(value, 'handle')), registrar: registrarIn(entities), abuse: abuseContact(entities), registrant, statuses, events,
    nameServers: [...new Set(things(at(value, 'nameservers')).flatMap((server) => words(at(server, 'ldhName'))?.toLowerCase().replace(/\.$/, '') ?? []))].toSorted(),
    signed: typeof secure === 'boolean' ? secure : null, redacted: redactions(value, registrant), odd,
  }
}

/** Throws `upstream-wrong-type` where the network does not hold the address. */
export function readNetwork(value: Thing, asked: string, now: Date): NetworkRecord {
  expectClass(value, 'ip network')
  const [start, end] = [words(at(value, 'startAddress'))?.split('/')[0] ?? '', words(at(value, 'endAddress'))?.split('/')[0] ?? '']
  if (!holds(start, end, asked)) throw unfit(`the RDAP server was asked about ${asked} and answers about ${start || 'nothing'} - ${end}`)
  return { range: `${start} - ${end}`, ...network(value, now) }
}

/** Throws `upstream-wrong-type` where it is another one. */
export function readAutonomous(value: Thing, asked: string, now: Date): NetworkRecord {
  expectClass(value, 'autnum')
  const [start, end] = [Number(at(value, 'startAutnum')), Number(at(value, 'endAutnum'))]
  if (!(start <= Number(asked) && Number(asked) <= end)) throw unfit(`the RDAP server was asked about AS${asked} and answers about others`)
  return { range: start === end ? `AS${start}` : `AS${start} - AS${end}`, ...network(value, now) }
}

function network(value: Thing, now: Date): Omit<NetworkRecord, 'range'> {
  const entities = entitiesIn(value)
  const odd: string[] = []
  return {
    handle: words(at(value, 'handle')), name: words(at(value, 'name')), type: words(at(value, 'type')), parent: words(at(value, 'parentHandle')),
    country: words(at(value, 'country')), holder: entities.find(({ roles }) => roles.includes('registrant'))?.contact ?? entities.find(({ roles }) => roles.includes('administrative'))?.contact ?? null,
    abuse: abuseContact(entities), statuses: statusesIn(value), events: eventsIn(value, now, odd), odd,
  }
}

function expectClass(value: Thing, name: string): void {
  const said = words(at(value, 'objectClassName'))?.toLowerCase()
  if (said !== name) throw unfit(`the RDAP server answers with ${said === undefined ? 'something else' : `a ${said}`} instead of a ${name}`)
}

const nameIn = (value: Thing): string | null => words(at(value, 'ldhName'))?.toLowerCase().replace(/\.$/, '') ?? null

const statusesIn = (value: Thing): string[] =>
  [...new Set(wordList(at(value, 'status')).map((status) => status.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase()))].toSorted()

/** A day of difference between clocks says nothing. */
const AHEAD = 24 * 3_600_000
const PAST = /^(?:registration|reregistration|last changed|transfer|deletion|reinstantiation|locked|unlocked|last update of rdap database)$/

function eventsIn(value: Thing, now: Date, odd: string[]): RegistryEvent[] {
  const events = things(at(value, 'events')).flatMap((one): RegistryEvent[] => {
    const [action, when] = [words(at(one, 'eventAction'))?.toLowerCase(), moment(at(one, 'eventDate'))]
    if (action === undefined || when === null) return []
    if (PAST.test(action) && when.getTime() > now.getTime() + AHEAD) odd.push(`${action} at ${when.toISOString()}, which is yet to come`)
    return [{ action, at: when.toISOString() }]
  }).toSorted((a, b) => (a.at + a.action < b.at + b.action ? -1 : 1))
  const [registered, expires] = ['registration', 'expiration'].map((action) => events.find((one) => one.action === action))
  if (registered && expires && registered.at > expires.at) odd.push('it expires before it was registered')
  return events
}

function registrarIn(entities: readonly Entity[]): DomainRecord['registrar'] {
  const found = entities.find(({ roles }) => roles.includes('registrar'))
  if (!found) return null
  const { contact, publicIds, links, handle } = found
  const url = contact?.urls[0] ?? links.filter((link) => words(at(link, 'rel')) !== 'self').flatMap((link) => words(at(link, 'href')) ?? []).find((href) => /^https?:\/\/[^\s"'<>]+$/.test(href)) ?? null
  return { name: contact?.name ?? contact?.organisation ?? handle, ianaId: publicIds.find(({ type }) => /iana registrar id/i.test(type))?.identifier ?? null, url }
}

const HIDDEN = /redacted|privacy|withheld|not disclosed|data protected/i

function redactions(value: Thing, registrant: Contact | null): string[] {
  const said = things(at(value, 'redacted')).flatMap((one) => {
    const name = thing(at(one, 'name'))
    return words(at(name, 'description')) ?? words(at(name, 'type')) ?? []
  })
  const hidden = registrant !== null && HIDDEN.test(`${registrant.name} ${registrant.organisation}`) ? ['registrant'] : []
  return [...new Set([...said, ...hidden])].slice(0, 50)
}

function holds(start: string, end: string, address: string): boolean {
  const family = isIP(address)
  if (family === 0 || isIP(start) !== family || isIP(end) !== family) return false
  const list = new BlockList()
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  try {
    list.addRange(start, end, kind)
  } catch {
    return false
  }
  return list.check(address, kind)
}
