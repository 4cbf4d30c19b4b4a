import type { Evidence, Finding, FoundIndicator, Run, Severity } from '../../core/types.ts'
import { strength } from '../../core/weigh.ts'
import type { StoredRun } from './runs.ts'

/** As much evidence as one finding of the judge has at most, and then some of other runs. */
const MOST_EVIDENCE = 12
const MOST_INDICATORS = 1_000

/**
 * What runs of the same bytes found, the latest first, as one. What was seen was seen: who behaves the next time, or is run as somebody
 * else, has not become harmless. The same conduct counts once however often it was seen, as strong as it was at its strongest, with
 * what the other runs have to show for it. What a judge could not say is the latest run's alone.
 */
export function joined(runs: readonly Pick<StoredRun, 'runs' | 'indicators'>[]): { runs: readonly Run[]; indicators: readonly FoundIndicator[] } {
  const [last, ...earlier] = runs
  if (!last) return { runs: [], indicators: [] }
  if (earlier.length === 0) return last
  const conducts = new Map<string, Finding[]>()
  for (const { runs: said } of runs) {
    for (const [key, findings] of byConduct(said)) {
      const known = conducts.get(key)
      conducts.set(key, known === undefined ? findings : isStronger(findings, known) ? withEvidence(findings, known) : withEvidence(known, findings))
    }
  }
  const indicators = new Map(runs.flatMap((run) => run.indicators).map((one) => [`${one.type} ${one.value}`, one]))
  return {
    runs: [...last.runs.filter(({ status }) => status !== 'ok'), { detector: 'runs', version: 1, status: 'ok', findings: [...conducts.values()].flat() }],
    indicators: [...indicators.values()].slice(0, MOST_INDICATORS),
  }
}

function byConduct(runs: readonly Run[]): Map<string, Finding[]> {
  return Map.groupBy(runs.flatMap((run) => (run.status === 'ok' ? run.findings : [])), ({ detector, behaviour }) => `${detector} ${behaviour}`)
}

/** By the gravest of them, which many that are less grave do not make up for; among equals by all together. */
function isStronger(some: readonly Finding[], others: readonly Finding[]): boolean {
  const gravest = (findings: readonly Finding[]): number => Math.min(...findings.map(({ severity }) => SEVERITIES.indexOf(severity)))
  const sum = (findings: readonly Finding[]): number => findings.reduce((all, finding) => all + strength(finding), 0)
  return gravest(some) === gravest(others) ? sum(some) > sum(others) : gravest(some) < gravest(others)
}

const SEVERITIES: readonly Severity[] = ['critical', 'high', 'medium', 'low', 'info']

/** Shown with the first of them. */
function withEvidence([first, ...rest]: readonly Finding[], others: readonly Finding[]): Finding[] {
  if (!first) return []
  const same = (one: Evidence, two: Evidence): boolean => one.says === two.says && one.file === two.file && one.excerpt === two.excerpt
  const known = [first, ...rest].flatMap(({ evidence }) => evidence)
  const more = others.flatMap(({ evidence }) => evidence).filter((one) => !known.some((two) => same(one, two)))
  const [head, ...tail] = first.evidence
  const room = Math.max(0, MOST_EVIDENCE - first.evidence.length)
  return [{ ...first, evidence: [head, ...tail, ...more.slice(0, room)] }, ...rest]
}
