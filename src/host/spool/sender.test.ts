import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startHttp } from '../../../test/fakes/http.ts'
import type { FakeServer, Handler } from '../../../test/fakes/http.ts'
import { createHostTransport } from '../../adapters/host-transport.ts'
import { readBatch } from '../events/batch.ts'
import { hostEvent } from '../events/testing.ts'
import { Sender } from './sender.ts'
import { Spool } from './spool.ts'

let folder: string
let spool: Spool
const closing: (() => Promise<void>)[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-sender-'))
  spool = Spool.open(folder)
})
afterEach(async () => {
  spool.close()
  for (const close of closing.splice(0)) await close()
  rmSync(folder, { recursive: true, force: true })
})

async function against(handle: Handler, timeout = 20_000): Promise<{ sender: Sender; server: FakeServer; trouble: string[] }> {
  const server = await startHttp(handle)
  const transport = createHostTransport({
    url: server.url, origin: { base: server.url, authorization: 'Bearer secret-token', alsoAllow: [], headTimeout: timeout },
    way: { proxy: { http: null, https: null, bypass: [] }, ca: [], headTimeout: timeout, stallTimeout: timeout },
  })
  const trouble: string[] = []
  closing.push(() => transport.close(), () => server.close())
  return { server, trouble, sender: new Sender({ spool, transport, host: 'build-7', backoff: { first: 10, most: 40 }, everyMs: 5, random: () => 0, onTrouble: (says) => void trouble.push(says) }) }
}

const told = async (body: Uint8Array): Promise<string[]> => (await readBatch(body, 'gzip')).lines.map((line) => ('problem' in line ? line.problem : line.event.says))
/** A server that behaves. */
const takes: Handler = async ({ body }, response) => {
  const { head, lines } = await readBatch(body, 'gzip')
  const upTo = Math.max(...lines.map((line) => ('problem' in line ? -1 : line.sequence ?? -1)))
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ spool: head.spool, upTo, taken: lines.length, duplicates: 0, refused: [], refusedTotal: 0 }))
}
const events = (count: number) => Array.from({ length: count }, (_, index) => hostEvent({ says: `event ${index}` }))

describe('sending', () => {
  it('posts everything that waits, with the token, and is done when it is acknowledged', async () => {
    const { sender, server } = await against(takes)
    spool.append(events(2_500))
    expect(await sender.drain(50_000)).toBe(true)
    expect(server.requests.map(({ method, path, headers }) => [method, path, headers.authorization, headers['content-encoding']])).toEqual(Array.from({ length: 3 }, () => ['POST', '/api/v1/hosts/events', 'Bearer secret-token', 'gzip']))
    expect(sender.state).toMatchObject({ sent: 2_500, trouble: null })
  })

  it.each([
    ['is broken', (_request, response) => void response.writeHead(500).end('oops'), /answers 500/],
    ['refuses the token', (_request, response) => void response.writeHead(403).end('{"error":"this token does not speak for build-7"}'), /403: this token does not speak/],
    ['answers nonsense', (_request, response) => void response.writeHead(200).end('<html>'), /something else/],
    ['acknowledges what was never sent', (_request, response) => void response.writeHead(200).end(JSON.stringify({ spool: spool.id, upTo: 999_999, taken: 1, refusedTotal: 0 })), /something else/],
    ['speaks of another spool', (_request, response) => void response.writeHead(200).end(JSON.stringify({ spool: '00000000-0000-4000-8000-000000000000', upTo: 0, taken: 1, refusedTotal: 0 })), /something else/],
    ['sends elsewhere', (_request, response) => void response.writeHead(307, { location: '/other' }).end(), /./],
    ['hangs up', (_request, response) => void response.destroy(), /./],
    ['hangs', () => undefined, /./],
  ] satisfies [string, Handler, RegExp][])('keeps everything where the server %s', async (what, handle, why) => {
    const { sender } = await against(handle, what === 'hangs' ? 300 : 20_000)
    spool.append(events(3))
    expect(await sender.drain(2_000)).toBe(false)
    expect(spool.pending).toBe(3)
    expect(sender.state.trouble).toMatch(why)
  })

  it('tries again by itself until it is taken, and tells a trouble once', async () => {
    let tries = 0
    const { sender, server, trouble } = await against((request, response, raw) => (++tries < 4 ? void response.writeHead(503).end() : takes(request, response, raw)))
    spool.append(events(3))
    sender.wake()
    await expect.poll(() => spool.pending).toBe(0)
    sender.stop()
    expect(server.requests).toHaveLength(4)
    expect(trouble).toEqual(['the server answers 503'])
  })

  it('finds the one event that the server minds, gives it up, and sends the others', async () => {
    const taken: string[] = []
    const { sender } = await against(async (request, response, raw) => {
      const all = await told(request.body)
      if (all.includes('event 5')) return void response.writeHead(400).end('{"error":"no"}')
      taken.push(...all)
      return takes(request, response, raw)
    })
    spool.append(events(9))
    expect(await sender.drain(50_000)).toBe(true)
    expect(taken).toEqual([0, 1, 2, 3, 4, 6, 7, 8].map((index) => `event ${index}`))
    expect(sender.state.refused).toBe(1)
  })

  it('finds one in a thousand with few tries, and loses no other', async () => {
    const { sender, server } = await against(async (request, response, raw) => ((await told(request.body)).includes('event 700') ? void response.writeHead(400).end('{"error":"no"}') : takes(request, response, raw)))
    spool.append(events(1_000))
    expect(await sender.drain(50_000)).toBe(true)
    expect(sender.state).toMatchObject({ sent: 999, refused: 1 })
    expect(server.requests.length).toBeLessThan(40)
  })

  it('keeps what waits where the server minds whatever it is sent, and gives up one more only after many tries', async () => {
    const { sender } = await against((_request, response) => void response.writeHead(400).end('{"error":"no such version"}'))
    spool.append(events(100))
    for (let tries = 0; tries < 8; tries++) expect(await sender.drain(5_000)).toBe(false)
    expect(sender.state).toMatchObject({ refused: 4, trouble: 'the server minds whatever it is sent (400: no such version)' })
    expect(spool.pending).toBe(96)
  })

  it('is done with events of which the server can read none', async () => {
    const { sender } = await against(async ({ body }, response) => {
      const { head, lines } = await readBatch(body, 'gzip')
      response.writeHead(200).end(JSON.stringify({ spool: head.spool, upTo: null, taken: 0, duplicates: 0, refused: [], refusedTotal: lines.length }))
    })
    spool.append(events(3))
    expect(await sender.drain(50_000)).toBe(true)
    expect(sender.state).toMatchObject({ sent: 0, refused: 3, trouble: null })
  })

  it('keeps to what one request may hold', async () => {
    const { sender, server } = await against(takes)
    const noise = (index: number): string => Array.from({ length: 200 }, (_, at) => Math.imul(index * 7919 + at, 2654435761).toString(36)).join('')
    spool.append(Array.from({ length: 3_000 }, (_, index) => hostEvent({ says: noise(index).slice(0, 500), place: noise(index + 5_000).slice(0, 4_000) })))
    expect(await sender.drain(50_000)).toBe(true)
    expect(Math.max(...server.requests.map(({ body }) => body.length))).toBeLessThanOrEqual(1024 * 1024)
  })
})
