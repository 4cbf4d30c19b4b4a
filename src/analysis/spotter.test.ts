import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Spotter } from './spotter.ts'

const WORDS = [['\\x', '\\u'], ['eval', 'exec'], ['![]', '[]['], ['b64decode'], ['lambda'], ['a "b'], ['ﾟωﾟ']] as const

describe('which words a text has', () => {
  const spotter = new Spotter(WORDS)
  const plainly = (text: string): number[] => WORDS.map((words) => (words.some((word) => text.includes(word)) ? 1 : 0))
  const piece = fc.oneof(fc.constantFrom(...WORDS.flat()), fc.constantFrom('\\', 'ev', 'al', 'EVAL', '![', ']', 'b64', 'decode', '"b', '\u0165', '\u0100x'), fc.string({ maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 9 }))

  test('are those that a look for each of them finds', () => {
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), (pieces) => {
      const text = pieces.join('')
      expect([...spotter.in(text)]).toEqual(plainly(text))
    }), { numRuns: 2000 })
  })

  test.each([65_530, 65_534, 65_535, 65_536, 65_537, 65_538, 131_072])('are found where a long text is cut: %i', (at) => {
    for (const word of WORDS.flat()) {
      for (const text of ['.'.repeat(at) + word, `${'.'.repeat(at - word.length + 1)}${word}${'.'.repeat(70_000)}`]) expect([...spotter.in(text)]).toEqual(plainly(text))
    }
  })

  test('are found in either case, where that does not count', () => {
    const either = new Spotter([['ignore'], ['mark th'], ['\\.env']], { anyCase: true })
    fc.assert(fc.property(fc.array(fc.constantFrom('ign', 'IGN', 'ore', 'OrE', 'mark ', 'MARK', ' ', 'th', 'TH', '\\.E', 'nV', '|.e'), { maxLength: 20 }), (pieces) => {
      const text = pieces.join('')
      expect([...either.in(text)]).toEqual(['ignore', 'mark th', '\\.env'].map((word) => (text.toLowerCase().includes(word) ? 1 : 0)))
    }))
  })

  test('are none in nothing', () => {
    expect([...spotter.in('')]).toEqual(WORDS.map(() => 0))
  })
})
