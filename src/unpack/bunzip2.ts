import type { SluiceError } from '../core/errors.ts'
import { invalid } from './errors.ts'
import { Bits } from './bits.ts'
import type { Notes } from './notes.ts'
import type { Source } from './source.ts'

/**
 * Unpacks bzip2, stream after stream as clients do, checksums checked. There is no standard; the format is as
 * "BZIP2: Format Specification" (Joe Tsai, 2016) describes it. Memory: about 5 MB. Throws `archive-invalid`.
 */
export function bunzip2(source: Source, notes: Notes, write: (chunk: Uint8Array) => void): void {
  const bits = new Bits(source)
  const table = new Uint32Array(900_000)
  let at = 0
  do {
    if (bits.read(24) !== 0x425a68) throw invalid('not a bzip2 file')
    const level = bits.read(8) - 0x30
    if (level < 1 || level > 9) throw damaged()
    stream(bits, table.subarray(0, level * 100_000), write)
    at = bits.align()
  } while (startsStream(source, at))
  if (at < source.size) notes.odd('trailing-data', '', `${source.size - at} bytes after the compressed data`)
}

function startsStream(source: Source, at: number): boolean {
  if (source.size - at < 14) return false
  const [b, z, h] = source.read(at, 3)
  return b === 0x42 && z === 0x5a && h === 0x68
}

function stream(bits: Bits, table: Uint32Array, write: (chunk: Uint8Array) => void): void {
  let combined = 0
  for (;;) {
    const magic = bits.read(24) * 2 ** 24 + bits.read(24)
    const stored = bits.read32()
    if (magic === 0x177245385090) {
      if (stored !== combined) throw damaged()
      return
    }
    if (magic !== 0x314159265359) throw damaged()
    const crc = block(bits, table, write)
    if (crc !== stored) throw damaged()
    combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0
  }
}

/** One block; returns its checksum. */
function block(bits: Bits, table: Uint32Array, write: (chunk: Uint8Array) => void): number {
  if (bits.read(1)) throw damaged() // randomised blocks: not written since 1997
  const origin = bits.read(24)
  const symbols = readSymbols(bits)
  const groups = bits.read(3)
  if (groups < 2 || groups > 6) throw damaged()
  const selectors = readSelectors(bits, groups)
  const codes = Array.from({ length: groups }, () => readCode(bits, symbols.length + 2))
  const { length, counts } = readRuns(bits, { table, symbols, selectors, codes })
  if (origin >= length) throw damaged()
  return unsort({ table, length, counts, origin }, write)
}

/** Which byte values occur. */
function readSymbols(bits: Bits): Uint8Array {
  const used = bits.read(16)
  const symbols: number[] = []
  for (let high = 0; high < 16; high++) {
    if (!(used & (0x8000 >>> high))) continue
    const row = bits.read(16)
    for (let low = 0; low < 16; low++) if (row & (0x8000 >>> low)) symbols.push(high * 16 + low)
  }
  if (symbols.length === 0) throw damaged()
  return Uint8Array.from(symbols)
}

/** Which code each run of 50 symbols uses. */
function readSelectors(bits: Bits, groups: number): Uint8Array {
  const selectors = new Uint8Array(bits.read(15))
  if (selectors.length === 0) throw damaged()
  const recent = Array.from({ length: groups }, (_, index) => index)
  for (let at = 0; at < selectors.length; at++) {
    let index = 0
    while (bits.read(1)) if (++index >= groups) throw damaged()
    const [group] = recent.splice(index, 1) as [number]
    recent.unshift(group)
    selectors[at] = group
  }
  return selectors
}

/** A canonical Huffman code: by length, the first code, its symbol's index, and how many. */
interface Code {
  first: Int32Array
  index: Int32Array
  count: Int32Array
  symbols: Uint16Array
}

const LONGEST = 20

function readCode(bits: Bits, size: number): Code {
  const lengths = new Uint8Array(size)
  const count = new Int32Array(LONGEST + 2)
  let length = bits.read(5)
  for (let symbol = 0; symbol < size; symbol++) {
    while (bits.read(1)) {
      length += bits.read(1) ? -1 : 1
      if (length < 1 || length > LONGEST) throw damaged()
    }
    if (length < 1 || length > LONGEST) throw damaged()
    lengths[symbol] = length
    count[length] = (count[length] as number) + 1
  }
  const first = new Int32Array(LONGEST + 2)
  const index = new Int32Array(LONGEST + 2)
  for (let at = 1; at <= LONGEST; at++) {
    first[at + 1] = ((first[at] as number) + (count[at] as number)) * 2
    index[at + 1] = (index[at] as number) + (count[at] as number)
  }
  const next = index.slice()
  const symbols = new Uint16Array(size)
  for (let symbol = 0; symbol < size; symbol++) {
    const at = lengths[symbol] as number
    symbols[next[at] as number] = symbol
    next[at] = (next[at] as number) + 1
  }
  return { first, index, count, symbols }
}

function readSymbol(bits: Bits, code: Code): number {
  let value = 0
  for (let length = 1; length <= LONGEST; length++) {
    value = value * 2 + bits.read(1)
    const offset = value - (code.first[length] as number)
    if (offset < 0 || offset >= (code.count[length] as number)) continue
    return code.symbols[(code.index[length] as number) + offset] as number
  }
  throw damaged()
}

interface Runs {
  table: Uint32Array
  symbols: Uint8Array
  selectors: Uint8Array
  codes: readonly Code[]
}

/** Undoes Huffman coding, zero-run coding and move-to-front, into the low bytes of `table`. */
function readRuns(bits: Bits, { table, symbols, selectors, codes }: Runs): { length: number; counts: Uint32Array } {
  const recent = symbols.slice()
  const counts = new Uint32Array(256)
  const end = symbols.length + 1
  let length = 0
  let run = 0
  let weight = 1
  const flush = (): void => {
    if (length + run > table.length) throw damaged()
    const byte = recent[0] as number
    counts[byte] = (counts[byte] as number) + run
    table.fill(byte, length, length + run)
    length += run
    run = 0
    weight = 1
  }
  for (const selector of selectors) {
    const code = codes[selector] as Code
    for (let left = 50; left > 0; left--) {
      const symbol = readSymbol(bits, code)
      if (symbol < 2) {
        run += weight << symbol
        weight *= 2
        if (run > table.length) throw damaged()
        continue
      }
      if (run > 0) flush()
      if (symbol === end) return { length, counts }
      const byte = recent[symbol - 1] as number
      recent.copyWithin(1, 0, symbol - 1)
      recent[0] = byte
      run = 1
      flush()
    }
  }
  throw damaged()
}

/** Undoes the Burrows-Wheeler transform and the first run-length coding, and writes the block out. */
function unsort(
  { table, length, counts, origin }: { table: Uint32Array; length: number; counts: Uint32Array; origin: number },
  write: (chunk: Uint8Array) => void,
): number {
  const starts = new Uint32Array(256)
  for (let byte = 1; byte < 256; byte++) starts[byte] = (starts[byte - 1] as number) + (counts[byte - 1] as number)
  for (let at = 0; at < length; at++) {
    const byte = (table[at] as number) & 0xff
    const start = starts[byte] as number
    starts[byte] = start + 1
    table[start] = ((table[start] as number) | (at << 8)) >>> 0
  }
  const out = new Uint8Array(64 * 1024)
  let filled = 0
  let crc = 0xffffffff
  let position = (table[origin] as number) >>> 8
  let previous = -1
  let same = 0
  for (let at = 0; at < length; at++) {
    const cell = table[position] as number
    position = cell >>> 8
    const byte = cell & 0xff
    // After four equal bytes comes a count of further ones.
    const repeat = same === 4 ? byte : 1
    const value = same === 4 ? previous : byte
    if (same === 4) same = 0
    else same = byte === previous ? same + 1 : 1
    if (filled + repeat > out.length) {
      write(out.subarray(0, filled))
      filled = 0
    }
    for (let copy = 0; copy < repeat; copy++) {
      out[filled++] = value
      crc = ((crc << 8) ^ (CRC[(crc >>> 24) ^ value] as number)) >>> 0
    }
    previous = same === 0 ? -1 : value
  }
  write(out.subarray(0, filled))
  return ~crc >>> 0
}

/** CRC-32 with the most significant bit first, which zlib's is not. */
const CRC = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 24
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1
  return crc >>> 0
})

const damaged = (): SluiceError => invalid('the bzip2 data is damaged')
