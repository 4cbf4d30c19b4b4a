import { createServer } from 'node:http'
import { BlockList } from 'node:net'
import type { AddressInfo } from 'node:net'
import { hostname } from 'node:os'
import { gunzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Passage } from '../src/admission/passage.ts'
import type { Door } from '../src/admission/serve.ts'
import type { Tokens } from '../src/access/tokens.ts'
import { originOf } from '../src/gateway/asker.ts'
import type { GatewaySettings } from '../src/gateway/asker.ts'
import { createLog } from '../src/gateway/log.ts'
import { createMetrics } from '../src/gateway/metrics.ts'
import { createGateway } from '../src/gateway/server.ts'
import type { GatewayOptions } from '../src/gateway/server.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startFakePypi } from './fakes/pypi.ts'
import type { FakePypi } from './fakes/pypi.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'
import { open, parse, raw } from './trouble/raw.ts'

let npm: FakeNpm
let pypi: FakePypi
let gate: Gate

beforeAll(async () => {
  npm = await startFakeNpm([{ name: 'up', version: '1.0.0' }])
  pypi = await startFakePypi([{ name: 'up', files: [{ version: '1.0.0' }] }])
  gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null } }, origins: [pypi.files.url], anonymous: 'always' })
})

afterAll(async () => {
  await gate.close()
  await Promise.all([npm.close(), pypi.close()])
})

const closing: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closing.splice(0)) await close()
})

/** A gateway that has nothing behind it but what a test says. */
async function gateway(options: Partial<GatewayOptions>): Promise<string> {
  const nothing = { door: {} as Door, passage: {} as Passage, tokens: {} as Tokens }
  const server = createGateway({
    ...nothing, anonymous: 'always', log: createLog('silent'), metrics: createMetrics({}), certificate: null, publicUrl: null, trusted: null, tls: false,
    otherwise: (_request, response) => void response.writeHead(404).end(), ...options,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  }))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('clients that do not read', () => {
  const FLOOD = Buffer.alloc(64 * 1024 * 1024)
  const closes = async (otherwise: GatewayOptions['otherwise']): Promise<void> => {
    const cut = Promise.withResolvers<void>()
    const origin = await gateway({
      stall: 50,
      otherwise(request, response) {
        response.on('close', cut.resolve)
        otherwise(request, response)
      },
    })
    const { socket } = await open(origin)
    socket.pause()
    socket.write('GET /flood HTTP/1.1\r\nhost: a\r\n\r\n')
    await cut.promise
    socket.destroy()
  }

  it('are cut off', async () => {
    await closes((_request, response) => void response.end(FLOOD))
  })

  it('are cut off also when the answer took its time', async () => {
    await closes((_request, response) => void setTimeout(() => response.end(FLOOD), 300))
  })

  it('are waited for while there is nothing to read yet', async () => {
    const origin = await gateway({ stall: 400, otherwise: (_request, response) => void setTimeout(() => response.end('late'), 900) })
    expect(await (await fetch(`${origin}/late`)).text()).toBe('late')
  })
})

describe('the log', () => {
  it('says where a defect is', async () => {
    const lines: string[] = []
    const door = { index: () => Promise.reject(new TypeError('a defect')) } as unknown as Door
    const origin = await gateway({ door, log: createLog('error', { write: (line) => void lines.push(line) }) })
    expect((await fetch(`${origin}/npm/up`)).status).toBe(500)
    expect(JSON.parse(lines.join(''))).toMatchObject({ err: { type: 'TypeError', message: 'a defect', stack: expect.stringContaining('gateway.test.ts') as string } })
  })
})

describe('the origin in documents', () => {
  const asked = async (host: string): Promise<string | undefined> => {
    const { socket, closed } = await open(gate.origin)
    socket.write(`GET /npm/up HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`)
    return /"tarball":"(.*?)\/npm\//.exec(parse(await closed).body)?.[1]
  }
  const port = (): string => new URL(gate.origin).port

  it.each(['localhost', 'LOCALHOST', '127.0.0.1', '[::1]', hostname()])('is the name %s of this machine', async (name) => {
    expect(await asked(`${name}:${port()}`)).toBe(`http://${name.toLowerCase()}:${port()}`)
  })

  it.each(['evil.example', 'localhost', 'localhost:1', '127.0.0.1.evil.example', 'x.localhost', '192.0.2.7', '[2001:db8::1]'])('is the address that was connected to when Host is %s', async (host) => {
    expect(await asked(host)).toBe(gate.origin)
    if (!host.endsWith(':1')) expect(await asked(host.includes('.') ? `${host}:${port()}` : host)).toBe(gate.origin)
  })

  it('makes no document more, whatever Hosts there are', async () => {
    await asked('evil.example')
    const { done } = gate.app.context.pool.stats()
    for (let at = 0; at < 50; at++) expect(await asked(`${at}.evil.example:${port()}`)).toBe(gate.origin)
    expect(gate.app.context.pool.stats().done).toBe(done)
  })

  const told = async (settings: Partial<GatewaySettings>, headers: Record<string, string>): Promise<string> => {
    const server = createServer((request, response) => response.end(originOf(request, { publicUrl: null, trusted: null, tls: false, ...settings })))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port: at } = server.address() as AddressInfo
    const { body } = await raw(`http://127.0.0.1:${at}`, '/', { headers: Object.entries(headers).map(([name, value]) => `${name}: ${value.replace('PORT', String(at))}`) })
    await new Promise((resolve) => server.close(resolve))
    return body.replace(String(at), 'PORT')
  }
  const proxies = new BlockList()
  proxies.addAddress('127.0.0.1')

  it('is what a trusted proxy says, and nobody else', async () => {
    const headers = { 'x-forwarded-host': 'gate.acme.example', 'x-forwarded-proto': 'https' }
    expect(await told({ trusted: proxies }, headers)).toBe('https://gate.acme.example')
    expect(await told({}, headers)).toBe('http://127.0.0.1:PORT')
    expect(await told({ trusted: proxies }, { forwarded: 'for=192.0.2.1;host=gate.acme.example;proto=https' })).toBe('https://gate.acme.example')
    // raw() sends `Host: gate.example`, which this proxy passes on.
    expect(await told({ trusted: proxies }, {})).toBe('http://gate.example')
    expect(await told({ publicUrl: 'https://public.example' }, headers)).toBe('https://public.example')
  })
})

describe('caches', () => {
  const CORGI = 'application/vnd.npm.install-v1+json'
  const ask = async (path: string, headers: Record<string, string>) => {
    const { head, body, status } = await raw(gate.origin, path, { headers: Object.entries(headers).map(([name, value]) => `${name}: ${value}`) })
    const header = (name: string): string | null => new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? null
    return { status, body, etag: header('etag') as string, vary: header('vary'), coding: header('content-encoding') }
  }

  it('have another tag for each coding of one document, and are told it is unchanged by any of them', async () => {
    const plain = await ask('/npm/up', { accept: CORGI })
    const packed = await ask('/npm/up', { accept: CORGI, 'accept-encoding': 'gzip' })
    const zstd = await ask('/npm/up', { accept: CORGI, 'accept-encoding': 'zstd' })
    expect([plain.coding, packed.coding, zstd.coding]).toEqual([null, 'gzip', 'zstd'])
    expect(gunzipSync(Buffer.from(packed.body, 'latin1')).toString()).toBe(plain.body)
    expect(new Set([plain.etag, packed.etag, zstd.etag]).size).toBe(3)
    for (const tag of [plain.etag, packed.etag, zstd.etag]) {
      for (const coding of ['identity', 'gzip', 'zstd']) {
        const again = await ask('/npm/up', { accept: CORGI, 'accept-encoding': coding, 'if-none-match': `"other", ${tag}` })
        expect([again.status, again.etag]).toEqual([304, tag])
      }
    }
    expect((await ask('/npm/up', { accept: CORGI, 'if-none-match': '"other-gzip"' })).status).toBe(200)
  })

  it('keep documents apart where they depend on the client', async () => {
    const document = await ask('/npm/up', { accept: CORGI })
    expect(document.vary).toBe('accept, accept-encoding, user-agent')
    expect((await ask('/npm/up', { accept: CORGI, 'if-none-match': document.etag })).vary).toBe(document.vary)
    expect((await ask('/pypi/simple/up/', {})).vary).toBe('accept, accept-encoding')
  })

  it('get one tag for package bytes', async () => {
    const { etag } = await ask('/npm/up/-/up-1.0.0.tgz', { 'accept-encoding': 'gzip' })
    expect(etag).toMatch(/^"sha256:[0-9a-f]{64}"$/)
    expect(await ask('/npm/up/-/up-1.0.0.tgz', { 'if-none-match': etag })).toMatchObject({ status: 304, etag })
  })
})

describe('outcomes that are counted', () => {
  it('are a closed set, whatever is asked', async () => {
    const metrics = createMetrics({})
    const origin = await gateway({ metrics, door: gate.app.door, passage: gate.app.passage })
    for (const path of ['/npm/up', '/npm/up/1.0.0', '/npm/up/some-tag', '/npm/-/ping', '/npm/-/package/up/dist-tags', '/pypi/simple/up?format=x', '/npm/%zz', '/npm/nowhere', '/npm/-/npm/v1/keys']) {
      await (await fetch(`${origin}${path}`, { redirect: 'manual' })).text()
    }
    const outcomes = [...(await metrics.render()).text.matchAll(/^sluice_requests_total\{.*outcome="([^"]*)"/gm)].map(([, outcome]) => outcome)
    expect([...new Set(outcomes)].sort()).toEqual(['absent', 'denied', 'index', 'local', 'passthrough', 'refused'].filter((outcome) => outcomes.includes(outcome)))
    expect(outcomes).toContain('local')
  })

  it('an upstream that is down is 424 for every kind of question', async () => {
    npm.behaviour.set('/gone', { drop: true })
    for (const path of ['/npm/gone', '/npm/gone/1.0.0', '/npm/gone/latest', '/npm/-/package/gone/dist-tags', '/npm/gone/-/gone-1.0.0.tgz']) {
      const response = await fetch(`${gate.origin}${path}`)
      expect([path, response.status, (await response.json() as { reason: string }).reason]).toEqual([path, 424, 'upstream-down'])
    }
    const pages = pypi.behaviour
    pages.set('/simple/gone/', { drop: true })
    for (const path of ['/pypi/simple/gone/', '/pypi/pypi/gone/json', '/pypi/pypi/gone/1.0/json']) {
      expect([path, (await fetch(`${gate.origin}${path}`)).status]).toEqual([path, 424])
    }
  })
})
