import * as zlib from 'node:zlib'
import { LONGEST_OUTPUT } from './bytes.ts'
import { mayBeDeflate } from './deflate.ts'

/** What came out; `cut` when only the beginning of it was unpacked, because the whole is longer than is looked at. */
export interface Unpacked {
  bytes: Uint8Array
  cut: boolean
}

type Options = { maxOutputLength: number; finishFlush?: number; chunkSize?: number }
type Unpacker = (bytes: Uint8Array, options: Options) => Uint8Array

/**
 * zlib gives all or nothing. For a bomb, half of the input is unpacked as far as it goes, then half of that: what
 * interpreters would run begins there, and a payload with a long tail of padding does not get away.
 */
const bounded = (unpack: Unpacker, partial: number, options: Options = { maxOutputLength: LONGEST_OUTPUT }) => (bytes: Uint8Array): Unpacked | null => {
  for (let length = bytes.length; length > 0; length >>>= 1) {
    const cut = length < bytes.length
    try {
      const out = untraced(() => unpack(bytes.subarray(0, length), cut ? { ...options, finishFlush: partial } : options))
      return out.length > 0 ? { bytes: out, cut } : null
    } catch (thrown) {
      if (!tooLong(thrown)) return null
    }
  }
  return null
}

/** Most guesses are wrong: a stack trace of each takes longer than finding out. */
function untraced<T>(work: () => T): T {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    return work()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
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

/** For guesses: bytes that may be anything are not worth more than a first look, and seldom give more than an error. */
const PEEK: Options = { maxOutputLength: 1024 * 1024, chunkSize: 2048 }
const peekRaw = bounded(zlib.inflateRawSync, Z_SYNC_FLUSH, PEEK)
export const peekInflateRaw = (bytes: Uint8Array): Unpacked | null => (mayBeDeflate(bytes) ? peekRaw(bytes) : null)
export const peekBrotli = bounded(zlib.brotliDecompressSync, BROTLI_OPERATION_FLUSH, PEEK)
