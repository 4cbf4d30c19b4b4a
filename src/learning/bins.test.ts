import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { STEPS, binned } from './bins.ts'

const column = (values: readonly number[]) => {
  const { cuts, steps } = binned(values.map((value) => Float64Array.of(value)), 1)
  return { cuts: cuts[0] as readonly number[], steps: Array.from(steps) }
}

describe('binned', () => {
  it.each<[string, number[], number[], number[]]>([
    ['a flag', [0, 1, 1, 0], [0.5], [1, 2, 2, 1]],
    ['counts', [3, 0, 7], [2, 5], [2, 1, 3]],
    ['one value', [4, 4, 4], [], [1, 1, 1]],
    ['nothing', [NaN, NaN], [], [0, 0]],
    ['one value or none', [1, NaN, 1], [Number.MAX_VALUE], [1, 0, 1]],
    ['what is not finite', [1, Infinity, -Infinity, 2], [1.5, Number.MAX_VALUE], [1, 0, 0, 2]],
    ['neighbours', [1, 1 + Number.EPSILON], [1 + Number.EPSILON], [1, 2]],
    ['the two ends', [-Number.MAX_VALUE, Number.MAX_VALUE], [0], [1, 2]],
  ])('cuts %s', (_, values, cuts, steps) => {
    expect(column(values)).toEqual({ cuts, steps })
  })

  it('cuts many values into shares of about the same size', () => {
    const { cuts, steps } = column(Array.from({ length: 10_000 }, (_, index) => index ** 2))
    expect(cuts.length).toBeGreaterThan(STEPS - 10)
    const sizes = cuts.map((_, step) => steps.filter((at) => at === step + 1).length)
    expect(Math.max(...sizes)).toBeLessThan((10_000 / STEPS) * 1.2)
  })

  it('keeps rare values apart from a common one', () => {
    const { steps } = column([...Array<number>(9000).fill(0), ...Array.from({ length: 1000 }, (_, index) => index + 1)])
    expect(new Set(steps.slice(9000)).has(1)).toBe(false)
  })

  it('sorts by the same comparison as the trees', () => {
    fc.assert(fc.property(fc.array(fc.double(), { minLength: 1, maxLength: 200 }), (values) => {
      const { cuts, steps } = column(values)
      expect(cuts).toEqual([...new Set(cuts)].toSorted((a, b) => a - b))
      values.forEach((value, row) => {
        const step = steps[row] as number
        expect(step).toBeLessThan(STEPS)
        expect(step === 0).toBe(!Number.isFinite(value))
        if (step > 0) cuts.forEach((cut, index) => expect(value < cut).toBe(step <= index + 1))
      })
    }))
  })
})
