import { randomBytes } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect as http2 } from 'node:http2'
import { connect, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { sinkhole, token, type Opened } from './testing.ts'

/** Says it all, and waits until the other side has closed. */
function say(port: number, ...words: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    let heard = ''
    socket.on('data', (chunk: Buffer) => {
      heard += chunk.toString('latin1')
    }).on('error', () => undefined).on('close', () => resolve(heard))
    for (const word of words) socket.write(word)
    socket.end()
  })
}

const stillWorks = async ({ port }: Opened): Promise<void> => {
  expect(await say(port, 'GET /alive.json HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n')).toContain('200 OK')
}

describe('a hostile client', () => {
  it('that opens more connections than there may be is counted', async () => {
    const hole = await sinkhole({ limits: { connections: 20 } })
    const sockets: Socket[] = []
    await Promise.all(Array.from({ length: 60 }, () => new Promise<void>((resolve) => {
      const socket = connect(hole.port, '127.0.0.1', resolve)
      socket.on('error', () => undefined)
      sockets.push(socket)
    })))
    while (!hole.sinkhole.cut().includes('connections over the limit: 40 more')) await new Promise((resolve) => setImmediate(resolve))
    for (const socket of sockets) socket.destroy()
    await hole.sinkhole.settle()
    expect(hole.seen).toContainEqual(expect.objectContaining({ kind: 'lost', what: 'connections over the limit', count: 40 }))
    await stillWorks(hole)
  })

  it('that floods the log still leaves what matters in it', async () => {
    const hole = await sinkhole({ limits: { lines: 50 } })
    const requests = 'GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n'.repeat(120)
    await say(hole.port, requests, `GET /?k=${token('npm-token')} HTTP/1.1\r\nHost: a.example\r\nConnection: close\r\n\r\n`)
    expect(hole.seen.filter(({ kind }) => kind === 'http')).toHaveLength(51)
    expect(hole.seen.at(-1)).toMatchObject({ honey: [{ token: 'npm-token' }] })
    expect(hole.sinkhole.cut()).toEqual(['lines of http: 70 more'])
  })

  it('that looks up more names than there may be shares one address, and nothing grows', async () => {
    const hole = await sinkhole({ limits: { names: 5 } })
    const socket = createSocket('udp4')
    const answers: Buffer[] = []
    await new Promise<void>((resolve) => {
      socket.on('message', (message) => {
        if (answers.push(message) === 30) resolve()
      })
      for (let i = 0; i < 30; i++) socket.send(question(`n${i}.example`), hole.dns, '127.0.0.1')
    })
    socket.close()
    expect(new Set(answers.map((answer) => answer.subarray(-4).toString('hex'))).size).toBe(6)
  })

  it('that sends a bomb of headers, or lengths that contradict each other, is refused and recorded', async () => {
    const hole = await sinkhole({ limits: { headerBytes: 8_192 } })
    expect(await say(hole.port, `GET /bomb HTTP/1.1\r\nHost: a.example\r\nX-A: b\r\nX-B: ${'c'.repeat(100_000)}\r\n\r\n`)).toContain('431')
    expect(await say(hole.port, 'POST /smuggle HTTP/1.1\r\nHost: a.example\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /inner HTTP/1.1\r\n\r\n')).toContain('400')
    expect((await hole.until('http', ({ url }) => url.endsWith('/bomb'))).malformed).toBe('HPE_HEADER_OVERFLOW')
    expect((await hole.until('http', ({ url }) => url.endsWith('/smuggle'))).malformed).toMatch(/^HPE_/)
    await stillWorks(hole)
  })

  it('that drips is let go after a while', async () => {
    const hole = await sinkhole({ limits: { idleMs: 20_000, connectionMs: 900 } })
    const socket = connect(hole.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.write('POST /slow HTTP/1.1\r\nHost: a.example\r\nContent-Length: 1000\r\n\r\n')
    const drip = setInterval(() => socket.write('x'), 50)
    await new Promise((resolve) => socket.on('close', resolve))
    clearInterval(drip)
    expect(await hole.until('http')).toMatchObject({ url: 'http://a.example/slow', malformed: 'the client went away before its end' })
    expect(hole.sinkhole.cut()).toContain('connections cut at their limit of time: 1 more')
  })

  it('that sends bombs, or more than is kept, is hashed and counted to the end', async () => {
    const hole = await sinkhole({ limits: { bodyBytes: 64 * 1024 } })
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024))
    await say(hole.port, `POST /bomb HTTP/1.1\r\nHost: a.example\r\nContent-Encoding: gzip\r\nContent-Length: ${bomb.length}\r\nConnection: close\r\n\r\n`, bomb)
    const large = Buffer.alloc(8 * 1024 * 1024, 'ab')
    await say(hole.port, `PUT /large HTTP/1.1\r\nHost: a.example\r\nContent-Length: ${large.length}\r\nConnection: close\r\n\r\n`, large)
    expect((await hole.until('http', ({ method }) => method === 'POST')).body).toMatchObject({ size: bomb.length })
    expect((await hole.until('http', ({ method }) => method === 'PUT')).body).toMatchObject({ size: large.length, sample: large.subarray(0, 4_096).toString('base64') })
    expect(hole.sinkhole.cut().join()).toContain('bytes of bodies not searched')
  })

  it('that never ends a connection is cut at its limit of bytes', async () => {
    const hole = await sinkhole({ limits: { connectionBytes: 1024 * 1024, bodyBytes: 4_096 } })
    const chunk = Buffer.alloc(256 * 1024, 1)
    await say(hole.port, ...Array.from({ length: 12 }, () => chunk))
    expect((await hole.until('tcp')).received.size).toBeLessThan(1.5 * 1024 * 1024)
    await say(hole.port, 'POST /all HTTP/1.1\r\nHost: a.example\r\nContent-Length: 99999999\r\n\r\n', ...Array.from({ length: 12 }, () => chunk))
    expect((await hole.until('http')).malformed).toBe('cut at the limit of one connection')
  })

  it('that nests proxies in proxies comes to an end', async () => {
    const hole = await sinkhole()
    const socket = connect(hole.port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.on('data', () => socket.write('CONNECT again.example:443 HTTP/1.1\r\nHost: again.example\r\n\r\n'))
    socket.write('CONNECT again.example:443 HTTP/1.1\r\nHost: again.example\r\n\r\n')
    await new Promise((resolve) => socket.on('close', resolve))
    expect(hole.sinkhole.cut()).toEqual(['connections nested too deeply: 1 more'])
  })

  it('that talks nonsense in every protocol breaks nothing', async () => {
    const hole = await sinkhole({}, () => ({ address: '198.18.1.1', port: [0, 21, 22, 25, 53, 6_379, 3_306][Math.floor(Math.random() * 7)] as number }))
    const heads = ['\u0016\u0003\u0001\u0002\u0000', '\u0016\u0003\u0001\u0000\u0005\u0001\u0000\u0000\u0001', '\u0005\u0001\u0000\u0005\u0001\u0000\u0003', '\u0004\u0001', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 'GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nHost: a\r\n\r\n', 'CONNECT : HTTP/1.1\r\n\r\n', 'EHLO a\r\nSTARTTLS\r\n', 'NICK a\r\n', '*1\r\n$4\r\nPING\r\n', '{"id":1,"method":"login"}\n', '']
    await Promise.all(heads.flatMap((head) => Array.from({ length: 4 }, (_, i) => say(hole.port, Buffer.concat([Buffer.from(head, 'latin1'), randomBytes(i * 300)])))))
    const socket = createSocket('udp4')
    for (let i = 0; i < 200; i++) {
      socket.send(randomBytes(i), hole.dns, '127.0.0.1')
      socket.send(randomBytes(i), hole.udp, '127.0.0.1')
    }
    const [name] = [question('after.example')]
    await new Promise<void>((resolve) => {
      socket.on('message', () => resolve())
      socket.send(name, hole.dns, '127.0.0.1')
    })
    socket.close()
    await hole.sinkhole.settle()
    expect(hole.seen.filter(({ kind }) => kind === 'tcp').length).toBeGreaterThan(5)
    await say(hole.port, 'x')
  })

  it('that resets streams of HTTP/2 as fast as it can breaks nothing', async () => {
    const hole = await sinkhole()
    const session = http2(`http://127.0.0.1:${hole.port}`)
    session.on('error', () => undefined)
    for (let i = 0; i < 400 && !session.destroyed; i++) session.request({ ':path': `/${i}` }).on('error', () => undefined).close(8)
    await new Promise<void>((resolve) => {
      const last = session.request({ ':path': '/last' }).on('error', () => undefined)
      last.on('close', resolve).resume().end()
    })
    session.destroy()
    await stillWorks(hole)
  })
})

function question(name: string): Buffer {
  const labels = name.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)])
  return Buffer.concat([Buffer.from('123401000001000000000000', 'hex'), ...labels, Buffer.from([0, 0, 1, 0, 1])])
}
