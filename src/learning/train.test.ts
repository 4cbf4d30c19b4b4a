import { describe, expect, it } from 'vitest'
import { seeded } from './random.ts'
import { SETTINGS, fit } from './train.ts'
import type { Example } from './train.ts'
import { forestToJson, margin } from './trees.ts'

/** Examples of chance: `rule` says the label, from features and another draw. */
function examples(count: number, seed: number, width: number, rule: (x: Float64Array, noise: number) => boolean): Example[] {
  const random = seeded(seed)
  return Array.from({ length: count }, () => {
    const features = Float64Array.from({ length: width }, random)
    return { features, label: rule(features, random()) ? 1 : 0, weight: 1 }
  })
}

const accuracy = (forest: ReturnType<typeof fit>['forest'], tested: readonly Example[]): number =>
  tested.filter(({ features, label }) => (margin(forest, features) > 0 ? 1 : 0) === label).length / tested.length

const xor = (x: Float64Array): boolean => (x[0] as number) > 0.5 !== (x[1] as number) > 0.5

describe('fit', () => {
  it('learns what no single feature tells', () => {
    const { forest } = fit(examples(2000, 1, 6, xor), SETTINGS, examples(500, 2, 6, xor))
    expect(accuracy(forest, examples(2000, 3, 6, xor))).toBeGreaterThan(0.98)
  })

  it('learns a rule through noise, close to the best that can be had', () => {
    const rule = (x: Float64Array, noise: number): boolean => ((x[0] as number) + (x[1] as number) > 1) !== noise < 0.1
    const { forest } = fit(examples(4000, 4, 20, rule), SETTINGS, examples(1000, 5, 20, rule))
    expect(accuracy(forest, examples(4000, 6, 20, rule))).toBeGreaterThan(0.86)
  })

  it('gives the same forest for the same examples, digit by digit, and another for another seed', () => {
    const text = (seed: number): string => JSON.stringify(forestToJson(fit(examples(500, 7, 8, xor), { ...SETTINGS, rounds: 30, seed }).forest))
    expect(text(1)).toBe(text(1))
    expect(text(1)).not.toBe(text(2))
  })

  it('loses less with every tree that sees everything', () => {
    const { history } = fit(examples(800, 8, 5, xor), { ...SETTINGS, rounds: 100, rowShare: 1, columnShare: 1 })
    expect(history).toHaveLength(100)
    history.forEach(({ train }, round) => expect(train).toBeLessThanOrEqual(history[round - 1]?.train ?? Math.log(2) + 0.01))
    expect(history.at(-1)?.train).toBeLessThan(0.1)
  })

  it('ends where the validation part was best, as if it had been told to', () => {
    const rule = (x: Float64Array, noise: number): boolean => (x[0] as number) > 0.5 !== noise < 0.3
    const { forest, history } = fit(examples(300, 9, 10, rule), SETTINGS, examples(300, 10, 10, rule))
    const losses = history.map(({ validation }) => validation as number)
    expect(forest.roots.length).toBe(losses.indexOf(Math.min(...losses)) + 1)
    expect(history.length).toBe(forest.roots.length + SETTINGS.patience)
    expect(fit(examples(300, 9, 10, rule), { ...SETTINGS, rounds: forest.roots.length }).forest).toEqual(forest)
  })

  it('has no trees when none helps the validation part', () => {
    const opposite = examples(200, 10, 3, xor).map((example): Example => ({ ...example, label: example.label === 1 ? 0 : 1 }))
    expect(fit(examples(200, 10, 3, xor), SETTINGS, opposite).forest.feature).toHaveLength(0)
  })

  it('learns from a value being missing', () => {
    const hidden = (count: number, seed: number): Example[] => examples(count, seed, 4, (x) => (x[0] as number) > 0.7)
      .map((example) => ({ ...example, features: example.label === 1 ? example.features.with(0, NaN) : example.features }))
    const { forest } = fit(hidden(500, 11), { ...SETTINGS, rounds: 30 })
    expect(accuracy(forest, hidden(500, 12))).toBe(1)
    expect(margin(forest, Float64Array.of(NaN, 0.5, 0.5, 0.5))).toBeGreaterThan(0)
  })

  it('tells present from missing where all present values are the same', () => {
    const present = (count: number, seed: number): Example[] => examples(count, seed, 2, (x) => (x[0] as number) > 0.5)
      .map((example) => ({ ...example, features: Float64Array.of(example.label === 1 ? 1 : NaN, 3) }))
    expect(accuracy(fit(present(200, 13), { ...SETTINGS, rounds: 20 }).forest, present(200, 14))).toBe(1)
  })

  it('sends what was never missing with the majority', () => {
    const rare = examples(1000, 15, 1, (x) => (x[0] as number) > 0.9)
    expect(margin(fit(rare, { ...SETTINGS, rounds: 20 }).forest, Float64Array.of(NaN))).toBeLessThan(0)
  })

  it('takes infinite values as missing', () => {
    const some = examples(400, 16, 3, xor)
    const spoilt = (value: number): Example[] => some.map((example, row) => (row % 3 ? example : { ...example, features: example.features.with(1, value) }))
    const [infinite, missing] = [Infinity, NaN].map((value) => fit(spoilt(value), { ...SETTINGS, rounds: 20 }).forest)
    expect(infinite).toEqual(missing)
  })

  it.each([0, 1] as const)('knows one answer when all labels are %i', (label) => {
    const { forest } = fit(examples(100, 17, 3, xor).map((example) => ({ ...example, label })), SETTINGS)
    expect(forest.roots).toHaveLength(0)
    expect(Math.sign(margin(forest, Float64Array.of(0, 0, 0)))).toBe(label === 1 ? 1 : -1)
  })

  it('answers the share of labels when no feature differs', () => {
    const constant = Array.from({ length: 100 }, (_, row): Example => ({ features: Float64Array.of(1, NaN, 0), label: row < 20 ? 1 : 0, weight: 1 }))
    const { forest } = fit(constant, SETTINGS)
    expect(forest.roots).toHaveLength(0)
    expect(margin(forest, Float64Array.of(1, NaN, 0))).toBeCloseTo(Math.log(0.2 / 0.8), 5)
  })

  it('counts an example as often as it weighs', () => {
    const some = examples(300, 18, 4, xor).map((example) => ({ ...example, features: example.features.map((value) => Math.round(value * 20)) }))
    const settings = { ...SETTINGS, rounds: 10, rowShare: 1, columnShare: 1 }
    const twice = fit([...some, ...some], settings).forest
    const heavy = fit(some.map((example) => ({ ...example, weight: 2 })), settings).forest
    for (const { features } of some) expect(margin(heavy, features)).toBeCloseTo(margin(twice, features), 3)
  })

  it('keeps to the depth', () => {
    const { forest } = fit(examples(500, 19, 4, xor), { ...SETTINGS, rounds: 5, depth: 2 })
    expect(forest.feature.length).toBeLessThanOrEqual(5 * 7)
    expect(forest.feature.length).toBeGreaterThan(5)
  })

  it('splits nothing that is not worth gamma', () => {
    expect(fit(examples(500, 20, 4, xor), { ...SETTINGS, rounds: 5, gamma: 1e6 }).forest.roots).toHaveLength(0)
  })

  it.each<[string, Example[]]>([
    ['no examples', []],
    ['vectors of different lengths', [{ features: Float64Array.of(1), label: 0, weight: 1 }, { features: Float64Array.of(1, 2), label: 1, weight: 1 }]],
  ])('refuses %s', (_, broken) => {
    expect(() => fit(broken, SETTINGS)).toThrow(/nothing to learn from|different numbers/)
  })
})
