import { createHash, hash } from 'node:crypto'
import type { PackageFile } from '../core/types.ts'
import { overLimit } from './errors.ts'
import type { UnpackLimits } from './limits.ts'
import { HEAD, opaque } from './magic.ts'
import type { Opaque } from './magic.ts'
import type { Notes } from './notes.ts'
import type { Paths } from './paths.ts'

export interface Entry {
  /** As the archive names it. */
  name: string
  /** From `Paths.place`. */
  path: string
  /** Bytes to expect: a hint for memory, not trusted. */
  size: number
  mode: number
}

/** A file's content as it comes out of the archive. */
export interface Slot {
  write(chunk: Uint8Array): void
  end(): void
}

/** Keeps the files of one archive within its limits. Throws `archive-limit`. */
export class Shelf {
  readonly files = new Map<string, PackageFile>()
  readonly limits: UnpackLimits
  readonly #notes: Notes
  readonly #paths: Paths
  readonly #packed: number
  #bytes = 0
  #entries = 0
  #kept = 0
  #opaque = 0

  constructor(options: { limits: UnpackLimits; notes: Notes; paths: Paths; packed: number }) {
    this.limits = options.limits
    this.#notes = options.notes
    this.#paths = options.paths
    this.#packed = options.packed
  }

  /** Unpacked bytes so far. */
  get bytes(): number {
    return this.#bytes
  }

  /** Counts what came out of the archive, whatever it is. */
  count(bytes: number): void {
    this.#bytes += bytes
    const { totalBytes, ratio, ratioFrom } = this.limits
    if (this.#bytes > totalBytes) throw overLimit(`unpacks to more than ${totalBytes} bytes`)
    if (this.#bytes > ratioFrom && this.#bytes > ratio * this.#packed) {
      throw overLimit(`unpacks to more than ${ratio} times its size`)
    }
  }

  /** Counts an entry of any kind. */
  countEntry(): void {
    this.#entries += 1
    if (this.#entries > this.limits.entries) throw overLimit(`has more than ${this.limits.entries} entries`)
  }

  /** A file whose content is at hand. `owned` bytes are kept as they are, others copied. */
  put(entry: Entry, bytes: Uint8Array, owned: boolean): void {
    this.checkSize(entry, bytes.length)
    const kind = opaque(entry.path, bytes.subarray(0, HEAD))
    const room = Math.min(bytes.length, this.room(kind))
    const kept = owned && room === bytes.length ? bytes : copy(bytes, room)
    this.keep(entry, { kind, kept, size: bytes.length, sha256: hash('sha256', bytes, 'hex') })
  }

  /** A file whose content arrives in pieces. */
  slot(entry: Entry): Slot {
    return new StreamedFile(this, entry)
  }

  /** How many bytes of a file of this kind may be kept. */
  room(kind: Opaque | null): number {
    const { keptFileBytes, keptBytes, nativeHeadBytes, opaqueHeadBytes, opaqueBytes } = this.limits
    if (kind === null) return Math.min(keptFileBytes, keptBytes - this.#kept)
    return Math.min(kind === 'native' ? nativeHeadBytes : opaqueHeadBytes, Math.max(opaqueBytes - this.#opaque, HEAD))
  }

  /** Ends the unpacking when a file is over the limit for one. */
  checkSize(entry: Entry, size: number): void {
    const { fileBytes } = this.limits
    if (size > fileBytes) throw overLimit(`${entry.path.slice(0, 200)} unpacks to more than ${fileBytes} bytes`)
  }

  keep(entry: Entry, content: { kind: Opaque | null; kept: Uint8Array; size: number; sha256: string }): void {
    const { kind, kept, size, sha256 } = content
    if (kind === null) this.#kept += kept.length
    else this.#opaque += kept.length
    const truncated = kept.length < size
    if (truncated && kind === null) this.#notes.miss(`${entry.path}: ${kept.length} of ${size} bytes read`)
    const before = this.files.get(entry.path)
    if (!before) this.#paths.collides(entry.path)
    // The same content again, which careless packers write, reads the same everywhere.
    else if (before.sha256 !== sha256) this.#notes.odd('duplicate-entry', entry.name, 'here more than once; the last one counts')
    this.files.set(entry.path, { path: entry.path, size, mode: entry.mode, bytes: kept, truncated, sha256 })
  }
}

class StreamedFile implements Slot {
  readonly #shelf: Shelf
  readonly #entry: Entry
  readonly #hash = createHash('sha256')
  #kept: Buffer
  #filled = 0
  #size = 0
  #room = 0
  #kind: Opaque | null | undefined

  constructor(shelf: Shelf, entry: Entry) {
    this.#shelf = shelf
    this.#entry = entry
    // Never more than the head before it is known what it is: a claimed size costs nothing.
    this.#kept = Buffer.allocUnsafe(Math.max(0, Math.min(entry.size, HEAD)))
  }

  write(chunk: Uint8Array): void {
    this.#hash.update(chunk)
    this.#size += chunk.length
    this.#shelf.checkSize(this.#entry, this.#size)
    let rest = chunk
    if (this.#kind === undefined) {
      rest = this.#append(chunk, HEAD)
      if (this.#filled < HEAD) return
      this.#classify()
    }
    this.#append(rest, this.#room)
  }

  end(): void {
    if (this.#kind === undefined) this.#classify()
    const filled = Math.min(this.#filled, this.#room)
    const kept = this.#kept.length === filled ? this.#kept : copy(this.#kept, filled)
    const kind = this.#kind ?? null
    this.#shelf.keep(this.#entry, { kind, kept, size: this.#size, sha256: this.#hash.digest('hex') })
  }

  #classify(): void {
    this.#kind = opaque(this.#entry.path, this.#kept.subarray(0, this.#filled))
    this.#room = this.#shelf.room(this.#kind)
  }

  /** Keeps of `chunk` what fits below `limit`; returns what was left over. */
  #append(chunk: Uint8Array, limit: number): Uint8Array {
    const count = Math.min(chunk.length, limit - this.#filled)
    if (count <= 0) return chunk
    const needed = this.#filled + count
    if (needed > this.#kept.length) this.#grow(needed, limit)
    this.#kept.set(count === chunk.length ? chunk : chunk.subarray(0, count), this.#filled)
    this.#filled = needed
    return chunk.subarray(count)
  }

  #grow(needed: number, limit: number): void {
    const claimed = Math.min(this.#entry.size, this.#kept.length * 64)
    const wanted = Math.max(needed, Math.min(limit, Math.max(claimed, this.#kept.length * 2)))
    const larger = Buffer.allocUnsafe(wanted)
    larger.set(this.#kept.subarray(0, this.#filled))
    this.#kept = larger
  }
}

function copy(bytes: Uint8Array, length: number): Uint8Array {
  const exact = Buffer.allocUnsafe(length)
  exact.set(bytes.subarray(0, length))
  return exact
}
