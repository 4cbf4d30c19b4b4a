import { isAscii } from 'node:buffer'

/** How the tongues whose code is sketched differ for a scanner that only wants tokens. */
export type Tongue = 'javascript' | 'python' | 'go'

type TokenKind = 'word' | 'number' | 'string' | 'sign'

/** Where a token stands; `word` is the hash of a word, of its first `LONGEST` characters. */
export type Take = (kind: TokenKind, from: number, to: number, word: number) => void

/** FNV-1a, 32 bit. Of a word each row of digits counts as one nought, and only the beginning. */
export const BASIS = 0x811c9dc5
export const PRIME = 0x01000193
export const LONGEST = 200
export const ZERO = 48

const TAB = 9
const LINE = 10
const SPACE = 32
const QUOTE = 34
const HASH = 35
const APOSTROPHE = 39
const STAR = 42
const POINT = 46
const SLASH = 47
const NINE = 57
const BACKSLASH = 92
const BACKTICK = 96

const BLANK = 1
const WORD = 2
const DIGIT = 3
const STRING = 4
/** What a character of ASCII begins or goes on with; 0 is a sign. Everything beyond is part of a word. */
const CLASS = Uint8Array.from({ length: 128 }, (_, code) => (
  code === SPACE || (code >= TAB && code <= 13) ? BLANK : isDigit(code) ? DIGIT : /[\w$]/.test(String.fromCharCode(code)) ? WORD
    : code === QUOTE || code === APOSTROPHE || code === BACKTICK ? STRING : 0))

/** UTF-16 code units of UTF-8: loops over typed arrays are several times as fast as over texts. */
export function unitsOf(utf8: Uint8Array): Uint16Array {
  if (isAscii(utf8)) return new Uint16Array(utf8)
  const { buffer, byteOffset, length } = Buffer.from(Buffer.from(utf8.buffer, utf8.byteOffset, utf8.length).toString('utf8'), 'utf16le')
  return new Uint16Array(buffer, byteOffset, length / 2)
}

/**
 * Calls `take` for each token of a source text, without comments and white space. A string is one token, its quotes are in it.
 * Knows no grammar: a regular expression is read as signs and words, the same way in every copy. One pass, never back.
 */
export function scan(units: Uint16Array, tongue: Tongue, take: Take): void {
  const end = units.length
  let at = 0
  while (at < end) {
    const from = at
    const code = units[at] as number
    const kind = code < 128 ? CLASS[code] as number : WORD
    if (kind === BLANK) at += 1
    else if (kind === WORD) {
      let word = BASIS
      let digit = false
      for (let unit = code; ;) {
        const again = digit
        digit = isDigit(unit)
        if (at - from < LONGEST && !(digit && again)) word = Math.imul(word ^ (digit ? ZERO : unit), PRIME)
        if (++at >= end) break
        unit = units[at] as number
        if (unit < 128 && CLASS[unit] !== WORD && CLASS[unit] !== DIGIT) break
      }
      take('word', from, at, word >>> 0)
    } else if (kind === 0) {
      const next = at + 1 < end ? units[at + 1] as number : 0
      if (tongue === 'python' ? code === HASH : code === SLASH && next === SLASH) at = upTo(units, LINE, at)
      else if (tongue !== 'python' && code === SLASH && next === STAR) at = pastComment(units, at + 2)
      else take('sign', from, ++at, 0)
    } else if (kind === STRING) {
      at = pastString(units, at, code, tongue)
      take('string', from, at, 0)
    } else {
      while (at < end && isOfNumber(units[at] as number)) at += 1
      take('number', from, at, 0)
    }
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE
}

const isOfNumber = (code: number): boolean => code > 127 || code === POINT || CLASS[code] === WORD || CLASS[code] === DIGIT

/** Where nothing closes it, a string ends with its line; one that may go on over lines, with the text. */
function pastString(units: Uint16Array, from: number, quote: number, tongue: Tongue): number {
  const end = units.length
  if (tongue === 'python' && quote !== BACKTICK && from + 2 < end && units[from + 1] === quote && units[from + 2] === quote) return pastThree(units, quote, from + 3)
  if (quote === BACKTICK && tongue === 'go') return Math.min(end, upTo(units, BACKTICK, from + 1) + 1)
  for (let at = from + 1; at < end; at += 1) {
    const code = units[at] as number
    if (code === BACKSLASH) at += 1
    else if (code === quote) return at + 1
    else if (code === LINE && quote !== BACKTICK) return at
  }
  return end
}

function upTo(units: Uint16Array, code: number, from: number): number {
  let at = from
  while (at < units.length && units[at] !== code) at += 1
  return at
}

function pastComment(units: Uint16Array, from: number): number {
  for (let at = from + 1; at < units.length; at += 1) if (units[at] === SLASH && units[at - 1] === STAR) return at + 1
  return units.length
}

function pastThree(units: Uint16Array, quote: number, from: number): number {
  for (let at = from + 2; at < units.length; at += 1) if (units[at] === quote && units[at - 1] === quote && units[at - 2] === quote) return at + 1
  return units.length
}
