import type { Desk } from '../desk.ts'
import { UNKNOWN } from '../desk.ts'
import { sourceOf } from '../source.ts'
import type { Place, Source } from '../source.ts'
import type { Call, Machine } from './call.ts'
import { act } from './effects.ts'
import { textMethod } from './texts.ts'
import type { Tongue, Unit } from './tongue.ts'
import type { At, Entry, Func, Node } from './tree.ts'
import {
  Cell, COLLECTED, DECODED, FETCHED, FILE_DECODED, FILE_FETCHED, NETWORK, NOTHING, Scope, either, joined, known, only, outside,
} from './value.ts'
import type { Closure, Value } from './value.ts'

const PASSES = 5
const STEPS = 2_000_000
const UNITS = 300
const UNIT_BYTES = 24 * 1024 * 1024
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
  /** Bits of files written under a name that was folded to text. */
  readonly written = new Map<string, number>()
  #units = new Map<string, Unit | null>()
  #nodes = new Map<Unit, { body: readonly Node[]; scope: Scope; pass: number }>()
  #scopes = new Map<Node, Scope>()
  #returns = new Map<Node, Cell>()
  #done = new Map<Node, number>()
  #records = new Map<Node, Map<string, Cell>>()
  #pass = 0
  #changed = false
  #steps = 0
  #bytes = 0

  constructor(desk: Desk, tongue: Tongue) {
    this.desk = desk
    this.tongue = tongue
  }

  /** Throws RangeError when the code is nested too deeply to follow; what was noted until then stays. */
  run(source: Source, body: readonly Node[]): void {
    const unit = this.#unit(source, body)
    this.#units.set(source.path, unit)
    for (this.#pass = 1; this.#pass <= PASSES; this.#pass++) {
      this.#changed = false
      this.#enter(unit)
      if (!this.#changed || this.#spent()) break
    }
    if (this.#spent()) this.desk.miss(`${source.path}: too much code to follow`)
  }

  place(at: At, scope: Scope): Place {
    return { source: (scope.unit as Unit).source, from: at[0], to: at[1] }
  }

  /** The file named by `path` now holds content with these bits. */
  mark(path: Value, bits: number): void {
    const names = (bits & FETCHED ? FILE_FETCHED : 0) | (bits & DECODED ? FILE_DECODED : 0)
    if (!names) return
    if (path.from) this.#put(path.from, only(names))
    for (const text of path.texts) {
      if (text.replaceAll(UNKNOWN, '').length >= 3) this.written.set(text, (this.written.get(text) ?? 0) | names)
    }
  }

  /** A value's bits, with those of the file it names. */
  bits(value: Value): number {
    let bits = value.origin
    for (const text of value.texts) bits |= this.written.get(text) ?? 0
    return bits
  }

  load(spec: string, scope: Scope): Value {
    const unit = scope.unit as Unit
    const path = this.tongue.locate(spec, unit.source.path, this.desk.pkg.files)
    if (path === null) return outside(spec.replace(/^node:/, ''))
    const loaded = this.#import(path)
    if (!loaded) return NOTHING
    this.#enter(loaded)
    return this.tongue.exported(loaded, this.#nodes.get(loaded)?.scope.cells ?? new Map())
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
      if (bits && from) this.#put(from, only(bits))
    })
    return returns.value
  }

  #instance(closure: Closure, args: readonly Value[]): Value {
    const node = closure.node as Extract<Node, { is: 'class' }>
    const scope = this.#scopes.get(node) ?? new Scope(closure.scope, closure.scope.unit)
    this.#scopes.set(node, scope)
    const fields = this.#fields(node)
    const self = { ...NOTHING, fields }
    this.#put(scope.declare('this'), self)
    for (const method of node.methods) {
      if (method.name === null) continue
      this.#put(cellOf(fields, method.name), { ...NOTHING, functions: [{ node: method, scope }] })
    }
    for (const base of node.bases) this.release(this.#eval(base, scope, null), 0)
    for (const method of node.methods) {
      const made = method.name === 'constructor' || method.name === '__init__'
      this.call({ node: method, scope }, made ? args : [])
    }
    return self
  }

  #unit(source: Source, body: readonly Node[]): Unit {
    const unit: Unit = { source, exports: new Cell() }
    unit.exports.add({ ...NOTHING, fields: new Map() })
    this.#nodes.set(unit, { body, scope: new Scope(null, unit), pass: 0 })
    return unit
  }

  #import(path: string): Unit | null {
    const seen = this.#units.get(path)
    if (seen !== undefined) return seen
    const file = this.desk.pkg.files.get(path)
    this.#units.set(path, null)
    if (!file) return null
    this.#bytes += file.bytes.byteLength
    if (this.#units.size > UNITS || this.#bytes > UNIT_BYTES) {
      this.desk.miss(`${path}: imported by code that runs by itself, past the limit of what is followed`)
      return null
    }
    if (file.truncated) this.desk.miss(`${path}: runs by itself, only its beginning was read`)
    const source = sourceOf(file)
    try {
      const unit = this.#unit(source, this.tongue.lower(source))
      this.#units.set(path, unit)
      return unit
    } catch (thrown) {
      this.desk.miss(`${path}: ${thrown instanceof RangeError ? 'nested too deeply' : 'does not parse'}`)
      return null
    }
  }

  #enter(unit: Unit): void {
    const held = this.#nodes.get(unit)
    if (!held || held.pass === this.#pass) return
    held.pass = this.#pass
    for (const statement of held.body) this.#eval(statement, held.scope, null)
  }

  #spent = (): boolean => this.#steps > STEPS

  #put(cell: Cell, value: Value): void {
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
      case 'function': return { ...NOTHING, functions: [this.#declared(node, scope)] }
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
        if (returns) this.#put(returns, value)
        return NOTHING
      }
      case 'import': {
        const module = this.#eval(node.module, scope, returns)
        return module.texts.map((spec) => this.load(spec, scope)).reduce(either, only(module.origin))
      }
      case 'call': return this.#call(node, scope, returns)
    }
  }

  #declared(node: Func, scope: Scope): Closure {
    return { node, scope }
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
      if (entry.key !== null) this.#put(cellOf(fields, entry.key), value)
      else for (const [key, cell] of value.fields ?? []) this.#put(cellOf(fields, key), cell.value)
    }
    return { ...only(origin), fields }
  }

  #fields(node: Node): Map<string, Cell> {
    let fields = this.#records.get(node)
    if (!fields) this.#records.set(node, fields = new Map())
    return fields
  }

  member(of: Value, key: Value, scope: Scope): Value {
    const names = key.texts
    let found: Value = NOTHING
    for (const name of names) {
      const cell = of.fields?.get(name)
      if (cell) found = either(found, { ...cell.value, from: cell })
      for (const ref of of.refs) {
        const longer = name === 'default' || ref.length > 200 ? ref : `${ref}.${name}`
        found = either(found, this.tongue.special(longer, scope.unit as Unit) ?? outside(longer, of.origin))
      }
      const item = of.items?.[Number(name)]
      if (item) found = either(found, item)
    }
    if (names.length === 0) {
      for (const cell of of.fields?.values() ?? []) found = either(found, cell.value)
      for (const item of of.items ?? []) found = either(found, item)
    }
    if (of.opens) found = { ...found, opens: of.opens, from: null }
    if (of.refs.length > 0 || found.from) return found
    return { ...found, origin: found.origin | of.origin, from: null }
  }

  #bind(target: Node, value: Value, scope: Scope, declares: boolean): void {
    if (target.is === 'name') {
      const cell = declares ? scope.declare(target.name) : scope.find(target.name) ?? scope.declare(target.name)
      this.#put(cell, value)
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
      if (!of.fields && of.from) this.#put(of.from, { ...NOTHING, fields: this.#fields(target) })
      const fields = of.fields ?? of.from?.value.fields
      for (const name of key.texts) if (fields) this.#put(cellOf(fields, name), value)
      if (key.texts.length === 0 && of.from) this.#put(of.from, only(value.origin))
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

    const call: Call = { engine: this, scope, place: this.place(node.at, scope), receiver, method, args, named, ref: '' }
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
    if (callee.functions.length === 0 && !acted) result = either(result, this.#unknown(call, callee, folded !== null))
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
      if (cell.value.functions.length === 0) this.#put(cell, { ...NOTHING, functions: [{ node: this.#resolver(node), scope: new Scope(null, {}) }] })
      settled = either(settled, this.#returns.get(this.#resolver(node))?.value ?? NOTHING)
    }
    return settled
  }

  #resolvers = new Map<Func, Func>()

  /** The identity function that stands for `resolve`. */
  #resolver(executor: Func): Func {
    let resolver = this.#resolvers.get(executor)
    if (!resolver) {
      const value: Node = { is: 'name', name: 'value', at: [0, 0] }
      resolver = { is: 'function', name: null, params: [value], body: [{ is: 'return', value, at: [0, 0] }], at: [0, 0] }
      this.#resolvers.set(executor, resolver)
    }
    return resolver
  }

  /** A call nobody has a rule for: what goes in comes out, and what is written to a handle lands in its file. */
  #unknown(call: Call, callee: Value, folded: boolean): Value {
    const { receiver, args, named, method } = call
    let bits = receiver.origin
    for (const arg of [...args, ...named.values()]) bits |= arg.origin
    for (const handle of [receiver, ...args]) {
      if (handle.opens) {
        this.mark(handle.opens, bits)
        if (bits & FETCHED) this.desk.note({ kind: 'write', call: method, argument: handle.opens.texts[0] ?? null, tainted: 'fetched' }, call.place)
      }
      if (handle.refs.some((ref) => HASHER.test(ref)) && bits & FETCHED) {
        this.desk.note({ kind: 'verify', call: method, argument: null, tainted: 'fetched' }, call.place)
      }
    }
    const carried = args.reduce((all, arg) => all | arg.origin, 0)
    if (receiver.origin & NETWORK && carried & COLLECTED && SENDS.test(method)) {
      this.desk.note({ kind: 'send', call: method, argument: receiver.texts[0] ?? null, tainted: 'collected' }, call.place)
    }
    if (receiver.from && KEEPS.test(method) && carried) this.#put(receiver.from, only(carried))
    const ref = callee.refs[0]
    const value = ref && ref.length < 200 && !folded ? outside(`${ref}()`, bits) : only(bits)
    return receiver.opens ? { ...value, opens: receiver.opens } : value
  }
}

const EMPTY: readonly Value[] = []
const INTEROP = /^(?:__importStar|__importDefault|__toESM|__toCommonJS|_interop\w*)$/
const BORROWED = /^(?:call|apply|bind)$/
const BORROWING = /\.(?:call|apply|bind)$/
const HASHER = /createHash\(\)|hashlib\.\w+\(\)|createVerify\(\)/
const SENDS = /^(?:write|end|send|sendall|sendto|request|post|put|patch|emit|get|storbinary)$/
const KEEPS = /^(?:push|unshift|append|extend|add|set|update|write|splice|insert|concat|setdefault)$/

function cellOf(fields: Map<string, Cell>, name: string): Cell {
  let cell = fields.get(name)
  if (!cell) fields.set(name, cell = new Cell())
  return cell
}
