import { entropy } from './reading.ts'

/** Bytes measured of one section, and of all: overlapping sections must not make small files slow. */
const MOST_OF_ONE = 1 << 18
const MOST_OF_ALL = 1 << 24

/** Entropy of pieces of one file, by their beginnings. */
export class Measure {
  readonly #bytes: Uint8Array
  #left = MOST_OF_ALL

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  /** Bits a byte; null when nothing of it is at hand or enough was measured. */
  of(at: number, size: number): number | null {
    const end = Math.min(at + size, at + MOST_OF_ONE, at + this.#left, this.#bytes.length)
    if (!(at >= 0 && end > at)) return null
    this.#left -= end - at
    return entropy(this.#bytes.subarray(at, end))
  }
}
