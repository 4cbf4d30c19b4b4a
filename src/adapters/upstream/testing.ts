import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import http from 'node:http'
import net from 'node:net'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { WayOut } from '../../ports/upstream.ts'

/** Servers and certificates for tests of whatever goes out. Loopback only. */

export interface Running {
  port: number
  url: string
  close(): Promise<void>
}

async function listening(server: Server, sockets: Set<Socket>): Promise<Running> {
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    close: () => new Promise((resolve) => {
      for (const socket of sockets) socket.destroy()
      server.close(() => resolve())
    }),
  }
}

/** Answers each request head with whatever `reply` writes; for everything a proper HTTP library refuses to send. */
export function rawServer(reply: (socket: Socket, path: string, head: string) => void): Promise<Running> {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => {
    let seen = ''
    socket.on('data', (chunk) => {
      seen += chunk.toString('latin1')
      for (let end = seen.indexOf('\r\n\r\n'); end >= 0; end = seen.indexOf('\r\n\r\n')) {
        const head = seen.slice(0, end)
        seen = seen.slice(end + 4)
        reply(socket, head.split(' ')[1] ?? '', head)
      }
    })
  })
  return listening(server, new Set())
}

export function serving(server: Server): Promise<Running> {
  return listening(server, new Set())
}

/** A proxy that tunnels CONNECT and forwards absolute-form requests, always to 127.0.0.1, and writes down what it saw. */
export async function connectProxy(seen: string[]): Promise<Running> {
  const server = http.createServer((request, response) => {
    seen.push(`${request.method} ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim())
    const target = new URL(request.url ?? '')
    const onward = http.request({ host: '127.0.0.1', port: target.port, path: target.pathname, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 500, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
  server.on('connect', (request, client: Socket) => {
    seen.push(`CONNECT ${request.url} ${request.headers['proxy-authorization'] ?? ''}`.trim())
    const onward = net.connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 OK\r\n\r\n')
      onward.pipe(client).pipe(onward)
    })
    onward.on('error', () => client.destroy())
    client.on('error', () => onward.destroy())
  })
  return serving(server)
}

export function wayOut(changes: Partial<WayOut> = {}): WayOut {
  return { origins: [], proxy: { http: null, https: null, bypass: [] }, ca: [], headTimeout: 20_000, stallTimeout: 20_000, ...changes }
}

/** A certificate authority and a certificate it signed for 127.0.0.1 and localhost, PEM (RFC 5280). */
export function certificate(): { ca: string; cert: string; key: string } {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const leaf = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const altNames = sequence(der(0x82, Buffer.from('localhost')), der(0x87, Buffer.from([127, 0, 0, 1])))
  const isAuthority = extension([0x55, 0x1d, 0x13], sequence(der(0x01, Buffer.from([0xff]))))
  return {
    ca: issue('Test authority', authority.publicKey, authority.privateKey, isAuthority),
    cert: issue('localhost', leaf.publicKey, authority.privateKey, extension([0x55, 0x1d, 0x11], altNames)),
    key: leaf.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  }
}

const DAY = 86_400_000
const ECDSA_SHA256 = () => sequence(der(0x06, Buffer.from([0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02])))

function issue(subject: string, key: KeyObject, signer: KeyObject, extra: Buffer): string {
  const time = (offset: number): Buffer => {
    const text = new Date(Date.now() + offset).toISOString().replace(/[-:T]/g, '').slice(2, 14)
    return der(0x17, Buffer.from(`${text}Z`))
  }
  const body = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])),
    ECDSA_SHA256(),
    commonName('Test authority'),
    sequence(time(-DAY), time(DAY)),
    commonName(subject),
    key.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(extra)),
  )
  const signed = sequence(body, ECDSA_SHA256(), der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', body, signer)])))
  return `-----BEGIN CERTIFICATE-----\n${signed.toString('base64').replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE-----\n`
}

function der(tag: number, content: Buffer): Buffer {
  const { length } = content
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), content])
}
const sequence = (...parts: Buffer[]): Buffer => der(0x30, Buffer.concat(parts))
const extension = (oid: number[], value: Buffer): Buffer => sequence(der(0x06, Buffer.from(oid)), der(0x04, value))
const commonName = (name: string): Buffer =>
  sequence(der(0x31, sequence(der(0x06, Buffer.from([0x55, 0x04, 0x03])), der(0x0c, Buffer.from(name)))))
