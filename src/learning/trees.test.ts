import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contributions, forestFromJson, forestToJson, margin } from './trees.ts'
import type { ForestJson } from './trees.ts'

// x0 < 2 ? -1 : (x1 < 0.5 ? 1 : 3), missing x0 to the right, missing x1 to the left.
const json: ForestJson = {
  base: 0.5, rate: 0.1, roots: [0],
  feature: [0, -1, 1, -1, -1], threshold: [2, 0, 0.5, 0, 0],
  left: [1, -1, 3, -1, -1], right: [2, -1, 4, -1, -1], missing: [2, -1, 3, -1, -1],
  value: [0, -1, 2, 1, 3],
}

describe('margin', () => {
  const forest = forestFromJson(json, 2)
  it.each([
    [[1, 0], 0.4],
    [[2, 0], 0.6],
    [[2, 0.5], 0.8],
    [[NaN, 1], 0.8],
    [[Infinity, 1], 0.8],
    [[-Infinity, 1], 0.8],
    [[5, NaN], 0.6],
    [[], 0.6],
  ])('of %j is %d', (features, expected) => {
    expect(margin(forest, Float64Array.from(features))).toBeCloseTo(expected, 12)
  })
})

describe('contributions', () => {
  it('give each question the change it made', () => {
    const parts = contributions(forestFromJson(json, 2), Float64Array.of(2, 0.5))
    expect(parts[0]).toBeCloseTo(0.2, 12)
    expect(parts[1]).toBeCloseTo(0.1, 12)
  })

  it('add up to the margin with the base and the roots', () => {
    fc.assert(fc.property(forests(4), fc.array(anything, { minLength: 4, maxLength: 4 }), (json, features) => {
      const forest = forestFromJson(json, 4)
      const vector = Float64Array.from(features)
      const start = json.base + json.rate * json.roots.reduce((sum, root) => sum + (json.value[root] as number), 0)
      expect(contributions(forest, vector).reduce((sum, part) => sum + part, start)).toBeCloseTo(margin(forest, vector), 6)
    }))
  })
})

describe('a forest in a file', () => {
  it('answers as it did before', () => {
    fc.assert(fc.property(forests(4), fc.array(anything, { minLength: 4, maxLength: 4 }), (json, features) => {
      const before = forestFromJson(json, 4)
      const text = JSON.stringify(forestToJson(before))
      const after = forestFromJson(JSON.parse(text), 4)
      expect(margin(after, Float64Array.from(features))).toBe(margin(before, Float64Array.from(features)))
      expect(JSON.stringify(forestToJson(after))).toBe(text)
    }))
  })

  it.each<[string, unknown, string]>([
    ['nothing', null, 'no object'],
    ['no base', { ...json, base: undefined }, 'base is no finite number'],
    ['a rate of text', { ...json, rate: '0.1' }, 'rate is no finite number'],
    ['a missing list', { ...json, value: undefined }, 'value is no list of finite numbers'],
    ['null for a number', { ...json, threshold: [2, 0, null, 0, 0] }, 'threshold is no list of finite numbers'],
    ['half an index', { ...json, feature: [0, -1, 0.5, -1, -1] }, 'feature has a number that is no index'],
    ['a short list', { ...json, value: [0, 1] }, 'value has 2 nodes, feature has 5'],
    ['a root outside', { ...json, roots: [5] }, 'root 5 does not exist'],
    ['an unknown feature', { ...json, feature: [2, -1, 1, -1, -1] }, 'node 0 asks for feature 2 of 2'],
    ['a feature below none', { ...json, feature: [-2, -1, 1, -1, -1] }, 'node 0 asks for feature -2 of 2'],
    ['a circle', { ...json, right: [0, -1, 4, -1, -1] }, 'the children of node 0 do not stand behind it'],
    ['a child outside', { ...json, right: [2, -1, 9, -1, -1] }, 'the children of node 2 do not stand behind it'],
    ['a stranger for missing values', { ...json, missing: [4, -1, 3, -1, -1] }, 'node 0 sends missing values to 4'],
  ])('is refused with %s', (_, broken, message) => {
    expect(() => forestFromJson(broken, 2)).toThrow(message)
  })

  it('is read whole or refused, whatever it holds', () => {
    fc.assert(fc.property(fc.anything(), (value) => {
      expect(() => forestFromJson(value, 2)).toThrow('not a forest')
    }))
  })
})

const anything = fc.double()
const finite = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }).map((value) => value + 0)

/** Forests of stumps, pairs and lone leaves: children right behind their parent. */
function forests(width: number): fc.Arbitrary<ForestJson> {
  const tree = fc.record({ deep: fc.boolean(), asks: fc.array(fc.nat(width - 1), { minLength: 2, maxLength: 2 }), numbers: fc.array(finite, { minLength: 8, maxLength: 8 }), toLeft: fc.boolean() })
  return fc.record({ base: finite, rate: fc.double({ min: 0.01, max: 1, noNaN: true }), trees: fc.array(tree, { maxLength: 6 }) }).map(({ base, rate, trees }) => {
    const lists = { roots: [] as number[], feature: [] as number[], threshold: [] as number[], left: [] as number[], right: [] as number[], missing: [] as number[], value: [] as number[] }
    for (const { deep, asks, numbers, toLeft } of trees) {
      const at = lists.feature.length
      lists.roots.push(at)
      const inner = deep ? [at, at + 2] : [at]
      const size = inner.length * 2 + 1
      for (let node = at; node < at + size; node++) {
        const asked = inner.indexOf(node)
        lists.feature.push(asked < 0 ? -1 : asks[asked] as number)
        lists.threshold.push(asked < 0 ? 0 : numbers[asked] as number)
        lists.left.push(asked < 0 ? -1 : node + 1)
        lists.right.push(asked < 0 ? -1 : node + 2)
        lists.missing.push(asked < 0 ? -1 : toLeft ? node + 1 : node + 2)
        lists.value.push(numbers[3 + node - at] as number)
      }
    }
    return { base, rate, ...lists }
  })
}
