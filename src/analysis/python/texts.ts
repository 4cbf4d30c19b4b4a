import { name, span, startOf, endOf, text } from '../flow/tree.ts'
import type { At, Node } from '../flow/tree.ts'
import { BACKSLASH, BYTES, RAW, breakEnd, isBreak } from './characters.ts'
import type { Reader } from './reader.ts'
import { unescaped } from './strings.ts'
import { ASSIGN, CLOSE_CURLY, COLON, COMMA, EXCLAMATION, FORMAT, NAME, STRING, WALRUS, isStop } from './tokens.ts'
import { tuple } from './tuples.ts'

const OPEN = 123
const CLOSE = 125
const BEFORE_CLOSE = /\s+(?=\})/y

/** A literal, or several side by side, which are one. */
export function literal(r: Reader): Node {
  const { from } = r
  const first = one(r)
  if (r.kind !== STRING && r.kind !== FORMAT) return Array.isArray(first) ? { is: 'join', parts: first, at: r.since(from) } : first
  const pieces = [first]
  while (r.kind === STRING || r.kind === FORMAT) pieces.push(one(r))
  const at = r.since(from)
  if (pieces.some((piece) => Array.isArray(piece))) return { is: 'join', parts: pieces.flat(), at }
  const plain = pieces as Plain[]
  const value = plain.map((piece) => piece.value).join('')
  return plain.some((piece) => piece.is === 'bytes') ? { is: 'bytes', value, at } : text(value, at)
}

type Plain = Extract<Node, { is: 'text' | 'bytes' }>

/** A string, or the texts and values of an f-string. */
function one(r: Reader): Plain | Node[] {
  if (r.kind === FORMAT) return formatted(r)
  const { from, to, prefix, escaped } = r
  const inner = r.code.slice(r.opened, r.closed)
  const bytes = (prefix & BYTES) !== 0
  const value = escaped && (prefix & RAW) === 0 ? unescaped(inner, bytes) : inner
  r.next()
  return { is: bytes ? 'bytes' : 'text', value, at: span(from, to) }
}

/** Texts and values by turns, beginning with a text; the tokens of its holes are read where they stand. */
function formatted(r: Reader): Node[] {
  const { code, prefix, opened } = r
  const raw = (prefix & RAW) !== 0
  const quotes = quotesOf(r)
  const parts: Node[] = []
  const say = (from: number, to: number): void => {
    const said = code.slice(from, to)
    const plain = (raw ? said : unescaped(said)).replace(/\{\{|\}\}/g, (pair) => pair[0] as string)
    if (plain !== '' || parts.length === 0) parts.push(text(plain, span(from, to)))
  }
  let from = opened
  for (;;) {
    const at = textEnd(code, from, quotes, raw)
    say(from, at)
    if (code.charCodeAt(at) !== OPEN) {
      r.kind = STRING
      r.to = code.startsWith(quotes, at) ? at + quotes.length : at
      r.next()
      return parts
    }
    from = hole(r, at, quotes, parts)
    if (isStop(r.kind)) return parts
  }
}

const quotesOf = ({ code, from, opened }: Reader): string => {
  const quote = code[opened - 1] as string
  return opened - from >= 3 && code[opened - 2] === quote && code[opened - 3] === quote ? quote.repeat(3) : quote
}

/** Where a text of an f-string ends: at a hole, at the closing quotes, or with its line. */
function textEnd(code: string, from: number, quotes: string, raw: boolean): number {
  const quote = quotes.charCodeAt(0)
  for (let at = from; ; at++) {
    const c = code.charCodeAt(at)
    if (c === BACKSLASH) {
      const next = code.charCodeAt(at + 1)
      // `\N{DASH}` is a character.
      if (next === 78 && !raw && code.charCodeAt(at + 2) === OPEN) at += 2
      else if (next !== OPEN) at = breakEnd(code, at + 1) - 1
    } else if (c === OPEN) {
      if (code.charCodeAt(at + 1) !== OPEN) return at
      at++
    } else if (c === quote) {
      if (quotes.length === 1 || code.startsWith(quotes, at)) return at
    } else if (at >= code.length || (quotes.length === 1 && isBreak(c))) return Math.min(at, code.length)
  }
}

/** One `{value=!r:spec}`: gives where the text goes on. Where it breaks off, what follows is text. */
function hole(r: Reader, from: number, quotes: string, parts: Node[]): number {
  const { code, brackets } = r
  const value = inHole(r, from)
  const same = r.take(ASSIGN)
  const conversion = r.take(EXCLAMATION) ? code[r.from] : undefined
  if (conversion !== undefined) r.take(NAME)
  const spec = r.kind === COLON || r.kind === WALRUS ? specOf(r, r.from, quotes) : null
  const here = span(from, r.kind === CLOSE_CURLY ? r.to : Math.max(from, r.last))
  if (same) parts.push(text(`${code.slice(startOf(value.at), endOf(value.at))}=`, here))
  const quoted = same && !spec ? true : conversion !== undefined && conversion !== 's'
  const said = quoted ? call('repr', [value], here) : value
  parts.push(spec ? call('format', [said, spec], here) : said)
  if (!isStop(r.kind)) r.brackets = brackets
  return r.kind === CLOSE_CURLY ? r.to : r.from
}

/** The value in a hole that opens there; the token after it is the one at hand. */
function inHole(r: Reader, from: number): Node {
  const { hole: outer } = r
  r.to = from + 1
  r.hole = ++r.brackets
  r.down()
  r.next()
  const value = tuple(r)
  r.up()
  r.hole = outer
  return value
}

/** What follows the colon up to the bracket that closes the hole, which is then the token at hand; holes in it are values. */
function specOf(r: Reader, colon: number, quotes: string): Node {
  const { code, brackets } = r
  const quote = quotes.charCodeAt(0)
  const parts: Node[] = []
  let from = colon + 1
  let at = from
  for (; ; at++) {
    const c = code.charCodeAt(at)
    if (c === OPEN) {
      const value = inHole(r, at)
      parts.push(text(code.slice(from, at), span(from, at)), value)
      from = at = r.kind === CLOSE_CURLY ? r.to : r.from
      if (isStop(r.kind)) break
      r.brackets = brackets
      at--
    } else if (c === CLOSE || at >= code.length || (c === quote && code.startsWith(quotes, at)) || (quotes.length === 1 && isBreak(c))) break
  }
  const end = text(code.slice(from, at), span(from, at))
  // Since Python 3.12 the line may end before the hole does.
  BEFORE_CLOSE.lastIndex = at
  if (isBreak(code.charCodeAt(at)) && BEFORE_CLOSE.test(code)) at = BEFORE_CLOSE.lastIndex
  const closed = code.charCodeAt(at) === CLOSE
  if (!isStop(r.kind)) {
    r.kind = closed ? CLOSE_CURLY : COMMA
    r.from = at
    r.to = closed ? at + 1 : at
  }
  return parts.length > 0 ? { is: 'join', parts: [...parts, end], at: span(colon, at) } : end
}

const call = (callee: string, args: readonly Node[], at: At): Node => ({ is: 'call', callee: name(callee, at), args, named: [], made: false, at })
