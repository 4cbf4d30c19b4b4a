import { decode } from '../decode/index.ts'
import { DECODED, FETCHED, FILE_FETCHED, NETWORK, SOURCES, UNTAINTED, taint } from '../taint.ts'
import type { Taint } from '../taint.ts'
import { NOTHING_NAMED } from './call.ts'
import { Calls } from './calls.ts'
import { act } from './effects.ts'
import { Names } from './names.ts'
import { isTest, operated } from './texts.ts'
import type { Unit } from './tongue.ts'
import type { At, Entry, Node } from './tree.ts'
import { EMPTY, NOTHING, cellOf, either, joined, known, numeric, only, tainted } from './value.ts'
import type { Cell, Scope, Value } from './value.ts'
import { literal, placeIn, saw } from './walking.ts'
import type { Walking } from './walking.ts'
import type { Worklist } from './worklist.ts'

const DEEPEST = 600
const LONG = 1000

/** What expressions and statements may be worth, and what they put into variables. Every branch is taken, every loop walked once. */
export class Expressions {
  readonly #engine: Walking
  readonly #work: Worklist
  readonly #names: Names
  readonly #calls: Calls

  constructor(engine: Walking) {
    this.#engine = engine
    this.#work = engine.work
    this.#names = new Names(engine)
    this.#calls = new Calls(engine, this.#names)
  }

  /** What a node may be worth. What is nested too deeply is not followed; what stands beside it is. */
  eval(node: Node, scope: Scope, returns: Cell | null): Value {
    this.#work.steps++
    if (this.#work.spent) return NOTHING
    if (node.is === 'name') return this.#names.name(node, scope)
    if (this.#work.depth >= DEEPEST) {
      this.#engine.desk.miss(`${(scope.unit as Unit).source.path}: nested too deeply to follow`)
      return NOTHING
    }
    this.#work.depth++
    const value = this.#worth(node, scope, returns)
    this.#work.depth--
    return value
  }

  #worth(node: Node, scope: Scope, returns: Cell | null): Value {
    switch (node.is) {
      case 'text': case 'bytes': {
        literal(this.#engine, node, scope)
        return known(node.value)
      }
      case 'number': return numeric(node.value)
      case 'name': return this.#names.name(node, scope)
      case 'member': return this.#names.ofNode(node, scope, returns)
      case 'join': return this.#join(node, scope, returns)
      case 'operate': {
        if (!isTest(node.sign)) return operated(node.sign, node.parts.map((part) => this.eval(part, scope, returns)))
        for (const part of node.parts) this.eval(part, scope, returns)
        return NOTHING
      }
      case 'group': {
        let all = NOTHING
        let last = NOTHING
        for (const part of node.parts) {
          last = this.eval(part, scope, returns)
          if (!node.last) all = either(all, last)
        }
        return node.last ? last : all
      }
      case 'list': return this.#list(node.parts, scope, returns)
      case 'spread': return this.eval(node.of, scope, returns)
      case 'record': return this.#record(node, node.entries, scope, returns)
      case 'function': return this.#engine.made({ node, scope })
      case 'class': {
        for (const statement of node.body) this.eval(statement, scope, returns)
        for (const base of node.bases) {
          for (const above of this.eval(base, scope, returns).functions) {
            for (const method of above.node.is === 'class' ? above.node.methods : []) if (method.name === '__init_subclass__') this.#engine.call({ node: method, scope: above.scope }, [])
          }
        }
        return this.#engine.made({ node, scope })
      }
      case 'set': {
        const value = this.eval(node.value, scope, returns)
        this.bind(node.target, value, scope, node.declares)
        return value
      }
      case 'return': {
        const value = this.eval(node.value, scope, returns)
        if (returns) this.#engine.put(returns, value)
        return NOTHING
      }
      case 'import': {
        const module = this.eval(node.module, scope, returns)
        if (node.module.is !== 'text') this.#loads(module, scope, node.at)
        return module.texts.map((spec) => this.#module(spec, module, scope, node.at)).reduce(either, only(module))
      }
      case 'branch': return this.#branch(node, scope, returns)
      case 'loop': {
        this.eval(node.start, scope, returns)
        if (node.each) this.bind(node.each.target, this.#names.any(this.eval(node.each.of, scope, returns), scope), scope, false)
        this.eval(node.test, scope, returns)
        this.eval(node.body, scope, returns)
        this.eval(node.step, scope, returns)
        return NOTHING
      }
      case 'gather': return this.#gather(node, scope, returns)
      case 'try': {
        this.eval(node.body, scope, returns)
        for (const { target, body } of node.handlers) {
          if (target) this.bind(target, NOTHING, scope, true)
          this.eval(body, scope, returns)
        }
        this.eval(node.last, scope, returns)
        return NOTHING
      }
      case 'jump': {
        this.eval(node.value, scope, returns)
        return NOTHING
      }
      case 'call': return this.#calls.call(node, scope, returns)
    }
  }

  /** What was fetched into a file runs when the file is imported, by a name that is computed. */
  #loads(module: Value, scope: Scope, at: At): void {
    const held = this.#engine.holds(module)
    if (held.bits & FILE_FETCHED) this.#engine.desk.note({ kind: 'execute', call: 'import', argument: module.texts[0] ?? null, taint: taint(FETCHED, held.trail) }, placeIn(scope, at))
  }

  /** A module by name, or one that is spelled out in its address: `data:text/javascript;base64,…`. */
  #module(spec: string, given: Taint, scope: Scope, at: At): Value {
    const [, base64, text] = DATA.exec(spec) ?? []
    if (text === undefined) return this.#engine.load(spec, scope)
    const place = placeIn(scope, at)
    const code = decode(base64 ? 'base64' : 'url', text)?.text ?? text
    const step = { kind: 'decode' as const, call: 'import', argument: code.slice(0, 300), place }
    this.#engine.desk.note({ kind: 'execute', call: 'import', argument: given.bits & FETCHED ? null : code.slice(0, 300), taint: given.bits & FETCHED ? taint(FETCHED, given.trail) : taint(DECODED, [step]) }, place)
    this.#engine.desk.code('javascript', code, place, base64 ? 'base64' : 'an address')
    return NOTHING
  }

  #join(node: Extract<Node, { is: 'join' }>, scope: Scope, returns: Cell | null): Value {
    const folded = this.#engine.folders.worth(node, scope)
    const parts = node.parts.map((part) => this.eval(part, scope, returns))
    if (folded) return tainted(folded, only(parts.reduce(either, NOTHING)))
    if (parts.every((part) => part.number && part.texts.length === 1)) return numeric(parts.reduce((sum, part) => sum + Number(part.texts[0]), 0))
    // Lists one after the other are one list: whoever goes through it meets the items of each.
    const lists = this.#engine.tongue.id === 'python' && parts.some(({ items }) => items !== null)
    const value = lists ? { ...only(parts.reduce(either, NOTHING)), items: parts.flatMap(({ items }) => items?.slice(0, 4096) ?? []) } : joined(parts)
    // Texts that double from call to call are paid for.
    for (const text of value.texts) if (text.length > LONG) this.#work.steps += text.length >> 1
    saw(this.#engine, value, scope, node.at)
    return value
  }

  /** `if … elif … elif` is as deep as it is long. */
  #branch(node: Extract<Node, { is: 'branch' }>, scope: Scope, returns: Cell | null): Value {
    let all = NOTHING
    for (let rest: Node = node; ; rest = rest.otherwise) {
      if (rest.is !== 'branch' || rest.expression !== node.expression) {
        all = either(all, this.eval(rest, scope, returns))
        return node.expression ? all : NOTHING
      }
      this.#work.steps++
      this.eval(rest.test, scope, returns)
      all = either(all, this.eval(rest.then, scope, returns))
    }
  }

  #list(parts: readonly Node[], scope: Scope, returns: Cell | null): Value {
    if (parts.length === 0) return EMPTY
    let all: Taint = UNTAINTED
    const items: Value[] = []
    for (const part of parts) {
      const value = this.eval(part, scope, returns)
      if (value.bits !== 0) all = tainted(only(all), value)
      if (part.is === 'spread' && value.items) items.push(...value.items.slice(0, 4096))
      else items.push(value)
    }
    return { ...only(all), items }
  }

  #record(node: Node, entries: readonly Entry[], scope: Scope, returns: Cell | null): Value {
    const fields = this.#engine.variables.fieldsOf(node)
    let all: Value = NOTHING
    for (const entry of entries) {
      const value = this.eval(entry.value, scope, returns)
      if (value.bits !== 0) all = tainted(all, value)
      const keys = entry.key !== null ? [entry.key] : entry.computed ? this.eval(entry.computed, scope, returns).texts : null
      if (keys) for (const key of keys) this.#engine.put(cellOf(fields, key), value)
      else if (value.fields) this.#engine.variables.copy(value.fields, fields, (field) => field.read(this.#work.current))
      else if (value.bits !== 0) this.#engine.put(cellOf(fields, '...'), only(value))
    }
    return { ...only(all), fields }
  }

  #gather(node: Extract<Node, { is: 'gather' }>, scope: Scope, returns: Cell | null): Value {
    const folded = this.#engine.folders.worth(node, scope)
    let whole = NOTHING
    for (const { target, of, tests } of node.loops) {
      const all = this.eval(of, scope, returns)
      // Going through all variables, a comprehension keeps what it found of them.
      if (all.bits & SOURCES.environment) whole = tainted(whole, all)
      this.bind(target, this.#names.any(all, scope), scope, false)
      for (const test of tests) this.eval(test, scope, returns)
    }
    const item = tainted(this.eval(node.value, scope, returns), whole)
    return folded ? tainted(folded, item) : { ...only(item), items: item === NOTHING ? null : [item] }
  }

  /** Puts a value into what stands to the left of it: a name, a member, or a list or record of these. */
  bind(target: Node, value: Value, scope: Scope, declares: boolean): void {
    if (target.is === 'name') {
      if (target.name === '*' && value.fields) this.#names.share(value.fields, scope)
      const cell = declares ? scope.declare(target.name) : scope.find(target.name) ?? scope.declare(target.name)
      this.#engine.put(cell, value)
    } else if (target.is === 'list') {
      // Languages that return several values at once: without items, the first gets the whole.
      target.parts.forEach((part, index) => this.bind(part, value.items?.[index] ?? (index === 0 ? value : only(value)), scope, declares))
    } else if (target.is === 'record') {
      for (const { key, value: inner } of target.entries) {
        this.bind(inner, key === null ? { ...value, from: null } : this.#names.member(value, known(key), scope, target.at), scope, declares)
      }
    } else if (target.is === 'set') {
      this.bind(target.target, either(value, this.eval(target.value, scope, null)), scope, declares)
    } else if (target.is === 'spread') {
      this.bind(target.of, value, scope, declares)
    } else if (target.is === 'group') {
      for (const part of target.parts) this.bind(part, only(value), scope, declares)
    } else if (target.is === 'member') {
      this.#assign(target, value, scope)
    }
  }

  #assign(target: Extract<Node, { is: 'member' }>, value: Value, scope: Scope): void {
    const of = this.eval(target.of, scope, null)
    const key = this.eval(target.key, scope, null)
    if (!of.fields && of.from) this.#engine.put(of.from, { ...NOTHING, fields: this.#engine.variables.fieldsOf(target) })
    const fields = of.fields ?? of.from?.value.fields
    for (const name of key.texts) if (fields) this.#engine.put(cellOf(fields, name), value)
    if (key.texts.length === 0 && of.from) this.#engine.put(of.from, only(value))
    // Setting an address asks for it: `image.src = …`.
    for (const ref of of.refs) {
      const rule = this.#engine.tongue.rule(`${ref}.${key.texts[0] ?? ''}=`)
      if (rule) act(rule, { engine: this.#engine, scope, place: placeIn(scope, target.at), receiver: of, method: '', args: [value], named: NOTHING_NAMED, ref })
    }
    // An event handler that is assigned rather than passed: `xhr.onload = function …`.
    if (value.functions.length > 0 && of.bits & NETWORK) this.#engine.release(value, only(of))
  }

  member(of: Value, key: Value, scope: Scope, at: At): Value {
    return this.#names.member(of, key, scope, at)
  }
}

const DATA = /^data:(?:text|application)\/(?:java|ecma)script(?:;charset=[\w-]{1,20})?(;base64)?,([^]*)$/i
