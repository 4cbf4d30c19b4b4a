import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { folds, withoutCopies } from './folds.ts'
import type { Row } from './rows.ts'

const row = (id: string, group: string, label: 0 | 1): Row => ({ id, group, label, weight: 1, part: 'tuning', features: {} })
const rows = fc.array(fc.tuple(fc.nat(15), fc.constantFrom(0 as const, 1 as const)), { maxLength: 60 })
  .map((pairs) => pairs.map(([group, label], index) => row(`id${index}`, `g${group}`, label)))

describe('folds', () => {
  it('hold every row once, no cluster on both sides, and as many clusters as the others', () => {
    fc.assert(fc.property(rows, fc.integer({ min: 2, max: 6 }), fc.nat(), (rows, count, seed) => {
      const dealt = folds(rows, count, seed)
      expect(dealt).toHaveLength(count)
      expect(dealt.flat().map(({ id }) => id).sort()).toEqual(rows.map(({ id }) => id).sort())
      const clusters = dealt.map((fold) => new Set(fold.map(({ group }) => group)))
      expect(clusters.reduce((sum, { size }) => sum + size, 0)).toBe(new Set(rows.map(({ group }) => group)).size)
      const sizes = clusters.map(({ size }) => size)
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1)
    }))
  })

  it('hold as many malicious clusters as the others', () => {
    const mixed = Array.from({ length: 100 }, (_, index) => row(`id${index}`, `g${index}`, index < 10 ? 1 : 0))
    for (const fold of folds(mixed, 5, 1)) expect(fold.filter(({ label }) => label === 1)).toHaveLength(2)
  })

  it('are the same for rows in another order, and others for another seed', () => {
    const some = Array.from({ length: 40 }, (_, index) => row(`id${index}`, `g${index >> 1}`, index % 4 === 0 ? 1 : 0))
    const ids = (rows: Row[], seed: number): string[][] => folds(rows, 4, seed).map((fold) => fold.map(({ id }) => id).sort())
    expect(ids(some.toReversed(), 1)).toEqual(ids(some, 1))
    expect(ids(some, 2)).not.toEqual(ids(some, 1))
  })
})

describe('withoutCopies', () => {
  it('keeps the first of each cluster and label', () => {
    const some = [row('c', 'x', 1), row('a', 'x', 1), row('b', 'x', 0), row('d', 'y', 0)]
    expect(withoutCopies(some).map(({ id }) => id)).toEqual(['a', 'b', 'd'])
  })
})
