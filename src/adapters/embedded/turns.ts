/**
 * Who may use the writer: transactions one at a time, single writes any number between them, in order of arrival. A single
 * write must never be sent between a transaction's begin and end, or it would share that transaction's fate.
 */
export class Turns {
  #held = false
  #waiting: { exclusive: boolean; start: () => void }[] = []

  get waiting(): number {
    return this.#waiting.length
  }

  /** Calls `start` when it is its turn, at once if nothing is in the way. An exclusive turn lasts until `leave()`. */
  enter(exclusive: boolean, start: () => void): void {
    if (this.#held || this.#waiting.length > 0) {
      this.#waiting.push({ exclusive, start })
      return
    }
    this.#held = exclusive
    start()
  }

  leave(): void {
    this.#held = false
    let taken = 0
    for (const next of this.#waiting) {
      if (this.#held) break
      taken += 1
      this.#held = next.exclusive
      next.start()
    }
    this.#waiting.splice(0, taken)
  }
}
