import { describe, expect, it } from 'vitest'
import { sortableAddress, stretchOf } from './networks.ts'

describe('sortableAddress', () => {
  it.each([
    ['192.0.2.1', '00000000000000000000ffffc0000201'], ['::ffff:192.0.2.1', '00000000000000000000ffffc0000201'], ['2001:DB8::7', '20010db8000000000000000000000007'],
    ['::', '0'.repeat(32)], ['::1', `${'0'.repeat(31)}1`], ['1::', `0001${'0'.repeat(28)}`], ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['[2001:db8::7]', '20010db8000000000000000000000007'], ['fe80::1%eth0', 'fe800000000000000000000000000001'], ['64:ff9b::192.0.2.1', '0064ff9b0000000000000000c0000201'],
  ])('%s', (address, expected) => {
    expect(sortableAddress(address)).toBe(expected)
  })

  it.each(['', 'unknown', '_hidden', '192.0.2', '192.0.2.256', ':::', '1'.repeat(10_000), '192.0.2.1:80'])('takes %j for none', (text) => {
    expect(sortableAddress(text)).toBeNull()
  })
})

describe('stretchOf', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7', '192.0.2.7'], ['192.0.2.7/24', '192.0.2.0', '192.0.2.255'], ['192.0.2.7/32', '192.0.2.7', '192.0.2.7'], ['10.0.0.0/0', '0.0.0.0', '255.255.255.255'],
    ['2001:db8::/32', '2001:db8::', '2001:db8:ffff:ffff:ffff:ffff:ffff:ffff'], ['::/0', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ])('%s', (network, first, last) => {
    expect(stretchOf(network)).toEqual({ first: sortableAddress(first), last: sortableAddress(last) })
  })

  it.each(['', '/24', '192.0.2.0/33', '::/129', '192.0.2.0/-1', '192.0.2.0/24/24', 'host', '192.0.2.0/1e1'])('takes %j for none', (text) => {
    expect(stretchOf(text)).toBeNull()
  })
})
