import { crc32 } from 'node:zlib'
import { invalid } from './errors.ts'
import type { Notes } from './notes.ts'

export interface Numbers {
  size: number
  packed: number
  offset: number
}

const FULL = 0xffffffff
const ZIP64 = 0x0001
const UNICODE_PATH = 0x7075

/**
 * Applies an entry's extra fields (APPNOTE 4.5.3, 4.6.9): zip64 numbers replace full 32-bit ones, a Unicode path is
 * compared with the name, which readers prefer one over the other. Throws `archive-invalid`.
 */
export function readExtra(
  extra: Buffer,
  given: Numbers & { name: string; nameBytes: Uint8Array; notes: Notes },
): Numbers {
  const { name, nameBytes, notes } = given
  const numbers = { size: given.size, packed: given.packed, offset: given.offset }
  let seen = false
  for (let at = 0; at + 4 <= extra.length;) {
    const id = extra.readUInt16LE(at)
    const data = extra.subarray(at + 4, at + 4 + extra.readUInt16LE(at + 2))
    if (id === ZIP64) {
      if (seen) notes.odd('header-mismatch', name, 'two zip64 fields')
      else zip64(data, numbers, { name, notes })
      seen = true
    } else if (id === UNICODE_PATH && data.length >= 5 && data[0] === 1) {
      const other = data.subarray(5)
      const current = data.readUInt32LE(1) === crc32(nameBytes)
      if (current && !other.equals(nameBytes)) notes.odd('header-mismatch', name, `also named ${other.toString('utf8')}`)
    }
    at += 4 + data.length
  }
  if (numbers.size === FULL || numbers.packed === FULL || numbers.offset === FULL) {
    throw invalid('a zip64 field is missing')
  }
  return numbers
}

/** Holds only the numbers whose 32-bit field is full, in this order. */
function zip64(data: Buffer, numbers: Numbers, { name, notes }: { name: string; notes: Notes }): void {
  let at = 0
  for (const key of ['size', 'packed', 'offset'] as const) {
    if (numbers[key] !== FULL) continue
    if (at + 8 > data.length) return
    const value = data.readBigUInt64LE(at)
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid('a zip64 number is out of range')
    numbers[key] = Number(value)
    at += 8
  }
  if (at > 0 || data.length < 8) return
  // A field nobody needs: harmless where it repeats the numbers, otherwise some readers believe it.
  const size = data.readBigUInt64LE(0)
  if (size !== BigInt(numbers.size)) notes.odd('header-mismatch', name, `${numbers.size} bytes, or ${size} by its zip64 field`)
}
