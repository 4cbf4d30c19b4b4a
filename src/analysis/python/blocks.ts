import { span } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { sequence } from './reader.ts'
import type { Reader } from './reader.ts'
import { COLON, DEDENT, END, INDENT, NEWLINE, SEMICOLON, isStop } from './tokens.ts'

/** Reads one statement at hand into a list. */
export type Each = (r: Reader, into: Node[]) => void

const anyOf: Each = (r, into) => r.statement(into)

/** The statements after a colon, and the stretch from it to their end. */
export function suite(r: Reader, each: Each = anyOf): { body: Node[]; at: At } {
  const { from } = r
  const body: Node[] = []
  r.ended = r.kind === COLON
  if (!r.take(COLON)) return { body, at: span(from, from) }
  r.down()
  if (!r.take(NEWLINE)) line(r, body, each)
  else if (r.take(INDENT)) block(r, body, each)
  r.up()
  r.ended = true
  return { body, at: r.since(from) }
}

export function body(r: Reader): Node {
  const read = suite(r)
  return sequence(read.body, read.at)
}

/** Statements up to the end of the block that they stand in; those that stand deeper for no reason belong to it. */
function block(r: Reader, into: Node[], each: Each): void {
  let deeper = 0
  while (r.kind !== END) {
    if (r.take(INDENT)) deeper++
    else if (r.take(DEDENT)) {
      if (deeper-- === 0) return
    } else line(r, into, each)
  }
}

/** All of a file. */
export function script(r: Reader): Node[] {
  const into: Node[] = []
  while (r.kind !== END) {
    if (!r.take(INDENT) && !r.take(DEDENT)) line(r, into, anyOf)
  }
  return into
}

/** One statement; of one that is nested too deeply, what was read before that is lost, and nothing after its line. */
function one(r: Reader, into: Node[], each: Each): void {
  const { depth, inFunction, shared } = r
  try {
    each(r, into)
  } catch (thrown) {
    if (!(thrown instanceof RangeError)) throw thrown
    r.inFunction = inFunction
    r.shared = shared
    r.leave(depth)
  }
  if (r.asides.length === 0) return
  into.push(...r.asides)
  r.asides = []
}

/** One statement, or several up to the end of their line. What is not understood is left out. */
function line(r: Reader, into: Node[], each: Each): void {
  for (;;) {
    if (r.take(NEWLINE)) return
    const { from } = r
    r.ended = false
    if (!r.take(SEMICOLON)) one(r, into, each)
    if (r.ended || (r.kind !== NEWLINE && isStop(r.kind))) return
    if (r.from === from) r.next()
  }
}
