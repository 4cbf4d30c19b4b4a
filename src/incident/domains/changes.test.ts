import { describe, expect, it } from 'vitest'
import type { DnsAnswer } from '../../ports/resolver.ts'
import { carried, changesBetween } from './changes.ts'
import type { DnsFacts, RegistrationFacts } from './facts.ts'
import type { DomainRecord } from './rdap/records.ts'

const RECORD: DomainRecord = {
  name: 'evil.example', handle: null, registrar: { name: 'One', ianaId: null, url: null }, abuse: null, registrant: null, statuses: ['active'], signed: null, redacted: [], odd: [],
  events: [{ action: 'registration', at: '2024-03-01T00:00:00.000Z' }, { action: 'expiration', at: '2025-03-01T00:00:00.000Z' }], nameServers: ['ns1.host.example'],
}
const rdap = (changes: Partial<DomainRecord> = {}): RegistrationFacts => ({ outcome: 'found', kind: 'domain', servers: [], problems: [], record: { ...RECORD, ...changes } })
const absent: RegistrationFacts = { outcome: 'absent', servers: [], problems: [] }
const unanswered: RegistrationFacts = { outcome: 'unanswered', why: 'x', servers: [], problems: [] }
const said = (before: RegistrationFacts | null, after: RegistrationFacts): string[] => changesBetween('rdap', before, after).map(({ says }) => says)

describe('registration', () => it.each([
  ['nothing', rdap(), rdap(), []], ['the end', rdap(), absent, ['is registered no more']], ['another one', absent, rdap(), ['is registered again since 2024-03-01 at One', 'has the name servers ns1.host.example']], ['never', null, absent, ['is not registered']],
  ['still not', absent, absent, []], ['no answer', rdap(), unanswered, []], ['the registrar', rdap(), rdap({ registrar: { name: 'Two', ianaId: null, url: null } }), ['went from registrar One to Two']],
  ['states', rdap(), rdap({ statuses: ['client hold'] }), ['is now client hold', 'is no longer active']], ['name servers', rdap(), rdap({ nameServers: [] }), ['has lost its name servers ns1.host.example']],
  ['dates', rdap(), rdap({ events: [{ action: 'registration', at: '2024-03-01T00:00:00.000Z' }, { action: 'expiration', at: '2026-03-01T00:00:00.000Z' }] }), ['its expiration is dated 2026-03-01, no longer 2025-03-01']],
  ['whom to write to', rdap(), rdap({ abuse: { name: null, organisation: null, emails: ['abuse@two.example'], phones: [], urls: [], country: null } }), ['complaints go to abuse@two.example']],
  ['on hold at once', null, rdap({ statuses: ['server hold'] }), ['is registered since 2024-03-01 at One', 'has the name servers ns1.host.example', 'is server hold']],
] as const)('%s', (_, before, after, says) => expect(said(before, after)).toEqual(says)))

const found = (...records: string[]): DnsAnswer => ({ outcome: 'found', records, why: null })
const GONE: DnsAnswer = { outcome: 'no-name', records: [], why: null }
const FAILED: DnsAnswer = { outcome: 'failed', records: [], why: 'x' }
const dns = (a: DnsAnswer, ns: DnsAnswer): DnsFacts => ({ host: { A: a }, domain: { NS: ns }, wildcard: null })

describe('DNS', () => it.each([
  ['another address', dns(found('198.51.100.1'), found('ns')), dns(found('198.51.100.2'), found('ns')), ['DNS has A 198.51.100.2, no longer 198.51.100.1']],
  ['the end', dns(found('198.51.100.1'), found('ns')), dns(GONE, GONE), ['the name is not in DNS any more', 'the domain is not in DNS any more']], ['still gone', dns(GONE, GONE), dns(GONE, GONE), []],
  ['trouble', dns(found('198.51.100.1'), found('ns')), dns(FAILED, FAILED), []], ['never there', null, dns(GONE, GONE), ['the name is not in DNS', 'the domain is not in DNS']],
  ['no address any more', dns(found('198.51.100.1'), found('ns')), dns({ outcome: 'no-data', records: [], why: null }, found('ns')), ['DNS has no A any more (it was 198.51.100.1)']],
] as const)('%s', (_, before, after, says) => expect(changesBetween('dns', before, after).map((one) => one.says)).toEqual(says)))

it('takes nothing back for trouble: what comes again after it is no news', () => {
  const known = carried('dns', dns(found('198.51.100.1'), found('ns')), dns(FAILED, FAILED))
  expect(changesBetween('dns', known, dns(found('198.51.100.1'), found('ns')))).toEqual([])
  expect(said(carried('rdap', rdap(), unanswered), rdap())).toEqual([])
})
