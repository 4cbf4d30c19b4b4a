import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { about, look, type House, type Line } from './house.ts'

/** RFC 6455. Takes what is said, answers pings, says nothing of its own. */
export function receiveSocket(request: IncomingMessage, stream: Duplex, head: Buffer, line: Line, house: House): void {
  const key = String(request.headers['sec-websocket-key'] ?? '').slice(0, 100)
  const accept = createHash('sha1').update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64')
  const protocol = /^[\w.-]{1,60}/.exec(String(request.headers['sec-websocket-protocol'] ?? ''))?.[0]
  stream.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n${protocol ? `Sec-WebSocket-Protocol: ${protocol}\r\n` : ''}\r\n`)
  const tap = house.log.tap()
  const frames = new Frames((opcode, payload) => {
    if (opcode === 9) stream.write(Buffer.concat([Buffer.from([0x8a, Math.min(payload.length, 125)]), payload.subarray(0, 125)]))
    else if (opcode === 8) stream.end(Buffer.from([0x88, 0]))
  }, (part) => tap.take(part))
  let told = false
  const done = (): void => {
    if (told) return
    told = true
    const honey = look(house, tap.kept(), 'body')
    house.log.add({ kind: 'tcp', ...about(line, honey), protocol: 'websocket', tls: line.tls, received: tap.close(), sent: 0, says: null })
    stream.destroy()
  }
  stream.on('error', done).on('close', done).on('end', done)
  stream.on('data', (chunk: Buffer) => {
    if (!frames.take(chunk) || tap.size > house.options.limits.connectionBytes) done()
  })
  if (head.length > 0) frames.take(head)
  stream.resume()
}

/** Unmasks as bytes come in; nothing of a frame is kept but its head and, of control frames, their 125 bytes. */
class Frames {
  readonly #control: (opcode: number, payload: Buffer) => void
  readonly #data: (part: Buffer) => void
  #head = Buffer.alloc(0)
  #left = 0
  #at = 0
  #mask = Buffer.alloc(4)
  #opcode = 0
  #payload = Buffer.alloc(0)

  constructor(control: (opcode: number, payload: Buffer) => void, data: (part: Buffer) => void) {
    this.#control = control
    this.#data = data
  }

  /** False: that is no WebSocket any more. */
  take(chunk: Buffer): boolean {
    let rest = chunk
    while (rest.length > 0) {
      if (this.#left === 0) {
        this.#head = Buffer.concat([this.#head, rest])
        const begun = this.#begin()
        if (begun === 'none') return false
        if (begun === 'more') return true
        rest = this.#head.subarray(begun)
        this.#head = Buffer.alloc(0)
        if (this.#left === 0) this.#end()
        continue
      }
      const part = Buffer.from(rest.subarray(0, this.#left))
      for (let i = 0; i < part.length; i++) part[i] = (part[i] as number) ^ (this.#mask[(this.#at + i) & 3] as number)
      this.#at = (this.#at + part.length) & 3
      this.#left -= part.length
      rest = rest.subarray(part.length)
      if (this.#opcode >= 8) this.#payload = Buffer.concat([this.#payload, part])
      else this.#data(part)
      if (this.#left === 0) this.#end()
    }
    return true
  }

  #begin(): number | 'more' | 'none' {
    const head = this.#head
    if (head.length < 2) return 'more'
    const [masked, short] = [((head[1] as number) & 128) !== 0, (head[1] as number) & 127]
    const lengths = short === 126 ? 2 : short === 127 ? 8 : 0
    const whole = 2 + lengths + (masked ? 4 : 0)
    if (head.length < whole) return 'more'
    const length = lengths === 2 ? head.readUInt16BE(2) : lengths === 8 ? Number(head.readBigUInt64BE(2)) : short
    this.#opcode = (head[0] as number) & 15
    if (!Number.isSafeInteger(length) || (this.#opcode >= 8 && length > 125)) return 'none'
    this.#mask = masked ? Buffer.from(head.subarray(whole - 4, whole)) : Buffer.alloc(4)
    this.#left = length
    this.#at = 0
    return whole
  }

  #end(): void {
    if (this.#opcode < 8) return
    this.#control(this.#opcode, this.#payload)
    this.#payload = Buffer.alloc(0)
  }
}
