import { describe, expect, it } from 'vitest'
import { auc, countsAt, falsePositiveRate, logLoss, precision, recall, thresholdFor, wilson } from './metrics.ts'
import type { Scored } from './metrics.ts'

const scored = (...pairs: [number, 0 | 1][]): Scored[] => pairs.map(([score, label]) => ({ score, label }))

describe('auc', () => {
  it.each<[string, Scored[], number]>([
    ['in order', scored([0.1, 0], [0.2, 0], [0.8, 1]), 1],
    ['the wrong way round', scored([0.9, 0], [0.2, 1]), 0],
    ['all the same', scored([0.5, 0], [0.5, 1], [0.5, 1]), 0.5],
    ['three of four pairs', scored([0.1, 0], [0.4, 0], [0.35, 1], [0.8, 1]), 0.75],
    ['a tie among others', scored([0.3, 0], [0.3, 1], [0.9, 1], [0.1, 0]), 0.875],
  ])('%s', (_, given, expected) => expect(auc(given)).toBe(expected))

  it('does not exist for one label', () => expect(auc(scored([0.1, 1]))).toBeNaN())
})

describe('logLoss', () => {
  it.each<[string, Scored[], number]>([
    ['a coin', scored([0.5, 0], [0.5, 1]), Math.LN2],
    ['by hand', scored([0.9, 1], [0.1, 0], [0.8, 1], [0.35, 1]), 0.371],
    ['right and sure', scored([1, 1], [0, 0]), 0],
    ['wrong and sure', scored([0, 1]), 34.539],
  ])('%s', (_, given, expected) => expect(logLoss(given)).toBeCloseTo(expected, 3))
})

describe('at a threshold', () => {
  const some = scored([0.9, 1], [0.8, 1], [0.7, 0], [0.6, 1], [0.4, 0], [0.2, 1], [0.1, 0])
  it.each([
    [0.6, 3 / 4, 3 / 4, 1 / 3],
    [0.65, 2 / 3, 2 / 4, 1 / 3],
    [0, 4 / 7, 1, 1],
    [0.75, 1, 2 / 4, 0],
  ])('%d', (threshold, p, r, f) => {
    const counts = countsAt(some, threshold)
    expect([precision(counts)?.value, recall(counts)?.value, falsePositiveRate(counts)?.value]).toEqual([p, r, f])
  })

  it('nothing to count is no share', () => {
    const counts = countsAt(scored([0.1, 0]), 0.5)
    expect([precision(counts), recall(counts)]).toEqual([null, null])
    expect(falsePositiveRate(counts)).toMatchObject({ value: 0, of: 1 })
  })

  it.each([
    [0.75, 0.6],
    [0.9, 0.8],
    [0.5, 0.1],
  ])('precision %d is reached at %d', (wanted, threshold) => expect(thresholdFor(some, wanted)).toBe(threshold))

  it('precision may be out of reach', () => expect(thresholdFor(scored([0.9, 0], [0.1, 1]), 0.9)).toBeNull())
})

describe('wilson', () => {
  // Newcombe 1998, "Two-sided confidence intervals for the single proportion", table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('%i of %i', (part, of, low, high) => {
    expect(wilson(part, of)[0]).toBeCloseTo(low, 4)
    expect(wilson(part, of)[1]).toBeCloseTo(high, 4)
  })

  it('of everything ends at 1', () => expect(wilson(20, 20)[1]).toBe(1))
})
