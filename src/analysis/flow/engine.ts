import type { Trigger } from '../../core/types.ts'
import { decode } from '../decode/index.ts'
import { UNKNOWN } from '../desk.ts'
import type { Desk } from '../desk.ts'
import { sourceOf } from '../source.ts'
import type { Place, Source } from '../source.ts'
import { CONTENT, DECODED, NETWORK, UNTAINTED, joinTrails, taint } from '../taint.ts'
import type { Taint } from '../taint.ts'
import type { Call, Machine } from './call.ts'
import { act } from './effects.ts'
import { holds, naming } from './files.ts'
import { isPlainIn } from '../source.ts'
import { isBinary } from '../written.ts'
import { Folders } from './folders.ts'
import { entriesOf, memberOf } from './member.ts'
import { parsed } from './parsed.ts'
import { operated, textMethod } from './texts.ts'
import type { Tongue, Unit } from './tongue.ts'
import { NOWHERE, endOf, identity, nothing, span, startOf } from './tree.ts'
import type { At, Entry, Func, Node } from './tree.ts'
import { Units } from './units.ts'
import type { Held } from './units.ts'
import { passThrough } from './unlisted.ts'
import { Cell, NOTHING, Scope, cellOf, either, isVoid, joined, known, numeric, only, outside, tainted } from './value.ts'
import type { Closure, Reader, Value } from './value.ts'

const STEPS = 60_000_000
/** From here on, code is only walked for the first time: everything is read, but not again for what is learnt later. */
const AGAIN_UNTIL = 2_000_000
const DEEPEST = 600
const CALLS = 40
/** Longer tables are data, not what code hides in. */
const LONGEST_TABLE = 1_000_000
const AGAIN = 4
const INLINED = 400
const LONGEST_NAME = 1000
const LONG = 1000
/** Imports of one file whose targets are remembered. */
const TARGETS = 1000
/** Fields that records take over from others. */
const COPIED = 500_000
const NAMES_FILE = naming({ bits: CONTENT, trail: [] }).bits

interface Target {
  path: string | null
  table: string | null
}

/** A function's body or a file's top level, as it is walked. */
interface Stretch {
  body: readonly Node[]
  scope: Scope
  returns: Cell | null
  walked: boolean
  /** What its last statement was worth. */
  last?: Value
  /** What led to it first; the desk knows what that means. Null only outside of all code. */
  cause: unknown
}

/** A statement of a stretch: what it reads is known, so that it alone is walked again. Variables know no order. */
interface Part extends Reader {
  statement: Node
  of: Stretch
  times: number
}

const part = (statement: Node, of: Stretch): Part => ({ stale: false, statement, of, times: 0 })

/**
 * Follows data through the code of one language in a package.
 * Every branch is taken and every loop walked once; a function counts once somebody can call it; variables hold everything
 * they were ever given. A statement is walked again when something it read has changed, a few times at most: linear in its size.
 */
export class Engine implements Machine {
  readonly desk: Desk
  readonly tongue: Tongue
  readonly #units: Units
  readonly #folders: Folders
  readonly #stretches = new Map<Node, Stretch>()
  readonly #instances = new Map<Node, Value>()
  readonly #records = new Map<Node, Map<string, Cell>>()
  /** Lists and records whose functions somebody was given, and with what. */
  readonly #released = new WeakMap<object, number>()
  readonly #inlined = new Map<string, Value>()
  readonly #files = new Map<string, Cell>()
  readonly #targets = new Map<string, Map<string, Target>>()
  #idle = new Map<Node, Closure>()
  #stale: Part[] = []
  #current: Part = part(nothing(NOWHERE), { body: [], scope: new Scope(null, {}), returns: null, walked: true, cause: null })
  #steps = 0
  #copied = 0
  #depth = 0
  #calls = 0
  #merging = false

  /** `before`: the engine whose place this one takes; what that one walked is not walked again. */
  constructor(desk: Desk, tongue: Tongue, before?: Engine) {
    this.desk = desk
    this.tongue = tongue
    this.#units = new Units(desk, tongue, before ? before.#units.walked() : new Set())
    this.#folders = new Folders(tongue)
  }

  /** Characters of code it holds in memory. */
  get size(): number {
    return this.#units.bytes
  }

  get spent(): boolean {
    return this.#steps > STEPS
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
    while (this.#stale.length > 0) {
      const wave = this.#stale
      let done = 0
      this.#stale = []
      try {
        for (const next of wave) {
          done++
          next.stale = false
          if (next.times < AGAIN) this.#step(next)
        }
      } finally {
        // Nesting that is too deep ends one statement, not those that wait.
        if (done < wave.length) this.#stale = [...wave.slice(done), ...this.#stale]
      }
    }
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

  mark(path: Value, content: Taint, text?: string): void {
    if (path.from) this.put(path.from, only(naming(content)))
    const readable = text !== undefined && !isBinary(text) ? text : undefined
    for (const name of path.texts) {
      if (!(content.bits & CONTENT) && readable === undefined) continue
      this.desk.written.set(name, { text: readable ?? UNKNOWN, taint: taint(content.bits & CONTENT, content.trail) })
      this.put(this.#file(name), only(content))
    }
  }

  holds(value: Value): Taint {
    for (const name of value.texts) if (name.length < LONGEST_NAME) this.#file(name).read(this.#current)
    return holds(this.desk, value)
  }

  /** Stands for every file of that name: who asked what it holds is told when something is written to it. */
  #file(path: string): Cell {
    return cellOf(this.#files, path.slice(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1))
  }

  load(spec: string, scope: Scope): Value {
    const unit = scope.unit as Unit
    const { path, table } = this.#target(spec, unit.source.path)
    const module = spec.replace(/^node:/, '')
    const file = table && this.desk.pkg.files.get(table)
    if (file && file.size < LONGEST_TABLE) return parsed(known(sourceOf(file).text))
    if (path === null) return this.tongue.knows(module) ? outside(module) : NOTHING
    const loaded = this.#units.file(path)
    if (!loaded) return NOTHING
    this.#enter(loaded)
    return this.tongue.exported(loaded.unit, loaded.scope.cells)
  }

  /** Where an import leads: to code of the package, to a file of data, or out of it. */
  #target(spec: string, from: string): Target {
    let known = this.#targets.get(from)
    if (!known) this.#targets.set(from, known = new Map())
    let target = known.get(spec)
    if (!target) {
      const { files } = this.desk.pkg
      const path = this.tongue.locate(spec, from, files)
      target = { path, table: path === null ? this.tongue.data?.(spec, from, files) ?? null : null }
      if (known.size < TARGETS) known.set(spec, target)
    }
    return target
  }

  release(value: Value, given: Value): Value {
    let result = NOTHING
    for (const closure of value.functions) result = either(result, this.call(closure, [given], only(given)))
    const inside = value.items ?? value.fields
    if (inside === null || inside === EMPTY.items || this.#released.get(inside) === given.bits) return result
    this.#released.set(inside, given.bits)
    this.#steps += value.fields?.size ?? 0
    for (const item of value.items ?? []) if (item.functions.length > 0) result = either(result, this.release(item, given))
    for (const cell of value.fields?.values() ?? []) if (cell.read(this.#current).functions.length > 0) result = either(result, this.release(cell.value, given))
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
    node.params.forEach((param, index) => {
      if (param.is === 'spread') this.#bind(param.of, { ...NOTHING, items: args.slice(index) }, scope, true)
      else this.#bind(param, args[index] ?? rest, scope, true)
    })
    if (!stretch.walked) this.#walkOrWait(stretch)
    node.params.forEach((param, index) => {
      const held = param.is === 'name' ? scope.cells.get(param.name)?.value : undefined
      const from = args[index]?.from
      if (held && from && held.bits & NAMES_FILE) this.put(from, only(taint(held.bits & NAMES_FILE, held.trail)))
    })
    return stretch.returns?.read(this.#current) ?? NOTHING
  }

  /** Chains of calls may be as long as the code: the far end is walked later. */
  #walkOrWait(stretch: Stretch): void {
    if (this.#calls < CALLS) this.#walk(stretch)
    else {
      stretch.walked = true
      for (const statement of stretch.body) this.#again(part(statement, stretch))
    }
  }

  #again(one: Part): void {
    if (one.stale || one.of.cause === null || (one.times > 0 && this.#steps > AGAIN_UNTIL)) return
    one.stale = true
    this.#stale.push(one)
  }

  #walk(stretch: Stretch): void {
    stretch.walked = true
    for (const statement of stretch.body) this.#step(part(statement, stretch))
  }

  #step(one: Part): void {
    const before = this.#current
    const depth = this.#depth
    this.#current = one
    one.times++
    this.#calls++
    this.#depth = 0
    this.desk.because(one.of.cause)
    try {
      one.of.last = this.#eval(one.statement, one.of.scope, one.of.returns)
    } finally {
      this.#current = before
      this.#calls--
      this.#depth = depth
      if (before.of.cause !== null) this.desk.because(before.of.cause)
    }
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
    const fields = this.#fields(node)
    const self = { ...NOTHING, fields }
    this.#instances.set(node, { ...self, functions: [{ node, scope }] })
    this.put(scope.declare('this'), self)
    for (const method of node.methods) {
      if (method.name === null) continue
      this.put(cellOf(fields, method.name), { ...NOTHING, functions: [{ node: method, scope }] })
    }
    for (const base of node.bases) this.release(this.#eval(base, scope, null), NOTHING)
    for (const method of node.methods) this.call({ node: method, scope }, isMaker(method) ? args : [])
    return self
  }

  #enter(held: Held): void {
    if (held.entered) return
    held.entered = true
    const siblings = (this.tongue.together?.(held.unit.source.path, this.desk.pkg.files) ?? []).map((path) => this.#units.file(path)).filter((one) => one !== null)
    // Names of the other files stand for something before their turn comes.
    for (const { body, scope } of siblings) {
      for (const node of body) if (node.is === 'set' && node.declares && node.target.is === 'name') scope.declare(node.target.name)
    }
    this.#folders.prepare(held)
    this.#walkOrWait({ body: held.body, scope: held.scope, returns: null, walked: false, cause: this.desk.cause() })
    for (const sibling of siblings) this.#enter(sibling)
  }

  /** Adds to a variable; who read it before is walked again. */
  put(cell: Cell, value: Value): void {
    const fields = cell.value.fields
    if (fields && value.fields && fields !== value.fields && fields.size > 0) this.#merge(fields, value.fields)
    for (const reader of cell.add(value) ?? []) this.#again(reader as Part)
  }

  merged(into: Value, all: readonly Value[]): Value {
    let result = into
    for (const value of all) {
      if (value === into) continue
      if (into.fields && value.fields && into.fields !== value.fields) this.#merge(into.fields, value.fields)
      else if (into.fields && value.bits !== 0) this.put(cellOf(into.fields, '...'), only(value))
      else result = either(result, value)
    }
    return result
  }

  /** What held one record and is given another has the fields of both: `exports.a = …` before `module.exports = {…}`. */
  #merge(fields: Map<string, Cell>, more: ReadonlyMap<string, Cell>): void {
    if (this.#merging) return
    this.#merging = true
    this.#copy(more, fields, (field) => field.value)
    this.#merging = false
  }

  /** Records made of one another, each with one more field, would take the square of their number. */
  #copy(from: ReadonlyMap<string, Cell>, to: Map<string, Cell>, read: (field: Cell) => Value): void {
    this.#steps += from.size
    for (const [name, field] of from) {
      if (!to.has(name) && ++this.#copied > COPIED) return this.desk.miss(`${this.tongue.id}: more fields than are followed`)
      this.put(cellOf(to, name), read(field))
    }
  }

  /** What a node may be worth. Throws RangeError when code is nested too deeply to follow. */
  #eval(node: Node, scope: Scope, returns: Cell | null): Value {
    if (++this.#steps > STEPS) return NOTHING
    if (node.is === 'name') return this.#name(node, scope)
    if (++this.#depth > DEEPEST) throw new RangeError('nested too deeply')
    const value = this.#worth(node, scope, returns)
    this.#depth--
    return value
  }

  #worth(node: Node, scope: Scope, returns: Cell | null): Value {
    switch (node.is) {
      case 'text': case 'bytes': {
        this.#literal(node, scope)
        return known(node.value)
      }
      case 'number': return numeric(node.value)
      case 'name': return this.#name(node, scope)
      case 'member': return this.#member(node, scope, returns)
      case 'join': return this.#join(node, scope, returns)
      case 'operate': return operated(node.sign, node.parts.map((part) => this.#eval(part, scope, returns)))
      case 'group': {
        let all = NOTHING
        let last = NOTHING
        for (const part of node.parts) {
          last = this.#eval(part, scope, returns)
          if (!node.last) all = either(all, last)
        }
        return node.last ? last : all
      }
      case 'list': return this.#list(node.parts, scope, returns)
      case 'spread': return this.#eval(node.of, scope, returns)
      case 'record': return this.#record(node, node.entries, scope, returns)
      case 'function': return this.#function({ node, scope })
      case 'class': {
        for (const statement of node.body) this.#eval(statement, scope, returns)
        for (const base of node.bases) this.#eval(base, scope, returns)
        return this.#function({ node, scope })
      }
      case 'set': {
        const value = this.#eval(node.value, scope, returns)
        this.#bind(node.target, value, scope, node.declares)
        return value
      }
      case 'return': {
        const value = this.#eval(node.value, scope, returns)
        if (returns) this.put(returns, value)
        return NOTHING
      }
      case 'import': {
        const module = this.#eval(node.module, scope, returns)
        return module.texts.map((spec) => this.#module(spec, scope, node.at)).reduce(either, only(module))
      }
      case 'branch': {
        this.#eval(node.test, scope, returns)
        const then = this.#eval(node.then, scope, returns)
        const otherwise = this.#eval(node.otherwise, scope, returns)
        return node.expression ? either(then, otherwise) : NOTHING
      }
      case 'loop': {
        this.#eval(node.start, scope, returns)
        if (node.each) this.#bind(node.each.target, this.#any(this.#eval(node.each.of, scope, returns), scope), scope, false)
        this.#eval(node.test, scope, returns)
        this.#eval(node.body, scope, returns)
        this.#eval(node.step, scope, returns)
        return NOTHING
      }
      case 'gather': return this.#gather(node, scope, returns)
      case 'try': {
        this.#eval(node.body, scope, returns)
        for (const { target, body } of node.handlers) {
          if (target) this.#bind(target, NOTHING, scope, true)
          this.#eval(body, scope, returns)
        }
        this.#eval(node.last, scope, returns)
        return NOTHING
      }
      case 'jump': {
        this.#eval(node.value, scope, returns)
        return NOTHING
      }
      case 'call': return this.#call(node, scope, returns)
    }
  }

  #literal({ value, at }: Extract<Node, { is: 'text' | 'bytes' }>, scope: Scope): void {
    if (this.#current.times === 1 && isTelling(value)) this.desk.text(value, 'literal', this.#place(scope, at))
  }

  /** A module by name, or one that is spelled out in its address: `data:text/javascript;base64,…`. */
  #module(spec: string, scope: Scope, at: At): Value {
    const [, base64, text] = DATA.exec(spec) ?? []
    if (text === undefined) return this.load(spec, scope)
    const place = this.#place(scope, at)
    const code = decode(base64 ? 'base64' : 'url', text)?.text ?? text
    const step = { kind: 'decode' as const, call: 'import', argument: code.slice(0, 300), place }
    this.desk.note({ kind: 'execute', call: 'import', argument: code.slice(0, 300), taint: taint(DECODED, [step]) }, place)
    this.desk.code('javascript', code, place, base64 ? 'base64' : 'an address')
    return NOTHING
  }

  #place(scope: Scope, at: At): Place {
    return { source: (scope.unit as Unit).source, from: startOf(at), to: endOf(at) }
  }

  /** What collects explains itself: the step that read it. */
  #explained(value: Value, place: Place): Value {
    if (value.bits === 0 || value.trail.length > 0) return value
    const call = value.refs[0] ?? ''
    return { ...value, trail: [{ kind: 'collect', call, argument: null, place }] }
  }

  #name(node: Extract<Node, { is: 'name' }>, scope: Scope): Value {
    const cell = scope.find(node.name)
    if (cell) return cell.named(this.#current)
    const special = this.tongue.special(node.name, scope.unit as Unit)
    if (special) return this.#explained(special, this.#place(scope, node.at))
    if (this.tongue.knows(node.name)) return outside(node.name)
    const star = this.#starred(node.name, scope)
    if (star) return star
    // What is used before it is defined: its reader waits for it.
    scope.top().declare(node.name).read(this.#current)
    return NOTHING
  }

  /** A name that `from module import *` of somebody else's module brought in. */
  #starred(name: string, scope: Scope): Value | null {
    const module = scope.find('*')?.value.refs.find((ref) => this.tongue.rule(`${ref}.${name}`) !== null)
    return module === undefined ? null : outside(`${module}.${name}`)
  }

  /** `from module import *` of a module of the package: its variables are shared. */
  #share(fields: ReadonlyMap<string, Cell>, scope: Scope): void {
    for (const [name, cell] of fields) {
      const own = scope.cells.get(name)
      if (own) this.put(own, cell.read(this.#current))
      else scope.cells.set(name, cell)
    }
  }

  #member(node: Extract<Node, { is: 'member' }>, scope: Scope, returns: Cell | null): Value {
    const of = this.#eval(node.of, scope, returns)
    // Most members are of things nobody knows.
    if (node.key.is === 'text' && isVoid(of)) {
      this.#literal(node.key, scope)
      return NOTHING
    }
    const key = this.#eval(node.key, scope, returns)
    if (node.slice) return textMethod(of, 'slice', key.items ?? []) ?? { ...NOTHING, ...taint(of.bits, of.trail), items: of.items }
    return this.member(of, key, scope, node.at)
  }

  member(of: Value, key: Value, scope: Scope, at: At): Value {
    if (key.texts.length === 0) this.#steps += of.fields?.size ?? 0
    const direct = memberOf(of, key, this.#current, (ref) => this.tongue.special(ref, scope.unit as Unit))
    const found = of.functions.length > 0 ? either(direct, this.#ofClass(of, key)) : direct
    return found.refs.length > 0 && found.bits !== 0 ? this.#explained(found, this.#place(scope, at)) : found
  }

  /** What is asked of a class itself: its methods, and what its body sets. */
  #ofClass({ functions }: Value, { texts }: Value): Value {
    let found = NOTHING
    for (const { node, scope } of functions) {
      if (node.is !== 'class') continue
      for (const method of node.methods) if (method.name !== null && texts.includes(method.name)) found = either(found, { ...NOTHING, functions: [{ node: method, scope }] })
      for (const statement of node.body) {
        if (statement.is === 'set' && statement.target.is === 'name' && texts.includes(statement.target.name)) found = either(found, scope.find(statement.target.name)?.read(this.#current) ?? NOTHING)
      }
    }
    return found
  }

  ran(scope: Scope): readonly string[] {
    return this.#folders.ran(scope)
  }

  /** Text that is run as code sees the variables where it is run, and leaves its own there. */
  inline(text: string, { scope, place }: Call, how?: string): Value {
    const key = `${place.source.path}\0${place.from}\0${text}`
    const before = this.#inlined.get(key)
    if (before || this.#inlined.size >= INLINED || this.#calls > CALLS) return before ?? NOTHING
    this.#inlined.set(key, NOTHING)
    const held = this.#units.source(key, { path: place.source.path, text, anchor: place, ...(how === undefined ? {} : { how }) }, scope.cells)
    if (!held) return NOTHING
    const inner = new Scope(scope.outer, held.unit, scope.cells)
    this.#folders.prepare(held)
    const stretch: Stretch = { body: held.body, scope: inner, returns: null, walked: false, cause: this.desk.cause() }
    this.#walk(stretch)
    this.#inlined.set(key, stretch.last ?? NOTHING)
    return stretch.last ?? NOTHING
  }

  #any(of: Value, scope: Scope): Value {
    this.#steps += of.fields?.size ?? 0
    return memberOf(of, NOTHING, this.#current, (ref) => this.tongue.special(ref, scope.unit as Unit))
  }

  #join(node: Extract<Node, { is: 'join' }>, scope: Scope, returns: Cell | null): Value {
    const folded = this.#folders.worth(node, scope)
    const parts = node.parts.map((part) => this.#eval(part, scope, returns))
    if (folded) return tainted(folded, only(parts.reduce(either, NOTHING)))
    if (parts.every((part) => part.number && part.texts.length === 1)) return numeric(parts.reduce((sum, part) => sum + Number(part.texts[0]), 0))
    const value = joined(parts)
    // Texts that double from call to call are paid for.
    for (const text of value.texts) if (text.length > LONG) this.#steps += text.length >> 1
    this.#saw(value, scope, node.at)
    return value
  }

  /** A text that was put together is looked at as a whole. */
  #saw(value: Value, scope: Scope, at: At): void {
    const [text] = value.texts
    if (text !== undefined && text.length > 5) this.desk.text(text, value.trail.some((step) => step.kind === 'decode') ? 'decoded' : 'folded', this.#place(scope, at))
  }

  #list(parts: readonly Node[], scope: Scope, returns: Cell | null): Value {
    if (parts.length === 0) return EMPTY
    let all: Taint = UNTAINTED
    const items: Value[] = []
    for (const part of parts) {
      const value = this.#eval(part, scope, returns)
      if (value.bits !== 0) all = tainted(only(all), value)
      if (part.is === 'spread' && value.items) items.push(...value.items.slice(0, 4096))
      else items.push(value)
    }
    return { ...only(all), items }
  }

  #record(node: Node, entries: readonly Entry[], scope: Scope, returns: Cell | null): Value {
    const fields = this.#fields(node)
    let all: Value = NOTHING
    for (const entry of entries) {
      const value = this.#eval(entry.value, scope, returns)
      if (value.bits !== 0) all = tainted(all, value)
      const keys = entry.key !== null ? [entry.key] : entry.computed ? this.#eval(entry.computed, scope, returns).texts : null
      if (keys) for (const key of keys) this.put(cellOf(fields, key), value)
      else if (value.fields) this.#copy(value.fields, fields, (field) => field.read(this.#current))
      else if (value.bits !== 0) this.put(cellOf(fields, '...'), only(value))
    }
    return { ...only(all), fields }
  }

  #function(closure: Closure): Value {
    if (!this.#idle.has(closure.node)) this.#idle.set(closure.node, closure)
    return { ...NOTHING, functions: [closure] }
  }

  #gather(node: Extract<Node, { is: 'gather' }>, scope: Scope, returns: Cell | null): Value {
    const folded = this.#folders.worth(node, scope)
    for (const { target, of, tests } of node.loops) {
      this.#bind(target, this.#any(this.#eval(of, scope, returns), scope), scope, false)
      for (const test of tests) this.#eval(test, scope, returns)
    }
    const item = this.#eval(node.value, scope, returns)
    return folded ? tainted(folded, item) : { ...only(item), items: item === NOTHING ? null : [item] }
  }

  #fields(node: Node): Map<string, Cell> {
    let fields = this.#records.get(node)
    if (!fields) this.#records.set(node, fields = new Map())
    return fields
  }

  #bind(target: Node, value: Value, scope: Scope, declares: boolean): void {
    if (target.is === 'name') {
      if (target.name === '*' && value.fields) this.#share(value.fields, scope)
      const cell = declares ? scope.declare(target.name) : scope.find(target.name) ?? scope.declare(target.name)
      this.put(cell, value)
    } else if (target.is === 'list') {
      // Languages that return several values at once: without items, the first gets the whole.
      target.parts.forEach((part, index) => this.#bind(part, value.items?.[index] ?? (index === 0 ? value : only(value)), scope, declares))
    } else if (target.is === 'record') {
      for (const { key, value: inner } of target.entries) {
        this.#bind(inner, key === null ? { ...value, from: null } : this.member(value, known(key), scope, target.at), scope, declares)
      }
    } else if (target.is === 'set') {
      this.#bind(target.target, either(value, this.#eval(target.value, scope, null)), scope, declares)
    } else if (target.is === 'spread') {
      this.#bind(target.of, value, scope, declares)
    } else if (target.is === 'group') {
      for (const part of target.parts) this.#bind(part, only(value), scope, declares)
    } else if (target.is === 'member') {
      this.#assign(target, value, scope)
    }
  }

  #assign(target: Extract<Node, { is: 'member' }>, value: Value, scope: Scope): void {
    const of = this.#eval(target.of, scope, null)
    const key = this.#eval(target.key, scope, null)
    if (!of.fields && of.from) this.put(of.from, { ...NOTHING, fields: this.#fields(target) })
    const fields = of.fields ?? of.from?.value.fields
    for (const name of key.texts) if (fields) this.put(cellOf(fields, name), value)
    if (key.texts.length === 0 && of.from) this.put(of.from, only(value))
    // Setting an address asks for it: `image.src = …`.
    for (const ref of of.refs) {
      const rule = this.tongue.rule(`${ref}.${key.texts[0] ?? ''}=`)
      if (rule) act(rule, { engine: this, scope, place: this.#place(scope, target.at), receiver: of, method: '', args: [value], named: NONE, ref })
    }
    // An event handler that is assigned rather than passed: `xhr.onload = function …`.
    if (value.functions.length > 0 && of.bits & NETWORK) this.release(value, only(of))
  }

  #call(node: Extract<Node, { is: 'call' }>, scope: Scope, returns: Cell | null): Value {
    let receiver = NOTHING
    let method = ''
    let callee: Value
    if (node.callee.is === 'member') {
      receiver = this.#eval(node.callee.of, scope, returns)
      if (node.callee.key.is === 'text' && isVoid(receiver)) {
        this.#literal(node.callee.key, scope)
        method = node.callee.key.value
        callee = NOTHING
      } else {
        const key = this.#eval(node.callee.key, scope, returns)
        method = key.texts[0] ?? ''
        callee = this.member(receiver, key, scope, node.callee.at)
      }
    } else {
      callee = this.#eval(node.callee, scope, returns)
      if (node.callee.is === 'name') method = node.callee.name
    }
    const args: Value[] = []
    for (const arg of node.args) {
      const value = this.#eval(arg, scope, returns)
      if (arg.is === 'spread' && value.items) args.push(...value.items.slice(0, 256))
      else args.push(value)
    }
    const named = node.named.length === 0 ? NONE : this.#named(node.named, scope, returns)
    if (method.startsWith('_') && INTEROP.test(method) && args[0]) return args[0]

    const own = callee.functions.length > 0 || receiver.functions.length > 0
    let result = own ? this.#ownCode(callee, receiver, method, named === NONE ? args : [...args, ...named.values()]) : NOTHING
    const constant = this.#folders.worth(node, scope) ?? this.#folders.call(callee.functions, args)
    const folded = entriesOf(receiver.refs[0] === 'Object' ? args[0] ?? NOTHING : receiver, method, this.#current) ?? textMethod(receiver, method, args)
    const outer = callee.functions.length === 0
    // Most calls are of code nobody knows, with nothing that matters.
    if (constant === null && folded === null && outer && callee.refs.length === 0 && isPlain(receiver) && args.every(isPlain) && named === NONE) return result

    const call: Call = { engine: this, scope, place: this.#place(scope, node.at), receiver, method, args, named, ref: '' }
    if (constant) result = this.#revealed(constant, result, callee, call)
    let acted = false
    for (const ref of callee.refs) {
      const direct = this.tongue.rule(ref)
      const lent = direct ? ref : ref.replace(BORROWING, '')
      const rule = direct ?? this.tongue.rule(lent)
      if (!rule) continue
      acted = true
      const borrowed = direct ? args : ref.endsWith('.apply') ? args[1]?.items ?? [] : args.slice(1)
      result = either(result, act(rule, { ...call, ref: lent, args: borrowed }))
    }
    if (folded) {
      result = either(result, folded)
      this.#saw(folded, scope, node.at)
    }
    if (outer && !acted) result = either(result, passThrough(call, callee, folded !== null))
    return outer ? this.#handlers(call, result) : result
  }

  #lend({ refs }: Value, content: Value, call: Call): void {
    for (const ref of refs) {
      const rule = this.tongue.rule(ref)
      if (rule && LENT.has(rule.does)) act(rule, { ...call, receiver: NOTHING, args: [content], named: NONE, ref })
    }
  }

  #named(entries: readonly Entry[], scope: Scope, returns: Cell | null): ReadonlyMap<string, Value> {
    const named = new Map<string, Value>()
    for (const entry of entries) {
      const value = this.#eval(entry.value, scope, returns)
      if (entry.key !== null) named.set(entry.key, value)
      else for (const [key, cell] of value.fields ?? []) named.set(key, cell.read(this.#current))
    }
    return named
  }

  /** What the package's own code made of constants was hidden until then. */
  #revealed(constant: Value, result: Value, callee: Value, { args, receiver, method, place, scope }: Call): Value {
    const own = callee.functions.length > 0 || args.some((arg) => arg.functions.length > 0) || receiver.functions.length > 0
    const text = constant.texts[0]
    const hidden = own && text !== undefined && text.length > 3 && !isPlainIn(place.source.text, text) && !args.some((arg) => arg.texts.some((given) => given.length > 2 && text.includes(given)))
    const step = { kind: 'decode' as const, call: method, argument: text?.slice(0, 200) ?? null, place }
    const revealed = either(tainted(constant, result), hidden ? only(taint(DECODED, [step])) : NOTHING)
    this.#saw(revealed, scope, span(place.from, place.to))
    return revealed
  }

  /** Calls of the package's own functions, also by way of `f.call(x, …)`, `f.apply(x, […])`, `f.bind(x)`. */
  #ownCode(callee: Value, receiver: Value, method: string, args: readonly Value[]): Value {
    let result = NOTHING
    for (const closure of callee.functions) result = either(result, this.call(closure, args))
    if (receiver.functions.length > 0 && BORROWED.test(method)) {
      for (const closure of receiver.functions) result = either(result, this.call(closure, method === 'apply' ? args[1]?.items ?? args.slice(1) : args.slice(1)))
    }
    return result
  }

  /** Functions handed to somebody outside, who may call them with what they have. */
  #handlers(call: Call, result: Value): Value {
    const { receiver, args, named, method } = call
    const bits = (receiver.bits | result.bits) & (CONTENT | NETWORK)
    const content = only(taint(bits, joinTrails(receiver.trail, result.trail)))
    const given = receiver.items && EACH.test(method) ? either(this.#any(receiver, call.scope), content) : content
    this.#lent(call, given)
    let made = NOTHING
    for (const arg of [...args, ...named.values()]) if (arg.functions.length > 0 || arg.items || arg.fields) made = either(made, this.release(arg, given))
    // `then(eval)`, `on('data', exec)`: what is handed over runs what comes.
    if (content.bits & CONTENT && !receiver.items) for (const arg of args) this.#lend(arg, content, call)
    if (method === 'Promise') for (const arg of args) result = either(result, this.#settled(arg))
    // What a callback returns comes out of `map` and `then`.
    return made === NOTHING || !RETURNS.test(method) ? result : either(result, method === 'then' ? made : only(made))
  }

  /** Functions of others that are handed over to be called: `.then(eval)`, `Thread(target=os.system, args=(…,))`. */
  #lent(call: Call, given: Value): void {
    const { args, named, method } = call
    const started = named.get('target') ?? named.get('function') ?? (STARTS.test(method) ? args[0] : undefined)
    const lent = started ?? (RETURNS.test(method) || EACH.test(method) ? args[0] : undefined)
    for (const ref of lent?.refs ?? []) {
      const rule = this.tongue.rule(ref)
      if (rule) act(rule, { ...call, ref, args: started ? named.get('args')?.items ?? args.slice(1) : [given], named: NONE })
    }
  }

  /** What a promise resolves to: whatever its executor hands to its first parameter. */
  #settled(executor: Value): Value {
    let settled: Value = NOTHING
    for (const { node } of executor.functions) {
      if (node.is !== 'function' || node.params[0]?.is !== 'name') continue
      const cell = this.#stretches.get(node)?.scope.declare(node.params[0].name)
      if (!cell) continue
      const resolver = this.#resolver(node)
      if (cell.value.functions.length === 0) this.put(cell, { ...NOTHING, functions: [{ node: resolver, scope: new Scope(null, {}) }] })
      settled = either(settled, this.#stretches.get(resolver)?.returns?.read(this.#current) ?? NOTHING)
    }
    return settled
  }

  #resolvers = new Map<Func, Func>()

  /** The identity function that stands for `resolve`. */
  #resolver(executor: Func): Func {
    let resolver = this.#resolvers.get(executor)
    if (!resolver) this.#resolvers.set(executor, resolver = identity())
    return resolver
  }
}

const NONE: ReadonlyMap<string, Value> = new Map()

/** Nothing in it that a call could carry, call or write to. */
const isPlain = (value: Value): boolean =>
  value.bits === 0 && value.functions.length === 0 && value.items === null && value.fields === null && value.opens === null

/** Worth a look for addresses or for what it hides: short words and prose without a dot are not. */
const isTelling = (text: string): boolean => text.length > 5 && (text.length >= 24 || /[.:/@\\]/.test(text))

const isMaker = ({ name }: Func): boolean => name === 'constructor' || name === '__init__'
const EMPTY: Value = { ...NOTHING, items: [] }
const INTEROP = /^(?:__importStar|__importDefault|__toESM|__toCommonJS|_interop\w*)$/
const DATA = /^data:(?:text|application)\/(?:java|ecma)script(?:;charset=[\w-]{1,20})?(;base64)?,([^]*)$/i
const BORROWED = /^(?:call|apply|bind)$/
const BORROWING = /\.(?:call|apply|bind)$/
/** What a stranger may be asked to do with what it gets. */
const LENT: ReadonlySet<string> = new Set(['code', 'shell', 'program', 'load'])
const STARTS = /^(?:submit|start_new_thread|run_in_executor|call_soon|call_later|apply_async|register|setTimeout|setImmediate|nextTick|Timer)$/
const EACH = /^(?:map|forEach|filter|some|every|find|flatMap|reduce)$/
const RETURNS = /^(?:map|flatMap|then|reduce|catch|finally)$/
