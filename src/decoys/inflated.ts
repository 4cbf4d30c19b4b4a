import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { Inner } from './unwrap.ts'

/** Of what comes out of one stream: a bomb ends there. */
const MOST = 8 * 1024 * 1024
/** Streams that are looked for in one buffer, and beginnings that turn out to be none. */
const MOST_STREAMS = 24
/** Without a head that tells them, only smaller ones are tried. */
const LARGEST_UNMARKED = 1024 * 1024
/** No piece of a secret is smaller when compressed. */
const LEAST_UNMARKED = 18

type Open = (bytes: Uint8Array, most: number) => Buffer

const OPEN: Readonly<Record<'gzip' | 'zlib' | 'deflate' | 'zstd' | 'brotli', Open>> = {
  gzip: (bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH }),
  zlib: (bytes, maxOutputLength) => inflateSync(bytes, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH }),
  deflate: (bytes, maxOutputLength) => inflateRawSync(bytes, { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH }),
  zstd: (bytes, maxOutputLength) => zstdDecompressSync(bytes, { maxOutputLength, finishFlush: constants.ZSTD_e_flush }),
  brotli: (bytes, maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength, finishFlush: constants.BROTLI_OPERATION_FLUSH }),
}

/** What compressed streams in a buffer hold, wherever they begin; those without a head only at its beginning. */
export function* inflated(bytes: Uint8Array): Generator<Inner> {
  let tried = 0
  let opened = false
  for (const { at, by, from } of heads(bytes)) {
    if (tried++ >= MOST_STREAMS) break
    const out = open(by, bytes.subarray(from))
    if (out === null) continue
    opened ||= at === 0
    yield { by, bytes: out }
  }
  if (opened || bytes.length > LARGEST_UNMARKED || bytes.length < LEAST_UNMARKED) return
  for (const by of ['deflate', 'brotli'] as const) {
    const out = open(by, bytes)
    if (out !== null) yield { by, bytes: out }
  }
}

type Head = { at: number; by: 'gzip' | 'zlib' | 'deflate' | 'zstd'; from: number }

function* heads(bytes: Uint8Array): Generator<Head> {
  for (let at = 0; at + 4 < bytes.length; at++) {
    const first = bytes[at] as number
    const second = bytes[at + 1] as number
    if (first === 0x1f && second === 0x8b && bytes[at + 2] === 8) yield { at, by: 'gzip', from: at }
    else if (first === 0x28 && second === 0xb5 && bytes[at + 2] === 0x2f && bytes[at + 3] === 0xfd) yield { at, by: 'zstd', from: at }
    else if (first === 0x78 && (first << 8 | second) % 31 === 0 && (second & 0x20) === 0) yield { at, by: 'zlib', from: at }
    else if (first === 0x50 && second === 0x4b && bytes[at + 2] === 3 && bytes[at + 3] === 4 && bytes[at + 8] === 8) {
      const from = at + 30 + ((bytes[at + 26] ?? 0) | (bytes[at + 27] ?? 0) << 8) + ((bytes[at + 28] ?? 0) | (bytes[at + 29] ?? 0) << 8)
      yield { at, by: 'deflate', from }
    }
  }
}

/** null: that is none, or an empty one. What is too large is opened from fewer and fewer bytes of its beginning. */
function open(by: keyof typeof OPEN, bytes: Uint8Array): Buffer | null {
  for (let part = bytes; part.length >= 8; part = part.subarray(0, part.length >> 3)) {
    try {
      const out = OPEN[by](part, MOST)
      return out.length >= 12 ? out : null
    } catch (error) {
      if ((error as { code?: string }).code !== 'ERR_BUFFER_TOO_LARGE') return null
    }
  }
  return null
}
