import { describe, expect, it } from 'vitest'
import { clientHop } from './forwarded.ts'

const isTrusted = (address: string): boolean => address.startsWith('10.') || address === '2001:db8::10'
const hop = (headers: Record<string, string>) => clientHop(headers, isTrusted)

describe('the client behind proxies', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7'],
    ['1.1.1.1, 192.0.2.7', '192.0.2.7'],
    ['1.1.1.1, 192.0.2.7, 10.0.0.5, 10.0.0.6', '192.0.2.7'],
    ['192.0.2.7:4711', '192.0.2.7'],
    ['[2001:db8::1]:4711, 2001:db8::10', '2001:db8::1'],
    ['10.0.0.1, 10.0.0.2', '10.0.0.1'],
    ['192.0.2.7, unknown', 'unknown'],
    [', ,', null],
    ['', null],
  ])('X-Forwarded-For: %s is %s', (header, address) => {
    expect(hop({ 'x-forwarded-for': header }).address).toBe(address)
  })

  it.each([
    ['for=192.0.2.7', { address: '192.0.2.7', host: null, scheme: null }],
    ['for=1.1.1.1;host=evil.example, for=192.0.2.7;proto=https;host="gate.example:8443", for=10.0.0.5;proto=http', { address: '192.0.2.7', host: 'gate.example:8443', scheme: 'https' }],
    ['For="[2001:db8::1]:4711";PROTO=http', { address: '2001:db8::1', host: null, scheme: 'http' }],
    ['for="a, for=10.0.0.1", for=_hidden', { address: '_hidden', host: null, scheme: null }],
    ['for="unclosed, for=192.0.2.7', { address: '192.0.2.7', host: null, scheme: null }],
    ['nothing of it', { address: null, host: null, scheme: null }],
  ])('Forwarded: %s', (header, expected) => {
    expect(hop({ forwarded: header })).toEqual(expected)
  })

  it('takes host and scheme of the same hop, or the one there is', () => {
    expect(hop({ 'x-forwarded-for': '1.1.1.1, 192.0.2.7, 10.0.0.5', 'x-forwarded-host': 'evil.example, gate.example, inner.example', 'x-forwarded-proto': 'https' }))
      .toEqual({ address: '192.0.2.7', host: 'gate.example', scheme: 'https' })
    expect(hop({ 'x-forwarded-host': 'gate.example' })).toEqual({ address: null, host: 'gate.example', scheme: null })
  })

  it('is read in linear time', () => {
    for (const hostile of ['a'.repeat(30_000), 'a="'.repeat(10_000), 'for="\\'.repeat(7_000), ','.repeat(30_000)]) {
      expect(hop({ forwarded: hostile }).host).toBeNull()
      expect(hop({ 'x-forwarded-for': hostile }).host).toBeNull()
    }
  })
})
