import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isAddress } from './sketch-address.ts'

const ADDRESS = /^(?:[\w.+-]+@)?[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,24}|\d{1,3})(?::\d+)?(?:[/?#].*)?$/i
const units = (text: string): Uint16Array => Uint16Array.from({ length: text.length }, (_, at) => text.charCodeAt(at))
const piece = fc.oneof(fc.constantFrom('a', 'B9', '_', '-', '+', '.', '.', 'x.example', '@', ':', '80', '/', '?', '#', 'com', '1', '234', 'a'.repeat(25), '\u017f', '\u212a', 'é'), fc.string({ maxLength: 2 }))

test('addresses are what the pattern for them says', () => {
  fc.assert(fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
    const text = pieces.join('').replace(/\s/g, '')
    expect(isAddress(units(`"${text}.`), 1, 1 + text.length)).toBe(ADDRESS.test(text))
  }), { numRuns: 20_000 })
})
