import { describe, expect, it } from 'vitest'
import { judgeImitation } from '../../src/names/guard.ts'
import { NameIndex } from '../../src/names/index.ts'
import { popularNames } from '../../src/names/popular/index.ts'
import { CASE_C } from './case-c.ts'
import { falseAlarms, popular, recall, replay } from './measures.ts'
import { Random } from './random.ts'

const pypi = NameIndex.build('pypi', popular(popularNames('pypi')))
const npm = NameIndex.build('npm', popular(popularNames('npm')))

describe('the names of July 2021, against the built-in list', () => {
  const results = replay(pypi, CASE_C)
  it.each(results.map((result) => [result.imitation, result] as const))('%s', (_name, { target, first }) => {
    expect(first?.target.name).toBe(target)
    expect(first && judgeImitation(first, { name: null, target: null, now: new Date(0) }).level).toBe('alarm')
  })

  it('are as alike as was reported', () => {
    const mean = (of: (one: (typeof results)[number]) => number): number => results.reduce((sum, one) => sum + of(one), 0) / results.length
    expect(mean((one) => one.likeness.blocks)).toBeCloseTo(0.92, 2)
    expect(mean((one) => one.likeness.damerau)).toBeCloseTo(0.89, 2)
    expect(mean((one) => one.likeness.jaro)).toBeCloseTo(0.96, 2)
  })
})

describe('made-up squats', () => {
  it.each([['pypi', pypi], ['npm', npm]] as const)('of %s: of every kind, nearly all are told with the right target first', (ecosystem, index) => {
    const rows = recall(index, new Random(7).some(popularNames(ecosystem).slice(0, 5_000), 120), 7)
    const sum = (of: (row: (typeof rows)[number]) => number): number => rows.reduce((total, row) => total + of(row), 0)
    expect(rows.filter(({ made }) => made > 20).length).toBeGreaterThanOrEqual(10)
    expect(sum((row) => row.first) / sum((row) => row.made)).toBeGreaterThanOrEqual(0.95)
    for (const row of rows) if (row.made > 20) expect([row.kind, row.first / row.made >= 0.9]).toEqual([row.kind, true])
  })
})

it('an established name is no alarm, however alike', () => {
  const names = popularNames('npm')
  const index = NameIndex.build('npm', popular(names.slice(0, -2_000)))
  const { similar, unknown, established } = falseAlarms(index, 'npm', names.slice(-2_000).filter((_, at) => at % 2 === 0))
  expect(established).toBe(0)
  expect(similar).toBeGreaterThan(0)
  expect(unknown).toBeLessThanOrEqual(15)
})
