import { brotliDecompressSync, constants, gunzipSync, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { Inner } from './layer.ts'

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
export function* inflated(bytes: Uint8Array, begins: boolean): Generator<Inner> {
  let tried = 0
  let opened = false
  for (const { at, by, from } of heads(bytes)) {
    if (tried++ >= MOST_STREAMS) break
    const out = open(by, bytes.subarray(from))
    if (out === null) continue
    opened ||= at === 0
    yield { by, bytes: out, begins: true }
  }
  if (!begins || opened || bytes.length > LARGEST_UNMARKED || bytes.length < LEAST_UNMARKED) return
  for (const by of ['deflate', 'brotli'] as const) {
    const out = open(by, bytes)
    if (out !== null) yield { by, bytes: out, begins: true }
  }
}

type Head = { at: number; by: 'gzip' | 'zlib' | 'deflate' | 'zstd'; from: number }

function* heads(bytes: Uint8Array): Generator<Head> {
  const places = [0x1f, 0x28, 0x78, 0x50].map((first) => ({ first, at: bytes.indexOf(first) }))
  for (;;) {
    const next = places.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0]
    if (!next) return
    const head = headAt(bytes, next.at)
    if (head) yield head
    next.at = bytes.indexOf(next.first, next.at + 1)
  }
}

function headAt(bytes: Uint8Array, at: number): Head | null {
  const [first = 0, second = 0, third, fourth] = bytes.subarray(at, at + 4)
  if (first === 0x1f) return second === 0x8b && third === 8 ? { at, by: 'gzip', from: at } : null
  if (first === 0x28) return second === 0xb5 && third === 0x2f && fourth === 0xfd ? { at, by: 'zstd', from: at } : null
  if (first === 0x78) return (first << 8 | second) % 31 === 0 && (second & 0x20) === 0 ? { at, by: 'zlib', from: at } : null
  if (second !== 0x4b || third !== 3 || fourth !== 4 || bytes[at + 8] !== 8) return null
  return { at, by: 'deflate', from: at + 30 + ((bytes[at + 26] ?? 0) | (bytes[at + 27] ?? 0) << 8) + ((bytes[at + 28] ?? 0) | (bytes[at + 29] ?? 0) << 8) }
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
