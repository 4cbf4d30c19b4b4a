import { expect, it } from 'vitest'
import type { Finding, Run } from '../../core/types.ts'
import { weigh } from '../../core/weigh.ts'
import { joined } from './joined.ts'

const finding = (detector: string, severity: Finding['severity'], says = detector): Finding => ({
  detector, behaviour: 'exfiltration', severity, confidence: 0.9, title: `it ${says}`, evidence: [{ file: 'setup.js', lines: [1, 1], excerpt: says, says }],
})
const run = (...findings: Finding[]) => ({ runs: [{ detector: 'conduct', version: 1, status: 'ok', findings }] as Run[], indicators: [] })
const all = (runs: readonly Run[]): Finding[] => runs.flatMap((one) => (one.status === 'ok' ? one.findings : []))
const score = (runs: readonly Run[]): number => weigh(`sha256:${'a'.repeat(64)}`, runs, [], '').score

it('keeps what any run saw, the strongest of the same, and weighs it once', () => {
  const { runs } = joined([run(finding('sends', 'medium')), run(finding('reads', 'high')), run(finding('sends', 'critical', 'sends more')), run(finding('sends', 'medium'))])
  expect(all(runs).map(({ detector, severity }) => `${detector} ${severity}`).sort()).toEqual(['reads high', 'sends critical'])
  expect(score(runs)).toBe(score(run(finding('sends', 'critical'), finding('reads', 'high')).runs))
})

it('takes the gravest for stronger than many that are less grave', () => {
  for (const seen of [[run(finding('sends', 'high', 'a'), finding('sends', 'high', 'b')), run(finding('sends', 'critical'))], [run(finding('sends', 'critical')), run(finding('sends', 'high', 'a'), finding('sends', 'high', 'b'))]]) {
    expect(all(joined(seen).runs).map(({ severity }) => severity)).toEqual(['critical'])
  }
})

it('shows what each run has for it, once and within bounds', () => {
  const seen = Array.from({ length: 30 }, (_, at) => run(finding('sends', 'high', `sends to ${at}.example`)))
  expect(all(joined(seen).runs)[0]?.evidence).toHaveLength(12)
  expect(all(joined([run(finding('sends', 'high')), run(finding('sends', 'high'))]).runs)[0]?.evidence).toHaveLength(1)
})

it('leaves unsaid only what the latest judge could not say', () => {
  const broken = (reason: string): Run => ({ detector: 'did-mine', version: 1, status: 'failed', reason })
  const { runs } = joined([{ runs: [broken('new')], indicators: [] }, { runs: [broken('old'), ...run(finding('reads', 'low')).runs], indicators: [] }])
  expect(runs.filter(({ status }) => status === 'failed')).toEqual([broken('new')])
  expect(all(runs)).toHaveLength(1)
})

it('has indicators of every run', () => {
  const reached = (value: string) => ({ runs: [], indicators: [{ type: 'domain' as const, value, file: 'a.js', line: 1 }] })
  expect(joined([reached('a.example'), reached('b.example'), reached('a.example')]).indicators.map(({ value }) => value)).toEqual(['a.example', 'b.example'])
})
