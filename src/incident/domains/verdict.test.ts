import { describe, expect, it } from 'vitest'
import type { DnsAnswer } from '../../ports/resolver.ts'
import type { DnsFacts, RegistrationFacts } from './facts.ts'
import type { DomainRecord } from './rdap/records.ts'
import { stateOf } from './verdict.ts'

const found = (...records: string[]): DnsAnswer => ({ outcome: 'found', records, why: null })
const no = (outcome: 'no-data' | 'no-name'): DnsAnswer => ({ outcome, records: [], why: null })
const failed: DnsAnswer = { outcome: 'failed', records: [], why: 'the name servers fail (SERVFAIL)' }
const dns = (host: DnsFacts['host'], domain: DnsFacts['domain']): DnsFacts => ({ host, domain, wildcard: null })
const rdap = (changes: Partial<DomainRecord> = {}): RegistrationFacts => ({ outcome: 'found', kind: 'domain', servers: [], problems: [], record: {
  name: 'evil.example', handle: null, registrar: null, abuse: null, registrant: null, statuses: [], events: [], nameServers: ['ns1.host.example'], signed: null, redacted: [], odd: [], ...changes } })
const absent: RegistrationFacts = { outcome: 'absent', servers: [], problems: [] }
const unanswered: RegistrationFacts = { outcome: 'unanswered', why: 'it answers 500', servers: [], problems: [] }
const NS = found('ns1.host.example')
const GONE = dns({ A: no('no-name') }, { NS: no('no-name') })
const ALIVE = dns({ A: found('198.51.100.7') }, { NS })

describe('down, for a reason that is seen', () => it.each([
  ['on hold by the registrar', rdap({ statuses: ['client hold'] }), GONE, 'it is in the state "client hold"'], ['on hold by the registry', rdap({ statuses: ['server hold'] }), dns({ A: failed }, { NS: failed }), '"server hold"'],
  ['in redemption', rdap({ statuses: ['redemption period'] }), null, '"redemption period"'], ['without name servers', rdap({ nameServers: [] }), GONE, 'has no name servers'],
  ['not registered', absent, GONE, 'is not registered'], ['not in DNS, whatever the registry says', rdap(), GONE, 'NXDOMAIN'], ['not in DNS, and the registry is silent', unanswered, GONE, 'NXDOMAIN'],
  ['a host without its domain', rdap(), dns({ A: no('no-name') }, { NS }), 'its domain is still there'], ['sinkholed', rdap(), dns({ A: found('198.51.100.7') }, { NS: found('ns1.sinkhole.shadowserver.org') }), 'taken over'],
] as const)('%s', (_, registration, answers, says) => {
  const { state, reasons } = stateOf(registration, answers)
  expect([state, reasons.join('; ')]).toEqual(['down', expect.stringContaining(says)])
}))

describe('up, as long as DNS answers', () => it.each([
  ['with an address', rdap(), ALIVE, '198.51.100.7'], ['though the registry says that it is on hold', rdap({ statuses: ['client hold'] }), ALIVE, 'caches may last'], ['though it is said not to be registered', absent, ALIVE, 'DNS still answers'],
  ['delegated and unused', rdap(), dns({ A: no('no-data') }, { NS }), 'it can be used at any moment'], ['taking mail', null, dns({ A: no('no-data') }, { NS, MX: found('10 mail.evil.example') }), 'takes mail'],
  ['though it points at nothing for now', rdap(), dns({ A: found('127.0.0.1') }, { NS }), 'leads nowhere, until'], ['where DNS was not asked', rdap(), null, 'it is registered'], ['where the registry is silent', unanswered, ALIVE, 'it has the address'],
] as const)('%s', (_, registration, answers, says) => {
  const { state, reasons } = stateOf(registration, answers)
  expect([state, reasons.join('; ')]).toEqual(['up', expect.stringContaining(says)])
}))

it('is not down because its holder calls a server so', () => expect(stateOf(rdap(), dns({ A: found('198.51.100.7') }, { NS: found('ns1.suspended-domain.example', 'ns1.sinkhole.evil.example') }))).toMatchObject({ state: 'parked', reasons: [expect.stringContaining('anybody can call a server so')] }))
it('is parked where unused names are parked', () => expect(stateOf(rdap(), dns({ A: found('198.51.100.7') }, { NS: found('ns1.sedoparking.com', 'ns2.sedoparking.com') }))).toMatchObject({ state: 'parked' }))

describe('unknown', () => it.each([
  ['where name servers fail', rdap(), dns({ A: failed }, { NS: failed }), 'no proof that it is down'], ['where nobody answers', unanswered, dns({ A: failed }, { NS: failed }), 'registration: it answers 500'], ['where nobody was asked', null, null, 'nobody was asked'],
  ['where DNS has nothing and the registry is silent', unanswered, dns({ A: no('no-data') }, { NS: no('no-data') }), 'DNS has nothing of it'],
] as const)('%s', (_, registration, answers, says) => {
  const { state, reasons } = stateOf(registration, answers)
  expect([state, reasons.join('; ')]).toEqual(['unknown', expect.stringContaining(says)])
}))
