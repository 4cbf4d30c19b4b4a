import { once } from 'node:events'
import https from 'node:https'
import type { Socket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Upstream, UpstreamAnswer, WayOut } from '../ports/upstream.ts'
import { createUpstream } from './upstream.ts'
import { certificate, connectProxy, rawServer, serving, wayOut } from './upstream/testing.ts'
import type { Running } from './upstream/testing.ts'

const head = (status: string, ...headers: string[]): string => `HTTP/1.1 ${status}\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n`
const ok = (body: string, ...headers: string[]): string => head('200 OK', `content-length: ${Buffer.byteLength(body)}`, ...headers) + body
const bomb = gzipSync(Buffer.alloc(20_000_000))
const packed = (bytes: Buffer, ...headers: string[]) => (socket: Socket): void => {
  socket.write(head('200 OK', `content-length: ${bytes.length}`, ...headers))
  socket.write(bytes)
}

/** What the server does for each path. */
const ROUTES: Record<string, (socket: Socket, head: string) => void> = {
  '/plain': (socket) => void socket.write(ok('hello')),
  '/headers': (socket, request) => void socket.write(ok(request.toLowerCase())),
  '/chunked': (socket) => void socket.write(`${head('200 OK', 'transfer-encoding: chunked')}5\r\nhello\r\n0\r\n\r\n`),
  '/gzip': packed(gzipSync('hello'), 'content-encoding: gzip'),
  '/br': packed(brotliCompressSync('hello'), 'content-encoding: br'),
  '/none': (socket) => void socket.write(head('304 Not Modified', 'etag: "a"')),
  '/short': (socket) => void socket.end(`${head('200 OK', 'content-length: 100')}hello`),
  '/cut-chunk': (socket) => void socket.end(`${head('200 OK', 'transfer-encoding: chunked')}ff\r\nhello`),
  '/cut-gzip': packed(gzipSync('hello'.repeat(99)).subarray(0, 20), 'content-encoding: gzip'),
  '/not-gzip': packed(Buffer.from('this is no gzip at all'), 'content-encoding: gzip'),
  '/zstd': packed(Buffer.from('x'), 'content-encoding: zstd'),
  '/bomb': packed(bomb, 'content-encoding: gzip'),
  '/promised-too-much': (socket) => void socket.write(head('200 OK', 'content-length: 99999999')),
  '/endless': (socket) => {
    socket.write(head('200 OK'))
    const more = (): void => void (socket.writable && socket.write(Buffer.alloc(65_536)) ? setImmediate(more) : socket.once('drain', more))
    more()
  },
  '/stalls': (socket) => void socket.write(`${head('200 OK', 'content-length: 100')}hello`),
  '/silent': () => undefined,
  '/hangs-up': (socket) => void socket.end(),
  '/half-head': (socket) => void socket.end('HTTP/1.1 200 OK\r\ncontent-'),
  '/not-http': (socket) => void socket.end('SSH-2.0-something\r\n'),
  '/flood': (socket) => {
    socket.write('HTTP/1.1 200 OK\r\n')
    for (let line = 0; line < 3000; line++) socket.write(`x-${line}: ${'y'.repeat(100)}\r\n`)
  },
  '/two-lengths': (socket) => void socket.write(head('200 OK', 'content-length: 5', 'content-length: 9')),
  '/loop': (socket) => void socket.write(head('302 Found', 'location: /loop', 'content-length: 0')),
  '/here': (socket) => void socket.write(head('301 Moved', 'location: /plain', 'content-length: 0')),
  '/to-headers': (socket) => void socket.write(head('302 Found', 'location: /headers', 'content-length: 0')),
  '/ftp': (socket) => void socket.write(head('302 Found', 'location: ftp://files.example/', 'content-length: 0')),
  '/metadata': (socket) => void socket.write(head('302 Found', 'location: https://169.254.169.254/latest/', 'content-length: 0')),
  '/mapped': (socket) => void socket.write(head('302 Found', 'location: https://[::ffff:10.0.0.1]/', 'content-length: 0')),
  '/password': (socket) => void socket.write(head('302 Found', 'location: https://a:b@files.example/', 'content-length: 0')),
  '/by-name': (socket) => void socket.write(head('302 Found', 'location: https://localhost:1/', 'content-length: 0')),
  '/other': (socket) => void socket.write(head('302 Found', `location: ${other.url}/headers`, 'content-length: 0')),
}

let server: Running
let other: Running
const opened: Upstream[] = []

beforeAll(async () => {
  const reply = (socket: Socket, path: string, request: string): void => (ROUTES[path.split('?')[0] ?? ''] ?? ((s: Socket) => void s.write(head('404 Not Found', 'content-length: 0'))))(socket, request)
  server = await rawServer(reply)
  other = await rawServer(reply)
})
afterEach(async () => void (await Promise.all(opened.splice(0).map((upstream) => upstream.close()))))
afterAll(async () => void (await Promise.all([server.close(), other.close()])))

function upstream(changes: Partial<WayOut> = {}): Upstream {
  const origins = [{ base: `${server.url}/`, authorization: 'Bearer secret', alsoAllow: [] }]
  const made = createUpstream({ way: () => wayOut({ origins, ...changes }) })
  opened.push(made)
  return made
}

async function text(answer: UpstreamAnswer): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of answer.body) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString()
}

describe('a good answer', () => {
  it.each([['/plain', 200, 'hello'], ['/chunked', 200, 'hello'], ['/gzip', 200, 'hello'], ['/br', 200, 'hello'], ['/none', 304, ''], ['/here', 200, 'hello'], ['/nowhere', 404, '']])('%s', async (path, status, body) => {
    const answer = await upstream().fetch(server.url + path)
    expect(answer.status).toBe(status)
    expect(await text(answer)).toBe(body)
    expect(answer.headers['content-encoding']).toBeUndefined()
  })

  it('names the URL after redirects', async () => {
    const answer = await upstream().fetch(`${server.url}/here`)
    answer.body.destroy()
    expect(answer.url).toBe(`${server.url}/plain`)
  })

  it('gives a file as stored to who asks for identity', async () => {
    const answer = await upstream().fetch(`${server.url}/gzip`, { headers: { 'Accept-Encoding': 'identity' } })
    expect((await text(answer)).charCodeAt(0)).toBe(0x1f)
  })

  it('keeps connections for later requests', async () => {
    const ports = new Set<number>()
    const counting = await rawServer((socket) => {
      ports.add(socket.remotePort ?? 0)
      socket.write(ok('x'))
    })
    const out = upstream({ origins: [{ base: counting.url, authorization: null, alsoAllow: [] }] })
    for (let round = 0; round < 10; round++) await text(await out.fetch(counting.url))
    await counting.close()
    // A second one may open while the first still finishes its last answer.
    expect(ports.size).toBeLessThanOrEqual(2)
  })

  it('asks once more when a kept connection was closed meanwhile', async () => {
    let requests = 0
    const forgetful = await rawServer((socket) => {
      requests++
      if (requests === 2) socket.destroy()
      else socket.write(ok('x'))
    })
    const out = upstream({ origins: [{ base: forgetful.url, authorization: null, alsoAllow: [] }] })
    await text(await out.fetch(forgetful.url))
    expect(await text(await out.fetch(forgetful.url))).toBe('x')
    await forgetful.close()
    expect(requests).toBe(3)
  })
})

describe('a bad head', () => {
  it.each([
    ['/silent', 'upstream-slow'], ['/hangs-up', 'upstream-unreachable'], ['/half-head', 'upstream-unreachable'],
    ['/not-http', 'upstream-unreachable'], ['/flood', 'upstream-too-large'], ['/two-lengths', 'upstream-unreachable'],
    ['/zstd', 'upstream-wrong-type'], ['/loop', 'upstream-redirect'], ['/ftp', 'upstream-redirect'],
    ['/metadata', 'upstream-redirect'], ['/mapped', 'upstream-redirect'], ['/password', 'upstream-redirect'],
    ['/by-name', 'upstream-redirect'], ['/other', 'upstream-redirect'],
  ])('%s is %s', async (path, code) => {
    await expect(upstream().fetch(server.url + path, { timeout: path === '/silent' ? 100 : 20_000 })).rejects.toMatchObject({ code })
  })

  it('says that nobody listens', async () => {
    const gone = await rawServer(() => undefined)
    await gone.close()
    const out = upstream({ origins: [{ base: gone.url, authorization: null, alsoAllow: [] }] })
    await expect(out.fetch(gone.url)).rejects.toMatchObject({ code: 'upstream-unreachable', message: expect.stringContaining('ECONNREFUSED') as string })
  })

  it('shows no query in a message', async () => {
    await expect(upstream().fetch(`${server.url}/hangs-up?token=secret`)).rejects.toThrow(/^(?!.*secret)/)
  })
})

describe('a bad body', () => {
  it.each([
    ['/short', 'upstream-truncated'], ['/cut-chunk', 'upstream-truncated'], ['/cut-gzip', 'upstream-truncated'],
    ['/not-gzip', 'upstream-wrong-type'], ['/bomb', 'upstream-too-large'], ['/endless', 'upstream-too-large'],
    ['/promised-too-much', 'upstream-too-large'], ['/stalls', 'upstream-slow'],
  ])('%s is %s', async (path, code) => {
    const answer = await upstream(path === '/stalls' ? { stallTimeout: 200 } : {}).fetch(server.url + path, { limit: 1_000_000 })
    await expect(text(answer)).rejects.toMatchObject({ code })
  })

  it('does not take a slow reader for a stall', async () => {
    const big = Buffer.alloc(4_000_000)
    const source = await rawServer((socket) => void socket.write(Buffer.concat([Buffer.from(head('200 OK', `content-length: ${big.length}`)), big])))
    const out = upstream({ stallTimeout: 2_000, origins: [{ base: source.url, authorization: null, alsoAllow: [] }] })
    // Time stands still but where the reader is slow.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const answer = await out.fetch(source.url)
      await once(answer.body, 'readable')
      answer.body.read(1)
      // Turns of the event loop, in which as much comes as is kept for a reader: then nobody waits for bytes.
      for (let turn = 0; turn < 100; turn++) await new Promise((resolve) => setImmediate(resolve))
      vi.advanceTimersByTime(3_000)
      expect((await text(answer)).length).toBe(big.length - 1)
    } finally {
      vi.useRealTimers()
      await source.close()
    }
  })

  it('closes the connection when the reader gives up', async () => {
    const closed = Promise.withResolvers<void>()
    const source = await rawServer((socket) => {
      socket.on('end', () => closed.resolve()).on('close', () => closed.resolve())
      socket.write(`${head('200 OK', 'content-length: 100')}hello`)
    })
    const out = upstream({ origins: [{ base: source.url, authorization: null, alsoAllow: [] }] })
    const answer = await out.fetch(source.url)
    answer.body.destroy()
    await closed.promise
    await source.close()
    expect(answer.body.destroyed).toBe(true)
  })
})

describe('credentials', () => {
  it('go to their own origin', async () => {
    expect(await text(await upstream().fetch(`${server.url}/to-headers`))).toContain('authorization: bearer secret')
  })

  it('stay there when a redirect leads elsewhere, the caller\'s too', async () => {
    const out = upstream({ origins: [{ base: server.url, authorization: 'Bearer secret', alsoAllow: [other.url] }] })
    const seen = await text(await out.fetch(`${server.url}/other`, { headers: { Cookie: 'a=b', 'x-kept': 'yes' } }))
    expect(seen).toContain('x-kept: yes')
    expect(seen).not.toMatch(/secret|cookie/)
  })

  it('are not lent to another registry\'s redirect or document, nor is its private address', async () => {
    const origins = [{ base: server.url, authorization: null, alsoAllow: [] }, { base: other.url, authorization: 'Bearer inner', alsoAllow: [] }]
    const out = upstream({ origins })
    await expect(out.fetch(`${server.url}/other`)).rejects.toMatchObject({ code: 'upstream-redirect' })
    await expect(out.fetch(`${other.url}/headers`, { referrer: `${server.url}/plain` })).rejects.toMatchObject({ code: 'upstream-redirect' })
    expect(await text(await out.fetch(`${other.url}/headers`, { referrer: `${other.url}/plain` }))).toContain('bearer inner')
  })

  it('are chosen by path where registries share an origin', async () => {
    const origins = ['one', 'two'].map((name) => ({ base: `${server.url}/${name}/`, authorization: `Bearer ${name}`, alsoAllow: [] }))
    const shared = await rawServer((socket, _path, request) => void socket.write(ok(request)))
    const moved = origins.map((origin) => ({ ...origin, base: origin.base.replace(server.url, shared.url) }))
    const out = upstream({ origins: moved })
    expect(await text(await out.fetch(`${shared.url}/two/x`))).toContain('Bearer two')
    await shared.close()
  })
})

describe('an address nobody configured', () => {
  it.each(['http://127.0.0.1:1/', 'https://127.0.0.1:1/', 'https://localhost:1/', 'https://10.1.2.3/', 'https://[::1]:1/', 'https://[fe80::1]/', 'https://0x7f000001/', 'https://2130706433/', 'http://files.example/', 'file:///etc/hostname', 'nonsense'])('%s is refused', async (url) => {
    await expect(upstream().fetch(url)).rejects.toMatchObject({ code: 'upstream-redirect' })
  })
})

describe('TLS and proxies', () => {
  const made = certificate()
  let secure: Running
  beforeAll(async () => {
    const app = https.createServer({ cert: made.cert, key: made.key }, (request, response) => {
      if (request.url === '/down') response.writeHead(302, { location: `${server.url}/plain` })
      response.end('secure')
    })
    secure = await serving(app)
  })
  afterAll(() => secure.close())
  const base = (): string => `https://localhost:${secure.port}`

  it('accepts a private authority only when told', async () => {
    const origin = { base: base(), authorization: null, alsoAllow: [] }
    expect(await text(await upstream({ origins: [origin], ca: [made.ca] }).fetch(base()))).toBe('secure')
    expect(await text(await upstream({ origins: [{ ...origin, ca: made.ca }] }).fetch(base()))).toBe('secure')
    await expect(upstream({ origins: [origin] }).fetch(base())).rejects.toMatchObject({ code: 'upstream-unreachable', hint: expect.stringContaining('ca_file') as string })
  })

  it('never goes from https down to http', async () => {
    const out = upstream({ origins: [{ base: base(), authorization: null, alsoAllow: [server.url] }], ca: [made.ca] })
    await expect(out.fetch(`${base()}/down`)).rejects.toMatchObject({ code: 'upstream-redirect' })
  })

  it('tunnels https, forwards http, and logs in to the proxy', async () => {
    const seen: string[] = []
    const proxy = await connectProxy(seen)
    const through = proxy.url.replace('://', '://bob:pw@')
    const origins = [base(), server.url].map((address) => ({ base: address, authorization: null, alsoAllow: [], proxy: through }))
    const out = upstream({ origins, ca: [made.ca] })
    expect(await text(await out.fetch(base()))).toBe('secure')
    expect(await text(await out.fetch(`${server.url}/plain`))).toBe('hello')
    await proxy.close()
    const login = `Basic ${Buffer.from('bob:pw').toString('base64')}`
    expect(seen).toEqual([`CONNECT localhost:${secure.port} ${login}`, `GET ${server.url}/plain ${login}`])
  })

  it('goes straight to loopback whatever the environment says, and refuses private addresses behind a proxy', async () => {
    const seen: string[] = []
    const proxy = await connectProxy(seen)
    const out = upstream({ proxy: { http: proxy.url, https: proxy.url, bypass: [] } })
    expect(await text(await out.fetch(`${server.url}/plain`))).toBe('hello')
    await expect(out.fetch('https://192.168.0.1/')).rejects.toMatchObject({ code: 'upstream-redirect' })
    await expect(out.fetch('https://metadata/')).rejects.toMatchObject({ code: 'upstream-redirect' })
    await proxy.close()
    expect(seen).toEqual([])
  })

  it('says when the proxy is gone, without its password', async () => {
    const proxy = await connectProxy([])
    await proxy.close()
    const out = upstream({ origins: [{ base: base(), authorization: null, alsoAllow: [], proxy: proxy.url.replace('://', '://bob:pw@') }] })
    await expect(out.fetch(base())).rejects.toMatchObject({ code: 'upstream-unreachable', message: expect.stringMatching(/^(?!.*pw@).*through the proxy/) as string })
  })
})
