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

  /** `keys(item)` is asked twice for each of `order`: first to count, then to place. It has to answer the same both times. */
  static build(order: Iterable<number>, keys: (item: number) => Uint32Array, total: number): Buckets {
    const bits = Math.min(24, Math.max(4, Math.ceil(Math.log2(Math.max(1, total)))))
    const shift = 32 - bits
    // One more in front: while placing, `starts[b + 1]` is where the next item of bucket b goes, and ends as the start of b + 1.
    const starts = new Uint32Array(2 ** bits + 2)
    let count = 0
    for (const item of order) {
      const found = keys(item)
      count += found.length
      for (let at = 0; at < found.length; at++) starts[((found[at] as number) >>> shift) + 2]!++
    }
    for (let at = 2; at < starts.length; at++) starts[at]! += starts[at - 1]!
    const items = new Uint32Array(count)
    for (const item of order) {
      const found = keys(item)
      for (let at = 0; at < found.length; at++) items[starts[((found[at] as number) >>> shift) + 1]!++] = item
    }
    return new Buckets(starts, items, shift)
  }

  /** The items of a key's bucket, at most `most`, the first given first. */
  read(key: number, most: number): Uint32Array {
    const bucket = key >>> this.#shift
    const from = this.#starts[bucket] as number
    return this.#items.subarray(from, Math.min(this.#starts[bucket + 1] as number, from + most))
  }
}
