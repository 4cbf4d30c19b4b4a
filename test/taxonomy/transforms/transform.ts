import type { Behaviour } from '../../../src/core/types.ts'
import type { Edit, Program, Roll } from '../program.ts'
import { edited } from '../program.ts'

export type Group =
  | 'none' | 'renaming' | 'string splitting' | 'members and aliases' | 'encodings' | 'comments' | 'Unicode' | 'dead code'
  | 'moved files' | 'wrappers' | 'minified' | 'packed whole' | 'string array' | 'combined'

/** Files of a package by their paths; the one that starts keeps its path. */
export type Files = Readonly<Record<string, Program>>

/** Another way to write the same program, from which its marks can still be told. */
export interface Transform {
  id: string
  group: Group
  /** What the disguise itself may be called, besides what it hides. */
  is?: readonly Behaviour[]
  /** Makes files of hundreds of kilobytes. */
  large?: boolean
  /** `path` is where the program stands; what is beside it in the package keeps its place. */
  apply(code: Program, path: string, roll: Roll): Files
}

/** A transform that stays in its file. */
export const inPlace = (group: Group, id: string, rewrite: (code: Program, roll: Roll) => Program, is?: readonly Behaviour[]): Transform =>
  ({ id, group, apply: (code, path, roll) => ({ [path]: rewrite(code, roll) }), ...(is ? { is } : {}) })

/** A transform that replaces parts of the text. */
export const byEdits = (group: Group, id: string, edits: (text: string, roll: Roll) => readonly Edit[]): Transform =>
  inPlace(group, id, (code, roll) => edited(code, edits(code.text, roll)))
