import type { Trigger } from '../core/types.ts'

/**
 * What analysis found to be true of a package's code. Detectors speak of facts, never of source patterns.
 * Every fact carries where it stands, so that a finding can show it.
 */
export interface Facts {
  /** What commands and code that run by themselves do, trigger by trigger. */
  actions: readonly Action[]
  /** URLs named in code that runs by itself; `…` stands for a part that is not known. */
  hosts: readonly Located<string>[]
  /** One line each; not empty makes the verdict undetermined. */
  missing: readonly string[]
}

export interface Located<T> {
  value: T
  file: string
  lines: [number, number]
  excerpt: string
}

/**
 * `fetch` asks the network; `send` is a fetch that carries collected data away; `execute` runs code or a command that is
 * data (eval, a shell fed by a pipe, the installation of an archive); `spawn` starts a program; `decode` undoes an
 * encoding; `verify` hashes what was fetched; `collect` reads facts of the host, its user or their secrets.
 */
export type ActionKind = 'fetch' | 'send' | 'execute' | 'spawn' | 'decode' | 'verify' | 'write' | 'collect'

/** Where data comes from, when it matters. */
export type Origin = 'fetched' | 'decoded' | 'collected'

/** One effect of code, with the trigger that leads to it. */
export interface Action {
  kind: ActionKind
  /** What is called, resolved (`child_process.exec`, `curl`, `urllib.request.urlopen`). */
  call: string
  /** Literal or folded argument that matters (URL, command line, path), `…` for unknown parts; null when not known. */
  argument: string | null
  trigger: Trigger
  file: string
  lines: [number, number]
  excerpt: string
  /** Set when what is executed, spawned, verified, written or sent comes from there in the same flow. */
  tainted: Origin | null
}
