export const TAB = 9
export const LINE_FEED = 10
export const FORM_FEED = 12
export const RETURN = 13
export const SPACE = 32
export const BACKSLASH = 92
const ZERO = 48
const DOT = 46
const PLUS = 43
const MINUS = 45
const LOWER = 32

/** What a character may be part of. */
const WORD = 1
const DECIMAL = 2
const BASED = 4
const PART = new Uint8Array(128)
for (let c = 0; c < 128; c++) {
  const char = String.fromCharCode(c)
  PART[c] = (/\w/.test(char) ? WORD : 0) | (/[\d_]/.test(char) ? DECIMAL : 0) | (/[\da-fA-F_]/.test(char) ? BASED : 0)
}

/** Beyond Latin 1's controls and its hard space everything is taken for a letter. */
export const isLetter = (c: number): boolean => (c < 128 ? ((PART[c] as number) & WORD) !== 0 : c > 160)
export const isDigit = (c: number): boolean => c >= ZERO && c <= 57
export const isBreak = (c: number): boolean => c === LINE_FEED || c === RETURN

/** After the line break at hand, which may be two characters. */
export const breakEnd = (code: string, at: number): number => (code.charCodeAt(at) === RETURN && code.charCodeAt(at + 1) === LINE_FEED ? at + 2 : at + 1)

export function lineEnd(code: string, from: number): number {
  let at = from
  while (at < code.length && !isBreak(code.charCodeAt(at))) at++
  return at
}

/** Whether a stretch of the code spells this word. */
export function isAt(code: string, word: string, from: number, to: number): boolean {
  if (word.length !== to - from) return false
  for (let i = word.length - 1; i >= 0; i--) if (word.charCodeAt(i) !== code.charCodeAt(from + i)) return false
  return true
}

/** The end of a number that begins with a digit or a dot: `0x1f`, `1_000.5e-3`, `1j`, Python 2's `1L`. */
export function numberEnd(code: string, from: number): number {
  const first = code.charCodeAt(from)
  let at: number
  if (first === ZERO && /[xXoObB]/.test(code.charAt(from + 1))) at = over(code, from + 2, BASED)
  else {
    at = over(code, from, DECIMAL)
    if (code.charCodeAt(at) === DOT) at = over(code, at + 1, DECIMAL)
    const sign = code.charCodeAt(at + 1)
    const power = sign === PLUS || sign === MINUS ? at + 2 : at + 1
    if ((code.charCodeAt(at) | LOWER) === 101 && isDigit(code.charCodeAt(power))) at = over(code, power, DECIMAL)
  }
  const ending = code.charCodeAt(at) | LOWER
  return (ending === 106 || ending === 108) && !isLetter(code.charCodeAt(at + 1)) ? at + 1 : at
}

function over(code: string, from: number, part: number): number {
  let at = from
  for (let c = code.charCodeAt(at); c < 128 && ((PART[c] as number) & part) !== 0; c = code.charCodeAt(at)) at++
  return at
}

/** What a string's prefix says, as bits. */
export const RAW = 1
export const BYTES = 2
const UNICODE = 4
export const FORMATTED = 8
const PREFIXES: ReadonlyMap<string, number> = new Map([['r', RAW], ['b', BYTES], ['u', UNICODE], ['f', FORMATTED], ['t', FORMATTED]])

/** 0: these letters are no prefix. */
export function prefixOf(spelled: string): number {
  let all = 0
  for (const letter of spelled.toLowerCase()) {
    const one = PREFIXES.get(letter) ?? 0
    if (one === 0 || (all & one) !== 0 || (one !== RAW && (all & ~RAW) !== 0)) return 0
    all |= one
  }
  return all
}
