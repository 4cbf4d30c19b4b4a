import { UNKNOWN } from '../desk.ts'

/** One word of a command: its text with `…` for what only a run would tell, and the commands substituted into it. */
export interface Word {
  text: string
  /** `$(…)`, backquotes and `<(…)`, as text to be read again. */
  inner: readonly string[]
  /** Variables it mentions. */
  variables: readonly string[]
  quoted: boolean
}

/** One simple command, and how it is tied to the next one. */
export interface Command {
  words: readonly Word[]
  /** Where `>`, `>>` and the like send its output. */
  output: Word | null
  input: Word | null
  tie: '|' | '&&' | '||' | ';' | null
}

const LONGEST = 262_144

/**
 * Reads POSIX shell (and, near enough, cmd.exe) lines into simple commands, in order. Groups and keywords are flattened:
 * every branch is taken. One pass over the text, no recursion: substitutions are handed back as text.
 */
export function commandsOf(line: string): Command[] {
  const text = line.length > LONGEST ? line.slice(0, LONGEST) : line
  const commands: Command[] = []
  let words: Word[] = []
  let output: Word | null = null
  let input: Word | null = null
  let redirect: '>' | '<' | null = null
  let heredoc: string | null = null
  let at = 0

  const close = (tie: Command['tie']): void => {
    const first = words[0]
    if (first && KEYWORDS.has(first.text) && !first.quoted) words = words.slice(1)
    if (words.length > 0 || output) commands.push({ words, output, input, tie })
    words = []
    output = input = redirect = null
  }
  while (at < text.length) {
    const char = text[at] as string
    if (char === '\n' && heredoc !== null) {
      const end = text.indexOf(`\n${heredoc}`, at)
      const body = text.slice(at + 1, end < 0 ? undefined : end)
      close('|')
      const last = commands.at(-1)
      if (last) commands[commands.length - 1] = { ...last, tie: ';', input: { text: body, inner: [], variables: [], quoted: true } }
      at = end < 0 ? text.length : end + heredoc.length + 1
      heredoc = null
    } else if (char === '\\' && text[at + 1] === '\n') at += 2
    else if (char === '\n' || char === ';') { close(';'); at++ }
    else if (char === ' ' || char === '\t' || char === '\r') at++
    else if (char === '#') at = until(text, '\n', at)
    else if (char === '&' && text[at + 1] === '&') { close('&&'); at += 2 }
    else if (char === '|' && text[at + 1] === '|') { close('||'); at += 2 }
    else if (char === '|') { close('|'); at += text[at + 1] === '&' ? 2 : 1 }
    else if (char === '&' && text[at + 1] !== '>') { close(';'); at++ }
    else if ((char === '(' || char === ')' || char === '{' || char === '}') && (words.length === 0 || char === ')' || char === '(')) {
      if (char !== '{') close(char === ')' && /^\s{0,20}\|(?!\|)/.test(text.slice(at + 1, at + 24)) ? '|' : ';')
      at++
    } else if (text.startsWith('<<', at) && text[at + 2] !== '<') {
      const word = wordAt(text, text[at + 2] === '-' ? at + 3 : skip(text, at + 2))
      heredoc = word.word.text || null
      at = Math.max(word.end, at + 2)
    } else if ((char === '<' || char === '>' || char === '&') && text[at + 1] !== '(') {
      const operator = /^(?:&>>?|[<>]&[\d-]?|>>|>\||<<<|<>|[<>])/.exec(text.slice(at, at + 4))?.[0] ?? char
      at += operator.length
      redirect = /[\d-]$/.test(operator) ? null : operator.includes('<') ? '<' : '>'
    } else {
      const { word, end } = wordAt(text, at)
      at = Math.max(end, at + 1)
      if (redirect === '>') output = word
      else if (redirect === '<') input = word
      else if (!(/^\d$/.test(word.text) && (text[at] === '>' || text[at] === '<'))) words.push(word)
      redirect = null
    }
  }
  close(null)
  return commands
}

const KEYWORDS = new Set(['if', 'then', 'else', 'elif', 'fi', 'do', 'done', 'while', 'until', 'time', '!', '@', 'call'])

function wordAt(text: string, start: number): { word: Word; end: number } {
  const inner: string[] = []
  const variables: string[] = []
  let out = ''
  let quoted = false
  let at = start
  let inDouble = false
  while (at < text.length) {
    const char = text[at] as string
    if (!inDouble && ' \t\r\n;|&()<>'.includes(char) && !((char === '<' || char === '>') && text[at + 1] === '(')) break
    if (char === '\\' && at + 1 < text.length) {
      // A backslash before an ordinary character is a Windows path, not an escape, often enough to keep it.
      const next = text[at + 1] as string
      out += inDouble && !'$`"\\\n'.includes(next) ? char + next : next
      at += 2
    } else if (char === '"') { inDouble = !inDouble; quoted = true; at++ }
    else if (char === "'" && !inDouble) {
      const end = text.indexOf("'", at + 1)
      out += text.slice(at + 1, end < 0 ? undefined : end)
      quoted = true
      at = end < 0 ? text.length : end + 1
    } else if (char === '`') {
      const end = until(text, '`', at + 1)
      inner.push(text.slice(at + 1, end))
      out += UNKNOWN
      at = end + 1
    } else if (text[at + 1] === '(' && (char === '$' || (!inDouble && (char === '<' || char === '>')))) {
      const end = closing(text, at + 2)
      inner.push(text.slice(at + 2, end))
      out += UNKNOWN
      at = end + 1
    } else if (char === '$') {
      const name = /^\$(?:\{(\w+)[^}]{0,200}\}|(\w+|[@*?#$!]))/.exec(text.slice(at, at + 260))
      if (name) variables.push(name[1] ?? name[2] ?? '')
      out += name ? UNKNOWN : char
      at += name ? name[0].length : 1
    } else { out += char; at++ }
  }
  return { word: { text: out, inner, variables, quoted }, end: at }
}

/** Where the parenthesis opened before `at` closes; quotes inside are respected. */
function closing(text: string, at: number): number {
  let depth = 1
  for (; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at++
    else if (char === "'") at = until(text, "'", at + 1)
    else if (char === '(') depth++
    else if (char === ')' && --depth === 0) return at
  }
  return text.length
}

function until(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from)
  return at < 0 ? text.length : at
}

function skip(text: string, at: number): number {
  while (text[at] === ' ') at++
  return at
}
