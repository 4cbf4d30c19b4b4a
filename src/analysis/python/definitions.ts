import { UNNAMED, name, span } from '../flow/tree.ts'
import type { At, Entry, Func, Node } from '../flow/tree.ts'
import { suite } from './blocks.ts'
import { callOf } from './brackets.ts'
import { fieldOf, wordOf } from './methods.ts'
import { parametersUntil } from './parameters.ts'
import { called, empty, sequence } from './reader.ts'
import type { Reader } from './reader.ts'
import { ARROW, ASYNC, AT, CLASS, CLOSE, DEF, NEWLINE, OPEN, OPEN_SQUARE, isWord } from './tokens.ts'

/** `def`, at `from` or after an `async` that stands there. */
export function defOf(r: Reader, from: number): Node {
  const { func, target } = functionOf(r, from, false)
  return { is: 'set', target, value: func, declares: true, at: func.at }
}

/** What Python calls by itself: `__enter__`, `__del__`, `__set_name__`. */
const SPECIAL = /^__\w+__$/

/** The first parameter of a method is `this`. */
function functionOf(r: Reader, from: number, method: boolean): { func: Func; target: Node } {
  r.next()
  const target = defined(r)
  const bracket = r.take(OPEN)
  const params = bracket ? parametersUntil(r, CLOSE) : []
  if (bracket) r.close()
  if (r.take(ARROW)) r.besides()
  // Its statements would take them for theirs.
  const { asides } = r
  r.asides = []
  const self = method ? params.shift() : undefined
  const own: Node[] = self ? [{ is: 'set', target: self, value: name('this', self.at), declares: true, at: self.at }] : []
  const { body } = r.within(true, () => suite(r))
  r.asides = asides
  const named = target.is === 'name' ? target.name : null
  const func: Func = { is: 'function', name: named, params, body: own.length > 0 ? [...own, ...body] : body, at: r.since(from) }
  if (method && named !== null && SPECIAL.test(named)) func.unasked = true
  return { func, target }
}

/** A name that is defined, with what its type is given. */
function defined(r: Reader): Node {
  const target: Node = isWord(r.kind) ? name(r.value, span(r.from, r.to)) : empty(r.here)
  if (isWord(r.kind)) r.next()
  if (r.take(OPEN_SQUARE)) r.close()
  return target
}

/** What a class sets for all of its objects, a nameless method sets for each. */
export function classOf(r: Reader): Node {
  const { from } = r
  r.next()
  const target = defined(r)
  const bases = r.kind === OPEN ? basesOf(r) : []
  const methods: Func[] = []
  const sets: Extract<Node, { is: 'set' }>[] = []
  const { body } = r.within(false, () => suite(r, (inner, into) => {
    const before = into.length
    part(inner, into, methods)
    for (const node of into.slice(before)) if (node.is === 'set') sets.push(node)
  }))
  const here = r.since(from)
  const known = new Set(methods.map((method) => method.name))
  const fields = sets.flatMap((node) => fieldOf(node, known))
  if (fields.length > 0) methods.unshift({ is: 'function', name: null, params: [], body: fields, at: here })
  const made: Node = { is: 'class', name: target.is === 'name' ? target.name : null, bases, methods, body, at: here }
  return { is: 'set', target, value: made, declares: true, at: here }
}

/** What stands in the brackets of a class; its metaclass makes it. */
function basesOf(r: Reader): Node[] {
  const { calls } = r
  const call = callOf(r, empty(r.here), r.from)
  if (call.is !== 'call') return []
  for (const { key, value } of call.named) {
    if (key === 'metaclass') r.asides.push({ is: 'call', callee: value, args: [], named: UNNAMED, made: false, at: value.at })
    else if (r.calls > calls + 1) r.asides.push(value)
  }
  return [...call.args, ...call.named.filter(({ key }) => key === null).map(({ value }: Entry) => value)]
}

/** A method, or any other statement of a class. */
function part(r: Reader, into: Node[], methods: Func[]): void {
  const { from } = r
  if (r.kind === AT) {
    const { calls, alone, read } = decorators(r)
    const start = r.from
    if (defines(r)) {
      const { func } = functionOf(r, start, !alone)
      if (read) func.unasked = true
      methods.push(func)
      into.push(...handed(calls.filter(({ callee }) => !isOrdinary(callee)), null))
    } else decorated(r, from, calls, into)
  } else if (defines(r)) {
    const { func } = functionOf(r, from, true)
    methods.push(func)
    if (func.name === '__metaclass__') r.asides.push(called(func, func.at))
  } else r.statement(into)
}

/** Whether a function is defined here; over its `async`. */
function defines(r: Reader): boolean {
  if (r.kind !== ASYNC) return r.kind === DEF
  const back = r.mark()
  r.next()
  if (r.kind === DEF) return true
  back()
  return false
}

interface Decorators {
  calls: { callee: Node; at: At }[]
  /** `@staticmethod`: no object comes first. */
  alone: boolean
  /** `@property`: whoever reads it calls it. */
  read: boolean
}

function decorators(r: Reader): Decorators {
  const calls: { callee: Node; at: At }[] = []
  let alone = false
  let read = false
  while (r.kind === AT) {
    const { from } = r
    r.next()
    const callee = r.expression()
    if (callee.is === 'name' && callee.name === 'staticmethod') alone = true
    if (wordOf(callee).endsWith('property')) read = true
    calls.push({ callee, at: r.since(from) })
    r.take(NEWLINE)
  }
  return { calls, alone, read }
}

/** What Python itself decorates methods with: nobody's code is called. */
const isOrdinary = (callee: Node): boolean => /^(?:property|cached_property|staticmethod|classmethod|setter|getter|deleter|abstractmethod|overload|override)$/.test(wordOf(callee))

/** A decorator is handed what it stands before, and may call it. */
export function decoratedOf(r: Reader, into: Node[]): void {
  const { from } = r
  decorated(r, from, decorators(r).calls, into)
}

function decorated(r: Reader, from: number, calls: Decorators['calls'], into: Node[]): void {
  const inner: Node[] = []
  if (r.kind === DEF || r.kind === CLASS || r.kind === ASYNC) r.statement(inner)
  const [made] = inner
  const target: Node = made?.is === 'set' ? made.target : empty(r.since(from))
  into.push(sequence([...inner, ...handed(calls, target)], r.since(from)))
}

/** The lowest is handed what it stands before, and each of the others that or what the one below it gave. */
function handed(calls: Decorators['calls'], target: Node | null): Node[] {
  const made: Node[] = []
  let given = target
  calls.toReversed().forEach(({ callee, at }, index) => {
    if (index % HIGHEST === 0) given = target
    else made.pop()
    const call: Node = { is: 'call', callee, args: given ? [given] : [], named: UNNAMED, made: false, at }
    made.push(call)
    given = target ? { is: 'group', parts: [call, target], last: false, at } : call
  })
  return made
}

/** Decorators on one another that are followed. */
const HIGHEST = 50
