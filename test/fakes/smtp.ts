import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'

export interface FakeSmtp {
  port: number
  /** What was said before and in DATA, one entry a message. */
  taken: string[]
  said: string[]
  /** Answers to commands, in place of the usual. */
  answers: Record<string, string>
  close(): Promise<void>
}

/** Just enough of RFC 5321 on loopback. */
export async function startSmtp(capabilities: readonly string[] = []): Promise<FakeSmtp> {
  const sockets = new Set<Socket>()
  const smtp: FakeSmtp = { port: 0, taken: [], said: [], answers: {}, close: () => Promise.resolve() }
  const server = createServer((socket) => {
    sockets.add(socket)
    let data: string | null = null
    let rest = ''
    socket.on('error', () => undefined).write('220 smtp.test\r\n')
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      rest += chunk
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end)
        rest = rest.slice(end + 2)
        if (data !== null) {
          if (line !== '.') data += `${line}\n`
          else {
            smtp.taken.push(data)
            data = null
            socket.write('250 taken\r\n')
          }
          continue
        }
        smtp.said.push(line)
        const verb = line.split(/[ :]/)[0]?.toUpperCase() ?? ''
        if (verb === 'DATA' && !smtp.answers['DATA']) data = ''
        socket.write(`${smtp.answers[verb] ?? (verb === 'EHLO' ? ['250-smtp.test', ...capabilities.map((one) => `250-${one}`), '250 8BITMIME'].join('\r\n') : verb === 'DATA' ? '354 go' : verb === 'QUIT' ? '221 bye' : verb === 'AUTH' ? '235 in' : '250 ok')}\r\n`)
      }
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  smtp.port = (server.address() as AddressInfo).port
  smtp.close = () => new Promise((resolve) => {
    for (const socket of sockets) socket.destroy()
    server.close(() => resolve())
  })
  return smtp
}
