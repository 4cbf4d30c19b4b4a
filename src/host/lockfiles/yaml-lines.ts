import { SluiceError } from '../../core/errors.ts'
import { DEEPEST, EMPTY, MOST_VALUES } from './tree.ts'
import type { Located } from './tree.ts'

/** Not the YAML that lockfiles are written in: a full reader has to look. */
export class Unusual extends Error {}

interface Level {
  indent: number
  value: Map<string, Located> | Located[]
}

interface LineValue { value: Located['value']; end: number }

/**
 * The YAML that pnpm and yarn write, read line by line: block tables and lists, quoted and plain scalars on one line, flow
 * tables and lists on one line, long keys after `?`, block scalars, several documents. All scalars are text. Linear, and some
 * thirty times faster and smaller than a full reader. Throws `Unusual` on anything else, and never guesses.
 */
export class LineReader {
  readonly documents: Located[] = []
  /** Keys given twice: line and key. */
  readonly twice: [line: number, key: string][] = []
  readonly #lines: string[]
  #at = 0
  #levels: Level[] = []
  /** A key whose value may follow on deeper lines. */
  #open: { indent: number; node: Located } | null = null
  #values = 0

  constructor(text: string) {
    this.#lines = text.split('\n')
  }

  read(): Located[] {
    for (; this.#at < this.#lines.length; this.#at++) {
      const line = this.#line()
      const indent = indentOf(line)
      if (indent === line.length || line[indent] === '#') continue
      if (line.includes('\t')) throw new Unusual('a tab')
      if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) this.#mark(line)
      else this.#content(line, indent)
    }
    return this.documents
  }

  #line(): string {
    const line = this.#lines[this.#at] as string
    return line.endsWith('\r') ? line.slice(0, -1) : line
  }

  #mark(line: string): void {
    if (!/^(?:---|\.\.\.)\s*(?:\s#.*)?$/.test(line)) throw new Unusual('content beside a document mark')
    this.#levels = []
    this.#open = null
  }

  #content(line: string, indent: number): void {
    const item = line[indent] === '-' && (line[indent + 1] === ' ' || line.length === indent + 1)
    const into = this.#level(indent, item)
    if (item) this.#item(line, indent, into as Located[])
    else this.#pair(line, indent, into as Map<string, Located>)
  }

  /** The table or list that lines of this indent belong to. */
  #level(indent: number, item: boolean): Level['value'] {
    const open = this.#open
    this.#open = null
    // A list may stand as deep as its key.
    if (open && (indent > open.indent || (item && indent === open.indent))) return this.#begin(indent, item, open.node)
    while ((this.#levels.at(-1)?.indent ?? -1) > indent) this.#levels.pop()
    if (!item && this.#levels.at(-1)?.indent === indent && Array.isArray(this.#levels.at(-1)?.value)) this.#levels.pop()
    const top = this.#levels.at(-1)
    if (!top) {
      const root: Located = { line: this.#at + 1, value: null }
      if (indent > 0) throw new Unusual('an indented beginning')
      this.documents.push(root)
      return this.#begin(indent, item, root)
    }
    if (top.indent !== indent || Array.isArray(top.value) !== item) throw new Unusual('an indent that fits nothing')
    return top.value
  }

  #begin(indent: number, item: boolean, node: Located): Level['value'] {
    if (this.#levels.length >= DEEPEST) throw new Unusual('nested too deeply')
    const value = item ? [] : new Map<string, Located>()
    node.value = value
    this.#levels.push({ indent, value })
    return value
  }

  #item(line: string, indent: number, into: Located[]): void {
    const text = line.slice(indent + 1).trimStart()
    if (text === '' || isPair(text)) throw new Unusual('a list of tables')
    into.push(this.#node(this.#at + 1, this.#scalar(text)))
  }

  #pair(line: string, indent: number, into: Map<string, Located>): void {
    const number = this.#at + 1
    const { key, rest } = this.#key(line, indent)
    const node = this.#node(number, null)
    if (into.has(key)) this.twice.push([number, key])
    into.set(key, node)
    if (rest === '' || rest.startsWith('#')) this.#open = { indent, node }
    else if (/^[|>][-+]?[1-9]?[-+]?(?:\s+#.*)?$/.test(rest)) node.value = this.#block(indent)
    else node.value = this.#scalar(rest)
  }

  /** `key: rest`, or `? key` and on the next line `: rest`. */
  #key(line: string, indent: number): { key: string; rest: string } {
    if (line[indent] === '?' && line[indent + 1] === ' ') {
      const key = this.#scalar(line.slice(indent + 2).trim())
      this.#at++
      const next = this.#at < this.#lines.length ? this.#line() : ''
      if (typeof key !== 'string' || indentOf(next) !== indent || !/^:(?:\s|$)/.test(next.slice(indent))) throw new Unusual('a key that is no text')
      return { key, rest: next.slice(indent + 1).trim() }
    }
    const quoted = line[indent] === '"' || line[indent] === "'"
    const end = quoted ? endOfQuoted(line, indent) : endOfPlainKey(line, indent)
    const key = quoted ? unquoted(line.slice(indent, end)) : line.slice(indent, end).trimEnd()
    const colon = quoted ? skipBlanks(line, end) : end
    if (line[colon] !== ':' || (colon + 1 < line.length && line[colon + 1] !== ' ')) throw new Unusual('no key')
    if (!quoted && !isPlain(key)) throw new Unusual('a key with signs of its own')
    return { key, rest: line.slice(colon + 1).trim() }
  }

  /** Lines deeper than the key, and empty ones. What is folded and what is not makes no difference to what lockfiles tell. */
  #block(indent: number): string {
    const parts: string[] = []
    let [deepest, first] = [0, -1]
    for (; this.#at + 1 < this.#lines.length; this.#at++) {
      const next = this.#lines[this.#at + 1] as string
      const isEmpty = next.trim() === ''
      if (!isEmpty && indentOf(next) <= indent) break
      if (!isEmpty && first < 0) first = indentOf(next)
      if (first < 0) deepest = Math.max(deepest, indentOf(next))
      else if (!isEmpty && indentOf(next) < first) throw new Unusual('a block that is less deep further down')
      parts.push(next.trim())
    }
    if (first >= 0 && deepest > first) throw new Unusual('a block that begins deeper than its text')
    return parts.join('\n').trim()
  }

  /** A value that begins and ends on this line. */
  #scalar(text: string): Located['value'] {
    const first = text[0] as string
    if (first === '"' || first === "'" || first === '{' || first === '[') {
      const { value, end } = this.#flow(text, 0, 0)
      if (!/^\s*(?:\s#.*)?$/.test(text.slice(end))) throw new Unusual('something after a value')
      return value
    }
    const comment = text.indexOf(' #')
    const plain = (comment < 0 ? text : text.slice(0, comment)).trimEnd()
    if (!isPlain(plain) || plain.endsWith(':') || plain.includes(': ')) throw new Unusual('a value with signs of its own')
    return plain
  }

  #flow(text: string, start: number, depth: number): LineValue {
    if (depth > 50) throw new Unusual('nested too deeply')
    const first = text[start]
    if (first === '"' || first === "'") {
      const end = endOfQuoted(text, start)
      return { value: unquoted(text.slice(start, end)), end }
    }
    if (first === '{') return this.#flowTable(text, start, depth)
    if (first === '[') return this.#flowList(text, start, depth)
    let end = start
    while (end < text.length && !',[]{}'.includes(text[end] as string) && !(text[end] === ':' && ' ,]}'.includes(text[end + 1] ?? ' ')) && !(text[end] === '#' && text[end - 1] === ' ')) end++
    const plain = text.slice(start, end).trimEnd()
    if (!isPlain(plain)) throw new Unusual('a value with signs of its own')
    return { value: plain, end }
  }

  #flowTable(text: string, start: number, depth: number): LineValue {
    const value = new Map<string, Located>()
    let at = skipBlanks(text, start + 1)
    while (text[at] !== '}') {
      const key = this.#flow(text, at, depth + 1)
      at = skipBlanks(text, key.end)
      if (typeof key.value !== 'string' || text[at] !== ':') throw new Unusual('a flow table that is none')
      at = skipBlanks(text, at + 1)
      const inner = ',}'.includes(text[at] ?? ' ') ? { value: null, end: at } : this.#flow(text, at, depth + 1)
      if (value.has(key.value)) this.twice.push([this.#at + 1, key.value])
      value.set(key.value, this.#node(this.#at + 1, inner.value))
      at = this.#comma(text, inner.end, '}')
    }
    return { value, end: at + 1 }
  }

  #flowList(text: string, start: number, depth: number): LineValue {
    const value: Located[] = []
    let at = skipBlanks(text, start + 1)
    while (text[at] !== ']') {
      const inner = this.#flow(text, at, depth + 1)
      value.push(this.#node(this.#at + 1, inner.value))
      at = this.#comma(text, inner.end, ']')
    }
    return { value, end: at + 1 }
  }

  #comma(text: string, from: number, end: string): number {
    const at = skipBlanks(text, from)
    if (text[at] === end) return at
    if (text[at] !== ',') throw new Unusual('a flow value that goes on')
    return skipBlanks(text, at + 1)
  }

  #node(line: number, value: Located['value']): Located {
    if (++this.#values > MOST_VALUES) throw new SluiceError('usage', `the document has more than ${MOST_VALUES} values`, { hint: 'is this the right file?' })
    return { ...EMPTY, line, value }
  }
}

function indentOf(line: string): number {
  let at = 0
  while (line[at] === ' ') at++
  return at
}

function skipBlanks(text: string, from: number): number {
  let at = from
  while (text[at] === ' ') at++
  return at
}

/** Text that means itself: none of the signs that YAML reads at a value's beginning, no comment. */
const isPlain = (text: string): boolean => text !== '' && !/^(?:[-?:,[\]{}#&*!|>'"%@`]|---)/.test(text.replace(/^[-?:](?=[^\s,[\]{}])/, '')) && !text.includes(' #')

const isPair = (text: string): boolean => (/^["']/.test(text) ? /["']\s*:(?:\s|$)/.test(text) : !/^[[{]/.test(text) && /:(?:\s|$)/.test(text)) || /^[-?](?:\s|$)/.test(text)

/** Where the colon stands that ends a plain key. */
function endOfPlainKey(line: string, from: number): number {
  const inside = line.indexOf(': ', from)
  return inside >= 0 ? inside : line.trimEnd().length - 1
}

/** After the closing quote. */
function endOfQuoted(text: string, start: number): number {
  const quote = text[start]
  for (let at = start + 1; at < text.length; at++) {
    if (quote === '"' && text[at] === '\\') at++
    else if (text[at] === quote) {
      if (quote === '"' || text[at + 1] !== quote) return at + 1
      at++
    }
  }
  throw new Unusual('a string that goes on')
}

function unquoted(quoted: string): string {
  if (quoted.startsWith("'")) return quoted.slice(1, -1).replaceAll("''", "'")
  try {
    return JSON.parse(quoted) as string
  } catch {
    throw new Unusual('an escape that JSON does not have')
  }
}
