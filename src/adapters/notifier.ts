import { randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import type { Logger } from 'pino'
import { sentence } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Tables } from '../ports/database.ts'
import type { Notice, Notifier } from '../ports/notifier.ts'
import type { Queue } from '../ports/queue.ts'
import type { Receiver, Told } from './receivers/receiver.ts'

export interface NotifierParts {
  log: Logger
  receivers: readonly Receiver[]
  queue: Queue
  clock: Clock
}

/** Longer than telling one receiver may take. */
const LEASE = 120_000
/** A receiver that does not answer, with all that is due to it, keeps nobody waiting for longer who has something to say. */
const PATIENCE = 2_000
/** When a receiver that failed is tried again; about a day in all, then the notice stays listed as dead. */
const RETRIES = [10, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800].map((seconds) => seconds * 1_000)

/**
 * Writes every notice to the log and tells each receiver, again and again until it takes it. Each has its own queue: one that
 * fails delays none of the others, and none of them is told again for its sake.
 */
export function createNotifier({ log, receivers, queue, clock }: NotifierParts): Notifier {
  const delivering = new Map<string, Promise<void>>()

  const deliverOne = async (receiver: Receiver): Promise<boolean> => {
    const job = await queue.take(receiver.topic, LEASE)
    if (!job) return false
    const told = job.payload as Told
    try {
      await receiver.send({ id: job.key, told })
    } catch (thrown) {
      const delay = RETRIES[job.attempt - 1] ?? RETRIES.at(-1) ?? 0
      log.error({ notice: told.kind, receiver: receiver.name, attempt: job.attempt }, `the ${receiver.name} did not take the notice: ${sentence(thrown)}`)
      await queue.fail(job.id, sentence(thrown), new Date(clock.now().getTime() + delay))
      return true
    }
    await queue.done(job.id)
    return true
  }

  const deliverTo = (receiver: Receiver): Promise<void> => {
    const before = delivering.get(receiver.topic)
    if (before) return before
    const work = (async () => {
      while (await deliverOne(receiver)) { /* the next one */ }
    })().finally(() => delivering.delete(receiver.topic))
    delivering.set(receiver.topic, work)
    return work
  }

  const deliverDue = async (): Promise<void> => {
    const failed = (await Promise.allSettled(receivers.map(deliverTo))).find((outcome) => outcome.status === 'rejected')
    if (failed) throw failed.reason
  }

  const keep = async (notice: Notice, tx?: Kysely<Tables>): Promise<void> => {
    const key = notice.id ?? randomUUID()
    for (const { topic } of receivers) await queue.add({ topic, key, payload: written(notice) }, tx)
  }

  return {
    deliverDue,
    async notify(notice, tx) {
      if (tx) await keep(notice, tx)
      const level = notice.kind === 'degraded' || notice.kind === 'alarm' ? 'warn' : 'info'
      log[level]({ notice: notice.kind, ...notice.data }, `${notice.title}: ${notice.text.split('\n', 1)[0]}`)
      if (tx) return
      try {
        await keep(notice)
        await atMost(PATIENCE, deliverDue())
      } catch (thrown) {
        log.error({ notice: notice.kind }, `the notice was not kept: ${sentence(thrown)}`)
      }
    },
  }
}

async function atMost(ms: number, work: Promise<void>): Promise<void> {
  const enough = new AbortController()
  try {
    await Promise.race([work, wait(ms, undefined, { signal: enough.signal }).catch(() => undefined)])
  } finally {
    enough.abort()
    work.catch(() => undefined)
  }
}

const written = ({ kind, title, text, data, details, at }: Notice): Told =>
  ({ kind, title, text, data, ...(details === undefined ? {} : { details }), at: at.toISOString() })
