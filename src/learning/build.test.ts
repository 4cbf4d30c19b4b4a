import { describe, expect, it } from 'vitest'
import { build, textOf } from './build.ts'
import { modelFromJson, score } from './model.ts'
import { seeded, shuffled } from './random.ts'
import type { Row } from './rows.ts'
import { SETTINGS } from './train.ts'

/** Clusters of three copies; malicious ones collect and send, and the age of some is unknown. */
function rows(clusters: number, seed: number, part: Row['part'], name: string): Row[] {
  const random = seeded(seed)
  return Array.from({ length: clusters }, (_, cluster): Row[] => {
    const label = cluster % 3 === 0 ? 1 : 0
    const common = { collects: label === 1 || random() < 0.2 ? 1 : 0, sends: label === 1 || random() < 0.2 ? 2 : 0, noise: random(), age: random() < 0.3 ? null : random() * 100 }
    return [0, 1, 2].map((copy) => ({ id: `pkg:${cluster % 2 ? 'npm' : 'pypi'}/${name}${cluster}@${copy}`, label, weight: 1 / 3, group: `${name}${cluster}`, part, features: { ...common, noise: random() } }))
  }).flat()
}

const settings = { ...SETTINGS, rounds: 60, minChildWeight: 0.5 }
const recipe = { data: 'made up', date: '2026-01-02', settings }
const tuning = rows(120, 1, 'tuning', 'a')
const report = rows(60, 2, 'report', 'b')
const built = build([...tuning, ...report], recipe)

describe('build', () => {
  it('learns what tells malicious from benign in clusters it has not seen', () => {
    const model = modelFromJson(JSON.parse(textOf(built)))
    expect(score({ collects: 1, sends: 2, noise: 0.5 }, model)).toBeGreaterThan(0.8)
    expect(score({ collects: 1, sends: 0, noise: 0.5 }, model)).toBeLessThan(0.1)
    expect(built.recipe.figures.report?.auc).toBeGreaterThan(0.95)
  })

  it('says how it was made', () => {
    expect(built.features).toEqual(['age', 'collects', 'noise', 'sends'])
    expect(built.recipe).toMatchObject({
      data: 'made up', date: '2026-01-02', leftOut: 0,
      counts: { tuning: { malicious: 120, benign: 240, clusters: 120 }, report: { malicious: 60, benign: 120, clusters: 60 } },
    })
    expect(built.recipe.settings.rounds).toBe(built.forest.roots.length)
    expect(built.recipe.settings.rounds).toBeLessThan(60)
  })

  it('counts copies once, and tells registries apart', () => {
    const { figures } = built.recipe
    expect(Object.keys(figures)).toEqual(['tuning', 'report', 'report, npm', 'report, pypi'])
    expect(figures.report).toMatchObject({ rows: 60, malicious: 20 })
    expect((figures['report, npm']?.rows ?? 0) + (figures['report, pypi']?.rows ?? 0)).toBe(60)
  })

  it('is the same for the same rows in another order, and another for another seed', () => {
    const text = (seed: number, given: readonly Row[]): string => textOf(build(given, { ...recipe, settings: { ...settings, seed } }))
    expect(text(1, shuffled([...tuning, ...report], seeded(9)))).toBe(textOf(built))
    expect(text(2, [...tuning, ...report])).not.toBe(textOf(built))
  })

  it('learns nothing from the report part', () => {
    const lied = report.map((row): Row => ({ ...row, label: row.label === 1 ? 0 : 1 }))
    const { features, curve, forest } = build([...tuning, ...lied], recipe)
    expect({ features, curve, forest }).toEqual({ features: built.features, curve: built.curve, forest: built.forest })
  })

  it('leaves clusters of the tuning part out of the report', () => {
    const again = tuning.slice(0, 30).map((row): Row => ({ ...row, id: `${row.id}.again`, part: 'report' }))
    const { recipe: { leftOut, figures } } = build([...tuning, ...report, ...again], recipe)
    expect(leftOut).toBe(30)
    expect(figures).toEqual(built.recipe.figures)
  })

  it('does without a report part', () => {
    expect(build(tuning, recipe).recipe.figures.report).toMatchObject({ rows: 0, auc: null })
  })

  it.each<[string, Row[], string]>([
    ['no rows', [], 'has 0 clusters with label 0'],
    ['one label', tuning.filter(({ label }) => label === 0), 'has 0 clusters with label 1'],
    ['copies of one attack', tuning.filter(({ label, group }) => label === 0 || group === 'a0'), 'has 1 clusters with label 1'],
    ['only a report part', report, 'has 0 clusters'],
  ])('refuses %s', (_, few, message) => expect(() => build(few, recipe)).toThrow(message))
})
