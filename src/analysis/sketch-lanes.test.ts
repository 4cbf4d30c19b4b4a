import { array, assert, integer, property } from 'fast-check'
import { expect, it } from 'vitest'
import { lowestOf, MOST, oneByOne } from './sketch-lanes.ts'

const number = integer({ min: -(2 ** 31), max: 2 ** 31 - 1 })

it('comes to the same with vectors and without', () => {
  const seeds = array(number, { minLength: MOST.seeds, maxLength: MOST.seeds })
  assert(property(array(number, { maxLength: 300 }), seeds, (hashes, those) => {
    const [given, by] = [Int32Array.from(hashes), Int32Array.from(those)]
    expect([...lowestOf(given, by)]).toEqual([...oneByOne(given, by)])
  }), { numRuns: 50 })
})

it('takes as many as it says, and nothing of the time before is left in it', () => {
  const seeds = Int32Array.from({ length: MOST.seeds }, (_, index) => Math.imul(index + 1, 0x9e3779b1))
  for (const length of [MOST.hashes, 1, 0]) {
    const hashes = Int32Array.from({ length }, (_, index) => Math.imul(index, 0x2545f491) + 7)
    expect([...lowestOf(hashes, seeds)]).toEqual([...oneByOne(hashes, seeds)])
  }
})
