import type { TokenKind } from './sketch-tokens.ts'

type Take = (kind: TokenKind, from: number, to: number) => void

/** Strings longer than this are read to here: what is inside them is data. */
const STRING = 2_000
/** Words whose token is remembered. */
const WORDS = 20_000
const NAME = hash('\u0000name')
const ADDRESS = hash('\u0000address')
const LONG = hash('\u0000long')
const NUMBER = hash('\u0000number')
const WORD = hash('\u0000word')
const TEXT = hash('\u0000text')

/** Tokens of code in which nothing is left of what copies change. */
export function exactTokens(name: string, text: string, add: (token: number) => void): Take {
  const own = squash(name)
  const known = new Map<string, number>()
  const word = (raw: string): number => {
    const token = known.get(raw) ?? wordOf(raw, own)
    if (raw.length < 40 && known.size < WORDS) known.set(raw, token)
    return token
  }
  return (kind, from, to) => {
    if (kind === 'number') add(NUMBER)
    else if (kind === 'word') add(word(text.slice(from, to)))
    else if (kind === 'sign') add(text.charCodeAt(from))
    else for (const part of text.slice(from, Math.min(to, from + STRING)).split(/\s+/)) add(partOf(part.replace(/^["'`]+|["'`]+$/g, ''), word))
  }
}

const wordOf = (raw: string, own: string): number =>
  (own !== '' && raw.length <= 200 && squash(raw) === own ? NAME : hash(raw.slice(0, 200).replace(/\d+/g, '0')))

function partOf(part: string, word: (raw: string) => number): number {
  if (part.includes('://') || (part.length < 260 && isAddress(part))) return ADDRESS
  return part.length > 40 || (part.length >= 16 && /^[\w+/=:.-]+$/.test(part) && /\d/.test(part) && /[a-z]/i.test(part)) ? LONG : word(part)
}

/** A host, an address of mail, an IP address, with or without what follows. */
const isAddress = (part: string): boolean => /^(?:[\w.+-]+@)?[\w-]+(?:\.[\w-]+)*\.(?:[a-z]{2,24}|\d{1,3})(?::\d+)?(?:[/?#].*)?$/i.test(part)

/**
 * Tokens in which words are one word, but for what belongs to a language, to its libraries, and to members of what it is handed:
 * renaming everything that can be renamed changes nothing.
 */
export function shapeTokens(text: string, add: (token: number) => void): Take {
  let before = ''
  return (kind, from, to) => {
    if (kind === 'string') add(TEXT)
    else if (kind === 'number') add(NUMBER)
    else {
      const raw = text.slice(from, Math.min(to, from + 100))
      add(kind === 'sign' ? raw.charCodeAt(0) : before === '.' || IMPORTING.has(before) || FIXED.has(raw) ? hash(raw) : WORD)
      before = raw
      return
    }
    before = ''
  }
}

const IMPORTING = new Set(['import', 'from'])
const FIXED = new Set(`and as assert async await break case catch chan class const continue def default defer del delete do elif else except export
  extends finally for from func function global go goto if import in instanceof interface is lambda let map new nonlocal not null None nil or package
  pass raise range return select static struct super switch this throw try type typeof undefined var void while with yield True False true false self
  require module exports process console Buffer eval Function setTimeout fetch JSON Math Object Array String Promise Error atob btoa
  print open exec compile len str int bytes bytearray dict list tuple isinstance getattr setattr __import__ __name__ setup Exception
  string error byte make append panic`.split(/\s+/))

const squash = (raw: string): string => raw.toLowerCase().replace(/[^a-z0-9]/g, '')

/** FNV-1a, 32 bit. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193)
  return value >>> 0
}
