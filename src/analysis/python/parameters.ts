import { name, span } from '../flow/tree.ts'
import type { Node } from '../flow/tree.ts'
import { bracketed } from './brackets.ts'
import type { Reader } from './reader.ts'
import { ASSIGN, CLOSE, COLON, COMMA, OPEN, POWER, STAR, isCloser, isStop, isWord } from './tokens.ts'

/** Of a lambda up to its colon, of a function up to its bracket; neither is read. What annotations and defaults call is called where the function is made. */
export function parametersUntil(r: Reader, end: number): Node[] {
  const params: Node[] = []
  while (r.kind !== end && !isStop(r.kind) && !isCloser(r.kind)) {
    const { from } = r
    const param = parameter(r, end === CLOSE)
    if (param) params.push(param)
    if (r.from === from) r.next()
  }
  return params
}

/** `**names` is what a record of targets leaves; `/` and a lonely `*` bind nothing. */
function parameter(r: Reader, annotated: boolean): Node | null {
  const { from, kind } = r
  if (r.take(COMMA)) return null
  if (r.take(STAR) || r.take(POWER)) {
    if (!isWord(r.kind)) return null
    const target = bound(r, annotated)
    const at = r.since(from)
    return kind === STAR ? { is: 'spread', of: target, at } : { is: 'record', entries: [{ key: null, value: target }], at }
  }
  // Python 2 takes tuples apart.
  const target = isWord(kind) ? bound(r, annotated) : kind === OPEN ? bracketed(r) : null
  if (!target || !r.take(ASSIGN)) return target
  const value = r.besides()
  return { is: 'set', target, value, declares: true, at: r.since(from) }
}

function bound(r: Reader, annotated: boolean): Node {
  const target = name(r.value, span(r.from, r.to))
  r.next()
  if (annotated && r.take(COLON)) {
    r.take(STAR)
    r.besides()
  }
  return target
}
