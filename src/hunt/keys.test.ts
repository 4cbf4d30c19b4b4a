import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { indicatorKeys } from './facts.ts'
import { addressKeys, domainsAbove, factId, hostInUrl, networkKey, networkOf, networksOf, within } from './keys.ts'
import type { Network } from './keys.ts'

const network = (text: string): Network => networkOf(text) as Network

describe('what an indicator is found by', () => {
  it.each([
    ['url', 'https://a.b.evil.co.uk/x/', ['url:https://a.b.evil.co.uk/x', 'domain:a.b.evil.co.uk', 'domain:b.evil.co.uk', 'domain:evil.co.uk']],
    ['url', 'http://user:pw@203.0.113.7:8000/x#y', ['url:http://user:pw@203.0.113.7:8000/x', 'ip:4/8/cb', 'ip:4/16/cb00', 'ip:4/24/cb0071', 'ip:4/32/cb007107']],
    ['domain', 'evil.example', ['domain:evil.example']], ['domain', 'somebody.github.io', ['domain:somebody.github.io']], ['email', 'Me@mail.evil.example', ['email:me@mail.evil.example', 'mail:mail.evil.example', 'mail:evil.example']],
    ['ipv6', '2001:db8::1', ['ip:6/32/20010db8', 'ip:6/48/20010db80000', 'ip:6/64/20010db800000000', 'ip:6/128/20010db8000000000000000000000001']],
    ['hash', 'abc', ['mention:abc']], ['wallet', '0xAb', ['wallet:0xAb', 'wallet:0xab']],
  ])('%s %s', (type, value, expected) => expect(indicatorKeys({ type, value })).toEqual(expected))

  it('has few domains, whatever a host looks like', () => {
    fc.assert(fc.property(fc.string({ maxLength: 400 }), (host) => domainsAbove(host).length <= 12 && domainsAbove(host)[0] === host))
    expect(domainsAbove('a.'.repeat(100_000))).toHaveLength(12)
  })

  it('is a number that keeps its bits in SQLite, PostgreSQL and JavaScript', () => {
    fc.assert(fc.property(fc.string(), (key) => Number.isSafeInteger(factId(key)) && Math.abs(factId(key)) <= 2 ** 47 && factId(key) === factId(key)))
  })
})

describe('networks', () => {
  it.each(['300.0.0.1', '1.2.3', '1.2.3.4/33', '::1::2', '12345::', '1:2:3:4:5:6:7:8:9', '', 'evil.example', '1.2.3.4/'])('%s is none', (text) => expect(networkOf(text)).toBeNull())

  it('are found by a key that every address in them has', () => {
    const address = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255), fc.nat(255)).map((parts) => parts.join('.'))
    fc.assert(fc.property(address, fc.integer({ min: 8, max: 32 }), (text, length) => {
      const wide = network(`${text}/${length}`)
      return within(network(text), wide) && addressKeys(network(text)).includes(networkKey(wide) as string)
    }))
    expect(networkKey(network('10.0.0.0/7'))).toBeNull()
    expect(within(network('203.0.113.64'), network('203.0.113.0/26'))).toBe(false)
  })

  it('are all those that somebody may have named for an address', () => {
    expect(networksOf('203.0.113.7', { 4: 24, 6: 32 })).toEqual(['203.0.113.7', '203.0.113.7/32', '203.0.113.6/31', '203.0.113.4/30', '203.0.113.0/29', '203.0.113.0/28', '203.0.113.0/27', '203.0.113.0/26', '203.0.113.0/25', '203.0.113.0/24'])
    expect(networksOf('2001:db8::1', { 4: 16, 6: 32 })).toContain('2001:db8::/32')
  })

  it('and hosts are read out of addresses of the web', () => {
    expect([hostInUrl('HTTPS://U:p@Evil.Example:1/x'), hostInUrl('http://[2001:db8::1]:80/'), hostInUrl('mailto:x'), hostInUrl('http://')]).toEqual(['evil.example', '2001:db8::1', null, null])
  })
})
