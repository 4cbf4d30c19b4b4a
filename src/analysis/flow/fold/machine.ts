import {
  Bindings, Closure, Instance, Method, Outside, Pattern, Raised, UNDEFINED, UNKNOWN_FIELD, bounded, holderOf, isBytes, isNothing, itemsOf, keyOf, textOf, truthy,
} from '../constant.ts'
import type { Constant, FoldLanguage } from '../constant.ts'
import { add, operate } from '../operators.ts'
import { safePattern } from '../patterns.ts'
import * as pure from '../pure.ts'
import type { Apply, Known } from '../pure/types.ts'
import { name, text } from '../tree.ts'
import type { At, Entry, Func, Node } from '../tree.ts'
import { changesIn } from './changes.ts'
import { BREAK, CONTINUE, Frame, NEXT, RETURN } from './frame.ts'
import type { Budget, Signal } from './frame.ts'
import { memberOf, outsideNamed, prototypeOf, setMember, sliced } from './members.ts'
import { grownBytes, mutate } from './mutate.ts'

export interface MachineOptions {
  budget: Budget
  language: FoldLanguage
  refer(ref: string, args: readonly Constant[]): Constant | undefined
  top: Bindings
}

type Of<Is extends Node['is']> = Extract<Node, { is: Is }>
type Args = readonly Known[]
type Named = ReadonlyMap<string, Known>

const DEEPEST = 200
const NOTHING_NAMED: Named = new Map()
const LITERALS: ReadonlyMap<string, Constant> = new Map<string, Constant>([
  ['true', true], ['false', false], ['null', null], ['undefined', UNDEFINED], ['NaN', Number.NaN], ['Infinity', Number.POSITIVE_INFINITY],
  ['True', true], ['False', false], ['None', null],
])
const ARITHMETIC = /^[-*/%]$/
/** How a widespread obfuscator finds out whether its code was formatted, and what that is tried on where it was not. */
const TAMPERED = String.raw`\w+ *\(\) *{\w+ *['|"].+['|"];? *}`
const UNTAMPERED = /^function\(\)\{return'\w{1,20}';\}$/
const MANY = Symbol('many')
const absent = (node: Node): boolean => node.is === 'list' && node.parts.length === 0 && node.at[0] === node.at[1]

/** Walks the tree. Undefined is what is not known; what the code raises is thrown as `Raised`. */
export class Machine {
  readonly #budget: Budget
  readonly #language: FoldLanguage
  readonly #refer: MachineOptions['refer']
  readonly #top: Bindings
  readonly #worth = new Map<Node, Constant | typeof MANY>()
  readonly #closures = new Map<Func, Closure>()
  readonly #waiting: Closure[] = []
  readonly #ran = new Set<Func>()
  /** Lists and records that somebody unknown has had in hands. */
  readonly #given = new WeakSet<object>()
  /** The text of the unit that runs. */
  unit: string | null = null
  #depth = 0
  /** How often something was not known so far. */
  #unknowns = 0

  constructor({ budget, language, refer, top }: MachineOptions) {
    this.#budget = budget
    this.#language = language
    this.#refer = refer
    this.#top = top
  }

  worth(node: Node): Known {
    const value = this.#worth.get(node)
    return value === MANY ? undefined : value
  }

  closureOf = (func: Func): Closure | undefined => this.#closures.get(func)

  /** The next function that was made and never ran. */
  uncalled(): Closure | undefined {
    for (let closure = this.#waiting.shift(); closure; closure = this.#waiting.shift()) if (!this.#ran.has(closure.func)) return closure
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
    this.#run(closure, closure.func.params.map(() => undefined), NOTHING_NAMED, undefined)
  }

  invoke(called: Constant, args: Args, named: Named = NOTHING_NAMED, self?: Constant): Known {
    if (called instanceof Closure) return this.#run(called, args, named, self ?? called.self)
    if (called instanceof Outside) return this.#outside(called.ref, args, named)
    if (called instanceof Method) return this.#method(called.of, called.name, args, named)
    if (this.#language === 'javascript' && !(called instanceof Map)) throw new Raised('TypeError')
    return this.#unknown(args, named)
  }

  readonly #apply: Apply = (called, args) => this.invoke(called, args)

  evaluate(node: Node, frame: Frame): Known {
    this.#budget.spend(1)
    switch (node.is) {
      case 'name': return this.#name(node.name, frame)
      case 'number': case 'text': return node.value
      case 'operate': return this.#operate(node, frame)
      case 'member': return this.#keep(node, this.#member(node, frame))
      case 'call': return this.#keep(node, this.#call(node, frame))
      case 'join': return this.#keep(node, this.#join(node, frame))
      case 'bytes': return Buffer.from(node.value, 'latin1')
      case 'group': return node.last ? this.#sequence(node.parts, frame) : this.#either(node.parts, frame)
      case 'list': return absent(node) ? this.#nothing : this.#list(node.parts, frame)
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
        this.#bind(node.target, value, frame, node.declares)
        return value
      }
      case 'return': return this.#return(node, frame)
      case 'import': {
        const module = this.evaluate(node.module, frame)
        return typeof module === 'string' ? new Outside(module.replace(/^node:/, '')) : undefined
      }
      case 'branch': return this.#branch(node, frame)
      case 'loop': return this.#loop(node, frame, null)
      case 'gather': return this.#gather(node, frame)
      case 'try': return this.#try(node, frame)
      case 'jump': return this.#jump(node, frame)
    }
  }

  get #nothing(): Constant {
    return this.#language === 'javascript' ? UNDEFINED : null
  }

  /** Remembers what an expression was worth, as long as it is the same each time. */
  #keep(node: Node, value: Known): Known {
    if (value === undefined) this.#unknowns++
    const plain = typeof value === 'string' || typeof value === 'number' || isBytes(value)
    const before = this.#worth.get(node)
    if (before === undefined) this.#worth.set(node, plain ? value : MANY)
    else if (before !== MANY && before !== value && !(plain && isBytes(value) && isBytes(before) && Buffer.compare(value, before) === 0)) this.#worth.set(node, MANY)
    return value
  }

  #whole = (value: Known): Known => (typeof value === 'object' && value !== null && this.#given.has(value) ? undefined : value)

  #name(name: string, frame: Frame): Known {
    for (let scope: Bindings | null = frame.scope; scope !== null; scope = scope.outer) {
      const value = scope.cells.get(name)
      if (value !== undefined) return typeof value === 'object' ? this.#whole(value) : value
      if (scope.cells.has(name)) return undefined
    }
    if (LITERALS.has(name)) return LITERALS.get(name)
    if (name === 'this') return frame.self ?? new Outside('globalThis')
    if (name === 'arguments' && this.#language === 'javascript') return this.#whole(frame.arguments)
    return outsideNamed(name)
  }

  #member(node: Of<'member'>, frame: Frame): Known {
    const of = this.evaluate(node.of, frame)
    if (node.slice && node.key.is === 'list') {
      const parts = node.key.parts.map((part) => this.evaluate(part, frame))
      return of === undefined || parts.some((part) => part === undefined) ? undefined : sliced(of, parts as Constant[])
    }
    const key = this.evaluate(node.key, frame)
    return of === undefined || key === undefined ? undefined : this.#whole(memberOf(of, key, this.#language))
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
      sum = index === 0 ? value : add(sum as Constant, value as Constant, this.#language)
      known = sum !== undefined
      if (typeof sum === 'string') this.#budget.spend(sum.length >> 8)
    }
    return known ? sum : undefined
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
    if (!second) return a === undefined ? undefined : operate(sign, a, undefined, this.#language)
    if (ARITHMETIC.test(sign) && this.#settled(a, node)) return Number.NaN
    const b = this.evaluate(second, frame)
    if (a === undefined || b === undefined) return undefined
    const made = operate(sign, a, b, this.#language)
    if (typeof made === 'string' || Array.isArray(made)) this.#budget.spend(made.length >> 6)
    return made
  }

  #sequence(parts: readonly Node[], frame: Frame): Known {
    let value: Known = this.#nothing
    const [label, labelled] = parts
    if (parts.length === 2 && label?.is === 'text' && labelled && (labelled.is === 'loop' || labelled.is === 'group')) {
      value = labelled.is === 'loop' ? this.#loop(labelled, frame, label.value) : this.evaluate(labelled, frame)
      if (frame.signal === BREAK && frame.label === label.value) this.#arrive(frame)
      return value
    }
    for (const part of parts) {
      value = this.evaluate(part, frame)
      if (frame.signal !== NEXT) break
    }
    return value
  }

  #arrive(frame: Frame): void {
    frame.signal = NEXT
    frame.label = null
  }

  #either(parts: readonly Node[], frame: Frame): Known {
    let value: Known
    for (const part of parts) {
      value = this.evaluate(part, frame)
      const test = this.#truth(value)
      if (test === undefined) return undefined
      if (test) break
    }
    return value
  }

  #truth = (value: Known): boolean | undefined => (value === undefined || value instanceof Outside ? undefined : truthy(value, this.#language))

  #list(parts: readonly Node[], frame: Frame): Known {
    const items: Constant[] = []
    let known = true
    for (const part of parts) {
      const value = this.evaluate(part, frame)
      if (value === undefined) known = false
      else if (part.is !== 'spread') items.push(value)
      else {
        const inner = itemsOf(value, this.#language)
        if (!inner) known = false
        else for (const item of inner) items.push(item)
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
        if (one instanceof Map) for (const [name, inner] of one) record.set(name, inner)
        else known = false
      }
    }
    return known ? record : undefined
  }

  #keyOf = (value: Known): string | undefined => (value === undefined ? undefined : keyOf(value, this.#language))

  #closure(node: Func, frame: Frame): Closure {
    const closure = new Closure(node, frame.scope, frame.self, this.unit)
    if (!this.#closures.has(node)) this.#waiting.push(closure)
    this.#closures.set(node, closure)
    return closure
  }

  /** Gives a target its value; undefined makes all of it unknown. */
  #bind(target: Node, value: Known, frame: Frame, declares: boolean): void {
    switch (target.is) {
      case 'name': {
        const scope = declares ? frame.scope : holderOf(target.name, frame.scope) ?? (this.#language === 'javascript' ? this.#top : frame.scope)
        scope.cells.set(target.name, value)
        return
      }
      case 'list': return this.#bindList(target.parts, value, frame, declares)
      case 'record': {
        const record = value instanceof Map ? value : null
        const taken = new Set(target.entries.map((entry) => entry.key))
        for (const { key, value: inner } of target.entries) {
          const rest = record && new Map([...record].filter(([name]) => !taken.has(name)))
          const part = key === null ? rest ?? undefined : value === undefined ? undefined : memberOf(value, key, this.#language)
          this.#bind(inner, part, frame, declares)
        }
        return
      }
      case 'set': return this.#bind(target.target, value === UNDEFINED ? this.evaluate(target.value, frame) : value, frame, declares)
      case 'spread': return this.#bind(target.of, value, frame, declares)
      case 'member': {
        const of = this.evaluate(target.of, frame)
        const key = this.evaluate(target.key, frame)
        if (of === undefined || of instanceof Outside) return
        if (key === undefined || target.slice || !setMember(of, key, value, this.#language)) this.#give(of)
      }
    }
  }

  #bindList(parts: readonly Node[], value: Known, frame: Frame, declares: boolean): void {
    const items = value === undefined ? undefined : itemsOf(value, this.#language)
    const spread = parts.findIndex((part) => part.is === 'spread')
    parts.forEach((part, index) => {
      const after = parts.length - 1 - index
      const item = !items ? undefined
        : index === spread ? items.slice(index, items.length - after)
        : items[spread >= 0 && index > spread ? items.length - 1 - after : index] ?? this.#nothing
      this.#bind(part, item, frame, declares)
    })
  }

  #return({ value }: Of<'return'>, frame: Frame): Known {
    const given = this.evaluate(value, frame)
    if (value.is !== 'spread') {
      frame.result = given
      frame.signal = RETURN
      return given
    }
    const items = given === undefined ? undefined : itemsOf(given, this.#language)
    frame.yields = [...frame.yields ?? [], ...items ?? [undefined]]
    this.#budget.spend(frame.yields.length >> 6)
    return given
  }

  #branch(node: Of<'branch'>, frame: Frame): Known {
    let current = node
    for (;;) {
      const value = this.evaluate(current.test, frame)
      const test = this.#truth(value)
      if (test === undefined) return this.#maybe(current, frame)
      if (test) return this.evaluate(current.then, frame)
      if (current.expression && absent(current.otherwise)) return value
      if (current.otherwise.is !== 'branch') return this.evaluate(current.otherwise, frame)
      this.#budget.spend(1)
      current = current.otherwise
    }
  }

  /** Both arms run, each as if it were the one; what they change is not known afterwards. */
  #maybe(node: Of<'branch'>, frame: Frame): Known {
    const left: Signal[] = []
    let raised: Raised | null = null
    const values: Known[] = []
    const arms: Node[] = [node.then]
    // A long row of tests is walked without recursion.
    let rest = node.otherwise
    while (rest.is === 'branch') {
      arms.push(rest.test, rest.then)
      rest = rest.otherwise
    }
    arms.push(rest)
    for (const arm of arms) {
      try {
        values.push(this.evaluate(arm, frame))
        left.push(frame.signal)
      } catch (thrown) {
        if (!(thrown instanceof Raised)) throw thrown
        raised = thrown
        left.push(RETURN)
      }
      if (frame.signal === RETURN) frame.doubtful = true
      frame.signal = NEXT
      this.#forget(arm, frame)
    }
    if (left.some((signal) => signal === BREAK || signal === CONTINUE)) frame.loopDoubtful = true
    if (left.every((signal) => signal === RETURN)) {
      if (raised && !frame.doubtful) throw raised
      frame.doubtful = true
      frame.signal = RETURN
    }
    this.#unknowns++
    return node.expression && values.length === 2 && values[0] === values[1] ? values[0] : undefined
  }

  #forget(node: Node, frame: Frame): void {
    const { names, contents, size } = changesIn(node)
    this.#budget.spend(size >> 4)
    for (const name of names) holderOf(name, frame.scope)?.cells.set(name, undefined)
    for (const name of contents) this.#give(holderOf(name, frame.scope)?.cells.get(name))
  }

  #loop(node: Of<'loop'>, frame: Frame, label: string | null): Known {
    this.evaluate(node.start, frame)
    if (node.each) return this.#each(node, node.each, frame, label)
    for (;;) {
      this.#budget.spend(1)
      const test = absent(node.test) ? true : this.#truth(this.evaluate(node.test, frame))
      if (test === undefined) return this.#someTimes(node, frame)
      if (!test) return undefined
      this.evaluate(node.body, frame)
      if (this.#leaves(node, frame, label)) return undefined
      this.evaluate(node.step, frame)
      if (this.#leaves(node, frame, label)) return undefined
    }
  }

  #each(node: Of<'loop'>, { target, of }: { target: Node; of: Node }, frame: Frame, label: string | null): Known {
    const value = this.evaluate(of, frame)
    const items = value === undefined ? undefined : itemsOf(value, this.#language)
    if (!items) {
      if (value !== undefined && isNothing(value)) throw new Raised('TypeError')
      return this.#someTimes(node, frame)
    }
    for (let index = 0; index < items.length; index++) {
      this.#budget.spend(1)
      this.#bind(target, items[index], frame, this.#language === 'python')
      this.evaluate(node.body, frame)
      if (this.#leaves(node, frame, label)) return undefined
    }
    return undefined
  }

  /** Whether a loop is left after what ran last. `switch` is a loop of one round, which `continue` goes through. */
  #leaves(node: Of<'loop'>, frame: Frame, label: string | null): boolean {
    const { signal } = frame
    if (signal === RETURN) return true
    if (frame.loopDoubtful) {
      frame.loopDoubtful = false
      this.#arrive(frame)
      this.#forget(node, frame)
      return true
    }
    if (signal === NEXT) return false
    const mine = frame.label === null ? signal === BREAK || node.step.is !== 'jump' : frame.label === label
    if (!mine) return true
    this.#arrive(frame)
    return signal === BREAK
  }

  /** A loop that runs nobody knows how often: once, with what it changes unknown before and after. */
  #someTimes(node: Of<'loop'>, frame: Frame): Known {
    this.#forget(node, frame)
    this.attempt(() => {
      if (node.each) this.#bind(node.each.target, undefined, frame, this.#language === 'python')
      this.evaluate(node.body, frame)
      if (frame.signal === NEXT) this.evaluate(node.step, frame)
    })
    if (frame.signal === RETURN) frame.doubtful = true
    frame.loopDoubtful = false
    this.#arrive(frame)
    this.#forget(node, frame)
    this.#unknowns++
    return undefined
  }

  #gather(node: Of<'gather'>, frame: Frame): Known {
    const outer = frame.scope
    frame.scope = new Bindings(outer)
    const made: Constant[] = []
    try {
      return this.#keep(node, this.#gathered(node, 0, frame, made) ? bounded(made) : undefined)
    } finally {
      frame.scope = outer
    }
  }

  #gathered(node: Of<'gather'>, depth: number, frame: Frame, made: Constant[]): boolean {
    const loop = node.loops[depth]
    if (!loop) {
      const value = this.evaluate(node.value, frame)
      if (value !== undefined) made.push(value)
      return value !== undefined && made.length <= 65_536
    }
    const of = this.evaluate(loop.of, frame)
    const items = of === undefined ? undefined : itemsOf(of, this.#language)
    let known = items !== undefined
    for (const item of items ?? [undefined]) {
      this.#budget.spend(1)
      this.#bind(loop.target, item, frame, true)
      const tests = loop.tests.map((test) => this.#truth(this.evaluate(test, frame)))
      if (tests.includes(undefined)) known = false
      if (!tests.includes(false)) known = this.#gathered(node, depth + 1, frame, made) && known
    }
    return known
  }

  #try(node: Of<'try'>, frame: Frame): Known {
    const before = this.#unknowns
    const [handler, ...others] = node.handlers
    try {
      this.evaluate(node.body, frame)
      // What is not known may raise anything: its handlers may run as well.
      if (this.#unknowns > before) for (const one of node.handlers) this.#perhaps(one, frame)
    } catch (thrown) {
      if (!(thrown instanceof Raised)) throw thrown
      if (!handler) {
        this.evaluate(node.last, frame)
        throw thrown
      }
      if (others.length > 0) for (const one of node.handlers) this.#perhaps(one, frame)
      else {
        if (handler.target) this.#bind(handler.target, thrown.value, frame, true)
        this.evaluate(handler.body, frame)
      }
    }
    const { signal, label } = frame
    this.#arrive(frame)
    this.evaluate(node.last, frame)
    if (frame.signal === NEXT) Object.assign(frame, { signal, label })
    return undefined
  }

  #perhaps({ target, body }: { target: Node | null; body: Node }, frame: Frame): void {
    const { signal, label } = frame
    this.#arrive(frame)
    this.attempt(() => {
      if (target) this.#bind(target, undefined, frame, true)
      this.evaluate(body, frame)
    })
    if (frame.signal === RETURN) frame.doubtful = true
    Object.assign(frame, { signal, label })
    this.#forget(body, frame)
  }

  #jump(node: Of<'jump'>, frame: Frame): Known {
    if (node.how === 'throw') throw new Raised('thrown', this.evaluate(node.value, frame))
    frame.signal = node.how === 'break' ? BREAK : CONTINUE
    frame.label = node.value.is === 'text' ? node.value.value : null
    return undefined
  }

  #call(node: Of<'call'>, frame: Frame): Known {
    const { callee } = node
    let self: Known
    let called: Known
    if (callee.is === 'member' && !callee.slice) {
      self = this.evaluate(callee.of, frame)
      const key = this.evaluate(callee.key, frame)
      called = self === undefined || key === undefined ? undefined : this.#whole(memberOf(self, key, this.#language))
    } else called = this.evaluate(callee, frame)
    const args = this.#arguments(node.args, frame)
    const named = this.#named(node.named, frame)
    if (called === undefined || !args) {
      if (self !== undefined && called === undefined) this.#give(self)
      return this.#unknown(args ?? [], named)
    }
    if (called instanceof Method && isBytes(called.of) && callee.is === 'member' && /^(?:append|extend)$/.test(called.name)) {
      const grown = grownBytes(called.of, called.name, args.filter((arg) => arg !== undefined))
      this.#budget.spend(called.of.length >> 8)
      this.#bind(callee.of, grown ?? undefined, frame, false)
      return null
    }
    if (node.made && called instanceof Closure) {
      const made = new Instance(prototypeOf(called))
      const result = this.#run(called, args, named, made)
      return result instanceof Map ? result : made
    }
    return this.invoke(called, args, named, self)
  }

  /** Null when one of them stands for nobody knows how many. */
  #arguments(nodes: readonly Node[], frame: Frame): Known[] | null {
    const args: Known[] = []
    let known = true
    for (const node of nodes) {
      const value = this.evaluate(node, frame)
      if (node.is !== 'spread') args.push(value)
      else {
        const items = value === undefined ? undefined : itemsOf(value, this.#language)
        if (items) for (const item of items) args.push(item)
        else known = false
      }
    }
    return known ? args : null
  }

  #named(entries: readonly Entry[], frame: Frame): Named {
    if (entries.length === 0) return NOTHING_NAMED
    const named = new Map<string, Known>()
    for (const { key, value } of entries) {
      const worth = this.evaluate(value, frame)
      if (key !== null) named.set(key, worth)
      else if (worth instanceof Map) for (const [name, inner] of worth) named.set(name, inner)
    }
    return named
  }

  #run(closure: Closure, args: Args, named: Named, self: Known): Known {
    const { func } = closure
    this.#ran.add(func)
    if (this.#depth >= DEEPEST) return this.#unknown(args, named)
    const frame = new Frame(new Bindings(closure.scope), args, self)
    if (func.name !== null && !holderOf(func.name, closure.scope)) frame.scope.cells.set(func.name, closure)
    this.#depth++
    try {
      this.#bindArguments(func, args, named, frame)
      for (const statement of func.body) {
        const value = this.evaluate(statement, frame)
        if (frame.signal === RETURN) {
          frame.result = frame.doubtful ? undefined : frame.result
          break
        }
        if (value === undefined) this.#budget.spend(0)
        this.#arrive(frame)
      }
    } finally {
      this.#depth--
    }
    if (frame.yields) return frame.yields.every((item) => item !== undefined) && !frame.doubtful ? bounded(frame.yields) : undefined
    if (frame.doubtful) return undefined
    return frame.signal === RETURN ? frame.result : this.#nothing
  }

  #bindArguments(func: Func, args: Args, named: Named, frame: Frame): void {
    func.params.forEach((param, index) => {
      if (param.is === 'spread') {
        const rest = args.slice(index)
        return this.#bind(param.of, rest.every((arg) => arg !== undefined) ? rest as Constant[] : undefined, frame, true)
      }
      const target = param.is === 'set' ? param.target : param
      const given = target.is === 'name' && named.has(target.name)
      if (given) return this.#bind(target, named.get(target.name), frame, true)
      if (index < args.length) return this.#bind(param, args[index], frame, true)
      this.#bind(param, param.is === 'set' || this.#language === 'javascript' ? UNDEFINED : undefined, frame, true)
    })
  }

  #method(of: Constant, name: string, args: Args, named: Named): Known {
    if (of instanceof Closure || of instanceof Method || of instanceof Outside) {
      const [self, ...rest] = args
      if (name === 'call') return this.invoke(of, rest, named, self)
      if (name === 'apply') {
        const items = rest[0] === undefined ? [] : argumentsIn(rest[0])
        return items ? this.invoke(of, items, named, self) : this.#unknown(args, named)
      }
      if (name === 'toString') return textOf(of)
      return name === 'bind' && args.length <= 1 ? of : undefined
    }
    const known = this.#known(args, named)
    if (!known) {
      if (!pure.hasMethod(of, name, this.#language) || mutates(name)) this.#give(of)
      return this.#unknown(args, named)
    }
    const size = sizeOf(of)
    this.#budget.spend(size >> 8)
    const changed = mutate(of, name, known, this.#apply, this.#language)
    if (changed) {
      if (changed.result === undefined) this.#give(of)
      return changed.result
    }
    if (of instanceof Pattern) return this.#pattern(of, name, known)
    const made = of instanceof Map && [...of.values()].includes(UNKNOWN_FIELD) ? undefined : pure.method(of, name, known, { language: this.#language, apply: this.#apply })
    this.#budget.spend(sizeOf(made) >> 8)
    if (made === undefined && !pure.hasMethod(of, name, this.#language)) this.#give(of)
    return made === undefined ? this.#unknown(args, named) : made
  }

  #pattern(of: Pattern, name: string, [text]: readonly Constant[]): Known {
    const pattern = safePattern(of)
    const said = textOf(text ?? UNDEFINED)
    if (of.source === TAMPERED && said !== undefined && UNTAMPERED.test(said)) return name === 'test' ? true : undefined
    if (!pattern || said === undefined || pattern.global || pattern.sticky) return undefined
    if (name === 'test') return pattern.test(said)
    const found = name === 'exec' ? pattern.exec(said) : undefined
    return found === undefined ? undefined : found === null ? null : Array.from(found, (part) => part ?? UNDEFINED)
  }

  /** Arguments of something outside; null when one is not known. Those with names come last. */
  #known(args: Args, named: Named): Constant[] | null {
    const all = [...args, ...named.values()]
    return all.every((arg) => arg !== undefined && !(arg instanceof Map && [...arg.values()].includes(UNKNOWN_FIELD))) ? all as Constant[] : null
  }

  #outside(ref: string, args: Args, named: Named): Known {
    const lent = this.#language === 'javascript' ? /^(.+)\.(call|apply|bind)$/.exec(ref) : null
    if (lent) return this.#method(new Outside(lent[1] ?? ''), lent[2] ?? '', args, named)
    const known = this.#known(args, named)
    if (!known) return this.#unknown(args, named)
    this.#budget.spend(known.reduce<number>((sum, arg) => sum + sizeOf(arg), 0) >> 8)
    if (this.#language === 'javascript') {
      if (ref === 'require' && typeof known[0] === 'string') return new Outside(known[0].replace(/^node:/, ''))
      const func = ref === 'Function' ? returning(textOf(known.at(-1) ?? '') ?? '') : null
      if (func) return new Closure(func, this.#top)
    } else if (ref === 'getattr' && known[0] !== undefined && typeof known[1] === 'string') return memberOf(known[0], known[1], this.#language)
    const made = pure.call(ref, known, { language: this.#language, apply: this.#apply }) ?? bounded(this.#refer(ref, known))
    this.#budget.spend(sizeOf(made) >> 8)
    return made === undefined ? this.#unknown(args, named) : made
  }

  /** Whoever is called has all of these in hands, and may change them at any time. */
  #unknown(args: Args, named: Named): undefined {
    this.#unknowns++
    for (const arg of args) this.#give(arg)
    for (const arg of named.values()) this.#give(arg)
    return undefined
  }

  #give(value: Known): void {
    if (Array.isArray(value) || value instanceof Map || isBytes(value)) this.#given.add(value)
  }
}

/** `Function('return x')`, which obfuscators use to get at globals and patterns: the few bodies that need no parser. */
function returning(body: string): Func | null {
  const at: At = [0, 0]
  const found = /^\s*return\s*(?:\/((?:[^/\\\n[]|\\.){1,200})\/([a-z]{0,6})|\b([\w$]{1,60}))\s*;?\s*$/.exec(body)
  if (!found) return null
  const [, source, flags, named] = found
  const value: Node = named === undefined
    ? { is: 'call', callee: name('RegExp', at), args: [text(source ?? '', at), text(flags ?? '', at)], named: [], made: false, at }
    : name(named, at)
  return { is: 'function', name: null, params: [], body: [{ is: 'return', value, at }], at }
}

/** What `apply` hands on: a list, or the `arguments` of a function. */
function argumentsIn(value: Constant): Known[] | undefined {
  if (!(value instanceof Map)) return isNothing(value) ? [] : itemsOf(value, 'javascript')
  const length = value.get('length')
  return typeof length === 'number' ? Array.from({ length }, (_none, index) => value.get(String(index))) : undefined
}

const sizeOf = (value: Known): number =>
  (typeof value === 'string' || isBytes(value) || Array.isArray(value) ? value.length : value instanceof Map ? value.size : 0)

const mutates = (name: string): boolean => /^(?:push|pop|shift|unshift|splice|reverse|sort|fill|append|extend|insert|remove|clear|update|setdefault)$/.test(name)
