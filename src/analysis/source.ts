import type { PackageFile } from '../core/types.ts'
import { declaredText } from './python/encodings.ts'

const EXCERPT = 160

/** Text of one file, or of code found inside one: `anchor` is then the place in the file that carries it. */
export interface Source {
  path: string
  text: string
  anchor: Place | null
  /** What hid this text in its anchor (`base64`), where something did. */
  how?: string
}

/** A stretch of a source, as offsets into its text. */
export interface Place {
  source: Source
  from: number
  to: number
}

/**
 * Invalid UTF-8 becomes replacement characters; UTF-16 is recognised by its mark, as PowerShell and Windows tools write it; Python
 * says what else it is written in.
 */
export function sourceOf(file: PackageFile): Source {
  return { path: file.path, text: declared(file) ?? textOf(file.bytes), anchor: null }
}

/** Whether it says that it is written in something that nothing here reads. */
export const isForeign = (file: PackageFile): boolean => declared(file) === undefined

const declared = ({ path, bytes }: PackageFile): string | null | undefined => (PYTHON.test(path) ? declaredText(bytes) : null)
const PYTHON = /\.py[wx]?$|^[^.]*$|\/[^./]*$/

/** The first line of a file, as far as it says what runs it; empty where it does not begin with `#`, or with a mark of its encoding. */
export function firstLineOf({ bytes }: PackageFile): string {
  const [first] = bytes
  return first === 0x23 || first === 0xef || first === 0xff || first === 0xfe ? textOf(bytes.subarray(0, FIRST_LINE)).split('\n', 1)[0] as string : ''
}

const FIRST_LINE = 400

function textOf(bytes: Uint8Array): string {
  const encoding = bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8'
  return DECODERS[encoding].decode(bytes)
}

const DECODERS = { 'utf-8': new TextDecoder(), 'utf-16le': new TextDecoder('utf-16le'), 'utf-16be': new TextDecoder('utf-16be') }

/** Where a place stands in its file: the outermost one, when code is nested in code. The excerpt is of the innermost. */
export function standing(place: Place): { file: string; lines: [number, number]; excerpt: string } {
  const excerpt = cut(place)
  const outer = outermost(place)
  const first = lineOf(outer.source, outer.from)
  const last = lineOf(outer.source, Math.max(outer.from, outer.to - 1))
  return { file: outer.source.path, lines: [first, Math.max(first, last)], excerpt }
}

function outermost(place: Place): Place {
  let outer = place
  while (outer.source.anchor) outer = outer.source.anchor
  return outer
}

/** The text that hid the code a place stands in, as its file spells it, and what hid it; null for code in plain sight. */
export function hiding(place: Place): { file: string; lines: [number, number]; excerpt: string; how: string } | null {
  const how: string[] = []
  for (let at: Place | null = place; at !== null; at = at.source.anchor) if (at.source.how !== undefined) how.unshift(at.source.how)
  if (how.length === 0) return null
  const outer = outermost(place)
  return { ...standing({ ...outer }), how: how.join(', ') }
}

function cut(place: Place): string {
  return place.source.text.slice(place.from, Math.min(place.to, place.from + EXCERPT)).replace(/\s+/g, ' ').trim()
}

const starts = new WeakMap<Source, number[]>()

function lineOf(source: Source, offset: number): number {
  let lines = starts.get(source)
  if (!lines) {
    lines = [0]
    for (let at = source.text.indexOf('\n'); at >= 0; at = source.text.indexOf('\n', at + 1)) lines.push(at + 1)
    starts.set(source, lines)
  }
  let low = 0
  let high = lines.length
  while (high - low > 1) {
    const middle = (low + high) >> 1
    if ((lines[middle] ?? 0) <= offset) low = middle
    else high = middle
  }
  return low + 1
}

/** Whether a text, or a stretch of it, stands in the source as it is: then it was put together, not hidden. */
export function isPlainIn(source: string, text: string): boolean {
  if (text.length <= WINDOW) return source.includes(text)
  return [0, Math.floor((text.length - WINDOW) / 2), text.length - WINDOW].some((from) => source.includes(text.slice(from, from + WINDOW)))
}

const WINDOW = 12
