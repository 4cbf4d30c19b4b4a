import { createHmac } from 'node:crypto'
import type { Logger } from 'pino'
import { sentence } from '../core/errors.ts'
import type { Notice, Notifier } from '../ports/notifier.ts'
import type { Upstream } from '../ports/upstream.ts'

export interface Webhook {
  url: string
  /** Signs each body, so that the receiver knows the gate; null: unsigned. */
  secret: string | null
}

/**
 * Writes every notice to the log and, where configured, posts it as JSON. The `sluice-signature` header is
 * `sha256=` and the hex HMAC-SHA256 (RFC 2104) of `<sluice-timestamp>.<body>`; receivers refuse old timestamps.
 * Never rejects: a receiver that is down is logged.
 */
export function createNotifier({ log, upstream, webhook }: { log: Logger; upstream: Upstream; webhook: Webhook | null }): Notifier {
  return {
    async notify(notice) {
      const level = notice.kind === 'degraded' ? 'warn' : 'info'
      log[level]({ notice: notice.kind, ...notice.data }, `${notice.title}: ${notice.text}`)
      if (!webhook) return
      try {
        await post(upstream, webhook, notice)
      } catch (thrown) {
        log.error({ notice: notice.kind }, `the webhook did not take the notice: ${sentence(thrown)}`)
      }
    },
  }
}

async function post(upstream: Upstream, webhook: Webhook, notice: Notice): Promise<void> {
  const body = JSON.stringify({ kind: notice.kind, title: notice.title, text: notice.text, data: notice.data, at: notice.at.toISOString() })
  const timestamp = String(Math.floor(notice.at.getTime() / 1000))
  const headers: Record<string, string> = { 'content-type': 'application/json', 'sluice-timestamp': timestamp }
  if (webhook.secret !== null) headers['sluice-signature'] = `sha256=${createHmac('sha256', webhook.secret).update(`${timestamp}.${body}`).digest('hex')}`
  const answer = await upstream.fetch(webhook.url, { method: 'POST', headers, body: Buffer.from(body), timeout: 10_000 })
  answer.body.on('error', () => undefined).destroy()
  if (answer.status >= 300) throw new Error(`it answered ${answer.status}`)
}
