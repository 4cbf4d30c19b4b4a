import type { Notes } from './notes.ts'
import { CHUNK } from './source.ts'
import type { Source } from './source.ts'

/** Bytes that belong to one entry. */
export interface Extent {
  from: number
  to: number
  name: string
}

/** Reports bytes between entries that no entry owns, entries only a reader of the stream would see, and shared bytes. */
export function reportGaps(source: Source, layout: { extents: Extent[]; end: number }, notes: Notes): void {
  let at = 0
  let previous = ''
  const last = { from: layout.end, to: layout.end, name: '' }
  for (const extent of [...layout.extents.sort((a, b) => a.from - b.from), last]) {
    if (extent.from > at) reportGap(source, { from: at, to: extent.from }, notes)
    else if (extent.from < at) notes.odd('header-mismatch', extent.name, `shares bytes with ${previous}`)
    if (extent.to > at) {
      at = extent.to
      previous = extent.name
    }
  }
}

function reportGap(source: Source, { from, to }: { from: number; to: number }, notes: Notes): void {
  if (from === 0) notes.odd('leading-data', '', `${to} bytes before the first entry`)
  const name = findLocal(source, { from, to })
  if (name !== null) notes.odd('header-mismatch', name, 'an entry that the directory does not list')
  else if (from > 0) notes.odd('trailing-data', '', `${to - from} bytes after an entry that belong to none`)
}

/** The name in the first local header between two offsets, or null. */
function findLocal(source: Source, { from, to }: { from: number; to: number }): string | null {
  for (let at = from; at + HEADER <= to; at += CHUNK - HEADER) {
    const bytes = source.read(at, Math.min(CHUNK, to - at))
    const found = bytes.indexOf(SIGNATURE)
    if (found < 0 || found + HEADER > bytes.length) continue
    return bytes.toString('utf8', found + HEADER, found + HEADER + bytes.readUInt16LE(found + 26))
  }
  return null
}

const HEADER = 30
const SIGNATURE = Buffer.from([0x50, 0x4b, 3, 4])
