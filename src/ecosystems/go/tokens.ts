/**
 * Go source as tokens (go.dev/ref/spec#Lexical_elements): enough to find declarations with comments and strings out of
 * the way. Linear, never fails: what does not end, ends with the file.
 */
export interface Token {
  /** `end`: a newline or semicolon that ends a statement. */
  kind: 'word' | 'text' | 'mark' | 'comment' | 'end'
  text: string
  /** True for a comment that begins its line, where directives stand. */
  atLineStart: boolean
}

export function* tokens(source: string): Generator<Token, void, undefined> {
  let at = source.startsWith('\uFEFF') ? 1 : 0
  let ends = false
  let lineStart = true
  while (at < source.length) {
    const start = at
    const char = source[at] as string
    const atLineStart = lineStart
    lineStart = false
    let kind: Token['kind']
    if (char === '\n' || char === ';') {
      at++
      lineStart = char === '\n'
      if (ends || char === ';') yield { kind: 'end', text: char, atLineStart }
      ends = false
      continue
    } else if (char === ' ' || char === '\t' || char === '\r') {
      at++
      continue
    } else if (source.startsWith('//', at)) {
      at = endOr(source, source.indexOf('\n', at))
      yield { kind: 'comment', text: source.slice(start, at), atLineStart }
      continue
    } else if (source.startsWith('/*', at)) {
      const close = source.indexOf('*/', at + 2)
      at = close < 0 ? source.length : close + 2
      const text = source.slice(start, at)
      yield { kind: 'comment', text, atLineStart }
      if (ends && text.includes('\n')) {
        yield { kind: 'end', text: '\n', atLineStart: false }
        ends = false
      }
      continue
    } else if (char === '`') {
      const close = source.indexOf('`', at + 1)
      at = close < 0 ? source.length : close + 1
      kind = 'text'
    } else if (char === '"' || char === '\'') {
      at = endOfQuoted(source, at)
      kind = 'text'
    } else if (isWord(source.charCodeAt(at))) {
      while (at < source.length && isWord(source.charCodeAt(at))) at++
      kind = 'word'
    } else {
      at++
      kind = 'mark'
    }
    const text = source.slice(start, at)
    ends = kind === 'text' || (kind === 'word' ? !CONTINUES.has(text) : text === ')' || text === ']' || text === '}')
    yield { kind, text, atLineStart }
  }
  yield { kind: 'end', text: '\n', atLineStart: false }
}

/** Keywords after which a newline ends nothing. */
const CONTINUES = new Set([
  'case', 'chan', 'const', 'default', 'defer', 'else', 'for', 'func', 'go', 'goto', 'if', 'import', 'interface', 'map',
  'package', 'range', 'select', 'struct', 'switch', 'type', 'var',
])

const endOr = (source: string, index: number): number => (index < 0 ? source.length : index)

/** A quoted text ends at its quote or, broken, before the newline. */
function endOfQuoted(source: string, start: number): number {
  const quote = source[start]
  for (let at = start + 1; at < source.length; at++) {
    const char = source[at]
    if (char === '\\') at++
    else if (char === quote) return at + 1
    else if (char === '\n') return at
  }
  return source.length
}

/** Letters, digits, `_`, and everything outside ASCII: no operator is there. */
const isWord = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || (code >= 48 && code <= 57) || code === 95 || code > 127
