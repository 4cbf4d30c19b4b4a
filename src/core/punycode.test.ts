import * as fc from 'fast-check'
import { domainToASCII, domainToUnicode } from 'node:url'
import { expect, it } from 'vitest'
import { decodeLabel, encodeLabel } from './punycode.ts'

// RFC 3492, 7.1, and the shapes that attackers use.
it.each([
  ['ليهمابتكلموشعربي؟', 'xn--egbpdaj6bu4bxfgehfvwxn'], ['他们为什么不说中文', 'xn--ihqwcrb4cv8a8dqg056pqjye'], ['münchen', 'xn--mnchen-3ya'], ['аpple', 'xn--pple-43d'],
  ['3年b組金八先生', 'xn--3b-ww4c5e180e575a65lsy2b'],
])('%s is %s', (label, encoded) => {
  expect(encodeLabel(label)).toBe(encoded)
  expect(decodeLabel(encoded)).toBe(label)
})

it('leaves plain labels alone', () => {
  expect(decodeLabel('registry')).toBe('registry')
  expect(encodeLabel('registry')).toBe('registry')
})

it.each(['xn--', 'xn--\u0000', 'xn--99999999', `xn--${'z'.repeat(59)}`, `xn--${'a'.repeat(80)}`, 'xn--a-ecp.'])('says nothing of %j', (label) => {
  const decoded = decodeLabel(label)
  expect(decoded === null || encodeLabel(decoded) !== null).toBe(true)
})

it('agrees with the URL standard wherever that allows a label', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom(...'aаεo0-漢字üñ😀'), minLength: 1, maxLength: 20 }), (label) => {
    const ascii = domainToASCII(`${label}.example`)
    if (!ascii.startsWith('xn--') || domainToUnicode(ascii) !== `${label}.example`) return
    expect(encodeLabel(label)).toBe(ascii.slice(0, -8))
    expect(decodeLabel(ascii.slice(0, -8))).toBe(label)
  }))
})
