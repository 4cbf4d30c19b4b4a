/**
 * The small language that JavaScript, Python and Go are lowered to, so that one engine follows data through all of them.
 * The engine takes every branch and walks every loop once; the folder (`fold.ts`) runs pure stretches of it on constants.
 * `at` is the node's stretch of its source.
 */
export type At = number & { readonly [STRETCH]: never }
declare const STRETCH: unique symbol

/** Offsets stay below this (`units.ts` reads no longer file). Trees are most of what the engine holds: a pair of numbers each would double them. */
const WIDTH = 2 ** 25

export const span = (from: number, to: number): At => (from * WIDTH + to) as At
export const startOf = (at: At): number => Math.floor(at / WIDTH)
export const endOf = (at: At): number => at - Math.floor(at / WIDTH) * WIDTH
export const NOWHERE: At = span(0, 0)
/** From the first to the last of several. */
export const across = (nodes: readonly { readonly at: At }[]): At => span(startOf(nodes[0]?.at ?? NOWHERE), endOf(nodes.at(-1)?.at ?? NOWHERE))

export type Node =
  | { is: 'text'; value: string; at: At }
  | { is: 'number'; value: number; at: At }
  /** Bytes as a literal (`b'…'`), one character a byte. */
  | { is: 'bytes'; value: string; at: At }
  | { is: 'name'; name: string; at: At }
  /** `slice` marks `x[a:b]` (Python, Go): `key` is then a list of start, stop and step, each possibly `nothing`. */
  | { is: 'member'; of: Node; key: Node; slice?: boolean; at: At }
  /** `named` are keyword arguments. `made` marks `new`. */
  | { is: 'call'; callee: Node; args: readonly Node[]; named: readonly Entry[]; made: boolean; at: At }
  /** `+` and templates: concatenation, or addition where all parts are numbers. */
  | { is: 'join'; parts: readonly Node[]; at: At }
  /** Any other operator: `-`, `*`, `%`, `^`, `<<`, `<`, `===`, `!`, `in` … One part for a prefix operator. */
  | { is: 'operate'; sign: string; parts: readonly Node[]; at: At }
  /** All are evaluated; the value is any of them (`a || b`) or, with `last`, the last. */
  | { is: 'group'; parts: readonly Node[]; last: boolean; at: At }
  | { is: 'list'; parts: readonly Node[]; at: At }
  /** `...x`, `*x`: the items of a list inside another. */
  | { is: 'spread'; of: Node; at: At }
  | { is: 'record'; entries: readonly Entry[]; at: At }
  | Func
  /** A class: its methods run once it is instantiated or handed to somebody. `body` runs where it stands. */
  | { is: 'class'; name: string | null; bases: readonly Node[]; methods: readonly Func[]; body: readonly Node[]; at: At }
  | { is: 'set'; target: Node; value: Node; declares: boolean; at: At }
  | { is: 'return'; value: Node; at: At }
  /** Loading a module by a name that may be computed. */
  | { is: 'import'; module: Node; at: At }
  /** `if`, `?:`, `switch`: `expression` where the value matters. */
  | { is: 'branch'; test: Node; then: Node; otherwise: Node; expression: boolean; at: At }
  /** `for (start; test; step) body`, `while`; with `each`, `for target in of` (test, start and step are then nothing). */
  | { is: 'loop'; start: Node; test: Node; step: Node; each: { target: Node; of: Node } | null; body: Node; at: At }
  /** `[value for target in of if test]`: a list (or set, generator) made of another. */
  | { is: 'gather'; value: Node; loops: readonly { target: Node; of: Node; tests: readonly Node[] }[]; at: At }
  /** `try` with its handlers; `break`, `continue`, `throw` as they are. */
  | { is: 'try'; body: Node; handlers: readonly { target: Node | null; body: Node }[]; last: Node; at: At }
  | { is: 'jump'; how: 'break' | 'continue' | 'throw'; value: Node; at: At }

export interface Entry {
  key: string | null
  /** A key that is computed (`[k]: v`, `{k: v}` in Python). Without `key` and `computed`, the entry is spread. */
  computed?: Node
  value: Node
}

export interface Func {
  is: 'function'
  name: string | null
  /** Targets: a name, a list or record of targets, a `set` for a default value, a `spread` for the rest. */
  params: readonly Node[]
  body: readonly Node[]
  /** Of a method: runs without being called by its name (`__enter__`, a getter, `toString`). */
  unasked?: boolean
  at: At
}

/** No keyword arguments; one list for all of the many calls without. */
export const UNNAMED: readonly Entry[] = []
/** A list that grew, as long as it is: what grows reserves room for sixteen, and most lists of a tree are short. */
export const trimmed = <T>(list: readonly T[]): T[] => list.slice()

export const nothing = (at: At): Node => ({ is: 'list', parts: [], at })
export const group = (parts: readonly Node[], at: At): Node => ({ is: 'group', parts, last: false, at })
export const text = (value: string, at: At): Node => ({ is: 'text', value, at })
export const name = (value: string, at: At): Node => ({ is: 'name', name: value, at })

/** A function that returns what it is given. */
export function identity(): Func {
  const value = name('value', NOWHERE)
  return { is: 'function', name: null, params: [value], body: [{ is: 'return', value, at: NOWHERE }], at: NOWHERE }
}
