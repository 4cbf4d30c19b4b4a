import type { PackageFile } from '../core/types.ts'
import type { Batch, Place } from './messages.ts'

/** Enough files for one pass of the sieve, and little beside what the package itself takes. A larger file goes alone. */
const BATCH = 8 * 1024 * 1024
const FILES = 250

/** Between two files: no word, in bytes or in UTF-16, goes on across it. */
const GAP = 4

/** Copies files into buffers that can be handed to another thread, one buffer at a time. */
export function* batchesOf(files: Iterable<PackageFile>): Generator<Batch> {
  let waiting: PackageFile[] = []
  let size = 0
  for (const file of files) {
    if (waiting.length === FILES || (waiting.length > 0 && size + file.bytes.length > BATCH)) {
      yield batch(waiting, size)
      waiting = []
      size = 0
    }
    waiting.push(file)
    size += file.bytes.length + GAP
  }
  if (waiting.length > 0) yield batch(waiting, size)
}

function batch(files: readonly PackageFile[], size: number): Batch {
  const bytes = new Uint8Array(size)
  const places: Place[] = []
  let from = 0
  for (const file of files) {
    bytes.set(file.bytes, from)
    places.push({ path: file.path, from, to: from + file.bytes.length })
    from += file.bytes.length + GAP
  }
  return { bytes, places }
}
