/** One token of PowerShell. `glued` says that no blank stands in front of it. */
export interface Token {
  is: 'text' | 'variable' | 'word' | 'operator' | 'end'
  text: string
  /** A text in double quotes: variables in it are filled in. */
  fills: boolean
  glued: boolean
}

const MOST = 60_000
const ESCAPED: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', 0: '', a: '', b: '' }
/** Operators with letters are words that begin with a dash: they are told apart where they stand. */
const SIGNS = /^(?:::|\.\.|\+=|-=|\+\+|&&|\|\||[()[\]{};|,=+*/%&<>.!])/

/** Splits PowerShell into tokens. Backticks are undone; comments vanish. One pass. */
export function tokensOf(text: string): Token[] {
  const found: Token[] = []
  let at = 0
  let glued = false
  const push = (is: Token['is'], value: string, end: number, fills = false): void => {
    found.push({ is, text: value, fills, glued })
    at = end
    glued = true
  }
  while (at < text.length && found.length < MOST) {
    const char = text[at] as string
    const next = text[at + 1]
    if (char === '\n') { push('end', '\n', at + 1); glued = false }
    else if (char === '`' && (next === '\n' || next === '\r')) { at += next === '\r' ? 3 : 2; glued = false }
    else if (/\s/.test(char)) { at++; glued = false }
    else if (char === '<' && next === '#') { at = after(text, '#>', at + 2) }
    else if (char === '#' && !glued) at = text.indexOf('\n', at) < 0 ? text.length : text.indexOf('\n', at)
    else if (char === '@' && (next === '"' || next === "'")) {
      const end = after(text, `\n${next}@`, at + 2)
      push('text', text.slice(at + 2, end - 3).replace(/^\r?\n|\r$/g, ''), end, next === '"')
    } else if (char === "'" || char === '‘' || char === '’') {
      const end = closingQuote(text, at + 1, "'")
      push('text', text.slice(at + 1, end).replaceAll("''", "'"), end + 1)
    } else if (char === '"' || char === '“' || char === '”') {
      const end = closingQuote(text, at + 1, '"')
      push('text', text.slice(at + 1, end).replaceAll('""', '"'), end + 1, true)
    } else if (char === '$' && next !== '(') {
      const name = /^\$(?:\{([^}]{1,100})\}|((?:\w+:)?\w+|[_$?^]))/.exec(text.slice(at, at + 120))
      if (name) push('variable', (name[1] ?? name[2] ?? '').toLowerCase(), at + name[0].length)
      else push('word', char, at + 1)
    } else if ((char === '$' || char === '@') && (next === '(' || next === '{')) push('operator', char + next, at + 2)
    else if (SIGNS.test(text.slice(at, at + 2)) && !(char === '.' && /[\\/\w]/.test(next ?? '') && !glued) && !(/[*/%=]/.test(char) && glued && /[\w\\/.:]/.test(next ?? '') && found.at(-1)?.is === 'word')) {
      push(char === ';' ? 'end' : 'operator', SIGNS.exec(text.slice(at, at + 2))?.[0] ?? char, at + (SIGNS.exec(text.slice(at, at + 2))?.[0].length ?? 1))
    } else word()
  }
  return found

  function word(): void {
    let value = ''
    const begin = at
    while (at < text.length) {
      const char = text[at] as string
      if (char === '`') { value += text[at + 1] ?? ''; at += 2 }
      else if (/[\s'"();|,{}[\]&=+$]/.test(char) || (char === ':' && text[at + 1] === ':') || (char === '.' && /^[A-Za-z]/.test(text[at + 1] ?? '') && /^-?\d/.test(value) === false && found.at(-1)?.text === ']')) break
      else { value += char; at++ }
    }
    if (at === begin) value = text[at++] as string
    push('word', value, at)
  }
}

/** Text of a double-quoted string with its backticks undone. */
export const unticked = (text: string): string => text.replace(/`([\s\S])/g, (_, char: string) => ESCAPED[char] ?? char)

function closingQuote(text: string, at: number, quote: string): number {
  for (; at < text.length; at++) {
    if (quote === '"' && text[at] === '`') at++
    else if (text[at] === quote) {
      if (text[at + 1] !== quote) return at
      at++
    }
  }
  return text.length
}

function after(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from)
  return at < 0 ? text.length : at + what.length
}

const LOUD = new Set(['if', 'elseif', 'else', 'while', 'foreach', 'for', 'try', 'catch', 'finally', 'do', 'until', 'switch', 'param', 'process', 'begin', 'end', 'return', 'in', 'throw', 'exit', 'break'])
const BINARY = /^-(?:join|f|replace|creplace|ireplace|split|csplit|isplit|bxor|band|bor|shl|shr|eq|ne|gt|lt|ge|le|like|match|and|or|as|is|contains|notlike|notmatch|in)$/i
const NUMBER = /^-?(?:0x[\da-f]+|\d+(?:\.\d+)?|\d+\.\.-?\d+)$/i
const UNARY = /^-(?:join|not|split|bnot)$/i

/** Words that say when what follows runs; every branch is taken. */
export const isLoud = (word: string): boolean => LOUD.has(word)
export const isNumber = ({ is, text }: Token): boolean => is === 'word' && NUMBER.test(text)
export const isUnary = ({ is, text }: Token): boolean => is === 'word' && UNARY.test(text)
export const isBinary = ({ is, text }: Token): boolean => (is === 'operator' && /^(?:\+|\*|\/|%|\.\.)$/.test(text)) || (is === 'word' && (text === '-' || BINARY.test(text)))
