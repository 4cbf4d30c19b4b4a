import type { ArtifactRef, Digest, EcosystemId, Manifest, PackageFile } from '../../core/types.ts'
import type { CellOptions, Mount } from '../cell/cell.ts'
import type { PhaseName } from '../record.ts'

/** What is to be run: one artifact, and what its name says it is. */
export interface Target {
  ref: ArtifactRef
  digest: Digest
  bytes: Uint8Array
}

/** A target that was looked at, and what it needs, before any of it is run. */
export interface Prepared {
  target: Target
  manifest: Manifest
  files: ReadonlyMap<string, PackageFile>
  /** Whether a registry could have it under its name and version: then clients install it by these, else from its file. */
  named: boolean
}

/** As whom and where it is run. */
export interface Setting {
  home: string
  /** The folder of the project that uses the package. */
  project: string
  /** Of every command, but for what the plan adds. */
  env: Readonly<Record<string, string>>
  /** As clients are set to use them: base URLs. */
  registries: Readonly<Record<EcosystemId, string | null>>
  /** How long the box gives a phase. */
  phaseMs: number
}

export interface Command {
  argv: readonly [string, ...string[]]
  cwd: string
  env: Readonly<Record<string, string>>
}

/** What is put into the cell, and what is run there. */
export interface Plan {
  mounts: readonly Mount[]
  files: CellOptions['files']
  /** Of ours, before the first phase. */
  prepare: readonly Command[]
  phases: Readonly<Record<PhaseName, Command | { skipped: string }>>
  /** What will not be seen however well it runs. */
  missing?: readonly string[]
}

/** What a driver leaves of a phase's time for coming to its end. */
export const checkMs = (phaseMs: number): string => String(Math.max(1_000, Math.round(phaseMs * 0.8 - 2_000)))

/** Below the project: where programs of ours lie that load and call the package. */
export const DRIVERS = 'scripts'

export const file = (path: string, content: string | Uint8Array, mode = 0o644): CellOptions['files'][number] => ({ path, bytes: typeof content === 'string' ? Buffer.from(content) : content, mode })
