import type { Clock } from '../ports/clock.ts'

/** So many a minute, at most a minute's worth at once. What is not used is lost, so that no burst follows a quiet night. */
export class Budget {
  readonly #perMinute: number
  readonly #clock: Clock
  #left: number
  #at: number
  #used = 0

  constructor(perMinute: number, clock: Clock) {
    this.#perMinute = perMinute
    this.#clock = clock
    this.#left = perMinute
    this.#at = clock.now().getTime()
  }

  /** Whether there is one left. */
  get left(): boolean {
    this.#refill()
    return this.#left >= 1
  }

  /** Takes one, if there is one. */
  take(): boolean {
    this.#refill()
    if (this.#left < 1) return false
    this.#left--
    this.#used++
    return true
  }

  #refill(): void {
    const now = this.#clock.now().getTime()
    this.#left = Math.min(this.#perMinute, this.#left + Math.max(0, now - this.#at) / 60_000 * this.#perMinute)
    this.#at = now
  }

  get status(): { perMinute: number; used: number } {
    return { perMinute: this.#perMinute, used: this.#used }
  }
}
