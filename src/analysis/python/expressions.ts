import { both, pick } from '../flow/branch.ts'
import { name, span, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { bracketed, callOf, record, subscript } from './brackets.ts'
import { percent } from './formats.ts'
import { parametersUntil } from './parameters.ts'
import { empty, sequence } from './reader.ts'
import type { Reader } from './reader.ts'
import { readNumber } from './strings.ts'
import { literal } from './texts.ts'
import { tuple } from './tuples.ts'
import {
  AND, ASYNC, AWAIT, BACKTICK, BINDS, COLON, COMPARED, DOT, ELLIPSIS, ELSE, FORMAT, FROM, IF, IN, IS, LAMBDA, LOOSEST, MINUS, NAME, NONLOCAL, NOT, NUMBER, OPEN,
  OPEN_CURLY, OPEN_SQUARE, OR, PERCENT, PLUS, POWER, SIGNED, SIGNS, STAR, STRING, TILDE, WALRUS, YIELD, isWord,
} from './tokens.ts'

/** Of longer chains of prefixes, powers and lambdas nobody asks what they are worth. */
const LONGEST_CHAIN = 50

/** One expression without commas; nothing on an empty stretch where none begins. */
export function expression(r: Reader): Node {
  const { from } = r
  if (r.kind === LAMBDA) return lambda(r)
  if (r.kind === YIELD) return yieldExpression(r)
  r.down()
  const value = binary(r, LOOSEST)
  const whole = r.kind === IF ? conditional(r, from, value) : value
  r.up()
  if (r.kind !== WALRUS || r.brackets === r.hole) return whole
  r.next()
  r.calls++
  const given = expression(r)
  return r.set(whole, given, r.since(from))
}

/** `a if b else c if d else e` leans to the right as deep as it is long: followed without recursion. */
function conditional(r: Reader, from: number, first: Node): Node {
  const arms: { yes: Node; test: Node; from: number }[] = []
  let rest = first
  let start = from
  while (r.kind === IF) {
    r.next()
    arms.push({ yes: rest, test: binary(r, LOOSEST), from: start })
    const chosen = r.take(ELSE)
    start = r.from
    rest = chosen ? branchOf(r) : empty(r.here)
  }
  const end = r.last
  return arms.reduceRight((otherwise, { yes, test, from: begin }) => pick(test, yes, otherwise, span(begin, Math.max(begin, end))), rest)
}

const branchOf = (r: Reader): Node => (r.kind === LAMBDA ? lambda(r) : binary(r, LOOSEST))

/** Operators that bind at least as tightly as `least`. */
export function binary(r: Reader, least: number): Node {
  const { from } = r
  const first = operand(r)
  return (BINDS[r.kind] as number) >= least ? climb(r, least, from, first) : first
}

/**
 * `a + b - c` leans to the left as deep as it is long: followed without recursion. Sums become one join, `or` one group, and
 * `a < b < c` asks both.
 */
function climb(r: Reader, least: number, from: number, first: Node): Node {
  let left = first
  let sum: Node[] | null = null
  let any: Node[] | null = null
  let compared: Node | null = null
  for (let binds = BINDS[r.kind] as number; binds >= least && binds > 0; binds = BINDS[r.kind] as number) {
    const { kind } = r
    r.next()
    const sign = signOf(r, kind)
    const tuple = r.kind === OPEN
    const right = kind === POWER ? raised(r) : binary(r, binds + 1)
    const here = r.since(from)
    if (kind === PLUS) {
      if (sum) sum.push(right)
      else sum = [left, right]
      left = { is: 'join', parts: sum, at: here }
    } else if (kind === OR) {
      if (any) any.push(right)
      else any = [left, right]
      left = { is: 'group', parts: any, last: false, at: here }
    } else if (kind === AND) left = both(left, right, here)
    else if (kind === PERCENT && left.is === 'text') left = percent(left.value, right, tuple && right.is === 'list', here)
    else {
      const test: Node = { is: 'operate', sign, parts: [compared ?? left, right], at: here }
      left = compared ? both(left, test, here) : test
    }
    if (kind !== PLUS) sum = null
    if (kind !== OR) any = null
    compared = binds === COMPARED ? right : null
  }
  return left
}

/** `a ** b ** c` leans to the right as deep as it is long. */
function raised(r: Reader): Node {
  r.down()
  const { from } = r
  const parts = [operand(r)]
  while (r.take(POWER)) parts.push(operand(r))
  r.up()
  const here = r.since(from)
  if (parts.length > LONGEST_CHAIN) return { is: 'operate', sign: '**', parts, at: here }
  return parts.reduceRight((right, left) => ({ is: 'operate', sign: '**', parts: [left, right], at: here }))
}

const isPrefix = (kind: number): boolean => kind === MINUS || kind === NOT || kind === PLUS || kind === TILDE

/** `not not -~x` as deep as it is long: two of the same undo each other. */
function prefixed(r: Reader): Node {
  const signs: { kind: number; from: number }[] = []
  const isNot = r.kind === NOT
  while (isPrefix(r.kind) && (r.kind === NOT) === isNot) {
    if (signs.at(-1)?.kind === r.kind) signs.pop()
    else signs.push({ kind: r.kind, from: r.from })
    r.next()
  }
  r.down()
  const value = binary(r, isNot ? COMPARED : SIGNED)
  r.up()
  return signs.slice(-LONGEST_CHAIN).reduceRight((of: Node, { kind, from }): Node => {
    const here = r.since(from)
    if (kind === MINUS && of.is === 'number') return { is: 'number', value: -of.value, at: here }
    return { is: 'operate', sign: kind === NOT ? 'not' : String.fromCharCode(kind), parts: [of], at: here }
  }, value)
}

/** `not in` and `is not` are two words. */
function signOf(r: Reader, kind: number): string {
  if (kind === NOT) r.take(IN)
  else if (kind === IS && r.take(NOT)) return 'is not'
  return SIGNS[kind] as string
}

function operand(r: Reader): Node {
  const { from, kind } = r
  if (isPrefix(kind)) return prefixed(r)
  if (kind !== AWAIT) return postfix(r)
  r.next()
  if (!r.begins) return name('await', r.since(from))
  r.down()
  const value = binary(r, SIGNED)
  r.up()
  return value
}

/** `a.b().c()[0]`, as long as it is. */
function postfix(r: Reader): Node {
  const { from } = r
  let node = atom(r)
  for (;;) {
    if (r.kind === DOT) node = member(r, node, from)
    else if (r.kind === OPEN) node = callOf(r, node, from)
    else if (r.kind === OPEN_SQUARE) node = subscript(r, node, from)
    else return node
  }
}

function member(r: Reader, of: Node, from: number): Node {
  r.next()
  if (!isWord(r.kind)) return { is: 'member', of, key: empty(r.here), at: r.since(from) }
  const key = text(r.value, span(r.from, r.to))
  r.next()
  return { is: 'member', of, key, at: r.since(from) }
}

function atom(r: Reader): Node {
  const { from, kind } = r
  switch (kind) {
    case NAME: case ASYNC: case NONLOCAL: {
      const node = name(r.value, span(from, r.to))
      r.next()
      return node
    }
    case STRING: case FORMAT: return literal(r)
    case NUMBER: {
      const node: Node = { is: 'number', value: readNumber(r.code.slice(from, r.to)), at: span(from, r.to) }
      r.next()
      return node
    }
    case OPEN: case OPEN_SQUARE: return bracketed(r)
    case OPEN_CURLY: return record(r)
    case ELLIPSIS:
      r.next()
      return sequence([], r.since(from))
    case BACKTICK: return represented(r)
    case LAMBDA: case YIELD: return r.expression()
    default: return empty(r.here)
  }
}

/** Python 2's `` `x` ``. */
function represented(r: Reader): Node {
  const { from } = r
  r.next()
  if (!r.begins || r.kind === BACKTICK) return empty(r.since(from))
  r.down()
  const value = tuple(r)
  r.up()
  r.take(BACKTICK)
  const here = r.since(from)
  return { is: 'call', callee: name('repr', here), args: [value], named: [], made: false, at: here }
}

/** `lambda: lambda: x`, of which only the innermost are kept where there are very many. */
function lambda(r: Reader): Node {
  const made: { from: number; params: Node[] }[] = []
  r.down()
  do {
    const { from } = r
    r.next()
    made.push({ from, params: parametersUntil(r, COLON) })
    r.take(COLON)
  } while (r.kind === LAMBDA)
  const body = r.within(true, () => expression(r))
  r.up()
  return made.slice(-LONGEST_CHAIN).reduceRight((value: Node, { from, params }): Node => {
    const here = r.since(from)
    return { is: 'function', name: null, params, body: [{ is: 'return', value, at: here }], at: here }
  }, body)
}

/** One more of the list that calling the function gives. */
export function yielded(r: Reader, kept?: (here: At) => Node): Node {
  const { from } = r
  r.next()
  r.down()
  const whole = r.take(FROM)
  const value = r.begins || r.kind === STAR ? tuple(r) : empty(r.since(from))
  r.up()
  const here = r.since(from)
  const given = kept ? r.set(kept(here), value, here) : value
  return { is: 'return', value: { is: 'spread', of: whole ? given : { is: 'list', parts: [given], at: here }, at: here }, at: here }
}

function yieldExpression(r: Reader): Node {
  const { from } = r
  let given: Node | undefined
  const made = yielded(r, (here) => (given = name(`yield ${from}`, here)))
  return sequence([made, given as Node], r.since(from))
}
