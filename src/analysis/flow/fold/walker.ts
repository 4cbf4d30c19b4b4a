import type { Bindings, Closure, Constant, FoldLanguage } from '../constant.ts'
import type { Apply, Known } from '../pure/types.ts'
import { endOf, startOf } from '../tree.ts'
import type { Func, Node } from '../tree.ts'
import type { Budget, Frame } from './frame.ts'

export type Of<Is extends Node['is']> = Extract<Node, { is: Is }>
export type Args = readonly Known[]
export type Named = ReadonlyMap<string, Known>

export const NOTHING_NAMED: Named = new Map()

/** What the parts of the machine need of each other. Undefined is what is not known; what the code raises is thrown as `Raised`. */
export interface Walker {
  readonly budget: Budget
  readonly language: FoldLanguage
  readonly top: Bindings
  readonly apply: Apply
  /** Functions that ran. */
  readonly ran: Set<Func>
  /** JavaScript's `undefined`, Python's `None`. */
  readonly nothing: Constant
  /** How deep calls are in calls. */
  depth: number
  /** How often something was not known so far. */
  unknowns: number
  refer(ref: string, args: readonly Constant[]): Known
  evaluate(node: Node, frame: Frame): Known
  invoke(called: Constant, args: Args, named?: Named, self?: Constant): Known
  /** What the code itself raises ends it. */
  attempt<T>(work: () => T): T | undefined
  /** Undefined where it is not known whether something counts as true. */
  truth(value: Known): boolean | undefined
  /** Undefined when somebody unknown may have changed it. */
  whole(value: Known): Known
  /** Somebody unknown may change it from now on. */
  give(value: Known): void
  /** Something unknown is called with these. */
  unknown(args: Args, named: Named): undefined
  /** What running a piece of code may have changed is not known any more. */
  forget(node: Node, frame: Frame): void
  /** Remembers what an expression was worth. */
  keep(node: Node, value: Known): Known
  closureOf(func: Func): Closure | undefined
}

/** What is not there at all, as opposed to an empty list. */
export const absent = (node: Node): boolean => node.is === 'list' && node.parts.length === 0 && startOf(node.at) === endOf(node.at)
