import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32, inflateRawSync } from 'node:zlib'
import { SluiceError, sentence } from '../../core/errors.ts'

/** One file of an archive, as its directory says. */
export interface ZipEntry {
  name: string
  /** Tells whether the content is another one. */
  stamp: string
  size: number
  compressed: number
  crc: number
  method: number
  offset: number
}

/** 300,000 records have a directory of some 30 MB. */
const LARGEST_DIRECTORY = 1024 * 1024 * 1024
const MOST_ENTRIES = 5_000_000
const WINDOW = 4 * 1024 * 1024
const [END, END64, LOCATOR64, ENTRY, LOCAL] = [0x06054b50, 0x06064b50, 0x07064b50, 0x02014b50, 0x04034b50]

/**
 * Reads archives of very many small files (APPNOTE 6.3.10): the directory at once, the files in the order in which they lie.
 * Synchronous, for a thread of its own. Sizes are believed by nobody: no file inflates to more than `limit` bytes, and each must
 * have the checksum it promises. Throws `feed-invalid`.
 */
export class ZipReader {
  readonly #file: string
  readonly #fd: number
  readonly #size: number
  #window: Buffer = Buffer.alloc(0)
  #windowAt = 0

  constructor(path: string, file: string) {
    this.#file = file
    this.#fd = openSync(path, 'r')
    this.#size = fstatSync(this.#fd).size
  }

  close(): void {
    closeSync(this.#fd)
  }

  entries(): ZipEntry[] {
    const { offset, length, count } = this.#directory()
    if (length > LARGEST_DIRECTORY || count > MOST_ENTRIES || offset + length > this.#size) throw this.#damaged('its directory cannot be')
    const directory = this.#read(offset, length)
    const entries: ZipEntry[] = []
    for (let at = 0; at + 46 <= directory.length && entries.length < count;) {
      if (directory.readUInt32LE(at) !== ENTRY) throw this.#damaged('its directory is broken')
      const [nameLength, extraLength, commentLength] = [directory.readUInt16LE(at + 28), directory.readUInt16LE(at + 30), directory.readUInt16LE(at + 32)]
      const name = directory.toString('utf8', at + 46, at + 46 + nameLength)
      const crc = directory.readUInt32LE(at + 16)
      const wide = wideFields(directory.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength), [directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 42)])
      const [size, compressed, where] = wide
      entries.push({ name, stamp: `${crc}:${size}`, crc, size, compressed, offset: where, method: directory.readUInt16LE(at + 10) | (directory.readUInt16LE(at + 8) & 1 ? 0x10000 : 0) })
      at += 46 + nameLength + extraLength + commentLength
    }
    if (entries.length !== count) throw this.#damaged('its directory is cut off')
    return entries
  }

  /** Throws an Error in one line about this entry alone. */
  content({ offset, compressed, size, crc, method }: ZipEntry, limit: number): Buffer {
    if (method > 0xffff) throw new Error('is encrypted')
    if (method !== 0 && method !== 8) throw new Error(`is compressed by an unknown method (${method})`)
    if (size > limit || compressed > limit) throw new Error(`larger than ${limit} bytes`)
    const head = this.#slice(offset, 30)
    if (head.readUInt32LE(0) !== LOCAL) throw new Error('is not where the directory says')
    const from = offset + 30 + head.readUInt16LE(26) + head.readUInt16LE(28)
    if (from + compressed > this.#size) throw new Error('is cut off')
    const raw = this.#slice(from, compressed)
    const bytes = method === 0 ? raw : inflateRawSync(raw, { maxOutputLength: Math.max(1, size) })
    if (bytes.length !== size || crc32(bytes) !== crc) throw new Error('has another checksum than it promises')
    return bytes
  }

  #directory(): { offset: number; length: number; count: number } {
    const length = Math.min(this.#size, 65_557)
    const tail = this.#read(this.#size - length, length)
    for (let at = tail.length - 22; at >= 0; at--) {
      if (tail.readUInt32LE(at) !== END || at + 22 + tail.readUInt16LE(at + 20) !== tail.length) continue
      const found = { count: tail.readUInt16LE(at + 10), length: tail.readUInt32LE(at + 12), offset: tail.readUInt32LE(at + 16) }
      if (found.count !== 0xffff && found.offset !== 0xffffffff && found.length !== 0xffffffff) return found
      if (at < 20 || tail.readUInt32LE(at - 20) !== LOCATOR64) return found
      const place = Number(tail.readBigUInt64LE(at - 12))
      if (place + 56 > this.#size) break
      const wide = this.#read(place, 56)
      if (wide.readUInt32LE(0) !== END64) break
      return { count: Number(wide.readBigUInt64LE(32)), length: Number(wide.readBigUInt64LE(40)), offset: Number(wide.readBigUInt64LE(48)) }
    }
    throw this.#damaged('it has no directory; was it cut off on its way?')
  }

  #slice(at: number, length: number): Buffer {
    if (at < this.#windowAt || at + length > this.#windowAt + this.#window.length) {
      this.#windowAt = at
      this.#window = this.#read(at, Math.min(Math.max(WINDOW, length), this.#size - at))
    }
    const part = this.#window.subarray(at - this.#windowAt, at - this.#windowAt + length)
    if (part.length < length) throw new Error('is cut off')
    return part
  }

  #read(at: number, length: number): Buffer {
    const buffer = Buffer.allocUnsafe(length)
    let read = 0
    while (read < length) {
      const count = readSync(this.#fd, buffer, read, length - read, at + read)
      if (count === 0) throw this.#damaged('it ends too early')
      read += count
    }
    return buffer
  }

  #damaged(why: string): SluiceError {
    return new SluiceError('feed-invalid', `${this.#file} is no zip archive, or damaged: ${why}`)
  }
}

/** Sizes and places past 4 GB stand in an extra field, those that need it alone, in this order. */
function wideFields(extra: Buffer, fields: [number, number, number]): [number, number, number] {
  if (!fields.includes(0xffffffff)) return fields
  for (let at = 0; at + 4 <= extra.length;) {
    const [tag, length] = [extra.readUInt16LE(at), extra.readUInt16LE(at + 2)]
    if (tag === 1) {
      let from = at + 4
      return fields.map((value) => {
        if (value !== 0xffffffff || from + 8 > extra.length) return value
        from += 8
        return Number(extra.readBigUInt64LE(from - 8))
      }) as [number, number, number]
    }
    at += 4 + length
  }
  return fields
}

/** Why one entry could not be read. */
export const entryProblem = (thrown: unknown): string => ((thrown as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE' ? 'inflates to more than it promises' : sentence(thrown))
