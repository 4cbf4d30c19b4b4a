import type { ActKind } from '../../tracing/act.ts'

/**
 * What an engine sees of a process, as the kernel says it: numbers are the kernel's, paths as the program gave them. `at` is in
 * milliseconds since the engine began. Observations may come out of order by some tens of milliseconds; see Tree.
 */
export type Observation =
  | { what: 'fork'; at: number; pid: number; child: number }
  | ExecSeen
  | { what: 'exit'; at: number; pid: number; exit: number | null; signal: string | null }
  /** `path` null: by a descriptor that is gone. */
  | { what: 'folder'; at: number; pid: number; path: string | null }
  | FileSeen
  | OtherSeen

/** `told`: of what npm and its kind tell hooks in variables, what the kernel was given; absent: the engine does not see it. */
export interface ExecSeen {
  what: 'exec'
  at: number
  pid: number
  program: string
  argv: readonly string[]
  told?: Readonly<Record<string, string>>
}

/** `folder`: a descriptor that the path is relative to; null: the working folder. `cut`: the path was longer than could be read. */
export interface FileSeen {
  what: 'file'
  at: number
  pid: number
  kind: Extract<ActKind, 'read' | 'write' | 'delete' | 'rename' | 'link' | 'mode'>
  folder: number | null
  path: string
  other?: string
  cut: boolean
  error: string | null
}

export interface OtherSeen {
  what: 'act'
  at: number
  pid: number
  kind: Exclude<ActKind, FileSeen['kind'] | 'exec'>
  target: string
  name?: string
  bytes?: number
  error: string | null
}

/** Who is told. Nothing here may throw. */
export interface Sink {
  see(seen: Observation): void
  /** So many events the engine could not deliver. */
  lost(count: number, why: string): void
  /** The engine does not follow any more; `why` is a sentence. Not called after `stop`. */
  died(why: string): void
}

/** An engine at work. */
export interface Following {
  engine: EngineName
  /** Ends it, once what it has seen is told. */
  stop(): Promise<void>
}

export type EngineName = 'bpftrace' | 'strace' | 'audit' | 'poll'
