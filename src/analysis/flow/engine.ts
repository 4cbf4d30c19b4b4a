import type { Trigger } from '../../core/types.ts'
import { UNKNOWN } from '../desk.ts'
import type { Desk } from '../desk.ts'
import { sourceOf } from '../source.ts'
import type { Source } from '../source.ts'
import { CONTENT, taint } from '../taint.ts'
import type { Taint } from '../taint.ts'
import { isBinary } from '../written.ts'
import type { Call } from './call.ts'
import { Expressions } from './expressions.ts'
import { holds, naming } from './files.ts'
import { Folders } from './folders.ts'
import { parsed } from './parsed.ts'
import type { Tongue, Unit } from './tongue.ts'
import type { At, Func, Node } from './tree.ts'
import { Targets } from './targets.ts'
import { Units } from './units.ts'
import type { Held } from './units.ts'
import { entrusted } from './entrusted.ts'
import { Cell, EMPTY, Fields, NOTHING, Scope, cellOf, either, known, only, outside } from './value.ts'
import type { Closure, Value } from './value.ts'
import { Variables } from './variables.ts'
import type { Walking } from './walking.ts'
import { Worklist } from './worklist.ts'
import type { Stretch } from './worklist.ts'

/** Longer tables are data, not what code hides in. */
const LONGEST_TABLE = 1_000_000
/** What is written to a file piece by piece is put together up to here. */
const LONGEST_WRITTEN = 100_000
const INLINED = 400
const LONGEST_NAME = 1000
const NAMES_FILE = naming({ bits: CONTENT, trail: [] }).bits

/**
 * Follows data through the code of one language in a package.
 * Every branch is taken and every loop walked once; a function counts once somebody can call it; variables hold everything
 * they were ever given. A statement is walked again when something it read has changed, a few times at most: linear in its size.
 */
export class Engine implements Walking {
  readonly desk: Desk
  readonly tongue: Tongue
  readonly work: Worklist
  readonly variables: Variables
  readonly folders: Folders
  readonly #units: Units
  readonly #expressions: Expressions
  readonly #stretches = new Map<Node, Stretch>()
  readonly #instances = new Map<Node, Value>()
  /** Lists and records whose functions somebody was given: all bits of what they were called with, and how much of what changed in them was. */
  readonly #released = new WeakMap<object, { bits: number; changed: number }>()
  readonly #inlined = new Map<string, Value>()
  readonly #files = new Map<string, Cell>()
  readonly #targets: Targets
  #idle = new Map<Node, Closure>()

  /** `before`: the engine whose place this one takes; what that one walked is not walked again. */
  constructor(desk: Desk, tongue: Tongue, before?: Engine) {
    this.desk = desk
    this.tongue = tongue
    this.#units = new Units(desk, tongue, before ? before.#units.walked() : new Set())
    this.#targets = before ? before.#targets : new Targets(tongue, desk.pkg.files)
    this.folders = new Folders(tongue)
    this.work = new Worklist(desk, (statement, scope, returns) => this.#expressions.eval(statement, scope, returns))
    this.variables = new Variables(this.work, desk, tongue.id)
    this.#expressions = new Expressions(this)
  }

  /** Characters of code it holds in memory. */
  get size(): number {
    return this.#units.bytes
  }

  get spent(): boolean {
    return this.work.spent
  }

  /** Walks a file, and calls what a trigger of that kind calls in it. */
  file(path: string, kind: Trigger['kind']): void {
    const held = this.#units.file(path)
    if (!held) return
    this.#enter(held)
    for (const entry of this.tongue.entry?.(kind) ?? []) {
      for (const closure of held.scope.cells.get(entry)?.value.functions ?? []) this.call(closure, [])
    }
  }

  /** Walks a text that is code. */
  source(key: string, source: Source): void {
    const held = this.#units.source(key, source)
    if (held) this.#enter(held)
  }

  /** Walks again what has changed, until nothing has. */
  settle(): void {
    this.work.settle()
  }

  /** Calls what nobody has called yet: it waits for a user of the package. `entering` is told the function's name. */
  callTheRest(entering: (name: string, source: Source) => void): void {
    while (this.#idle.size > 0) {
      const idle = this.#idle
      this.#idle = new Map()
      for (const [node, closure] of idle) {
        if (this.#stretches.has(node) || this.#instances.has(node)) continue
        entering(closure.node.name ?? '', (closure.scope.unit as Unit).source)
        this.call(closure, [])
      }
    }
  }

  mark(path: Value, content: Taint, text?: string, more?: boolean): void {
    if (path.from) this.put(path.from, only(naming(content)))
    const readable = text !== undefined && !isBinary(text) ? text : undefined
    for (const name of path.texts) {
      if (!(content.bits & CONTENT) && readable === undefined) continue
      const whole = more && readable !== undefined ? continued(this.desk.written.get(name)?.text, readable) : readable
      this.desk.written.set(name, { text: whole ?? UNKNOWN, taint: taint(content.bits & CONTENT, content.trail) })
      this.put(this.#file(name), only(content))
    }
  }

  holds(value: Value): Taint {
    for (const name of value.texts) if (name.length < LONGEST_NAME) this.#file(name).read(this.work.current)
    return holds(this.desk, value)
  }

  /** Stands for every file of that name: who asked what it holds is told when something is written to it. */
  #file(path: string): Cell {
    return cellOf(this.#files, path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1))
  }

  load(spec: string, scope: Scope): Value {
    const unit = scope.unit as Unit
    const { path, table } = this.#targets.of(spec, unit.source.path)
    const module = spec.replace(/^node:/, '')
    const file = table && this.desk.pkg.files.get(table)
    if (file && file.size < LONGEST_TABLE) return parsed(known(sourceOf(file).text))
    if (path === null) return this.tongue.knows(module) ? outside(module) : NOTHING
    const loaded = this.#units.file(path)
    if (!loaded) return NOTHING
    this.#enter(loaded)
    return this.tongue.exported(loaded.unit, loaded.scope.cells)
  }

  /** Whether a file has nothing to show that another one with the same bytes has not: what it was seen to import leads to the same bytes, too. */
  isCopy(file: string, of: string): boolean {
    return this.#targets.areSame(of, file)
  }

  release(value: Value, given: Value): Value {
    let result = NOTHING
    for (const closure of value.functions) {
      result = either(result, this.call(closure, [given], only(given)))
      const made = this.#instances.get(closure.node)
      if (made) this.release({ ...made, functions: [] }, NOTHING)
    }
    const inside = value.items ?? value.fields
    if (inside === null || inside === EMPTY.items) return result
    const before = this.#released.get(inside)
    const changed = inside instanceof Fields ? inside.changed : []
    this.#released.set(inside, { bits: given.bits | (before?.bits ?? 0), changed: changed.length })
    if (before !== undefined && (given.bits & ~before.bits) === 0) return this.#releaseNew(inside, changed.slice(before.changed), given, result)
    this.work.steps += value.fields?.size ?? 0
    for (const item of value.items ?? []) if (item.functions.length > 0) result = either(result, this.release(item, given))
    for (const cell of value.fields?.values() ?? []) if (cell.read(this.work.current).functions.length > 0) result = either(result, this.release(cell.value, given))
    return result
  }

  /** What came into an object since it was handed out. */
  #releaseNew(inside: object, names: readonly string[], given: Value, before: Value): Value {
    let result = before
    for (const name of names) {
      const cell = inside instanceof Fields ? inside.get(name) : undefined
      if (cell && cell.read(this.work.current).functions.length > 0) result = either(result, this.release(cell.value, given))
    }
    return result
  }

  call(closure: Closure, args: readonly Value[], rest: Value = NOTHING): Value {
    const { node } = closure
    if (node.is === 'class') return this.#instance(closure, args)
    let stretch = this.#stretches.get(node)
    if (!stretch) {
      const scope = new Scope(closure.scope, closure.scope.unit)
      this.#stretches.set(node, stretch = { body: node.body, scope, returns: new Cell(), walked: false, cause: this.desk.cause() })
    }
    const { scope } = stretch
    for (let index = 0; index < node.params.length; index++) {
      const param = node.params[index] as Node
      const arg = args[index] ?? (rest === NOTHING && param.is === 'name' ? entrusted(param, node.name, scope) : rest)
      // Most calls are of what was called before, with nothing that anybody knows.
      if (arg === NOTHING && stretch.walked && param.is === 'name') continue
      if (param.is === 'spread') this.#expressions.bind(param.of, { ...NOTHING, items: args.slice(index) }, scope, true)
      else this.#expressions.bind(param, arg, scope, true)
    }
    if (!stretch.walked) this.work.walkOrWait(stretch)
    for (let index = 0; index < args.length; index++) {
      const { from } = args[index] as Value
      const param = from && node.params[index]
      const held = param && param.is === 'name' ? scope.cells.get(param.name)?.value : undefined
      if (from && held && held.bits & NAMES_FILE) this.put(from, only(taint(held.bits & NAMES_FILE, held.trail)))
    }
    return stretch.returns?.read(this.work.current) ?? NOTHING
  }

  #instance(closure: Closure, args: readonly Value[]): Value {
    const node = closure.node as Extract<Node, { is: 'class' }>
    const made = this.#instances.get(node)
    if (made) {
      const scope = (made.functions[0] as Closure).scope
      for (const method of node.methods) if (isMaker(method)) this.call({ node: method, scope }, args)
      return { ...made, functions: [] }
    }
    const scope = new Scope(closure.scope, closure.scope.unit)
    const fields = this.variables.fieldsOf(node)
    const self = { ...NOTHING, fields }
    this.#instances.set(node, { ...self, functions: [{ node, scope }] })
    this.put(scope.declare('this'), self)
    for (const method of node.methods) {
      if (method.name === null) continue
      this.put(cellOf(fields, method.name), { ...NOTHING, functions: [{ node: method, scope }] })
    }
    for (const base of node.bases) this.release(this.#expressions.eval(base, scope, null), NOTHING)
    // What it inherits may call any of them, and the language some; else the code that has it does, or whoever it is handed to.
    for (const method of node.methods) {
      if (isMaker(method)) this.call({ node: method, scope }, args)
      else if (node.bases.length > 0 || method.unasked === true) this.call({ node: method, scope }, [])
      else this.made({ node: method, scope })
    }
    return self
  }

  #enter(held: Held): void {
    if (held.entered) return
    held.entered = true
    this.#targets.begin(held.unit.source.path)
    const siblings = (this.tongue.together?.(held.unit.source.path, this.desk.pkg.files) ?? []).map((path) => this.#units.file(path)).filter((one) => one !== null)
    // Names of the other files stand for something before their turn comes.
    for (const { body, scope } of siblings) {
      for (const node of body) if (node.is === 'set' && node.declares && node.target.is === 'name') scope.declare(node.target.name)
    }
    this.folders.prepare(held)
    this.work.walkOrWait({ body: held.body, scope: held.scope, returns: null, walked: false, cause: this.desk.cause() })
    for (const sibling of siblings) this.#enter(sibling)
  }

  put(cell: Cell, value: Value): void {
    this.variables.put(cell, value)
  }

  merged(into: Value, all: readonly Value[]): Value {
    return this.variables.merged(into, all)
  }

  member(of: Value, key: Value, scope: Scope, at: At): Value {
    return this.#expressions.member(of, key, scope, at)
  }

  eval(node: Node, scope: Scope, returns: Cell | null): Value {
    return this.#expressions.eval(node, scope, returns)
  }

  made(closure: Closure): Value {
    if (!this.#idle.has(closure.node)) this.#idle.set(closure.node, closure)
    return { ...NOTHING, functions: [closure] }
  }

  stretchOf(func: Func): Stretch | undefined {
    return this.#stretches.get(func)
  }

  ran(scope: Scope): readonly string[] {
    return this.folders.ran(scope)
  }

  /** Text that is run as code sees the variables where it is run, and leaves its own there. */
  inline(text: string, { scope, place }: Call, how?: string): Value {
    const key = `${place.source.path}\0${place.from}\0${text}`
    const before = this.#inlined.get(key)
    if (before || this.#inlined.size >= INLINED || this.work.crowded) return before ?? NOTHING
    this.#inlined.set(key, NOTHING)
    const held = this.#units.source(key, { path: place.source.path, text, anchor: place, ...(how === undefined ? {} : { how }) }, scope.cells)
    if (!held) return NOTHING
    const inner = new Scope(scope.outer, held.unit, scope.cells)
    this.folders.prepare(held)
    const stretch: Stretch = { body: held.body, scope: inner, returns: null, walked: false, cause: this.desk.cause() }
    this.work.walk(stretch)
    this.#inlined.set(key, stretch.last ?? NOTHING)
    return stretch.last ?? NOTHING
  }
}

/** What a file holds after one more piece; a piece that is written again, because its code is walked again, stands there already. */
const continued = (before: string | undefined, piece: string): string =>
  (before === undefined || before === UNKNOWN || before.length > LONGEST_WRITTEN ? piece : before.includes(piece) ? before : before + piece)

/** Constructors, and what sets fields, which has no name. */
const isMaker = ({ name }: Func): boolean => name === null || name === 'constructor' || name === '__init__' || name === '__new__'
