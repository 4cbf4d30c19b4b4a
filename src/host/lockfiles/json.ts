import { SluiceError } from '../../core/errors.ts'
import type { Reading } from './project-file.ts'
import { DEEPEST, EMPTY, linesBetween, MOST_VALUES } from './tree.ts'
import type { Located } from './tree.ts'

/**
 * JSON with lines (RFC 8259), and where `comments` are allowed the comments and trailing commas of JSONC. `JSON.parse` tells
 * no lines, overflows its stack on deep nesting, makes `__proto__` special in what follows, and keeps silent on keys given
 * twice. Where a document breaks off or breaks the grammar, what stands before that is returned, and the place is a problem.
 */
export function readJson(reading: Pick<Reading, 'problem' | 'text'>, comments = false): Located {
  const reader = new Reader(reading.text, reading, comments)
  try {
    reader.document()
  } catch (thrown) {
    if (!(thrown instanceof Broken)) throw thrown
    reading.problem(thrown.line, `${thrown.message}: what follows was not read`, 'broken')
  }
  return reader.root
}

class Broken extends Error {
  readonly line: number
  constructor(line: number, says: string) {
    super(says)
    this.line = line
  }
}

const [QUOTE, BACKSLASH, NEWLINE, SPACE, SLASH] = ['"', '\\', '\n', ' ', '/'].map((char) => char.charCodeAt(0)) as [number, number, number, number, number]

class Reader {
  root: Located = EMPTY
  readonly #text: string
  readonly #reading: Pick<Reading, 'problem'>
  readonly #comments: boolean
  #at = 0
  #line = 1
  #values = 0

  constructor(text: string, reading: Pick<Reading, 'problem'>, comments: boolean) {
    this.#text = text
    this.#reading = reading
    this.#comments = comments
  }

  document(): void {
    this.#gap()
    this.#value((node) => {
      this.root = node
    }, 0)
    this.#gap()
    if (this.#at < this.#text.length) throw this.#broken('something stands after the end of the document')
  }

  /** `put` comes before what is inside: a document that breaks off leaves what was read. */
  #value(put: (node: Located) => void, depth: number): void {
    if (depth > DEEPEST) throw this.#broken(`nested more than ${DEEPEST} levels deep`)
    if (++this.#values > MOST_VALUES) throw new SluiceError('usage', `the document has more than ${MOST_VALUES} values`, { hint: 'is this the right file?' })
    const line = this.#line
    const char = this.#text[this.#at]
    if (char === '{') {
      const value = new Map<string, Located>()
      put({ line, value })
      this.#object(value, depth)
    } else if (char === '[') {
      const value: Located[] = []
      put({ line, value })
      this.#list(']', () => this.#value((node) => value.push(node), depth + 1))
    } else if (char === '"') put({ line, value: this.#string() })
    else put({ line, value: this.#word() })
  }

  #object(into: Map<string, Located>, depth: number): void {
    this.#list('}', () => {
      const line = this.#line
      if (this.#text[this.#at] !== '"') throw this.#unexpected('a key in quotes is missing')
      const key = this.#string()
      this.#gap()
      this.#take(':')
      this.#gap()
      if (into.has(key)) this.#reading.problem(line, `"${key.slice(0, 100)}" stands twice: the later one counts`)
      this.#value((node) => into.set(key, node), depth + 1)
    })
  }

  #list(end: string, item: () => void): void {
    this.#at++
    this.#gap()
    let first = true
    while (this.#text[this.#at] !== end) {
      if (!first) {
        this.#take(',')
        this.#gap()
        if (this.#comments && this.#text[this.#at] === end) break
      }
      first = false
      item()
      this.#gap()
    }
    this.#at++
  }

  #string(): string {
    const start = this.#at
    let escaped = false
    for (let at = start + 1; at < this.#text.length; at++) {
      const code = this.#text.charCodeAt(at)
      if (code === QUOTE) {
        this.#at = at + 1
        return escaped ? this.#unescape(this.#text.slice(start, at + 1)) : this.#text.slice(start + 1, at)
      }
      if (code < SPACE) throw this.#broken('a string holds a line end or another control character')
      if (code === BACKSLASH) {
        escaped = true
        at++
      }
    }
    throw this.#broken('a string does not end')
  }

  #unescape(quoted: string): string {
    try {
      return JSON.parse(quoted) as string
    } catch {
      throw this.#broken('a string holds an escape that JSON does not have')
    }
  }

  #word(): string | number | boolean | null {
    const pattern = /[A-Za-z0-9.+-]{1,400}/y
    pattern.lastIndex = this.#at
    const word = pattern.exec(this.#text)?.[0]
    if (word === 'true' || word === 'false' || word === 'null') {
      this.#at += word.length
      return word === 'null' ? null : word === 'true'
    }
    if (word === undefined || !/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(word)) {
      throw this.#unexpected('this is no JSON')
    }
    this.#at += word.length
    return Number(word)
  }

  #take(char: string): void {
    if (this.#text[this.#at] !== char) throw this.#unexpected(`"${char}" is missing`)
    this.#at++
  }

  #gap(): void {
    for (;; this.#at++) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === NEWLINE) this.#line++
      else if (code === SLASH && this.#comments) this.#comment()
      else if (code !== SPACE && code !== 9 && code !== 13) return
    }
  }

  /** Leaves the place at the comment's last character. */
  #comment(): void {
    const long = this.#text[this.#at + 1] === '*'
    if (!long && this.#text[this.#at + 1] !== '/') throw this.#broken('this is no JSON')
    const end = this.#text.indexOf(long ? '*/' : '\n', this.#at + 2)
    if (end < 0 && long) throw this.#broken('a comment does not end')
    const next = end < 0 ? this.#text.length : long ? end + 2 : end
    this.#line += linesBetween(this.#text, this.#at, next)
    this.#at = next - 1
  }

  /** What is wrong here, or what made it so. */
  #unexpected(says: string): Broken {
    if (this.#at >= this.#text.length) return this.#broken('the document ends in the middle')
    const conflict = /^(?:<{7}|={7}|>{7}|\|{7})/.test(this.#text.slice(this.#at, this.#at + 7))
    return this.#broken(conflict ? 'a merge conflict is not resolved' : says)
  }

  #broken(says: string): Broken {
    return new Broken(this.#line, says)
  }
}
