import type { Desk } from '../desk.ts'
import type { Place } from '../source.ts'
import type { Tongue } from './tongue.ts'
import type { Cell, Scope, Value } from './value.ts'

/** What the effects of calls need of the engine. */
export interface Machine {
  readonly desk: Desk
  readonly tongue: Tongue
  /** The file named by `path` now holds content with these bits. */
  mark(path: Value, bits: number): void
  /** A value's bits, with those of the file it names. */
  bits(value: Value): number
  /** Adds to a variable. */
  put(cell: Cell, value: Value): void
  load(spec: string, scope: Scope): Value
  member(of: Value, key: Value, scope: Scope): Value
}

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
