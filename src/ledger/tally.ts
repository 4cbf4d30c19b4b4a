import type { Contact, Exposure, Met } from '../core/exposure.ts'

const GRAVITY: readonly Contact[] = ['index', 'denied', 'served', 'locked', 'installed', 'ran']

/** The gravest contact first, then the latest. */
const byGravity = (a: Met, b: Met): number => GRAVITY.indexOf(b.contact) - GRAVITY.indexOf(a.contact) || Number(b.last) - Number(a.last)

/** Counts all and keeps the gravest: memory is bounded by `limit`, whatever is added. */
export class Tally {
  readonly #limit: number
  readonly #totals: Record<Contact, number> = { index: 0, denied: 0, served: 0, locked: 0, installed: 0, ran: 0 }
  #met: Met[] = []

  constructor(limit: number) {
    this.#limit = limit
  }

  add(met: readonly Met[]): void {
    for (const one of met) {
      this.#totals[one.contact] += 1
      this.#met.push(one)
      if (this.#met.length > 2 * this.#limit + 1_000) this.#cut()
    }
  }

  result(): Exposure {
    this.#cut()
    const all = Object.values(this.#totals).reduce((sum, count) => sum + count, 0)
    return { met: this.#met, totals: this.#totals, complete: this.#met.length === all }
  }

  #cut(): void {
    this.#met = this.#met.sort(byGravity).slice(0, this.#limit)
  }
}
