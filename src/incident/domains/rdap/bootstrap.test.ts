import { expect, it } from 'vitest'
import { readTarget } from '../target.ts'
import { listFor, serversFor } from './bootstrap.ts'

// After the examples of RFC 9224, 4 and 5.
const DNS = { services: [[['net', 'com'], ['https://registry.example/myrdap/']], [['org', 'mytld'], ['http://example.org/', 'https://example.org']], [['xn--zckzah'], ['https://example.net/rdap/xn--zckzah/']], [['co.test'], ['https://longer.example/']], [['test'], ['https://shorter.example/']]] }
const IPV4 = { services: [[['198.51.100.0/24', '192.0.0.0/8'], ['https://rir1.example/myrdap/']], [['203.0.113.0/24', '192.0.2.0/24'], ['https://example.org/']], [['203.0.113.0/28'], ['https://example.net/rdaprir2/', 'http://example.net/rdaprir2/']]] }
const IPV6 = { services: [[['2001:db8::/34'], ['https://rir2.example/myrdap/']], [['2001:db8:4000::/36', '2001:db8:ffff::/48'], ['https://example.org/']], [['2001:db8:1000::/36'], ['https://example.net/rdaprir2/']]] }
const ASN = { services: [[['64496-64496'], ['https://rir3.example/myrdap/']], [['64497-64510', '65536-65551'], ['https://example.org/']], [['64512-65534'], ['http://example.net/rdaprir2/', 'https://example.net/rdaprir2/']]] }

it.each([
  [DNS, 'evil.com', ['https://registry.example/myrdap/']], [DNS, 'a.b.mytld', ['https://example.org/', 'http://example.org/']], [DNS, 'a.co.test', ['https://longer.example/']], [DNS, 'a.test', ['https://shorter.example/']],
  [DNS, '例.xn--zckzah', ['https://example.net/rdap/xn--zckzah/']], [DNS, 'a.notcom', []],
  [IPV4, '192.0.2.1', ['https://example.org/']], [IPV4, '192.1.0.1', ['https://rir1.example/myrdap/']], [IPV4, '203.0.113.3', ['https://example.net/rdaprir2/', 'http://example.net/rdaprir2/']], [IPV4, '10.0.0.1', []],
  [IPV6, '2001:db8:1000::1', ['https://example.net/rdaprir2/']], [IPV6, '2001:db8::1', ['https://rir2.example/myrdap/']], [IPV6, '2001:db9::1', []],
  [ASN, 'AS65411', ['https://example.net/rdaprir2/', 'http://example.net/rdaprir2/']], [ASN, 'AS64496', ['https://rir3.example/myrdap/']], [ASN, 'AS1', []],
] as const)('%j answers about %s', (document, text, servers) => expect(serversFor(document, readTarget(text))).toEqual(servers))

it.each([['evil.example', 'dns'], ['192.0.2.1', 'ipv4'], ['2001:db8::1', 'ipv6'], ['AS64500', 'asn']] as const)('%s is in the list %s', (text, list) => expect(listFor(readTarget(text))).toBe(list))

it.each([null, [], {}, { services: 'x' }, { services: [1, [], [['com'], 'x'], [['com'], ['ftp://x.example/', 7, 'javascript:x']], [[7, '192.0.2.0/99', 'x/1'], ['https://x.example']]] }])('%j answers about nothing', (document) => {
  for (const text of ['evil.com', '192.0.2.1', 'AS1']) expect(serversFor(document, readTarget(text))).toEqual([])
})
