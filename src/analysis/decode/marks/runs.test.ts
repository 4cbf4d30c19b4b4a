import * as fc from 'fast-check'
import { expect, it } from 'vitest'
import { classOf, hasLongRun, longRuns } from './runs.ts'

const isLetter = classOf(/[a-z]/)

it('finds what a pattern finds', () => fc.assert(fc.property(fc.stringMatching(/^[ab .]{0,80}$/), fc.integer({ min: 1, max: 9 }), (text, least) => {
  const expected = [...text.matchAll(new RegExp(`[a-z]{${least},}`, 'g'))].map(({ 0: run, index }) => [index, index + run.length])
  expect([...longRuns(text, least, isLetter)]).toEqual(expected)
  expect(hasLongRun(text, least, isLetter)).toBe(expected.length > 0)
}), { numRuns: 2000 }))
