import type { Reading } from './project-file.ts'

/** A value of a JSON or YAML document with the line it begins on, 1-based. Objects are Maps: `__proto__` is a key like others. */
export interface Located {
  line: number
  value: string | number | boolean | null | Located[] | Map<string, Located>
}

/** Values in a document beyond which it is refused. */
export const MOST_VALUES = 2_000_000
/** Levels of nesting beyond which it is refused: the deepest lockfiles seen nest some forty. */
export const DEEPEST = 200

export const EMPTY: Located = { line: 1, value: null }

export const at = (node: Located | undefined, key: string): Located | undefined => (node?.value instanceof Map ? node.value.get(key) : undefined)

/** A string, or a number as people write versions; null for anything else. */
export function textOf(node: Located | undefined): string | null {
  const value = node?.value
  return typeof value === 'string' ? value : typeof value === 'number' ? String(value) : null
}

export const textAt = (node: Located | undefined, key: string): string | null => textOf(at(node, key))

export const isTrue = (node: Located | undefined): boolean => node?.value === true || node?.value === 'true'

/** The entries of a table that may be absent; where something else stands in its place, that is a problem. */
export function entriesOf(reading: Reading, node: Located | undefined, what: string): Iterable<[string, Located]> {
  if (node?.value instanceof Map) return node.value
  if (node !== undefined && node.value !== null) reading.problem(node.line, `${what} is no table: it was not read`, 'broken')
  return []
}

/** The items of a list that may be absent; where something else stands in its place, that is a problem. */
export function itemsOf(reading: Reading, node: Located | undefined, what: string): readonly Located[] {
  if (Array.isArray(node?.value)) return node.value
  if (node !== undefined && node.value !== null) reading.problem(node.line, `${what} is no list: it was not read`, 'broken')
  return []
}

/** The texts of a table, name → range; what has no text is a problem. */
export function* rangesOf(reading: Reading, node: Located | undefined, what: string): Generator<[name: string, range: string, line: number]> {
  for (const [name, value] of entriesOf(reading, node, what)) {
    const range = textOf(value)
    if (range === null) reading.problem(value.line, `${what}: ${name} has no version that can be read`)
    else yield [name, range, value.line]
  }
}

/** Line ends in a part of a text. Reads that part only: searching for the next line end would read to it each time, however far it is. */
export function linesBetween(text: string, from: number, to: number): number {
  let lines = 0
  for (let at = from; at < to; at++) if (text.charCodeAt(at) === 10) lines++
  return lines
}
