import { LONGEST } from './commands.ts'
import type { Command, Redirect, Tie } from './commands.ts'
import type { Piece, Word } from './words.ts'

/** `%VAR%`, carets between letters, drives, or `cmd`'s own words: this line was written for Windows. */
export const looksLikeBatch = (text: string): boolean => WINDOWS.test(text.slice(0, 20_000)) && !/^#!|\$\(\w|\bfi\b|-c(?:ommand)? '/i.test(text.slice(0, 20_000))

const WINDOWS = new RegExp([
  String.raw`^\s{0,20}@?echo off`, String.raw`%[A-Za-z_]\w{1,40}(?::[^%\n]{1,60})?%`, String.raw`\w\^\w`, String.raw`(?:^|[&|]\s{0,5})(?:set "?\w{1,40}=|if (?:not )?(?:exist|errorlevel|defined) )`,
  String.raw`\\[^\s\\/"']{1,80}\.(?:exe|bat|cmd|vbs|ps1|pyw|scr|msi)\b`, String.raw`^[\w .:/…-]{0,200}[\w…]\\[A-Za-z\d][\w-]{2,60}\.[a-z]{2,4}(?=["'\s]|$)`, String.raw`\bpowershell\b`, String.raw`\bHK(?:CU|LM|EY_\w{1,30})\\`, String.raw`(?:^|[\s"'])(?:[A-Za-z]:|\.|\.\.)\\[\w.*]`, String.raw`(?:^|\s)for (?:/\w )?.{0,60}%%?[a-z] in \(`, String.raw`(?:^|[&|]\s{0,5})(?:cmd|del|rd|copy|xcopy) /[a-z]`,
].join('|'), 'im')

/** Windows batch text as simple commands, in order; every branch is taken, labels and jumps are passed over. One pass. */
export function batchCommandsOf(line: string): Command[] {
  const text = line.length > LONGEST ? line.slice(0, LONGEST) : line
  const commands: Command[] = []
  let words: Word[] = []
  let redirects: Redirect[] = []
  let from = 0
  let at = 0
  let groups = 0

  const push = (is: Command['is'], tie: Tie): void => {
    const last = commands.at(-1)
    if (is === 'run' && words.length === 0 && last?.is === 'close' && redirects.length + (tie === '|' ? 1 : 0) > 0) commands[commands.length - 1] = { ...last, redirects, tie }
    else if (is !== 'run' || words.length > 0 || redirects.length > 0) commands.push({ is, words, redirects, body: '', tie, from, to: at })
    words = []
    redirects = []
  }
  const plainOf = (word: Word | undefined): string => word?.pieces.map((piece) => (piece.is === 'text' ? piece.text : '')).join('').toLowerCase() ?? ''
  while (at < text.length) {
    const char = text[at] as string
    const next = text[at + 1]
    if (words.length === 0) from = at
    if (char === '\n') { push('run', ';'); at++ }
    else if (/\s/.test(char)) at++
    else if (char === '^' && (next === '\n' || next === '\r')) at += next === '\r' ? 3 : 2
    else if (char === '&') { push('run', next === '&' ? '&&' : ';'); at += next === '&' ? 2 : 1 }
    else if (char === '|') { push('run', next === '|' ? '||' : '|'); at += next === '|' ? 2 : 1 }
    else if (char === '(' && words.length === 0) { at++; groups++; push('open', null) }
    else if (char === ')' && groups > 0) { groups--; push('run', ';'); at++; from = at; push('close', ';') }
    else if (char === '<' || char === '>') {
      at += next === '>' ? 2 : 1
      if (text[at] === '&') { at += 2; continue }
      while (text[at] === ' ') at++
      const to = batchWord(text, at, groups > 0)
      at = Math.max(to.to, at)
      if (to.pieces.length > 0 && plainOf(to) !== 'nul') redirects.push({ operator: char === '<' ? '<' : next === '>' ? '>>' : '>', fd: '', to })
    } else if (char === '@' && words.length === 0) at++
    else if (char === ':' && words.length === 0) at = lineEnd(text, at)
    else {
      const word = batchWord(text, at, groups > 0)
      at = Math.max(word.to, at + 1)
      const plain = plainOf(word)
      if (/^\d$/.test(plain) && /[<>]/.test(text[at] ?? '')) {
        // `2>nul`: errors go nowhere that matters.
        at = Math.max(batchWord(text, at + (text[at + 1] === '>' ? 2 : 1) + (text[at + 1] === '&' ? 1 : 0)).to, at + 1)
      } else if (words.length === 0 && plain === 'rem') at = lineEnd(text, at)
      else if (words.length === 0 && (plain === 'else' || plain === 'do')) words = []
      else if (words.length === 0 && plain === 'if') at = condition(text, at)
      else if (words.length === 0 && plain === 'for') at = loop(text, at, words)
      else words.push(word)
      if (words.length > 0 && plain === 'for') push('run', ';')
    }
  }
  push('run', null)
  return commands
}

/** Where the command behind a condition begins; its words are passed over. */
function condition(text: string, at: number): number {
  const head = /^\s{0,20}(?:\/i\s{1,9})?(?:not\s{1,9})?(?:(?:exist|defined|errorlevel|cmdextversion)\s{1,9}(?:"[^"\n]{0,300}"|[^\s(]{1,300})|(?:"[^"\n]{0,300}"|[^\s=(]{1,300})\s{0,9}(?:==|\b(?:equ|neq|lss|leq|gtr|geq)\b)\s{0,9}(?:"[^"\n]{0,300}"|[^\s(]{1,300}))/i.exec(text.slice(at, at + 800))
  return at + (head?.[0].length ?? 0)
}

/** `for /f "…" %%i in ('command') do`: the variable holds what the command prints. `for %%i in (a b) do`: one of the items. */
function loop(text: string, at: number, words: Word[]): number {
  const head = /^\s{0,20}(?:\/[a-z]\s{1,9}){0,2}(?:"[^"\n]{0,200}"\s{0,9}|[^\s%]{1,100}\s{1,9}){0,2}%{1,2}([a-z])\s{1,9}in\s{0,9}\(/i.exec(text.slice(at, at + 500))
  if (!head) return at
  const start = at + head[0].length
  const end = text.indexOf(')', commandEnd(text, start))
  const stop = end < 0 ? text.length : end
  const inside = text.slice(start, stop).trim()
  const command = /^(['`])([\s\S]*)\1$/.exec(inside)
  const piece: Piece = command ? { is: 'command', text: command[2] ?? '', file: false, quoted: true } : { is: 'text', text: (inside.split(/\s+/)[0] ?? '').replaceAll('"', ''), quoted: true }
  words.push({ pieces: [{ is: 'text', text: `${head[1] ?? 'i'}=`, quoted: false }, piece], from: at, to: stop })
  return Math.min(stop + 1, text.length)
}

/** A command in quotes may hold brackets. */
function commandEnd(text: string, start: number): number {
  const quote = text[start]
  if (quote !== "'" && quote !== '`') return start
  const end = text.indexOf(`${quote})`, start + 1)
  return end < 0 ? start : end
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end < 0 ? text.length : end
}

/** The word that begins at `start`: carets are undone outside of quotes, variables are told apart. */
function batchWord(text: string, start: number, inGroup = false): Word {
  const pieces: Piece[] = []
  let plain = ''
  let quoted = false
  let at = start
  const flush = (): void => {
    if (plain !== '') pieces.push({ is: 'text', text: plain, quoted: true })
    plain = ''
  }
  for (; at < text.length; at++) {
    const char = text[at] as string
    if (char === '\n' || (!quoted && (/[\s&|<>]/.test(char) || (char === ')' && inGroup)))) break
    if (char === '"') {
      quoted = !quoted
      if (!quoted && plain === '' && pieces.length === 0) pieces.push({ is: 'text', text: '', quoted: true })
    } else if (char === '^' && !quoted) {
      at++
      if (at < text.length && text[at] !== '\n') plain += text[at]
    } else if (char === '\\' && text[at + 1] === '"') {
      plain += '"'
      at++
    } else if (char === '%' || char === '!') {
      const name = /^(?:%(\w{1,60})(:[^%\n]{1,120})?%|!(\w{1,60})(:[^!\n]{1,120})?!|%%?~?[a-z]{0,5}([a-z0-9*])(?![\w%]))/i.exec(text.slice(at, at + 200))
      if (!name) { plain += char; continue }
      flush()
      const variable = name[1] ?? name[3] ?? name[5] ?? ''
      pieces.push({ is: 'variable', name: variable, apply: name[2] ?? name[4] ?? '', otherwise: name[5] === undefined ? `%${variable}%` : '…', quoted: variable.length > 1 })
      at += name[0].length - 1
    } else plain += char
  }
  flush()
  return { pieces, from: start, to: Math.min(at, text.length) }
}
