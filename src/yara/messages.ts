import type { BrokenRules, RuleFile } from './rules.ts'

/** What the thread with YARA-X in it is asked, one thing at a time. */
export type Asked =
  /** Replaces the rules. Files that do not compile are left out. */
  | { kind: 'load'; files: readonly RuleFile[] }
  | { kind: 'scan'; batch: Batch }

/** Many files in one buffer, with a gap between them. */
export interface Batch {
  bytes: Uint8Array<ArrayBuffer>
  places: readonly Place[]
}

export interface Place {
  path: string
  from: number
  to: number
}

/** What it says. `scanning` comes before a scan that may never end: the file, or null for several at once. */
export type Told =
  | { kind: 'scanning'; path: string | null }
  | ({ kind: 'loaded' } & Loaded)
  | { kind: 'scanned'; matches: Match[] }
  | { kind: 'failed'; says: string }

export interface Loaded {
  broken: BrokenRules[]
  /** How many files are in force. */
  files: number
  /** A rule because of which every file is scanned alone, or null. */
  sieveless: string | null
}

/** A rule that is true for a file. `pattern` and the place are of its first match; null for a rule without one. */
export interface Match {
  /** The file of rules it stands in. */
  source: string
  rule: string
  meta: Readonly<Record<string, string>>
  path: string
  pattern: string | null
  offset: number
  length: number
}
