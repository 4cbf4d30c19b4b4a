import type { Finding, Run } from '../core/types.ts'
import type { Scene } from './scene.ts'

/**
 * One behaviour that was seen, one file, as with detectors: a reason, a match, the evidence. Pure: no clock, no randomness, no I/O,
 * no other rule. Linear in the deeds, but for a bounded number of pairs.
 */
export interface Rule {
  id: `did-${string}`
  /** Raised whenever the same record could get another answer. */
  version: number
  /** Why this matters, one sentence each. */
  why: readonly string[]
  judge(scene: Scene): Finding[]
}

export function run(rule: Rule, scene: Scene): Run {
  const head = { detector: rule.id, version: rule.version }
  try {
    return { ...head, status: 'ok', findings: rule.judge(scene) }
  } catch (thrown) {
    return { ...head, status: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}
