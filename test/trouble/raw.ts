import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** A socket to a gate, for what no HTTP client would send. `text` is everything that came back so far. */
export interface RawSocket {
  socket: Socket
  text(): string
  /** Resolves with all that came back when the other side has closed. */
  closed: Promise<string>
}

export function open(origin: string): Promise<RawSocket> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), allowHalfOpen: true })
    let text = ''
    const closed = new Promise<string>((done) => socket.on('close', () => done(text)))
    socket.on('data', (chunk) => { text += chunk.toString('latin1') })
    socket.on('end', () => socket.end())
    socket.once('error', reject)
    socket.on('connect', () => {
      socket.off('error', reject)
      // A gate that cuts a connection is what some tests want.
      socket.on('error', () => {})
      resolve({ socket, text: () => text, closed })
    })
  })
}

/** One request, exactly these bytes for its path; everything that comes back until the gate closes. */
export async function raw(origin: string, path: string, { method = 'GET', headers = [] as string[], body = '' } = {}): Promise<{ status: number; head: string; body: string }> {
  const { socket, closed } = await open(origin)
  socket.write(`${method} ${path} HTTP/1.1\r\nhost: gate.example\r\nconnection: close\r\n${headers.map((line) => `${line}\r\n`).join('')}\r\n${body}`, 'latin1')
  return parse(await closed)
}

export function parse(text: string): { status: number; head: string; body: string } {
  const end = text.indexOf('\r\n\r\n')
  return { status: Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? 0), head: text.slice(0, end), body: text.slice(end + 4) }
}
