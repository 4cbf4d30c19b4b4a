import { SluiceError } from '../core/errors.ts'

export interface Token {
  text: string
  /** Where it begins in the whole, from 0. */
  at: number
  kind: 'word' | '(' | ')'
  /** It was in quotes, at least in part: never `and`, `or`, `not`. */
  quoted: boolean
}

const LONGEST = 10_000
const TOKENS = 500

/** Words, parentheses, and what stands in quotes. Throws SluiceError `usage` with the place. */
export function tokensOf(text: string): Token[] {
  if (text.length > LONGEST) throw new SluiceError('usage', `longer than ${LONGEST} characters`)
  const tokens: Token[] = []
  for (let at = 0; at < text.length;) {
    const sign = text[at] as string
    if (/\s/.test(sign)) at++
    else if (sign === '(' || sign === ')') tokens.push({ text: sign, at: at++, kind: sign, quoted: false })
    else {
      const token = word(text, at)
      tokens.push(token.token)
      at = token.to
    }
    if (tokens.length > TOKENS) throw problem(text, at, `more than ${TOKENS} words`)
  }
  return tokens
}

/** To the next blank or parenthesis; inside of quotes and brackets they belong to it (`send<x>`, `evil[.]example`, `evil(.)example`). */
function word(text: string, from: number): { token: Token; to: number } {
  let value = ''
  let quoted = false
  let at = from
  for (; at < text.length; at++) {
    const sign = text[at] as string
    const fang = sign === '(' ? /^\((?:\.|dot|at)\)/i.exec(text.slice(at, at + 5))?.[0] : undefined
    if (fang !== undefined && value !== '') {
      value += fang
      at += fang.length - 1
      continue
    }
    if (/[\s()]/.test(sign)) break
    if (sign !== '"') {
      value += sign
      continue
    }
    const end = text.indexOf('"', at + 1)
    if (end < 0) throw problem(text, at, 'this quote does not end')
    value += text.slice(at + 1, end)
    quoted = true
    at = end
  }
  return { token: { text: value, at: from, kind: 'word', quoted }, to: at }
}

/** An error that shows where: the text, and a mark below the place. */
export function problem(text: string, at: number, says: string, hint?: string): SluiceError {
  const from = Math.max(0, at - 40)
  const part = `${from > 0 ? '…' : ''}${text.slice(from, at + 40).replace(/\s/g, ' ')}${text.length > at + 40 ? '…' : ''}`
  const mark = `${' '.repeat(at - from + (from > 0 ? 1 : 0))}^`
  return new SluiceError('usage', `at ${at + 1}: ${says}\n  ${part}\n  ${mark}`, hint === undefined ? {} : { hint })
}
