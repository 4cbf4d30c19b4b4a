import { HOME, UNKNOWN } from '../desk.ts'
import type { Value } from './call.ts'
import { NOTHING } from './call.ts'
import { mixed, UNTAINTED } from '../taint.ts'
import type { Taint } from '../taint.ts'
import type { Piece, Word } from './words.ts'

const LONGEST = 65_536
const MOST_WORDS = 2_000
const MOST_BRANCHES = 64

/** What expansion asks of whoever reads the line. */
export interface Expanding {
  /** What the text itself holds: its `…` were put there by the code that put it together. */
  literal(text: string): Taint
  /** The value of a variable, or null when nobody set it. */
  variable(name: string): Value | null
  /** The output of a substituted command, or what the file holds that `<(…)` names. */
  command(text: string, file: boolean): Value
}

/** One word as its value, without splitting. */
export function valueOf(word: Word, by: Expanding): Value {
  return word.pieces.reduce((all, piece) => concatenated(all, pieceValue(piece, by)), NOTHING)
}

/** A word as the words it becomes: values that are not quoted fall apart at blanks, braces multiply. */
export function wordsOf(word: Word, by: Expanding): Value[] {
  const found: Value[] = []
  let current: Value | null = null
  for (const piece of word.pieces) {
    const value = pieceValue(piece, by)
    if (piece.quoted || piece.is === 'text') {
      current = concatenated(current ?? NOTHING, value)
      continue
    }
    const parts = value.text.split(/\s+/, MOST_WORDS)
    parts.forEach((part, index) => {
      if (index > 0 && current) found.push(current)
      if (index > 0) current = null
      if (part !== '') current = concatenated(current ?? NOTHING, { text: part, taint: value.taint })
    })
  }
  if (current) found.push(current)
  const braces = word.pieces.every((piece) => piece.is !== 'text' || !piece.quoted) ? found.flatMap(multiplied) : found
  return braces
}

/** `{curl,-s,x}` → three words; a prefix and a suffix go to each. */
function multiplied(value: Value): Value[] {
  const braces = value.text.length > 2_000 ? null : /^([^{}]*)\{([^{}]*,[^{}]*)\}([^{}]*)$/.exec(value.text)
  if (!braces) return [value]
  return (braces[2] ?? '').split(',', MOST_BRANCHES).map((part) => ({ text: `${braces[1]}${part}${braces[3]}`, taint: value.taint }))
}

export function concatenated(a: Value, b: Value): Value {
  const text = a.text + b.text
  return { text: text.length > LONGEST ? text.slice(0, LONGEST) + UNKNOWN : text, taint: mixed(a.taint, b.taint) }
}

function pieceValue(piece: Piece, by: Expanding): Value {
  if (piece.is === 'text') return { text: piece.text, taint: by.literal(piece.text) }
  if (piece.is === 'command') return by.command(piece.text, piece.file)
  const value = by.variable(piece.name)
  if (value === null) return defaulted(piece.apply, by) ?? { text: piece.otherwise, taint: UNTAINTED }
  return { text: applied(value.text, piece.apply, by), taint: value.taint }
}

/** `${X:-text}` and its kin, for a variable nobody set. */
function defaulted(apply: string, by: Expanding): Value | null {
  const text = /^:?[-=](.+)$/s.exec(apply)?.[1]
  return text === undefined ? null : { text: filled(text, by), taint: UNTAINTED }
}

/** Plain variables inside an operand. */
const filled = (text: string, by: Expanding): string =>
  text.replace(/\$\{?(\w{1,100})\}?/g, (_, name: string) => by.variable(name)?.text ?? UNKNOWN).replace(/^["'](.*)["']$/s, '$1')

/** What `${X…}` and `%X:…%` make of a text. Patterns are taken literally. */
function applied(text: string, apply: string, by: Expanding): string {
  if (apply === '') return text
  const slice = /^(?::|:?~|:~)\s?\(?(-?\d+)\)?(?:[:,]\s?\(?(-?\d+)\)?)?$/.exec(apply)
  if (slice) {
    if (text.includes(UNKNOWN)) return UNKNOWN
    const from = Number(slice[1])
    const start = from < 0 ? Math.max(0, text.length + from) : from
    const length = slice[2] === undefined ? Infinity : Number(slice[2])
    return text.slice(start, length < 0 ? length : start + length)
  }
  const swap = /^(?:\/\/?|:)([^/=]+)(?:[/=](.*))?$/s.exec(apply)
  if (swap && !/^:[-=+?]/.test(apply)) {
    const [what, put] = [filled(swap[1] ?? '', by), filled(swap[2] ?? '', by)]
    if (text.length * put.length > LONGEST * 16) return UNKNOWN
    return /^\/[^/]/.test(apply) ? text.replace(what, () => put) : text.replaceAll(what, () => put)
  }
  const ends = /^(##?|%%?)(.+)$/s.exec(apply)
  if (ends) return trimmed(text, ends[1] as string, filled(ends[2] ?? '', by))
  if (apply === '^^') return text.toUpperCase()
  if (apply === ',,') return text.toLowerCase()
  if (apply === '!') return by.variable(text)?.text ?? UNKNOWN
  if (apply === '#') return String(text.length)
  return /^:?[-=?]/.test(apply) ? text : /^:?\+(.*)$/s.test(apply) ? filled(apply.replace(/^:?\+/, ''), by) : text
}

/** `#`, `%` with a plain text, or with one star at the outer side. */
function trimmed(text: string, how: string, pattern: string): string {
  const literal = pattern.replace(/^\*|\*$/g, '')
  if (how.startsWith('#')) {
    if (!pattern.startsWith('*')) return text.startsWith(literal) ? text.slice(literal.length) : text
    const at = how === '##' ? text.lastIndexOf(literal) : text.indexOf(literal)
    return at < 0 ? text : text.slice(at + literal.length)
  }
  if (!pattern.endsWith('*')) return text.endsWith(literal) ? text.slice(0, text.length - literal.length) : text
  const at = how === '%%' ? text.indexOf(literal) : text.lastIndexOf(literal)
  return at < 0 ? text : text.slice(0, at)
}

/** What everybody's shell knows without being told. */
export const BORN: ReadonlyMap<string, string> = new Map([
  ['HOME', HOME], ['IFS', ' '], ['SHELL', '/bin/sh'], ['BASH', '/bin/bash'], ['NODE', 'node'], ['npm_node_execpath', 'node'],
  ['npm_execpath', 'npm'], ['PYTHON', 'python'], ['TMPDIR', '/tmp'],
])
