import { stripVTControlCharacters } from 'node:util'
import { oneLine } from '../core/text.ts'
import type { Surroundings } from './opened.ts'

export interface Paint {
  bold(text: string): string
  dim(text: string): string
  red(text: string): string
  green(text: string): string
  yellow(text: string): string
}

/** What commands print with: data on standard output, everything else on standard error. */
export interface Printer {
  /** The person asked for JSON; print nothing else on standard output then. */
  readonly wantsJson: boolean
  readonly paint: Paint
  /** Columns that a line should fit into: the terminal's, within reason. */
  readonly width: number
  json(value: unknown): void
  lines(...lines: readonly string[]): void
  /** Columns as wide as their widest cell; null: rows alone. Cells may be painted; other text must have passed `plain`. */
  table(heads: readonly string[] | null, rows: readonly (readonly string[])[]): void
  /** A remark that is no data. */
  note(text: string): void
  /** One line on a terminal that the next one replaces; nothing elsewhere. The empty text takes it away. */
  progress(text: string): void
}

export function createPrinter({ out, err, env }: Surroundings, wantsJson: boolean): Printer {
  const coloured = out.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb'
  const paint = coloured ? COLOURS : PLAIN
  let shown = false
  out.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) is no failure.
    if (error.code !== 'EPIPE') throw error
  })
  const progress = (text: string): void => {
    if (err.isTTY !== true || (text === '' && !shown)) return
    err.write(`\r\u001b[2K${plain(text, 100)}`)
    shown = text !== ''
  }
  const lines = (...all: readonly string[]): void => {
    progress('')
    out.write(all.map((line) => `${line}\n`).join(''))
  }
  return {
    wantsJson, paint, progress, lines,
    width: Math.min(160, Math.max(60, (out.isTTY === true && out.columns) || 120)),
    json: (value) => lines(JSON.stringify(value, null, 2)),
    table(heads, rows) {
      const widths = (heads ?? rows[0] ?? []).map((_, column) => rows.reduce((widest, row) => Math.max(widest, width(row[column] ?? '')), heads?.[column]?.length ?? 0))
      const row = (cells: readonly string[]): string =>
        cells.map((cell, column) => (column === cells.length - 1 ? cell : cell + ' '.repeat(Math.max(0, (widths[column] ?? 0) - width(cell))))).join('  ').trimEnd()
      lines(...(heads ? [paint.dim(row(heads.map((head) => head.toUpperCase())))] : []), ...rows.map(row))
    },
    note(text) {
      progress('')
      err.write(`${text}\n`)
    },
  }
}

/** Text from packages and clients, safe for a terminal: one line, no control characters, bounded. */
export const plain = (text: string, limit = 200): string => oneLine(stripVTControlCharacters(text), limit)

/** A place that has passed `plain`, its end: it says more than the beginning. */
export const tail = (text: string, limit: number): string => (text.length <= limit ? text : `…${text.slice(text.length - limit + 1)}`)

/** Text that has passed `plain`, in lines of at most `columns`; a word that is longer is broken. */
export function wrap(text: string, columns: number): string[] {
  const lines: string[] = []
  let rest = text
  while (rest.length > columns) {
    const space = rest.lastIndexOf(' ', columns)
    const at = space > columns / 3 ? space : columns
    lines.push(rest.slice(0, at).trimEnd())
    rest = rest.slice(at).trimStart()
  }
  return [...lines, rest]
}

const width = (cell: string): number => stripVTControlCharacters(cell).length

const colour = (open: number, close: number) => (text: string): string => (text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`)
const COLOURS: Paint = { bold: colour(1, 22), dim: colour(2, 22), red: colour(31, 39), green: colour(32, 39), yellow: colour(33, 39) }
const same = (text: string): string => text
const PLAIN: Paint = { bold: same, dim: same, red: same, green: same, yellow: same }

/** What is good green, what is bad red, what is between yellow. */
export function shade(paint: Paint, word: string): string {
  if (/^(?:clean|serve|release|ok|served)$/.test(word)) return paint.green(word)
  return /^(?:malicious|quarantine|recall|failed|recalled|denied)$/.test(word) ? paint.red(word) : paint.yellow(word)
}

/** `2026-05-01 12:30`, UTC. */
export const moment = (iso: string): string => iso.slice(0, 16).replace('T', ' ')

/** `1 file`, `2 files`, `1,200 files`. */
export const count = (number: number, one: string, many = `${one}s`): string => `${grouped(number)} ${number === 1 ? one : many}`

/** `toLocaleString` would load the locales first, which takes longer than the rest of a short command. */
const grouped = (number: number): string => String(number).replace(/\B(?=(?:\d{3})+$)/g, ',')
