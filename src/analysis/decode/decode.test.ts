import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LONGEST_INPUT, LONGEST_OUTPUT } from './bytes.ts'
import { decode, decodeEncodedCommand } from './decode.ts'
import type { Key } from './decode.ts'
import { notDecoded } from './names.ts'

const TEXT = 'require("x").run()'

describe('decode', () => {
  it.each([
    ['base64', 'cmVxdWlyZSgieCIpLnJ1bigp'],
    ['b64', 'cmVxdWlyZSgieCIpLnJ1bigp'],
    ['base64_codec', 'cmVxdWlyZSgi\neCIpLnJ1bigp\n'],
    ['base64.b64decode', 'cmVx!dWlyZSgi!eCIpLnJ1bigp'],
    ['BASE64', 'cmVxdWlyZSgieCIpLnJ1bigp'],
    ['base64url', 'cmVxdWlyZSgieCIpLnJ1bigp'],
    ['urlsafe_b64decode', 'cmVxdWlyZSgieCIpLnJ1bigp'],
    ['base32', 'OJSXC5LJOJSSQITYEIUS44TVNYUCS==='],
    ['b32decode', 'ojsxc5ljojssqityeius44tvnyucs'],
    ['hex', '7265717569726528227822292e72756e2829'],
    ['hex_codec', '0x7265717569726528227822292e72756e2829'],
    ['binascii.unhexlify', '72:65:71:75:69:72:65:28:22:78:22:29:2e:72:75:6e:28:29'],
    ['url', 'require%28%22x%22%29.run()'],
    ['unescape', 'require%28%22x%u0022%29.run()'],
    ['decodeURIComponent', '%72equire(%22x%22).run()'],
    ['rot13', 'erdhver("k").eha()'],
    ['rot_13', 'erdhver("k").eha()'],
    ['js-escapes', String.raw`\x72equire(\u0022x\u{22}).r\165n()`],
    ['unicode_escape', String.raw`\U00000072equire("x").run()`],
    ['reversed', ')(nur.)"x"(eriuqer'],
    ['html', '&#114;equire&lpar;&quot;x&#x22;).run()'],
    ['charcodes', '114,101,113,117,105,114,101,40,34,120,34,41,46,114,117,110,40,41'],
    ['charcodes', '[0x72,0x65,0x71, 117, 105, 114,101,40,34,120,34,41,46,114,117,110,40,41]'],
  ])('%s', (how, input) => expect(decode(how, input)?.text).toBe(TEXT))

  it.each([
    ['ascii85', '<~87cURD]i,"Ebo80~>', 'Hello World!'],
    ['b85', 'NM&qnZy;B1a%^NF', 'Hello World!'],
    ['rot47', 'w6==@ (@C=5P', 'Hello World!'],
    ['rot1', 'Ifmmp Xpsme!', 'Hello World!'],
    ['encodedcommand', 'SABpAA==', 'Hi'],
  ])('%s: %s', (how, input, text) => expect(decode(how, input)?.text).toBe(text))

  it.each([
    ['nonsense', 'aGk='], ['utf8', 'hi'], ['hex', 'xyz'], ['hex', 'abc'], ['base64', 'gr\u00fc\u00dfe'], ['base32', '0189'], ['zlib', 'not zlib'],
    ['gzip', ''], ['xor', 'no key'], ['charcodes', '1,2,x'], ['base85', '~~~~~'], ['constructor', 'aGk='], ['lzma', 'x'],
  ])('%s of %j is nothing', (how, input) => expect(decode(how, input)).toBeNull())

  it('reads the example of RFC 32/Z85', () => expect(Buffer.from(decode('z85', 'HelloWorld')?.bytes ?? []).toString('hex')).toBe('864fd26fb559f75b'))

  it('says what stays closed', () => {
    expect(notDecoded('lzma')).toBe('lzma, not decoded')
    expect(notDecoded('bz2_codec')).toBe('bzip2, not decoded')
    expect(notDecoded('base64')).toBeNull()
  })

  it('reads a payload with a stray byte, and not what is no text', () => {
    expect(decode('hex', Buffer.from('# caf\xe9\nimport os', 'latin1').toString('hex'))?.text).toContain('import os')
    expect(decode('hex', '00ff9980fe01027f')).toMatchObject({ text: null })
  })

  it('reads UTF-16 without being told', () => expect(decode('base64', Buffer.from('iex (iwr x)', 'utf16le').toString('base64'))?.text).toBe('iex (iwr x)'))

  it('keeps its hands off texts that are known in part', () => expect(decode('base64', 'aGVs…bG8=')).toBeNull())

  it('reads encoded commands', () => {
    expect(decodeEncodedCommand(Buffer.from('Get-Date', 'utf16le').toString('base64'))).toBe('Get-Date')
    expect(decodeEncodedCommand('$x')).toBeNull()
  })

  it('gives the beginning of a bomb, and says so', () => {
    const bomb = Buffer.concat([Buffer.from('import os\n'), Buffer.alloc(3 * LONGEST_OUTPUT, ' ')])
    for (const [how, packed] of [['zlib', deflateSync(bomb)], ['gzip', gzipSync(bomb)], ['deflate-raw', deflateRawSync(bomb)]] as const) {
      const out = decode(how, packed)
      expect(out).toMatchObject({ cut: true })
      expect(out?.text?.startsWith('import os')).toBe(true)
      expect(out?.bytes.length).toBeLessThanOrEqual(LONGEST_OUTPUT)
    }
  })

  it('does not begin on inputs that are too long', () => expect(decode('base64', 'A'.repeat(LONGEST_INPUT + 1))).toBeNull())
})

const bytes = fc.uint8Array({ minLength: 1, maxLength: 300 })
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 100 })
const key = fc.uint8Array({ minLength: 1, maxLength: 20 })

const escape = (character: string): string => `\\u{${(character.codePointAt(0) as number).toString(16)}}`
const codes = (value: string, each: (code: number) => string): string => Array.from(value, (character) => each(character.codePointAt(0) as number)).join('')

describe('what was encoded comes back', () => {
  it.each<[string, (input: Uint8Array) => string | Uint8Array]>([
    ['base64', (input) => Buffer.from(input).toString('base64')],
    ['base64url', (input) => Buffer.from(input).toString('base64url')],
    ['hex', (input) => Buffer.from(input).toString('hex')],
    ['base32', base32],
    ['base85', (input) => base85(input)],
    ['ascii85', (input) => ascii85(input)],
    ['zlib', deflateSync], ['deflateRaw', deflateRawSync], ['gzip', gzipSync], ['unzip', gzipSync], ['brotli', brotliCompressSync], ['zstd', zstdCompressSync],
    ['reversed', (input) => Uint8Array.from(input).reverse()],
    ['variation-selectors', (input) => Array.from(input, (byte) => String.fromCodePoint(byte < 16 ? 0xfe00 + byte : 0xe00f0 + byte)).join('')],
  ])('%s', (how, encode) => fc.assert(fc.property(bytes, (input) => {
    expect(Buffer.from(decode(how, encode(input))?.bytes ?? [])).toEqual(Buffer.from(input))
  })))

  it.each<[string, (input: string) => string]>([
    ['url', encodeURIComponent],
    ['reversed', (input) => Array.from(input).reverse().join('')],
    ['js-escapes', (input) => Array.from(input, escape).join('')],
    ['unicode_escape', (input) => codes(input, (code) => `\\U${code.toString(16).padStart(8, '0')}`)],
    ['html', (input) => codes(input, (code) => `&#${code};`)],
    ['charcodes', (input) => Array.from(input, (character) => character.codePointAt(0)).join(', ')],
    ['rot13', (input) => input.replace(/[a-z]/gi, (c) => String.fromCharCode(c.charCodeAt(0) + (c.toLowerCase() < 'n' ? 13 : -13)))],
  ])('%s', (how, encode) => fc.assert(fc.property(text, (input) => {
    expect(decode(how, encode(input))?.text).toBe(input)
  })))

  it('xor', () => fc.assert(fc.property(bytes, key, (input, key) => {
    const hidden = input.map((byte, at) => byte ^ (key[at % key.length] as number))
    expect(Buffer.from(decode('xor', hidden, { key: [...key] })?.bytes ?? [])).toEqual(Buffer.from(input))
  })))

  it('zero-width', () => fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 3, maxLength: 50 }), (input) => {
    const bits = Array.from(Buffer.from(input), (byte) => byte.toString(2).padStart(8, '0')).join('')
    expect(decode('zero-width', bits.replace(/0/g, '\u200b').replace(/1/g, '\u200c'))?.text).toBe(input)
  })))
})

describe('whatever comes in', () => {
  const hows = fc.constantFrom(
    'base64', 'base32', 'base85', 'z85', 'ascii85', 'hex', 'url', 'rot13', 'rot5', 'rot47', 'xor', 'zlib', 'deflate', 'gzip', 'unzip', 'brotli', 'zstd',
    'js-escapes', 'reversed', 'html', 'charcodes', 'zero-width', 'variation-selectors', 'tags', 'encodedcommand',
  )
  const inputs = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.uint8Array({ maxLength: 400 }), fc.string({ maxLength: 400 }))
  const keys: fc.Arbitrary<Key> = fc.oneof(fc.string(), fc.integer(), fc.array(fc.integer()))

  it('nothing throws, and outputs are bounded', () => fc.assert(fc.property(fc.oneof(hows, fc.string()), inputs, keys, (how, input, key) => {
    const out = decode(how, input, { key })
    if (out) {
      expect(out.bytes.length).toBeGreaterThan(0)
      expect(out.bytes.length).toBeLessThanOrEqual(LONGEST_OUTPUT)
    }
  }), { numRuns: 1000 }))
})

function base32(input: Uint8Array): string {
  const bits = Array.from(input, (byte) => byte.toString(2).padStart(8, '0')).join('')
  return (bits.match(/.{1,5}/g) ?? []).map((five) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'[Number.parseInt(five.padEnd(5, '0'), 2)]).join('')
}

const RFC1924 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~'

const base85 = (input: Uint8Array): string => groups85(input).map((digits) => digits.map((digit) => RFC1924[digit]).join('')).join('')

const ascii85 = (input: Uint8Array): string =>
  groups85(input).map((digits) => (digits.length === 5 && digits.every((digit) => digit === 0) ? 'z' : String.fromCharCode(...digits.map((digit) => digit + 33)))).join('')

function groups85(input: Uint8Array): number[][] {
  const groups: number[][] = []
  for (let at = 0; at < input.length; at += 4) {
    const four = [...input.subarray(at, at + 4)]
    let value = [0, 1, 2, 3].reduce((sum, place) => sum * 256 + (four[place] ?? 0), 0)
    const digits = [0, 0, 0, 0, 0]
    for (let place = 4; place >= 0; place--) {
      digits[place] = value % 85
      value = Math.floor(value / 85)
    }
    groups.push(digits.slice(0, four.length + 1))
  }
  return groups
}
