import type { Language } from '../desk.ts'
import type { Source } from '../source.ts'
import type { Node } from './tree.ts'
import type { Cell, Value } from './value.ts'

/** What calling something outside the package does. `at` is the argument that matters, `to` the path written to. */
export interface Rule {
  does:
    | 'fetch' | 'request' | 'save' | 'shell' | 'program' | 'code' | 'fork' | 'decode' | 'write' | 'open' | 'read' | 'move' | 'hash' | 'collect'
    | 'load' | 'member' | 'path' | 'folder' | 'text' | 'pass' | 'characters'
  at: number
  to?: number
  /** For `decode`: the encoding, when the callee says it (`base64`). For `member`: what it is a member of, when that is fixed. */
  how?: string
}

/** One file of the package as the engine holds it. */
export interface Unit {
  source: Source
  exports: Cell
}

/** What the engine must be told of a language. */
export interface Tongue {
  id: Language
  /** Throws what the parser throws, RangeError included. */
  lower(source: Source): readonly Node[]
  /** What calling `ref` does (`child_process.exec`); null when it is of no interest. */
  rule(ref: string): Rule | null
  /** Names and members that stand for something special (`__dirname`, `process.env`); null: nothing special. */
  special(ref: string, unit: Unit): Value | null
  /** Path of the package's file that an import names, or null: it is somebody else's. */
  locate(spec: string, from: string, files: ReadonlyMap<string, unknown>): string | null
  /** What importing a unit gives, given its top-level variables. */
  exported(unit: Unit, top: Map<string, Cell>): Value
}
