import { afterAll, beforeAll, expect, it } from 'vitest'
import { startDns } from '../../../test/fakes/dns.ts'
import type { FakeDns } from '../../../test/fakes/dns.ts'
import { startRdap } from '../../../test/fakes/rdap.ts'
import type { FakeRdap } from '../../../test/fakes/rdap.ts'
import { createResolver } from '../../adapters/resolver.ts'
import type { Notice } from '../../ports/notifier.ts'
import { Domains } from './domains.ts'
import { bench } from './testing.ts'
import type { Bench } from './testing.ts'

/**
 * Case A's two domains from the first letter to the second one's end, on names of the same shapes: the registry's file host is
 * `files.pythonhosting.example`, and the clock is set.
 */
const [FIRST, SECOND, FILES] = ['pypihosting.example', 'pythanhosting.example', 'files.pythonhosting.example'] as const

let rdap: FakeRdap
let dns: FakeDns
let around: Bench
let domains: Domains
const notices: Notice[] = []
beforeAll(async () => {
  [rdap, dns] = await Promise.all([startRdap(), startDns()])
  around = await bench(rdap.url)
  domains = new Domains({
    ...around, resolver: createResolver({ servers: [dns.server] }), notify: (notice) => Promise.resolve(void notices.push(notice)),
    sources: { npm: { url: null, why: 'off' }, pypi: { url: null, why: 'off' }, go: { url: null, why: 'off' } },
    settings: { protect: [FILES], allow: [], rdap: rdap.lists, recheck: 6 * 3_600_000, certificates: null, passiveDns: null },
  })
})
afterAll(async () => {
  await around.close()
  await dns.close()
  await rdap.close()
})

/** Lets the clock run to a moment, looking at what is due every three hours. */
async function until(moment: string): Promise<void> {
  const end = new Date(moment)
  while (around.clock.at < end) {
    around.clock.at = new Date(Math.min(around.clock.at.getTime() + 3 * 3_600_000, end.getTime()))
    expect((await domains.recheckDue()).problems).toEqual([])
  }
}
const stands = async (name: string) => (await domains.watched()).find(({ target }) => target === `domain:${name}`)
const up = (name: string, registration: string): void => {
  rdap.domains.set(name, { registrant: 'A. Nobody', nameServers: ['ns1.dns.example', 'ns2.dns.example'], events: { registration, expiration: '2025-03-01T00:00:00Z' } })
  dns.names.set(name, { NS: ['ns1.dns.example', 'ns2.dns.example'] })
}
const noServers = (name: string): void => {
  rdap.domains.set(name, { ...rdap.domains.get(name), nameServers: [], statuses: ['client hold'] })
  dns.names.delete(name)
  dns.names.delete(`files.${name}`)
}

it('runs as the table says', async () => {
  around.clock.at = new Date('2024-03-06T17:20:00Z')
  dns.names.set('example', { NS: ['a.registry.example'] })
  up(FIRST, '2024-03-02T11:00:00Z')
  dns.names.set(FIRST, { NS: ['ns1.dns.example', 'ns2.dns.example'], A: ['198.51.100.7'] })
  rdap.networks.set('198.51.100.7', { objectClassName: 'ip network', startAddress: '198.51.100.0', endAddress: '198.51.100.255', name: 'CDN-EXAMPLE', entities: [{ roles: ['abuse'], vcardArray: ['vcard', [['email', {}, 'text', 'abuse@cdn.example']]] }] })
  const first = await domains.look(`hxxps://${FIRST.replace('.', '[.]')}/x-0.4.6.tar.gz`)
  expect(first).toMatchObject({
    state: 'up', imitations: [{ of: FILES, sure: true }], looked: {
      facts: { rdap: { outcome: 'found', record: { abuse: { emails: ['abuse@registrar.example'] } } } }, networks: [{ address: '198.51.100.7', registration: { record: { name: 'CDN-EXAMPLE', abuse: { emails: ['abuse@cdn.example'] } } } }],
    },
  })
  await domains.watch({ name: FIRST, because: 'case A', by: 'test' })

  // Six days' silence, and the registrar told the holder: nothing changes.
  await until('2024-03-12T08:00:00Z')
  expect(await stands(FIRST)).toMatchObject({ state: 'up', downAt: null })

  await until('2024-03-18T00:00:00Z')
  noServers(FIRST)
  await until('2024-03-25T00:00:00Z')
  const down = await stands(FIRST)
  expect(down?.state).toBe('down')
  expect(down?.downAt?.toISOString().slice(0, 10)).toBe('2024-03-18')

  // The second one of the same registrant, unused.
  up(SECOND, '2024-03-02T11:30:00Z')
  const second = await domains.look(SECOND)
  expect(second).toMatchObject({ state: 'up', reasons: [expect.stringContaining('it has no address, but name servers'), 'it can be used at any moment'], imitations: [{ of: FILES, sure: true }] })
  const [sibling] = await domains.siblings(SECOND)
  expect(sibling?.target).toBe(`domain:${FIRST}`)
  expect(sibling?.score).toBeGreaterThan(0.7)
  expect(sibling?.reasons.map(({ says }) => says).join()).toMatch(/both have the registrant a\. nobody.*both imitate files\.pythonhosting\.example/)
  await domains.watch({ name: SECOND, because: 'case A', by: 'test' })
  await until('2024-04-04T00:00:00Z')
  expect(await stands(SECOND)).toMatchObject({ state: 'up' })
  noServers(SECOND)
  await until('2024-04-06T00:00:00Z')
  expect((await stands(SECOND))?.downAt?.toISOString().slice(0, 10)).toBe('2024-04-04')

  // Somebody's screenshot, told late.
  await domains.addEvidence({ name: FIRST, says: 'name servers gone', from: 'a history service', url: null, at: new Date('2024-03-18T06:00:00Z'), by: 'ana' })
  const { happenings, looks } = await domains.history(FIRST)
  const lines = happenings.map(({ at, says }) => `${at.toISOString().slice(0, 10)} ${says}`)
  expect(lines).toEqual([
    '2024-03-02 registration, as the registry dates it',
    '2024-03-06 is registered since 2024-03-02 at Registrar Example', '2024-03-06 has the name servers ns1.dns.example, ns2.dns.example',
    '2024-03-06 DNS has A 198.51.100.7', '2024-03-06 DNS has NS ns1.dns.example, ns2.dns.example',
    '2024-03-18 is now client hold', '2024-03-18 is no longer client transfer prohibited', '2024-03-18 has lost its name servers ns1.dns.example, ns2.dns.example',
    '2024-03-18 the name is not in DNS any more', '2024-03-18 the domain is not in DNS any more', '2024-03-18 a history service: name servers gone',
  ])
  expect(happenings.at(-1)).toMatchObject({ source: 'evidence', by: 'ana' })
  expect(looks).toBeGreaterThan(40)
  expect(notices.map(({ title }) => title)).toEqual(['pypihosting[.]example is down', 'pythanhosting[.]example is down'])

  // And back: a relapse is found by the clock, while what is down is looked at less often.
  up(FIRST, '2024-03-02T11:00:00Z')
  await until('2024-04-14T00:00:00Z')
  expect(await stands(FIRST)).toMatchObject({ state: 'up', downAt: down?.downAt })
  expect(notices.at(-1)).toMatchObject({ title: 'pypihosting[.]example is back', data: { relapse: true, before: 'down', state: 'up' } })
})
