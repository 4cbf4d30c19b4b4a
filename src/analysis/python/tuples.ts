import type { Node } from '../flow/tree.ts'
import type { Reader } from './reader.ts'
import { COMMA, STAR, STARTS, TARGET } from './tokens.ts'

/** One expression, or the tuple that commas make. */
export const tuple = (r: Reader): Node => listed(r, false)

/** What is bound by `for`, up to its `in`. */
export const targets = (r: Reader): Node => listed(r, true)

/** Expressions between commas. */
export function several(r: Reader): Node[] {
  const first = item(r, false)
  return r.kind === COMMA ? rest(r, [first], false) : [first]
}

function listed(r: Reader, bound: boolean): Node {
  const { from } = r
  const first = item(r, bound)
  return r.kind === COMMA ? { is: 'list', parts: rest(r, [first], bound), at: r.since(from) } : first
}

/** A comma at the end is followed by something else than an expression. */
function rest(r: Reader, parts: Node[], bound: boolean): Node[] {
  while (r.take(COMMA) && (STARTS[r.kind] === 1 || r.kind === STAR)) parts.push(item(r, bound))
  return parts
}

function item(r: Reader, bound: boolean): Node {
  if (r.kind === STAR) return starred(r)
  return bound ? r.binary(TARGET) : r.expression()
}

/** `*x` among others. */
export function starred(r: Reader): Node {
  r.next()
  const { from } = r
  const of = r.binary(TARGET)
  return { is: 'spread', of, at: r.since(from) }
}
