import { createServer as createHttp } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import type { Logger } from 'pino'
import type { Door } from '../admission/serve.ts'
import type { Passage } from '../admission/passage.ts'
import { access } from '../access/access.ts'
import type { Anonymous } from '../access/access.ts'
import type { Tokens } from '../access/tokens.ts'
import { sentence } from '../core/errors.ts'
import { clientOf } from '../core/client.ts'
import { phrase } from '../core/text.ts'
import { begun } from './answer.ts'
import { askerOf, originOf } from './asker.ts'
import type { GatewaySettings } from './asker.ts'
import { ecosystemOf, failure, route } from './route.ts'
import type { Outcome } from './route.ts'
import type { Metrics } from './metrics.ts'

export interface GatewayOptions extends GatewaySettings {
  door: Door
  passage: Passage
  tokens: Tokens
  anonymous: Anonymous
  metrics: Metrics
  log: Logger
  /** Everything that is not a registry: API, pages, health. */
  otherwise(request: IncomingMessage, response: ServerResponse): void
  certificate: { key: Uint8Array; cert: Uint8Array } | null
  /** How long a client may leave what it asked for unread, milliseconds. */
  stall?: number
}

const STALL = 120_000

/** What is wrong with a request that never became one. */
const REFUSALS: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large', ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** HTTP ↔ ask. Limits are those a hostile client meets first: header size, header time, idle sockets. */
export function createGateway(options: GatewayOptions): Server {
  const listener = (request: IncomingMessage, response: ServerResponse): void => {
    begun(request)
    // Nothing moved on the socket. While an answer is worked on, that is as it should be.
    response.on('timeout', (socket) => { if (socket.writableLength > 0) socket.destroy() })
    const target = ecosystemOf(request.url ?? '/')
    if (!target) {
      options.otherwise(request, response)
      return
    }
    void handle(options, target, request, response)
  }
  const limits = {
    maxHeaderSize: 32 * 1024, headersTimeout: 20_000, requestTimeout: 300_000, connectionsCheckingInterval: 5_000,
    keepAliveTimeout: 65_000, keepAlive: true, noDelay: true,
  }
  const { certificate } = options
  const server = certificate ? createHttps({ ...limits, key: Buffer.from(certificate.key), cert: Buffer.from(certificate.cert) }, listener) : createHttp(limits, listener)
  server.setTimeout(options.stall ?? STALL)
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    if (socket.writable) socket.end(`HTTP/1.1 ${REFUSALS[error.code ?? ''] ?? '400 Bad Request'}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`)
    else socket.destroy()
  })
  return server
}

let counter = 0
const boot = Date.now().toString(36).slice(-5)
const nextId = (): string => `${boot}-${(counter++).toString(36)}`

async function handle(options: GatewayOptions, target: NonNullable<ReturnType<typeof ecosystemOf>>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { metrics, log } = options
  const started = performance.now()
  const requestId = nextId()
  response.on('error', () => {})
  let outcome: Outcome | 'failed' | 'forbidden' | 'hung-up' = 'failed'
  try {
    const granted = await access({ headers: request.headers, address: request.socket.remoteAddress ?? '' }, 'read', options)
    if (!granted.granted) {
      outcome = 'forbidden'
      unauthorized(response, granted.because, requestId)
      return
    }
    const asker = askerOf(request, { prefix: target.prefix, token: granted.token?.name ?? null, requestId, settings: options })
    outcome = await route(options, target, {
      request, response, asker,
      linkTo: (ecosystem, name, version) => pageOf(originOf(request, options), ecosystem, name, version),
    })
  } catch (thrown) {
    if (isHangUp(thrown)) {
      outcome = 'hung-up'
      response.destroy()
      return
    }
    const { status, message } = failure(thrown, requestId)
    log.error({ request: requestId, url: request.url?.slice(0, 300), err: thrown }, sentence(thrown))
    if (response.headersSent) response.destroy()
    else {
      // Whoever is still sending what nobody reads any more is cut off after the answer.
      response.writeHead(status, phrase(message), { 'content-type': 'application/json', ...(request.complete ? {} : { connection: 'close' }) })
      response.end(JSON.stringify({ error: message, request: requestId }))
    }
  } finally {
    metrics.request(target.ecosystem.id, outcome, clientOf(request.headers['user-agent']).tool, performance.now() - started)
    log.debug({ request: requestId, method: request.method, url: request.url, outcome }, 'request')
  }
}

/** The console page of a package, as denials link to it. */
function pageOf(origin: string, ecosystem: string, name: string, version: string | null): string {
  const page = `${origin}/packages/${ecosystem}/${name.split('/').map(encodeURIComponent).join('/')}`
  return version ? `${page}?version=${encodeURIComponent(version)}` : page
}

/** A client that went away is no error of anybody's. */
function isHangUp(thrown: unknown): boolean {
  const code = (thrown as { code?: string } | null)?.code
  return code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ECONNRESET' || code === 'EPIPE' || code === 'ABORT_ERR'
}

function unauthorized(response: ServerResponse, because: string, requestId: string): void {
  const message = `${because} (request ${requestId})`
  response.writeHead(401, phrase(message), { 'content-type': 'application/json', 'www-authenticate': 'Basic realm="sluice", Bearer' })
  response.end(JSON.stringify({ error: message }))
}
