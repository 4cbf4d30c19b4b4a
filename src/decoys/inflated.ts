import { brotliDecompressSync, constants, inflateRawSync, inflateSync, zstdDecompressSync } from 'node:zlib'
import type { Inner } from './layer.ts'

/** Of what comes out of one stream: a bomb ends there. */
const MOST = 8 * 1024 * 1024
/** Streams that are looked for in one buffer, and beginnings that turn out to be none. */
const MOST_STREAMS = 24
/** Without a head that tells them, only smaller ones are tried. */
const LARGEST_UNMARKED = 1024 * 1024
/** No piece of a secret is smaller when compressed. */
const LEAST_UNMARKED = 18

export type Compression = 'gzip' | 'zlib' | 'deflate' | 'zstd' | 'brotli'

const OPEN: Readonly<Record<Compression, (bytes: Uint8Array, most: number) => Buffer>> = {
  // Node's own minds what follows the stream; here anything may.
  gzip: (bytes, maxOutputLength) => inflateRawSync(bytes.subarray(gzipHead(bytes)), { maxOutputLength, finishFlush: constants.Z_SYNC_FLUSH }),
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

const MARKS = ([
  ['gzip', '1f8b08'], ['zstd', '28b52ffd'], ['deflate', '504b0304'], ['zlib', '789c'], ['zlib', '78da'], ['zlib', '7801'], ['zlib', '785e'],
] as const).map(([by, mark]) => ({ by, mark: Buffer.from(mark, 'hex') }))

function* heads(bytes: Uint8Array): Generator<Head> {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  const places = MARKS.map(({ by, mark }) => ({ by, mark, at: buffer.indexOf(mark) }))
  for (;;) {
    const next = places.filter(({ at }) => at >= 0).sort((a, b) => a.at - b.at)[0]
    if (!next) return
    const { by, at } = next
    if (by !== 'deflate') yield { at, by, from: at }
    // An entry of a ZIP archive: method 8, then the lengths of its name and its extra field.
    else if (buffer[at + 8] === 8 && at + 30 <= buffer.length) yield { at, by, from: at + 30 + buffer.readUInt16LE(at + 26) + buffer.readUInt16LE(at + 28) }
    next.at = buffer.indexOf(next.mark, at + 1)
  }
}

/** RFC 1952, 2.3: how long the head is, with what is optional in it. */
function gzipHead(bytes: Uint8Array): number {
  const flags = bytes[3] ?? 0
  let at = 10
  if (flags & 4) at += 2 + ((bytes[at] ?? 0) | (bytes[at + 1] ?? 0) << 8)
  for (const flag of [8, 16]) if (flags & flag) at = bytes.indexOf(0, at) + 1 || bytes.length
  return flags & 2 ? at + 2 : at
}

/** null: that is none, or as good as empty. What is too large is opened from fewer and fewer bytes of its beginning. */
export function open(by: Compression, bytes: Uint8Array): Buffer | null {
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
