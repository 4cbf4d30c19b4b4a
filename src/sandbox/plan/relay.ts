import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sentence } from '../../core/errors.ts'
import type { Getter } from './get.ts'

/** A module proxy on this machine for a client of ours, which then speaks to nobody else. */
export interface Relay {
  /** Ends in `/`. */
  url: string
  close(): Promise<void>
}

/** Hands on what is asked of it to `base` by the gate's own way out: its proxies, certificates and credentials. */
export async function openRelay(base: string, get: Getter, limit: number): Promise<Relay> {
  const server = createServer((request, response) => {
    // What a client of ours asks: the paths of the GOPROXY protocol, nothing that could lead elsewhere.
    const path = request.url ?? ''
    if (request.method !== 'GET' || !/^\/[\w.~!@%+/-]{1,2000}$/.test(path) || path.includes('/../')) {
      response.writeHead(404).end()
      return
    }
    get.get(`${base}${path.slice(1)}`, { limit }).then(({ status, contentType, body }) => {
      response.writeHead(status, { 'content-type': contentType || 'application/octet-stream' }).end(body)
      // The go command shows what a text says, and asks nobody else: that would be another proxy.
    }, (thrown: unknown) => response.writeHead(403, { 'content-type': 'text/plain; charset=utf-8' }).end(sentence(thrown)))
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}
