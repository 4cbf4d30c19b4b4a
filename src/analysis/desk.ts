import type { UnpackedPackage } from '../core/types.ts'
import type { ActionKind } from './facts.ts'
import type { Place } from './source.ts'
import type { Taint } from './taint.ts'
import type { WrittenFiles } from './written.ts'

export type Language = 'javascript' | 'python' | 'shell' | 'go'

/** What a reader notes; the desk adds trigger, place and what is known of places on a machine. */
export interface Note {
  kind: ActionKind
  call: string
  argument: string | null
  /** What the data is that is executed, sent, written or spawned; for `collect`, what is read. */
  taint: Taint
}

/**
 * What the readers of each language ask of one another, so that none imports another:
 * JavaScript spawns a shell line, the line runs `python -c`, and so on. All of it is reading; nothing is ever run.
 */
export interface Desk {
  readonly pkg: UnpackedPackage
  readonly written: WrittenFiles
  note(note: Note, place: Place): void
  miss(line: string): void
  /** A command line somebody hands to a shell. `unknown` is what its `…` parts hold. Gives what its output holds. */
  shell(line: string, place: Place, unknown?: Taint): Taint
  /** A program with its arguments, without a shell. `taints[i]` is what word `i` holds. Gives what its output holds. */
  program(words: readonly string[], place: Place, taints?: readonly Taint[]): Taint
  /** Code that is text inside other code; `how` is what hid it, where something did. */
  code(language: Language, text: string, place: Place, how?: string): void
  /** Text that is put into a file: read as code when it looks like it, because somebody will run it. */
  left(text: string, place: Place): void
  /** A file that code loads is walked later, apart from it, for the same reason: there is too much code to hold at once. */
  later(path: string): void
  /** A file of the package that gets run; one that does not exist is nobody's fault. */
  file(path: string, language: Language | null): void
  /** What leads to the code that is read now, to be given back to `because` when the code is read again. */
  cause(): unknown
  because(cause: unknown): void
  /** A text in the code, as it stands or put together: looked at for indicators and for what it hides. */
  text(text: string, spelled: 'literal' | 'folded' | 'decoded', place: Place): void
}

/** Stands for the package's own folder in folded paths. */
export const ROOT = '<package>'
/** Stands for the user's own folder in folded paths. */
export const HOME = '<home>'
/** Stands for a part of a text that is not known. */
export const UNKNOWN = '…'
