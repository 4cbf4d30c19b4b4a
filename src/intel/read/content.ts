import { SluiceError, sentence } from '../../core/errors.ts'
import type { Canonical } from '../osv.ts'
import { readOsv } from '../osv.ts'
import type { Item } from '../record.ts'
import { spelling } from '../spelling.ts'
import { namedColumns } from './columns.ts'
import { readCsv } from './csv.ts'
import type { ListOptions } from './csv.ts'
import { rowsOf } from './csv-cells.ts'
import { mispEvents, readMisp } from './misp.ts'
import { readPlain } from './plain.ts'
import { isStix, readStix } from './stix.ts'

export type Format = 'osv' | 'stix' | 'misp' | 'csv' | 'list'

const canonical: Canonical = (ecosystem, raw) => spelling[ecosystem].canonicalName(raw)

/**
 * What a file says, whatever it is called: OSV records (one, a list, one a line, an answer with `vulns`), a STIX bundle, MISP
 * events, a table, a plain list. Throws `feed-invalid` where it is none of these.
 */
export function readContent(bytes: Uint8Array, file: string, options: ListOptions): { format: Format; items: Iterable<Item> } {
  const text = textOf(bytes, file)
  const start = text.trimStart()
  if (start === '') throw new SluiceError('feed-invalid', `${file} is empty`)
  if (start.startsWith('<')) throw new SluiceError('feed-invalid', `${file} is a web page, not a feed`, { hint: 'was a login or an error page saved in its place?' })
  // Not the brackets around an address: `[2001:db8::7]`.
  if (/^(?:\{|\[\s*[{["\]])/.test(start)) return readJson(text, file, options)
  return readLines(text, file, options)
}

/** One JSON value of a feed that is read in parts; null: it is nothing that a feed consists of. */
export function readValue(value: unknown, where: string, options: ListOptions): { format: Format; items: Iterable<Item> } | null {
  if (isStix(value)) return { format: 'stix', items: readStix(value, where, options) }
  const events = mispEvents(value)
  if (events) return { format: 'misp', items: all(events.map((event, index) => readMisp(event, events.length > 1 ? `${where}[${index}]` : where, options))) }
  if (typeof value !== 'object' || value === null) return null
  if ('vulns' in value && Array.isArray(value.vulns)) return { format: 'osv', items: osvItems(value.vulns, `${where} vulns`, options) }
  if (!Array.isArray(value)) return 'affected' in value || ('id' in value && 'modified' in value) ? { format: 'osv', items: withNotes(osvItem(value, where, options)) } : null
  if (value.length > 0 && value.every((one) => typeof one === 'string')) return { format: 'list', items: readPlain(value.join('\n'), where, options) }
  return value.length === 0 || value.some((one) => typeof one === 'object' && one !== null && ('affected' in one || ('id' in one && 'modified' in one))) ? { format: 'osv', items: osvItems(value, where, options) } : null
}

function osvItem(value: unknown, where: string, { source, tlp }: ListOptions): Item & { notes?: string[] } {
  const read = readOsv(value, { source, tlp, canonical })
  return 'skipped' in read ? { where, problem: read.skipped } : { where, id: read.id, modified: read.modified, advisories: read.advisories, indicators: read.indicators, notes: read.problems }
}

function* osvItems(values: readonly unknown[], where: string, options: ListOptions): Generator<Item> {
  for (const [index, value] of values.entries()) yield* withNotes(osvItem(value, `${where}[${index}]`, options))
}

/** An item, and what of it was left out. */
function* withNotes(item: Item & { notes?: string[] }): Generator<Item> {
  for (const problem of item.notes ?? []) yield { where: item.where, problem, note: true }
  yield item
}

function* all(readings: readonly Iterable<Item>[]): Generator<Item> {
  for (const reading of readings) yield* reading
}

function textOf(bytes: Uint8Array, file: string): string {
  if (bytes[0] === 0xff || bytes[0] === 0xfe || bytes.subarray(0, 4_096).includes(0)) throw new SluiceError('feed-invalid', `${file} is not UTF-8 text`)
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new SluiceError('feed-invalid', `${file} is not UTF-8 text`, { cause })
  }
}

function readJson(text: string, file: string, options: ListOptions): { format: Format; items: Iterable<Item> } {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (thrown) {
    const lines = jsonLines(text, file, options)
    if (lines) return { format: 'osv', items: lines }
    throw new SluiceError('feed-invalid', `${file} is damaged JSON: ${placed(text, thrown)}`, { cause: thrown, hint: 'was it cut off on its way?' })
  }
  const read = readValue(value, file, options)
  if (!read) throw new SluiceError('feed-invalid', `${file} is JSON, but no OSV record, STIX bundle or MISP event`, { hint: 'its outermost value says nothing that is known here' })
  return read
}

function placed(text: string, thrown: unknown): string {
  const at = Number(/position (\d+)/.exec(sentence(thrown))?.[1] ?? Number.NaN)
  return Number.isNaN(at) ? sentence(thrown).slice(0, 120) : `line ${text.slice(0, at).split('\n').length}: ${sentence(thrown).slice(0, 80)}`
}

/** null: its first line is no value of its own, so these are no lines. */
function jsonLines(text: string, file: string, options: ListOptions): Iterable<Item> | null {
  const first = text.trimStart().split('\n', 1)[0] as string
  try {
    if (first.length === text.trim().length || readValue(JSON.parse(first), file, options) === null) return null
  } catch {
    return null
  }
  return linesOf(text, file, options)
}

function* linesOf(text: string, file: string, options: ListOptions): Generator<Item> {
  for (const [index, line] of text.split('\n').entries()) if (line.trim() !== '') yield* lineItems(line, `${file}:${index + 1}`, options)
}

/** One line that is a JSON value. */
export function* lineItems(line: string, where: string, options: ListOptions): Generator<Item> {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (thrown) {
    return yield { where, problem: `not JSON: ${sentence(thrown).slice(0, 120)}` }
  }
  yield* valueItems(value, where, options)
}

/** A value of a feed that consists of many: what it is not is a problem of its own. */
export function* valueItems(value: unknown, where: string, options: ListOptions): Generator<Item> {
  const read = readValue(value, where, options)
  if (read) yield* read.items
  // The reader's own words for what is missing.
  else yield* withNotes(osvItem(value, where, options))
}

function readLines(text: string, file: string, options: ListOptions): { format: Format; items: Iterable<Item> } {
  const first = rowsOf(text.slice(0, 100_000)).next()
  const cells = first.done ? [] : first.value.cells
  const table = cells.length > 1 || namedColumns(cells) !== null ? readCsv(text, file, options) : null
  return table ? { format: 'csv', items: table } : { format: 'list', items: readPlain(text, file, options) }
}
