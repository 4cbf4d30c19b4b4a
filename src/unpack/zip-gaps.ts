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
export function reportGaps(source: Source, layout: { extents: Extent[]; from: number; to: number }, notes: Notes): void {
  let at = layout.from
  let previous = ''
  const last = { from: layout.to, to: layout.to, name: '' }
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
  const bytes = source.read(from, Math.min(CHUNK, to - from))
  const local = bytes.indexOf(SIGNATURE)
  if (local < 0 || local + 30 > bytes.length) {
    notes.odd('trailing-data', '', `${to - from} bytes between entries that belong to none`)
    return
  }
  const name = bytes.toString('utf8', local + 30, local + 30 + bytes.readUInt16LE(local + 26))
  notes.odd('header-mismatch', name, 'an entry that the directory does not list')
}

const SIGNATURE = Buffer.from([0x50, 0x4b, 3, 4])
