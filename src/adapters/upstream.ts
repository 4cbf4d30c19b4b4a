import type { Dispatcher } from 'undici'
import { SluiceError } from '../core/errors.ts'
import type { Upstream, UpstreamAnswer, UpstreamOptions, WayOut } from '../ports/upstream.ts'
import { watched } from './upstream/body.ts'
import { closedEarly, headFailure } from './upstream/failure.ts'
import { createRoutes } from './upstream/route.ts'
import { firstHop, nextHop, parseUrl, shown } from './upstream/trust.ts'
import type { Hop } from './upstream/trust.ts'

const DEFAULT_LIMIT = 256 * 1024 * 1024
const MOST_REDIRECTS = 5
const REDIRECTS = new Set([301, 302, 303, 307, 308])
/** What must not follow a request to another origin. */
const PERSONAL = new Set(['authorization', 'cookie', 'proxy-authorization', 'npm-otp'])

type Raw = Dispatcher.ResponseData

/** The way out over HTTP. `way` is asked at every fetch. Errors, limits and redirects are as `ports/upstream.ts` states. */
export function createUpstream({ way, userAgent = 'sluice' }: { way: () => WayOut; userAgent?: string }): Upstream {
  const routes = createRoutes()

  async function fetch(target: string, options: UpstreamOptions = {}): Promise<UpstreamAnswer> {
    const current = way()
    let hop = start(target, options, current)
    const timeout = options.timeout ?? hop.origin?.headTimeout ?? current.headTimeout
    const deadline = new Deadline(timeout)
    try {
      let request = { method: options.method ?? 'GET', body: options.body, headers: headersFor(options, userAgent) }
      for (let redirects = 0; ; redirects++) {
        const raw = await send(hop, request, current, deadline)
        const location = REDIRECTS.has(raw.statusCode) ? raw.headers['location'] : undefined
        if (typeof location !== 'string') return answer(raw, hop, options, current)
        raw.body.on('error', () => undefined).destroy()
        if (redirects === MOST_REDIRECTS) throw new SluiceError('upstream-redirect', `more than ${MOST_REDIRECTS} redirects from ${target.split('?')[0]}`)
        const next = nextHop(hop, parseUrl(location, hop.url), current.origins)
        request = redirected(request, raw.statusCode, next.url.origin === hop.url.origin, hop.url)
        hop = next
      }
    } finally {
      deadline.stop()
    }
  }

  async function send(hop: Hop, request: Request, current: WayOut, deadline: Deadline): Promise<Raw> {
    let proxy: string | null = null
    for (let tries = 1; ; tries++) {
      try {
        const route = routes.take(hop, current)
        proxy = route.proxy
        return await route.dispatcher.request({
          origin: hop.url.origin,
          path: hop.url.pathname + hop.url.search,
          method: request.method,
          headers: hop.origin?.authorization ? { ...request.headers, authorization: hop.origin.authorization } : request.headers,
          body: request.body ?? null,
          signal: deadline.signal,
        })
      } catch (thrown) {
        if (tries === 1 && request.method !== 'POST' && !deadline.passed && closedEarly(thrown)) continue
        throw headFailure(thrown, hop.url, { timeout: deadline.timeout, timedOut: deadline.passed, proxy })
      }
    }
  }

  return { fetch, close: () => routes.close() }
}

interface Request {
  method: 'GET' | 'HEAD' | 'POST'
  body: Uint8Array | undefined
  headers: Record<string, string>
}

function start(target: string, options: UpstreamOptions, current: WayOut): Hop {
  const url = parseUrl(target)
  if (options.referrer === undefined) return firstHop(url, current.origins)
  return nextHop(firstHop(parseUrl(options.referrer), current.origins), url, current.origins)
}

function headersFor(options: UpstreamOptions, userAgent: string): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': userAgent, 'accept-encoding': 'gzip, br' }
  for (const [name, value] of Object.entries(options.headers ?? {})) headers[name.toLowerCase()] = value
  return headers
}

/** RFC 9110, 15.4: 303, and by custom 301 and 302, turn a POST into a GET. A body never goes to another origin. */
function redirected(request: Request, status: number, sameOrigin: boolean, from: URL): Request {
  const headers = sameOrigin ? request.headers : Object.fromEntries(Object.entries(request.headers).filter(([name]) => !PERSONAL.has(name)))
  if (request.method !== 'POST') return { ...request, headers }
  if (status !== 307 && status !== 308) return { method: 'GET', body: undefined, headers }
  if (!sameOrigin) throw new SluiceError('upstream-redirect', `${shown(from)} wants the request's body sent to another host`)
  return request
}

function answer(raw: Raw, hop: Hop, options: UpstreamOptions, current: WayOut): UpstreamAnswer {
  const headers = Object.fromEntries(
    Object.entries(raw.headers).flatMap(([name, value]) => (value === undefined ? [] : [[name.toLowerCase(), Array.isArray(value) ? value.join(', ') : value]])),
  ) as Record<string, string>
  delete headers['set-cookie']
  const bodiless = options.method === 'HEAD' || raw.statusCode === 204 || raw.statusCode === 304
  const encoding = bodiless ? '' : encodingOf(headers, options)
  if (encoding === null) {
    raw.body.on('error', () => undefined).destroy()
    throw new SluiceError('upstream-wrong-type', `${shown(hop.url)} answered in a content encoding that was not asked for: ${headers['content-encoding']}`)
  }
  const length = headers['content-length']
  const promised = !bodiless && encoding === '' && length !== undefined && /^\d+$/.test(length) ? Number(length) : null
  if (encoding !== '') {
    delete headers['content-encoding']
    delete headers['content-length']
  }
  const stallTimeout = hop.origin?.stallTimeout ?? current.stallTimeout
  const body = watched(raw.body, { url: hop.url, encoding, promised, limit: options.limit ?? DEFAULT_LIMIT, stallTimeout })
  return { status: raw.statusCode, headers, url: hop.url.href, body }
}

/**
 * null: unusable. A caller that asks for `identity` wants a file as it is stored: some servers label `.tar.gz` files as
 * gzip-encoded, and clients that asked for identity (pip) keep those bytes.
 */
function encodingOf(headers: Readonly<Record<string, string>>, options: UpstreamOptions): 'gzip' | 'br' | '' | null {
  if (Object.entries(options.headers ?? {}).some(([name, value]) => name.toLowerCase() === 'accept-encoding' && value === 'identity')) return ''
  const encoding = (headers['content-encoding'] ?? '').trim().toLowerCase()
  if (encoding === '' || encoding === 'identity') return ''
  if (encoding === 'gzip' || encoding === 'x-gzip') return 'gzip'
  return encoding === 'br' ? 'br' : null
}

/** One time limit over all hops until the head. */
class Deadline {
  readonly timeout: number
  readonly #controller = new AbortController()
  readonly #timer: NodeJS.Timeout
  passed = false

  constructor(timeout: number) {
    this.timeout = timeout
    this.#timer = setTimeout(() => {
      this.passed = true
      this.#controller.abort()
    }, timeout)
  }

  get signal(): AbortSignal {
    return this.#controller.signal
  }

  stop(): void {
    clearTimeout(this.#timer)
  }
}
