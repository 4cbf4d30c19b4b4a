import type { Trigger } from '../core/types.ts'

/**
 * What analysis found to be true of a package's code. Detectors speak of facts, never of source patterns.
 * Every fact carries where it stands, so that a finding can show it.
 */
export interface Facts {
  /** What commands and code that run by themselves do, trigger by trigger. */
  actions: readonly Action[]
  /** Network locations named in code that runs by itself. */
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

/** One effect of code, with the trigger that leads to it (null: nothing runs it by itself). */
export interface Action {
  kind: 'fetch' | 'execute' | 'spawn' | 'decode' | 'write' | 'read' | 'env'
  /** What is called, resolved (`child_process.exec`, `curl`, `urllib.request.urlopen`). */
  call: string
  /** Literal or folded argument that matters (URL, command line, path); null when not known. */
  argument: string | null
  trigger: Trigger | null
  file: string
  lines: [number, number]
  excerpt: string
  /** True when its input comes from an earlier fetch or decode in the same flow. */
  tainted: 'fetched' | 'decoded' | null
}
