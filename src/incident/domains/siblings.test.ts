import { describe, expect, it } from 'vitest'
import type { Facts } from './facts.ts'
import type { DomainRecord } from './rdap/records.ts'
import { siblingsOf } from './siblings.ts'
import type { Known } from './siblings.ts'

interface Shape { registrant?: string; email?: string; servers?: string[]; registered?: string; addresses?: string[]; certificate?: string[]; imitates?: string[]; registrar?: string }
function known(name: string, { registrant, email, servers = [], registered, addresses = [], certificate, imitates = [], registrar }: Shape): Known {
  const record: DomainRecord = {
    name, handle: null, registrar: registrar === undefined ? null : { name: registrar, ianaId: null, url: null }, abuse: null, statuses: [], nameServers: servers, signed: null, redacted: [], odd: [],
    registrant: registrant === undefined && email === undefined ? null : { name: registrant ?? null, organisation: null, emails: email === undefined ? [] : [email], phones: [], urls: [], country: null },
    events: registered === undefined ? [] : [{ action: 'registration', at: registered }],
  }
  const facts: Partial<Facts> = {
    rdap: { outcome: 'found', kind: 'domain', record, servers: [], problems: [] }, dns: { host: { A: { outcome: 'found', records: addresses, why: null } }, domain: {}, wildcard: null },
    ...(certificate ? { certificates: { certificates: [{ serial: '7f', names: certificate, issuer: 'CA', from: '2024-03-01T00:00:00.000Z', to: '' }], cut: false } } : {}),
  }
  return { target: `domain:${name}`, facts, imitates }
}
const first = (one: Shape, other: Shape, names: [string, string] = ['evil.example', 'wicked.test']) => siblingsOf(known(names[0], one), [known(names[1], other)])[0]

describe('reasons', () => it.each([
  ['the registrant', { registrant: 'A. Nobody' }, { registrant: 'a. nobody' }, 'both have the registrant a. nobody', 0.6], ['the address of mail', { email: 'x@y.example' }, { email: 'x@y.example' }, 'registered with the address x@y.example', 0.6],
  ['a certificate', { certificate: ['evil.example', 'wicked.test'] }, { certificate: ['evil.example', 'wicked.test'] }, 'both are in one certificate 7f', 0.7],
  ['an address', { addresses: ['198.51.100.7'] }, { addresses: ['198.51.100.7', '198.51.100.8'] }, 'both are at the address 198.51.100.7', 0.35], ['the day', { registered: '2024-03-02T11:00:00Z' }, { registered: '2024-03-02T14:00:00Z' }, 'registered within 3 h', 0.3],
  ['the name servers', { servers: ['a.dns.example', 'b.dns.example'] }, { servers: ['a.dns.example', 'b.dns.example'] }, 'both have the name servers a.dns.example, b.dns.example', 0.3], ['what they imitate', { imitates: ['files.host.example'] }, { imitates: ['files.host.example'] }, 'both imitate', 0.4],
] as const)('%s', (_, one, other, says, score) => {
  const found = first(one as Shape, other as Shape)
  expect(found?.reasons.map((reason) => reason.says).join()).toContain(says)
  expect(found?.score).toBeCloseTo(score)
}))

it('finds names that resemble each other', () => expect(first({}, {}, ['packagehost.example', 'packaghost.test'])?.reasons[0]?.says).toContain('resemble'))
it.each([['a privacy service', { registrant: 'REDACTED FOR PRIVACY' }], ['the registrar alone', { registrar: 'Registrar Example' }], ['nothing', {}]] as const)('ties nobody by %s', (_, shape) => expect(first(shape, shape)).toBeUndefined())
it('never calls it proved', () => {
  const all: Shape = { registrant: 'A. Nobody', email: 'x@y.example', servers: ['a.dns.example'], registered: '2024-03-02T11:00:00Z', addresses: ['198.51.100.7'], certificate: ['evil.example', 'wicked.test'], imitates: ['x'] }
  expect(first(all, all)?.score).toBe(0.95)
})
it('counts for little what many share, and orders by what is left', () => {
  const crowd = Array.from({ length: 20 }, (_, at) => known(`site${at}x${'abcdefghijklmnopqrst'[at]}q.test`, { addresses: ['198.51.100.1'], servers: ['ada.cdn.example', 'bob.cdn.example'] }))
  const found = siblingsOf(known('evil.example', { addresses: ['198.51.100.1'], servers: ['ada.cdn.example', 'bob.cdn.example'], registrant: 'A. Nobody' }), [...crowd, known('wicked.test', { registrant: 'A. Nobody' })])
  expect(found.map(({ target }) => target)).toEqual(['domain:wicked.test'])
})
