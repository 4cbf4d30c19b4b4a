import type { Advisory } from '../core/types.ts'

type Severity = Advisory['severity']
interface Rated {
  severity?: readonly { type: string; score: string }[] | null | undefined
  database_specific?: unknown
}
interface Affected {
  ecosystem_specific?: unknown
  database_specific?: unknown
}

const WORDS = new Map<string, Severity>([
  ['CRITICAL', 'critical'], ['HIGH', 'high'], ['MODERATE', 'moderate'], ['MEDIUM', 'moderate'], ['LOW', 'low'],
])

/** The word a database gives, else the band of a CVSS 3 base score; null where neither is there. */
export function severityOf(record: Rated, affected: Affected): Severity {
  for (const place of [record.database_specific, affected.database_specific, affected.ecosystem_specific]) {
    const word = typeof place === 'object' && place !== null && 'severity' in place ? place.severity : null
    const known = typeof word === 'string' ? WORDS.get(word.toUpperCase()) : undefined
    if (known) return known
  }
  const vector = record.severity?.find(({ type }) => type === 'CVSS_V3')
  const score = vector ? cvss3(vector.score) : null
  if (score === null || score === 0) return null
  return score >= 9 ? 'critical' : score >= 7 ? 'high' : score >= 4 ? 'moderate' : 'low'
}

const WEIGHTS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  AV: { N: 0.85, A: 0.62, L: 0.55, P: 0.2 }, AC: { L: 0.77, H: 0.44 }, UI: { N: 0.85, R: 0.62 },
  C: { H: 0.56, L: 0.22, N: 0 }, I: { H: 0.56, L: 0.22, N: 0 }, A: { H: 0.56, L: 0.22, N: 0 },
}
const PRIVILEGES: Readonly<Record<string, readonly [number, number]>> = { N: [0.85, 0.85], L: [0.62, 0.68], H: [0.27, 0.5] }

/** Base score of a CVSS 3.0 or 3.1 vector (FIRST, CVSS v3.1 specification, 7.1); null when it is not one. */
export function cvss3(vector: string): number | null {
  if (!/^CVSS:3\.[01]\//.test(vector)) return null
  const metrics = new Map(vector.slice(0, 200).split('/').slice(1).map((part) => part.split(':') as [string, string]))
  const weight = (metric: string): number => WEIGHTS[metric]?.[metrics.get(metric) ?? ''] ?? Number.NaN
  const scope = metrics.get('S')
  const changed = scope === 'C'
  const privileges = PRIVILEGES[metrics.get('PR') ?? '']?.[changed ? 1 : 0] ?? Number.NaN
  const base = 1 - (1 - weight('C')) * (1 - weight('I')) * (1 - weight('A'))
  const impact = changed ? 7.52 * (base - 0.029) - 3.25 * (base - 0.02) ** 15 : 6.42 * base
  const exploitability = 8.22 * weight('AV') * weight('AC') * privileges * weight('UI')
  if (Number.isNaN(impact + exploitability) || (scope !== 'C' && scope !== 'U')) return null
  return impact <= 0 ? 0 : roundUp(Math.min((changed ? 1.08 : 1) * (impact + exploitability), 10))
}

/** The specification's own rounding (appendix A), free of floating point noise. */
function roundUp(score: number): number {
  const scaled = Math.round(score * 100_000)
  return scaled % 10_000 === 0 ? scaled / 100_000 : (Math.floor(scaled / 10_000) + 1) / 10
}
