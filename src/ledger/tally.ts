import type { Contact, Exposure, Met } from '../core/exposure.ts'
import { NOBODY } from './who.ts'
import type { Callers, Who } from './who.ts'

const GRAVITY: readonly Contact[] = ['index', 'denied', 'served', 'locked', 'installed', 'ran']

/** How often somebody met something, first and last in milliseconds; `caller`: not read yet, by id, or known. */
export interface Times {
  count: number
  first: number
  last: number
  caller: number | Who
}

interface Meeting extends Pick<Met, 'contact' | 'subject'>, Times {
  place: Place | undefined
}

type Place = Pick<Met, 'service' | 'source' | 'path' | 'delivered'>

/** The gravest contact first, then the latest. */
const byGravity = (a: Pick<Meeting, 'contact' | 'last'>, b: Pick<Meeting, 'contact' | 'last'>): number => GRAVITY.indexOf(b.contact) - GRAVITY.indexOf(a.contact) || b.last - a.last

/** Counts all and keeps the gravest: memory is bounded by `limit`, and only those that are kept are read whole. */
export class Tally {
  readonly #limit: number
  readonly #totals: Record<Contact, number> = { index: 0, denied: 0, served: 0, locked: 0, installed: 0, ran: 0 }
  #kept: Meeting[] = []
  /** What is not graver than this is not kept. */
  #least: Meeting | null = null

  constructor(limit: number) {
    this.#limit = Math.max(0, limit)
  }

  add(contact: Contact, subject: Met['subject'], times: Times, place?: Place): void {
    this.#totals[contact] += 1
    // Most of those who met something popular end here.
    if (this.#least && byGravity({ contact, last: times.last }, this.#least) >= 0) return
    this.#kept.push({ contact, subject, ...times, place })
    if (this.#kept.length > 2 * this.#limit + 1_000) this.#cut()
  }

  async result(callers: Callers): Promise<Exposure> {
    this.#cut()
    const facts = await callers.facts([...new Set(this.#kept.flatMap(({ caller }) => (typeof caller === 'number' ? [caller] : [])))])
    const met = this.#kept.map(({ contact, subject, caller, place, count, first, last }): Met => ({
      contact, subject, ...(typeof caller === 'number' ? facts.get(caller) ?? NOBODY : caller),
      service: null, source: null, path: [], ...place, count, first: new Date(first), last: new Date(last),
    }))
    const all = Object.values(this.#totals).reduce((sum, count) => sum + count, 0)
    return { met, totals: this.#totals, complete: met.length === all }
  }

  #cut(): void {
    this.#kept = this.#kept.sort(byGravity).slice(0, this.#limit)
    this.#least = this.#kept.length === this.#limit ? this.#kept.at(-1) ?? null : null
  }
}
