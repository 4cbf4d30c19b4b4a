import { crc32, inflateRawSync } from 'node:zlib'
import { invalid } from './errors.ts'
import { damaged, inflate } from './inflate.ts'
import type { Notes } from './notes.ts'
import type { Paths } from './paths.ts'
import type { Entry, Shelf } from './shelf.ts'
import { CHUNK } from './source.ts'
import type { Source } from './source.ts'
import { readDirectory } from './zip-directory.ts'
import type { ZipEntry } from './zip-directory.ts'
import { endOfEntry, readLocal } from './zip-local.ts'
import { reportGaps } from './zip-gaps.ts'
import type { Extent } from './zip-gaps.ts'

const STORED = 0
const DEFLATED = 8
/** Deflate's best ratio is 1032: a claim above it is a lie. */
const BEST = 1032
/** Entries up to this size are inflated in one call. */
const SMALL = 8 * 1024 * 1024

/** Reads a zip by its central directory and compares that with what a reader of the stream would see. */
export class Zip {
  readonly #source: Source
  readonly #shelf: Shelf
  readonly #paths: Paths
  readonly #notes: Notes

  constructor(source: Source, into: { shelf: Shelf; paths: Paths; notes: Notes }) {
    this.#source = source
    this.#shelf = into.shelf
    this.#paths = into.paths
    this.#notes = into.notes
  }

  /** Throws `archive-invalid`, `archive-limit`. */
  async read(): Promise<void> {
    const directory = readDirectory(this.#source, this.#shelf.limits, this.#notes)
    const extents: Extent[] = []
    for (const entry of directory.entries) {
      this.#shelf.countEntry()
      const start = readLocal(this.#source, entry, this.#notes)
      const end = start + entry.packed
      if (end > directory.start) throw invalid('an entry reaches into the directory or beyond')
      const to = endOfEntry(this.#source, { entry, end, limit: directory.start }, this.#notes)
      extents.push({ from: entry.offset, to, name: entry.name })
      await this.#entry(entry, start)
    }
    reportGaps(this.#source, { extents, end: directory.start }, this.#notes)
  }

  async #entry(entry: ZipEntry, start: number): Promise<void> {
    const { name, flags, method, packed, size } = entry
    const path = this.#paths.place(name)
    if (name.endsWith('/')) {
      if (size > 0) this.#notes.odd('size-mismatch', name, `a folder with ${size} bytes of content`)
      return
    }
    this.#reportType(entry)
    if (flags & 1) {
      this.#notes.odd('encrypted', name, 'encrypted')
      this.#notes.miss(`${path}: encrypted`)
    } else if (method !== STORED && method !== DEFLATED) {
      this.#notes.odd('unsupported', name, `packed by method ${method}`)
      this.#notes.miss(`${path}: packed by method ${method}, which is not read`)
    } else {
      const file = { name, path, size: Math.min(size, packed * BEST), mode: entry.mode & 0o7777 }
      const small = method === DEFLATED && Math.max(packed, file.size) <= SMALL
      const whole = small ? this.#inflateWhole(entry, start, file.size) : null
      const { crc, bytes } = whole ? this.#put(file, whole) : await this.#stream(entry, start, file)
      if (bytes !== size) this.#notes.odd('size-mismatch', name, `${bytes} bytes; its header says ${size}`)
      if (crc !== entry.crc) this.#notes.odd('header-mismatch', name, 'its checksum is wrong')
    }
  }

  #put(file: Entry, bytes: Uint8Array): { crc: number; bytes: number } {
    this.#shelf.count(bytes.length)
    this.#shelf.put(file, bytes, true)
    return { crc: crc32(bytes), bytes: bytes.length }
  }

  /** Null when more comes out than its header says. */
  #inflateWhole(entry: ZipEntry, start: number, size: number): Uint8Array | null {
    const input = this.#source.read(start, entry.packed)
    try {
      const options = { chunkSize: Math.max(64, size + 1), maxOutputLength: size + 1, info: true } as const
      const { buffer, engine } = inflateRawSync(input, options) as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
      this.#checkTaken(entry, engine.bytesWritten)
      return buffer
    } catch (thrown) {
      if ((thrown as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') return null
      throw damaged(thrown)
    }
  }

  async #stream(entry: ZipEntry, start: number, file: Entry): Promise<{ crc: number; bytes: number }> {
    const slot = this.#shelf.slot(file)
    const range = { from: start, to: start + entry.packed }
    let crc = 0
    let bytes = 0
    const write = (chunk: Uint8Array): void => {
      this.#shelf.count(chunk.length)
      crc = crc32(chunk, crc)
      bytes += chunk.length
      slot.write(chunk)
    }
    if (entry.method === DEFLATED) this.#checkTaken(entry, await inflate(this.#source, range, write))
    else for (let at = range.from; at < range.to; at += CHUNK) write(this.#source.read(at, Math.min(CHUNK, range.to - at)))
    slot.end()
    return { crc, bytes }
  }

  #checkTaken(entry: ZipEntry, taken: number): void {
    if (taken !== entry.packed) this.#notes.odd('size-mismatch', entry.name, `${entry.packed - taken} bytes after its content`)
  }

  #reportType(entry: ZipEntry): void {
    const type = entry.mode & 0o170000
    // Python's reader writes a link's target into a plain file; other tools make the link.
    if (type === 0o120000) this.#notes.odd('link', entry.name, 'a symbolic link')
    else if (type !== 0 && type !== 0o100000 && type !== 0o040000) this.#notes.odd('special-file', entry.name, 'a device, pipe or socket')
  }
}
