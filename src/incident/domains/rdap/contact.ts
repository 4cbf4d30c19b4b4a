import { at, list, thing, things, wordList, words } from './json.ts'
import type { Thing } from './json.ts'

/** Somebody, as a jCard (RFC 7095) says. Texts are one line; addresses of mail have the shape of one. */
export interface Contact {
  name: string | null
  organisation: string | null
  emails: string[]
  phones: string[]
  /** Pages to write on (RFC 8605, and `url`). */
  urls: string[]
  /** ISO 3166-1 alpha-2, or the country's name. */
  country: string | null
}

const EMAIL = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)+$/i
const MOST_PROPERTIES = 200
const MOST = 10

/** Reads `vcardArray`; null: there is none that says anything. */
export function readContact(card: unknown): Contact | null {
  const [kind, properties] = list(card)
  if (kind !== 'vcard') return null
  const found: Contact = { name: null, organisation: null, emails: [], phones: [], urls: [], country: null }
  for (const property of list(properties).slice(0, MOST_PROPERTIES)) {
    const [name, parameters, , value] = list(property)
    if (typeof name === 'string') take(found, name.toLowerCase(), thing(parameters), value)
  }
  return found.name === null && found.organisation === null && found.emails.length + found.phones.length + found.urls.length === 0 && found.country === null ? null : found
}

function take(into: Contact, name: string, parameters: Thing | null, value: unknown): void {
  const text = words(Array.isArray(value) ? value.flat().filter((one) => typeof one === 'string').join(', ') : value) ?? ''
  if (name === 'fn') into.name ??= text || null
  else if (name === 'org') into.organisation ??= text || null
  else if (name === 'email' || /^mailto:/i.test(text)) add(into.emails, mailbox(text))
  else if (name === 'tel') add(into.phones, text.replace(/^tel:/i, ''))
  else if (name === 'url' || name === 'contact-uri') add(into.urls, PAGE.test(text) ? text : '')
  else if (name === 'adr') into.country ??= words(at(parameters, 'cc')) ?? words(list(value)[6])
}

const PAGE = /^https?:\/\/[^\s"'<>]+$/i

function mailbox(text: string): string {
  const bare = text.replace(/^mailto:/i, '').replace(/\?.*$/, '').trim()
  return EMAIL.test(bare) ? bare.toLowerCase() : ''
}

function add(all: string[], one: string): void {
  if (one !== '' && all.length < MOST && !all.includes(one)) all.push(one)
}

/** An entity (RFC 9083, 5.1) and the roles in which it stands below its parents. */
export interface Entity {
  roles: string[]
  handle: string | null
  contact: Contact | null
  publicIds: { type: string; identifier: string }[]
  /** Roles of the entities it is below, the nearest last. */
  below: string[][]
  links: Thing[]
}

const DEEPEST = 6
const MOST_ENTITIES = 300

/** All entities of an object, those nested in others too: the abuse contact is usually below the registrar. Bounded. */
export function entitiesIn(object: Thing): Entity[] {
  const found: Entity[] = []
  const visit = (parent: Thing, below: string[][]): void => {
    if (below.length >= DEEPEST) return
    for (const one of things(at(parent, 'entities'))) {
      if (found.length >= MOST_ENTITIES) return
      const roles = wordList(at(one, 'roles')).map((role) => role.toLowerCase())
      found.push({
        roles, below, handle: words(at(one, 'handle')), contact: readContact(at(one, 'vcardArray')), links: things(at(one, 'links')),
        publicIds: things(at(one, 'publicIds')).map((id) => ({ type: words(at(id, 'type')) ?? '', identifier: words(at(id, 'identifier')) ?? '' })),
      })
      visit(one, [...below, roles])
    }
  }
  visit(object, [])
  return found
}

/** Who takes complaints: the registrar's abuse desk before anybody else's, one with an address before one without. */
export function abuseContact(entities: readonly Entity[]): Contact | null {
  const desks = entities.filter(({ roles, contact }) => roles.includes('abuse') && contact !== null)
  const rank = ({ below, contact }: Entity): number => (contact?.emails.length ? 0 : 2) + (below.some((roles) => roles.includes('registrar')) ? 0 : 1)
  return desks.toSorted((a, b) => rank(a) - rank(b))[0]?.contact ?? null
}
