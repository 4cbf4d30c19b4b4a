import type { ArtifactRef, Digest, FoundIndicator, Run } from '../core/types.ts'
import type { Probe } from '../sandbox/cell/cell.ts'
import type { PassName, SandboxRecord } from '../sandbox/record.ts'

/** What is run: one file of one version, its bytes on this machine, read-only. */
export interface RunTarget {
  ref: ArtifactRef
  digest: Digest
  path: string
}

export interface RunOptions {
  passes: readonly PassName[]
  /** What all of it may take, milliseconds. */
  timeMs: number
  /** Ends it; nothing of it is left then. */
  signal: AbortSignal
}

/** Whatever runs packages in isolation, and says what they did. */
export interface Runner {
  /** Of how things are run: a record of another version says nothing of what this one would see. */
  version: string
  /** Every way to isolate that is known, the strongest first. Never throws. */
  probe(): Promise<readonly Probe[]>
  /** Throws SluiceError `sandbox-unavailable` where nothing isolates here; whatever else it throws is about this package. */
  run(target: RunTarget, options: RunOptions): Promise<SandboxRecord>
}

/** Whatever says what a record means. */
export interface RecordJudge {
  version: string
  /** As detectors speak; what failed makes the verdict undetermined. */
  judge(record: SandboxRecord): Promise<readonly Run[]> | readonly Run[]
  /** What it reached, and what it left behind. */
  indicators(record: SandboxRecord): readonly FoundIndicator[]
}
