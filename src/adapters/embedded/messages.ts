import type { Fact } from '../../ledger/caller.ts'
import type { Head } from '../../ledger/chain.ts'

/** What the main thread asks of a database thread. One SQLite connection lives in each thread. */
export type Operation =
  /** One statement. Outside a transaction, those that wait together are committed together. */
  | { kind: 'run'; sql: string; parameters: readonly unknown[] }
  /** Ledger entries, one a line: JSON has no line breaks of its own, and one string crosses cheaper than hundreds. */
  | { kind: 'append'; lines: string }
  | { kind: 'begin' }
  /** One statement inside the transaction begun before; refused when that transaction is gone. */
  | { kind: 'step'; sql: string; parameters: readonly unknown[] }
  | { kind: 'commit' }
  | { kind: 'rollback' }
  | { kind: 'close' }

/** Rows laid flat, so that thousands cross between threads cheaply. */
export interface Outcome {
  columns: readonly string[]
  values: readonly unknown[]
  changes: number
  insertId: number
}

export type Asked = readonly [id: number, operation: Operation]
export type Answered = readonly [id: number, problem: string | null, result: Outcome | Head | null]

export interface ThreadSettings {
  file: string
  role: 'writer' | 'reader'
  /** Facts about callers of which only a pseudonym is written, for the period. */
  unkept?: readonly Fact[]
}
