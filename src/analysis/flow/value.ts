import { UNKNOWN } from '../desk.ts'
import type { Origin } from '../facts.ts'
import type { Func, Node } from './tree.ts'

/** Where a value's content comes from, as bits; the `FILE_` ones say it of the file that the value names. */
export const FETCHED = 1
export const DECODED = 2
export const COLLECTED = 4
export const FILE_FETCHED = 8
export const FILE_DECODED = 16
/** A stretch of the network: a request or a socket, not content. */
export const NETWORK = 32

const ALTERNATIVES = 8
export const LONGEST = 262_144

/** What an expression may be. Immutable, except that `fields` is shared by everything that names the same object. */
export interface Value {
  /** Possible texts; empty when nothing is known. `…` stands for an unknown part. */
  readonly texts: readonly string[]
  /** Names of things outside the package (`child_process.exec`). */
  readonly refs: readonly string[]
  readonly origin: number
  readonly functions: readonly Closure[]
  readonly items: readonly Value[] | null
  readonly fields: Map<string, Cell> | null
  /** The variable it was read from. */
  readonly from: Cell | null
  /** For a handle on a file: the path it was opened with. */
  readonly opens: Value | null
}

export interface Closure {
  node: Func | Extract<Node, { is: 'class' }>
  scope: Scope
}

/** A variable: everything that was ever put into it. */
export class Cell {
  value: Value = NOTHING

  /** True when something new came in. */
  add(more: Value): boolean {
    const joined = either(this.value, more)
    if (same(joined, this.value)) return false
    this.value = { ...joined, from: null }
    return true
  }
}

export class Scope {
  readonly cells = new Map<string, Cell>()
  readonly outer: Scope | null
  /** Which file's offsets the code of this scope has. */
  readonly unit: object
  constructor(outer: Scope | null, unit: object) {
    this.outer = outer
    this.unit = unit
  }

  find(name: string): Cell | null {
    return this.cells.get(name) ?? this.outer?.find(name) ?? null
  }

  declare(name: string): Cell {
    let cell = this.cells.get(name)
    if (!cell) this.cells.set(name, cell = new Cell())
    return cell
  }
}

export function cellOf(fields: Map<string, Cell>, name: string): Cell {
  let cell = fields.get(name)
  if (!cell) fields.set(name, cell = new Cell())
  return cell
}

export const NOTHING: Value = { texts: [], refs: [], origin: 0, functions: [], items: null, fields: null, from: null, opens: null }

export const known = (text: string, origin = 0): Value => ({ ...NOTHING, texts: [text], origin })
export const outside = (ref: string, origin = 0): Value => ({ ...NOTHING, refs: [ref], origin })
export const only = (origin: number): Value => (origin ? { ...NOTHING, origin } : NOTHING)

export function either(a: Value, b: Value): Value {
  if (a === NOTHING || a === b) return b
  if (b === NOTHING) return a
  return {
    texts: union(a.texts, b.texts),
    refs: union(a.refs, b.refs),
    origin: a.origin | b.origin,
    functions: a.functions.length === 0 ? b.functions : merged(a.functions, b.functions),
    items: a.items ?? b.items,
    fields: a.fields ?? b.fields,
    from: null,
    opens: a.opens ?? b.opens,
  }
}

/** Texts put one after the other; what is not known leaves a hole. Up to a few alternatives. */
export function joined(parts: readonly Value[], separator = ''): Value {
  let texts: string[] = ['']
  let origin = 0
  parts.forEach((part, index) => {
    origin |= part.origin
    const before = index === 0 ? '' : separator
    const next = part.texts.length > 0 ? part.texts : [UNKNOWN]
    texts = texts.length * next.length <= ALTERNATIVES
      ? texts.flatMap((head) => next.map((tail) => add(head, before + tail)))
      : texts.map((head) => add(head, before + (next[0] ?? UNKNOWN)))
  })
  return { ...NOTHING, texts: [...new Set(texts)], origin }
}

const add = (head: string, tail: string): string => (head.length + tail.length > LONGEST ? head : head + tail)

/** The origin to name when there are several: what was fetched matters most. */
export function originOf(bits: number): Origin | null {
  if (bits & (FETCHED | FILE_FETCHED)) return 'fetched'
  if (bits & (DECODED | FILE_DECODED)) return 'decoded'
  return bits & COLLECTED ? 'collected' : null
}

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  if (b.length === 0) return a
  if (a.length === 0) return b
  const all = [...new Set([...a, ...b])]
  return all.length === a.length ? a : all.slice(0, ALTERNATIVES)
}

function merged(a: readonly Closure[], b: readonly Closure[]): readonly Closure[] {
  const fresh = b.filter((closure) => !a.some((other) => other.node === closure.node))
  return fresh.length === 0 ? a : [...a, ...fresh].slice(0, ALTERNATIVES)
}

function same(a: Value, b: Value): boolean {
  return a.origin === b.origin && a.texts.length === b.texts.length && a.refs.length === b.refs.length
    && a.functions.length === b.functions.length && a.items === b.items && a.fields === b.fields && a.opens === b.opens
}
