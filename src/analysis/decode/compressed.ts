import * as zlib from 'node:zlib'
import { LONGEST_OUTPUT } from './bytes.ts'

/** What came out; `cut` when only the beginning of it was unpacked, because the whole is longer than is looked at. */
export interface Unpacked {
  bytes: Uint8Array
  cut: boolean
}

type Options = { maxOutputLength: number; finishFlush?: number }
type Unpacker = (bytes: Uint8Array, options: Options) => Uint8Array

/**
 * zlib gives all or nothing. For a bomb, half of the input is unpacked as far as it goes, then half of that: what
 * interpreters would run begins there, and a payload with a long tail of padding does not get away.
 */
const bounded = (unpack: Unpacker, partial: number, most = LONGEST_OUTPUT) => (bytes: Uint8Array): Unpacked | null => {
  for (let length = bytes.length; length > 0; length >>>= 1) {
    const cut = length < bytes.length
    try {
      const out = unpack(bytes.subarray(0, length), { maxOutputLength: most, ...(cut ? { finishFlush: partial } : {}) })
      return out.length > 0 ? { bytes: out, cut } : null
    } catch (thrown) {
      if (!tooLong(thrown)) return null
    }
  }
  return null
}

const tooLong = (thrown: unknown): boolean => (thrown as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'

const { Z_SYNC_FLUSH, BROTLI_OPERATION_FLUSH, ZSTD_e_flush } = zlib.constants

export const inflate = bounded(zlib.inflateSync, Z_SYNC_FLUSH)
export const inflateRaw = bounded(zlib.inflateRawSync, Z_SYNC_FLUSH)
export const gunzip = bounded(zlib.gunzipSync, Z_SYNC_FLUSH)
export const brotli = bounded(zlib.brotliDecompressSync, BROTLI_OPERATION_FLUSH)
export const zstd = bounded(zlib.zstdDecompressSync, ZSTD_e_flush)
/** Either of the two, told apart by the first bytes, as Node's `unzip` does. */
export const unzip = bounded(zlib.unzipSync, Z_SYNC_FLUSH)

/** For guesses: bytes that may be anything are not worth more than a first look. */
export const peekInflateRaw = bounded(zlib.inflateRawSync, Z_SYNC_FLUSH, 1024 * 1024)
export const peekBrotli = bounded(zlib.brotliDecompressSync, BROTLI_OPERATION_FLUSH, 1024 * 1024)
