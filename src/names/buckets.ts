/**
 * Which items have a key: for each of 2^k buckets the items whose keys fall into it, in the order they were given, in two
 * typed arrays (compressed sparse rows). Keys are not kept: what is read from a bucket has to be checked by the reader.
 */
export class Buckets {
  readonly #starts: Uint32Array
  readonly #items: Uint32Array
  readonly #shift: number

  private constructor(starts: Uint32Array, items: Uint32Array, shift: number) {
    this.#starts = starts
    this.#items = items
    this.#shift = shift
  }

  /** `keys(item)` is asked once for each of `order`, and may reuse its answer for the next. `expected`: how many keys, about. */
  static build(order: Iterable<number>, keys: (item: number) => Uint32Array, expected: number): Buckets {
    const bits = Math.min(24, Math.max(4, Math.ceil(Math.log2(Math.max(1, expected)))))
    const shift = 32 - bits
    const written = new Written(Math.min(LARGEST_CHUNK, Math.max(SMALLEST_CHUNK, 2 * expected)))
    // Two in front: first the counts stand two places on, then, while placing, `starts[b + 1]` is where the next item of
    // bucket b goes; it ends as the start of b + 1.
    const starts = new Uint32Array(2 ** bits + 2)
    for (const item of order) {
      const found = keys(item)
      written.add(item, found)
      for (let at = 0; at < found.length; at++) starts[((found[at] as number) >>> shift) + 2]!++
    }
    for (let at = 2; at < starts.length; at++) starts[at]! += starts[at - 1]!
    const items = new Uint32Array(written.keys)
    written.read((item, key) => {
      items[starts[(key >>> shift) + 1]!++] = item
    })
    return new Buckets(starts, items, shift)
  }

  /** The items of a key's bucket, at most `most`, the first given first. */
  read(key: number, most: number): Uint32Array {
    const bucket = key >>> this.#shift
    const from = this.#starts[bucket] as number
    return this.#items.subarray(from, Math.min(this.#starts[bucket + 1] as number, from + most))
  }
}

const LARGEST_CHUNK = 1 << 20
/** No name has so many keys. */
const SMALLEST_CHUNK = 1 << 10

/** Keys of items, one after another, in pieces that never move and are let go while they are read. */
class Written {
  /** Item, count, then so many keys. */
  readonly #chunks: Uint32Array[] = []
  readonly #size: number
  #at: number
  keys = 0

  constructor(size: number) {
    this.#size = size
    this.#at = size
  }

  add(item: number, keys: Uint32Array): void {
    if (keys.length === 0) return
    if (this.#at + 2 + keys.length > this.#size) {
      this.#chunks.push(new Uint32Array(this.#size))
      this.#at = 0
    }
    const chunk = this.#chunks.at(-1) as Uint32Array
    chunk[this.#at] = item
    chunk[this.#at + 1] = keys.length
    chunk.set(keys, this.#at + 2)
    this.#at += 2 + keys.length
    this.keys += keys.length
  }

  read(visit: (item: number, key: number) => void): void {
    for (let chunk = this.#chunks.shift(); chunk; chunk = this.#chunks.shift()) {
      for (let at = 0; at + 1 < chunk.length && (chunk[at + 1] as number) > 0;) {
        const item = chunk[at] as number
        const end = at + 2 + (chunk[at + 1] as number)
        for (at += 2; at < end; at++) visit(item, chunk[at] as number)
      }
    }
  }
}
