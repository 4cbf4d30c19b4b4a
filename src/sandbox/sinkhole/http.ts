import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { performServerHandshake, type Http2ServerRequest } from 'node:http2'
import type { Duplex } from 'node:stream'
import type { Answer } from './answers/answer.ts'
import { withoutEncoding } from './encoded.ts'
import { handBack, type House, type Line } from './house.ts'
import { asking, flat, hostOf, record, rendered } from './request.ts'
import { plain } from './seen.ts'
import { receiveSocket } from './websocket.ts'

/** A connection with nothing under way: a program whose answer nobody reads ends only when we hang up, and installing waits for it. */
const KEPT_MS = 1_500

const servers = new WeakMap<House, Server>()
const lines = new WeakMap<Duplex, Line>()

/** Node's own strict parser on a stream whose first bytes were looked at. */
export function receiveHttp(stream: Duplex, line: Line, house: House): void {
  lines.set(stream, line)
  let server = servers.get(house)
  if (!server) servers.set(house, server = makeServer(house))
  server.emit('connection', stream)
  process.nextTick(() => stream.resume())
}

/** For clients that speak nothing else: gRPC, and Node's own HTTP/2 client. */
export function receiveHttp2(stream: Duplex, line: Line, house: House): void {
  const session = performServerHandshake(stream as never, { maxSessionMemory: 8, maxHeaderListPairs: 100, maxSessionInvalidFrames: 10 } as never)
  session.on('error', () => stream.destroy())
  let open = 0
  session.setTimeout(KEPT_MS, () => void (open === 0 && session.close()))
  session.on('stream', (inner, headers) => {
    open++
    inner.on('error', () => inner.destroy()).on('close', () => open--)
    void take(
      inner,
      {
        method: String(headers[':method'] ?? 'GET'), url: String(headers[':path'] ?? '/'),
        headers: flat({ ...headers, host: headers[':authority'] ?? headers.host }),
      },
      line, house,
    )
      .then(({ answer, head }) => {
        if (inner.destroyed || inner.headersSent) return
        const { status, headers: fields, body } = rendered(answer)
        inner.respond({ ':status': status, ...fields })
        if (head) inner.end()
        else if (Buffer.isBuffer(body)) inner.end(body)
        else createReadStream(body.file).on('error', () => inner.destroy()).pipe(inner)
      })
      .catch(() => {
        house.log.lose('requests that failed here')
        stream.destroy()
      })
  })
}

function makeServer(house: House): Server {
  const { limits } = house.options
  const server = createServer({
    maxHeaderSize: limits.headerBytes, keepAliveTimeout: Math.min(KEPT_MS, limits.idleMs), joinDuplicateHeaders: true,
    shouldUpgradeCallback: (request) => /^websocket$/i.test(request.headers.upgrade ?? ''),
  })
  server.on('request', (request, response) => {
    serve(request, response, house).catch(() => {
      house.log.lose('requests that failed here')
      request.socket.destroy()
    })
  })
  server.on('clientError', (error: Error & { code?: string; rawPacket?: Buffer }, stream) => {
    if (error.code !== 'ECONNRESET' && error.rawPacket) refuse(error, stream, house)
    else stream.destroy()
  })
  server.on('connect', (request, stream, head: Buffer) => tunnel(request, stream, head, house))
  server.on('upgrade', (request, stream, head: Buffer) => {
    const line = lineOf(stream, house)
    if (!line) return
    record(house, line, { asked: asking(request, line), status: 101, script: 'websocket', body: null, malformed: null, head: head.subarray(0, 0) })
    receiveSocket(request, stream, head, { ...line, name: hostOf(request.headers.host) ?? line.name }, house)
  })
  return server
}

async function serve(request: IncomingMessage, response: ServerResponse, house: House): Promise<void> {
  const line = lineOf(request.socket, house)
  if (!line) return
  const { answer, head } = await take(request, { method: request.method ?? 'GET', url: request.url ?? '/', headers: flat(request.headers) }, line, house)
  if (response.destroyed || request.socket.destroyed) return
  const { status, headers, body } = rendered(answer)
  response.writeHead(status, headers)
  if (head || status === 204 || status === 304) response.end()
  else if (Buffer.isBuffer(body)) response.end(body)
  else createReadStream(body.file).on('error', () => response.destroy()).pipe(response)
}

function lineOf(stream: Duplex, house: House): Line | null {
  const line = lines.get(stream)
  if (!line) {
    house.log.lose('requests of no connection')
    stream.destroy()
  }
  return line ?? null
}

interface Head {
  method: string
  url: string
  headers: Readonly<Record<string, string>>
}

/** Reads a request to its end, finds the answer, and records both; the answer waits until everything was said. */
async function take(stream: IncomingMessage | Http2ServerRequest | Duplex, head: Head, line: Line, house: House): Promise<{ answer: Answer; head: boolean }> {
  const tap = house.log.tap()
  const at = Date.now()
  let cut: string | null = null
  await new Promise<void>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      tap.take(chunk)
      if (tap.size <= house.options.limits.connectionBytes) return
      cut = 'cut at the limit of one connection'
      house.log.lose('connections cut at their limit of bytes')
      stream.destroy()
      resolve()
    })
    stream.on('end', resolve)
    stream.on('close', () => {
      if (!(stream as IncomingMessage).readableEnded) cut ??= 'the client went away before its end'
      resolve()
    })
    stream.on('error', () => resolve())
  })
  const opened = withoutEncoding(tap.kept(), head.headers['content-encoding'])
  const asked = { ...asking(head, line), body: opened }
  let answer: Answer
  try {
    answer = house.answering.answer(asked)
  } catch (error) {
    answer = { script: 'failed', status: 500, body: String(error).slice(0, 100) }
    house.log.lose('answers that failed')
  }
  record(house, { ...line, at }, { asked, status: answer.status, script: answer.script, body: tap, malformed: cut, head: opened })
  return { answer, head: head.method === 'HEAD' }
}

/** A request that no parser takes: smuggled lengths, header bombs, garbage after a method. */
function refuse(error: Error & { code?: string; rawPacket?: Buffer }, stream: Duplex, house: House): void {
  const line = lines.get(stream)
  const raw = error.rawPacket as Buffer
  if (line) {
    const tap = house.log.tap()
    tap.take(raw)
    const [, method = '?', url = '/'] = /^([A-Z-]{1,24}) (\S{0,8000})/.exec(raw.subarray(0, 8_100).toString('latin1')) ?? []
    const host = /^host:[ \t]*(\S{1,300})/im.exec(raw.subarray(0, 16_384).toString('latin1'))?.[1]
    const asked = asking({ method, url, headers: host === undefined ? {} : { host } }, line)
    record(house, line, { asked, status: 400, script: 'none', body: tap, malformed: plain(error.code ?? error.message, 200), head: raw })
  }
  if (stream.writable) stream.end(`HTTP/1.1 ${error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request'}\r\nconnection: close\r\n\r\n`)
  else stream.destroy()
}

function tunnel(request: IncomingMessage, stream: Duplex, head: Buffer, house: House): void {
  const line = lineOf(stream, house)
  if (!line) return
  const target = /^\[?([^\]]{1,255}?)\]?:(\d{1,5})$/.exec(request.url ?? '')
  record(house, line, {
    asked: asking({ ...request, url: '/', headers: request.headers, method: 'CONNECT' }, line), status: 200, script: 'proxy', body: null,
    malformed: null, head,
  })
  stream.on('error', () => stream.destroy())
  stream.write('HTTP/1.1 200 Connection established\r\n\r\n')
  handBack(stream, head)
  const name = target?.[1] ?? line.name
  house.sniff(stream, {
    ...line, name, to: target ? { address: name as string, port: Math.min(Number(target[2]), 65_535) } : line.to, proxy: 'connect',
    depth: line.depth + 1,
  })
}
