import { BACKSLASH, FORMATTED, FORM_FEED, LINE_FEED, RETURN, SPACE, TAB, breakEnd, isAt, isBreak, isDigit, isLetter, lineEnd, numberEnd, prefixOf } from './characters.ts'
import {
  ARROW, AT, AUGMENTED, BACKTICK, COLON, DEDENT, DOT, ELLIPSIS, END, EQUAL, EXCLAMATION, FLOOR, FORMAT, GREATER, GREATER_EQUAL, HASH, INDENT, KEYWORDS, LESS, LESS_EQUAL,
  MINUS, NAME, NEWLINE, NUMBER, OUTSIDE, POWER, SHIFT_LEFT, SHIFT_RIGHT, STAR, STRANGE, STRING, UNEQUAL, WALRUS, ASSIGN,
} from './tokens.ts'

/** A tab goes to the next multiple of this. */
const TABULATOR = 8

/** Names met lately, so that one that comes again is the same string: no copy, and its hash is known. */
const SLOTS = 2048
const met = Array.from({ length: SLOTS }, () => '')
const kinds = new Uint8Array(SLOTS)

/**
 * Tokens of Python 2 and 3, one at a time, in linear time; whatever is read, it ends. Brackets and backslashes join lines; a
 * line that begins with a word which stands in no brackets closes what was left open.
 */
export class Tokenizer {
  readonly code: string
  kind = NEWLINE
  from = 0
  to = 0
  /** End of the token before. Where lines begin and end deeper is no token of the text. */
  last = 0
  /** What a name or keyword means: in its plain letters (PEP 3131), `𝘦𝘷𝘢𝘭` is `eval`. */
  value = ''
  /** Of a string: what its prefix says, the stretch between its quotes, and whether a backslash stands there. */
  prefix = 0
  opened = 0
  closed = 0
  escaped = false
  /** Brackets that are open. */
  brackets = 0
  readonly #indents = [0]
  #dedents = 0
  #fresh = true
  #slash = -1

  constructor(code: string) {
    this.code = code
    if (code.charCodeAt(0) === 0xfeff) this.to = 1
    this.next()
  }

  /** Names are kept from file to file, and would keep the files. */
  static forget(): void {
    met.fill('')
  }

  next(): void {
    if (this.kind !== INDENT && this.kind !== DEDENT) this.last = this.to
    if (this.#dedents > 0) {
      this.#dedents--
      this.kind = DEDENT
    } else if (!this.#fresh || !this.#layout()) this.#token()
  }

  /** To come back to this token; only on the line that it stands on. */
  mark(): () => void {
    const { kind, from, to, last, value, prefix, opened, closed, escaped, brackets } = this
    const fresh = this.#fresh
    const slash = this.#slash
    return () => {
      Object.assign(this, { kind, from, to, last, value, prefix, opened, closed, escaped, brackets })
      this.#fresh = fresh
      this.#slash = slash
    }
  }

  /** How deep the next line with something on it stands; true if that is a token. */
  #layout(): boolean {
    const { code } = this
    let at = this.to
    let column = 0
    // A line that is joined to the next begins where it begins, if that is not at the margin.
    let joined = 0
    for (; ; at++) {
      const c = code.charCodeAt(at)
      if (c === SPACE) column++
      else if (c === TAB) column += TABULATOR - (column % TABULATOR)
      else if (c === LINE_FEED || c === RETURN || c === FORM_FEED) {
        column = 0
        if (c !== FORM_FEED) joined = 0
      }      else if (c === HASH) {
        at = lineEnd(code, at) - 1
      } else if (c === BACKSLASH && isBreak(code.charCodeAt(at + 1))) {
        joined ||= column
        at = breakEnd(code, at + 1) - 1
      } else break
    }
    column = joined || column
    this.#fresh = false
    this.from = this.to = at
    if (at >= code.length) {
      column = 0
      this.#fresh = true
    }
    const indents = this.#indents
    const current = indents[indents.length - 1] as number
    if (column === current) return false
    if (column > current) {
      indents.push(column)
      this.kind = INDENT
      return true
    }
    // A line between two depths belongs to the deeper block.
    if (column > (indents[indents.length - 2] as number)) {
      indents[indents.length - 1] = column
      return false
    }
    while ((indents[indents.length - 1] as number) > column && column <= (indents[indents.length - 2] as number)) {
      indents.pop()
      this.#dedents++
    }
    indents[indents.length - 1] = column
    this.#dedents--
    this.kind = DEDENT
    return true
  }

  #token(): void {
    const { code } = this
    let at = this.to
    let line = -1
    for (; ; at++) {
      const c = code.charCodeAt(at)
      if (c === SPACE || c === TAB || c === FORM_FEED) continue
      if (c === LINE_FEED || c === RETURN) {
        const end = breakEnd(code, at)
        if (this.brackets === 0) return this.#lineBreak(at, end)
        line = end
        at = end - 1
      } else if (c === HASH) at = lineEnd(code, at) - 1
      else if (c === BACKSLASH && isBreak(code.charCodeAt(at + 1))) {
        at = breakEnd(code, at + 1) - 1
      } else if (at >= code.length) {
        this.brackets = 0
        if (!this.#fresh) return this.#lineBreak(code.length, code.length)
        return this.#give(END, code.length, code.length)
      } else break
    }
    const c = code.charCodeAt(at)
    this.from = at
    if (isDigit(c)) this.#give(NUMBER, at, numberEnd(code, at))
    else if (isLetter(c)) {
      this.#word(at)
      if (line >= 0 && this.kind > NAME && OUTSIDE[this.kind] === 1) {
        this.brackets = 0
        this.#lineBreak(line, line)
      }
    } else if (c === 34 || c === 39) this.#string(at, 0)
    else this.#sign(at, c)
  }

  /** To the end of the line in the text, whatever is open there. */
  protected skipLine(): void {
    const { code } = this
    const end = lineEnd(code, this.from)
    this.brackets = 0
    this.#lineBreak(end, Math.min(breakEnd(code, end), code.length))
  }

  #lineBreak(from: number, to: number): void {
    this.#fresh = true
    this.#give(NEWLINE, from, to)
  }

  #give(kind: number, from: number, to: number): void {
    this.kind = kind
    this.from = from
    this.to = to
  }

  #word(from: number): void {
    const { code } = this
    let at = from
    let hash = 0
    let high = 0
    for (let c = code.charCodeAt(at); isLetter(c); c = code.charCodeAt(++at)) {
      hash = (Math.imul(hash, 31) + c) | 0
      high |= c
    }
    const quote = code.charCodeAt(at)
    if ((quote === 34 || quote === 39) && at - from <= 2) {
      const prefix = prefixOf(code.slice(from, at))
      if (prefix > 0) return this.#string(at, prefix)
    }
    this.to = at
    const slot = (hash ^ (hash >>> 15)) & (SLOTS - 1)
    const known = met[slot] as string
    if (isAt(code, known, from, at)) {
      this.value = known
      this.kind = kinds[slot] as number
      return
    }
    const spelled = code.slice(from, at)
    this.value = high > 127 ? spelled.normalize('NFKC') : spelled
    // Keywords have no other spelling: `𝐜𝐥𝐚𝐬𝐬` is a name.
    this.kind = high > 127 ? NAME : KEYWORDS.get(spelled) ?? NAME
    if (high > 127) return
    met[slot] = spelled
    kinds[slot] = this.kind
  }

  /** `quoteAt`: where its opening quote stands; `from` is where its prefix begins. */
  #string(quoteAt: number, prefix: number): void {
    const { code } = this
    const quote = code.charCodeAt(quoteAt)
    const triple = code.charCodeAt(quoteAt + 1) === quote && code.charCodeAt(quoteAt + 2) === quote
    this.prefix = prefix
    this.opened = quoteAt + (triple ? 3 : 1)
    this.escaped = false
    if ((prefix & FORMATTED) !== 0) {
      this.kind = FORMAT
      this.to = this.opened
      return
    }
    this.kind = STRING
    if (triple) this.#long(quote)
    else this.#short(quote)
  }

  #short(quote: number): void {
    const { code } = this
    for (let at = this.opened; ; at++) {
      const c = code.charCodeAt(at)
      if (c === BACKSLASH) {
        this.escaped = true
        if (code.charCodeAt(at + 1) === RETURN && code.charCodeAt(at + 2) === LINE_FEED) at++
        at++
      } else if (c === quote) {
        this.closed = at
        this.to = at + 1
        return
      } else if (c === LINE_FEED || c === RETURN || at >= code.length) {
        this.closed = this.to = Math.min(at, code.length)
        return
      }
    }
  }

  #long(quote: number): void {
    const { code } = this
    const closing = quote === 34 ? '"""' : "'''"
    let end = code.indexOf(closing, this.opened)
    for (let slash = this.#slashFrom(this.opened); slash < end; slash = this.#slashFrom(slash + 2)) {
      this.escaped = true
      if (slash + 1 >= end) end = code.indexOf(closing, slash + 2)
    }
    if (end < 0) this.escaped = true
    this.closed = end < 0 ? code.length : end
    this.to = end < 0 ? code.length : end + 3
  }

  /** The next backslash: looked for once, however many strings stand before it. */
  #slashFrom(from: number): number {
    if (this.#slash < from) {
      const found = this.code.indexOf('\\', from)
      this.#slash = found < 0 ? Infinity : found
    }
    return this.#slash
  }

  #sign(at: number, c: number): void {
    const { code } = this
    const next = code.charCodeAt(at + 1)
    const augmented = (length: number, kind: number): void => {
      const more = code.charCodeAt(at + length) === ASSIGN
      this.#give(more ? AUGMENTED : kind, at, at + length + (more ? 1 : 0))
    }
    switch (c) {
      case 40: case 91: case 123: this.brackets++; return this.#give(c, at, at + 1)
      case 41: case 93: case 125:
        if (this.brackets > 0) this.brackets--
        return this.#give(c, at, at + 1)
      case DOT:
        if (isDigit(next)) return this.#give(NUMBER, at, numberEnd(code, at))
        if (next === DOT && code.charCodeAt(at + 2) === DOT) return this.#give(ELLIPSIS, at, at + 3)
        return this.#give(c, at, at + 1)
      case COLON: return next === ASSIGN ? this.#give(WALRUS, at, at + 2) : this.#give(c, at, at + 1)
      case ASSIGN: return next === ASSIGN ? this.#give(EQUAL, at, at + 2) : this.#give(c, at, at + 1)
      case EXCLAMATION: return next === ASSIGN ? this.#give(UNEQUAL, at, at + 2) : this.#give(c, at, at + 1)
      case LESS:
        if (next === LESS) return augmented(2, SHIFT_LEFT)
        if (next === ASSIGN) return this.#give(LESS_EQUAL, at, at + 2)
        return next === GREATER ? this.#give(UNEQUAL, at, at + 2) : this.#give(c, at, at + 1)
      case GREATER:
        if (next === GREATER) return augmented(2, SHIFT_RIGHT)
        return next === ASSIGN ? this.#give(GREATER_EQUAL, at, at + 2) : this.#give(c, at, at + 1)
      case STAR: return next === STAR ? augmented(2, POWER) : augmented(1, c)
      case 47: return next === 47 ? augmented(2, FLOOR) : augmented(1, c)
      case MINUS: return next === GREATER ? this.#give(ARROW, at, at + 2) : augmented(1, c)
      case 43: case 37: case 38: case 94: case 124: case AT: return augmented(1, c)
      case 44: case 59: case BACKTICK: case 126: return this.#give(c, at, at + 1)
      default: return this.#give(STRANGE, at, at + 1)
    }
  }
}
