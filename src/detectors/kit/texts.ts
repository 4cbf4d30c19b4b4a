import type { PackageFile } from '../../core/types.ts'

/** Enough for whatever is written by hand; both ends of what is not. */
const HEAD = 200_000
const TAIL = 50_000

export interface Stretch {
  text: string
  /** Line of its first character, 1-based. */
  line: number
}

const DECODER = new TextDecoder()

/** The readable ends of a file, as text; nothing for what is no text. Detectors that look for words meant for readers use it. */
export function stretches({ bytes }: PackageFile): Stretch[] {
  if (bytes.subarray(0, 1000).includes(0)) return []
  const head = { text: DECODER.decode(bytes.subarray(0, HEAD)), line: 1 }
  if (bytes.length <= HEAD) return [head]
  const from = Math.max(HEAD, bytes.length - TAIL)
  return [head, { text: DECODER.decode(bytes.subarray(from)), line: 1 + linesIn(bytes, from) }]
}

function linesIn(bytes: Uint8Array, end: number): number {
  let lines = 0
  for (let at = bytes.indexOf(10); at >= 0 && at < end; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}

/** The line of an offset, and what stands there. */
export function lineAt({ text, line }: Stretch, offset: number): { lines: [number, number]; excerpt: string } {
  const from = text.lastIndexOf('\n', offset - 1) + 1
  const to = text.indexOf('\n', offset)
  const at = line + (text.slice(0, from).match(/\n/g)?.length ?? 0)
  return { lines: [at, at], excerpt: text.slice(Math.max(from, offset - 40), Math.min(to < 0 ? text.length : to, offset + 120)).trim() }
}
