import { describe, expect, it } from 'vitest'
import { binned } from './bins.ts'
import { grow } from './grow.ts'
import type { Draft, TreeSettings } from './grow.ts'

const settings: TreeSettings = { depth: 1, lambda: 1, gamma: 0, minChildWeight: 0.01 }

/** One tree over examples of one feature at probability one half: the derivatives are ±½ and ¼. */
function grown(values: readonly number[], labels: readonly (0 | 1)[], changed: Partial<TreeSettings> = {}) {
  const draft: Draft = { feature: [], threshold: [], left: [], right: [], missing: [], value: [] }
  const root = grow(draft, {
    settings: { ...settings, ...changed },
    binned: binned(values.map((value) => Float64Array.of(value)), 1),
    allowed: [0],
    gradient: Float64Array.from(labels, (label) => 0.5 - label),
    hessian: new Float64Array(labels.length).fill(0.25),
  }, Int32Array.from(values.keys()))
  return { root, ...draft }
}

describe('grow', () => {
  it('has the values of the formula', () => {
    expect(grown([1, 2, 3, 4], [0, 0, 1, 1])).toEqual({
      root: 0, feature: [0, -1, -1], threshold: [2.5, 0, 0], left: [1, -1, -1], right: [2, -1, -1], missing: [2, -1, -1],
      // -G / (H + λ): -1 / 1.5 on the left, 1 / 1.5 on the right.
      value: [0, -0.666667, 0.666667],
    })
  })

  it.each<[string, Partial<TreeSettings>, number[]]>([
    ['a larger penalty', { lambda: 3.5 }, [0, -0.25, 0.25]],
    ['none', { lambda: 0 }, [0, -2, 2]],
  ])('shrinks leaves by %s', (_, changed, value) => expect(grown([1, 2, 3, 4], [0, 0, 1, 1], changed).value).toEqual(value))

  it('splits for a gain above gamma only', () => {
    // ½ (1 / 1.5 + 1 / 1.5 - 0) = 0.6667
    expect(grown([1, 2, 3, 4], [0, 0, 1, 1], { gamma: 0.66 }).root).toBe(0)
    expect(grown([1, 2, 3, 4], [0, 0, 1, 1], { gamma: 0.67 }).root).toBeNull()
  })

  it('leaves enough on each side', () => {
    const labels = [0, 1, 1, 1, 1, 1] as const
    expect(grown([1, 2, 3, 4, 5, 6], labels).threshold[0]).toBe(1.5)
    expect(grown([1, 2, 3, 4, 5, 6], labels, { minChildWeight: 0.5 }).threshold[0]).toBe(2.5)
    expect(grown([1, 2, 3, 4, 5, 6], labels, { minChildWeight: 0.8 }).root).toBeNull()
  })

  it.each<[string, number[], (0 | 1)[], 'left' | 'right']>([
    ['to the side it is like: left', [1, 1, 2, 2, NaN, NaN], [0, 0, 1, 1, 0, 0], 'left'],
    ['to the side it is like: right', [1, 1, 2, 2, NaN, NaN], [0, 0, 1, 1, 1, 1], 'right'],
    ['with the majority where none was missing: left', [1, 1, 1, 2], [0, 0, 0, 1], 'left'],
    ['with the majority where none was missing: right', [1, 2, 2, 2], [0, 1, 1, 1], 'right'],
  ])('sends a missing value %s', (_, values, labels, side) => {
    const tree = grown(values, labels)
    expect(tree.threshold[0]).toBe(1.5)
    expect(tree.missing[0]).toBe(tree[side][0])
  })

  it.each([1, 2, 3])('asks %i questions one after the other', (depth) => {
    const tree = grown([1, 2, 3, 4, 5, 6, 7, 8], [0, 1, 0, 1, 0, 1, 0, 1], { depth, lambda: 0.01 })
    const levels = tree.feature.map(() => 0)
    tree.feature.forEach((asked, node) => {
      if (asked >= 0) for (const child of [tree.left[node], tree.right[node]]) levels[child as number] = (levels[node] as number) + 1
    })
    expect(Math.max(...levels)).toBe(depth)
  })

  it('splits nothing where every example wants the same', () => {
    expect(grown([1, 2, 3, 4], [1, 1, 1, 1]).root).toBeNull()
  })
})
