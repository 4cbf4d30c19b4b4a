/** What the sieve needs of one rule's text. */
export interface RuleText {
  name: string
  /** The text between `strings:` and `condition:`, or null where there is none. */
  strings: string | null
  /** Its regular expressions, slashes included. */
  regexes: readonly string[]
  condition: readonly string[]
}

/** White space and comments; then what may hold braces or words of its own; then names, numbers and signs. */
const TOKEN = /(?:\s+|\/\/[^\n]*|\/\*[^*]*\*+(?:[^/*][^*]*\*+)*\/)|("(?:[^"\\\n]|\\.)*")|(\/(?:[^/\\\n]|\\.)+\/[is]*)|([$#@!][A-Za-z_]\w*\*?|[$]\*?|\.\.|[=!<>]=|<<|>>|\w+|[^\s\w"/])/gy

interface Token {
  text: string
  at: number
  regex: boolean
}

/**
 * Rules as text, by YARA's lexical grammar alone: the compiler has said already that the file is one. Null where this
 * reading does not come out even. Linear: every alternative of the token pattern begins and ends in its own way.
 */
export function readConditions(text: string): RuleText[] | null {
  const tokens = tokensOf(text)
  if (tokens === null) return null
  const rules: RuleText[] = []
  for (let at = 0; at < tokens.length; at++) {
    if (tokens[at]?.text !== 'rule') continue
    const end = endOf(tokens, at)
    if (end === null) return null
    const rule = ruleOf(text, tokens.slice(at, end))
    if (rule === null) return null
    rules.push(rule)
    at = end
  }
  return rules
}

function tokensOf(text: string): Token[] | null {
  const tokens: Token[] = []
  TOKEN.lastIndex = 0
  while (TOKEN.lastIndex < text.length) {
    const at = TOKEN.lastIndex
    const found = TOKEN.exec(text)
    if (!found) return null
    const [, string, regex, other] = found
    const token = string ?? regex ?? other
    if (token !== undefined) tokens.push({ text: token, at, regex: regex !== undefined })
  }
  return tokens
}

/** Where the closing brace of the rule stands; hex patterns have braces, too. */
function endOf(tokens: readonly Token[], from: number): number | null {
  let depth = 0
  for (let at = from; at < tokens.length; at++) {
    if (tokens[at]?.text === '{') depth++
    if (tokens[at]?.text === '}' && --depth === 0) return at
  }
  return null
}

function ruleOf(text: string, tokens: readonly Token[]): RuleText | null {
  const section = (name: string): number => tokens.findIndex((token, at) => token.text === name && tokens[at + 1]?.text === ':')
  const condition = section('condition')
  const strings = section('strings')
  const from = tokens[strings + 1]
  const to = tokens[condition]
  if (!from || !to || condition < strings) return null
  return {
    name: tokens[1]?.text ?? '',
    strings: strings < 0 ? null : text.slice(from.at + 1, to.at),
    regexes: tokens.slice(Math.max(0, strings), condition).filter(({ regex }) => regex).map((token) => token.text),
    condition: tokens.slice(condition + 2).map((token) => token.text),
  }
}
