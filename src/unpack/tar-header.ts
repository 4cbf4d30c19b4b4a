import { invalid } from './errors.ts'


/** One 512-byte tar header (POSIX.1-2017 pax, ustar; GNU tar manual "Basic Tar Format"; v7). */
export interface TarHeader {
  name: string
  mode: number
  size: number
  type: string
  link: string
}

export const BLOCK = 512

/** Null when the block is no header: its checksum is wrong. Throws `archive-invalid` for a header with an unreadable size. */
export function readHeader(block: Uint8Array): TarHeader | null {
  if (!checksumFits(block)) return null
  const size = number(block, 124, 12)
  if (size === null) throw invalid('a tar header has an unreadable size')
  // GNU tar keeps times where ustar keeps the name's first part.
  const ustar = block[257] === 0x75 && block[262] === 0
  const prefix = ustar ? text(block, 345, 155) : ''
  const name = text(block, 0, 100)
  return {
    name: prefix === '' ? name : `${prefix}/${name}`,
    mode: (number(block, 100, 8) ?? 0) & 0o7777,
    size,
    type: String.fromCharCode(block[156] ?? 0),
    link: text(block, 157, 100),
  }
}

export function isZero(block: Uint8Array): boolean {
  for (const byte of block) if (byte !== 0) return false
  return true
}

/** Both sums are in use: of unsigned bytes (POSIX) and of signed ones (old writers). */
function checksumFits(block: Uint8Array): boolean {
  const stored = number(block, 148, 8)
  if (stored === null) return false
  let unsigned = 8 * 0x20
  let high = 0
  for (let at = 0; at < BLOCK; at++) {
    if (at === 148) at = 156
    const byte = block[at] as number
    unsigned += byte
    if (byte > 127) high += 1
  }
  return stored === unsigned || stored === unsigned - 256 * high
}

function text(block: Uint8Array, at: number, length: number): string {
  const field = block.subarray(at, at + length)
  const end = field.indexOf(0)
  return Buffer.from(field.buffer, field.byteOffset, end < 0 ? length : end).toString('utf8')
}

/** Octal digits between spaces and NULs, or GNU's big-endian base 256; null when it is neither or not exact as a number. */
function number(block: Uint8Array, at: number, length: number): number | null {
  const first = block[at] as number
  if (first === 0x80) return base256(block.subarray(at + 1, at + length))
  let value = 0
  let state: 'before' | 'digits' | 'after' = 'before'
  for (let index = at; index < at + length; index++) {
    const byte = block[index] as number
    if (byte >= 0x30 && byte <= 0x37 && state !== 'after') {
      state = 'digits'
      value = value * 8 + byte - 0x30
    } else if (byte === 0 || byte === 0x20) {
      if (state === 'digits') state = 'after'
    } else return null
  }
  return value
}

function base256(bytes: Uint8Array): number | null {
  let value = 0
  for (const byte of bytes) value = value * 256 + byte
  return Number.isSafeInteger(value) ? value : null
}
