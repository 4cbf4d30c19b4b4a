import { SluiceError } from '../../core/errors.ts'
import type { Clock } from '../../ports/clock.ts'

/** What one token may send: so many at once, and so many more a minute. An inventory of a large machine is told in one go. */
const REQUESTS = { burst: 300, perMinute: 120 }
const EVENTS = { burst: 300_000, perMinute: 60_000 }
const REMEMBERED = 10_000
const MINUTE = 60_000

interface Bucket { requests: number; events: number; at: number }

/** Token buckets in memory, one a sender. */
export class Rate {
  readonly #clock: Clock
  readonly #buckets = new Map<string, Bucket>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** Throws `rate-limited`. */
  take(sender: string, requests: number, events: number): void {
    const now = this.#clock.now().getTime()
    const bucket = this.#buckets.get(sender) ?? { requests: REQUESTS.burst, events: EVENTS.burst, at: now }
    if (this.#buckets.size >= REMEMBERED && !this.#buckets.has(sender)) this.#buckets.clear()
    const minutes = Math.max(0, now - bucket.at) / MINUTE
    bucket.requests = Math.min(REQUESTS.burst, bucket.requests + minutes * REQUESTS.perMinute)
    bucket.events = Math.min(EVENTS.burst, bucket.events + minutes * EVENTS.perMinute)
    bucket.at = now
    this.#buckets.set(sender, bucket)
    if (bucket.requests < requests || bucket.events < events) throw new SluiceError('rate-limited', 'this token sends more than is taken', { hint: 'send again in a minute; nothing was taken of this' })
    bucket.requests -= requests
    bucket.events -= events
  }
}
