import { describe, expect, it } from 'vitest'
import type { Level } from '../../src/core/types.ts'
import { compare } from './compare.ts'
import type { Outcome } from './outcome.ts'
import { report } from './tables.ts'

function outcome(id: string, level: Level, more: Partial<Outcome> = {}): Outcome {
  const score = { clean: 0, undetermined: 0, suspicious: 50, malicious: 90 }[level]
  return {
    id, corpus: 'malware', ecosystem: 'pypi', name: id, part: 'report', cluster: id, clusterSize: 1, representative: true, inert: false,
    level, score, findings: [], missing: [], features: {}, ms: 1, bytes: 1, unpacked: 1, ...more,
  }
}

const good = (id: string, level: Level, more: Partial<Outcome> = {}): Outcome => outcome(id, level, { corpus: 'benign', ...more })

const outcomes = [
  outcome('a', 'malicious', { clusterSize: 3 }),
  outcome('b', 'clean', { cluster: 'a', clusterSize: 3, representative: false }),
  outcome('c', 'clean', { cluster: 'a', clusterSize: 3, representative: false }),
  outcome('d', 'suspicious'),
  outcome('e', 'clean'),
  outcome('f', 'undetermined', { missing: ['worker-timeout: took longer than 20000 ms'] }),
  outcome('g', 'clean', { inert: true }),
  ...Array.from({ length: 9 }, (_, index) => good(`h${index}`, 'clean')),
  good('i', 'malicious', { ecosystem: 'npm', name: 'top', findings: [{ detector: 'eager', behaviour: 'x', severity: 'high', confidence: 1, title: 't', file: 'f', line: 1 }] }),
  good('j', 'suspicious'),
]
const text = report(outcomes, new Set(['top']))
const rowOf = (start: string): string[] => (text.split('\n').find((line) => line.startsWith(`| ${start}`)) ?? '').split('|').slice(1, -1).map((cell) => cell.trim())

describe('report', () => {
  it.each([
    ['clusters, one representative', 1, '4'],
    ['clusters, one representative', 2, '25.0 % (4.6 %–69.9 %; 1)'],
    ['clusters, one representative', 3, '50.0 % (15.0 %–85.0 %; 2)'],
    ['clusters, one representative', 4, '25.0 % (4.6 %–69.9 %; 1)'],
    ['clusters, mean', 2, '8.3 %'],
    ['archives |', 1, '6'],
    ['archives with nothing', 1, '1'],
    ['benign pypi', 3, '10.0 % (1.8 %–40.4 %; 1)'],
    ['all', 1, '11'],
    ['of these, among', 2, '100.0 % (20.7 %–100.0 %; 1)'],
    ['suspicious or malicious | pypi', 4, '66.7 % (20.8 %–93.9 %; 2)'],
    ['eager', 3, 'i'],
    ['worker-timeout: took longer than N ms', 1, '1'],
    ['3 | 2 of 3', 4, 'b, c'],
  ])('%s, column %i: %s', (row, column, expected) => {
    expect(rowOf(row)[column]).toBe(expected)
  })

  it('takes the lowest score that is precise enough, of ecosystems that have malware alone', () => {
    expect(text).toContain('Recall at a precision of at least 95.0 %: 25.0 %, from score 55.')
  })
})

describe('compare', () => {
  it('tells levels and large scores, not small ones', () => {
    const said = compare([outcome('a', 'clean'), outcome('b', 'suspicious'), outcome('c', 'suspicious'), outcome('gone', 'clean')], [
      outcome('a', 'malicious'), outcome('b', 'suspicious', { score: 55 }), outcome('c', 'suspicious', { score: 60 }), outcome('new', 'clean'),
    ])
    expect(said.split('\n')).toEqual([
      '3 archives in both runs, 2 changed, 1 new, 1 gone.', '',
      'malware: clean → malicious: 1', '  a  0 → 90  nothing → nothing', '',
      'malware: suspicious → suspicious: 1', '  c  50 → 60  nothing → nothing',
    ])
  })
})
