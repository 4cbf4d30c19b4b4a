/** Least-recently-used entries within a number of bytes. An entry larger than `share` of the whole is not kept. */
export class WeightedCache<V> {
  readonly #entries = new Map<string, { value: V; weight: number }>()
  readonly #capacity: number
  readonly #share: number
  #weight = 0

  constructor(capacity: number, share = 1 / 8) {
    this.#capacity = capacity
    this.#share = share
  }

  get(key: string): V | undefined {
    const entry = this.#entries.get(key)
    if (!entry) return undefined
    this.#entries.delete(key)
    this.#entries.set(key, entry)
    return entry.value
  }

  set(key: string, value: V, weight: number): void {
    this.delete(key)
    if (weight > this.#capacity * this.#share) return
    this.#entries.set(key, { value, weight })
    this.#weight += weight
    for (const oldest of this.#entries.keys()) {
      if (this.#weight <= this.#capacity) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key)
    if (!entry) return
    this.#weight -= entry.weight
    this.#entries.delete(key)
  }

  get weight(): number {
    return this.#weight
  }

  get size(): number {
    return this.#entries.size
  }
}
