import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, describe, expect, it } from 'vitest'
import { explain, loadModel, modelAt, modelFromJson, score, vectorOf } from './model.ts'

// More than one send speaks for malicious, age unknown or below a week as well, and sends count more.
const json = {
  features: ['age', 'sends'],
  curve: { margins: [-2, 2], probabilities: [0.1, 0.9] },
  forest: {
    base: 0, rate: 0.5, roots: [0, 3],
    feature: [0, -1, -1, 1, -1, -1], threshold: [7, 0, 0, 1.5, 0, 0],
    left: [1, -1, -1, 4, -1, -1], right: [2, -1, -1, 5, -1, -1], missing: [1, -1, -1, 4, -1, -1],
    value: [0, 1, -1, 0, -3, 3],
  },
}
const model = modelFromJson(json)

describe('score', () => {
  it.each<[string, Parameters<typeof score>[0], number]>([
    ['both', { age: 1, sends: 2 }, 0.9],
    ['neither', { age: 400, sends: 0 }, 0.1],
    ['a map', new Map([['age', 400], ['sends', 2]]), 0.7],
    ['unknown names', { other: 5, constructor: 1 }, 0.3],
    ['null', { age: null, sends: 2 }, 0.9],
    ['what is not finite', { age: Infinity, sends: 2 }, 0.9],
    ['nothing', {}, 0.3],
  ])('of %s', (_, features, expected) => {
    expect(score(features, model)).toBeCloseTo(expected, 12)
  })

  it('does not exist without a model', () => {
    expect(score({ sends: 2 }, null)).toBeNull()
    expect(explain({ sends: 2 }, null)).toEqual([])
  })
})

describe('explain', () => {
  it('names what moved the score, the strongest first', () => {
    expect(explain({ age: 400, sends: 2 }, model)).toEqual([{ feature: 'sends', contribution: 1.5 }, { feature: 'age', contribution: -0.5 }])
  })
})

describe('vectorOf', () => {
  it('does not take what every object has for a feature', () => {
    expect(vectorOf(['constructor', 'a'], { a: 1 })).toEqual(Float64Array.of(NaN, 1))
  })
})

describe('a model in a file', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-model-'))
  afterAll(() => rmSync(folder, { recursive: true }))
  const file = pathToFileURL(join(folder, 'model.json'))

  it('may be absent', () => expect(modelAt(file)).toBeNull())

  it('answers as it did before', () => {
    writeFileSync(file, JSON.stringify(json))
    expect(score({ age: 1, sends: 2 }, modelAt(file))).toBe(score({ age: 1, sends: 2 }, model))
  })

  it('that comes with the program can be read and is read once', () => {
    expect(loadModel()).toBe(loadModel())
    expect(score({}) === null).toBe(loadModel() === null)
  })

  it.each<[string, unknown, string]>([
    ['nothing', null, 'features is no list of names'],
    ['no names', { ...json, features: undefined }, 'features is no list of names'],
    ['a number for a name', { ...json, features: ['age', 1] }, 'features is no list of names'],
    ['a name twice', { ...json, features: ['age', 'age'] }, 'a feature is named twice'],
    ['fewer names than the forest asks for', { ...json, features: ['age'] }, 'asks for feature 1 of 1'],
    ['no forest', { ...json, forest: undefined }, 'not a forest'],
    ['no curve', { ...json, curve: undefined }, 'not a curve'],
  ])('is refused with %s', (_, broken, message) => expect(() => modelFromJson(broken)).toThrow(message))
})
