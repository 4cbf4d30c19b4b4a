import type { Logger } from 'pino'
import { isCode, sentence } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Clock } from '../ports/clock.ts'
import type { Queue } from '../ports/queue.ts'
import type { Budget } from './budget.ts'

/** 0: an alarm, a watched actor, a name of ours; 1: worth a look; 2: new, a sample of the rest. */
type Urgency = 0 | 1 | 2

export interface AheadItem {
  ecosystem: EcosystemId
  name: string
  version: string
  urgency: Urgency
  /** What many alike have in common; null: it is examined however many there are. */
  crowd: string | null
  /** The declared campaign it belongs to. */
  campaign: string | null
}

export interface AheadParts {
  queue: Queue
  budget: Budget
  clock: Clock
  log: Pick<Logger, 'warn'>
  /** Examines every file of a version, as a client's first request would. */
  examine(target: { ecosystem: EcosystemId; name: string; version: string }): Promise<void>
}

const ECOSYSTEMS: readonly EcosystemId[] = ['npm', 'pypi', 'go']
/** Longer than examining a version with many files takes. */
const LEASE = 15 * 60_000
const RETRY = 120_000
/** Of one crowd, or of one campaign, so many an hour: they are alike, and the rest is held with them when they turn out bad. */
const ALIKE = 12
const HOUR = 3_600_000
/** Waiting of one registry and urgency: more would be examined too late to be of use, and whoever asks for one has it examined then. */
const WAITING = 2_000
const RECOUNT = 2_000
/** Of each turn of the wheel the most urgent twice, so that alarms go first and the sample is not forgotten. */
const TURNS: readonly Urgency[] = [0, 1, 0, 2]

/**
 * Examines packages before anybody asks for them, within a budget, each registry in turn. Durable: what waits is still there after a
 * restart. Whoever asks meanwhile does not wait for this: requests go first in the workers.
 */
export class Ahead {
  readonly #parts: AheadParts
  readonly #alike = new Map<string, number[]>()
  readonly #waiting = new Map<string, { at: number; count: Promise<number>; added: number }>()
  #turn = 0

  constructor(parts: AheadParts) {
    this.#parts = parts
  }

  /** False: it is one of too many that are alike, or the list is full. */
  async add({ ecosystem, name, version, urgency, crowd, campaign }: AheadItem): Promise<boolean> {
    const { queue } = this.#parts
    const group = campaign ?? crowd
    if (group !== null && !this.#mayJoin(`${ecosystem} ${group}`)) return false
    // What is in no crowd is this organisation's own business, which nobody else's fills up.
    if (!(await this.#hasRoom(topic(ecosystem, urgency), crowd === null ? WAITING * 5 : WAITING))) return false
    await queue.add({ topic: topic(ecosystem, urgency), key: `${name}@${version}`, payload: { ecosystem, name, version } })
    return true
  }

  /** Counts one more; asks the queue now and then. */
  async #hasRoom(topic: string, most: number): Promise<boolean> {
    const now = this.#parts.clock.now().getTime()
    let known = this.#waiting.get(topic)
    if (!known || now - known.at >= RECOUNT) {
      known = { at: now, count: this.#parts.queue.counts(topic).then(({ waiting }) => waiting), added: 0 }
      this.#waiting.set(topic, known)
      known.count.catch(() => this.#waiting.delete(topic))
    }
    return await known.count + known.added++ < most
  }

  #mayJoin(group: string): boolean {
    const now = this.#parts.clock.now().getTime()
    const recent = (this.#alike.get(group) ?? []).filter((at) => now - at < HOUR)
    if (recent.length >= ALIKE) return false
    if (this.#alike.size > 10_000) this.#alike.clear()
    this.#alike.set(group, [...recent, now])
    return true
  }

  /** Examines one package, where the budget has one left and one waits. Returns how many it was. */
  async turn(): Promise<number> {
    const { queue, budget } = this.#parts
    if (!budget.left) return 0
    for (let tried = 0; tried < ECOSYSTEMS.length * TURNS.length; tried++) {
      const at = this.#turn++
      const ecosystem = ECOSYSTEMS[at % ECOSYSTEMS.length] as EcosystemId
      const which = topic(ecosystem, TURNS[Math.floor(at / ECOSYSTEMS.length) % TURNS.length] as Urgency)
      const job = await queue.take(which, LEASE)
      if (!job) continue
      budget.take()
      await this.#examine(job)
      return 1
    }
    return 0
  }

  async #examine({ id, payload, attempt }: { id: string; payload: unknown; attempt: number }): Promise<void> {
    const { queue, examine, log, clock } = this.#parts
    const target = payload as { ecosystem: EcosystemId; name: string; version: string }
    try {
      await examine(target)
      await queue.done(id)
    } catch (thrown) {
      if (isCode(thrown, 'worker-closed')) return
      log.warn({ ...target, error: sentence(thrown) }, 'not examined ahead of demand')
      // What is gone, or is no package, will not be there later.
      if (isCode(thrown, 'not-found', 'usage') || attempt >= 3) await queue.done(id)
      else await queue.fail(id, sentence(thrown), new Date(clock.now().getTime() + RETRY * attempt))
    }
  }

  async status(): Promise<{ waiting: number; perMinute: number; used: number }> {
    const counts = await Promise.all(ECOSYSTEMS.flatMap((ecosystem) => ([0, 1, 2] as const).map((urgency) => this.#parts.queue.counts(topic(ecosystem, urgency)))))
    return { waiting: counts.reduce((sum, { waiting, running }) => sum + waiting + running, 0), ...this.#parts.budget.status }
  }
}

const topic = (ecosystem: EcosystemId, urgency: Urgency): string => `examine ${ecosystem} ${urgency}`
