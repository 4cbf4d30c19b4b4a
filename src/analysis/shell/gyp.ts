/** A command in a gyp file, at its offsets in the text. */
export interface GypCommand {
  command: string
  from: number
  to: number
}

interface Token {
  is: 'text' | 'sign'
  text: string
  from: number
  to: number
}

const MOST = 2_000
const LONGEST = 8_000
const NESTED = 8
/** Keys whose list is a command line that runs while the package builds. */
const ACTIONS = /^(?:action|message_command|postbuild_action|rule_action)[+?=!/]?$/

/**
 * Commands in a gyp or gypi file: `<!(…)` and `<!@(…)` run while it is configured, `action` lists while it builds. Variables
 * that the file sets are filled in; `>!(…)` is the late spelling. A gyp file is a Python literal: comments, either kind of
 * quote, neighbouring texts that join, and commas too many are all fine. One pass over its tokens; never throws.
 */
export function gypCommands(text: string): GypCommand[] {
  const tokens = joinedTexts(tokensOf(text))
  const variables = variablesIn(tokens)
  const found: GypCommand[] = []
  tokens.forEach((token, index) => {
    if (token.is !== 'text' || found.length >= MOST) return
    for (const command of expansionsIn(token.text)) found.push({ command: filled(command, variables), from: token.from, to: token.to })
    if (ACTIONS.test(token.text) && tokens[index + 1]?.text === ':' && tokens[index + 2]?.text === '[') {
      const action = listFrom(tokens, index + 3)
      if (action.words.length > 0) found.push({ command: filled(action.words.map(quoted).join(' '), variables), from: token.from, to: action.to })
    }
  })
  return found
}

/** Files that a gyp file includes, as they are written. */
export function gypIncludes(text: string): string[] {
  const tokens = joinedTexts(tokensOf(text))
  return tokens.flatMap((token, index) => (token.text === 'includes' && tokens[index + 1]?.text === ':' && tokens[index + 2]?.text === '[' ? listFrom(tokens, index + 3).words : []))
}

/** Texts and brackets; text outside of quotes matters only where somebody forgot them. */
function tokensOf(text: string): Token[] {
  const found: Token[] = []
  let at = 0
  while (at < text.length) {
    const char = text[at] as string
    if (char === '#') at = ends(text, '\n', at)
    else if (char === '"' || char === "'") {
      const triple = text.startsWith(char.repeat(3), at)
      const end = triple ? ends(text, char.repeat(3), at + 3) : closing(text, at + 1, char)
      const inside = text.slice(at + (triple ? 3 : 1), end)
      found.push({ is: 'text', text: unescaped(inside), from: at, to: Math.min(end + 1, text.length) })
      at = end + (triple ? 3 : 1)
    } else if ('[]{}:,'.includes(char)) {
      found.push({ is: 'sign', text: char, from: at, to: at + 1 })
      at++
    } else if (/[<>]/.test(char) && /^[<>]!@?\(/.test(text.slice(at, at + 4))) {
      const end = ends(text, '\n', at)
      found.push({ is: 'text', text: text.slice(at, end), from: at, to: end })
      at = end
    } else at++
  }
  return found
}

/** Python joins texts that stand side by side. */
function joinedTexts(tokens: readonly Token[]): Token[] {
  const found: Token[] = []
  for (const token of tokens) {
    const last = found.at(-1)
    if (token.is === 'text' && last?.is === 'text' && last.text.length < LONGEST) found[found.length - 1] = { ...last, text: last.text + token.text, to: token.to }
    else found.push(token)
  }
  return found
}

/** `'name': 'text'` anywhere: scopes are not followed, the first counts. */
function variablesIn(tokens: readonly Token[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  tokens.forEach((token, index) => {
    const value = tokens[index + 2]
    const name = token.text.replace(/%$/, '')
    if (token.is === 'text' && tokens[index + 1]?.text === ':' && value?.is === 'text' && /^\w{1,60}$/.test(name) && value.text.length <= 1_000 && !found.has(name)) found.set(name, value.text)
  })
  return found
}

/** Texts of a list up to its end; a flat list, as actions are. */
function listFrom(tokens: readonly Token[], start: number): { words: string[]; to: number } {
  const words: string[] = []
  let at = start
  for (; at < tokens.length && tokens[at]?.text !== ']' && words.length < 200; at++) {
    const token = tokens[at] as Token
    if (token.is === 'text') words.push(token.text.slice(0, LONGEST))
  }
  return { words, to: tokens[Math.min(at, tokens.length - 1)]?.to ?? 0 }
}

/** What stands in `<!(…)`; expansions inside of expansions are commands of their own. */
function expansionsIn(text: string): string[] {
  const found: string[] = []
  const open: { start: number; command: boolean }[] = []
  for (const { 0: token, index } of text.matchAll(/[<>^]!@?\(|\(|\)/g)) {
    if (token !== ')') open.push({ start: index + token.length, command: token !== '(' })
    else take(index)
  }
  while (open.length > 0) take(text.length)
  return found

  function take(end: number): void {
    const last = open.pop()
    if (last?.command && found.length < NESTED * 10 && open.length < NESTED) found.push(text.slice(last.start, Math.min(end, last.start + LONGEST)))
  }
}

/** Variables as far as the file sets them; `…` for the rest. Values may name others, to a small depth. */
function filled(command: string, variables: ReadonlyMap<string, string>): string {
  let text = command
  for (let round = 0; round < 3 && /[<>^][@|]?\(/.test(text); round++) {
    text = text.replace(/[<>^][@|]?\(([\w./%-]{1,200})\)/g, (_, name: string) => variables.get(name) ?? '…').slice(0, LONGEST)
  }
  return text
}

/** An action is a list of words, not a line. */
const quoted = (word: string): string => (/[\s;&|$`"<>*?]/.test(word) && !word.includes("'") && !/[<>][@|]?\(/.test(word) ? `'${word}'` : word)

const unescaped = (text: string): string => text.replace(/\\(['"\\\n])/g, (_, char: string) => (char === '\n' ? '' : char))

function closing(text: string, at: number, quote: string): number {
  let end = at
  while (end < text.length && text[end] !== quote) end += text[end] === '\\' ? 2 : 1
  return Math.min(end, text.length)
}

function ends(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from)
  return at < 0 ? text.length : at
}
