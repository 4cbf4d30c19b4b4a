import { crc32 } from 'node:zlib'
import { invalid, overLimit } from './errors.ts'
import { inflate, inflateAtOnce, PACKED_AT_ONCE } from './inflate.ts'
import type { Notes } from './notes.ts'
import { CHUNK } from './source.ts'
import type { Source } from './source.ts'

/** A name, comment or extra field longer than this is no honest one. */
const HEADER = 128 * 1024
/** Writers that cut their output into members do so every 64 KB or more. */
const MEMBERS = 20_000

/** Unpacks gzip (RFC 1952), member after member as clients do, checksums and lengths checked. Throws `archive-invalid`. */
export async function gunzip(source: Source, notes: Notes, write: (chunk: Uint8Array) => void): Promise<void> {
  let at = 0
  let members = 0
  do {
    const from = at + headerLength(source, at)
    let crc = 0
    let size = 0
    const take = (chunk: Uint8Array): void => {
      crc = crc32(chunk, crc)
      size += chunk.length
      write(chunk)
    }
    // With more members than one each would make room for the last.
    const atOnce = members === 0 && source.size - from <= PACKED_AT_ONCE
    const whole = atOnce ? inflateAtOnce(source.read(from, source.size - from), lastSize(source)) : null
    if (whole) take(whole.bytes)
    const taken = whole ? whole.taken : await inflate(source, { from, to: source.size }, take)
    const trailer = source.read(from + taken, 8)
    if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== size % 2 ** 32) {
      throw invalid('the checksum of the compressed data is wrong')
    }
    at = from + taken + 8
    members += 1
    if (members > MEMBERS) throw overLimit(`has more than ${MEMBERS} gzip members`)
  } while (isGzip(source, at))
  if (members > 1) notes.odd('trailing-data', '', `${members} gzip members one after the other`)
  if (!restIsZero(source, at)) notes.odd('trailing-data', '', `${source.size - at} bytes after the compressed data`)
}

/** What the last member says that it comes to; 0 where that is no end of one. */
const lastSize = (source: Source): number => (source.size < 18 ? 0 : source.read(source.size - 4, 4).readUInt32LE(0))

function isGzip(source: Source, at: number): boolean {
  if (source.size - at < 18) return false
  const [first, second, method] = source.read(at, 3)
  return first === 0x1f && second === 0x8b && method === 8
}

function headerLength(source: Source, at: number): number {
  const head = source.read(at, Math.min(HEADER, source.size - at))
  if (head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8) throw invalid('not a gzip file')
  const flags = head[3] ?? 0
  let length = 10
  if (flags & 4) length += 2 + (head[length] ?? 0) + 256 * (head[length + 1] ?? 0)
  for (const flag of [8, 16]) {
    if (!(flags & flag)) continue
    const end = head.indexOf(0, length)
    if (end < 0) throw invalid('a gzip header does not end')
    length = end + 1
  }
  return flags & 2 ? length + 2 : length
}

/** Zeros are the padding of tapes and block devices, and silent in every client. */
function restIsZero(source: Source, from: number): boolean {
  for (let at = from; at < source.size; at += CHUNK) {
    if (source.read(at, Math.min(CHUNK, source.size - at)).some((byte) => byte !== 0)) return false
  }
  return true
}
