import { array, assert, constant, integer, nat, oneof, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { interestingStrings, isInteresting, runs } from './strings.ts'

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1')

describe('text in a binary', () => {
  it('is found in ASCII and in UTF-16, at either parity', () => {
    const wide = Buffer.from('cmd /c whoami', 'utf16le')
    const bytes = Buffer.concat([latin1('\x01\x02curl -s host.example\x00\x00'), wide, latin1('\x01\x01\x01'), wide])
    expect([...runs(bytes)]).toEqual([
      { text: 'curl -s host.example', at: 2 }, { text: 'cmd /c whoami', at: 24 }, { text: 'cmd /c whoami', at: 53 },
    ])
    expect(interestingStrings(bytes)).toEqual([{ text: 'curl -s host.example', at: 2 }, { text: 'cmd /c whoami', at: 24 }])
  })

  it('is what a regular expression over every byte finds', () => {
    const byte = oneof({ weight: 3, arbitrary: integer({ min: 0x20, max: 0x7e }) }, { weight: 3, arbitrary: constant(0) }, { weight: 1, arbitrary: nat(255) })
    const stretch = oneof(array(byte, { maxLength: 40 }), string({ maxLength: 20 }).map((text) => [...Buffer.from(text, 'utf16le')]), string({ maxLength: 20 }).map((text) => [...Buffer.from(text)]))
    assert(property(array(stretch, { maxLength: 20 }), (stretches) => {
      const bytes = Uint8Array.from(stretches.flat())
      const text = Buffer.from(bytes).toString('latin1')
      const found = (pattern: RegExp) => [...text.matchAll(pattern)].map((match) => ({ text: match[0].replaceAll('\0', ''), at: match.index }))
      // oxlint-disable-next-line no-control-regex -- a zero is the second byte of UTF-16LE
      expect([...runs(bytes)]).toEqual([...found(/[\t -~]{6,}/g).filter((run) => run.text.length <= 500), ...found(/(?:[\t -~]\0){6,}/g)])
    }), { numRuns: 500 })
  })

  it('of fewer than six characters is none', () => {
    expect([...runs(latin1('\x01abcde\x02abcdef'))]).toEqual([{ text: 'abcdef', at: 7 }])
  })

  it('that is long comes in pieces that overlap, so that a cut hides nothing', () => {
    const text = `${'x'.repeat(495)}https://host.example/path${'y'.repeat(2000)}`
    expect(interestingStrings(latin1(text)).some((piece) => piece.text.includes('https://host.example/path'))).toBe(true)
    for (const piece of runs(latin1(text))) expect(text.startsWith(piece.text, piece.at)).toBe(true)
  })

  it.each([
    'https://host.example/a', 'wss://192.0.2.7:8080', 'connect to 192.0.2.7 now', '/root/.ssh/id_rsa', '%APPDATA%\\x', 'powershell -enc AAAA', '/bin/sh', 'AKIAIOSFODNN7EXAMPLE',
  ])('%s is worth a look', (text) => {
    expect(isInteresting(text)).toBe(true)
  })

  it.each(['__libc_start_main', 'GLIBC_2.34', 'version 1.2.3', '1.2.3.4.5.6', 'e://3M', 'napi_create_function'])('%s is not', (text) => {
    expect(isInteresting(text)).toBe(false)
  })

  it('is bounded', () => {
    const bytes = latin1(Array.from({ length: 5000 }, (_, i) => `https://host${i}.example/`).join('\0'))
    expect(interestingStrings(bytes)).toHaveLength(500)
    expect(interestingStrings(bytes, { most: 3 })).toHaveLength(3)
  })
})
