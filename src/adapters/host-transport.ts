import { text } from 'node:stream/consumers'
import { SluiceError } from '../core/errors.ts'
import type { Transport } from '../host/spool/sender.ts'
import type { Origin, WayOut } from '../ports/upstream.ts'
import { createUpstream } from './upstream.ts'

/** What an answer may be long. */
const LARGEST = 1024 * 1024

/** Posts batches of host events to a gate. `way`: proxies, authorities and timeouts; redirects are not followed. */
export function createHostTransport({ url, origin, way }: { url: string; origin: Origin; way: Omit<WayOut, 'origins'> }): Transport & { close(): Promise<void> } {
  const upstream = createUpstream({ way: () => ({ ...way, origins: [origin] }) })
  const target = new URL('api/v1/hosts/events', url).href
  return {
    async post(body, coding) {
      const answer = await upstream.fetch(target, {
        method: 'POST', body, limit: LARGEST, headers: { 'content-type': 'application/x-ndjson', 'content-encoding': coding, accept: 'application/json' },
      })
      if (answer.url !== target) {
        answer.body.on('error', () => undefined).destroy()
        throw new SluiceError('upstream-redirect', 'the server answers from somewhere else', { hint: 'name its own address under host.server.url' })
      }
      const wait = Number(answer.headers['retry-after'])
      return { status: answer.status, text: await text(answer.body), retryAfter: Number.isFinite(wait) && wait > 0 ? wait * 1000 : null }
    },
    close: () => upstream.close(),
  }
}
