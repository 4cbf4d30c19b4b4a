import { createHmac, randomUUID } from 'node:crypto'
import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { sentence } from '../core/errors.ts'
import type { Clock } from '../ports/clock.ts'
import type { Notice, Notifier } from '../ports/notifier.ts'
import type { Queue } from '../ports/queue.ts'
import type { Upstream } from '../ports/upstream.ts'

export interface Webhook {
  url: string
  /** Signs each body, so that the receiver knows the gate; null: unsigned. */
  secret: string | null
}

export interface NotifierParts {
  log: Logger
  upstream: Upstream
  webhook: Webhook | null
  queue: Queue
  clock: Clock
}

const TOPIC = 'notices'
/** Longer than a post may take. */
const LEASE = 60_000
/** A receiver that does not answer, with all that is due to it, keeps nobody waiting for longer who has something to say. */
const PATIENCE = 2_000
/** When a receiver that failed is tried again; about a day in all, then the notice stays listed as dead. */
const RETRIES = [10, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 28_800].map((seconds) => seconds * 1_000)

/**
 * Writes every notice to the log and, where a webhook is configured, posts it as JSON, again and again until the receiver takes it.
 * The `sluice-signature` header is `sha256=` and the hex HMAC-SHA256 (RFC 2104) of `<sluice-timestamp>.<body>`; receivers refuse old
 * timestamps. `sluice-notice` is the same at every attempt.
 */
export function createNotifier({ log, upstream, webhook, queue, clock }: NotifierParts): Notifier {
  let delivering: Promise<void> | null = null

  const deliverOne = async (receiver: Webhook): Promise<boolean> => {
    const job = await queue.take(TOPIC, LEASE)
    if (!job) return false
    try {
      await post(upstream, receiver, { id: job.key, body: JSON.stringify(job.payload), at: clock.now() })
      await queue.done(job.id)
    } catch (thrown) {
      const delay = RETRIES[job.attempt - 1] ?? RETRIES.at(-1) ?? 0
      log.error({ notice: (job.payload as { kind?: unknown }).kind, attempt: job.attempt }, `the webhook did not take the notice: ${sentence(thrown)}`)
      await queue.fail(job.id, sentence(thrown), new Date(clock.now().getTime() + delay))
    }
    return true
  }

  const deliverDue = (): Promise<void> => {
    if (!webhook) return Promise.resolve()
    return delivering ??= (async () => {
      while (await deliverOne(webhook)) { /* the next one */ }
    })().finally(() => { delivering = null })
  }

  return {
    deliverDue,
    async notify(notice) {
      const level = notice.kind === 'degraded' || notice.kind === 'alarm' ? 'warn' : 'info'
      log[level]({ notice: notice.kind, ...notice.data }, `${notice.title}: ${notice.text}`)
      if (!webhook) return
      try {
        await queue.add({ topic: TOPIC, key: notice.id ?? randomUUID(), payload: written(notice) })
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

const written = ({ kind, title, text, data, at }: Notice) => ({ kind, title, text, data, at: at.toISOString() })

async function post(upstream: Upstream, webhook: Webhook, { id, body, at }: { id: string; body: string; at: Date }): Promise<void> {
  const timestamp = String(Math.floor(at.getTime() / 1000))
  const headers: Record<string, string> = { 'content-type': 'application/json', 'sluice-notice': id, 'sluice-timestamp': timestamp }
  if (webhook.secret !== null) headers['sluice-signature'] = `sha256=${createHmac('sha256', webhook.secret).update(`${timestamp}.${body}`).digest('hex')}`
  const answer = await upstream.fetch(webhook.url, { method: 'POST', headers, body: Buffer.from(body), timeout: 10_000 })
  answer.body.on('error', () => undefined).destroy()
  if (answer.status >= 300) throw new Error(`it answered ${answer.status}`)
}
