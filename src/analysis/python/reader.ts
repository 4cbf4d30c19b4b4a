import { UNNAMED, nothing, span, startOf } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { Tokenizer } from './tokenizer.ts'
import { FORMAT, STARTS, isCloser, isStop } from './tokens.ts'

/** Deeper than Python goes itself (200 brackets, 100 indentations), and well within any stack. */
const DEEPEST = 400

/** What parts of the grammar need of each other. */
export interface Grammar {
  expression(reader: Reader): Node
  binary(reader: Reader, least: number): Node
  statement(reader: Reader, into: Node[]): void
}

/** Tokens, with what the grammar must know of the place that it stands at. */
export class Reader extends Tokenizer {
  readonly #grammar: Grammar
  #depth = 0
  /** Brackets that are open right inside a hole of an f-string, where `:=` is no sign; -1: in none. */
  hole = -1
  /** Whether a block came last, which ends its line. */
  ended = false
  /** In a function, names that it sets are its own but for these, which belong to an outer one. */
  inFunction = false
  shared: Set<string> | null = null
  /** What runs where the statement at hand stands, though nothing takes its value: calls in annotations and defaults. */
  asides: Node[] = []
  /** How many calls were read. */
  calls = 0
  /** Whether something was nested too deeply to follow. */
  cut = false

  constructor(code: string, grammar: Grammar) {
    super(code)
    this.#grammar = grammar
  }

  expression(): Node {
    return this.#grammar.expression(this)
  }

  /** Operators that bind at least as tightly as `least`, and no choice or lambda around them. */
  binary(least: number): Node {
    return this.#grammar.binary(this, least)
  }

  statement(into: Node[]): void {
    this.#grammar.statement(this, into)
  }

  /** From there to the end of the token before this one. */
  since(from: number): At {
    return span(from, Math.max(from, this.last))
  }

  get here(): At {
    return span(this.from, this.from)
  }

  /** The empty stretch at the end of the token before this one. */
  get until(): At {
    return span(this.last, this.last)
  }

  get begins(): boolean {
    return STARTS[this.kind] === 1
  }

  /** Over a token of this kind, if it is there. */
  take(kind: number): boolean {
    if (this.kind !== kind) return false
    this.next()
    return true
  }

  /** What nothing takes the value of: it matters if there is a call in it. */
  besides(read: (r: Reader) => Node = one): Node {
    const { calls } = this
    const node = read(this)
    if (this.calls !== calls) this.asides.push(node)
    return node
  }

  /** Throws RangeError on nesting that is too deep to follow: what it stands in is left at the end of its line. */
  down(): void {
    if (++this.#depth > DEEPEST) throw new RangeError('code nested too deeply')
  }

  up(): void {
    this.#depth--
  }

  get depth(): number {
    return this.#depth
  }

  /** Goes on after the line that was nested too deeply. */
  leave(depth: number): void {
    this.#depth = depth
    this.cut = true
    // What is left of an f-string would be read as code, and its quotes as strings.
    if (this.hole >= 0) this.skipLine()
    this.hole = -1
    while (!isStop(this.kind)) {
      if (this.kind === FORMAT) this.skipLine()
      else this.next()
    }
  }

  /** To the end of brackets, over what is not understood; whatever bracket closes them. */
  close(): void {
    while (!isCloser(this.kind) && !isStop(this.kind)) {
      const { from } = this
      if (this.begins) this.expression()
      if (this.from === from) this.next()
    }
    if (isCloser(this.kind)) this.next()
  }

  /** Reads with the names of a function, or of what stands outside of one. */
  within<T>(inFunction: boolean, read: () => T): T {
    const { inFunction: before, shared } = this
    this.inFunction = inFunction
    this.shared = null
    const result = read()
    this.inFunction = before
    this.shared = shared
    return result
  }

  set(target: Node, value: Node, at: At): Node {
    // Python 2 calls what a class or a module has under this name.
    if (target.is === 'name' && target.name === '__metaclass__') this.asides.push(called(target, at))
    return { is: 'set', target, value, declares: this.inFunction && owned(target, this.shared), at }
  }
}

/** A call without arguments. */
export const called = (callee: Node, at: At): Node => ({ is: 'call', callee, args: [], named: UNNAMED, made: false, at })
const one = (r: Reader): Node => r.expression()

/** What is not there, on an empty stretch. */
export const empty = (here: At): Node => nothing(span(startOf(here), startOf(here)))
/** Statements, or expressions of which the last is the value. */
export const sequence = (parts: readonly Node[], here: At): Node => ({ is: 'group', parts, last: true, at: here })

/** Whether a target binds names, and none of them is somebody else's. */
function owned(target: Node, shared: ReadonlySet<string> | null): boolean {
  if (target.is === 'name') return shared === null || !shared.has(target.name)
  const bound = names(target)
  return bound.length > 0 && (shared === null || !bound.some((one) => shared.has(one)))
}

function names(target: Node): string[] {
  if (target.is === 'name') return [target.name]
  if (target.is === 'spread') return names(target.of)
  return target.is === 'list' ? target.parts.flatMap(names) : []
}
