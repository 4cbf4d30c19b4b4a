import { startHttp } from './http.ts'
import type { FakeServer } from './http.ts'

/** How a server misbehaves about one name. */
export type RdapTrouble = 'lies' | 'loops' | 'web page' | 'drips' | 'limits' | 'limits until a date' | 'is down' | 'is endless' | 'nests' | 'sends inside' | 'is no domain'

export interface FakeDomain {
  registrar?: string
  ianaId?: string
  /** Where complaints go; null: no abuse entity. */
  abuse?: string | null
  statuses?: string[]
  /** `{action: ISO date}`. */
  events?: Record<string, string>
  nameServers?: string[]
  registrant?: string
  /** The registrar's own server has it, too, with the abuse contact. */
  registrarKnows?: boolean
  /** RFC 9537: what is left out. */
  redacted?: string[]
  trouble?: RdapTrouble
  registrarTrouble?: RdapTrouble
}

export interface FakeRdap extends FakeServer {
  /** What the operator would configure: where the lists are. */
  lists: string
  domains: Map<string, FakeDomain>
  /** Networks by any address in them, as the server is asked. */
  networks: Map<string, Record<string, unknown>>
}

/** IANA's lists, a registry, a registrar's server and a regional registry, at one loopback address. */
export async function startRdap(): Promise<FakeRdap> {
  const domains = new Map<string, FakeDomain>()
  const networks = new Map<string, Record<string, unknown>>()
  const server = await startHttp(({ path }, response) => {
    const json = (value: unknown, status = 200): void => void response.writeHead(status, { 'content-type': 'application/rdap+json' }).end(JSON.stringify(value))
    const list = /^\/lists\/(dns|ipv4|ipv6|asn)\.json$/.exec(path)?.[1]
    if (list !== undefined) return json({ version: '1.0', publication: '2024-03-01T00:00:00Z', services: [[ENDINGS[list], [`${server.url}registry/`]]] })
    const asked = /^\/(registry|registrar)\/(domain|ip|autnum)\/(.+)$/.exec(path)
    if (!asked) return json({ errorCode: 404 }, 404)
    const [, who, kind, name = ''] = asked
    if (kind !== 'domain') {
      const found = networks.get(decodeURIComponent(name))
      return found ? json(found) : json({ errorCode: 404 }, 404)
    }
    const domain = domains.get(name)
    if (!domain || (who === 'registrar' && !domain.registrarKnows)) return json({ errorCode: 404, title: 'not found' }, 404)
    const trouble = who === 'registrar' ? domain.registrarTrouble : domain.trouble
    switch (trouble) {
      case undefined: return json(shape(name, domain, { who: who as 'registry', url: server.url }))
      case 'lies': return json(shape('another.example', domain, { who: 'registry', url: server.url }))
      case 'loops': return void response.writeHead(302, { location: path }).end()
      case 'sends inside': return void response.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data/' }).end()
      case 'web page': return void response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>WHOIS</title>')
      case 'drips': return void response.writeHead(200, { 'content-type': 'application/rdap+json' }).write('{"objectClassName"')
      case 'limits': return void response.writeHead(429, { 'retry-after': '120' }).end()
      case 'limits until a date': return void response.writeHead(429, { 'retry-after': 'Tue, 12 Mar 2024 10:00:00 GMT' }).end()
      case 'is down': return json({ errorCode: 500 }, 500)
      case 'is endless': return void response.writeHead(200, { 'content-type': 'application/rdap+json' }).end(`{"a":"${'x'.repeat(2_000_000)}"}`)
      case 'nests': return void response.writeHead(200, { 'content-type': 'application/rdap+json' }).end(nested(name))
      case 'is no domain': return json({ objectClassName: 'nameserver', ldhName: name })
    }
  })
  return { ...server, lists: `${server.url}lists/`, domains, networks }
}

const ENDINGS: Readonly<Record<string, string[]>> = { dns: ['example', 'test'], ipv4: ['192.0.2.0/24', '198.51.100.0/24'], ipv6: ['2001:db8::/32'], asn: ['64496-64511'] }

/** As registries write it (RFC 9083, 5.3): the abuse desk below the registrar. */
function shape(name: string, { registrar = 'Registrar Example', ianaId = '9999', abuse = 'abuse@registrar.example', ...domain }: FakeDomain, { who, url }: { who: 'registry' | 'registrar'; url: string }): unknown {
  const desk = abuse === null || (domain.registrarKnows && who === 'registry') ? [] : [{ objectClassName: 'entity', roles: ['abuse'], vcardArray: card('Abuse Desk', abuse) }]
  return {
    objectClassName: 'domain', ldhName: name.toUpperCase(), handle: `${name}-ID`, status: domain.statuses ?? ['client transfer prohibited'],
    events: Object.entries(domain.events ?? { registration: '2024-03-01T10:00:00Z', expiration: '2025-03-01T10:00:00Z' }).map(([eventAction, eventDate]) => ({ eventAction, eventDate })),
    nameservers: (domain.nameServers ?? ['ns1.host.example', 'ns2.host.example']).map((ldhName) => ({ objectClassName: 'nameserver', ldhName })), secureDNS: { delegationSigned: false },
    entities: [
      { objectClassName: 'entity', handle: ianaId, roles: ['registrar'], publicIds: [{ type: 'IANA Registrar ID', identifier: ianaId }], vcardArray: card(registrar, null), entities: desk },
      ...(domain.registrant === undefined ? [] : [{ objectClassName: 'entity', roles: ['registrant'], vcardArray: card(domain.registrant, null) }]),
    ],
    redacted: (domain.redacted ?? []).map((description) => ({ name: { description }, method: 'removal' })),
    links: domain.registrarKnows && who === 'registry' ? [{ rel: 'related', type: 'application/rdap+json', href: `${url}registrar/domain/${name}` }] : [],
  }
}

const card = (name: string, email: string | null): unknown =>
  ['vcard', [['version', {}, 'text', '4.0'], ['fn', {}, 'text', name], ...(email === null ? [] : [['email', { type: 'work' }, 'text', email], ['tel', { type: 'voice' }, 'uri', 'tel:+1.5555551234']])]]

function nested(name: string): string {
  const depth = 20_000
  return `{"objectClassName":"domain","ldhName":"${name}","entities":${'[{"roles":["x"],"entities":'.repeat(depth)}[]${'}]'.repeat(depth)}}`
}
