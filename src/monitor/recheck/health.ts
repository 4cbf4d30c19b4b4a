import { sentence } from '../../core/errors.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { Clock } from '../../ports/clock.ts'

/** How a registry answers the look back. */
export interface RegistryHealth {
  ecosystem: EcosystemId
  /** `doubted`: too much of it is gone at once to be believed. */
  state: 'answering' | 'in trouble' | 'doubted'
  problem: string | null
  /** When it is asked again; null: at once. */
  pausedUntil: Date | null
}

const FIRST = 5_000
const LONGEST = 15 * 60_000
/** So many failures in a row are no package's own. */
const IN_TROUBLE = 3

/** Leaves a registry alone that is in trouble, longer each time, up to a quarter of an hour. */
export class Health {
  readonly #clock: Clock
  readonly #known = new Map<EcosystemId, { failures: number; until: number; problem: string | null; doubt: string | null }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  isPaused(ecosystem: EcosystemId): boolean {
    return this.#of(ecosystem).until > this.#clock.now().getTime()
  }

  failed(ecosystem: EcosystemId, thrown: unknown): void {
    const known = this.#of(ecosystem)
    const now = this.#clock.now().getTime()
    known.problem = sentence(thrown)
    // Looks that were under way at the same time fail together: that is one failure.
    if (known.until > now) return
    known.failures++
    if (known.failures >= IN_TROUBLE) known.until = now + Math.min(LONGEST, FIRST * 2 ** Math.min(20, known.failures - IN_TROUBLE))
  }

  answered(ecosystem: EcosystemId): void {
    Object.assign(this.#of(ecosystem), { failures: 0, until: 0, problem: null })
  }

  doubts(ecosystem: EcosystemId, doubt: string | null): void {
    this.#of(ecosystem).doubt = doubt
  }

  status(ecosystem: EcosystemId): RegistryHealth {
    const { failures, until, problem, doubt } = this.#of(ecosystem)
    const paused = until > this.#clock.now().getTime()
    return {
      ecosystem, problem: failures > 0 ? problem : doubt, pausedUntil: paused ? new Date(until) : null,
      state: failures >= IN_TROUBLE ? 'in trouble' : doubt === null ? 'answering' : 'doubted',
    }
  }

  #of(ecosystem: EcosystemId) {
    const known = this.#known.get(ecosystem) ?? { failures: 0, until: 0, problem: null as string | null, doubt: null as string | null }
    this.#known.set(ecosystem, known)
    return known
  }
}
