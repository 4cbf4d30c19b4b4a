import type { IncomingMessage, ServerResponse } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { access } from '../access/access.ts'
import type { Anonymous } from '../access/access.ts'
import type { Tokens } from '../access/tokens.ts'
import type { EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Metrics } from '../gateway/metrics.ts'
import type { ReportDoor } from '../incident/reports/door.ts'
import type { createApi } from './api.ts'
import { PAGE_HEADERS } from './pages.ts'
import type { Pages } from './pages.ts'
import { reportPage } from './report-page.ts'
import type { createTaxii } from './taxii.ts'

/** Everything at the gate's address that is not a registry: health, metrics, API, pages. */
export function createOtherwise({ api, taxii, pages, reportDoor, metrics, tokens, anonymous, originOf, onDefect }: {
  api: ReturnType<typeof createApi>
  taxii: ReturnType<typeof createTaxii>
  pages: Pages
  reportDoor: ReportDoor
  metrics: Metrics
  tokens: Tokens
  anonymous: Anonymous
  originOf(request: IncomingMessage): string
  onDefect(thrown: unknown): void
}): (request: IncomingMessage, response: ServerResponse) => void {
  const listener = getRequestListener((request, env) => {
    const url = new URL(request.url)
    url.pathname = url.pathname.slice('/api/v1'.length)
    return api.fetch(new Request(url, request), env as never)
  })

  /** A page of another site can make a browser ask; it cannot take this header away. */
  const isForeign = (request: IncomingMessage): boolean => {
    const { method, headers: { origin } } = request
    return origin !== undefined && method !== 'GET' && method !== 'HEAD' && origin !== originOf(request)
  }

  const show = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://gate.invalid')
    if (pathname === '/healthz') return write(response, 200, { 'content-type': 'text/plain' }, 'ok\n')
    if (pathname === '/report' && reportDoor.open === 'everyone') return report(request, response, null)
    // Basic is how a browser asks a person for a token. What it then keeps reads pages; the API does not take it.
    const granted = await access({ headers: request.headers, address: request.socket.remoteAddress ?? '' }, 'read', { tokens, anonymous })
    if (!granted.granted) return write(response, 401, { 'content-type': 'text/plain', 'www-authenticate': 'Basic realm="sluice"' }, `${granted.because}\n`)
    if (pathname === '/metrics') {
      const { contentType, text } = await metrics.render()
      return write(response, 200, { 'content-type': contentType }, text)
    }
    if (pathname === '/report') return report(request, response, granted.token?.name ?? null)
    if (pathname === '/') return write(response, 200, PAGE_HEADERS, await pages.home(originOf(request)))
    const named = /^\/packages\/([a-z]+)\/(.{1,600})$/.exec(pathname)
    if (named && Object.hasOwn(ecosystems, named[1] as string)) {
      const name = (named[2] as string).split('/').map(decodeURIComponent).join('/')
      const { status, html } = await pages.package(named[1] as EcosystemId, name, searchParams.get('version'))
      return write(response, status, PAGE_HEADERS, html)
    }
    return write(response, 404, { 'content-type': 'text/plain' }, 'nothing is here; / says how to set up a client\n')
  }

  const report = async (request: IncomingMessage, response: ServerResponse, caller: string | null): Promise<void> => {
    if (isForeign(request)) return write(response, 403, { 'content-type': 'text/plain' }, 'pages of other sites change nothing here\n')
    const { status, headers, body } = await reportPage(request, reportDoor, caller)
    write(response, status, headers, body)
  }

  return (request, response) => {
    if (request.url === '/api/v1' || request.url?.startsWith('/api/v1/') || request.url?.startsWith('/api/v1?')) {
      if (isForeign(request)) write(response, 403, { 'content-type': 'application/json' }, '{"error":"pages of other sites change nothing here"}')
      else void listener(request, response)
      return
    }
    const exchanged = request.url?.startsWith('/taxii2/') || request.url === '/taxii2'
    const answered = exchanged ? taxii(request, response) : show(request, response)
    answered.catch((thrown: unknown) => {
      const unreadable = thrown instanceof URIError || (thrown instanceof TypeError && 'code' in thrown && thrown.code === 'ERR_INVALID_URL')
      if (!unreadable) onDefect(thrown)
      if (response.headersSent) response.destroy()
      else if (unreadable) write(response, 400, { 'content-type': 'text/plain' }, 'this address cannot be read\n')
      else write(response, 500, { 'content-type': 'text/plain' }, 'an error of the gate itself; its log says more\n')
    })
  }
}

function write(response: ServerResponse, status: number, headers: Record<string, string>, body: string): void {
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}
