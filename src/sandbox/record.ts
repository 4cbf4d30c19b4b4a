import type { About } from '../conduct/about.ts'
import type { Act, Process } from '../tracing/act.ts'
import type { ArtifactRef, Digest } from '../core/types.ts'

/** As whom a package is run: on a developer's laptop, in CI, or on the laptop with time running fast. */
export type PassName = 'laptop' | 'ci' | 'later'

/** As its users do: installed, then every module loaded, then what it exports and its commands called. */
export type PhaseName = 'install' | 'import' | 'execute'

export type PhaseStatus =
  | 'completed' | 'failed'
  /** Ended by the box: out of time, memory, disk or processes. */
  | 'time' | 'memory' | 'disk' | 'processes'
  /** Not begun: an earlier one failed, or there is nothing to do. `says` tells why. */
  | 'skipped'

export interface PhaseRecord {
  pass: PassName
  phase: PhaseName
  status: PhaseStatus
  says: string | null
  exit: number | null
  elapsedMs: number
  /** The last of it, at most 4 KiB each. */
  stdout: Uint8Array
  stderr: Uint8Array
  processes: readonly Process[]
  acts: readonly Act[]
  /** What is different on the disk after it. */
  disk: readonly DiskChange[]
  /** Acts that were dropped because there were too many, by kind. */
  dropped: Readonly<Record<string, number>>
}

/** Changes on the disk that are told of one phase: where there are so many, others may be left out. */
export const MOST_CHANGES = 20_000

/** A file in the home or work folder that a phase made, changed or removed. Links are not followed. */
export interface DiskChange {
  /** As it is called inside the box. */
  path: string
  what: 'created' | 'changed' | 'deleted'
  kind: 'file' | 'folder' | 'link' | 'special'
  size: number
  mode: number
  /** Hex; null: no file, or too large to be read. */
  sha256: string | null
  /** The beginning, at most 64 KiB, where it is text or a program and not a file of the package itself or its dependencies; else null. */
  content: Uint8Array | null
}

/** Everything that was seen of one package. */
export interface SandboxRecord {
  ref: ArtifactRef
  digest: Digest
  backend: string
  startedAt: Date
  elapsedMs: number
  passes: readonly PassName[]
  phases: readonly PhaseRecord[]
  /** What could not be seen, one line each (`import: out of time`). Not empty: the run proves nothing. */
  missing: readonly string[]
  /** Names of the machines and users that it was run as. */
  hosts?: readonly { name: string; user: string }[]
  /** What was known of it beforehand. */
  about?: About
}
