import { ReadableStream } from 'node:stream/web'
import xz from 'xz-decompress'
import { SluiceError } from '../core/errors.ts'
import { invalid } from './errors.ts'
import { CHUNK } from './source.ts'
import type { Source } from './source.ts'

/** Unpacks xz ("The .xz File Format" 1.2.0), stream after stream as clients do, checksums checked. Throws `archive-invalid`. */
export async function unxz(source: Source, write: (chunk: Uint8Array) => void): Promise<void> {
  if (source.size < SMALLEST || !MAGIC.equals(source.read(0, MAGIC.length))) throw invalid('not an xz file')
  try {
    for await (const chunk of new xz.XzReadableStream(packed(source))) write(chunk)
  } catch (cause) {
    throw cause instanceof SluiceError ? cause : invalid('the xz data is damaged or cut off', cause)
  }
}

const MAGIC = Buffer.from('\xfd7zXZ\0', 'latin1')
/** Header, empty index, footer. */
const SMALLEST = 32

function packed(source: Source): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      if (at >= source.size) {
        controller.close()
        return
      }
      const piece = source.read(at, Math.min(CHUNK, source.size - at))
      at += piece.length
      controller.enqueue(piece)
    },
  }, { highWaterMark: 0 })
}
