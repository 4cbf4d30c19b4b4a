import { when } from '../flow/branch.ts'
import { endOf, span } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'
import { body } from './blocks.ts'
import { empty, sequence } from './reader.ts'
import type { Reader } from './reader.ts'
import { AS, COLON, COMMA, ELIF, ELSE, EXCEPT, FINALLY, IN, OPEN, STAR, TARGET, isCloser, isStop } from './tokens.ts'
import { targets, tuple } from './tuples.ts'

/** `from` is where the statement begins: `async` may stand before its first word. */
export function ifOf(r: Reader, from: number): Node {
  const arms: { test: Node; yes: Node; from: number }[] = []
  do {
    r.next()
    const start = r.from
    const test = r.expression()
    arms.push({ test, yes: body(r), from: start })
  } while (r.kind === ELIF)
  const last = r.take(ELSE) ? body(r) : null
  const end = r.since(from)
  const none = empty(span(endOf(end), endOf(end)))
  return arms.reduceRight((otherwise, { test, yes, from: start }) => when(test, yes, otherwise, span(start, endOf(end))), last ?? none)
}

export function whileOf(r: Reader, from: number): Node {
  r.next()
  return loop(r, from, r.expression(), null)
}

export function forOf(r: Reader, from: number): Node {
  r.next()
  const target = targets(r)
  const of = r.take(IN) ? tuple(r) : empty(r.here)
  return loop(r, from, null, { target, of })
}

/** What stands in a loop's `else` comes after it. */
function loop(r: Reader, from: number, test: Node | null, each: { target: Node; of: Node } | null): Node {
  const inner = body(r)
  const after = r.take(ELSE) ? body(r) : null
  const here = r.since(from)
  const made: Node = { is: 'loop', start: empty(here), test: test ?? empty(here), step: empty(here), each, body: inner, at: here }
  return after ? sequence([made, after], here) : made
}

/** What stands in `else` belongs to the end of the tried body. */
export function tryOf(r: Reader, from: number): Node {
  r.next()
  const tried = [body(r)]
  const handlers: { target: Node | null; body: Node }[] = []
  let last: Node | null = null
  for (;;) {
    if (r.take(EXCEPT)) {
      const target = caught(r)
      handlers.push({ target, body: body(r) })
    } else if (r.take(ELSE)) tried.push(body(r))
    else if (r.take(FINALLY)) last = body(r)
    else break
  }
  const here = r.since(from)
  return { is: 'try', body: sequence(tried, here), handlers, last: last ?? empty(here), at: here }
}

/** The name that an exception is given: `as e`, Python 2's `, e`. */
function caught(r: Reader): Node | null {
  let target: Node | null = null
  r.take(STAR)
  r.besides()
  while (r.kind === COMMA || r.kind === AS) {
    r.next()
    target = r.expression()
  }
  return target
}

export function withOf(r: Reader, from: number): Node {
  r.next()
  const opened = bracketedItems(r) ?? items(r, [])
  const inner = body(r)
  return sequence([...opened, inner], r.since(from))
}

/** `with (a as b, c as d):`, if that is what the bracket means. */
function bracketedItems(r: Reader): Node[] | null {
  if (r.kind !== OPEN) return null
  const back = r.mark()
  r.next()
  const opened = items(r, [])
  if (isCloser(r.kind)) {
    r.next()
    if (r.kind === COLON) return opened
  }
  back()
  return null
}

function items(r: Reader, opened: Node[]): Node[] {
  do {
    if (r.kind === COLON || isCloser(r.kind) || isStop(r.kind)) break
    const { from } = r
    const value = r.expression()
    if (r.take(AS)) {
      const target = r.binary(TARGET)
      opened.push(r.set(target, value, r.since(from)))
    } else opened.push(value)
  } while (r.take(COMMA))
  return opened
}
