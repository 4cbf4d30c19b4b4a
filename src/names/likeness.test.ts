import { assert, constantFrom, property, string } from 'fast-check'
import { describe, expect, it } from 'vitest'
import { likeness } from './likeness.ts'

// Blocks as Python 3's difflib.SequenceMatcher(None, a, b).ratio() computes them; Jaro as in Jaro 1989 and Winkler 1990.
it.each([
  ['reids', 'redis', 0.8, 0.8, 0.9333], ['jijna2', 'jinja2', 0.8333, 0.8333, 0.9444], ['qslalchemy', 'sqlalchemy', 0.9, 0.9, 0.9667], ['gevnt', 'gevent', 0.9091, 0.8333, 0.9444],
  ['martha', 'marhta', 0.8333, 0.8333, 0.9444], ['dwayne', 'duane', 0.7273, 0.6667, 0.8222], ['dixon', 'dicksonx', 0.6154, 0.5, 0.7667],
  ['abc', 'xyz', 0, 0, 0], ['', 'abc', 0, 0, 0], ['', '', 1, 1, 1], ['same', 'same', 1, 1, 1], ['ca', 'abc', 0.4, 0, 0], ['abcd', 'bcde', 0.75, 0.5, 0.8333],
])('%s and %s', (a, b, blocks, damerau, jaro) => {
  const measured = likeness(a, b)
  expect(measured.blocks).toBeCloseTo(blocks, 4)
  expect(measured.damerau).toBeCloseTo(damerau, 4)
  expect(measured.jaro).toBeCloseTo(jaro, 4)
})

describe('of any two texts', () => {
  const text = string({ maxLength: 40, unit: constantFrom(...'abc-') })
  it('lies between 0 and 1, and is the same both ways where the measure is', () => {
    assert(property(text, text, (a, b) => {
      const [there, back] = [likeness(a, b), likeness(b, a)]
      for (const value of Object.values(there)) expect(value >= 0 && value <= 1).toBe(true)
      expect(there.damerau).toBe(back.damerau)
      expect((there.damerau === 1) === (a === b)).toBe(true)
    }))
  })

  it('costs no more for texts without end', () => {
    const { blocks } = likeness('ab'.repeat(500_000), 'ba'.repeat(500_000))
    expect(blocks).toBeGreaterThan(0.9)
  })
})
