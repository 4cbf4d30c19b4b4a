import { invalid } from './errors.ts'
import type { Notes } from './notes.ts'
import type { Source } from './source.ts'
import type { ZipEntry } from './zip-directory.ts'
import { readExtra } from './zip-extra.ts'

const LOCAL = 0x04034b50
const DESCRIPTOR = 0x08074b50
const FULL = 0xffffffff

const ENCRYPTED = 0x01
/** Checksum and sizes follow the content. */
const DEFERRED = 0x08

/** Compares an entry's local header with the directory; returns where its content begins. Throws `archive-invalid`. */
export function readLocal(source: Source, entry: ZipEntry, notes: Notes): number {
  const header = source.read(entry.offset, 30)
  if (header.readUInt32LE(0) !== LOCAL) throw invalid('an entry is not where the directory says')
  const nameLength = header.readUInt16LE(26)
  const rest = source.read(entry.offset + 30, nameLength + header.readUInt16LE(28))
  const nameBytes = rest.subarray(0, nameLength)
  const differs = (what: string, local: string | number, central: string | number): void =>
    notes.odd('header-mismatch', entry.name, `${what} ${local} in its own header, ${central} in the directory`)

  if (!nameBytes.equals(entry.nameBytes)) differs('named', nameBytes.toString('utf8'), entry.name)
  const method = header.readUInt16LE(8)
  if (method !== entry.method) differs('method', method, entry.method)
  const flags = header.readUInt16LE(6)
  if ((flags ^ entry.flags) & (ENCRYPTED | DEFERRED)) differs('flags', flags, entry.flags)

  const [crc, packed, size] = [header.readUInt32LE(14), header.readUInt32LE(18), header.readUInt32LE(22)]
  // A writer that defers the sizes may leave them full without a zip64 field.
  const deferred = (flags & DEFERRED) !== 0
  const loose = deferred && packed === FULL && size === FULL
  const own = loose
    ? { size: 0, packed: 0 }
    : readExtra(rest.subarray(nameLength), { size, packed, offset: 0, name: entry.name, nameBytes, notes })
  const fits = (local: number, central: number): boolean => local === central || (deferred && local === 0)
  if (!fits(crc, entry.crc)) differs('checksum', crc, entry.crc)
  if (!fits(own.packed, entry.packed)) differs('packed size', own.packed, entry.packed)
  if (!fits(own.size, entry.size)) differs('size', own.size, entry.size)
  return entry.offset + 30 + rest.length
}

/** Where an entry ends, with its data descriptor (APPNOTE 4.3.9), which is compared with the directory. */
export function endOfEntry(source: Source, { entry, end, limit }: { entry: ZipEntry; end: number; limit: number }, notes: Notes): number {
  if (!(entry.flags & DEFERRED)) return end
  const bytes = source.read(end, Math.min(24, limit - end))
  for (const signed of [4, 0]) {
    if (signed === 4 && (bytes.length < 4 || bytes.readUInt32LE(0) !== DESCRIPTOR)) continue
    for (const width of [4, 8] as const) {
      const length = signed + 4 + 2 * width
      if (length > bytes.length || bytes.readUInt32LE(signed) !== entry.crc) continue
      const at = (offset: number): bigint => (width === 4 ? BigInt(bytes.readUInt32LE(offset)) : bytes.readBigUInt64LE(offset))
      if (at(signed + 4) === BigInt(entry.packed) && at(signed + 4 + width) === BigInt(entry.size)) return end + length
    }
  }
  notes.odd('header-mismatch', entry.name, 'what follows its content does not repeat the directory\'s checksum and sizes')
  return end
}
