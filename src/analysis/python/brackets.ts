import { NOWHERE, UNNAMED, trimmed } from '../flow/tree.ts'
import type { At, Entry, Node } from '../flow/tree.ts'
import { empty } from './reader.ts'
import type { Reader } from './reader.ts'
import { ASSIGN, ASYNC, COLON, COMMA, FOR, IF, IN, LOOSEST, OPEN, POWER, STAR, isCloser, isStop } from './tokens.ts'
import { starred, targets } from './tuples.ts'

const isEnd = (r: Reader): boolean => isCloser(r.kind) || isStop(r.kind)
const isLoop = (r: Reader): boolean => r.kind === FOR || r.kind === ASYNC

/** `(…)` and `[…]`: tuples, lists, what is made of others, and what only stands in brackets. */
export function bracketed(r: Reader): Node {
  const { from, kind } = r
  r.next()
  if (isEnd(r)) return list(r, [], from)
  const star = r.kind === STAR
  const first = item(r)
  if (isLoop(r)) {
    const loops = loopsOf(r)
    r.close()
    return { is: 'gather', value: first, loops, at: r.since(from) }
  }
  if (kind === OPEN && r.kind !== COMMA && isEnd(r)) {
    r.close()
    return star && first.is === 'spread' ? { is: 'spread', of: first.of, at: r.since(from) } : first
  }
  return list(r, [first], from)
}

function list(r: Reader, parts: Node[], from: number): Node {
  more(r, parts)
  r.close()
  return { is: 'list', parts: trimmed(parts), at: r.since(from) }
}

/** The rest up to the closing bracket; a comma that is missing is read as if it stood there. */
function more(r: Reader, parts: Node[]): void {
  while (!isEnd(r)) {
    if (r.take(COMMA)) continue
    const { from } = r
    const node = item(r)
    if (r.from === from) r.next()
    else parts.push(node)
  }
}

const item = (r: Reader): Node => (r.kind === STAR ? starred(r) : r.expression())

/** `for target in of if test …`, over and over. */
function loopsOf(r: Reader): { target: Node; of: Node; tests: Node[] }[] {
  const loops: { target: Node; of: Node; tests: Node[] }[] = []
  while (isLoop(r)) {
    r.take(ASYNC)
    if (!r.take(FOR)) break
    const target = targets(r)
    const of = r.take(IN) ? r.binary(LOOSEST) : empty(r.here)
    const tests: Node[] = []
    while (r.take(IF)) tests.push(r.binary(LOOSEST))
    loops.push({ target, of, tests })
  }
  return loops
}

/** `{…}`: a record, a list for a set, or what is made of others. */
export function record(r: Reader): Node {
  const { from } = r
  r.next()
  const entries: Entry[] = []
  while (!isEnd(r)) {
    if (r.take(COMMA)) continue
    const before = r.from
    if (r.take(POWER)) {
      entries.push({ key: null, value: r.expression() })
      continue
    }
    const key = item(r)
    if (r.take(COLON)) {
      const value = r.expression()
      if (entries.length === 0 && isLoop(r)) return made(r, { is: 'record', entries: [{ key: null, computed: key, value }], at: NOWHERE }, from, true)
      entries.push(key.is === 'text' ? { key: key.value, value } : { key: null, computed: key, value })
    } else if (entries.length === 0 && r.from !== before) {
      return isLoop(r) ? made(r, key, from, false) : list(r, [key], from)
    } else if (r.from === before) r.next()
    else entries.push({ key: null, value: key })
  }
  r.close()
  return { is: 'record', entries: trimmed(entries), at: r.since(from) }
}

function made(r: Reader, value: Node, from: number, keyed: boolean): Node {
  const loops = loopsOf(r)
  r.close()
  const at = r.since(from)
  const gathered: Node = { is: 'gather', value: keyed ? { ...value, at } : value, loops, at }
  return keyed ? { is: 'record', entries: [{ key: null, value: gathered }], at } : gathered
}

/** `callee(…)`. */
export function callOf(r: Reader, callee: Node, from: number): Node {
  r.calls++
  r.next()
  const args: Node[] = []
  const named: Entry[] = []
  while (!isEnd(r)) {
    if (!r.take(COMMA)) argument(r, args, named)
  }
  r.close()
  return { is: 'call', callee, args: trimmed(args), named: named.length === 0 ? UNNAMED : trimmed(named), made: false, at: r.since(from) }
}

function argument(r: Reader, args: Node[], named: Entry[]): void {
  const { from } = r
  if (r.take(STAR)) args.push({ is: 'spread', of: r.expression(), at: r.since(from) })
  else if (r.take(POWER)) named.push({ key: null, value: r.expression() })
  else {
    const value = r.expression()
    if (r.kind === ASSIGN) {
      const key = value.is === 'name' ? value.name : r.code.slice(from, r.last)
      r.next()
      named.push({ key, value: r.expression() })
    } else if (isLoop(r)) {
      const loops = loopsOf(r)
      args.push({ is: 'gather', value, loops, at: r.since(from) })
    } else if (r.from === from) r.next()
    else args.push(value)
  }
}

/** `of[…]`. */
export function subscript(r: Reader, of: Node, from: number): Node {
  r.next()
  const parts: Node[] = []
  const stops: (Node | null)[] = []
  let current: Node | null = null
  let commas = false
  while (!isEnd(r)) {
    if (r.take(COMMA)) commas = true
    else if (r.take(COLON)) {
      stops.push(current)
      current = null
    } else {
      const before = r.from
      const node = item(r)
      if (r.from === before) r.next()
      else {
        parts.push(node)
        current = node
      }
    }
  }
  r.close()
  const at = r.since(from)
  if (stops.length === 0 || commas) {
    const [only] = parts
    return { is: 'member', of, key: only && parts.length === 1 && !commas ? only : { is: 'list', parts: trimmed(parts), at }, at }
  }
  return { is: 'member', of, key: { is: 'list', parts: sliceOf([...stops, current], at), at }, slice: true, at }
}

/** Start, stop and step. */
function sliceOf(stops: readonly (Node | null)[], at: At): Node[] {
  const parts = stops.map((one) => one ?? empty(at))
  while (parts.length < 3) parts.push(empty(at))
  return parts
}
