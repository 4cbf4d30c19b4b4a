import { closing, skip, until, wordAt } from './words.ts'
import type { Word } from './words.ts'

/** `fd` is what stands in front of the operator, `to` what stands behind it: a file, a descriptor, or a text that is fed. */
export interface Redirect {
  operator: '<' | '>' | '>>' | '<<' | '<<<' | '<>'
  fd: string
  to: Word
}

export type Tie = '|' | '&&' | '||' | ';' | null

/**
 * One simple command (`run`), the start or end of a group or of a compound command, or a function that is only defined:
 * its body is text to be read when somebody calls it. `tie` says how it hangs together with the next one.
 */
export interface Command {
  is: 'run' | 'open' | 'close' | 'define'
  words: readonly Word[]
  redirects: readonly Redirect[]
  body: string
  tie: Tie
  from: number
  to: number
}

export const LONGEST = 1_048_576
const OPENS = new Set(['if', 'while', 'until', 'for', 'case', 'select', 'do'])
const SKIPS = new Set(['then', 'else', 'elif', '!', 'time', 'coproc', '@', 'call'])
const CLOSES = new Set(['fi', 'done', 'esac', '}'])

/** POSIX shell text as simple commands, in order; every branch is taken. One pass; substitutions are handed back as text. */
export function commandsOf(line: string): Command[] {
  return new Lexer(line.length > LONGEST ? line.slice(0, LONGEST) : line).commands()
}

class Lexer {
  readonly #text: string
  readonly #found: Command[] = []
  /** What is open, so that `)` after a pattern of `case` is not taken for the end of a group. */
  readonly #open: string[] = []
  #words: Word[] = []
  #redirects: Redirect[] = []
  #documents: { redirect: Redirect; end: string; literal: boolean; tabs: boolean }[] = []
  #at = 0
  #from = 0

  constructor(text: string) {
    this.#text = text
  }

  commands(): Command[] {
    const text = this.#text
    while (this.#at < text.length) {
      const char = text[this.#at] as string
      const next = text[this.#at + 1]
      if (char === '\n') this.#newline()
      else if (char === ' ' || char === '\t' || char === '\r') this.#at++
      else if (char === '\\' && next === '\n') this.#at += 2
      else if (char === '\\' && next === '\r' && text[this.#at + 2] === '\n') this.#at += 3
      else if (char === '#') this.#at = until(text, '\n', this.#at)
      else if (char === ';') this.#end(';', text[this.#at + 1] === ';' ? 2 : 1)
      else if (char === '&' && next === '&') this.#end('&&', 2)
      else if (char === '|' && next === '|') this.#end('||', 2)
      else if (char === '|') this.#end('|', next === '&' ? 2 : 1)
      else if (char === '&' && next !== '>') this.#end(';', 1)
      else if (char === '(') this.#parenthesis()
      else if (char === ')') this.#closed()
      else if ((char === '<' || char === '>' || char === '&') && next !== '(') this.#redirect('')
      else this.#word()
    }
    this.#finish(null)
    return this.#found
  }

  #push(is: Command['is'], tie: Tie, body = ''): void {
    this.#found.push({ is, words: this.#words, redirects: this.#redirects, body, tie, from: this.#from, to: this.#at })
    this.#words = []
    this.#redirects = []
    this.#from = this.#at
  }

  /** Ends the simple command that is being read. After the end of a group there are no words, only where its output goes. */
  #finish(tie: Tie): void {
    const last = this.#found.at(-1)
    if (this.#words.length > 0) this.#push('run', tie)
    else if (last?.is === 'close' && last.to === this.#from) {
      this.#found[this.#found.length - 1] = { ...last, redirects: [...last.redirects, ...this.#redirects], tie: tie ?? last.tie }
      this.#redirects = []
    } else if (this.#redirects.length > 0) this.#push('run', tie)
    this.#from = this.#at
  }

  #end(tie: Tie, width: number): void {
    this.#finish(tie)
    this.#at += width
    this.#from = this.#at
  }

  #newline(): void {
    this.#at++
    for (const { redirect, end, literal, tabs } of this.#documents) {
      const start = this.#at
      let stop = start
      for (;;) {
        const eol = until(this.#text, '\n', stop)
        const row = this.#text.slice(stop, eol)
        if (stop >= this.#text.length || (tabs ? row.trimStart() : row).trimEnd() === end) {
          this.#at = Math.min(eol + 1, this.#text.length)
          break
        }
        stop = eol + 1
      }
      const body = this.#text.slice(start, Math.min(stop, this.#text.length))
      redirect.to = literal ? { pieces: [{ is: 'text', text: body, quoted: true }], from: start, to: stop } : { ...wordAt(`"${body.replaceAll('"', '\\"')}"`, 0), from: start, to: stop }
    }
    this.#documents = []
    const at = this.#at
    this.#at = Math.max(this.#from, at - 1)
    this.#finish(';')
    this.#at = this.#from = at
  }

  #parenthesis(): void {
    const name = this.#words[0]
    if (this.#words.length === 1 && name && this.#text[skip(this.#text, this.#at + 1)] === ')') {
      this.#words = []
      this.#at = skip(this.#text, this.#at + 1) + 1
      this.#define(name)
    } else if (this.#words.length === 0 && this.#text[this.#at + 1] === '(') {
      this.#at = closing(this.#text, this.#at + 1)
    } else {
      this.#finish(';')
      this.#at++
      this.#open.push('(')
      this.#push('open', null)
    }
  }

  #closed(): void {
    if (this.#open.at(-1) === 'case') {
      this.#words = []
      this.#redirects = []
      this.#from = ++this.#at
      return
    }
    this.#finish(';')
    this.#at++
    if (this.#open.at(-1) === '(') this.#open.pop()
    this.#push('close', ';')
  }

  /** `name() { body }`: the body waits for its call. */
  #define(name: Word): void {
    const start = skip(this.#text, this.#at, ' \t\r\n')
    const brace = this.#text[start]
    if (brace !== '{' && brace !== '(') return this.#push('define', ';')
    const end = closing(this.#text, start + 1, brace)
    this.#at = Math.min(end + 1, this.#text.length)
    this.#words = [name]
    this.#push('define', ';', this.#text.slice(start + 1, end))
  }

  #redirect(fd: string): void {
    const operator = /^(?:&>>?|[<>]&-?|<<<|<<-?|>>|>\||<>|[<>&])/.exec(this.#text.slice(this.#at, this.#at + 3))?.[0] ?? '&'
    this.#at += operator.length
    if (operator === '&') return
    this.#at = skip(this.#text, this.#at)
    if (operator.endsWith('-') && operator !== '<<-') return
    const to = wordAt(this.#text, this.#at)
    this.#at = Math.max(to.to, this.#at)
    if (to.pieces.length === 0) return
    const plain = operator === '<<<' ? '<<<' : operator.startsWith('<<') ? '<<' : operator === '<>' ? '<>' : operator.includes('>>') ? '>>' : operator.includes('>') ? '>' : '<'
    const only = to.pieces[0]
    const descriptor = operator.includes('&') && only?.is === 'text' && /^\d{1,4}$/.test(only.text)
    const redirect: Redirect = { operator: plain, fd, to: descriptor ? { ...to, pieces: [{ is: 'text', text: `&${only.text}`, quoted: false }] } : to }
    this.#redirects.push(redirect)
    if (plain === '<<') {
      const end = to.pieces.map((piece) => (piece.is === 'text' ? piece.text : '')).join('')
      this.#documents.push({ redirect, end, literal: to.pieces.some((piece) => piece.quoted), tabs: operator === '<<-' })
    }
  }

  #word(): void {
    const word = wordAt(this.#text, this.#at)
    if (this.#words.length === 0 && this.#redirects.length === 0) this.#from = this.#at
    const only = word.pieces.length === 1 ? word.pieces[0] : undefined
    const plain = only?.is === 'text' && !only.quoted ? only.text : ''
    this.#at = Math.max(word.to, this.#at + 1)
    const after = this.#text[this.#at]
    if (/^\d{1,4}$/.test(plain) && (after === '<' || after === '>')) return this.#redirect(plain)
    if (this.#words.length > 0 || this.#redirects.length > 0) {
      if (plain === 'in' && this.#open.at(-1) === 'case' && this.#words.length === 2) this.#push('run', ';')
      else this.#words.push(word)
      return
    }
    if (plain === 'function') return this.#named()
    if (OPENS.has(plain) || plain === '{') {
      this.#open.push(plain)
      if (plain !== 'do') this.#push('open', null)
      if (plain === 'for' || plain === 'select' || plain === 'case') this.#words.push(word)
    } else if (CLOSES.has(plain)) {
      while (this.#open.at(-1) === 'do') this.#open.pop()
      if (this.#open.at(-1) !== '(') this.#open.pop()
      this.#push('close', ';')
    } else if (!SKIPS.has(plain)) this.#words.push(word)
  }

  #named(): void {
    this.#at = skip(this.#text, this.#at)
    const name = wordAt(this.#text, this.#at)
    this.#at = Math.max(name.to, this.#at)
    const parentheses = /^\s{0,9}\(\s{0,9}\)/.exec(this.#text.slice(this.#at, this.#at + 24))
    this.#at += parentheses?.[0].length ?? 0
    this.#define(name)
  }
}
