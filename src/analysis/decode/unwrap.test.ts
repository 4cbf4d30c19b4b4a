import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { LONGEST_INPUT, LONGEST_OUTPUT } from './bytes.ts'
import { unwrap } from './unwrap.ts'

const CODE = 'import os\nos.system("echo nothing at all")\n'
const LONG = `${CODE}# ${'a comment that makes it longer and no better '.repeat(6)}\n`
const b64 = (data: string | Uint8Array): string => Buffer.from(data).toString('base64')
const back = (text: string): string => [...text].reverse().join('')
const digits = (text: string, each: (code: number) => string, between = ''): string => [...text].map((c) => each(c.charCodeAt(0))).join(between)
const path = (input: string | Uint8Array): string => unwrap(input).map(({ how }) => how).join(' > ')

describe('unwrap', () => {
  it.each<[string, string | Uint8Array, string]>([
    ['base64', b64(CODE), 'base64'],
    ['base64 without padding', b64(CODE).replace(/=+$/, ''), 'base64'],
    ['base64 for URLs', Buffer.from('???>>>???>>> hello').toString('base64url'), 'base64'],
    ['base64 in lines', b64(LONG).replace(/.{64}/g, '$&\n'), 'base64'],
    ['an address in base64', b64('https://c2.example'), 'base64'],
    ['base64 twice', b64(b64(CODE)), 'base64 > base64'],
    ['base64 turned round', back(b64(`${CODE}!`)), 'reversed base64'],
    ['base64 turned round without padding', back(b64(`${CODE}!`).replace(/=+$/, '')), 'reversed base64'],
    ['UTF-16 in base64', b64(Buffer.from('Write-Host nothing', 'utf16le')), 'base64'],
    ['hex', Buffer.from(CODE).toString('hex'), 'hex'],
    ['hex with 0x', `0x${Buffer.from(CODE).toString('hex').toUpperCase()}`, 'hex'],
    ['gzip in base64', b64(gzipSync(LONG)), 'base64 > gzip'],
    ['zlib in base64', b64(deflateSync(LONG)), 'base64 > zlib'],
    ['deflate in base64', b64(deflateRawSync(LONG)), 'base64 > deflate'],
    ['brotli in base64', b64(brotliCompressSync(LONG)), 'base64 > brotli'],
    ['zlib in hex', deflateSync(LONG).toString('hex'), 'hex > zlib'],
    ['zlib in base64, turned round, as a loader does', back(b64(deflateSync(LONG))), 'reversed base64 > zlib'],
    ['xor in base64', b64(Buffer.from(LONG).map((byte) => byte ^ 0xaa)), 'base64 > xor 170'],
    ['bytes of gzip', gzipSync(b64(CODE)), 'gzip > base64'],
    ['JavaScript escapes', digits(CODE, (code) => `\\x${code.toString(16).padStart(2, '0')}`), 'escapes'],
    ['\\u escapes', digits(CODE, (code) => `\\u${code.toString(16).padStart(4, '0')}`), 'escapes'],
    ['octal escapes', digits(CODE.trim(), (code) => `\\${code.toString(8)}`), 'escapes'],
    ['percent-encoding', digits(CODE, (code) => `%${code.toString(16).padStart(2, '0')}`), 'url'],
    ['entities', digits(CODE, (code) => `&#${code};`), 'html'],
    ['codes', digits(CODE, String, ','), 'codes'],
    ['codes in brackets', `[${digits(CODE, String, ', ')}]`, 'codes'],
    ['hexadecimal codes', digits(CODE, (code) => `0x${code.toString(16).padStart(2, '0')}`, ','), 'codes'],
    ['rot13', 'erdhver("uggcf://k.rknzcyr")', 'rot13'],
    ['an address turned round', back('https://c2.example/payload'), 'reversed'],
    ['zero-width bits', `hello${digits(CODE, (code) => code.toString(2).padStart(8, '0')).replace(/0/g, '\u200c').replace(/1/g, '\u200d')}`, 'zero-width'],
    ['variation selectors', `x${digits(CODE, (code) => String.fromCodePoint(code < 16 ? 0xfe00 + code : 0xe00f0 + code))}`, 'variation-selectors'],
    ['tags', digits(CODE.replaceAll('\n', ' '), (code) => String.fromCodePoint(0xe0000 + code)), 'tags'],
    ['base32', 'NFWXA33SOQQG64YKN5ZS443ZON2GK3JIEJSWG2DPEBXG65DINFXGOIRJBI======', 'base32'],
    ['base85', 'X>D+Ca&#bXa|&;BE^~QvbY*QQB4uM}Zy;`ObZBXAXCPs8AYp85A}I<', 'base85'],
    ['ascii85', 'Bl.g-Ec`FBEsci,/ou;ZFCf;;,%Y7tD]iq9FD,B+B-:W)+CT)&+t3j', 'ascii85'],
  ])('%s', (_, input, expected) => expect(path(input)).toBe(expected))

  it.each([
    ['prose', 'The quick brown fox jumps over the lazy dog, and then does it again.'],
    ['prose in Russian', 'Съешь же ещё этих мягких французских булок, да выпей чаю'],
    ['md5', 'd41d8cd98f00b204e9800998ecf8427e'],
    ['sha1', 'da39a3ee5e6b4b0d3255bfef95601890afd80709'],
    ['sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['an integrity string', `sha512-${b64(Uint8Array.from({ length: 64 }, (_, at) => (at * 97 + 31) & 255))}`],
    ['a UUID', '123e4567-e89b-42d3-a456-426614174000'],
    ['an identifier', 'getElementsByClassNameFromDocument'],
    ['a constant', 'MAXIMUM_NUMBER_OF_RETRIES'],
    ['a constant in base32 letters', 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'],
    ['an alphabet', 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'],
    ['a card number', '4242424242424242'],
    ['minified code', 'function(e,t){for(var n=0;n<t.length;n++){var r=t[n];r.enumerable=r.enumerable||!1}}'],
    ['a path', 'node_modules/vite/dist/node/chunks'],
    ['an address', 'https://www.example.com/some/path/that/is/long?with=a%20query'],
    ['an SVG', 'data:image/svg+xml,%3Csvg xmlns=%22http://www.w3.org/2000/svg%22%3E%3C/svg%3E'],
    ['emoji', '👩‍👩‍👧‍👦 and ❤️ and 🏳️‍🌈 and 1️⃣ are all just writing'],
    ['numbers', '500,500,556,278,833,191,333,333,389,584,278'],
    ['versions', '1.2.3-alpha.1+build.5678'],
    ['dates', '2024-01-02T03:04:05.678Z'],
    ['a template of a data URI', 'data:text/css;base64,${Buffer.from(x).toString("base64")}'],
    ['nothing', ''],
  ])('leaves %s alone', (_, text) => expect(unwrap(text)).toEqual([]))

  it.each([
    ['png', '89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4'],
    ['gif', '4749463839610100010080000000000000ffffff21f904010000000000'],
    ['woff2', '774f4632000100000000098c000d0000000012d00000093800010000'],
    ['wasm', '0061736d01000000010401600000030201000a040102000b00000000'],
    ['elf', '7f454c4602010100000000000000000003003e000100000000100000'],
    ['zip', '504b03041400000008000000210000000000000000000000000000000900'],
    ['xz', 'fd377a585a000004e6d6b4460200210116000000742fe5a301000561'],
  ])('knows %s by its first bytes', (kind, hex) => {
    const bytes = Buffer.from(hex, 'hex')
    expect(unwrap(bytes.toString('base64'))).toMatchObject([{ how: 'base64', text: null, kind }])
    expect(unwrap(`data:application/octet-stream;base64,${bytes.toString('base64')}`)).toMatchObject([{ kind }])
  })

  it('reads data URIs of text', () => {
    expect(unwrap('data:text/javascript;base64,cnVuKCk=')).toMatchObject([{ how: 'base64', text: 'run()' }])
  })

  it('stops at its depth', () => {
    let text = CODE
    for (let depth = 0; depth < 12; depth++) text = b64(text)
    expect(unwrap(text)).toHaveLength(6)
  })

  it('does not begin on what is too long', () => expect(unwrap('A'.repeat(LONGEST_INPUT + 1))).toEqual([]))

  it('terminates within bounds, whatever comes in', () => {
    const letters = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }), fc.base64String({ maxLength: 300 }), fc.stringMatching(/^[0-9a-f]{0,200}$/), fc.uint8Array({ maxLength: 300 }),
      fc.stringMatching(/^(\\x[0-9a-f]{2}){0,60}$/), fc.array(fc.nat(300)).map((codes) => codes.join(',')), fc.string({ maxLength: 300 }),
      fc.array(fc.constantFrom('\u200b', '\u200c', '\u200d', '\ufeff', '\ufe01', '\u{e0101}'), { maxLength: 300 }).map((run) => run.join('')),
    )
    fc.assert(fc.property(letters, (input) => {
      const layers = unwrap(input)
      expect(layers.length).toBeLessThanOrEqual(6)
      for (const layer of layers) expect(layer.bytes.length).toBeLessThanOrEqual(LONGEST_OUTPUT)
    }), { numRuns: 1000 })
  })

  it('peels what was wrapped, whichever way', () => {
    const wraps: readonly ((text: string) => string)[] = [b64, (text) => Buffer.from(text).toString('hex'), (text) => b64(gzipSync(text)), (text) => b64(deflateSync(text))]
    fc.assert(fc.property(fc.array(fc.constantFrom(...wraps), { minLength: 1, maxLength: 3 }), (chain) => {
      const wrapped = chain.reduce((text, wrap) => wrap(text), LONG)
      expect(unwrap(wrapped).at(-1)?.text).toBe(LONG)
    }))
  })
})
