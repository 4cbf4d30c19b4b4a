import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { startDns } from '../../../test/fakes/dns.ts'
import type { FakeDns } from '../../../test/fakes/dns.ts'
import { startHttp } from '../../../test/fakes/http.ts'
import type { FakeServer } from '../../../test/fakes/http.ts'
import { startRdap } from '../../../test/fakes/rdap.ts'
import type { FakeRdap } from '../../../test/fakes/rdap.ts'
import { createResolver } from '../../adapters/resolver.ts'
import type { Notice } from '../../ports/notifier.ts'
import { Domains } from './domains.ts'
import type { DomainSettings } from './domains.ts'
import { factsFor, relatedTo } from './for-cases.ts'
import { hostsOfFiles } from './registry-hosts.ts'
import { bench } from './testing.ts'
import type { Bench } from './testing.ts'

let rdap: FakeRdap
let dns: FakeDns
let services: FakeServer
let around: Bench
let notices: Notice[]
const answers = { certificates: '[]', passive: '', index: '' }

beforeAll(async () => {
  [rdap, dns, services] = await Promise.all([startRdap(), startDns(), startHttp(({ path }, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(path.startsWith('/ct') ? answers.certificates : path.startsWith('/pdns') ? answers.passive : answers.index)
  })])
  around = await bench(rdap.url, services.url)
})
beforeEach(async () => {
  for (const table of ['domain_targets', 'domain_observations', 'settings'] as const) await around.database.query.deleteFrom(table).execute()
  around.clock.at = new Date('2024-03-12T08:00:00Z')
  notices = []
  rdap.domains.clear()
  dns.names.clear()
  dns.names.set('example', { NS: ['a.registry.example'] })
  Object.assign(answers, { certificates: '[]', passive: '', index: '' })
})
afterAll(async () => {
  await around.close()
  await Promise.all([rdap.close(), dns.close(), services.close()])
})

const OFF = { url: null, why: 'off' } as const
const open = (settings: Partial<DomainSettings> = {}, index: string | null = null): Domains => new Domains({
  ...around, resolver: createResolver({ servers: [dns.server] }), notify: (notice) => Promise.resolve(void notices.push(notice)),
  sources: { npm: OFF, go: OFF, pypi: index === null ? OFF : { url: index, sumdb: null } },
  settings: { protect: ['files.packagehosted.example'], allow: ['packagehosted-cdn.example'], rdap: rdap.lists, recheck: 6 * 3_600_000, certificates: null, passiveDns: null, ...settings },
})
const alive = (name: string): void => {
  rdap.domains.set(name, {})
  dns.names.set(name, { NS: ['ns1.host.example'], A: ['198.51.100.7'] })
}

describe('check', () => {
  it.each([
    ['packaghosted.example', 'imitates'], ['packagehosted.org', 'resembles'], ['cdn.packagehosted-cdn.example', 'allowed'], ['x.packagehosted.example', 'own'], ['192.0.2.7', 'no-name'], ['other.example', 'none'], ['hxxp://acrnecorp[.]example/x', 'imitates'],
  ])('%s: %s', async (name, standing) => expect((await open().check([name], ['acmecorp.example']))[0]).toMatchObject({ name, standing }))

  it('learns the registry\'s file host from where its document points, once', async () => {
    answers.index = JSON.stringify({ files: [{ url: 'https://files.storehouse.example/a-1.tar.gz' }] })
    services.clear()
    const domains = open({ protect: [] }, services.url)
    expect((await domains.check(['storehoose.example']))[0]).toMatchObject({ standing: 'imitates', imitations: [{ of: 'files.storehouse.example' }] })
    expect(await open({ protect: [] }, services.url).protectedHosts()).toEqual(['127.0.0.1', 'files.storehouse.example'])
    expect(services.requests).toHaveLength(1)
  })

  it('reads hosts of archives in any document, and no others', () => {
    expect(hostsOfFiles('<a href="//a.example/x.whl#sha256=1">x</a> <a href="https://b.example/docs">d</a> <a href="../../packages/y.tar.gz">y</a> {"tarball":"https://c.example/z.tgz"}', 'https://index.example/simple/x/')).toEqual(['a.example', 'c.example'])
    expect(hostsOfFiles('"https://'.repeat(100_000), 'https://index.example/')).toEqual([])
  })
})

describe('what nobody could say', () => {
  it('leaves what was known, and is asked again sooner, then later', async () => {
    const domains = open()
    alive('evil.example')
    await domains.watch({ name: 'evil.example', because: 'a test', by: 'ana' })
    await domains.recheckDue()
    rdap.domains.set('evil.example', { trouble: 'is down' })
    dns.names.set('evil.example', 'fails')
    for (const hours of [1, 2, 4]) {
      around.clock.at = new Date((await domains.watched())[0]?.dueAt ?? 0)
      await domains.recheckDue()
      const [kept] = await domains.watched()
      expect(kept).toMatchObject({ state: 'up', dueAt: new Date(around.clock.at.getTime() + hours * 3_600_000) })
    }
    expect(notices).toEqual([])
  })

  it('is not down where the resolver knows nothing at all', async () => {
    dns.names.clear()
    const report = await open({ rdap: null }).look('evil.example')
    expect(report).toMatchObject({ state: 'unknown', reasons: ['DNS: the resolver does not know .example either, which is no proof that it is down'] })
  })

  it('waits as long as the registry asks', async () => {
    const domains = open()
    rdap.domains.set('evil.example', { trouble: 'limits until a date' })
    dns.names.set('evil.example', 'fails')
    await domains.watch({ name: 'evil.example', because: 'a test', by: 'ana' })
    const { reports: [report] } = await domains.recheckDue()
    expect(report?.looked.retryAt).toEqual(new Date('2024-03-12T10:00:00Z'))
    expect((await domains.watched())[0]?.dueAt).toEqual(new Date('2024-03-12T10:00:00Z'))
  })
})

describe('the clock', () => {
  it('takes what is due once, also in two processes', async () => {
    const [one, two] = [open(), open()]
    alive('evil.example')
    alive('wicked.example')
    for (const name of ['evil.example', 'wicked.example']) await one.watch({ name, because: 'a test', by: 'ana' })
    const both = await Promise.all([one.recheckDue(), two.recheckDue()])
    expect(both.flatMap(({ reports }) => reports.map(({ target }) => target)).toSorted()).toEqual(['domain:evil.example', 'domain:wicked.example'])
    expect((await one.recheckDue()).reports).toEqual([])
  })
  it('stops when it is told to, and what was seen stays', async () => {
    const domains = open()
    alive('evil.example')
    await domains.watch({ name: 'evil.example', because: 'a test', by: 'ana' })
    await domains.recheckDue()
    expect([await domains.unwatch('evil.example'), await domains.unwatch('evil.example')]).toEqual([true, false])
    around.clock.at = new Date('2024-05-01T00:00:00Z')
    expect((await domains.recheckDue()).reports).toEqual([])
    expect((await domains.history('evil.example')).happenings.length).toBeGreaterThan(2)
  })
})

describe('services that know the past', () => {
  const withServices = (): Domains => open({ rdap: null, certificates: `${services.url}ct?q={domain}`, passiveDns: `${services.url}pdns/{domain}` })
  it('are asked where they are named', async () => {
    const domains = withServices()
    answers.certificates = JSON.stringify([
      { issuer_name: 'C=US, O=Some CA, CN=R3', name_value: 'evil.example\n*.evil.example\nnot a name', not_before: '2024-03-01T00:00:00', not_after: '2024-06-01T00:00:00', serial_number: '0a' },
      { issuer_name: 'C=US, O=Some CA, CN=R3', name_value: 'evil.example', not_before: 'never', serial_number: '0b' }, 'x', null,
    ])
    answers.passive = `${JSON.stringify({ rrname: 'evil.example.', rrtype: 'A', rdata: ['198.51.100.9'], time_first: 1709251200, time_last: 1709337600 })}\n${JSON.stringify({ rrname: 'evil.example', rrtype: 'NS', rdata: 'NS1.old.example.', zone_time_first: 1709000000 })}\n`
    dns.names.set('evil.example', { A: ['198.51.100.7'] })
    const { looked } = await domains.look('evil.example')
    expect(looked.facts.certificates).toEqual({ cut: false, certificates: [{ serial: '0a', names: ['*.evil.example', 'evil.example'], issuer: 'Some CA', from: '2024-03-01T00:00:00.000Z', to: '2024-06-01T00:00:00.000Z' }] })
    expect(looked.facts['passive-dns']?.records.map(({ name, type, data }) => `${name} ${type} ${data.join()}`)).toEqual(['evil.example NS ns1.old.example', 'evil.example A 198.51.100.9'])
    expect((await domains.history('evil.example')).happenings.map(({ says }) => says)).toEqual(expect.arrayContaining(['a certificate of 2024-03-01 by Some CA for *.evil.example, evil.example', 'evil.example had A 198.51.100.9, seen from 2024-03-01 to 2024-03-02']))
  })
  it('may answer nonsense, which is said and costs nothing else', async () => {
    const domains = withServices()
    Object.assign(answers, { certificates: '<html>busy</html>', passive: 'not json' })
    dns.names.set('evil.example', { A: ['198.51.100.7'] })
    const { looked, state } = await domains.look('evil.example')
    expect([state, looked.problems]).toEqual(['up', ['certificates: asked about evil.example, the service answers with a web page', 'passive DNS: asked about evil.example, the service answers with something that is not JSON']])
  })
})

describe('evidence', () => {
  it('stands where it happened, however late it is told', async () => {
    const domains = open()
    alive('evil.example')
    await domains.look('evil.example')
    await domains.addEvidence({ name: 'evil[.]example', says: 'a page\r\nwith a login', from: 'a picture', url: 'https://pictures.example/1', at: new Date('2024-02-01T00:00:00Z'), by: 'ana' })
    const { happenings } = await domains.history('evil.example')
    expect(happenings[0]).toMatchObject({ at: new Date('2024-02-01T00:00:00Z'), source: 'evidence', by: 'ana', says: 'a picture: a page with a login', digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) as unknown })
  })
  it('is not of days to come, and says something', async () => {
    const told = { name: 'evil.example', says: 'x', from: 'y', url: null, by: 'ana' }
    await expect(open().addEvidence({ ...told, at: new Date('2031-01-01T00:00:00Z') })).rejects.toThrow('yet to come')
    await expect(open().addEvidence({ ...told, says: ' \n ', at: new Date('2024-03-01T00:00:00Z') })).rejects.toThrow('needs a text')
  })
})

it('keeps the content of what is the same only once', async () => {
  const domains = open()
  alive('evil.example')
  for (let look = 0; look < 3; look++) await domains.look('evil.example')
  const rows = await around.database.query.selectFrom('domain_observations').select(['source', 'digest', 'content']).where('target', '=', 'domain:evil.example').orderBy('seq').execute()
  expect(rows.map(({ source, content }) => `${source} ${content !== null}`)).toEqual(['rdap true', 'dns true', 'rdap false', 'dns false', 'rdap false', 'dns false'])
  expect(await domains.history('evil.example')).toMatchObject({ looks: 6 })
})

it('says that nothing is known of what nobody looked at', async () => {
  await expect(open().history('evil.example')).rejects.toMatchObject({ code: 'not-found' })
})

it('tells letters whom to write to, without asking twice', async () => {
  const domains = open()
  alive('packaghosted.example')
  rdap.networks.set('198.51.100.7', { objectClassName: 'ip network', startAddress: '198.51.100.0', endAddress: '198.51.100.255', name: 'NET', entities: [{ roles: ['registrant'], vcardArray: ['vcard', [['fn', {}, 'text', 'Hosting Example']]] }, { roles: ['abuse'], vcardArray: ['vcard', [['email', {}, 'text', 'abuse@hosting.example']]] }] })
  const facts = await factsFor(domains, 'domain', 'packaghosted.example')
  expect(facts).toMatchObject({
    registered: new Date('2024-03-01T10:00:00Z'), registrar: { name: 'Registrar Example', abuse: 'abuse@registrar.example' }, network: { name: 'Hosting Example', abuse: 'abuse@hosting.example' }, lastSeen: around.clock.at,
    nameServers: ['ns1.host.example', 'ns2.host.example'], addresses: ['198.51.100.7'], imitates: [expect.stringContaining('files.packagehosted.example: `packaghosted` leaves out')],
  })
  rdap.clear()
  await factsFor(domains, 'domain', 'packaghosted.example')
  expect(rdap.requests).toEqual([])
  expect(await factsFor(domains, 'repository', 'https://code.example/a/b')).toBeNull()
  expect(await relatedTo(domains, 'somebody')).toEqual([])
})
