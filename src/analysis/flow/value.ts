import { UNKNOWN } from '../desk.ts'
import { joinTrails } from '../taint.ts'
import type { Step, Taint } from '../taint.ts'
import type { Func, Node } from './tree.ts'

const ALTERNATIVES = 8
/** What a call may reach; more is a table of functions, which are walked on their own. */
const CALLEES = 4
export const LONGEST = 262_144

/** What an expression may be. Immutable, except that `fields` is shared by everything that names the same object. */
export interface Value extends Taint {
  /** Possible texts; empty when nothing is known. `…` stands for an unknown part. */
  readonly texts: readonly string[]
  /** Whether the texts are numbers spelled out. */
  readonly number: boolean
  /** Names of things outside the package (`child_process.exec`). */
  readonly refs: readonly string[]
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

/** A stretch of code that is walked again when something it read has changed. */
export interface Reader {
  /** Set while it waits to be walked again. */
  stale: boolean
}

/** A variable: everything that was ever put into it, and who read it. */
export class Cell {
  value: Value = NOTHING
  #readers: Reader[] = NONE as unknown as Reader[]
  #blank: Value | null = null
  /** The object it is a field of, and under which name. */
  readonly #of: Fields | null
  readonly #name: string

  constructor(of: Fields | null = null, name = '') {
    this.#of = of
    this.#name = name
  }

  /** The value, `from` here, for somebody who has to know when it changes. */
  read(reader: Reader): Value {
    if (this.#readers.length === 0) this.#readers = [reader]
    else if (this.#readers.at(-1) !== reader) this.#readers.push(reader)
    return this.value
  }

  /** The same for code that names the variable: what is known of it may be no more than which one it is. */
  named(reader: Reader): Value {
    const value = this.read(reader)
    return value === NOTHING ? this.#blank ??= { ...NOTHING, from: this } : value
  }

  /** Whose view of the variable this changes; null when it is nothing new. */
  add(more: Value): readonly Reader[] | null {
    if (isVoid(more) || (this.value !== NOTHING && holdsAll(this.value, more))) return null
    const joined = this.value === NOTHING || this.value === more ? { ...more, from: this } : both(this.value, more, this)
    if (same(joined, this.value)) return null
    this.value = joined
    if (this.#of) this.#of.changed.push(this.#name)
    const readers = this.#readers
    this.#readers = NONE as unknown as Reader[]
    return readers
  }
}

/** The fields of an object. Whoever took all of them over before only needs what has changed since. */
export class Fields extends Map<string, Cell> {
  /** Names of fields in the order in which they came and changed: a few times each at most, as variables do. */
  readonly changed: string[] = []
}

export class Scope {
  readonly cells: Map<string, Cell>
  readonly outer: Scope | null
  /** Which file's offsets the code of this scope has. */
  readonly unit: object

  /** `cells` are given where several files share their top level. */
  constructor(outer: Scope | null, unit: object, cells = new Map<string, Cell>()) {
    this.outer = outer
    this.unit = unit
    this.cells = cells
  }

  find(name: string): Cell | null {
    let cell = this.cells.get(name)
    for (let scope = this.outer; cell === undefined && scope !== null; scope = scope.outer) cell = scope.cells.get(name)
    return cell ?? null
  }

  /** The outermost scope: a file's top level. */
  top(): Scope {
    return this.outer === null ? this : this.outer.top()
  }

  declare(name: string): Cell {
    let cell = this.cells.get(name)
    if (!cell) this.cells.set(name, cell = new Cell())
    return cell
  }
}

export function cellOf(fields: Map<string, Cell>, name: string): Cell {
  return fields.get(name) ?? added(fields, name)
}

function added(fields: Map<string, Cell>, name: string): Cell {
  const of = fields instanceof Fields ? fields : null
  const cell = new Cell(of, name)
  fields.set(name, cell)
  of?.changed.push(name)
  return cell
}

const NONE: readonly never[] = []

export const NOTHING: Value = {
  bits: 0, trail: NONE, texts: NONE, number: false, refs: NONE, functions: NONE, items: null, fields: null, from: null, opens: null,
}

/** A list with nothing in it. */
export const EMPTY: Value = { ...NOTHING, items: [] }

/** Nothing is known of it, but perhaps where it was read. */
export const isVoid = (value: Value): boolean => value === NOTHING || (value.bits === 0 && value.texts.length === 0 && value.refs.length === 0
  && value.functions.length === 0 && value.items === null && value.fields === null && value.opens === null)

export function known(text: string): Value {
  return { ...NOTHING, texts: [text] }
}

export const numeric = (value: number): Value => numbers.get(value) ?? kept(numbers, value, { ...NOTHING, texts: [String(value)], number: true })

export function outside(ref: string, bits = 0): Value {
  if (bits !== 0) return { ...NOTHING, refs: [ref], bits }
  return names.get(ref) ?? kept(names, ref, { ...NOTHING, refs: [ref] })
}

/** The same few names and numbers are read over and over. */
const KEPT = 20_000
const names = new Map<string, Value>()
const numbers = new Map<number, Value>()

function kept<K>(from: Map<K, Value>, key: K, value: Value): Value {
  if (from.size >= KEPT) from.clear()
  from.set(key, value)
  return value
}

export const only = ({ bits, trail }: Taint): Value => (bits ? { ...NOTHING, bits, trail } : NOTHING)
/** A value with more known of where it comes from. */
export const tainted = <V extends Value>(value: V, taint: Taint): Value =>
  (taint.bits === 0 ? value : { ...value, bits: value.bits | taint.bits, trail: joinTrails(value.trail, taint.trail) })

export function either(a: Value, b: Value): Value {
  if (a === NOTHING || a === b) return b
  if (b === NOTHING) return a
  return both(a, b, null)
}

function both(a: Value, b: Value, from: Cell | null): Value {
  return {
    bits: a.bits | b.bits,
    trail: joinTrails(a.trail, b.trail),
    texts: union(a.texts, b.texts),
    number: a.number && b.number,
    refs: union(a.refs, b.refs),
    functions: a.functions.length === 0 ? b.functions : merged(a.functions, b.functions),
    items: a.items && (a.items.length > 0 || !b.items) ? a.items : b.items,
    fields: a.fields && (a.fields.size > 0 || !b.fields) ? a.fields : b.fields,
    from,
    opens: a.opens && b.opens ? bothOpened(a.opens, b.opens) : a.opens ?? b.opens,
  }
}

/** One name for handles on several files: what is written may land in each. */
function bothOpened(a: Value, b: Value): Value {
  return a === b || b.texts.every((text) => a.texts.includes(text)) ? a : either(a, b)
}

/** Texts put one after the other; what is not known leaves a hole. Up to a few alternatives. */
export function joined(parts: readonly Value[], separator = ''): Value {
  let texts: string[] = ['']
  let bits = 0
  let trail: readonly Step[] = NONE
  for (let index = 0; index < parts.length; index++) {
    const part = parts[index] as Value
    bits |= part.bits
    trail = joinTrails(trail, part.trail)
    const before = index === 0 ? '' : separator
    const next = part.texts.length > 0 ? part.texts : HOLE
    const [only] = next
    // One text after another is what most are made of.
    if (texts.length === 1 && next.length === 1) texts[0] = add(texts[0] as string, before + only)
    else if (texts.length * next.length <= ALTERNATIVES) texts = texts.flatMap((head) => next.map((tail) => add(head, before + tail)))
    else texts = texts.map((head) => add(head, before + (only ?? UNKNOWN)))
  }
  return { ...NOTHING, texts: texts.length > 1 ? [...new Set(texts)] : texts, bits, trail }
}

const HOLE: readonly string[] = [UNKNOWN]
const add = (head: string, tail: string): string => (head.length + tail.length > LONGEST ? head : head + tail)

function union(a: readonly string[], b: readonly string[]): readonly string[] {
  if (covers(a, b)) return a
  if (a.length === 0) return b
  const all: string[] = []
  for (const text of a) if (!all.includes(text)) all.push(text)
  for (const text of b) if (all.length < ALTERNATIVES && !all.includes(text)) all.push(text)
  return all
}

function merged(a: readonly Closure[], b: readonly Closure[]): readonly Closure[] {
  if (a.length >= CALLEES) return a
  let all: Closure[] | null = null
  for (const closure of b) if (!has(a, closure) && (all === null || all.length < CALLEES)) (all ??= a.slice()).push(closure)
  return all ?? a
}

function has(closures: readonly Closure[], { node }: Closure): boolean {
  for (const closure of closures) if (closure.node === node) return true
  return false
}

const covers = (a: readonly string[], b: readonly string[]): boolean =>
  a === b || b.length === 0 || a.length >= ALTERNATIVES || (a.length > 0 && includesAll(a, b))

function includesAll(a: readonly string[], b: readonly string[]): boolean {
  for (const text of b) if (!a.includes(text)) return false
  return true
}

/** Whether `b` would add nothing to `a`, told without putting them together: most of what is added to a variable is known. */
function holdsAll(a: Value, b: Value): boolean {
  return (b.bits & ~a.bits) === 0 && ((a.number && b.number) || covers(a.texts, b.texts)) && covers(a.refs, b.refs) && (b.opens === null || a.opens === b.opens)
    && (b.items === null || (a.items !== null && (a.items.length > 0 || b.items.length === 0))) && (b.fields === null || a.fields === b.fields)
    && (b.functions.length === 0 || a.functions === b.functions || merged(a.functions, b.functions) === a.functions)
}

/** Trails are explanations, and one more number changes nothing: neither is news. */
function same(a: Value, b: Value): boolean {
  return a.bits === b.bits && (a.texts === b.texts || (a.number && b.number)) && a.refs === b.refs && a.functions === b.functions
    && a.items === b.items && a.fields === b.fields && a.opens === b.opens
}
