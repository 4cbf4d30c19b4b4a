import { both, when } from '../flow/branch.ts'
import { name, nothing, span } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { body, suite } from './blocks.ts'
import { empty, sequence } from './reader.ts'
import type { Reader } from './reader.ts'
import {
  AS, ASSIGN, BAR, COLON, COMMA, DOT, IF, MINUS, NAME, NUMBER, OPEN, OPEN_CURLY, OPEN_SQUARE, POWER, STAR, STARTS, STRING, TARGET, isCloser, isStop,
} from './tokens.ts'
import { tuple } from './tuples.ts'

/** A line that a `match` goes on with: blank ones and comments may stand before it. */
const CASE = /(?:[ \t\f]*(?:#[^\r\n]*)?(?:\r\n|\r(?!\n)|\n))+[ \t\f]+case\b/y

interface Name {
  name: string
  at: At
}

/** `match`: branches whose tests compare with what can be compared with, and bind what is captured. Null: it is a name. */
export function matchOf(r: Reader): Node | null {
  const { from } = r
  const back = r.mark()
  r.next()
  const subject = STARTS[r.kind] === 1 || r.kind === STAR ? tuple(r) : null
  CASE.lastIndex = r.to
  if (!subject || r.kind !== COLON || !CASE.test(r.code)) {
    back()
    return null
  }
  const asked = name(`match ${from}`, r.since(from))
  const arms: { test: Node; yes: Node; at: At }[] = []
  suite(r, (inner, into) => {
    if (inner.kind === NAME && inner.value === 'case') arms.push(clause(inner, asked))
    else inner.statement(into)
  })
  const here = r.since(from)
  const chosen = arms.reduceRight((otherwise, { test, yes, at }) => when(test, yes, otherwise, at), empty(here))
  return sequence([r.set(asked, subject, here), chosen], here)
}

function clause(r: Reader, asked: Node): { test: Node; yes: Node; at: At } {
  const { from } = r
  r.next()
  const test = fits(r, asked, [], true)
  const guard = r.take(IF) ? r.expression() : null
  const yes = body(r)
  const at = r.since(from)
  return { test: guard ? both(test, guard, at) : test, yes, at }
}

/** One pattern with what stands beside it: `a | b`, `a as b`, `a, b`. `bound`: names that shapes around it capture. */
function fits(r: Reader, asked: Node, bound: Name[], open: boolean): Node {
  const { from } = r
  r.down()
  const own: Name[] = []
  let shape = false
  const parts = [single(r, asked, own)]
  while (r.take(BAR)) parts.push(single(r, asked, own))
  let test: Node = parts.length > 1 ? { is: 'group', parts, last: false, at: r.since(from) } : parts[0] as Node
  const goesOn = (): boolean => r.kind === AS || (open && r.kind === COMMA)
  while (goesOn()) {
    shape = true
    if (r.take(AS)) {
      if (r.kind === NAME) own.push({ name: r.value, at: span(r.from, r.to) })
      r.next()
    } else {
      r.next()
      if (r.kind !== COLON && r.kind !== IF) single(r, asked, own)
    }
  }
  r.up()
  if (shape) test = shaped(r, asked, own, r.since(from))
  bound.push(...own)
  return test
}

/** What fits a shape is not told: whatever it captures is some member. */
function shaped(r: Reader, asked: Node, bound: readonly Name[], at: At): Node {
  const any: Node = { is: 'member', of: asked, key: nothing(at), at }
  return sequence([...bound.map((one) => r.set(name(one.name, one.at), any, one.at)), any], at)
}

function single(r: Reader, asked: Node, bound: Name[]): Node {
  const { from, kind } = r
  if (kind === STAR) {
    r.next()
    return single(r, asked, bound)
  }
  if (kind === OPEN || kind === OPEN_SQUARE || kind === OPEN_CURLY) {
    const own: Name[] = []
    const { only, commas } = inside(r, asked, own)
    bound.push(...own)
    return only && kind === OPEN && !commas ? only : shaped(r, asked, own, r.since(from))
  }
  if (kind === NAME && !CONSTANTS.has(r.value)) return named(r, asked, bound)
  const value = kind === NAME || kind === NUMBER || kind === MINUS || kind === STRING ? r.binary(BAR_BINDS) : empty(r.here)
  const at = r.since(from)
  return { is: 'operate', sign: '==', parts: [asked, value], at }
}

const CONSTANTS: ReadonlySet<string> = new Set(['None', 'True', 'False'])
/** Numbers may be sums (`1 + 2j`); a bar stands between patterns. */
const BAR_BINDS = TARGET + 1

/** A name that is captured, a dotted one that is compared with, or a class. */
function named(r: Reader, asked: Node, bound: Name[]): Node {
  const { from } = r
  const first: Name = { name: r.value, at: span(r.from, r.to) }
  r.next()
  let dotted = first.name
  while (r.take(DOT)) {
    dotted += `.${r.value}`
    r.next()
  }
  if (r.kind === OPEN) {
    const own: Name[] = []
    inside(r, asked, own)
    bound.push(...own)
    return shaped(r, asked, own, r.since(from))
  }
  const at = r.since(from)
  if (dotted !== first.name) return { is: 'operate', sign: '==', parts: [asked, name(dotted, at)], at }
  const always = name('True', at)
  if (dotted === '_') return always
  bound.push(first)
  return sequence([r.set(name(first.name, first.at), asked, at), always], at)
}

/** Patterns in brackets, with the keys of mappings and the names of a class's fields read over. */
function inside(r: Reader, asked: Node, bound: Name[]): { only: Node | null; commas: boolean } {
  r.next()
  let only: Node | null = null
  let commas = false
  while (!isCloser(r.kind) && !isStop(r.kind)) {
    const { from } = r
    if (r.take(COMMA)) commas = true
    else if (r.take(POWER) || r.take(COLON)) commas = true
    else {
      const before = bound.length
      only = fits(r, asked, bound, false)
      if (r.kind === ASSIGN) {
        bound.length = before
        commas = true
        r.next()
      }
      if (r.from === from) r.next()
    }
  }
  if (isCloser(r.kind)) r.next()
  return { only, commas }
}

