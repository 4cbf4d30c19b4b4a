import { describe, expect, it } from 'vitest'
import { figuresOf, tableOf } from './figures.ts'

const scored = [{ score: 0.9, label: 1 }, { score: 0.6, label: 0 }, { score: 0.4, label: 1 }, { score: 0.1, label: 0 }] as const

describe('figuresOf', () => {
  it('counts, and sweeps thresholds', () => {
    const figures = figuresOf(scored, [0.5, 0.95])
    expect(figures).toMatchObject({ rows: 4, malicious: 2, auc: 0.75, at: [{ threshold: 0.5 }, { threshold: 0.95, precision: null }] })
    expect(figures.at[0]).toMatchObject({ precision: { value: 0.5, of: 2 }, recall: { value: 0.5, of: 2 }, falsePositiveRate: { value: 0.5, of: 2 } })
  })

  it('has no area or loss where there is nothing to compare', () => {
    expect(figuresOf([], [0.5])).toEqual({ rows: 0, malicious: 0, auc: null, logLoss: null, at: [{ threshold: 0.5, precision: null, recall: null, falsePositiveRate: null }] })
  })
})

describe('tableOf', () => {
  it('has a line for each threshold of each part', () => {
    expect(tableOf({ report: figuresOf(scored, [0.5, 0.95]), none: figuresOf([], [0.5]) })).toBe([
      '| part | rows | malicious | AUC | log-loss | threshold | precision | recall | false positives |',
      '|---|---|---|---|---|---|---|---|---|',
      '| report | 4 | 2 | 0.7500 | 0.5108 | 0.5 | 50.00% (9.45-90.55, n=2) | 50.00% (9.45-90.55, n=2) | 50.00% (9.45-90.55, n=2) |',
      '| report | 4 | 2 | 0.7500 | 0.5108 | 0.95 | - | 0.00% (0.00-65.76, n=2) | 0.00% (0.00-65.76, n=2) |',
      '| none | 0 | 0 | - | - | 0.5 | - | - | - |',
    ].join('\n'))
  })
})
