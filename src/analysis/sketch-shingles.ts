import { lowestOf } from './sketch-lanes.ts'

/** MinHash values of one sketch. */
export const HASHES = 128
/** Of large packages only the shingles with the smallest hashes count: the same sample of the same code everywhere. */
export const SHINGLES = 4_000
const PRIME = 0x01000193
/** Tokens are looked at so many at a time. */
const BATCH = 4_096
/** Turns the order of signed numbers into that of unsigned ones. */
const SIGN = 0x80000000 | 0
const HIGHEST = 0x7fffffff

/**
 * The smallest hashes of all runs of `size` tokens of a file (bottom-k; Bar-Yossef et al. 2002), and how many different there
 * were. `size` is one more than a multiple of four.
 */
export class ShingleSet {
  readonly #size: number
  readonly #most: number
  readonly #tokens: Int32Array
  #filled = 0
  /** Hashes as they are, by linear probing; 0 is an empty place, so that its own presence stands beside it. */
  #table = new Int32Array(1_024)
  /** Each of them once, 0 as well, in the order they came; half as many places as in the table. */
  #values = new Uint32Array(512)
  #count = 0
  #zero = false
  /** The largest hash that counts, with its sign turned. */
  #limit = HIGHEST

  /** `most`: the most that are ever counted. */
  constructor(size: number, most: number) {
    this.#size = size
    this.#most = most
    this.#tokens = new Int32Array(BATCH)
  }

  readonly add = (token: number): void => {
    this.#tokens[this.#filled++] = token
    if (this.#filled === BATCH) this.#take()
  }

  endFile(): void {
    this.#take()
    this.#filled = 0
  }

  /** Hashes the runs at hand, and keeps the tokens with which others begin. */
  #take(): void {
    const tokens = this.#tokens
    const size = this.#size
    const last = this.#filled - size
    for (let at = 0; at <= last; at += 1) {
      let hash = tokens[at] as number
      const end = at + size
      for (let step = at + 1; step < end; step += 4) {
        hash = Math.imul(hash, PRIME) ^ (tokens[step] as number)
        hash = Math.imul(hash, PRIME) ^ (tokens[step + 1] as number)
        hash = Math.imul(hash, PRIME) ^ (tokens[step + 2] as number)
        hash = Math.imul(hash, PRIME) ^ (tokens[step + 3] as number)
      }
      const shingle = mix(hash)
      if ((shingle ^ SIGN) <= this.#limit) this.#keep(shingle)
    }
    if (last < 0) return
    tokens.copyWithin(0, last + 1, this.#filled)
    this.#filled = size - 1
  }

  #keep(shingle: number): void {
    if (shingle === 0 ? this.#zero : !put(this.#table, shingle)) return
    if (shingle === 0) this.#zero = true
    this.#values[this.#count++] = shingle
    if (this.#count === SHINGLES * 2) this.#cut()
    else if (this.#count === this.#values.length) this.#grow()
  }

  /** Drops what cannot be among the smallest any more. */
  #cut(): void {
    const kept = this.smallest()
    this.#limit = (kept.at(-1) as number) ^ SIGN
    this.#zero = kept[0] === 0
    this.#count = kept.length
    this.#values.set(kept)
    this.#fill(this.#table.length)
  }

  #grow(): void {
    const values = new Uint32Array(this.#count * 2)
    values.set(this.#values)
    this.#values = values
    this.#fill(this.#count * 4)
  }

  #fill(size: number): void {
    const table = new Int32Array(size)
    for (let at = 0; at < this.#count; at += 1) if (this.#values[at] !== 0) put(table, (this.#values[at] as number) | 0)
    this.#table = table
  }

  /** Exact up to `SHINGLES` × 2, from there an estimate. */
  get count(): number {
    if (this.#limit === HIGHEST) return this.#count
    return Math.min(this.#most, Math.round((this.#count * 0xffffffff) / ((this.#limit ^ SIGN) >>> 0)))
  }

  /** In ascending order where there are more than `SHINGLES`, else in any. */
  smallest(): Uint32Array {
    const all = this.#values.subarray(0, this.#count)
    return all.length > SHINGLES ? sorted(all).subarray(0, SHINGLES) : all
  }
}

/** Whether it was not there. */
function put(table: Int32Array, value: number): boolean {
  const mask = table.length - 1
  let at = value & mask
  while (table[at] !== 0) {
    if (table[at] === value) return false
    at = (at + 1) & mask
  }
  table[at] = value
  return true
}

/** By eleven bits at a time: linear, whatever stands in it. */
function sorted(values: Uint32Array): Uint32Array {
  let from = values
  let to: Uint32Array = new Uint32Array(values.length)
  const starts = new Uint32Array(1 << 11)
  for (let shift = 0; shift < 32; shift += 11) {
    starts.fill(0)
    for (let at = 0; at < from.length; at += 1) starts[((from[at] as number) >>> shift) & 0x7ff]! += 1
    let sum = 0
    for (let at = 0; at < starts.length; at += 1) {
      const count = starts[at] as number
      starts[at] = sum
      sum += count
    }
    for (let at = 0; at < from.length; at += 1) {
      const value = from[at] as number
      to[starts[(value >>> shift) & 0x7ff]!++] = value
    }
    const done = to
    to = from
    from = done
  }
  return from
}

/** Murmur3's finaliser. */
function mix(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return hash ^ (hash >>> 16)
}

/** One seed each, by golden-ratio steps, with the first step of `mix` done. */
const SEEDS = Int32Array.from({ length: HASHES }, (_, index) => Math.imul(index + 1, 0x9e3779b1)).map((seed) => seed ^ (seed >>> 16))

/** The smallest of `mix(shingle ^ seed)` for each seed, of which the low 16 bits. */
export function minHash(shingles: Uint32Array): Uint16Array {
  const stirred = new Int32Array(shingles)
  for (let at = 0; at < stirred.length; at += 1) {
    const shingle = stirred[at] as number
    stirred[at] = shingle ^ (shingle >>> 16)
  }
  return new Uint16Array(lowestOf(stirred, SEEDS))
}
