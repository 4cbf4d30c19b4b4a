import type { Evidence, Finding, Severity } from '../../core/types.ts'
import { evidence } from '../../detectors/kit/evidence.ts'
import { sureness } from '../../detectors/kit/chains.ts'
import type { PhaseName } from '../../sandbox/record.ts'
import { clean } from './decoded.ts'

/** Severity by the moment: a hook nobody asked for, loading, a call that somebody wants. */
export type ByPhase = Readonly<Record<PhaseName, Severity>>

/** What was seen is there: only what it means may be doubted. */
const SEEN = 0.95

/** One finding with its chain; none where there is nothing to show or nothing to say of it. */
export function found(of: Pick<Finding, 'detector' | 'behaviour' | 'severity' | 'title'> & { most?: number }, places: readonly Evidence[]): Finding[] {
  const [first, ...rest] = places
  if (!first || of.severity === 'info') return []
  const { detector, behaviour, severity, title, most = SEEN } = of
  return [{ detector, behaviour, severity, confidence: sureness(severity, most), title: clean(title).slice(0, 300), evidence: evidence(first, rest) }]
}
