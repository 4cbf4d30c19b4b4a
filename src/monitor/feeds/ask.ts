import { SluiceError } from '../../core/errors.ts'
import type { Upstream, UpstreamAnswer, UpstreamOptions } from '../../ports/upstream.ts'

/** Upstream answered, and the answer is no. */
export class Refusal extends SluiceError {
  readonly status: number
  /** Milliseconds it asks to be left alone; null: it does not say. */
  readonly pause: number | null
  constructor(status: number, pause: number | null, says = `answered ${status}`) {
    super('upstream-status', `the feed ${says}`)
    this.status = status
    this.pause = pause
  }
}

/** Resolves for 200 alone, with the body still to be read or destroyed; everything else is a `Refusal`. */
export async function ask(upstream: Upstream, url: string, options: UpstreamOptions & { now: Date }): Promise<UpstreamAnswer> {
  const { now, ...rest } = options
  const answer = await upstream.fetch(url, rest)
  if (answer.status === 200) return answer
  answer.body.on('error', () => undefined).destroy()
  throw new Refusal(answer.status, retryAfter(answer.headers['retry-after'], now))
}

interface Whole {
  headers: Readonly<Record<string, string>>
  body: Buffer
}

/** As `ask`, and reads the body whole. `limit` is its largest size in bytes. */
export async function askWhole(upstream: Upstream, url: string, options: UpstreamOptions & { now: Date; limit: number }): Promise<Whole> {
  const { body, headers } = await ask(upstream, url, options)
  const chunks: Buffer[] = []
  for await (const chunk of body) chunks.push(chunk as Buffer)
  return { headers, body: Buffer.concat(chunks) }
}

/** As `askWhole`, of a body that may be larger than `limit`: then it is `cut` there, in the middle of whatever it says. */
export async function askFirst(upstream: Upstream, url: string, { limit, ...options }: UpstreamOptions & { now: Date; limit: number }): Promise<Whole & { cut: boolean }> {
  const { body, headers } = await ask(upstream, url, { ...options, limit: Number.MAX_SAFE_INTEGER })
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body) {
    chunks.push(chunk as Buffer)
    size += (chunk as Buffer).length
    // Leaving the loop destroys the body, and with it the connection.
    if (size > limit) break
  }
  return { headers, body: Buffer.concat(chunks).subarray(0, limit), cut: size > limit }
}

const DATE = /^[A-Z][a-z]{2,8},? .{10,40}$/

/** RFC 9110 §10.2.3: seconds, or a date. Milliseconds from `now`; null where it cannot be read. */
export function retryAfter(value: string | undefined, now: Date): number | null {
  if (value === undefined) return null
  if (/^\d{1,9}$/.test(value.trim())) return Number(value) * 1000
  const at = DATE.test(value) ? Date.parse(value) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - now.getTime())
}
