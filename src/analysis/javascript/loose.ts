import { NOWHERE, across, endOf, nothing, span, startOf, text } from '../flow/tree.ts'
import type { At, Entry, Func, Node } from '../flow/tree.ts'
import { readImport, unescaped } from './tokens.ts'

const TOKEN = /\/\/[^\n]*|\/\*[^]*?(?:\*\/|$)|"(?:[^"\\\n]|\\[^])*"?|'(?:[^'\\\n]|\\[^])*'?|`|=>|[=!]==?|[<>]=|&&=?|\|\|=?|\?\?=?|\+\+|--|[-+*/%&|^]=|\.\.\.|\?\.|0[xX][\da-fA-F_]+n?|0[oObB][0-7_]+n?|\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?n?|[\p{L}_$#@][\p{L}\p{N}_$]*|[^\s]/gu
const TEMPLATE = /(?:[^`\\$]|\\[^]|\$(?!\{))*(?:`|\$\{|$)/gy
const QUIET = new Set(['const', 'let', 'var', 'await', 'new', 'if', 'while', 'for', 'else', 'typeof', 'async', 'export', 'default', 'void', 'delete',
  'try', 'finally', 'do', 'of', 'in', 'as', 'instanceof', 'case', 'switch', 'public', 'private', 'protected', 'readonly', 'static', 'declare', 'abstract'])
const DEEPEST = 200

interface Frame {
  kind: '' | '(' | '[' | '{' | '`'
  /** What is called or indexed by what stands in these brackets. */
  of: Node | null
  from: number
  parts: Node[]
  entries: Entry[]
  /** The chain of names read last, still open to `.member`, `(` and `[`. */
  open: Node | null
  /** What was added up before it. */
  sum: Node[]
  /** What other operators stand between. */
  any: Node[]
  target: Node | null
  key: string | null
  /** `return` stands in front. */
  returns: boolean
  /** A function whose parameters or body these brackets hold, or that is waiting for them. */
  func: { name: string | null; at: number; params: Node[] | null } | null
}

const frame = (kind: Frame['kind'], of: Node | null, from: number): Frame =>
  ({ kind, of, from, parts: [], entries: [], open: null, sum: [], any: [], target: null, key: null, returns: false, func: null })

/**
 * Calls, member chains, strings, numbers, templates, functions and assignments of code that does not parse: enough to see
 * `eval(Buffer.from("…", "base64"))` or `const cp = require("child_process")`. One pass, no recursion.
 */
export function lowerTokens(code: string): readonly Node[] {
  const reader = new Reader(code)
  return reader.read()
}

/** How deeply brackets are nested, those in strings and comments left out. */
export function depthOf(code: string): number {
  let depth = 0
  let deepest = 0
  for (let at = 0; at < code.length; at++) {
    switch (code[at]) {
      case '(': case '[': case '{': if (++depth > deepest) deepest = depth
        break
      case ')': case ']': case '}': if (depth > 0) depth--
        break
      case '"': case "'": at = endOfString(code, at)
        break
      case '/': {
        const end = code[at + 1] === '/' ? code.indexOf('\n', at) : code[at + 1] === '*' ? code.indexOf('*/', at + 2) : at
        if (end < 0) return deepest
        at = end === at || code[end] === '\n' ? end : end + 1
      }
    }
  }
  return deepest
}

/** Where the string that begins here ends: at its quote, or with the line. */
function endOfString(code: string, from: number): number {
  for (let at = from + 1; at < code.length; at++) {
    const sign = code[at]
    if (sign === '\\') at++
    else if (sign === code[from] || sign === '\n') return at
  }
  return code.length
}

class Reader {
  readonly #code: string
  readonly #stack: Frame[] = [frame('', null, 0)]
  #member = false

  constructor(code: string) {
    this.#code = code
  }

  read(): readonly Node[] {
    const token = new RegExp(TOKEN)
    for (let match = token.exec(this.#code); match; match = token.exec(this.#code)) {
      token.lastIndex = this.#take(match[0], match.index)
    }
    while (this.#stack.length > 1) this.#flush()
    this.#settle()
    return this.#top().parts
  }

  #top = (): Frame => this.#stack.at(-1) as Frame

  /** Takes in one token; says where the next one is looked for. */
  #take(token: string, from: number): number {
    const to = from + token.length
    const first = token[0] as string
    const top = this.#top()
    if (first === '/' && (token[1] === '/' || token[1] === '*')) return to
    const member = this.#member
    this.#member = false
    if (first === '"' || first === "'") this.#value(text(unescaped(token.slice(1, token.length > 1 && token.endsWith(first) ? -1 : undefined)), span(from, to)))
    else if (token === '`') return this.#template(from, to)
    else if (/\d/.test(first)) this.#value({ is: 'number', value: Number(token.replace(/[_n]/g, '')) || 0, at: span(from, to) })
    else if (/[\p{L}_$#@]/u.test(first)) return this.#word(token, from, to, member)
    else if (token === '(' || token === '[' || token === '{') this.#enter(token, from)
    else if (token === ')' || token === ']' || token === '}') return this.#leave(to)
    else if (token === '.' || token === '?.') this.#member = true
    else if (token === '+' && top.open) {
      top.sum.push(top.open)
      top.open = null
    } else if (token === '=' || token === '+=') {
      const target = top.any[0] ?? top.open
      if (token === '+=' && top.open) top.sum = [top.open]
      if (target) Object.assign(top, { target, open: null, any: [] })
    } else if (token === ':' && top.kind === '{' && top.any.length === 0 && top.open && (top.open.is === 'name' || top.open.is === 'text')) {
      top.key = top.open.is === 'name' ? top.open.name : top.open.value
      top.open = null
    } else if (token === ';' || token === ',') this.#settle()
    else if (token !== '...') this.#operator()
    return to
  }

  #value(value: Node): void {
    if (this.#top().open) this.#settle()
    this.#top().open = value
  }

  #operator(): void {
    const top = this.#top()
    const value = summed(top)
    if (value) top.any.push(value)
    top.open = null
  }

  #word(token: string, from: number, to: number, member: boolean): number {
    const top = this.#top()
    if (member && top.open) top.open = { is: 'member', of: top.open, key: text(token, span(from, to)), at: span(startOf(top.open.at), to) }
    else if (token === 'import') {
      const found = readImport(this.#code, from)
      if (!found) this.#value({ is: 'name', name: token, at: span(from, to) })
      else {
        this.#settle()
        top.parts.push(...found.nodes)
        return found.to
      }
    } else if (token === 'function') {
      if (top.open) this.#settle()
      top.func = { name: null, at: from, params: null }
    } else if (top.func && !top.func.params && top.func.name === null) top.func.name = token
    else if (token === 'return') {
      this.#settle()
      top.returns = true
    } else if (QUIET.has(token)) {
      if (top.open && token !== 'as' && token !== 'in' && token !== 'of' && token !== 'instanceof') this.#settle()
    } else this.#value({ is: 'name', name: token, at: span(from, to) })
    return to
  }

  #enter(kind: '(' | '[' | '{', from: number): void {
    if (this.#stack.length > DEEPEST) while (this.#stack.length > 1) this.#flush()
    const top = this.#top()
    const waiting = top.func && (kind === '(' ? !top.func.params : kind === '{')
    const of = kind === '{' || waiting ? null : top.open
    if (kind === '{' && !waiting && top.open) this.#settle()
    if (of) top.open = null
    const inner = frame(kind, of, of ? startOf(of.at) : from)
    if (waiting) {
      inner.func = top.func && { ...top.func, name: top.func.name ?? '' }
      top.func = null
    }
    this.#stack.push(inner)
  }

  #leave(to: number): number {
    this.#settle()
    if (this.#stack.length === 1) return to
    const closed = this.#stack.pop() as Frame
    const top = this.#top()
    const at = span(closed.from, to)
    if (closed.kind === '`') {
      if (top.open?.is === 'join') top.open = { ...top.open, parts: [...top.open.parts, ...closed.parts] }
      return this.#template(closed.from, to)
    }
    if (closed.func) this.#function(closed, closed.func, to)
    else if (closed.kind === '{' && closed.entries.length === 0) {
      if (closed.parts.length > 0) top.parts.push({ is: 'group', parts: closed.parts, last: true, at })
      else this.#value({ is: 'record', entries: [], at })
    } else this.#value(bracketed(closed, at))
    return to
  }

  #function(closed: Frame, func: NonNullable<Frame['func']>, to: number): void {
    if (!func.params) {
      this.#top().func = { ...func, params: closed.parts }
      return
    }
    const node: Func = { is: 'function', name: func.name || null, params: func.params.map(untyped).filter(isTarget), body: closed.parts, at: span(func.at, to) }
    const name: Node | null = node.name === null ? null : { is: 'name', name: node.name, at: node.at }
    const top = this.#top()
    const stands = name && !top.open && !top.target && top.kind !== '(' && top.kind !== '['
    if (stands) top.parts.push({ is: 'set', target: name, value: node, declares: true, at: node.at })
    else this.#value(node)
  }

  /** Text of a template up to its end or to a hole, which is read like code in brackets. */
  #template(from: number, to: number): number {
    TEMPLATE.lastIndex = to
    const said = TEMPLATE.exec(this.#code)?.[0] ?? ''
    const end = to + said.length
    const hole = said.endsWith('${')
    const value = text(unescaped(said.slice(0, hole ? -2 : said.endsWith('`') ? -1 : undefined)), span(to, end))
    const resumed = this.#code[to - 1] === '}'
    const top = this.#top()
    if (!resumed) this.#value({ is: 'join', parts: [value], at: span(from, end) })
    else if (top.open?.is === 'join') top.open = { is: 'join', parts: [...top.open.parts, value], at: span(startOf(top.open.at), end) }
    if (hole && this.#stack.length <= DEEPEST) this.#stack.push(frame('`', null, from))
    return end
  }

  #settle(): void {
    const top = this.#top()
    const last = summed(top)
    const values = last ? [...top.any, last] : top.any
    const [only] = values
    let value = values.length > 1 ? { is: 'group' as const, parts: values, last: false, at: only?.at ?? NOWHERE } : only
    if (top.target) value = { is: 'set', target: top.target, value: value ?? nothing(span(top.from, top.from)), declares: false, at: span(startOf(top.target.at), endOf(value?.at ?? top.target.at)) }
    if (top.key !== null && value) top.entries.push({ key: top.key, value })
    else if (value) top.parts.push(top.returns ? { is: 'return', value, at: value.at } : value)
    Object.assign(top, { open: null, sum: [], any: [], target: null, key: null, returns: false })
  }

  /** What was opened and never closed runs where it stands. */
  #flush(): void {
    this.#settle()
    const closed = this.#stack.pop() as Frame
    const parts = [...closed.parts, ...closed.entries.map((entry) => entry.value), ...(closed.of ? [closed.of] : [])]
    this.#top().parts.push({ is: 'group', parts, last: true, at: span(closed.from, this.#code.length) })
  }
}

function summed(top: Frame): Node | null {
  const parts = top.open ? [...top.sum, top.open] : top.sum
  top.sum = []
  const [only] = parts
  return parts.length > 1 ? { is: 'join', parts, at: across(parts) } : only ?? null
}

/** `name: Type` reads as one of several. */
const untyped = (node: Node): Node => (node.is === 'group' ? node.parts[0] ?? node : node)
const isTarget = (node: Node): boolean => node.is === 'name' || node.is === 'list' || node.is === 'record' || node.is === 'set'

function bracketed(closed: Frame, at: At): Node {
  const { kind, of, parts } = closed
  const only = parts[0] ?? nothing(span(endOf(at), endOf(at)))
  if (kind === '{') return { is: 'record', entries: closed.entries, at }
  if (kind === '[') return of ? { is: 'member', of, key: parts.at(-1) ?? only, at } : { is: 'list', parts, at }
  if (!of) return parts.length === 1 ? only : { is: 'group', parts, last: true, at }
  return of.is === 'name' && of.name === 'import' ? { is: 'import', module: only, at } : { is: 'call', callee: of, args: parts, named: [], made: false, at }
}
