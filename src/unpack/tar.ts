import { invalid } from './errors.ts'
import { BLOCK, isZero, readHeader } from './tar-header.ts'
import { TarEntries } from './tar-entries.ts'
import type { Notes } from './notes.ts'
import type { Paths } from './paths.ts'
import type { Shelf, Slot } from './shelf.ts'

/**
 * Cuts a tar stream into headers and contents, chunk by chunk. Reads on after the end mark and over junk, as some
 * clients do, so that nothing an install would see stays unseen. Throws `archive-invalid`, `archive-limit`.
 */
export class Tar {
  readonly #shelf: Shelf
  readonly #notes: Notes
  readonly #entries: TarEntries
  /** A header block of which only the beginning has arrived. */
  readonly #block = Buffer.alloc(BLOCK)
  #blockFilled = 0
  /** The content being read, what is left of it, and of the padding after it. */
  #slot: Slot | null = null
  #left = 0
  #padding = 0
  #zeroBlocks = 0
  #headers = 0
  #trailing = false

  constructor(shelf: Shelf, paths: Paths, notes: Notes) {
    this.#shelf = shelf
    this.#notes = notes
    this.#entries = new TarEntries(shelf, paths, notes)
  }

  /** `chunk` is not kept. */
  write(chunk: Uint8Array): void {
    this.#shelf.count(chunk.length)
    let at = 0
    while (at < chunk.length) {
      if (this.#left > 0) at += this.#content(chunk, at)
      else if (this.#padding > 0) {
        const skipped = Math.min(this.#padding, chunk.length - at)
        this.#padding -= skipped
        at += skipped
      } else if (this.#blockFilled === 0 && chunk.length - at >= BLOCK) {
        at += BLOCK
        at += this.#header(chunk.subarray(at - BLOCK, at), chunk, at)
      } else {
        const taken = Math.min(BLOCK - this.#blockFilled, chunk.length - at)
        this.#block.set(chunk.subarray(at, at + taken), this.#blockFilled)
        this.#blockFilled += taken
        at += taken
        if (this.#blockFilled < BLOCK) return
        this.#blockFilled = 0
        at += this.#header(this.#block, chunk, at)
      }
    }
  }

  end(): void {
    if (this.#left > 0 || this.#headers === 0 && this.#zeroBlocks === 0) throw invalid('the archive ends too early')
    if (this.#blockFilled > 0 && !isZero(this.#block.subarray(0, this.#blockFilled))) {
      if (this.#zeroBlocks === 0) throw invalid('the archive ends too early')
      this.#trails('', 'data after the end of the archive')
    }
    this.#entries.end()
  }

  #content(chunk: Uint8Array, at: number): number {
    const taken = Math.min(this.#left, chunk.length - at)
    this.#slot?.write(chunk.subarray(at, at + taken))
    this.#left -= taken
    if (this.#left === 0) {
      this.#slot?.end()
      this.#slot = null
    }
    return taken
  }

  /** Returns how many bytes after the header it took as well: the content, when all of it is in this chunk. */
  #header(block: Uint8Array, chunk: Uint8Array, at: number): number {
    if (isZero(block)) {
      this.#zeroBlocks += 1
      return 0
    }
    const header = readHeader(block)
    if (!header) {
      if (this.#zeroBlocks === 0) throw invalid(this.#headers === 0 ? 'not a tar archive' : 'a tar header is damaged')
      this.#trails('', 'data after the end of the archive')
      return 0
    }
    this.#headers += 1
    if (this.#zeroBlocks > 0) this.#trails(header.name, 'an entry after the end mark, which some programs read and others do not')
    const { size, content } = this.#entries.begin(header)
    this.#padding = (BLOCK - (size % BLOCK)) % BLOCK
    if (content.whole && size <= chunk.length - at) {
      content.whole(chunk.subarray(at, at + size))
      return size
    }
    this.#left = size
    this.#slot = content.slot()
    return 0
  }

  #trails(path: string, says: string): void {
    if (this.#trailing && path === '') return
    this.#trailing = true
    this.#notes.odd('trailing-data', path, says)
  }
}
