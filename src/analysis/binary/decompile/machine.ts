import type { Instruction } from '../disassemble.ts'
import type { Literals } from './literal.ts'
import { quoted } from './literal.ts'
import type { CodeObject, Constant } from '../marshal.ts'
import { isCode, isTuple } from '../marshal.ts'
import { growing, identifier, isNull, isUnknown, made, padding, push, term, unknown } from './term.ts'
import type { Stack, Term } from './term.ts'

/** Where pseudo-source is written, for all code objects of a file. */
export interface Writer {
  readonly literals: Literals
  /** 311 for Python 3.11. */
  readonly release: number
  emit(line: string): void
  /** A name that the program does not use. */
  fresh(what: string): string
  /** Writes a function or class and gives the name it has now. */
  define(code: CodeObject, kind: 'function' | 'class', heads: readonly string[]): string
}

/** Parsers recurse: deeper expressions are given a name. */
const DEEPEST = 60
/** Deeper places of the stack are not reached for: no compiler does so. */
const REACH = 64
const SHORT = 60
const LONGEST_NAME = 500

/** The interpreter's stack, with text for values: what the steps of one code object work on. */
export class Machine {
  readonly code: CodeObject
  readonly writer: Writer
  readonly kind: 'module' | 'function' | 'class'
  readonly #names = new Map<string, string>()
  stack: Stack | null = null
  /** Names of the last arguments of the next call (3.11 and 3.12). */
  keywords: readonly string[] = []
  /** Instructions to come, for the few that mean something together. */
  ahead: (distance: number) => Instruction | undefined = () => undefined
  /** Passes over that many. */
  skip: (count: number) => void = () => undefined

  constructor(code: CodeObject, kind: Machine['kind'], writer: Writer) {
    this.code = code
    this.kind = kind
    this.writer = writer
  }

  get release(): number {
    return this.writer.release
  }

  push(one: Term): void {
    this.stack = push(this.stack, one.depth > DEEPEST ? this.named(one) : one)
  }

  pop(): Term {
    const { stack } = this
    this.stack = stack?.below ?? null
    return stack?.top ?? unknown()
  }

  /** The last `count` values, oldest first; fewer when there are no more. */
  take(count: number): Term[] {
    const taken: Term[] = []
    for (let i = 0; i < count && this.stack; i++) taken.push(this.pop())
    return taken.reverse()
  }

  /** The value at a place counted from the top, which is 1. */
  peek(place: number): Term {
    let stack = this.stack
    for (let i = 1; i < Math.min(place, REACH) && stack; i++) stack = stack.below
    return stack?.top ?? unknown()
  }

  /** Moves the top below the `count - 1` values under it. */
  rotate(count: number): void {
    if (count < 2 || count > REACH) return
    const taken = this.take(count)
    const top = taken.pop()
    for (const one of top ? [top, ...taken] : taken) this.push(one)
  }

  swap(place: number): void {
    if (place < 2 || place > REACH) return
    const taken = this.take(place)
    const [first, last] = [taken[0], taken.at(-1)]
    if (first && last && taken.length > 1) [taken[0], taken[taken.length - 1]] = [last, first]
    for (const one of taken) this.push(one)
  }

  /** Pushes a value again: what acts, and what is long, gets a name so that it stands in the text once. */
  copy(place: number): void {
    const one = this.peek(place)
    if (one.part || (!one.acts && one.text.length <= SHORT)) return this.push(one)
    const name = this.named({ ...one })
    Object.assign(one, { text: name.text, acts: false, depth: 0 })
    delete one.sum
    this.push(name)
  }

  named(one: Term): Term {
    const name = this.writer.fresh('t')
    this.store(name, one)
    return term(name)
  }

  /** A value that nobody uses: what it calls is still called. */
  drop(one: Term): void {
    if (one.part?.is === 'entered') this.writer.emit(`with ${one.part.of}: pass`)
    else if (one.acts && !isUnknown(one)) this.writer.emit(one.text)
    one.acts = false
  }

  /** Gives up on the stack: an instruction that is not known may have done anything to it. */
  spill(): void {
    for (const one of this.take(Infinity)) this.drop(one)
  }

  store(target: string, one: Term): void {
    const { writer } = this
    const { part } = one
    if (isUnknown(one) || isNull(one) || part?.is === 'exit') return
    if (part?.is === 'module') writer.emit(importOf(target, part))
    else if (part?.is === 'taken' && PLAIN.test(part.module)) writer.emit(`from ${part.module} import ${identifier(part.name)}${part.name === target ? '' : ` as ${target}`}`)
    else if (part?.is === 'each') writer.emit(`for ${target} in ${part.of}: pass`)
    else if (part?.is === 'entered') writer.emit(`with ${part.of} as ${target}: pass`)
    else if (one.text !== target) writer.emit(`${target} = ${one.text}`)
  }

  name = (index: number): string => (this.code.names[index] ?? '').slice(0, LONGEST_NAME)
  local = (index: number): Term => term(this.plain(this.code.locals[index]))

  cell(index: number): Term {
    const { cells, free } = this.code
    return this.release >= 311 ? this.local(index) : term(this.plain(index < cells.length ? cells[index] : free[index - cells.length]))
  }

  /** The name as Python's grammar takes it. */
  plain(name = ''): string {
    const known = this.#names.get(name) ?? identifier(name)
    this.#names.set(name, known)
    return known
  }

  constant(index: number): Term {
    const value = this.code.constants[index] ?? null
    if (isCode(value)) return { text: 'None', acts: false, depth: 0, part: { is: 'body', code: value } }
    return this.literal(value)
  }

  literal(value: Constant): Term {
    const one = term(this.writer.literals.spell(value))
    if (isTuple(value) && value.length < 256) one.items = value.map((item) => this.writer.literals.spell(item))
    return one
  }

  attribute(of: Term, name: string): Term {
    const plain = identifier(name)
    if (plain !== name) return made(`getattr(${of.text}, ${quoted(name)})`, of)
    return made(`${/^[-\d]/.test(of.text) ? `(${of.text})` : of.text}.${name}`, of)
  }

  /** Method and function pairs lie the other way round since 3.13. */
  pushCallable(one: Term): void {
    if (this.release < 313) this.push(padding())
    this.push(one)
    if (this.release >= 313) this.push(padding())
  }

  list(open: string, close: string, items: readonly Term[]): void {
    this.push(growing(open, close, items))
  }
}

const PLAIN = /^\.*[\p{L}_][\p{L}\p{N}_.]*$|^\.+$/u

function importOf(target: string, { name, inside }: { name: string; inside: string | null }): string {
  const [root = ''] = name.split('.')
  if (!PLAIN.test(name) || name.startsWith('.')) return `${target} = __import__(${quoted(name)})`
  if (inside !== null) return `import ${inside} as ${target}`
  if (target === root) return `import ${name}`
  return name === root ? `import ${name} as ${target}` : `${target} = __import__(${quoted(name)})`
}
