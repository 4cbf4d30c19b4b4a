import type { Desk } from '../desk.ts'
import type { Source } from '../source.ts'
import type { Call, Machine } from './call.ts'
import { act } from './effects.ts'
import { WrittenFiles, namesFile } from './files.ts'
import { memberOf } from './member.ts'
import { textMethod } from './texts.ts'
import type { Tongue, Unit } from './tongue.ts'
import { identity } from './tree.ts'
import type { Entry, Func, Node } from './tree.ts'
import { Units } from './units.ts'
import type { Held } from './units.ts'
import { passThrough } from './unlisted.ts'
import {
  Cell, COLLECTED, DECODED, FETCHED, FILE_DECODED, FILE_FETCHED, NETWORK, NOTHING, Scope, cellOf, either, joined, known, only, outside,
} from './value.ts'
import type { Closure, Value } from './value.ts'

const PASSES = 5
const STEPS = 2_000_000
const CONTENT = FETCHED | DECODED | COLLECTED
const NAMES_FILE = FILE_FETCHED | FILE_DECODED

/**
 * Follows data through one program: the file that a trigger runs and what it imports from the package.
 * Every branch is taken; a function counts once somebody can call it; variables hold everything they were ever given.
 * The program is walked again until nothing new turns up, a few times at most: linear in the size of the code.
 */
export class Engine implements Machine {
  readonly desk: Desk
  readonly tongue: Tongue
  readonly #units: Units
  readonly #files = new WrittenFiles()
  #scopes = new Map<Node, Scope>()
  #returns = new Map<Node, Cell>()
  #done = new Map<Node, number>()
  #records = new Map<Node, Map<string, Cell>>()
  #pass = 0
  #changed = false
  #steps = 0

  constructor(desk: Desk, tongue: Tongue) {
    this.desk = desk
    this.tongue = tongue
    this.#units = new Units(desk, tongue)
  }

  /** Throws RangeError when the code is nested too deeply to follow; what was noted until then stays. */
  run(source: Source, body: readonly Node[]): void {
    const program = this.#units.add(source, body)
    for (this.#pass = 1; this.#pass <= PASSES; this.#pass++) {
      this.#changed = false
      this.#enter(program)
      if (!this.#changed || this.#spent()) break
    }
    if (this.#spent()) this.desk.miss(`${source.path}: too much code to follow`)
  }

  mark(path: Value, bits: number): void {
    if (path.from) this.put(path.from, only(namesFile(bits)))
    this.#files.mark(path, bits)
  }

  bits = (value: Value): number => this.#files.bits(value)

  load(spec: string, scope: Scope): Value {
    const unit = scope.unit as Unit
    const path = this.tongue.locate(spec, unit.source.path, this.desk.pkg.files)
    if (path === null) return outside(spec.replace(/^node:/, ''))
    const loaded = this.#units.read(path)
    if (!loaded) return NOTHING
    this.#enter(loaded)
    return this.tongue.exported(loaded.unit, loaded.scope.cells)
  }

  /** Functions handed to somebody who may call them, with what they may be given. */
  release(value: Value, given: number): void {
    for (const closure of value.functions) this.call(closure, [], only(given & ~NAMES_FILE))
    for (const item of value.items ?? []) if (item.functions.length > 0) this.release(item, given)
    for (const cell of value.fields?.values() ?? []) if (cell.value.functions.length > 0) this.release(cell.value, given)
  }

  call(closure: Closure, args: readonly Value[], rest: Value = NOTHING): Value {
    const { node } = closure
    if (node.is === 'class') return this.#instance(closure, args)
    const scope = this.#scopes.get(node) ?? new Scope(closure.scope, closure.scope.unit)
    this.#scopes.set(node, scope)
    node.params.forEach((param, index) => this.#bind(param, args[index] ?? rest, scope, true))
    const returns = this.#returns.get(node) ?? new Cell()
    this.#returns.set(node, returns)
    if (this.#done.get(node) !== this.#pass) {
      this.#done.set(node, this.#pass)
      for (const statement of node.body) this.#eval(statement, scope, returns)
    }
    node.params.forEach((param, index) => {
      const bits = param.is === 'name' ? (scope.cells.get(param.name)?.value.origin ?? 0) & NAMES_FILE : 0
      const from = args[index]?.from
      if (bits && from) this.put(from, only(bits))
    })
    return returns.value
  }

  #instance(closure: Closure, args: readonly Value[]): Value {
    const node = closure.node as Extract<Node, { is: 'class' }>
    const scope = this.#scopes.get(node) ?? new Scope(closure.scope, closure.scope.unit)
    this.#scopes.set(node, scope)
    const fields = this.#fields(node)
    const self = { ...NOTHING, fields }
    this.put(scope.declare('this'), self)
    for (const method of node.methods) {
      if (method.name === null) continue
      this.put(cellOf(fields, method.name), { ...NOTHING, functions: [{ node: method, scope }] })
    }
    for (const base of node.bases) this.release(this.#eval(base, scope, null), 0)
    for (const method of node.methods) {
      const made = method.name === 'constructor' || method.name === '__init__'
      this.call({ node: method, scope }, made ? args : [])
    }
    return self
  }

  #enter(held: Held): void {
    if (held.pass === this.#pass) return
    held.pass = this.#pass
    for (const statement of held.body) this.#eval(statement, held.scope, null)
  }

  #spent = (): boolean => this.#steps > STEPS

  /** Adds to a variable; another pass follows when that was news. */
  put(cell: Cell, value: Value): void {
    if (cell.add(value)) this.#changed = true
  }

  #eval(node: Node, scope: Scope, returns: Cell | null): Value {
    if (++this.#steps > STEPS) return NOTHING
    switch (node.is) {
      case 'text': return known(node.value)
      case 'name': return this.#name(node.name, scope)
      case 'member': return this.member(this.#eval(node.of, scope, returns), this.#eval(node.key, scope, returns), scope)
      case 'join': return joined(node.parts.map((part) => this.#eval(part, scope, returns)))
      case 'group': {
        const values = node.parts.map((part) => this.#eval(part, scope, returns))
        return node.last ? values.at(-1) ?? NOTHING : values.reduce(either, NOTHING)
      }
      case 'list': {
        if (node.parts.length === 0) return { ...NOTHING, items: EMPTY }
        const items = node.parts.map((part) => this.#eval(part, scope, returns))
        return { ...only(items.reduce((bits, item) => bits | item.origin, 0)), items }
      }
      case 'record': return this.#record(node, node.entries, scope, returns)
      case 'function': return { ...NOTHING, functions: [{ node, scope }] }
      case 'class': {
        for (const statement of node.body) this.#eval(statement, scope, returns)
        return { ...NOTHING, functions: [{ node, scope }] }
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
        return module.texts.map((spec) => this.load(spec, scope)).reduce(either, only(module.origin))
      }
      case 'call': return this.#call(node, scope, returns)
    }
  }

  #name(name: string, scope: Scope): Value {
    const cell = scope.find(name)
    if (cell) return { ...cell.value, from: cell }
    return this.tongue.special(name, scope.unit as Unit) ?? outside(name)
  }

  #record(node: Node, entries: readonly Entry[], scope: Scope, returns: Cell | null): Value {
    const fields = this.#fields(node)
    let origin = 0
    for (const entry of entries) {
      const value = this.#eval(entry.value, scope, returns)
      origin |= value.origin
      if (entry.key !== null) this.put(cellOf(fields, entry.key), value)
      else for (const [key, cell] of value.fields ?? []) this.put(cellOf(fields, key), cell.value)
    }
    return { ...only(origin), fields }
  }

  #fields(node: Node): Map<string, Cell> {
    let fields = this.#records.get(node)
    if (!fields) this.#records.set(node, fields = new Map())
    return fields
  }

  member(of: Value, key: Value, scope: Scope): Value {
    return memberOf(of, key, (ref) => this.tongue.special(ref, scope.unit as Unit))
  }

  #bind(target: Node, value: Value, scope: Scope, declares: boolean): void {
    if (target.is === 'name') {
      const cell = declares ? scope.declare(target.name) : scope.find(target.name) ?? scope.declare(target.name)
      this.put(cell, value)
    } else if (target.is === 'list') {
      target.parts.forEach((part, index) => this.#bind(part, value.items?.[index] ?? only(value.origin), scope, declares))
    } else if (target.is === 'record') {
      for (const { key, value: inner } of target.entries) {
        this.#bind(inner, key === null ? only(value.origin) : this.member(value, known(key), scope), scope, declares)
      }
    } else if (target.is === 'set') {
      this.#bind(target.target, either(value, this.#eval(target.value, scope, null)), scope, declares)
    } else if (target.is === 'group') {
      for (const part of target.parts) this.#bind(part, only(value.origin), scope, declares)
    } else if (target.is === 'member') {
      const of = this.#eval(target.of, scope, null)
      const key = this.#eval(target.key, scope, null)
      if (!of.fields && of.from) this.put(of.from, { ...NOTHING, fields: this.#fields(target) })
      const fields = of.fields ?? of.from?.value.fields
      for (const name of key.texts) if (fields) this.put(cellOf(fields, name), value)
      if (key.texts.length === 0 && of.from) this.put(of.from, only(value.origin))
      // An event handler that is assigned rather than passed: `xhr.onload = function …`.
      if (value.functions.length > 0 && of.origin & FETCHED) this.release(value, of.origin)
    }
  }

  #call(node: Extract<Node, { is: 'call' }>, scope: Scope, returns: Cell | null): Value {
    let receiver = NOTHING
    let method = ''
    let callee: Value
    if (node.callee.is === 'member') {
      receiver = this.#eval(node.callee.of, scope, returns)
      const key = this.#eval(node.callee.key, scope, returns)
      method = key.texts[0] ?? ''
      callee = this.member(receiver, key, scope)
    } else {
      callee = this.#eval(node.callee, scope, returns)
      if (node.callee.is === 'name') method = node.callee.name
    }
    const args = node.args.map((arg) => this.#eval(arg, scope, returns))
    const named = new Map<string, Value>()
    for (const entry of node.named) {
      const value = this.#eval(entry.value, scope, returns)
      if (entry.key !== null) named.set(entry.key, value)
    }
    if (INTEROP.test(method) && args[0]) return args[0]

    const place = { source: (scope.unit as Unit).source, from: node.at[0], to: node.at[1] }
    const call: Call = { engine: this, scope, place, receiver, method, args, named, ref: '' }
    let result: Value = NOTHING
    for (const closure of callee.functions) result = either(result, this.call(closure, args))
    // `f.call(x, …)`, `f.apply(x, …)`, `f.bind(x)` of the package's own functions.
    if (receiver.functions.length > 0 && BORROWED.test(method)) {
      for (const closure of receiver.functions) result = either(result, this.call(closure, args.slice(1)))
    }
    const folded = textMethod(receiver, method, args)
    let acted = false
    for (const ref of callee.refs) {
      const direct = this.tongue.rule(ref)
      const lent = direct ? ref : ref.replace(BORROWING, '')
      const rule = direct ?? this.tongue.rule(lent)
      if (!rule) continue
      acted = true
      result = either(result, act(rule, { ...call, ref: lent, args: direct ? args : args.slice(1) }))
    }
    if (folded) result = either(result, folded)
    if (callee.functions.length === 0 && !acted) result = either(result, passThrough(call, callee, folded !== null))
    const given = (receiver.origin | result.origin) & (CONTENT | NETWORK)
    if (callee.functions.length === 0) {
      for (const arg of [...args, ...named.values()]) this.release(arg, given)
      if (method === 'Promise') for (const arg of args) result = either(result, this.#settled(arg))
    }
    return result
  }

  /** What a promise resolves to: whatever its executor hands to its first parameter. */
  #settled(executor: Value): Value {
    let settled: Value = NOTHING
    for (const { node } of executor.functions) {
      if (node.is !== 'function' || node.params[0]?.is !== 'name') continue
      const cell = this.#scopes.get(node)?.declare(node.params[0].name)
      if (!cell) continue
      if (cell.value.functions.length === 0) this.put(cell, { ...NOTHING, functions: [{ node: this.#resolver(node), scope: new Scope(null, {}) }] })
      settled = either(settled, this.#returns.get(this.#resolver(node))?.value ?? NOTHING)
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

const EMPTY: readonly Value[] = []
const INTEROP = /^(?:__importStar|__importDefault|__toESM|__toCommonJS|_interop\w*)$/
const BORROWED = /^(?:call|apply|bind)$/
const BORROWING = /\.(?:call|apply|bind)$/
