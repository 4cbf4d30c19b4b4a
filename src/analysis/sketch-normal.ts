import type { TokenKind } from './sketch-tokens.ts'

type Take = (kind: TokenKind, from: number, to: number) => void

/** Strings longer than this are read to here: what is inside them is data. */
const STRING = 2_000
/** Words are told apart by this many characters; those that language and libraries have, by fewer. */
const LONGEST = 200
const LONGEST_NAME = 100
const BASIS = 0x811c9dc5
const PRIME = 0x01000193
const NAME = hash('\u0000name')
const ADDRESS = hash('\u0000address')
const LONG = hash('\u0000long')
const NUMBER = hash('\u0000number')
const WORD = hash('\u0000word')
const TEXT = hash('\u0000text')
const DOT = 46
const ZERO = 48
const COLON = 58

/** Tokens of code in which nothing is left of what copies change. Words are hashed where they stand: no text is made of any. */
export function exactTokens(name: string, text: string, add: (token: number) => void): Take {
  const own = squash(name)
  const isOwn = (from: number, to: number): boolean => own !== '' && to - from >= own.length && to - from <= LONGEST
    && maySquash(text, from, to, own) && squash(text.slice(from, to)) === own
  const word = (from: number, to: number): void => add(isOwn(from, to) ? NAME : withoutDigits(text, from, Math.min(to, from + LONGEST)))
  return (kind, from, to) => {
    if (kind === 'number') add(NUMBER)
    else if (kind === 'word') word(from, to)
    else if (kind === 'sign') add(text.charCodeAt(from))
    else partsOf(text, from, Math.min(to, from + STRING), (start, end) => {
      const other = otherThanWord(text, start, end)
      if (other === null) word(start, end)
      else add(other)
    })
  }
}

/** Calls `take` with what stands between blanks, without quotes around it. */
function partsOf(text: string, from: number, to: number, take: (from: number, to: number) => void): void {
  for (let start = from; start <= to;) {
    let end = start
    while (end < to && !isBlank(text.charCodeAt(end))) end += 1
    let next = end
    while (next < to && isBlank(text.charCodeAt(next))) next += 1
    let [first, last] = [start, end]
    while (first < last && isQuote(text.charCodeAt(first))) first += 1
    while (last > first && isQuote(text.charCodeAt(last - 1))) last -= 1
    take(first, last)
    if (next === end) return
    start = next
  }
}

const isQuote = (code: number): boolean => code === 34 || code === 39 || code === 96
/** What `\s` is in a regular expression. */
const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || (code >= 160 && BLANK.test(String.fromCharCode(code)))
const BLANK = /\s/

/** The token of a part of a string that is no word: an address, or something long or encoded. */
function otherThanWord(text: string, from: number, to: number): number | null {
  let telling = false
  for (let at = from; at < to && !telling; at += 1) {
    const code = text.charCodeAt(at)
    telling = code === DOT || (code === COLON && text.startsWith('://', at))
  }
  if (telling) {
    const part = text.slice(from, to)
    if (part.includes('://') || (part.length < 260 && isAddress(part))) return ADDRESS
  }
  return to - from > 40 || (to - from >= 16 && isEncoded(text.slice(from, to))) ? LONG : null
}

const isEncoded = (part: string): boolean => /^[\w+/=:.-]+$/.test(part) && /\d/.test(part) && /[a-z]/i.test(part)

/** A host, an address of mail, an IP address, with or without what follows. */
const isAddress = (part: string): boolean => /^(?:[\w.+-]+@)?[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,24}|\d{1,3})(?::\d+)?(?:[/?#].*)?$/i.test(part)

/**
 * Tokens in which words are one word, but for what belongs to a language, to its libraries, and to members of what it is handed:
 * renaming everything that can be renamed changes nothing.
 */
export function shapeTokens(text: string, add: (token: number) => void): Take {
  /** Whether the next word is somebody else's: a point or an import stands before it. */
  let foreign = false
  return (kind, from, to) => {
    if (kind === 'word') {
      const end = Math.min(to, from + LONGEST_NAME)
      const mayBeFixed = end - from <= LONGEST_FIXED
      const value = foreign || mayBeFixed ? hash(text, from, end) : WORD
      const fixed = mayBeFixed && FIXED_HASHES.has(value) ? text.slice(from, end) : ''
      const known = fixed !== '' && FIXED.has(fixed)
      add(foreign || known ? value : WORD)
      foreign = known && IMPORTING.has(fixed)
      return
    }
    const code = text.charCodeAt(from)
    add(kind === 'string' ? TEXT : kind === 'number' ? NUMBER : code)
    foreign = kind === 'sign' && code === DOT
  }
}

const IMPORTING = new Set(['import', 'from'])
const FIXED = new Set(`and as assert async await break case catch chan class const continue def default defer del delete do elif else except export
  extends finally for from func function global go goto if import in instanceof interface is lambda let map new nonlocal not null None nil or package
  pass raise range return select static struct super switch this throw try type typeof undefined var void while with yield True False true false self
  require module exports process console Buffer eval Function setTimeout fetch JSON Math Object Array String Promise Error atob btoa
  print open exec compile len str int bytes bytearray dict list tuple isinstance getattr setattr __import__ __name__ setup Exception
  string error byte make append panic`.split(/\s+/))
const FIXED_HASHES = new Set([...FIXED].map((word) => hash(word)))
const LONGEST_FIXED = Math.max(...[...FIXED].map((word) => word.length))

const squash = (raw: string): string => raw.toLowerCase().replace(/[^a-z0-9]/g, '')

/** Whether letters and digits may be these: told by the first, and by how many there are. What is not ASCII may become a letter. */
function maySquash(text: string, from: number, to: number, own: string): boolean {
  let count = 0
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at)
    if (code > 127) return true
    const lower = code >= 65 && code <= 90 ? code + 32 : code
    if (!((lower >= 97 && lower <= 122) || (code >= ZERO && code <= 57))) continue
    if (count === 0 && lower !== own.charCodeAt(0)) return false
    count += 1
  }
  return count === own.length
}

/** FNV-1a, 32 bit. */
function hash(text: string, from = 0, to = text.length): number {
  let value = BASIS
  for (let at = from; at < to; at += 1) value = Math.imul(value ^ text.charCodeAt(at), PRIME)
  return value >>> 0
}

/** The same with each row of digits as one nought. */
function withoutDigits(text: string, from: number, to: number): number {
  let value = BASIS
  let digit = false
  for (let at = from; at < to; at += 1) {
    const code = text.charCodeAt(at)
    const again = digit
    digit = code >= ZERO && code <= 57
    if (!digit || !again) value = Math.imul(value ^ (digit ? ZERO : code), PRIME)
  }
  return value >>> 0
}
