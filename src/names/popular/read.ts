import { SluiceError } from '../../core/errors.ts'
import type { EcosystemId } from '../../core/types.ts'
import { partsOf } from '../parts.ts'

const LARGEST = 64 * 1024 * 1024
const MOST = 1_000_000
const LONGEST_LINE = 4_096
/** Columns that hold the name, in lists known to be passed around, and those that hold how often it is used. */
const NAME_COLUMNS = ['project', 'name', 'package', 'module', 'path', 'package_name']

/**
 * Names from a list that somebody made, the most popular first: one a line (`#` begins a comment), CSV with a header that
 * names the column (`download_count,project`) or without one (`rank,name`), a JSON array of names or of objects, or an
 * object with such an array in it. Canonical, each once. Throws SluiceError('usage') with the line where there is one.
 */
export function readNameList(ecosystem: EcosystemId, bytes: Uint8Array): string[] {
  if (bytes.length > LARGEST) throw new SluiceError('usage', `the list has ${bytes.length} bytes; at most ${LARGEST} are read`)
  const text = utf8(bytes).trimStart()
  const names = text.startsWith('[') || text.startsWith('{') ? fromJson(text) : fromLines(text)
  const found = new Set<string>()
  for (const { name, where } of names) {
    const parts = name === '' ? null : partsOf(ecosystem, name)
    // eslint-disable-next-line no-control-regex -- no name has any
    if (parts === null || /[\s\0-\x1f"'`<>]/.test(parts.name)) throw new SluiceError('usage', `${where}: ${JSON.stringify(name.slice(0, 80))} is no name of a package`)
    found.add(parts.name)
    if (found.size > MOST) throw new SluiceError('usage', `${where}: the list has more than ${MOST} names`)
  }
  if (found.size === 0) throw new SluiceError('usage', 'the list has no names')
  return [...found]
}

function utf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new SluiceError('usage', 'the list is not UTF-8 text', { cause })
  }
}

interface Read { name: string; where: string }

function* fromLines(text: string): Generator<Read> {
  let column: number | null = null
  let number = 0
  for (const line of linesOf(text)) {
    number++
    if (line.length > LONGEST_LINE) throw new SluiceError('usage', `line ${number} has ${line.length} characters; at most ${LONGEST_LINE} are read`)
    const plain = line.trim()
    if (plain === '' || plain.startsWith('#')) continue
    const cells = cellsOf(plain, number)
    if (column === null) {
      const named = cells.findIndex((cell) => NAME_COLUMNS.includes(cell.toLowerCase()))
      column = named >= 0 && cells.length > 1 ? named : firstName(cells)
      if (named >= 0 && cells.length > 1) continue
    }
    const name = cells[column]
    if (name === undefined) throw new SluiceError('usage', `line ${number} has no column ${column + 1}`)
    yield { name: name.trim(), where: `line ${number}` }
  }
}

function* linesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length;) {
    const end = text.indexOf('\n', from)
    yield text.slice(from, end < 0 ? text.length : end)
    from = end < 0 ? text.length : end + 1
  }
}

/** The first cell that is not a number: lists begin with a rank or a count as often as not. */
function firstName(cells: readonly string[]): number {
  return Math.max(0, cells.findIndex((cell) => !/^[0-9.]*$/.test(cell)))
}

/** RFC 4180, but a quoted cell ends on its line: no name has a line break. */
function cellsOf(line: string, number: number): string[] {
  const cells: string[] = []
  for (let at = 0; at <= line.length;) {
    let cell = ''
    if (line[at] === '"') {
      let end = line.indexOf('"', at + 1)
      for (let from = at + 1; ; end = line.indexOf('"', from)) {
        if (end < 0) throw new SluiceError('usage', `line ${number} has a quote that does not end`)
        cell += line.slice(from, end)
        from = end + 2
        if (line[end + 1] !== '"') break
        cell += '"'
      }
      at = end + 1
      if (at < line.length && line[at] !== ',') throw new SluiceError('usage', `line ${number} has text after a quote`)
    } else {
      const end = line.indexOf(',', at)
      cell = line.slice(at, end < 0 ? line.length : end)
      at = end < 0 ? line.length : end
    }
    cells.push(cell.trim())
    at++
  }
  return cells
}

function* fromJson(text: string): Generator<Read> {
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch (cause) {
    throw new SluiceError('usage', `the list is not JSON: ${cause instanceof Error ? cause.message.slice(0, 120) : ''}`, { cause })
  }
  const list = Array.isArray(parsed) ? parsed : Object.values(parsed as object).find(Array.isArray) as unknown[] | undefined
  if (list === undefined) throw new SluiceError('usage', 'the list is JSON without an array in it')
  for (const [at, entry] of list.entries()) {
    const name = typeof entry === 'string' ? entry : nameIn(entry)
    if (name === null) throw new SluiceError('usage', `entry ${at + 1} of the list has no name`)
    yield { name, where: `entry ${at + 1}` }
  }
}

function nameIn(entry: unknown): string | null {
  if (typeof entry !== 'object' || entry === null) return null
  for (const column of NAME_COLUMNS) {
    if (Object.hasOwn(entry, column)) {
      const value = (entry as Record<string, unknown>)[column]
      if (typeof value === 'string') return value
    }
  }
  return null
}
