import { ReadableStream } from 'node:stream/web'
import xz from 'xz-decompress'
import { SluiceError } from '../core/errors.ts'
import type { Notes } from './notes.ts'
import { CHUNK } from './source.ts'
import type { Source } from './source.ts'

const FOOTER = 12

/**
 * Unpacks one xz stream ("The .xz File Format" 1.2.0). The decoder reads the first stream and no further, clients read all
 * of them, so what follows is named in `missing`. Throws `archive-invalid`.
 */
export async function unxz(source: Source, notes: Notes, write: (chunk: Uint8Array) => void): Promise<void> {
  if (source.size < FOOTER * 2 || !source.read(0, 6).every((byte, at) => byte === MAGIC[at])) {
    throw new SluiceError('archive-invalid', 'not an xz file')
  }
  const length = streamLength(source)
  if (length !== source.size) {
    notes.odd('trailing-data', '', 'more than one xz stream, or data after it')
    notes.miss('what follows the first xz stream')
  }
  try {
    for await (const chunk of new xz.XzReadableStream(packed(source))) write(chunk)
  } catch (cause) {
    throw cause instanceof SluiceError ? cause : new SluiceError('archive-invalid', 'the xz data is damaged or cut off', { cause })
  }
}

const MAGIC = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]

function packed(source: Source): ReadableStream<Uint8Array> {
  let at = 0
  return new ReadableStream({
    pull(controller) {
      // The decoder takes an end too early for an empty answer; an error is what it is.
      if (at >= source.size) controller.error(new SluiceError('archive-invalid', 'the xz data is cut off'))
      else {
        const piece = source.read(at, Math.min(CHUNK, source.size - at))
        at += piece.length
        controller.enqueue(piece)
      }
    },
  })
}

/** How long the stream that ends the file says it is, from its footer and index; -1 when they make no sense. */
function streamLength(source: Source): number {
  const footer = source.read(source.size - FOOTER, FOOTER)
  if (footer.toString('latin1', 10) !== 'YZ') return -1
  const indexSize = (footer.readUInt32LE(4) + 1) * 4
  if (indexSize > source.size - FOOTER || indexSize > 16 * 1024 * 1024) return -1
  const index = source.read(source.size - FOOTER - indexSize, indexSize)
  if (index[0] !== 0) return -1
  const numbers = varints(index)
  const records = numbers.next().value ?? 0
  let total = FOOTER * 2 + indexSize
  for (let record = 0; record < records; record++) {
    const unpadded = numbers.next().value
    if (unpadded === undefined || numbers.next().done) return -1
    total += Math.ceil(unpadded / 4) * 4
  }
  return total
}

/** Seven bits a byte, least significant first. */
function* varints(bytes: Uint8Array): Generator<number, undefined> {
  for (let at = 1; at < bytes.length;) {
    let value = 0
    let scale = 1
    let byte = 0x80
    while (byte & 0x80 && at < bytes.length) {
      byte = bytes[at++] as number
      value += (byte & 0x7f) * scale
      scale *= 128
    }
    yield value
  }
  return undefined
}
