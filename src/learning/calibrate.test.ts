import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { curveFromJson, isotonic, probability } from './calibrate.ts'
import type { Held } from './calibrate.ts'
import { seeded } from './random.ts'

const held = (...labels: (0 | 1)[]): Held[] => labels.map((label, margin) => ({ margin, label, weight: 1 }))

describe('isotonic', () => {
  it.each<[string, Held[], number[], number[]]>([
    ['apart', held(0, 0, 1, 1), [0, 1, 2, 3], [1 / 6, 1 / 6, 5 / 6, 5 / 6]],
    ['a pair in the wrong order is pooled', held(0, 1, 0, 1), [0, 1, 2, 3], [1 / 6, 0.5, 0.5, 5 / 6]],
    ['all in the wrong order are one', held(1, 1, 0, 0), [0, 3], [0.5, 0.5]],
    ['one label', held(1, 1), [0, 1], [0.75, 0.75]],
    ['one example', held(1), [0], [2 / 3]],
    ['ties are one', [{ margin: 1, label: 0, weight: 1 }, { margin: 1, label: 1, weight: 3 }], [1], [0.75]],
  ])('%s', (_, given, margins, probabilities) => {
    const curve = isotonic(given)
    expect(curve.margins).toEqual(margins)
    curve.probabilities.forEach((value, index) => expect(value).toBeCloseTo(probabilities[index] as number, 5))
  })

  it('finds the chances that margins had', () => {
    const random = seeded(3)
    const drawn = Array.from({ length: 20_000 }, (): Held => {
      const margin = random() * 6 - 3
      return { margin, label: random() < 1 / (1 + Math.exp(-2 * margin)) ? 1 : 0, weight: 1 }
    })
    const curve = isotonic(drawn)
    for (const margin of [-2, -1, 0, 1, 2]) expect(Math.abs(probability(curve, margin) - 1 / (1 + Math.exp(-2 * margin)))).toBeLessThan(0.04)
  })

  it('never falls, never becomes certain, and survives a file', () => {
    const one = fc.record({ margin: fc.double({ min: -50, max: 50, noNaN: true }), label: fc.constantFrom(0 as const, 1 as const), weight: fc.double({ min: 0.01, max: 5, noNaN: true }) })
    fc.assert(fc.property(fc.array(one, { minLength: 1, maxLength: 60 }), fc.array(fc.double({ min: -60, max: 60, noNaN: true })), (given, asked) => {
      const curve = curveFromJson(JSON.parse(JSON.stringify(isotonic(given))))
      const answers = asked.toSorted((a, b) => a - b).map((margin) => probability(curve, margin))
      answers.forEach((answer, index) => {
        expect(answer).toBeGreaterThan(0)
        expect(answer).toBeLessThan(1)
        expect(answer).toBeGreaterThanOrEqual((answers[index - 1] ?? 0) - 1e-12)
      })
    }))
  })
})

describe('probability', () => {
  const curve = { margins: [-1, 1, 3], probabilities: [0.1, 0.5, 0.9] }
  it.each([[-5, 0.1], [-1, 0.1], [0, 0.3], [1, 0.5], [2, 0.7], [3, 0.9], [9, 0.9]])('of %d is %d', (margin, expected) => {
    expect(probability(curve, margin)).toBeCloseTo(expected, 12)
  })
})

describe('a curve in a file', () => {
  it.each<[string, unknown, string]>([
    ['nothing', null, 'margins do not ascend'],
    ['margins that fall', { margins: [1, 0], probabilities: [0, 1] }, 'margins do not ascend'],
    ['a margin twice', { margins: [1, 1], probabilities: [0, 1] }, 'margins do not ascend'],
    ['probabilities that fall', { margins: [0, 1], probabilities: [1, 0] }, 'probabilities fall'],
    ['more than certain', { margins: [0, 1], probabilities: [0, 1.5] }, 'probabilities fall or leave 0 to 1'],
    ['text', { margins: [0], probabilities: ['1'] }, 'probabilities fall'],
    ['no points', { margins: [], probabilities: [] }, 'at least one'],
    ['a point too few', { margins: [0, 1], probabilities: [0.5] }, 'as many margins'],
  ])('is refused with %s', (_, broken, message) => expect(() => curveFromJson(broken)).toThrow(message))
})
