import type { UnpackedPackage } from '../core/types.ts'
import type { ActionKind, Origin } from './facts.ts'
import type { Place } from './source.ts'

export type Language = 'javascript' | 'python' | 'shell' | 'go'

/** What a reader notes; the desk adds trigger and place. */
export interface Note {
  kind: ActionKind
  call: string
  argument: string | null
  tainted: Origin | null
}

/**
 * What the readers of each language ask of one another, so that none imports another:
 * JavaScript spawns a shell line, the line runs `python -c`, and so on. All of it is reading; nothing is ever run.
 */
export interface Desk {
  readonly pkg: UnpackedPackage
  note(note: Note, place: Place): void
  miss(line: string): void
  /** A command line somebody hands to a shell. `unknown` is what its `…` parts hold. */
  shell(line: string, place: Place, unknown?: Origin | null): Heard
  /** A program with its arguments, without a shell. `origins[i]` is where word `i` comes from. */
  program(words: readonly string[], place: Place, origins?: readonly (Origin | null)[]): Heard
  /** Code that is text inside other code. */
  code(language: Language, text: string, place: Place): void
  /** A file of the package that gets run; one that does not exist is nobody's fault. */
  file(path: string, language: Language | null): void
}

/** What a command's output holds, and whether the command runs fetched or decoded code. */
export interface Heard {
  output: Origin | null
}

/** Stands for the package's own folder in folded paths. */
export const ROOT = '<package>'
/** Stands for a part of a text that is not known. */
export const UNKNOWN = '…'
