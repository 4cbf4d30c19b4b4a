import { invalid, overLimit } from './errors.ts'
import type { UnpackLimits } from './limits.ts'
import type { Notes } from './notes.ts'
import type { Source } from './source.ts'
import { readExtra } from './zip-extra.ts'

/** One entry as the central directory has it (PKWARE APPNOTE 6.3.10, section 4.3.12). */
export interface ZipEntry {
  name: string
  nameBytes: Uint8Array
  flags: number
  method: number
  crc: number
  packed: number
  size: number
  /** Unix mode with file type, 0 where the writer gave none. */
  mode: number
  /** Of the local header, from the start of the file. */
  offset: number
}

export interface ZipDirectory {
  entries: ZipEntry[]
  /** Where the directory begins, and entries have to end. */
  start: number
}

const FULL = 0xffffffff
const END64 = 0x06064b50
const LOCATOR64 = 0x07064b50
const CENTRAL = 0x02014b50

/** Reads the central directory as Python's and Go's readers do, and reports where others may read differently. */
export function readDirectory(source: Source, limits: UnpackLimits, notes: Notes): ZipDirectory {
  const end = readEnd(source, notes)
  const start = end.position - end.size
  // Bytes put before a finished archive shift every offset in it.
  const shift = start - end.offset
  if (start < 0 || shift < 0) throw invalid('its directory lies outside the file')
  if (end.size > limits.entries * 512) throw overLimit('its directory is too large')
  const bytes = source.read(start, end.size)
  const entries: ZipEntry[] = []
  let at = 0
  while (at + 46 <= bytes.length && bytes.readUInt32LE(at) === CENTRAL) {
    const length = 46 + bytes.readUInt16LE(at + 28) + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
    if (at + length > bytes.length) throw invalid('its directory is cut off')
    entries.push(readEntry(bytes.subarray(at, at + length), shift, notes))
    if (entries.length > limits.entries) throw overLimit(`has more than ${limits.entries} entries`)
    at += length
  }
  if (at === 0 && bytes.length > 0) throw invalid('its directory is not where it should be')
  if (at < bytes.length) notes.odd('header-mismatch', '', 'its directory is shorter than it says')
  if (entries.length !== end.entries) notes.odd('header-mismatch', '', `its directory has ${entries.length} entries and says ${end.entries}`)
  return { entries, start }
}

interface End {
  entries: number
  size: number
  offset: number
  /** Where the directory ends: at the end record, or the zip64 one before it. */
  position: number
}

/** The last end record counts, as it does for Python and Go. */
function readEnd(source: Source, notes: Notes): End {
  const length = Math.min(source.size, 22 + 65_535 + 76)
  const start = source.size - length
  const tail = source.read(start, length)
  const at = tail.lastIndexOf(SIGNATURE)
  if (at < 0 || at + 22 > length) throw invalid('not a zip file')
  const comment = tail.readUInt16LE(at + 20)
  const after = length - at - 22
  if (comment !== after) notes.odd('trailing-data', '', `${after} bytes after the end record, which announces ${comment}`)
  else if (tail.subarray(at + 22).some((byte) => byte < 0x09)) notes.odd('trailing-data', '', 'a comment that is not text')
  if (tail.readUInt32LE(at + 4) !== 0) throw invalid('a part of a split archive')
  const end = {
    entries: tail.readUInt16LE(at + 10), size: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16), position: start + at,
  }
  const found = readEnd64(tail, { at, start, end, notes })
  const first = Math.max(0, found.position - start)
  const other = tail.indexOf(SIGNATURE, first)
  if (other !== at) notes.odd('header-mismatch', '', 'more than one end record')
  return found
}

const SIGNATURE = Buffer.from([0x50, 0x4b, 5, 6])

function readEnd64(tail: Buffer, { at, start, end, notes }: { at: number; start: number; end: End; notes: Notes }): End {
  const locator = at - 20
  if (locator < 56 || tail.readUInt32LE(locator) !== LOCATOR64 || tail.readUInt32LE(locator - 56) !== END64) {
    if (end.size === FULL || end.offset === FULL) throw invalid('its zip64 end record is missing')
    return end
  }
  const record = locator - 56
  const long = {
    entries: safe(tail.readBigUInt64LE(record + 32)), size: safe(tail.readBigUInt64LE(record + 40)),
    offset: safe(tail.readBigUInt64LE(record + 48)), position: start + record,
  }
  // Some readers look at the zip64 record only where the old one is full.
  const agrees = (short: number, full: number, value: number): boolean => short === full || short === value
  const agree = agrees(end.entries, 0xffff, long.entries) && agrees(end.size, FULL, long.size) && agrees(end.offset, FULL, long.offset)
  if (!agree) notes.odd('header-mismatch', '', 'its two end records differ')
  const shift = long.position - long.size - long.offset
  if (safe(tail.readBigUInt64LE(locator + 8)) + shift !== long.position) {
    notes.odd('header-mismatch', '', 'points to another zip64 end record')
  }
  return long
}

function readEntry(record: Buffer, shift: number, notes: Notes): ZipEntry {
  const nameEnd = 46 + record.readUInt16LE(28)
  const nameBytes = record.subarray(46, nameEnd)
  const flags = record.readUInt16LE(8)
  const name = nameBytes.toString('utf8')
  const { size, packed, offset } = readExtra(record.subarray(nameEnd, nameEnd + record.readUInt16LE(30)), {
    size: record.readUInt32LE(24), packed: record.readUInt32LE(20), offset: record.readUInt32LE(42), name, nameBytes, notes,
  })
  const host = record[5]
  return {
    name, nameBytes, flags, method: record.readUInt16LE(10), crc: record.readUInt32LE(16), packed, size,
    mode: host === 3 || host === 19 ? record.readUInt16LE(40) : 0, offset: offset + shift,
  }
}

function safe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw invalid('a zip64 number is out of range')
  return Number(value)
}
