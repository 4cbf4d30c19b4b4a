import { ansi } from './escapes.ts'

/**
 * A piece of a word. `otherwise` is what a variable leaves behind when nobody set it; `apply` what is done to its value
 * (`:0:2`, `/a/b`, `~3,1`).
 */
export type Piece = { quoted: boolean } & (
  | { is: 'text'; text: string }
  | { is: 'variable'; name: string; apply: string; otherwise: string }
  | { is: 'command'; text: string; file: boolean }
)

export interface Word {
  pieces: readonly Piece[]
  from: number
  to: number
}

const BREAKS = ' \t\r\n;|&()<>'

/** The word that begins at `start`; it ends where a blank or an operator stands outside of quotes. */
export function wordAt(text: string, start: number): Word {
  const pieces: Piece[] = []
  let at = start
  let quoted = false
  let plain = ''
  const flush = (): void => {
    if (plain !== '') pieces.push({ is: 'text', text: plain, quoted })
    plain = ''
  }
  while (at < text.length) {
    const char = text[at] as string
    const next = text[at + 1]
    if (!quoted && BREAKS.includes(char) && !((char === '<' || char === '>') && next === '(')) break
    if (char === '\\' && next !== undefined) {
      if (next !== '\n') plain += quoted && !'$`"\\'.includes(next) ? char + next : next
      at += 2
    } else if (char === '"') {
      flush()
      if (quoted && pieces.length === 0) pieces.push({ is: 'text', text: '', quoted })
      quoted = !quoted
      at++
    } else if (!quoted && (char === "'" || (char === '$' && next === "'"))) {
      flush()
      const from = char === '$' ? at + 2 : at + 1
      const end = char === '$' ? unescapedQuote(text, from) : until(text, "'", from)
      pieces.push({ is: 'text', text: char === '$' ? ansi(text.slice(from, end)) : text.slice(from, end), quoted: true })
      at = end + 1
    } else if (char === '$' && next === '"' && !quoted) at++
    else if (char === '`') {
      flush()
      const end = backquote(text, at + 1)
      pieces.push({ is: 'command', text: text.slice(at + 1, end).replaceAll('\\`', '`'), file: false, quoted })
      at = end + 1
    } else if (char === '$' && next === '(' && text[at + 2] === '(') {
      flush()
      const end = closing(text, at + 2)
      pieces.push({ is: 'variable', name: '((', apply: '', otherwise: '…', quoted: true })
      at = end + 1
    } else if (next === '(' && (char === '$' || (!quoted && (char === '<' || char === '>')))) {
      flush()
      const end = closing(text, at + 2)
      pieces.push({ is: 'command', text: text.slice(at + 2, end), file: char !== '$', quoted })
      at = end + 1
    } else if (char === '$') {
      const name = /^\$(?:\{([#!]?)(\w+|[@*?#$!-])((?:[^{}]|\{[^{}]{0,80}\}){0,200})\}|(\d|\w+|[@*?#$!-]))/.exec(text.slice(at, at + 320))
      if (name) {
        flush()
        pieces.push({ is: 'variable', name: name[2] ?? name[4] ?? '', apply: name[1] || (name[3] ?? ''), otherwise: '…', quoted })
      } else plain += char
      at += name ? name[0].length : 1
    } else { plain += char; at++ }
  }
  flush()
  return { pieces, from: start, to: Math.min(at, text.length) }
}

/** Where the bracket opened before `at` closes; quotes and comments inside are respected. */
export function closing(text: string, at: number, open: '(' | '{' = '('): number {
  const close = open === '(' ? ')' : '}'
  let depth = 1
  let inDouble = false
  for (; at < text.length; at++) {
    const char = text[at]
    if (char === '\\') at++
    else if (char === '"') inDouble = !inDouble
    else if (inDouble) continue
    else if (char === "'") at = until(text, "'", at + 1)
    else if (char === '#' && open === '{' && /\s/.test(text[at - 1] ?? '')) at = until(text, '\n', at)
    else if (char === open) depth++
    else if (char === close && --depth === 0) return at
  }
  return text.length
}

function backquote(text: string, at: number): number {
  while (at < text.length && text[at] !== '`') at += text[at] === '\\' ? 2 : 1
  return Math.min(at, text.length)
}

function unescapedQuote(text: string, at: number): number {
  while (at < text.length && text[at] !== "'") at += text[at] === '\\' ? 2 : 1
  return Math.min(at, text.length)
}

export function until(text: string, what: string, from: number): number {
  const at = text.indexOf(what, from)
  return at < 0 ? text.length : at
}

export function skip(text: string, at: number, what = ' \t'): number {
  while (at < text.length && what.includes(text[at] as string)) at++
  return at
}
