import type { Behaviour, Finding } from '../../src/core/types.ts'
import { weigh } from '../../src/core/weigh.ts'
import { score } from '../../src/learning/model.ts'
import type { Model } from '../../src/learning/model.ts'
import type { Outcome } from './outcome.ts'

/** What an archive's level and score would have been with this model, or by rules alone: examining it again is not needed. */
export function reweighed(outcome: Outcome, model: Model | null): Outcome {
  const probability = model && Object.keys(outcome.features).length > 0 ? score(outcome.features, model) : null
  const findings = outcome.findings.map((finding): Finding => (
    { ...finding, behaviour: finding.behaviour as Behaviour, evidence: [{ file: finding.file, lines: [finding.line, finding.line], excerpt: '', says: '' }] }))
  const learned = probability === null ? null : { probability, because: [] }
  const verdict = weigh('sha256:', [{ detector: outcome.id, version: 1, status: 'ok', findings }], outcome.missing, 'bench', learned)
  return { ...outcome, level: verdict.level, score: verdict.score }
}
