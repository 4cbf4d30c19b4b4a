import type { EcosystemId, Finding, Outside, Run, UnpackedPackage } from '../core/types.ts'
import type { Facts } from '../analysis/facts.ts'

/**
 * One behaviour, one file: a reason, a match, the evidence. Pure: no clock, no randomness, no I/O, no other detector.
 * A detector may throw; the run is then `failed` and the verdict undetermined.
 */
export interface Detector {
  id: string
  /** Raised whenever the same package could get a different answer. */
  version: number
  ecosystems: readonly EcosystemId[]
  /**
   * Facts without any of which it finds nothing, as the index of facts has them (`does:spawn`, `binary:…`; see `hunt/facts.ts`): a new
   * version of it then leaves files alone that have none. Absent: every file may be judged otherwise.
   */
  needs?: readonly string[]
  /** Why this matters, for `--explain` and the docs: one sentence each. */
  why: readonly string[]
  detect(pkg: UnpackedPackage, facts: Facts, outside: Outside): Finding[]
}

/** What weighs nothing is left out: it would only be one more thing to read. */
export function run(detector: Detector, pkg: UnpackedPackage, facts: Facts, outside: Outside): Run {
  const head = { detector: detector.id, version: detector.version }
  try {
    return { ...head, status: 'ok', findings: detector.detect(pkg, facts, outside).filter(({ severity }) => severity !== 'info') }
  } catch (thrown) {
    return { ...head, status: 'failed', reason: thrown instanceof Error ? thrown.message : String(thrown) }
  }
}
