/**
 * Go source as tokens (go.dev/ref/spec#Lexical_elements), with the semicolons that line ends stand for, and every bracket
 * with its partner. Linear, never fails: what does not end, ends with the file.
 */
export interface Tokens {
  readonly kinds: readonly Kind[]
  readonly said: readonly string[]
  readonly from: readonly number[]
  readonly to: readonly number[]
  /** For an opening bracket, the index of the one that closes it; of the end of all tokens where it is missing. Else 0. */
  readonly closes: readonly number[]
  readonly comments: readonly (readonly [from: number, to: number])[]
}

export type Kind = 'word' | 'keyword' | 'text' | 'rune' | 'number' | 'sign' | 'end'

const KEYWORDS: ReadonlySet<string> = new Set([
  'break', 'case', 'chan', 'const', 'continue', 'default', 'defer', 'else', 'fallthrough', 'for', 'func', 'go', 'goto', 'if',
  'import', 'interface', 'map', 'package', 'range', 'return', 'select', 'struct', 'switch', 'type', 'var',
])
/** After these, and after names and literals, the end of a line is a semicolon. */
const COMPLETE: ReadonlySet<string> = new Set(['break', 'continue', 'fallthrough', 'return', '++', '--', ')', ']', '}'])
const THREE: ReadonlySet<string> = new Set(['<<=', '>>=', '&^=', '...'])
const TWO: ReadonlySet<string> = new Set([
  '<<', '>>', '&^', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^=', '&&', '||', '<-', '++', '--', '==', '!=', '<=', '>=', ':=',
])
/** Brackets and commas are part of no longer sign. */
const ALONE: ReadonlySet<number> = new Set([...'()[]{},'].map((sign) => sign.charCodeAt(0)))

export function tokensOf(source: string): Tokens {
  const kinds: Kind[] = []
  const said: string[] = []
  const from: number[] = []
  const to: number[] = []
  const comments: (readonly [number, number])[] = []
  const open: number[] = []
  const closes: number[] = []
  let ends = false

  const add = (kind: Kind, start: number, end: number, text = source.slice(start, end)): void => {
    if (kind === 'sign') {
      if (text === '(' || text === '[' || text === '{') open.push(kinds.length)
      else if (text === ')' || text === ']' || text === '}') close(text)
    }
    closes.push(0)
    kinds.push(kind)
    said.push(text)
    from.push(start)
    to.push(end)
    ends = kind === 'sign' || kind === 'keyword' ? COMPLETE.has(text) : kind !== 'end'
  }
  /** A brace closes whatever was left open inside; a bracket that fits nothing closes nothing. */
  const close = (text: string): void => {
    const partner = text === ')' ? '(' : text === ']' ? '[' : '{'
    const top = open.at(-1)
    if (top === undefined) return
    if (said[top] === partner) closes[open.pop() as number] = kinds.length
    else if (text === '}') {
      const at = open.findLastIndex((index) => said[index] === '{')
      if (at >= 0) for (const index of open.splice(at)) closes[index] = kinds.length
    }
  }

  let at = source.startsWith('\uFEFF') ? 1 : 0
  while (at < source.length) {
    const code = source.charCodeAt(at)
    const start = at
    if (code === 10 || code === 59) {
      at++
      if (ends || code === 59) add('end', start, at, ';')
    } else if (code === 32 || code === 9 || code === 13) at++
    else if (code === 47 && source.charCodeAt(at + 1) === 47) {
      at = otherwise(source.indexOf('\n', at), source.length)
      comments.push([start, at])
    } else if (code === 47 && source.charCodeAt(at + 1) === 42) {
      at = otherwise(source.indexOf('*/', at + 2), source.length - 2) + 2
      comments.push([start, at])
      if (ends && source.slice(start, at).includes('\n')) add('end', start, start, ';')
    } else if (code === 96) {
      at = otherwise(source.indexOf('`', at + 1), source.length - 1) + 1
      add('text', start, at)
    } else if (code === 34 || code === 39) {
      at = endOfQuoted(source, at, code)
      add(code === 34 ? 'text' : 'rune', start, at)
    } else if (isDigit(code) || (code === 46 && isDigit(source.charCodeAt(at + 1)))) {
      at = endOfNumber(source, at)
      add('number', start, at)
    } else if (isLetter(code)) {
      while (at < source.length && (isLetter(source.charCodeAt(at)) || isDigit(source.charCodeAt(at)))) at++
      const text = source.slice(start, at)
      add(KEYWORDS.has(text) ? 'keyword' : 'word', start, at, text)
    } else {
      at += ALONE.has(code) ? 1 : lengthOfSign(source, at)
      add('sign', start, at)
    }
  }
  add('end', source.length, source.length, ';')
  for (const index of open) closes[index] = kinds.length
  return { kinds, said, from, to, closes, comments }
}

const lengthOfSign = (source: string, at: number): number => (THREE.has(source.slice(at, at + 3)) ? 3 : TWO.has(source.slice(at, at + 2)) ? 2 : 1)
const otherwise = (index: number, end: number): number => (index < 0 ? end : index)
const isDigit = (code: number): boolean => code >= 48 && code <= 57
/** Everything outside ASCII counts: no operator is there. */
const isLetter = (code: number): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95 || code > 127

/** A quoted text ends at its quote or, broken, before the end of the line. */
function endOfQuoted(source: string, start: number, quote: number): number {
  for (let at = start + 1; at < source.length; at++) {
    const code = source.charCodeAt(at)
    if (code === 92) at++
    else if (code === quote) return at + 1
    else if (code === 10) return at
  }
  return source.length
}

/** Digits, letters, `_` and `.`, and the sign of an exponent. */
function endOfNumber(source: string, start: number): number {
  const hex = /[xX]/.test(source[start + 1] ?? '')
  let at = start + 1
  for (; at < source.length; at++) {
    const code = source.charCodeAt(at)
    const sign = code === 43 || code === 45
    if (sign ? !(hex ? /[pP]/ : /[eE]/).test(source[at - 1] ?? '') : !isDigit(code) && code !== 46 && !(isLetter(code) && code < 128)) break
  }
  return at
}
