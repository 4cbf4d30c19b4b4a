import { expect, it } from 'vitest'
import { readTarget } from './target.ts'

it.each([
  ['evil.example', 'domain', 'evil.example', 'evil.example'], ['hxxps://Files[.]Evil[.]example:8443/a?b#c', 'domain', 'files.evil.example', 'evil.example'], ['user@evil.example', 'domain', 'evil.example', 'evil.example'],
  ['//cdn.evil.co.uk/', 'domain', 'cdn.evil.co.uk', 'evil.co.uk'], ['рypi.example', 'domain', 'xn--ypi-zed.example', 'xn--ypi-zed.example'], ['evil。example', 'domain', 'evil.example', 'evil.example'], ['co.uk', 'domain', 'co.uk', null],
  ['me.github.io', 'domain', 'me.github.io', 'github.io'], ['_dmarc.evil.example.', 'domain', '_dmarc.evil.example', 'evil.example'],
] as const)('%s: %s %s', (text, type, value, domain) => expect(readTarget(text)).toEqual({ type, value, domain }))

it.each([
  ['192.0.2.7', 'ip', '192.0.2.7'], ['http://192.0.2[.]7:8000/api/', 'ip', '192.0.2.7'], ['[2001:DB8::0:1]:443', 'ip', '2001:db8::1'], ['2001:db8::1', 'ip', '2001:db8::1'], ['AS64500', 'asn', '64500'], ['as 64500', 'asn', '64500'],
] as const)('%s: %s %s', (text, type, value) => expect(readTarget(text)).toEqual({ type, value }))

it.each(['', 'localhost', 'a b.example', '-.example', 'evil..example', 'evil.example\r\nHost: x', 'javascript:alert(1)', '1.2.3', '999.1.1.1', `${'a'.repeat(64)}.example`, `${'a.'.repeat(200)}example`, '\u202eelpmaxe.live\u0000', '../../etc/passwd'])('%j is nothing that can be looked up', (text) => {
  expect(() => readTarget(text)).toThrow(/neither a domain nor an address/)
})
