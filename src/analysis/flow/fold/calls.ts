import {
  Bindings, Closure, Instance, Method, Outside, Pattern, UNDEFINED, UNKNOWN_FIELD, bounded, holderOf, isBytes, itemsOf, textOf,
} from '../constant.ts'
import type { Constant } from '../constant.ts'
import { safePattern } from '../patterns.ts'
import * as pure from '../pure.ts'
import type { Known } from '../pure/types.ts'
import type { Entry, Func, Node } from '../tree.ts'
import { bind } from './binding.ts'
import { argumentsIn, returning } from './borrowed.ts'
import { Frame, RETURN } from './frame.ts'
import { memberOf, prototypeOf } from './members.ts'
import { grownBytes, mutate } from './mutate.ts'
import { NOTHING_NAMED } from './walker.ts'
import type { Args, Named, Of, Walker } from './walker.ts'

const DEEPEST = 200
/** How a widespread obfuscator finds out whether its code was formatted, and what that is tried on where it was not. */
const TAMPERED = String.raw`\w+ *\(\) *{\w+ *['|"].+['|"];? *}`
const UNTAMPERED = /^function\(\)\{return'\w{1,20}';\}$/

export function call(machine: Walker, node: Of<'call'>, frame: Frame): Known {
  const { callee } = node
  let self: Known
  let called: Known
  if (callee.is === 'member' && !callee.slice) {
    self = machine.evaluate(callee.of, frame)
    const key = machine.evaluate(callee.key, frame)
    called = self === undefined || key === undefined ? undefined : machine.whole(memberOf(self, key, machine.language))
  } else called = machine.evaluate(callee, frame)
  const args = argumentsOf(machine, node.args, frame)
  const named = namedOf(machine, node.named, frame)
  if (called === undefined || !args) {
    if (self !== undefined && called === undefined) machine.give(self)
    return machine.unknown(args ?? [], named)
  }
  if (called instanceof Method && isBytes(called.of) && callee.is === 'member' && /^(?:append|extend)$/.test(called.name)) {
    const grown = grownBytes(called.of, called.name, args.filter((arg) => arg !== undefined))
    machine.budget.payNew(called.of)
    bind(machine, callee.of, grown ?? undefined, frame, false)
    return null
  }
  if (node.made && called instanceof Closure) {
    const made = new Instance(prototypeOf(called))
    const result = run(machine, called, args, named, made)
    return result instanceof Map ? result : made
  }
  return machine.invoke(called, args, named, self)
}

/** Null when one of them stands for nobody knows how many. */
function argumentsOf(machine: Walker, nodes: readonly Node[], frame: Frame): Known[] | null {
  const args: Known[] = []
  let known = true
  for (const node of nodes) {
    const value = machine.evaluate(node, frame)
    if (node.is !== 'spread') args.push(value)
    else {
      const items = value === undefined ? undefined : itemsOf(value, machine.language)
      machine.budget.pay(items)
      if (items) for (const item of items) args.push(item)
      else known = false
    }
  }
  return known ? args : null
}

function namedOf(machine: Walker, entries: readonly Entry[], frame: Frame): Named {
  if (entries.length === 0) return NOTHING_NAMED
  const named = new Map<string, Known>()
  for (const { key, value } of entries) {
    const worth = machine.evaluate(value, frame)
    if (key !== null) named.set(key, worth)
    else if (worth instanceof Map) for (const [name, inner] of worth) named.set(name, inner)
  }
  return named
}

export function run(machine: Walker, closure: Closure, args: Args, named: Named, self: Known): Known {
  const { func } = closure
  machine.ran.add(func)
  if (machine.depth >= DEEPEST) return machine.unknown(args, named)
  const frame = new Frame(new Bindings(closure.scope), args, self)
  if (func.name !== null && !holderOf(func.name, closure.scope)) frame.scope.cells.set(func.name, closure)
  machine.depth++
  try {
    bindArguments(machine, func, args, named, frame)
    for (const statement of func.body) {
      machine.evaluate(statement, frame)
      if (frame.signal === RETURN) {
        frame.result = frame.doubtful ? undefined : frame.result
        break
      }
      frame.arrive()
    }
  } finally {
    machine.depth--
  }
  if (frame.yields) return frame.yields.every((item) => item !== undefined) && !frame.doubtful ? bounded(frame.yields) : undefined
  if (frame.doubtful) return undefined
  return frame.signal === RETURN ? frame.result : machine.nothing
}

function bindArguments(machine: Walker, func: Func, args: Args, named: Named, frame: Frame): void {
  func.params.forEach((param, index) => {
    if (param.is === 'spread') {
      const rest = args.slice(index)
      return bind(machine, param.of, rest.every((arg) => arg !== undefined) ? rest as Constant[] : undefined, frame, true)
    }
    const target = param.is === 'set' ? param.target : param
    const given = target.is === 'name' && named.has(target.name)
    if (given) return bind(machine, target, named.get(target.name), frame, true)
    if (index < args.length) return bind(machine, param, args[index], frame, true)
    bind(machine, param, param.is === 'set' || machine.language === 'javascript' ? UNDEFINED : undefined, frame, true)
  })
}

export function callMethod(machine: Walker, of: Constant, name: string, args: Args, named: Named): Known {
  if (of instanceof Closure || of instanceof Method || of instanceof Outside) {
    const [self, ...rest] = args
    if (name === 'call') return machine.invoke(of, rest, named, self)
    if (name === 'apply') {
      const items = rest[0] === undefined ? [] : argumentsIn(rest[0])
      return items ? machine.invoke(of, items, named, self) : machine.unknown(args, named)
    }
    if (name === 'toString') return textOf(of)
    return name === 'bind' && args.length <= 1 ? of : undefined
  }
  const known = allKnown(args, named)
  if (!known) {
    if (!pure.hasMethod(of, name, machine.language) || mutates(name)) machine.give(of)
    return machine.unknown(args, named)
  }
  if (!AT_ONCE.test(name)) machine.budget.pay(of)
  for (const arg of known) machine.budget.pay(arg)
  const changed = mutate(of, name, known, machine.apply, machine.language)
  if (changed) {
    if (changed.result === undefined) machine.give(of)
    return changed.result
  }
  if (of instanceof Pattern) return callPattern(of, name, known)
  const partly = of instanceof Map && !AT_ONCE.test(name) && holed(of)
  const found = partly ? undefined : pure.method(of, name, known, { language: machine.language, apply: machine.apply })
  const made = found === UNKNOWN_FIELD ? undefined : found
  machine.budget.payNew(made)
  if (made === undefined && !pure.hasMethod(of, name, machine.language)) machine.give(of)
  return made === undefined ? machine.unknown(args, named) : made
}

function callPattern(of: Pattern, name: string, [text]: readonly Constant[]): Known {
  const said = textOf(text ?? UNDEFINED)
  const pattern = said === undefined ? null : safePattern(of, said)
  if (of.source === TAMPERED && said !== undefined && UNTAMPERED.test(said)) return name === 'test' ? true : undefined
  if (!pattern || said === undefined || pattern.global || pattern.sticky) return undefined
  if (name === 'test') return pattern.test(said)
  const found = name === 'exec' ? pattern.exec(said) : undefined
  return found === undefined ? undefined : found === null ? null : Array.from(found, (part) => part ?? UNDEFINED)
}

/** Arguments of something outside; null when one is not known. Those with names come last. */
function allKnown(args: Args, named: Named): Constant[] | null {
  const all = [...args, ...named.values()]
  return all.every((arg) => arg !== undefined && !(arg instanceof Map && holed(arg))) ? all as Constant[] : null
}

export function callOutside(machine: Walker, ref: string, args: Args, named: Named): Known {
  const lent = machine.language === 'javascript' ? /^(.+)\.(call|apply|bind)$/.exec(ref) : null
  if (lent) return callMethod(machine, new Outside(lent[1] ?? ''), lent[2] ?? '', args, named)
  const known = allKnown(args, named)
  if (!known) return machine.unknown(args, named)
  for (const arg of known) machine.budget.pay(arg)
  if (machine.language === 'javascript') {
    if (ref === 'require' && typeof known[0] === 'string') return new Outside(known[0].replace(/^node:/, ''))
    const func = ref === 'Function' ? returning(textOf(known.at(-1) ?? '') ?? '') : null
    if (func) return new Closure(func, machine.top)
  } else if (ref === 'getattr' && known[0] !== undefined && typeof known[1] === 'string') return memberOf(known[0], known[1], machine.language)
  const made = pure.call(ref, known, { language: machine.language, apply: machine.apply }) ?? bounded(machine.refer(ref, known))
  machine.budget.payNew(made)
  return made === undefined ? machine.unknown(args, named) : made
}

/** Whether a record has a field that is not known. */
function holed(record: ReadonlyMap<string, Constant>): boolean {
  for (const value of record.values()) if (value === UNKNOWN_FIELD) return true
  return false
}

/** Methods that take the same time however long their receiver is. */
const AT_ONCE = /^(?:charCodeAt|codePointAt|charAt|at|slice|substring|substr|push|pop|append|get|hasOwnProperty|readUInt8)$/
const mutates = (name: string): boolean => /^(?:push|pop|shift|unshift|splice|reverse|sort|fill|append|extend|insert|remove|clear|update|setdefault)$/.test(name)
