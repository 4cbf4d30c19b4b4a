import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isProse } from './prose.ts'

const SPACED = /[a-z,.;:]{1,20} [a-z]{1,20} [a-z]/i
const piece = fc.oneof(fc.constantFrom(' ', ' ', 'a', 'Word', ',', '1', '\u017f', 'x'.repeat(20), 'x'.repeat(21), '-'.repeat(380)), fc.string({ maxLength: 3 }))

test('prose is what the pattern for it says', () => {
  fc.assert(fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
    const text = pieces.join('')
    expect(isProse(text)).toBe(SPACED.test(text.slice(0, 400)))
  }), { numRuns: 20_000 })
})
