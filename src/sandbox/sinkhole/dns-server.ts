import type { RemoteInfo, Socket as UdpSocket } from 'node:dgram'
import type { Duplex } from 'node:stream'
import { answerTo } from './dns-answers.ts'
import { cutShort, readQuestion, typeName, writeAnswer } from './dns-message.ts'
import { about, bare, look, type House, type Line } from './house.ts'
import { plain } from './seen.ts'

type Transport = 'udp' | 'tcp' | 'tls' | 'https'

/** null: that is no question. */
export function resolve(message: Buffer, line: Line, house: House, transport: Transport): Buffer | null {
  const question = readQuestion(message)
  if (!question) return null
  const { answers, authority, says } = answerTo(question, house.names, house.options.ipv6)
  house.log.add({
    kind: 'dns', ...about(line, look(house, Buffer.from(question.name, 'latin1'), 'name'), question.name), type: typeName(question.type), transport,
    answers: says.map((word) => plain(word, 300)),
  })
  const answer = writeAnswer(question, answers, authority)
  return transport === 'udp' && answer.length > question.room ? cutShort(answer, question) : answer
}

export function serveUdp(socket: UdpSocket, house: House): void {
  socket.on('message', (message: Buffer, from: RemoteInfo) => {
    const line: Line = {
      connection: 0, at: Date.now(), from: { address: bare(from.address), port: from.port }, to: null, name: null, tls: false, proxy: null, depth: 0,
    }
    const answer = resolve(message, line, house, 'udp')
    if (answer) socket.send(answer, from.port, from.address, () => undefined)
    else house.log.lose('DNS messages that are no questions')
  })
}

/** Messages with their length before them (RFC 1035, 4.2.2; over TLS, RFC 7858). */
export function serveStream(stream: Duplex, line: Line, house: House): void {
  let bytes = Buffer.alloc(0)
  let questions = 0
  stream.on('error', () => stream.destroy())
  stream.on('end', () => stream.end())
  stream.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk])
    while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
      const length = bytes.readUInt16BE(0)
      const answer = questions++ < MOST_QUESTIONS ? resolve(bytes.subarray(2, 2 + length), { ...line, at: Date.now() }, house, line.tls ? 'tls' : 'tcp') : null
      bytes = bytes.subarray(2 + length)
      if (!answer) {
        stream.destroy()
        return
      }
      const head = Buffer.alloc(2)
      head.writeUInt16BE(answer.length)
      stream.write(Buffer.concat([head, answer]))
    }
  })
  stream.resume()
}

/** Of one connection: nobody has that many names to look up. */
const MOST_QUESTIONS = 5_000
