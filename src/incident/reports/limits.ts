/** A count that flows off: `burst` at once, `perHour` in the long run. */
export interface Rate {
  burst: number
  perHour: number
}

const REMEMBERED = 10_000
const HOUR = 3_600_000

/** Who may still speak, by whatever tells callers apart. Bounded: of very many callers those that were silent longest are forgotten first. */
export class Limits {
  readonly #rate: Rate
  readonly #spent = new Map<string, { level: number; at: number }>()

  constructor(rate: Rate) {
    this.#rate = rate
  }

  /** Milliseconds until this one may speak again; 0: it may, and that was counted. */
  take(caller: string, now: number): number {
    const { burst, perHour } = this.#rate
    const known = this.#spent.get(caller)
    const level = known ? Math.max(0, known.level - ((now - known.at) / HOUR) * perHour) : 0
    if (level + 1 > burst) return Math.ceil(((level + 1 - burst) / perHour) * HOUR)
    this.#spent.delete(caller)
    this.#spent.set(caller, { level: level + 1, at: now })
    if (this.#spent.size > REMEMBERED) this.#spent.delete(this.#spent.keys().next().value as string)
    return 0
  }
}
