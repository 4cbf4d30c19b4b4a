import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { seeded, shuffled } from './random.ts'

const draws = (seed: number, count: number): number[] => Array.from({ length: count }, seeded(seed))

describe('seeded', () => {
  it('is the same for the same seed and another for the next', () => {
    expect(draws(1, 50)).toEqual(draws(1, 50))
    expect(draws(1, 50).filter((value, index) => value === draws(2, 50)[index])).toEqual([])
  })

  it.each([0, 1, 2, 123456789, -5])('spreads evenly from seed %i', (seed) => {
    const tenths = draws(seed, 10_000).reduce((counts, value) => counts.with(Math.floor(value * 10), (counts[Math.floor(value * 10)] ?? 0) + 1), Array<number>(10).fill(0))
    expect(tenths).toHaveLength(10)
    for (const count of tenths) expect(Math.abs(count - 1000)).toBeLessThan(150)
  })
})

describe('shuffled', () => {
  it('keeps every item', () => {
    fc.assert(fc.property(fc.array(fc.integer()), fc.integer(), (items, seed) => {
      expect(shuffled(items, seeded(seed)).sort((a, b) => a - b)).toEqual(items.toSorted((a, b) => a - b))
    }))
  })

  it('gives every order a chance', () => {
    const orders = new Set(Array.from({ length: 200 }, (_, seed) => shuffled(['a', 'b', 'c'], seeded(seed)).join('')))
    expect(orders.size).toBe(6)
  })
})
