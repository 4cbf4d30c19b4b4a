import { createServer } from 'node:http'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** One request as the fake saw it, recorded before it is answered. */
export interface SeenRequest {
  method: string
  /** As sent: still percent-encoded, with the query. */
  url: string
  /** The URL without the query. */
  path: string
  query: string
  headers: IncomingMessage['headers']
  body: Buffer
}

export interface FakeServer {
  /** `http://127.0.0.1:<port>/`, with the trailing slash. */
  url: string
  /** Everything asked so far, oldest first. */
  requests: readonly SeenRequest[]
  /** How often a path (without its query) was asked; with a method, only those. */
  count(path: string, method?: string): number
  /** Forgets what was asked. */
  clear(): void
  /** Drops open connections and frees the port. Safe to call twice. */
  close(): Promise<void>
}

export type Handler = (request: SeenRequest, response: ServerResponse, raw: IncomingMessage) => void | Promise<void>

/**
 * Starts `handle` on 127.0.0.1 at a free port. Bodies are read whole before `handle` is called.
 * What `handle` throws becomes a 500 with the message, so that a broken fake shows itself.
 */
export async function startHttp(handle: Handler): Promise<FakeServer> {
  const requests: SeenRequest[] = []
  const sockets = new Set<Socket>()
  const listener: RequestListener = (raw, response) => {
    answer(raw, response).catch((thrown: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' })
      response.end(`fake failed: ${String(thrown)}`)
    })
  }
  const answer = async (raw: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = raw.url ?? '/'
    const cut = url.indexOf('?')
    const request: SeenRequest = {
      method: raw.method ?? 'GET',
      url,
      path: cut < 0 ? url : url.slice(0, cut),
      query: cut < 0 ? '' : url.slice(cut + 1),
      headers: raw.headers,
      body: await buffer(raw),
    }
    requests.push(request)
    await handle(request, response, raw)
  }
  const server = createServer(listener)
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    requests,
    count: (path, method) => requests.filter((seen) => seen.path === path && (method === undefined || seen.method === method)).length,
    clear: () => { requests.length = 0 },
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      for (const socket of sockets) socket.destroy()
    }),
  }
}
