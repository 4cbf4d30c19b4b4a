import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDns } from '../../test/fakes/dns.ts'
import type { FakeDns } from '../../test/fakes/dns.ts'
import type { Resolver } from '../ports/resolver.ts'
import { createResolver } from './resolver.ts'

let dns: FakeDns
let resolver: Resolver
/** For one that nobody answers; where an answer is to come, a busy machine has longer than that. */
let impatient: Resolver
beforeAll(async () => {
  dns = await startDns()
  resolver = createResolver({ servers: [dns.server] })
  impatient = createResolver({ servers: [dns.server], timeout: 200 })
})
afterAll(() => dns.close())

describe('what a name has', () => it.each([
  ['A', ['192.0.2.2', '192.0.2.1'], ['192.0.2.1', '192.0.2.2']], ['AAAA', ['2001:db8::1'], ['2001:db8::1']], ['CNAME', ['Other.example'], ['other.example']], ['NS', ['ns2.host.example', 'NS1.host.example'], ['ns1.host.example', 'ns2.host.example']],
  ['MX', ['10 mail.evil.example'], ['10 mail.evil.example']], ['TXT', ['v=spf1 -all'], ['v=spf1 -all']], ['SOA', ['ns1.host.example hostmaster.host.example'], ['ns1.host.example hostmaster.host.example']],
] as const)('%s', async (type, records, expected) => {
  dns.names.set('evil.example', { [type]: [...records] })
  expect(await resolver.resolve('evil.example', type)).toEqual({ outcome: 'found', records: expected, why: null })
}))

it.each([
  ['gone.example', undefined, { outcome: 'no-name', records: [], why: null }], ['bare.example', 'nothing', { outcome: 'no-data', records: [], why: null }],
  ['broken.example', 'fails', { outcome: 'failed', records: [], why: 'the name servers fail (SERVFAIL)' }], ['closed.example', 'refuses', { outcome: 'failed', why: 'the name servers refuse to answer' }],
  ['silent.example', 'is silent', { outcome: 'failed', why: 'nobody answered in time' }], ['garbage.example', 'sends garbage', { outcome: 'failed' }],
] as const)('%s is told apart', async (name, what, expected) => {
  if (what !== undefined) dns.names.set(name, what)
  expect(await (what === 'is silent' ? impatient : resolver).resolve(name, 'A')).toMatchObject(expected)
})

it('asks again over TCP where an answer was cut off, and takes a bounded one', async () => {
  dns.names.set('large.example', 'cuts off')
  expect((await resolver.resolve('large.example', 'A')).records).toHaveLength(40)
  expect(dns.asked).toContain('tcp A large.example')
})

it('says what is no server', () => expect(() => createResolver({ servers: ['nonsense'] })).toThrow(/domains\.resolvers/))
it('needs no name that DNS can have', async () => expect(await resolver.resolve(`${'a'.repeat(300)}.example`, 'A')).toMatchObject({ outcome: 'failed' }))
