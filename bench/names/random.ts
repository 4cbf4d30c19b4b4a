/** The same numbers for the same seed (mulberry32). */
export class Random {
  #state: number
  constructor(seed: number) {
    this.#state = seed
  }

  /** From 0 up to, not including, `below`. */
  below(below: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0
    let t = Math.imul(this.#state ^ (this.#state >>> 15), this.#state | 1)
    t = (t + Math.imul(t ^ (t >>> 7), t | 61)) ^ t
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 2 ** 32) * below)
  }

  of<T>(list: readonly [T, ...T[]]): T
  of<T>(list: readonly T[]): T | undefined
  of<T>(list: readonly T[]): T | undefined {
    return list[this.below(list.length)]
  }

  /** So many of the list, each at most once, in random order. */
  some<T>(list: readonly T[], count: number): T[] {
    const rest = [...list]
    for (let at = 0; at < Math.min(count, rest.length); at++) {
      const other = at + this.below(rest.length - at);
      [rest[at], rest[other]] = [rest[other] as T, rest[at] as T]
    }
    return rest.slice(0, count)
  }
}
