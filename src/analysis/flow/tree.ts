/**
 * The small language that JavaScript and Python are lowered to, so that one engine follows data through both.
 * Control flow is dropped: every branch is taken. `at` is the node's stretch of its source.
 */
export type At = readonly [from: number, to: number]

export type Node =
  | { is: 'text'; value: string; at: At }
  | { is: 'name'; name: string; at: At }
  | { is: 'member'; of: Node; key: Node; at: At }
  /** `named` are keyword arguments. `made` marks `new`. */
  | { is: 'call'; callee: Node; args: readonly Node[]; named: readonly Entry[]; made: boolean; at: At }
  /** Concatenation. */
  | { is: 'join'; parts: readonly Node[]; at: At }
  /** All are evaluated; the value is any of them (`a ? b : c`) or, with `last`, the last. */
  | { is: 'group'; parts: readonly Node[]; last: boolean; at: At }
  | { is: 'list'; parts: readonly Node[]; at: At }
  | { is: 'record'; entries: readonly Entry[]; at: At }
  | Func
  /** A class: its methods run once it is instantiated or handed to somebody. */
  | { is: 'class'; bases: readonly Node[]; methods: readonly Func[]; body: readonly Node[]; at: At }
  | { is: 'set'; target: Node; value: Node; declares: boolean; at: At }
  | { is: 'return'; value: Node; at: At }
  /** Loading a module by a name that may be computed. */
  | { is: 'import'; module: Node; at: At }

export interface Entry {
  key: string | null
  value: Node
}

export interface Func {
  is: 'function'
  name: string | null
  /** Targets: a name, or a list or record of targets. */
  params: readonly Node[]
  body: readonly Node[]
  at: At
}

export const nothing = (at: At): Node => ({ is: 'list', parts: [], at })
export const group = (parts: readonly Node[], at: At): Node => ({ is: 'group', parts, last: false, at })
export const text = (value: string, at: At): Node => ({ is: 'text', value, at })
export const name = (value: string, at: At): Node => ({ is: 'name', name: value, at })

/** A function that returns what it is given. */
export function identity(): Func {
  const value = name('value', [0, 0])
  return { is: 'function', name: null, params: [value], body: [{ is: 'return', value, at: [0, 0] }], at: [0, 0] }
}
