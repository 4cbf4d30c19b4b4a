import { createInflateRaw, inflateRawSync } from 'node:zlib'
import { SluiceError } from '../core/errors.ts'
import { invalid } from './errors.ts'
import { CHUNK } from './source.ts'
import type { Source } from './source.ts'

/**
 * Inflates raw deflate data (RFC 1951) that lies between two offsets, and hands it on piece by piece. Resolves to the
 * number of packed bytes it took. What `write` throws ends it. Throws `archive-invalid`.
 */
export function inflate(source: Source, range: { from: number; to: number }, write: (chunk: Uint8Array) => void): Promise<number> {
  const raw = createInflateRaw({ chunkSize: CHUNK })
  return new Promise((resolve, reject) => {
    let at = range.from
    raw.on('data', (chunk: Buffer) => {
      try {
        write(chunk)
      } catch (thrown) {
        raw.destroy(thrown as Error)
      }
    })
    raw.on('error', (cause) => reject(cause instanceof SluiceError ? cause : damaged(cause)))
    raw.on('end', () => {
      resolve(raw.bytesWritten)
      raw.destroy()
    })
    const feed = (): void => {
      if (raw.destroyed) return
      if (at >= range.to) {
        raw.end()
        return
      }
      try {
        const piece = source.read(at, Math.min(CHUNK, range.to - at))
        at += piece.length
        raw.write(piece, feed)
      } catch (thrown) {
        raw.destroy(thrown as Error)
      }
    }
    feed()
  })
}

/**
 * The same in one call, for what takes little memory: nothing waits for another thread, chunk by chunk. `size` is what it should
 * come to, not trusted. Null where it is too much for that, or damaged: whoever reads it piece by piece finds out.
 */
export function inflateAtOnce(packed: Uint8Array, size: number): { bytes: Uint8Array; taken: number } | null {
  if (packed.length > PACKED_AT_ONCE || size > AT_ONCE) return null
  try {
    const options = { chunkSize: Math.max(64, size + 1), maxOutputLength: Math.max(size, WRONG_AT_ONCE), info: true } as const
    const { buffer, engine } = inflateRawSync(packed, options) as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
    return { bytes: buffer, taken: engine.bytesWritten }
  } catch {
    return null
  }
}

export const PACKED_AT_ONCE = 64 * CHUNK
const AT_ONCE = 128 * CHUNK
/** Where it comes to more than it should. */
const WRONG_AT_ONCE = 16 * CHUNK

export const damaged = (cause: unknown): SluiceError => invalid('the compressed data is damaged or cut off', cause)
