import { UNNAMED, name, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import type { Reader } from './reader.ts'
import {
  BACKTICK, COMMA, FORMAT, IN, LAMBDA, MINUS, NAME, NOT, NUMBER, OPEN_CURLY, OPEN_SQUARE, SHIFT_RIGHT, STRING, TARGET, TILDE,
} from './tokens.ts'
import { tuple } from './tuples.ts'

/** What makes `print` and `exec` the statements of Python 2 rather than names. */
const OPERANDS: ReadonlySet<number> = new Set([NAME, NUMBER, STRING, FORMAT, BACKTICK, OPEN_CURLY, OPEN_SQUARE, NOT, LAMBDA, MINUS, TILDE])

const call = (callee: Node, args: readonly Node[], at: At): Node => ({ is: 'call', callee, args, named: UNNAMED, made: false, at })

/** `print a, b`, `print >>file, a`; null: it is a name. */
export function printOf(r: Reader): Node | null {
  const { from } = r
  const back = r.mark()
  r.next()
  if (r.take(SHIFT_RIGHT)) {
    const file = r.expression()
    r.take(COMMA)
    const args = listed(r)
    const at = r.since(from)
    return call({ is: 'member', of: file, key: text('write', at), at }, args, at)
  }
  if (OPERANDS.has(r.kind)) {
    const args = listed(r)
    const at = r.since(from)
    return call(name('print', at), args, at)
  }
  back()
  return null
}

function listed(r: Reader): readonly Node[] {
  const args: Node[] = []
  while (r.begins) {
    args.push(r.expression())
    if (!r.take(COMMA)) break
  }
  return args
}

/** `exec code in names`; null: it is a name. */
export function execOf(r: Reader): Node | null {
  const { from } = r
  const back = r.mark()
  r.next()
  if (!OPERANDS.has(r.kind)) {
    back()
    return null
  }
  const code = r.binary(TARGET)
  if (r.take(IN)) tuple(r)
  const at = r.since(from)
  return call(name('exec', at), [code], at)
}
