import type { ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import { setTimeout as wait } from 'node:timers/promises'

/** What a fake does instead of, or with, its honest answer. */
export interface Misbehaviour {
  /** Milliseconds before anything else. */
  delay?: number
  /** Before anything else, until this is fulfilled: for a test that says itself what happens in the meantime. */
  until?: Promise<void>
  status?: number
  headers?: Readonly<Record<string, string>>
  /** Other bytes than the honest ones. */
  body?: string | Uint8Array
  contentType?: string
  /** Promises the whole length, sends this many bytes, then cuts the connection. */
  truncate?: number
  /** Sends bytes until the client goes away. */
  endless?: true
  redirect?: string
  /** Closes the connection without a word. */
  drop?: true
  /** How many requests it spoils before the path is honest again; without it, all. */
  times?: number
}

/** By path as sent, without the query. Change it at any time. */
export type Behaviours = Map<string, Misbehaviour>

/** Takes the misbehaviour due for a path, counting down its `times`. */
export function due(behaviours: Behaviours, path: string): Misbehaviour | undefined {
  const found = behaviours.get(path)
  if (found?.times !== undefined && --found.times <= 0) behaviours.delete(path)
  return found
}

export interface Honest { status: number; headers: Readonly<Record<string, string>>; body: Uint8Array }

/** Writes an answer, spoiled as asked. */
export async function reply(response: ServerResponse, honest: Honest, bad: Misbehaviour = {}): Promise<void> {
  if (bad.delay) await wait(bad.delay)
  await bad.until
  if (bad.drop) {
    response.socket?.destroy()
    return
  }
  if (bad.redirect !== undefined) {
    response.writeHead(bad.status ?? 302, { location: bad.redirect }).end()
    return
  }
  const body = bad.body === undefined ? honest.body : Buffer.from(bad.body)
  const headers = { ...honest.headers, ...(bad.contentType ? { 'content-type': bad.contentType } : {}), ...bad.headers }
  response.writeHead(bad.status ?? honest.status, bad.endless ? headers : { ...headers, 'content-length': String(body.byteLength) })
  if (bad.endless) await pour(response)
  else if (bad.truncate === undefined) response.end(body)
  else response.write(body.subarray(0, bad.truncate), () => response.socket?.destroy())
}

/** Back pressure makes an endless body cost the test no memory. It ends when the client goes away. */
async function pour(response: ServerResponse): Promise<void> {
  const chunk = Buffer.alloc(64 * 1024, ' ')
  const endless = function* (): Generator<Buffer> {
    for (;;) yield chunk
  }
  await pipeline(endless, response).catch(() => {})
}
