import { readToml } from '../../ecosystems/pypi/toml.ts'
import type { Toml, TomlTable } from '../../ecosystems/pypi/toml.ts'
import type { Reading } from './project-file.ts'
import { linesBetween } from './tree.ts'

export type { Toml, TomlTable }

/** A part of a TOML document that is read by itself: one table, or one element of an array of tables with the tables inside it. */
export interface Block {
  root: TomlTable
  /** Of the header. */
  line: number
  /** The line at or after the last one asked for that holds this text; the header's where none does. */
  lineOf(text: string): number
}

/**
 * A TOML document in blocks with lines. Each block's root is the whole document's, holding only what the block says: formats
 * look in each for the tables they know. What a block's reader could not read is a problem with the block's line.
 */
export function* readBlocks(reading: Reading, text: string = reading.text): Generator<Block> {
  const headers = headersOf(text)
  let start = 0
  let line = 1
  let element: string | null = null
  const block = (end: number, endLine: number): Block | null => {
    const slice = text.slice(start, end)
    const own = line
    start = end
    line = endLine
    if (slice.trim() === '') return null
    const { root, unread } = readToml(slice)
    if (unread > 0) reading.problem(own, `${unread === 1 ? 'a line' : `${unread} lines`} of the table that begins here could not be read as TOML`, 'broken')
    return { root, line: own, lineOf: finder(slice, own) }
  }
  for (const header of headers) {
    // `[package.dependencies]` belongs to the `[[package]]` before it.
    if (element === null || !header.path.startsWith(`${element}.`)) {
      const read = block(header.start, header.line)
      if (read) yield read
      element = header.many ? header.path : null
    }
  }
  const read = block(text.length, line)
  if (read) yield read
}

export const tableAt = (table: Toml | undefined, ...keys: string[]): TomlTable | null => {
  const found = valueAt(table, ...keys)
  return found instanceof Map ? found : null
}

export function valueAt(from: Toml | undefined, ...keys: string[]): Toml | undefined {
  let value = from
  for (const key of keys) value = value instanceof Map ? (value as TomlTable).get(key) : undefined
  return value
}

export const stringAt = (from: Toml | undefined, ...keys: string[]): string | null => {
  const value = valueAt(from, ...keys)
  return typeof value === 'string' ? value : null
}

export const listOf = (value: Toml | undefined): readonly Toml[] => (Array.isArray(value) ? value as readonly Toml[] : [])

/** The tables of an array of tables, in this block. */
export const elementsAt = (from: Toml | undefined, ...keys: string[]): TomlTable[] =>
  listOf(valueAt(from, ...keys)).filter((item): item is TomlTable => item instanceof Map)

interface Header {
  start: number
  line: number
  path: string
  many: boolean
}

/** Lines that are headers, told from lines inside of long strings and arrays by reading over those. Linear. */
function headersOf(text: string): Header[] {
  const found: Header[] = []
  const header = /[ \t]*(\[{1,2})([^\]\n]{1,500})\]/y
  const interesting = /["'#[\]{}\n]/g
  let line = 1
  let depth = 0
  let fresh = true
  for (let at = 0; at < text.length;) {
    if (fresh && depth === 0) {
      header.lastIndex = at
      const [whole, open, path] = header.exec(text) ?? []
      if (whole !== undefined && open !== undefined && path !== undefined) {
        found.push({ start: at, line, path: path.replace(/["'\s]/g, ''), many: open.length === 2 })
        at = endOfLine(text, at)
      }
    }
    fresh = false
    interesting.lastIndex = at
    const next = interesting.exec(text)
    if (!next) break
    at = next.index + 1
    if (next[0] === '\n') {
      line++
      fresh = true
    } else if (next[0] === '#') at = endOfLine(text, at)
    else if (next[0] === '[' || next[0] === '{') depth++
    else if (next[0] === ']' || next[0] === '}') depth = Math.max(0, depth - 1)
    else {
      const end = endOfString(text, next.index)
      line += linesBetween(text, at, end)
      at = end
    }
  }
  return found
}

/** After the closing quote; a string on one line that does not end ends with the line, a long one with the text. */
function endOfString(text: string, start: number): number {
  const quote = text[start] as string
  const long = text.startsWith(quote.repeat(3), start)
  for (let at = start + (long ? 3 : 1); at < text.length; at++) {
    const char = text[at]
    if (char === '\\' && quote === '"') at++
    else if (char === '\n' && !long) return at
    else if (char === quote && (!long || text.startsWith(quote.repeat(3), at))) return at + (long ? 3 : 1)
  }
  return text.length
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf('\n', from)
  return end < 0 ? text.length : end
}

/** Searches onward from the last hit, so that all searches of a block together read it once; a miss may be asked for a few times only. */
function finder(slice: string, line: number): Block['lineOf'] {
  let from = 0
  let at = line
  let misses = 0
  return (text) => {
    const found = text === '' || misses > 20 ? -1 : slice.indexOf(text, from)
    if (found < 0) {
      misses++
      return line
    }
    at += linesBetween(slice, from, found)
    from = found
    return at
  }
}
