import { createHmac } from 'node:crypto'
import type { Clock } from '../../ports/clock.ts'
import type { Upstream } from '../../ports/upstream.ts'
import type { Receiver } from './receiver.ts'

export interface Webhook {
  url: string
  /** Signs each body, so that the receiver knows the gate; null: unsigned. */
  secret: string | null
}

/**
 * Posts every notice as JSON. The `sluice-signature` header is `sha256=` and the hex HMAC-SHA256 (RFC 2104) of
 * `<sluice-timestamp>.<body>`; receivers refuse old timestamps. `sluice-notice` is the same at every attempt.
 */
export function webhookReceiver(webhook: Webhook, { upstream, clock }: { upstream: Upstream; clock: Clock }): Receiver {
  return {
    name: 'webhook', topic: 'notices',
    async send({ id, told }) {
      const body = JSON.stringify(told)
      const timestamp = String(Math.floor(clock.now().getTime() / 1000))
      const headers: Record<string, string> = { 'content-type': 'application/json', 'sluice-notice': id, 'sluice-timestamp': timestamp }
      if (webhook.secret !== null) headers['sluice-signature'] = `sha256=${createHmac('sha256', webhook.secret).update(`${timestamp}.${body}`).digest('hex')}`
      const answer = await upstream.fetch(webhook.url, { method: 'POST', headers, body: Buffer.from(body), timeout: 10_000 })
      answer.body.on('error', () => undefined).destroy()
      if (answer.status >= 300) throw new Error(`it answered ${answer.status}`)
    },
  }
}
