import type { Contact, Exposure, Met } from '../core/exposure.ts'
import { NOBODY } from './who.ts'
import type { Callers, Who } from './who.ts'

const GRAVITY: readonly Contact[] = ['index', 'denied', 'served', 'locked', 'installed', 'ran']

/** A meeting whose caller is not read yet: by id, or known. Times in milliseconds. */
interface Meeting extends Pick<Met, 'contact' | 'subject' | 'count'> {
  first: number
  last: number
  caller: number | Who
  place?: Pick<Met, 'service' | 'source' | 'path'>
}

/** The gravest contact first, then the latest. */
const byGravity = (a: Meeting, b: Meeting): number => GRAVITY.indexOf(b.contact) - GRAVITY.indexOf(a.contact) || b.last - a.last

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

  add(meeting: Meeting): void {
    this.#totals[meeting.contact] += 1
    if (this.#least && byGravity(meeting, this.#least) >= 0) return
    this.#kept.push(meeting)
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
