import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Served } from '../admission/serve.ts'
import { phrase } from '../core/text.ts'
import type { HttpAnswer } from '../core/types.ts'
import type { Encoding } from '../workers/jobs.ts'
import { CUT } from '../admission/running.ts'
import { heldTag, tagIn } from './etag.ts'

/** Writes a prepared answer. */
export function send(response: ServerResponse, answer: HttpAnswer, body: boolean): void {
  const bytes = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body
  const headers = { 'cache-control': 'no-store', ...answer.headers, 'content-length': bytes.byteLength }
  if (answer.phrase === undefined) response.writeHead(answer.status, headers)
  else response.writeHead(answer.status, phrase(answer.phrase), headers)
  if (body) response.end(bytes)
  else response.end()
}

/**
 * An index document. `no-cache` lets clients keep it but makes them ask again (a 304 is cheap here), so that a recall
 * reaches them at once. `byTool`: it is another one for another client.
 */
export function sendIndex(response: ServerResponse, served: Extract<Served, { kind: 'index' }>, { body, byTool }: { body: boolean; byTool: boolean }): void {
  const { rendition } = served
  const headers: Record<string, string | number> = {
    'content-type': rendition.contentType,
    'content-length': rendition.body.byteLength,
    etag: tagIn(rendition.etag, rendition.encoding),
    vary: varyOf(byTool),
    'cache-control': 'no-cache',
  }
  if (rendition.encoding !== 'identity') headers['content-encoding'] = rendition.encoding
  if (rendition.document.stale !== null) Object.assign(headers, staleness(rendition.document.stale))
  response.writeHead(200, headers)
  if (body) response.end(rendition.body)
  else response.end()
}

export function sendUnchangedIndex(request: IncomingMessage, response: ServerResponse, { etag, encoding, byTool }: { etag: string; encoding: Encoding; byTool: boolean }): void {
  response.writeHead(304, { etag: heldTag(request.headers['if-none-match'], etag, encoding), vary: varyOf(byTool), 'cache-control': 'no-cache' })
  response.end()
}

export function sendUnchangedBytes(response: ServerResponse, etag: string): void {
  response.writeHead(304, { etag, 'cache-control': 'no-cache' })
  response.end()
}

const varyOf = (byTool: boolean): string => (byTool ? 'accept, accept-encoding, user-agent' : 'accept, accept-encoding')

/** Package bytes, whole or one range. A client that goes away ends the reading, nothing else. */
export async function sendBytes(
  request: IncomingMessage, response: ServerResponse, served: Extract<Served, { kind: 'bytes' }>, contentType: string,
): Promise<void> {
  const { artifact, etag, range } = served
  const headers: Record<string, string | number> = {
    'content-type': contentType, etag, 'accept-ranges': 'bytes', 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff',
  }
  if (served.stale !== null) Object.assign(headers, staleness(served.stale))
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...headers, 'content-range': `bytes */${artifact.size}`, 'content-length': 0 })
    response.end()
    return
  }
  const { start, end } = range ?? { start: 0, end: artifact.size - 1 }
  headers['content-length'] = end - start + 1
  if (range) headers['content-range'] = `bytes ${start}-${end}/${artifact.size}`
  const source = request.method === 'HEAD' ? null : served.bytes ? served.bytes.subarray(start, end + 1) : await open(served, range)
  if (response.destroyed) {
    // Nothing would end the reading for a client that went away before it began.
    if (source !== null && !(source instanceof Uint8Array)) source.destroy()
    throw Object.assign(new Error('the client hung up'), { code: 'ERR_STREAM_PREMATURE_CLOSE' })
  }
  response.writeHead(range ? 206 : 200, headers)
  if (source === null || source instanceof Uint8Array) response.end(source ?? undefined)
  else {
    // Before the last of it is handed over: the client may ask for the next thing at once.
    const { socket } = request
    const gone = new Promise<void>((resolve) => {
      const over = (): void => {
        socket.off('close', over)
        resolve()
      }
      lingering.set(socket, over)
      socket.once('close', over)
    })
    await pipeline(source.once('error', (thrown: NodeJS.ErrnoException) => { if (thrown.code === CUT) reset(request) }), response)
    served.handed({ reset: () => reset(request), gone })
  }
}

const lingering = new WeakMap<IncomingMessage['socket'], () => void>()

/** A client that asks for something else on a connection has had what was sent on it before. To be told of every request. */
export function begun({ socket }: IncomingMessage): void {
  lingering.get(socket)?.()
  lingering.delete(socket)
}

/** What was recalled while it was being sent is not sent on from the system's buffers either, as it would be after an orderly end. */
function reset({ socket }: IncomingMessage): void {
  try {
    socket.resetAndDestroy()
  } catch {
    // Not a plain TCP connection (TLS): it ends, with what was handed over before.
    socket.destroy()
  }
}

const open = (served: Extract<Served, { kind: 'bytes' }>, range: { start: number; end: number } | null): Promise<Readable> =>
  served.read(range ?? undefined)

/** RFC 9111 dropped the Warning header, but clients and people still read it; the second one is ours. */
const staleness = (why: string): Record<string, string> => ({ warning: '110 sluice "response is stale"', 'sluice-stale': phrase(why) })
