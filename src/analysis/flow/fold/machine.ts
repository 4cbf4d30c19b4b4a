import { Bindings, Closure, Method, Outside, Raised, UNDEFINED, UNKNOWN_FIELD, bounded, holderOf, isBytes, itemsOf, keyOf, truthy } from '../constant.ts'
import type { Constant, FoldLanguage } from '../constant.ts'
import { add, operate } from '../operators.ts'
import type { Apply, Known } from '../pure/types.ts'
import type { Entry, Func, Node } from '../tree.ts'
import { bind } from './binding.ts'
import { call, callMethod, callOutside, run } from './calls.ts'
import { changesIn } from './changes.ts'
import { attempted, branch, gather, jump, loop } from './control.ts'
import { BREAK, NEXT, RETURN } from './frame.ts'
import type { Budget, Frame } from './frame.ts'
import { memberOf, outsideNamed, sliced } from './members.ts'
import { NOTHING_NAMED, absent } from './walker.ts'
import type { Args, Named, Of, Walker } from './walker.ts'

export interface MachineOptions {
  budget: Budget
  language: FoldLanguage
  refer(ref: string, args: readonly Constant[]): Constant | undefined
  top: Bindings
}

const LITERALS: ReadonlyMap<string, Constant> = new Map<string, Constant>([
  ['true', true], ['false', false], ['null', null], ['undefined', UNDEFINED], ['NaN', Number.NaN], ['Infinity', Number.POSITIVE_INFINITY],
  ['True', true], ['False', false], ['None', null],
])
const ARITHMETIC = /^[-*/%]$/
const MANY = Symbol('many')
const NONE: readonly Node[] = []

/** Walks the tree. Undefined is what is not known; what the code raises is thrown as `Raised`. */
export class Machine implements Walker {
  readonly budget: Budget
  readonly language: FoldLanguage
  readonly refer: MachineOptions['refer']
  readonly top: Bindings
  readonly #worth = new Map<Node, Constant | typeof MANY>()
  readonly #closures = new Map<Func, Closure>()
  readonly #waiting: Closure[] = []
  readonly ran = new Set<Func>()
  /** Lists and records that somebody unknown has had in hands. */
  readonly #given = new WeakSet<object>()
  /** The text of the unit that runs. */
  unit: string | null = null
  depth = 0
  /** How often something was not known so far. */
  unknowns = 0

  constructor({ budget, language, refer, top }: MachineOptions) {
    this.budget = budget
    this.language = language
    this.refer = refer
    this.top = top
  }

  worth(node: Node): Known {
    const value = this.#worth.get(node)
    return value === MANY ? undefined : value
  }

  closureOf = (func: Func): Closure | undefined => this.#closures.get(func)

  /** The next function that was made and never ran. */
  uncalled(): Closure | undefined {
    for (let closure = this.#waiting.shift(); closure; closure = this.#waiting.shift()) if (!this.ran.has(closure.func)) return closure
    return undefined
  }

  /** What the code itself raises ends it. */
  attempt<T>(work: () => T): T | undefined {
    try {
      return work()
    } catch (thrown) {
      if (thrown instanceof Raised) return undefined
      throw thrown
    }
  }

  /** Runs a function with nothing known of what it is given. */
  wander(closure: Closure): void {
    run(this, closure, closure.func.params.map(() => undefined), NOTHING_NAMED, undefined)
  }

  invoke(called: Constant, args: Args, named: Named = NOTHING_NAMED, self?: Constant): Known {
    if (called instanceof Closure) return run(this, called, args, named, self ?? called.self)
    if (called instanceof Outside) return callOutside(this, called.ref, args, named)
    if (called instanceof Method) return callMethod(this, called.of, called.name, args, named)
    if (this.language === 'javascript' && !(called instanceof Map)) throw new Raised('TypeError')
    return this.unknown(args, named)
  }

  readonly apply: Apply = (called, args) => this.invoke(called, args)

  evaluate(node: Node, frame: Frame): Known {
    this.budget.spend(1)
    switch (node.is) {
      case 'name': return this.#name(node.name, frame)
      case 'number': case 'text': return node.value
      case 'operate': return this.#operate(node, frame)
      case 'member': return this.keep(node, this.#member(node, frame))
      case 'call': return this.keep(node, call(this, node, frame))
      case 'join': return this.keep(node, this.#join(node, frame))
      case 'bytes': return Buffer.from(node.value, 'latin1')
      case 'group': return node.last ? this.#sequence(node.parts, frame) : this.#either(node.parts, frame)
      case 'list': return absent(node) ? this.nothing : this.#list(node.parts, frame)
      case 'spread': return this.evaluate(node.of, frame)
      case 'record': return this.#record(node.entries, frame)
      case 'function': return this.#closure(node, frame)
      case 'class': {
        for (const statement of node.body) this.evaluate(statement, frame)
        for (const method of node.methods) this.#closure(method, frame)
        return undefined
      }
      case 'set': {
        const kept = absent(node.value) && node.declares && node.target.is === 'name' && frame.scope.cells.has(node.target.name)
        if (kept) return UNDEFINED
        const value = this.evaluate(node.value, frame)
        bind(this, node.target, value, frame, node.declares)
        return value
      }
      case 'return': return this.#return(node, frame)
      case 'import': {
        const module = this.evaluate(node.module, frame)
        return typeof module === 'string' ? new Outside(module.replace(/^node:/, '')) : undefined
      }
      case 'branch': return branch(this, node, frame)
      case 'loop': return loop(this, node, frame, null)
      case 'gather': return gather(this, node, frame)
      case 'try': return attempted(this, node, frame)
      case 'jump': return jump(this, node, frame)
    }
  }

  get nothing(): Constant {
    return this.language === 'javascript' ? UNDEFINED : null
  }

  /** Remembers what an expression was worth, as long as it is the same each time. */
  keep(node: Node, value: Known): Known {
    if (value === undefined) this.unknowns++
    const plain = typeof value === 'string' || typeof value === 'number' || isBytes(value)
    const before = this.#worth.get(node)
    if (before === undefined) this.#worth.set(node, plain ? value : MANY)
    else if (before !== MANY && before !== value && !(plain && isBytes(value) && isBytes(before) && Buffer.compare(value, before) === 0)) this.#worth.set(node, MANY)
    return value
  }

  whole = (value: Known): Known => (typeof value === 'object' && value !== null && this.#given.has(value) ? undefined : value)

  #name(name: string, frame: Frame): Known {
    for (let scope: Bindings | null = frame.scope; scope !== null; scope = scope.outer) {
      const value = scope.cells.get(name)
      if (value !== undefined) return typeof value === 'object' ? this.whole(value) : value
      if (scope.cells.has(name)) return undefined
    }
    if (LITERALS.has(name)) return LITERALS.get(name)
    if (name === 'this') return frame.self ?? new Outside('globalThis')
    if (name === 'arguments' && this.language === 'javascript') return this.whole(frame.arguments)
    return outsideNamed(name)
  }

  #member(node: Of<'member'>, frame: Frame): Known {
    const of = this.evaluate(node.of, frame)
    if (node.slice && node.key.is === 'list') {
      const parts = node.key.parts.map((part) => this.evaluate(part, frame))
      const made = of === undefined || parts.some((part) => part === undefined) ? undefined : sliced(of, parts as Constant[])
      this.budget.spend(typeof made === 'string' ? made.length >> 5 : 0)
      this.budget.payNew(made)
      return made
    }
    const key = this.evaluate(node.key, frame)
    return of === undefined || key === undefined ? undefined : this.whole(memberOf(of, key, this.language))
  }

  #join({ parts }: Of<'join'>, frame: Frame): Known {
    let sum: Known
    let known = true
    for (let index = 0; index < parts.length; index++) {
      const part = parts[index] as Node
      if (this.#settled(sum, part)) continue
      const value = this.evaluate(part, frame)
      if (value === undefined) known = false
      if (!known) continue
      sum = index === 0 ? value : add(sum as Constant, value as Constant, this.language)
      known = sum !== undefined
      if (index > 0) this.#paySum(sum, value)
    }
    return known ? sum : undefined
  }

  /** Texts are put together without copying; lists and bytes are not. */
  #paySum(sum: Known, added: Known): void {
    if (typeof sum !== 'string') return this.budget.payNew(sum)
    this.budget.spend(sum.length >> 12)
    if (typeof added === 'string') this.budget.payNew(added)
  }

  /**
   * What is no number stays none whatever number comes next. String arrays are turned until a sum of eleven decoded texts is
   * right: most sums are wrong from their first text on.
   */
  #settled(sum: Known, next: Node): boolean {
    if (typeof sum !== 'number' || sum === sum || next.is !== 'operate' || !ARITHMETIC.test(next.sign)) return false
    const { names, contents } = changesIn(next)
    return names.size === 0 && contents.size === 0
  }

  #operate(node: Of<'operate'>, frame: Frame): Known {
    const { sign, parts } = node
    if (sign === 'delete' || sign === 'del') return undefined
    const [first, second] = parts
    if (!first) return undefined
    const a = this.evaluate(first, frame)
    if (!second) return a === undefined ? undefined : operate(sign, a, undefined, this.language)
    if (ARITHMETIC.test(sign) && this.#settled(a, node)) return Number.NaN
    const b = this.evaluate(second, frame)
    if (a === undefined || b === undefined) return undefined
    const made = operate(sign, a, b, this.language)
    this.budget.payNew(made)
    return made
  }

  #sequence(parts: readonly Node[], frame: Frame): Known {
    let value: Known = this.nothing
    const [label, labelled] = parts.length === 2 ? parts : NONE
    if (label?.is === 'text' && labelled && (labelled.is === 'loop' || labelled.is === 'group')) {
      value = labelled.is === 'loop' ? loop(this, labelled, frame, label.value) : this.evaluate(labelled, frame)
      if (frame.signal === BREAK && frame.label === label.value) frame.arrive()
      return value
    }
    for (const part of parts) {
      value = this.evaluate(part, frame)
      if (frame.signal !== NEXT) break
    }
    return value
  }

  /** The first that counts as true. Those after one that is not known run as well. */
  #either(parts: readonly Node[], frame: Frame): Known {
    let value: Known
    let known = true
    for (const part of parts) {
      value = this.evaluate(part, frame)
      const test = this.truth(value)
      if (test === undefined) known = false
      else if (test) break
    }
    return known ? value : undefined
  }

  truth = (value: Known): boolean | undefined => (value === undefined || value instanceof Outside ? undefined : truthy(value, this.language))

  #list(parts: readonly Node[], frame: Frame): Known {
    const items: Constant[] = []
    let known = true
    for (const part of parts) {
      const value = this.evaluate(part, frame)
      if (value === undefined) known = false
      else if (part.is !== 'spread') items.push(value)
      else {
        const inner = itemsOf(value, this.language)
        if (!inner) known = false
        else for (const item of inner) items.push(item)
        this.budget.payNew(inner)
      }
    }
    return known ? bounded(items) : undefined
  }

  #record(entries: readonly Entry[], frame: Frame): Known {
    const record = new Map<string, Constant>()
    let known = true
    for (const { key, computed, value } of entries) {
      const named = key ?? (computed ? this.#keyOf(this.evaluate(computed, frame)) : undefined)
      const worth = this.evaluate(value, frame)
      if (key !== null || computed) {
        if (named === undefined) known = false
        else record.set(named, worth ?? UNKNOWN_FIELD)
        continue
      }
      // A spread record, or the records that a comprehension gathers.
      const more = Array.isArray(worth) ? worth : [worth]
      for (const one of more) {
        if (!(one instanceof Map)) known = false
        else for (const [name, inner] of one) record.set(name, inner)
        this.budget.payNew(one)
      }
    }
    return known ? record : undefined
  }

  #keyOf = (value: Known): string | undefined => (value === undefined ? undefined : keyOf(value, this.language))

  #closure(node: Func, frame: Frame): Closure {
    const closure = new Closure(node, frame.scope, frame.self, this.unit)
    if (!this.#closures.has(node)) this.#waiting.push(closure)
    this.#closures.set(node, closure)
    return closure
  }

  #return({ value }: Of<'return'>, frame: Frame): Known {
    const given = this.evaluate(value, frame)
    if (value.is !== 'spread') {
      frame.result = given
      frame.signal = RETURN
      return given
    }
    const items = given === undefined ? undefined : itemsOf(given, this.language)
    const yields = frame.yields ??= []
    for (const item of items ?? [undefined]) yields.push(item)
    this.budget.spend(yields.length >> 6)
    return given
  }

  forget(node: Node, frame: Frame): void {
    const { names, contents, size } = changesIn(node)
    this.budget.spend(size >> 4)
    for (const name of names) holderOf(name, frame.scope)?.cells.set(name, undefined)
    for (const name of contents) this.give(holderOf(name, frame.scope)?.cells.get(name))
  }

  /** Whoever is called has all of these in hands, and may change them at any time. */
  unknown(args: Args, named: Named): undefined {
    this.unknowns++
    for (const arg of args) this.give(arg)
    for (const arg of named.values()) this.give(arg)
    return undefined
  }

  give(value: Known): void {
    if (Array.isArray(value) || value instanceof Map || isBytes(value)) this.#given.add(value)
  }
}
