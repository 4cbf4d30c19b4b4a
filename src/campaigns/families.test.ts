import { describe, expect, it } from 'vitest'
import { HASHES } from '../analysis/sketch.ts'
import type { Sketch } from '../analysis/sketch.ts'
import { Families, idOf } from './families.ts'

let next = 1
const number = (): number => {
  next = (Math.imul(next, 1_664_525) + 1_013_904_223) >>> 0
  return next >>> 16
}
const fresh = (more: Partial<Sketch> = {}): Sketch =>
  ({ exact: Uint16Array.from({ length: HASHES }, number), shape: Uint16Array.from({ length: HASHES }, number), shingles: 300, outlines: 300, ...more })

/** Of whose values so many of a hundred stay. */
const like = (sketch: Sketch, keep: Partial<Record<'exact' | 'shape', number>>): Sketch => {
  const some = (values: Uint16Array, share = 0): Uint16Array => values.map((value) => (number() % 100 < share ? value : number()))
  return { ...sketch, exact: some(sketch.exact, keep.exact), shape: some(sketch.shape, keep.shape) }
}

describe('Families', () => {
  it.each<[string, Parameters<typeof like>[1], Partial<Sketch>, boolean]>([
    ['the same code', { exact: 100, shape: 100 }, {}, true],
    ['mostly the same', { exact: 70 }, {}, true],
    ['renamed throughout', { shape: 80 }, {}, true],
    ['renamed, but too little to have a shape', { shape: 100 }, { outlines: 30 }, false],
    ['half of it gone for something else', { exact: 30, shape: 30 }, {}, false],
    ['the whole with twice as much added', { exact: 20, shape: 49 }, { shingles: 600, outlines: 600 }, true],
    ['as like, but as large', { exact: 20, shape: 38 }, {}, false],
    ['nothing', {}, {}, false],
  ])('%s', (_, keep, more, same) => {
    const families = new Families(1_000)
    for (let index = 0; index < 500; index += 1) families.place(fresh())
    const first = fresh()
    expect(families.place(first)).toEqual({ kinships: [{ family: idOf(first), near: 1, shingles: 300 }], founded: true })
    const { kinships, founded } = families.place({ ...like(first, keep), ...more })
    expect([founded, kinships[0]?.family === idOf(first)]).toEqual([!same, same])
  })

  it('forgets the oldest when it is full, and finds the others', () => {
    const families = new Families(100)
    const all = Array.from({ length: 250 }, () => fresh())
    for (const each of all) families.place(each)
    expect(families.place(all[249] as Sketch).founded).toBe(false)
    expect(families.place(all[160] as Sketch).founded).toBe(false)
    expect(families.place(all[0] as Sketch).founded).toBe(true)
  })

  it('keeps a family that is still met, however many come between', () => {
    const families = new Families(100)
    const first = fresh()
    families.place(first)
    for (let turn = 0; turn < 20; turn += 1) {
      expect(families.place(like(first, { exact: 85 })).kinships[0]?.family).toBe(idOf(first))
      for (let index = 0; index < 60; index += 1) families.place(fresh())
    }
  })

  it('knows a family again under the id it had', () => {
    const first = fresh()
    const families = new Families(100)
    families.add('old-name', first)
    families.add('old-name', fresh())
    expect(families.place(like(first, { exact: 80 })).kinships.map(({ family }) => family)).toEqual(['old-name'])
  })
})
