import { isAddress } from './sketch-address.ts'
import { BASIS, LONGEST, PRIME, ZERO } from './sketch-tokens.ts'
import type { Take } from './sketch-tokens.ts'

/** Strings longer than this are read to here: what is inside them is data. */
const STRING = 2_000
/** Words that language and libraries have are told apart by this many characters. */
const LONGEST_NAME = 100
const NAME = hash('\u0000name')
const ADDRESS = hash('\u0000address')
const LONG = hash('\u0000long')
const NUMBER = hash('\u0000number')
const WORD = hash('\u0000word')
const TEXT = hash('\u0000text')
const DOT = 46
const COLON = 58
const SLASH = 47

/** Tokens of code in which nothing is left of what copies change. Words are hashed where they stand: no text is made of any. */
export function exactTokens(name: string, units: Uint16Array, add: (token: number) => void): Take {
  const own = squash(name)
  const isOwn = (from: number, to: number): boolean => own !== '' && to - from >= own.length && to - from <= LONGEST && squashesTo(own, units, from, to)
  const part = (from: number, to: number): void => {
    const other = otherThanWord(units, from, to)
    add(other !== 0 ? other : isOwn(from, to) ? NAME : withoutDigits(units, from, Math.min(to, from + LONGEST)))
  }
  return (kind, from, to, word) => {
    if (kind === 'number') add(NUMBER)
    else if (kind === 'word') add(isOwn(from, to) ? NAME : word)
    else if (kind === 'sign') add(units[from] as number)
    else partsOf(units, from, Math.min(to, from + STRING), part)
  }
}

/** Calls `take` with what stands between blanks, without quotes around it. */
function partsOf(units: Uint16Array, from: number, to: number, take: (from: number, to: number) => void): void {
  for (let start = from; start <= to;) {
    let end = start
    while (end < to && !isBlank(units[end] as number)) end += 1
    let next = end
    while (next < to && isBlank(units[next] as number)) next += 1
    let [first, last] = [start, end]
    while (first < last && isQuote(units[first] as number)) first += 1
    while (last > first && isQuote(units[last - 1] as number)) last -= 1
    take(first, last)
    if (next === end) return
    start = next
  }
}

const isQuote = (code: number): boolean => code === 34 || code === 39 || code === 96
/** What `\s` is in a regular expression. */
const isBlank = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || (code > 127 && BLANK.test(String.fromCharCode(code)))
const BLANK = /\s/

/** The token of a part of a string that is no word: an address, or something long or encoded. 0 for words. */
function otherThanWord(units: Uint16Array, from: number, to: number): number {
  let dot = false
  let linked = false
  for (let at = from; at < to && !linked; at += 1) {
    const code = units[at] as number
    if (code === DOT) dot = true
    else linked = code === COLON && at + 2 < to && units[at + 1] === SLASH && units[at + 2] === SLASH
  }
  if (linked || (dot && to - from < 260 && isAddress(units, from, to))) return ADDRESS
  return to - from > 40 || (to - from >= 16 && isEncoded(units, from, to)) ? LONG : 0
}

/** Signs of base64, hex and tokens alone, letters and digits among them. */
function isEncoded(units: Uint16Array, from: number, to: number): boolean {
  let [digit, letter] = [false, false]
  for (let at = from; at < to; at += 1) {
    const code = units[at] as number
    if (code >= ZERO && code <= 57) digit = true
    else if ((code >= 97 && code <= 122) || (code >= 65 && code <= 90)) letter = true
    else if (code !== 95 && code !== 43 && code !== SLASH && code !== 61 && code !== COLON && code !== DOT && code !== 45) return false
  }
  return digit && letter
}

/**
 * Tokens in which words are one word, but for what belongs to a language, to its libraries, and to members of what it is handed:
 * renaming everything that can be renamed changes nothing.
 */
export function shapeTokens(units: Uint16Array, add: (token: number) => void): Take {
  /** Whether the next word is somebody else's: a point or an import stands before it. */
  let foreign = false
  return (kind, from, to, word) => {
    if (kind === 'word') {
      // Words of languages have no digits: their hash is that of the word.
      const fixed = fixedAs(word, units, from, to)
      add(foreign ? hashOf(units, from, Math.min(to, from + LONGEST_NAME)) : fixed === '' ? WORD : word)
      foreign = fixed === 'import' || fixed === 'from'
      return
    }
    const code = units[from] as number
    add(kind === 'string' ? TEXT : kind === 'number' ? NUMBER : code)
    foreign = kind === 'sign' && code === DOT
  }
}

const FIXED = `and as assert async await break case catch chan class const continue def default defer del delete do elif else except export
  extends finally for from func function global go goto if import in instanceof interface is lambda let map new nonlocal not null None nil or package
  pass raise range return select static struct super switch this throw try type typeof undefined var void while with yield True False true false self
  require module exports process console Buffer eval Function setTimeout fetch JSON Math Object Array String Promise Error atob btoa
  print open exec compile len str int bytes bytearray dict list tuple isinstance getattr setattr __import__ __name__ setup Exception
  string error byte make append panic`.split(/\s+/)
/** The list by the hash of each word, as where it stands in it, from 1 on; linear probing. */
const MASK = 0x1fff
const PLACES = new Uint8Array(MASK + 1)
for (const [index, word] of FIXED.entries()) {
  let at = hash(word) & MASK
  while (PLACES[at] !== 0) at = (at + 1) & MASK
  PLACES[at] = index + 1
}

/** Empty for what is not in the list. */
function fixedAs(value: number, units: Uint16Array, from: number, to: number): string {
  for (let at = value & MASK; PLACES[at] !== 0; at = (at + 1) & MASK) {
    const word = FIXED[(PLACES[at] as number) - 1] as string
    if (isSame(word, units, from, to)) return word
  }
  return ''
}

function isSame(word: string, units: Uint16Array, from: number, to: number): boolean {
  if (word.length !== to - from) return false
  for (let at = from; at < to; at += 1) if (units[at] !== word.charCodeAt(at - from)) return false
  return true
}

const squash = (raw: string): string => raw.toLowerCase().replace(/[^a-z0-9]/g, '')
const textOf = (units: Uint16Array, from: number, to: number): string => String.fromCharCode(...units.subarray(from, Math.min(to, from + STRING)))

/** Whether `squash` makes `own` of a stretch. What is not ASCII may become a letter: only then is a text made of it. */
function squashesTo(own: string, units: Uint16Array, from: number, to: number): boolean {
  let count = 0
  for (let at = from; at < to; at += 1) {
    const code = units[at] as number
    if (code > 127) return squash(textOf(units, from, to)) === own
    const lower = code >= 65 && code <= 90 ? code + 32 : code
    if (!((lower >= 97 && lower <= 122) || (code >= ZERO && code <= 57))) continue
    if (lower !== own.charCodeAt(count)) return false
    count += 1
  }
  return count === own.length
}

function hash(text: string): number {
  return hashOf(Uint16Array.from(text, (character) => character.charCodeAt(0)), 0, text.length)
}

/** FNV-1a, 32 bit. */
function hashOf(units: Uint16Array, from: number, to: number): number {
  let value = BASIS
  for (let at = from; at < to; at += 1) value = Math.imul(value ^ (units[at] as number), PRIME)
  return value >>> 0
}

/** The same with each row of digits as one nought. */
function withoutDigits(units: Uint16Array, from: number, to: number): number {
  let value = BASIS
  let digit = false
  for (let at = from; at < to; at += 1) {
    const code = units[at] as number
    const again = digit
    digit = code >= ZERO && code <= 57
    if (!digit || !again) value = Math.imul(value ^ (digit ? ZERO : code), PRIME)
  }
  return value >>> 0
}
