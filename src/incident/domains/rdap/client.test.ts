import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { SluiceError } from '../../../core/errors.ts'
import { startRdap } from '../../../../test/fakes/rdap.ts'
import type { FakeRdap } from '../../../../test/fakes/rdap.ts'
import { readTarget } from '../target.ts'
import { bench } from '../testing.ts'
import type { Bench } from '../testing.ts'
import { Rdap } from './client.ts'
import { Lists } from './lists.ts'

let server: FakeRdap
let around: Bench
let rdap: Rdap
const fresh = (): Rdap => new Rdap({ ...around, lists: new Lists({ ...around, base: server.lists }) })
beforeAll(async () => {
  server = await startRdap()
  around = await bench(server.url)
})
beforeEach(() => {
  around.clock.at = new Date('2024-03-12T08:00:00Z')
  around.patience.ms = 20_000
  server.domains.clear()
  server.clear()
  rdap = fresh()
})
afterAll(async () => {
  await around.close()
  await server.close()
})
const ask = (text: string) => rdap.ask(readTarget(text))

describe('a domain', () => {
  it('has a registrar, an abuse desk that is nested below it, states, dates and name servers', async () => {
    server.domains.set('evil.example', { statuses: ['clientHold', 'client transfer prohibited'], registrant: 'REDACTED FOR PRIVACY', redacted: ['Registrant Email'] })
    expect(await ask('https://files.evil[.]example/x')).toEqual({
      kind: 'domain', outcome: 'found', servers: [`${server.url}registry/`], problems: [], record: {
        name: 'evil.example', handle: 'evil.example-ID', registrar: { name: 'Registrar Example', ianaId: '9999', url: null },
        abuse: { name: 'Abuse Desk', organisation: null, emails: ['abuse@registrar.example'], phones: ['+1.5555551234'], urls: [], country: null },
        registrant: { name: 'REDACTED FOR PRIVACY', organisation: null, emails: [], phones: [], urls: [], country: null }, statuses: ['client hold', 'client transfer prohibited'],
        events: [{ action: 'registration', at: '2024-03-01T10:00:00.000Z' }, { action: 'expiration', at: '2025-03-01T10:00:00.000Z' }],
        nameServers: ['ns1.host.example', 'ns2.host.example'], signed: false, redacted: ['Registrant Email', 'registrant'], odd: [],
      },
    })
  })

  it('of a thin registry is completed at the registrar\'s own server', async () => {
    server.domains.set('evil.example', { registrarKnows: true })
    const found = await ask('evil.example')
    expect(found).toMatchObject({ outcome: 'found', servers: [`${server.url}registry/`, server.url.slice(0, -1)], problems: [], record: { abuse: { emails: ['abuse@registrar.example'] } } })
  })

  it.each([['lies', 'answers about another.example'], ['web page', 'a web page'], ['loops', 'redirects'], ['limits', '429']] as const)('keeps the registry\'s answer where the registrar\'s server %s', async (registrarTrouble, says) => {
    server.domains.set('evil.example', { registrarKnows: true, registrarTrouble })
    const found = await ask('evil.example')
    expect(found).toMatchObject({ outcome: 'found', record: { nameServers: ['ns1.host.example', 'ns2.host.example'], abuse: null } })
    expect(found.problems.join()).toContain(says)
  })

  it('may not be there', async () => expect(await ask('gone.example')).toMatchObject({ outcome: 'absent', servers: [`${server.url}registry/`] }))
  it('may be under an ending that nobody answers about', async () => expect(await ask('evil.invalid')).toMatchObject({ outcome: 'unanswered', why: 'no RDAP server is known for .invalid', servers: [] }))
  it('may be none that is registered', async () => expect(await ask('co.uk')).toMatchObject({ outcome: 'unanswered', why: expect.stringContaining('under which others register') as unknown }))

  it.each([
    ['lies', 'was asked about evil.example and answers about another.example'], ['loops', 'more than 5 redirects'], ['web page', 'a web page instead of RDAP'], ['drips', 'sent nothing'],
    ['is down', 'answers 500'], ['is endless', 'larger than 1048576 bytes'], ['sends inside', 'refused plain http'], ['is no domain', 'a nameserver instead of a domain'],
  ] as const)('is not known where its server %s', async (trouble, says) => {
    server.domains.set('evil.example', { trouble })
    if (trouble === 'drips') around.patience.ms = 400
    const found = await ask('evil.example')
    expect(found).toMatchObject({ outcome: 'unanswered', retryAt: null })
    expect(found.problems.join()).toContain(says)
  })

  it('whose contacts nest without end is read to a depth', async () => {
    server.domains.set('evil.example', { trouble: 'nests' })
    expect(await ask('evil.example')).toMatchObject({ outcome: 'found', record: { abuse: null } })
  })

  it.each([['limits', '2024-03-12T08:02:00.000Z'], ['limits until a date', '2024-03-12T10:00:00.000Z']] as const)('has to wait where its server %s, and is not asked for before', async (trouble, until) => {
    server.domains.set('evil.example', { trouble })
    expect(await ask('evil.example')).toMatchObject({ outcome: 'unanswered', retryAt: new Date(until) })
    server.domains.set('evil.example', {})
    expect(await ask('evil.example')).toMatchObject({ outcome: 'unanswered', retryAt: new Date(until) })
    expect(server.count('/registry/domain/evil.example')).toBe(1)
    around.clock.at = new Date(until)
    expect(await ask('evil.example')).toMatchObject({ outcome: 'found' })
  })

  it('that says what cannot be is kept, with what is odd about it', async () => {
    server.domains.set('evil.example', { events: { registration: '2031-01-01T00:00:00Z', expiration: '2020-01-01T00:00:00Z', nonsense: 'yesterday' } })
    const found = await ask('evil.example')
    expect(found.outcome === 'found' && found.record.odd).toEqual(['registration at 2031-01-01T00:00:00.000Z, which is yet to come', 'it expires before it was registered'])
  })
})

describe('an address', () => {
  const network = (changes: object) => ({
    objectClassName: 'ip network', startAddress: '192.0.2.0', endAddress: '192.0.2.127', handle: 'NET-1', name: 'HOST-EXAMPLE', type: 'ALLOCATED', country: 'ZZ', parentHandle: 'NET-0', status: ['active'],
    entities: [{ roles: ['registrant'], vcardArray: ['vcard', [['fn', {}, 'text', 'Hosting Example']]], entities: [{ roles: ['abuse'], vcardArray: ['vcard', [['email', {}, 'text', 'abuse@host.example']]] }] }], ...changes,
  })
  it('belongs to a network with a holder and an abuse desk', async () => {
    server.networks.set('192.0.2.7', network({}))
    expect(await ask('192.0.2.7')).toMatchObject({ kind: 'network', outcome: 'found', record: { range: '192.0.2.0 - 192.0.2.127', name: 'HOST-EXAMPLE', country: 'ZZ', parent: 'NET-0', holder: { name: 'Hosting Example' }, abuse: { emails: ['abuse@host.example'] } } })
  })
  it('is not that of another network', async () => {
    server.networks.set('192.0.2.200', network({}))
    expect(await ask('192.0.2.200')).toMatchObject({ outcome: 'unanswered', why: 'the RDAP server was asked about 192.0.2.200 and answers about 192.0.2.0 - 192.0.2.127' })
  })
  it('may be of the new kind', async () => {
    server.networks.set('2001:db8::7', network({ startAddress: '2001:db8::', endAddress: '2001:db8:0:ffff:ffff:ffff:ffff:ffff' }))
    expect(await ask('2001:DB8:0::7')).toMatchObject({ outcome: 'found', record: { range: '2001:db8:: - 2001:db8:0:ffff:ffff:ffff:ffff:ffff' } })
  })
  it('is of an autonomous system', async () => {
    server.networks.set('64500', { objectClassName: 'autnum', startAutnum: 64500, endAutnum: 64500, name: 'EXAMPLE-AS' })
    expect(await ask('AS64500')).toMatchObject({ outcome: 'found', record: { range: 'AS64500', name: 'EXAMPLE-AS' } })
  })
})

describe('the lists', () => {
  it('are read once a day, and an old one is better than none', async () => {
    server.domains.set('evil.example', {})
    await ask('evil.example')
    await fresh().ask(readTarget('evil.example'))
    expect(server.count('/lists/dns.json')).toBeLessThanOrEqual(1)
    around.clock.at = new Date('2024-03-20T08:00:00Z')
    const fails = (thrown: Error): Lists => new Lists({ ...around, base: server.lists, upstream: { ...around.upstream, fetch: () => Promise.reject(thrown) } })
    expect(await fails(new SluiceError('upstream-slow', 'too slow')).serversFor(readTarget('evil.example'))).toEqual([`${server.url}registry/`])
    await expect(fails(new TypeError('a defect')).serversFor(readTarget('evil.example'))).rejects.toThrow('a defect')
    await ask('evil.example')
    expect(server.count('/lists/dns.json')).toBeGreaterThan(0)
  })
  it('are missed where they are not', async () => {
    const lost = new Rdap({ ...around, lists: new Lists({ ...around, base: `${server.url}nowhere/` }) })
    expect(await lost.ask(readTarget('evil.example'))).toMatchObject({ outcome: 'unanswered', why: expect.stringContaining('answers 404') as unknown })
  })
})
