import { describe, expect, it } from 'vitest'
import type { Finding, Level, Run, Severity } from './types.ts'
import { partsOf, says, strength, weigh } from './weigh.ts'

const finding = (severity: Severity, confidence = 1, title: string = severity): Finding => ({
  detector: 'd', behaviour: 'fetch-and-run', severity, confidence, title, evidence: [{ file: 'a', lines: [1, 1], excerpt: 'x', says: 'y' }],
})
const ok = (...findings: Finding[]): Run => ({ detector: 'd', version: 1, status: 'ok', findings })
const failed: Run = { detector: 'broken', version: 1, status: 'failed', reason: 'boom' }
const skipped: Run = { detector: 'lazy', version: 1, status: 'skipped', reason: 'too big' }
const judge = (runs: Run[], unread: string[] = []) => weigh('sha256:00', runs, unread, 'r1')

describe('weigh', () => {
  it.each([
    ['nothing', [ok()], [], 'clean', 0],
    ['no detector at all', [], [], 'clean', 0],
    ['information only', [ok(finding('info'))], [], 'clean', 0],
    ['a little', [ok(finding('low'))], [], 'clean', 10],
    ['one medium', [ok(finding('medium'))], [], 'suspicious', 35],
    ['a doubtful medium', [ok(finding('medium', 0.8))], [], 'clean', 28],
    ['exactly 30', [ok(finding('high', 0.5))], [], 'suspicious', 30],
    ['independent signs add up', [ok(finding('medium')), ok(finding('medium'))], [], 'suspicious', 58],
    ['high ones alone are never malicious', [ok(...Array.from({ length: 9 }, () => finding('high')))], [], 'suspicious', 100],
    ['a sure critical one', [ok(finding('critical'))], [], 'malicious', 95],
    ['a doubtful critical one', [ok(finding('critical', 0.8))], [], 'suspicious', 76],
    ['a doubtful critical one with support', [ok(finding('critical', 0.8), finding('medium'))], [], 'malicious', 84],
    ['a failed detector', [ok(), failed], [], 'undetermined', 0],
    ['a skipped detector', [ok(), skipped], [], 'undetermined', 0],
    ['something unread', [ok()], ['x: cut'], 'undetermined', 0],
    ['suspicious and unread', [ok(finding('high'))], ['x: cut'], 'undetermined', 60],
    ['malicious and unread', [ok(finding('critical')), failed], ['x: cut'], 'malicious', 95],
  ] as const)('%s', (_what, runs, unread, level, score) => expect(judge([...runs], [...unread])).toMatchObject({ level, score }))

  it('names what is missing, unread first', () => {
    expect(judge([failed, skipped], ['x: cut']).missing).toEqual(['x: cut', 'broken failed: boom', 'lazy skipped: too big'])
  })

  it('puts the strongest finding first and carries digest and rules', () => {
    const verdict = judge([ok(finding('low'), finding('high', 0.5)), ok(finding('critical'))])
    expect(verdict.findings.map(({ severity }) => severity)).toEqual(['critical', 'high', 'low'])
    expect(verdict).toMatchObject({ digest: 'sha256:00', rules: 'r1' })
  })

  it('does not depend on the order of runs', () => {
    const runs = [ok(finding('critical', 0.6)), ok(finding('medium')), failed]
    expect(judge(runs)).toMatchObject({ score: judge([...runs].reverse()).score, level: judge([...runs].reverse()).level })
  })

  it.each([[Number.NaN, 0.95], [7, 0.95], [-1, 0], [Number.POSITIVE_INFINITY, 0.95]])('a confidence of %s cannot break the sum', (confidence, expected) => {
    expect(strength(finding('critical', confidence))).toBe(expected)
    expect(judge([ok(finding('critical', confidence), finding('critical'))]).level).toBe('malicious')
  })
})

describe('the learned model', () => {
  const asked = (probability: number, ...findings: Finding[]) => weigh('sha256:00', [ok(...findings)], [], 'r1', { probability, because: ['execute<fetched> now'] })
  it.each<[string, number, Finding[], Level, number]>([
    ['alone makes nothing suspicious', 1, [], 'clean', 29],
    ['makes nothing suspicious with a trifle', 1, [finding('low')], 'clean', 29],
    ['nor with something doubtful', 1, [finding('medium', 0.5)], 'clean', 29],
    ['leaves what many trifles make', 1, Array.from({ length: 4 }, () => finding('low')), 'suspicious', 57],
    ['adds nothing where it does not know', 0.5, [finding('medium', 0.7)], 'clean', 24],
    ['tips the balance', 0.9, [finding('medium', 0.7)], 'suspicious', 46],
    ['confirms a grave finding', 0.98, [finding('high')], 'malicious', 80],
    ['confirms nothing that stands around the code', 0.99, [{ ...finding('high'), behaviour: 'metadata' }], 'suspicious', 74],
    ['halves what is at most worth a look', 0.01, [finding('medium'), finding('low')], 'clean', 21],
    ['cannot touch a grave finding', 0.01, [finding('high')], 'suspicious', 60],
    ['cannot touch a critical one', 0.01, [finding('critical')], 'malicious', 95],
  ])('%s', (_what, probability, findings, level, score) => expect(asked(probability, ...findings)).toMatchObject({ level, score }))

  it('stands among the parts, which sum up to the score', () => {
    const verdict = asked(0.01, finding('medium'), finding('low'))
    expect(partsOf(verdict).map(({ says }) => says)).toContain('the learned model: seen in honest packages, too')
    expect(Math.round(partsOf(verdict).reduce((sum, { points }) => sum + points, 0))).toBe(verdict.score)
  })

  it('lets nothing around the code be malicious', () => {
    expect(asked(1, ...Array.from({ length: 9 }, (): Finding => ({ ...finding('critical'), behaviour: 'impersonation' }))).level).toBe('suspicious')
  })
})

describe('says', () => {
  it.each([
    [[ok()], [], 'nothing found'], [[ok(finding('medium', 1, 'fetches'))], [], 'fetches'],
    [[ok(finding('medium', 1, 'fetches'))], ['x: cut'], 'x: cut'], [[ok(finding('critical', 1, 'steals'))], ['x: cut'], 'steals'],
  ])('%#', (runs, unread, line) => expect(says(judge(runs, unread))).toBe(line))

  it('has a sentence for an undetermined verdict without a reason', () => {
    expect(says({ level: 'undetermined', findings: [], missing: [] })).toBe('not fully examined')
  })
})
