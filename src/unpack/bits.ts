import { CHUNK } from './source.ts'
import type { Source } from './source.ts'

/** Bits of a source, most significant first. Reading past the end throws `archive-invalid`. */
export class Bits {
  readonly #source: Source
  #chunk: Uint8Array = new Uint8Array(0)
  #at = 0
  #next = 0
  #bits = 0
  #count = 0

  constructor(source: Source) {
    this.#source = source
  }

  /** At most 24. */
  read(count: number): number {
    while (this.#count < count) {
      this.#bits = ((this.#bits << 8) | this.#byte()) >>> 0
      this.#count += 8
    }
    this.#count -= count
    const value = (this.#bits >>> this.#count) & ((1 << count) - 1)
    this.#bits &= (1 << this.#count) - 1
    return value
  }

  read32(): number {
    return (this.read(16) * 65_536 + this.read(16)) >>> 0
  }

  /** Drops the rest of the current byte; returns the offset of the next one. */
  align(): number {
    this.#count -= this.#count % 8
    return this.#next - (this.#chunk.length - this.#at) - this.#count / 8
  }

  #byte(): number {
    if (this.#at === this.#chunk.length) {
      // At least one byte, so that the end is an error.
      this.#chunk = this.#source.read(this.#next, Math.max(1, Math.min(CHUNK, this.#source.size - this.#next)))
      this.#next += this.#chunk.length
      this.#at = 0
    }
    return this.#chunk[this.#at++] as number
  }
}
