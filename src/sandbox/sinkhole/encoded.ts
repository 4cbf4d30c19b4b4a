import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'

/** Of what comes out; a bomb is cut there. */
const MOST = 4 * 1024 * 1024

const SYNC = { maxOutputLength: MOST, finishFlush: constants.Z_SYNC_FLUSH }
const UNDO: Readonly<Record<string, (bytes: Uint8Array) => Buffer>> = {
  gzip: (bytes) => gunzipSync(bytes, SYNC),
  'x-gzip': (bytes) => gunzipSync(bytes, SYNC),
  deflate: (bytes) => (((bytes[0] ?? 0) & 15) === 8 ? inflateSync(bytes, SYNC) : inflateRawSync(bytes, SYNC)),
  br: (bytes) => brotliDecompressSync(bytes, { maxOutputLength: MOST, finishFlush: constants.BROTLI_OPERATION_FLUSH }),
  zstd: (bytes) => zstdDecompressSync(bytes, { maxOutputLength: MOST, finishFlush: constants.ZSTD_e_flush }),
}

/**
 * A body without the compression that its header names; as it is where that is none, or not true. What is too large when
 * opened is opened from fewer and fewer bytes of its beginning.
 */
export function withoutEncoding(body: Buffer, encoding: string | undefined): Buffer {
  let opened = body
  for (const name of (encoding ?? '').toLowerCase().split(',').slice(0, 3).map((entry) => entry.trim()).reverse()) {
    const undo = Object.hasOwn(UNDO, name) ? UNDO[name] : undefined
    if (!undo || opened.length === 0) continue
    opened = bounded(undo, opened) ?? opened
  }
  return opened
}

function bounded(undo: (bytes: Uint8Array) => Buffer, bytes: Buffer): Buffer | null {
  for (let part = bytes; part.length >= 16; part = part.subarray(0, part.length >> 3)) {
    try {
      return undo(part)
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_BUFFER_TOO_LARGE') return null
    }
  }
  return null
}
