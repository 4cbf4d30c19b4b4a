import type { EcosystemId } from '../../core/types.ts'

/** What makes code of a package run without anybody calling it. */
export interface Hook {
  /** `preinstall`, `install`, `postinstall`; `start`: at every start of the interpreter. */
  name: string
  command: string
  /** Whether the installer runs it: by its settings as they are now; null: it cannot be told. */
  runs: boolean | null
}

/** Whether what lies there is what the installer put there, as far as its own records say. */
export type Agreement =
  /** The records fit, or with `--verify` the files themselves do. */
  | 'agrees' | 'verified'
  /** Files were changed after the installer had finished. */
  | 'newer'
  /** The records say another version, or other content. */
  | 'differs'
  /** No record has it. */
  | 'unrecorded'
  /** Nothing is recorded here that it could be held against. */
  | 'unknown'

export interface InventoryPackage {
  ecosystem: EcosystemId
  /** Canonical. */
  name: string
  version: string | null
  /** From the tree, with `/`; empty: it is built into the program. */
  place: string
  /** As the installer recorded them: `sha512-…`, `sha256:…`, `h1:…`. */
  digests: readonly string[]
  agreement: Agreement
  /** Of what does not agree: what. */
  says: string | null
  hooks: readonly Hook[]
  /** Where it was fetched from, as the installer recorded it. null: it recorded nothing. */
  from: string | null
  installer: string | null
}

export interface InventoryTree {
  kind: 'node' | 'python' | 'go-cache' | 'go-binary'
  /** Absolute. */
  path: string
  /** What it is, for people: `npm, of ~/app`, `virtual environment, Python 3.12`. */
  says: string
  packages: InventoryPackage[]
  /** What is odd about the tree and belongs to no package. */
  notes: string[]
}
