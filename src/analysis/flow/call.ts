import type { Desk } from '../desk.ts'
import type { Place } from '../source.ts'
import type { Taint } from '../taint.ts'
import type { Tongue } from './tongue.ts'
import type { At } from './tree.ts'
import type { Cell, Scope, Value } from './value.ts'

/** What the effects of calls need of the engine. */
export interface Machine {
  readonly desk: Desk
  readonly tongue: Tongue
  /** The file named by `path` now holds this; `text` where that is known. */
  mark(path: Value, content: Taint, text?: string, more?: boolean): void
  /** What a value holds, with what the file holds that it names. */
  holds(value: Value): Taint
  /** Adds to a variable. */
  put(cell: Cell, value: Value): void
  /** The first with the fields of the others. */
  merged(into: Value, all: readonly Value[]): Value
  load(spec: string, scope: Scope): Value
  member(of: Value, key: Value, scope: Scope, at: At): Value
  /** Walks a text as code that stands at this place; gives what its last expression is worth. `how`: what hid it. */
  inline(text: string, call: Call, how?: string): Value
  /** Texts that this file was seen to run while it was folded. */
  ran(scope: Scope): readonly string[]
  /** Calls the functions in a value with what they may be given. */
  release(value: Value, given: Value): Value
}

/** What `named` is of a call without keyword arguments: always this one. */
export const NOTHING_NAMED: ReadonlyMap<string, Value> = new Map()

/** A call of something outside the package, with everything evaluated. */
export interface Call {
  engine: Machine
  scope: Scope
  place: Place
  receiver: Value
  method: string
  args: readonly Value[]
  named: ReadonlyMap<string, Value>
  /** What is called, resolved. */
  ref: string
}
