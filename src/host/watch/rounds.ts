const ROUNDS = 3
const MARGIN_MS = 5
const MOST = 64

/**
 * How far everything has been read. Each processor has a buffer, and bpftrace reads one after the other, round after round: on a busy
 * machine one may wait for as long as bpftrace does. A sign of life that was made after another one was heard belongs to a later round;
 * after three of such, every buffer has been read to where it was before the first. Times are milliseconds, by the clock of bpftrace.
 */
export class Rounds {
  /** Whatever happened until then is known. */
  read = Number.NEGATIVE_INFINITY
  readonly #clock: () => number
  /** Between both clocks: what it said the time was, less the shortest way that took. */
  #offset = Number.POSITIVE_INFINITY
  #under: { asked: number; after: number; rounds: number }[] = []

  constructor(clock: () => number = () => performance.now()) {
    this.#clock = clock
  }

  /** Now, rather too late than too early. */
  now(): number {
    return this.#clock() - this.#offset + MARGIN_MS
  }

  /** A sign of life that was made then. */
  heard(at: number): void {
    this.#offset = Math.min(this.#offset, this.#clock() - at)
    const now = this.now()
    for (const one of this.#under) {
      if (at <= one.after) continue
      one.after = now
      if (++one.rounds === ROUNDS) this.read = Math.max(this.read, one.asked)
    }
    this.#under = this.#under.filter(({ rounds }) => rounds < ROUNDS)
    if (this.#under.length < MOST) this.#under.push({ asked: now - MARGIN_MS, after: now, rounds: 0 })
  }
}
