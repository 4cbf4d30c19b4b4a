/** How the tongues whose code is sketched differ for a scanner that only wants tokens. */
export type Tongue = 'javascript' | 'python' | 'go'

export type TokenKind = 'word' | 'number' | 'string' | 'sign'

const TAB = 9
const LINE = 10
const SPACE = 32
const QUOTE = 34
const HASH = 35
const APOSTROPHE = 39
const STAR = 42
const SLASH = 47
const BACKSLASH = 92
const BACKTICK = 96

/**
 * Calls `emit` for each token of a source text, without comments and white space. A string is one token, its quotes are in it.
 * Knows no grammar: a regular expression is read as signs and words, the same way in every copy. One pass, never back.
 */
export function scan(text: string, tongue: Tongue, emit: (kind: TokenKind, from: number, to: number) => void): void {
  const end = text.length
  let at = 0
  while (at < end) {
    const code = text.charCodeAt(at)
    const next = text.charCodeAt(at + 1)
    if (code === SPACE || (code >= TAB && code <= 13)) at += 1
    else if (tongue === 'python' ? code === HASH : code === SLASH && next === SLASH) at = upTo(text, '\n', at)
    else if (tongue !== 'python' && code === SLASH && next === STAR) at = past(text, '*/', at + 2)
    else {
      const from = at
      const kind = kindOf(code)
      if (kind === 'string') at = pastString(text, at, code, tongue)
      else if (kind === 'sign') at += 1
      else while (at < end && isWord(text.charCodeAt(at), kind === 'number')) at += 1
      emit(kind, from, at)
    }
  }
}

function kindOf(code: number): TokenKind {
  if (code === QUOTE || code === APOSTROPHE || code === BACKTICK) return 'string'
  if (isDigit(code)) return 'number'
  return isWord(code, false) ? 'word' : 'sign'
}

const isDigit = (code: number): boolean => code >= 48 && code <= 57

/** Letters, digits, `_`, `$`, and everything beyond ASCII; in numbers the point too. */
const isWord = (code: number, number: boolean): boolean => (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || isDigit(code)
  || code === 95 || code === 36 || code > 127 || (number && code === 46)

/** Where nothing closes it, a string ends with its line; one that may go on over lines, with the text. */
function pastString(text: string, from: number, quote: number, tongue: Tongue): number {
  const mark = text[from] as string
  if (tongue === 'python' && quote !== BACKTICK && text.startsWith(mark.repeat(3), from)) return past(text, mark.repeat(3), from + 3)
  if (quote === BACKTICK && tongue === 'go') return past(text, mark, from + 1)
  for (let at = from + 1; at < text.length; at += 1) {
    const code = text.charCodeAt(at)
    if (code === BACKSLASH) at += 1
    else if (code === quote) return at + 1
    else if (code === LINE && quote !== BACKTICK) return at
  }
  return text.length
}

function upTo(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from)
  return at < 0 ? text.length : at
}

function past(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from)
  return at < 0 ? text.length : at + mark.length
}
