import { isPlainIn } from '../source.ts'
import { CONTENT, DECODED, NETWORK, joinTrails, taint } from '../taint.ts'
import { NOTHING_NAMED } from './call.ts'
import type { Call } from './call.ts'
import { act } from './effects.ts'
import { entriesOf } from './member.ts'
import type { Names } from './names.ts'
import { textMethod } from './texts.ts'
import { identity, span } from './tree.ts'
import type { Entry, Func, Node } from './tree.ts'
import { passThrough } from './unlisted.ts'
import { NOTHING, Scope, either, isVoid, only, tainted } from './value.ts'
import type { Cell, Value } from './value.ts'
import { literal, placeIn, saw } from './walking.ts'
import type { Walking } from './walking.ts'

/** What calls do and give: of the package's own functions, of what rules are known for, and of what nobody knows. */
export class Calls {
  readonly #engine: Walking
  readonly #names: Names
  readonly #resolvers = new Map<Func, Func>()

  constructor(engine: Walking, names: Names) {
    this.#engine = engine
    this.#names = names
  }

  call(node: Extract<Node, { is: 'call' }>, scope: Scope, returns: Cell | null): Value {
    let receiver = NOTHING
    let method = ''
    let callee: Value
    if (node.callee.is === 'member') {
      receiver = this.#engine.eval(node.callee.of, scope, returns)
      if (node.callee.key.is === 'text' && isVoid(receiver)) {
        literal(this.#engine, node.callee.key, scope)
        method = node.callee.key.value
        callee = NOTHING
      } else {
        const key = this.#engine.eval(node.callee.key, scope, returns)
        method = key.texts[0] ?? ''
        callee = this.#engine.member(receiver, key, scope, node.callee.at)
      }
    } else {
      callee = this.#engine.eval(node.callee, scope, returns)
      if (node.callee.is === 'name') method = node.callee.name
    }
    const args: Value[] = []
    for (const arg of node.args) {
      const value = this.#engine.eval(arg, scope, returns)
      if (arg.is === 'spread' && value.items) args.push(...value.items.slice(0, 256))
      else args.push(value)
    }
    const named = node.named.length === 0 ? NOTHING_NAMED : this.#named(node.named, scope, returns)
    if (method.startsWith('_') && INTEROP.test(method) && args[0]) return args[0]

    const own = callee.functions.length > 0 || receiver.functions.length > 0
    let result = own ? this.#ownCode(callee, receiver, method, named === NOTHING_NAMED ? args : [...args, ...named.values()]) : NOTHING
    const constant = this.#engine.folders.worth(node, scope) ?? this.#engine.folders.call(callee.functions, args)
    const folded = entriesOf(receiver.refs[0] === 'Object' ? args[0] ?? NOTHING : receiver, method, this.#engine.work.current) ?? textMethod(receiver, method, args)
    const outer = callee.functions.length === 0
    // Most calls are of code nobody knows, with nothing that matters.
    if (constant === null && folded === null && outer && callee.refs.length === 0 && isPlain(receiver) && args.every(isPlain) && named === NOTHING_NAMED) return result

    const call: Call = { engine: this.#engine, scope, place: placeIn(scope, node.at), receiver, method, args, named, ref: '' }
    if (constant) result = this.#revealed(constant, result, callee, call)
    let acted = false
    for (const ref of callee.refs) {
      const direct = this.#engine.tongue.rule(ref)
      const lent = direct ? ref : ref.replace(BORROWING, '')
      const rule = direct ?? this.#engine.tongue.rule(lent)
      if (!rule) continue
      acted = true
      const borrowed = direct ? args : ref.endsWith('.apply') ? args[1]?.items ?? [] : args.slice(1)
      result = either(result, act(rule, { ...call, ref: lent, args: borrowed }))
    }
    if (folded) {
      result = either(result, folded)
      saw(this.#engine, folded, scope, node.at)
    }
    if (outer && !acted) result = either(result, passThrough(call, callee, folded !== null))
    return outer ? this.#handlers(call, callee, result) : result
  }

  #lend({ refs }: Value, content: Value, call: Call): void {
    for (const ref of refs) {
      const rule = this.#engine.tongue.rule(ref)
      if (rule && LENT.has(rule.does)) act(rule, { ...call, receiver: NOTHING, args: [content], named: NOTHING_NAMED, ref })
    }
  }

  #named(entries: readonly Entry[], scope: Scope, returns: Cell | null): ReadonlyMap<string, Value> {
    const named = new Map<string, Value>()
    for (const entry of entries) {
      const value = this.#engine.eval(entry.value, scope, returns)
      if (entry.key !== null) named.set(entry.key, value)
      else for (const [key, cell] of value.fields ?? []) named.set(key, cell.read(this.#engine.work.current))
    }
    return named
  }

  /** What the package's own code made of constants was hidden until then. */
  #revealed(constant: Value, result: Value, callee: Value, { args, receiver, method, place, scope }: Call): Value {
    const own = callee.functions.length > 0 || args.some((arg) => arg.functions.length > 0) || receiver.functions.length > 0
    const text = constant.texts[0]
    // Last what looks through the whole file.
    const hidden = own && text !== undefined && text.length > 3 && !args.some((arg) => arg.texts.some((given) => given.length > 2 && text.includes(given))) && !isPlainIn(place.source.text, text)
    const step = { kind: 'decode' as const, call: method, argument: text?.slice(0, 200) ?? null, place }
    const revealed = either(tainted(constant, result), hidden ? only(taint(DECODED, [step])) : NOTHING)
    saw(this.#engine, revealed, scope, span(place.from, place.to))
    return revealed
  }

  /** Calls of the package's own functions, also by way of `f.call(x, …)`, `f.apply(x, […])`, `f.bind(x)`. */
  #ownCode(callee: Value, receiver: Value, method: string, args: readonly Value[]): Value {
    let result = NOTHING
    for (const closure of callee.functions) result = either(result, this.#engine.call(closure, args))
    if (receiver.functions.length > 0 && BORROWED.test(method)) {
      for (const closure of receiver.functions) result = either(result, this.#engine.call(closure, method === 'apply' ? args[1]?.items ?? args.slice(1) : args.slice(1)))
    }
    return result
  }

  /** Functions handed to somebody outside, who may call them with what they have. */
  #handlers(call: Call, callee: Value, result: Value): Value {
    const { receiver, args, named, method } = call
    // `@bot.on_message()`: what a call gave is called with a function.
    const decorates = method === '' && receiver === NOTHING
    const bits = (receiver.bits | result.bits | (decorates ? callee.bits : 0)) & (CONTENT | NETWORK)
    const content = only(taint(bits, joinTrails(decorates ? callee.trail : receiver.trail, result.trail)))
    const given = receiver.items && EACH.test(method) ? either(this.#names.any(receiver, call.scope), content) : content
    this.#lent(call, given)
    let made = NOTHING
    for (const arg of named.size === 0 ? args : [...args, ...named.values()]) {
      if (arg.functions.length > 0 || arg.items || arg.fields) made = either(made, this.#engine.release(arg, given))
    }
    // `then(eval)`, `on('data', exec)`: what is handed over runs what comes.
    if (content.bits & CONTENT && !receiver.items) for (const arg of args) this.#lend(arg, content, call)
    if (method === 'Promise') for (const arg of args) result = either(result, this.#settled(arg))
    // What a callback returns comes out of `map` and `then`.
    return made === NOTHING || !RETURNS.test(method) ? result : either(result, method === 'then' ? made : only(made))
  }

  /** Functions of others that are handed over to be called: `.then(eval)`, `Thread(target=os.system, args=(…,))`. */
  #lent(call: Call, given: Value): void {
    const { args, named, method } = call
    if (named.size === 0 && (args[0]?.refs.length ?? 0) === 0) return
    const started = named.get('target') ?? named.get('function') ?? (STARTS.test(method) ? args[0] : undefined)
    const lent = started ?? (RETURNS.test(method) || EACH.test(method) ? args[0] : undefined)
    for (const ref of lent?.refs ?? []) {
      const rule = this.#engine.tongue.rule(ref)
      if (rule) act(rule, { ...call, ref, args: started ? named.get('args')?.items ?? args.slice(1) : [given], named: NOTHING_NAMED })
    }
  }

  /** What a promise resolves to: whatever its executor hands to its first parameter. */
  #settled(executor: Value): Value {
    let settled: Value = NOTHING
    for (const { node } of executor.functions) {
      if (node.is !== 'function' || node.params[0]?.is !== 'name') continue
      const cell = this.#engine.stretchOf(node)?.scope.declare(node.params[0].name)
      if (!cell) continue
      const resolver = this.#resolver(node)
      if (cell.value.functions.length === 0) this.#engine.put(cell, { ...NOTHING, functions: [{ node: resolver, scope: new Scope(null, {}) }] })
      settled = either(settled, this.#engine.stretchOf(resolver)?.returns?.read(this.#engine.work.current) ?? NOTHING)
    }
    return settled
  }

  /** The identity function that stands for `resolve`. */
  #resolver(executor: Func): Func {
    let resolver = this.#resolvers.get(executor)
    if (!resolver) this.#resolvers.set(executor, resolver = identity())
    return resolver
  }
}

/** Nothing in it that a call could carry, call or write to. */
const isPlain = (value: Value): boolean =>
  value.bits === 0 && value.functions.length === 0 && value.items === null && value.fields === null && value.opens === null

const INTEROP = /^(?:__importStar|__importDefault|__toESM|__toCommonJS|_interop\w*)$/
const BORROWED = /^(?:call|apply|bind)$/
const BORROWING = /\.(?:call|apply|bind)$/
/** What a stranger may be asked to do with what it gets. */
const LENT: ReadonlySet<string> = new Set(['code', 'shell', 'program', 'load'])
const STARTS = /^(?:submit|start_new_thread|run_in_executor|call_soon|call_later|apply_async|register|setTimeout|setImmediate|nextTick|Timer)$/
const EACH = /^(?:map|forEach|filter|some|every|find|flatMap|reduce)$/
const RETURNS = /^(?:map|flatMap|then|reduce|catch|finally)$/
