import type { RemoteInfo, Socket as UdpSocket } from 'node:dgram'
import { resolve } from './dns-server.ts'
import { about, bare, look, type House, type Line } from './house.ts'

/** Datagrams to any port: questions of DNS and of the time are answered, everything else is recorded. */
export function recordUdp(socket: UdpSocket, house: House): void {
  socket.on('message', (message: Buffer, from: RemoteInfo) => {
    const line: Line = {
      connection: 0, at: Date.now(), from: { address: bare(from.address), port: from.port }, to: null, name: null, tls: false, proxy: null, depth: 0,
    }
    const answer = resolve(message, line, house, 'udp') ?? timeOf(message)
    if (answer) socket.send(answer, from.port, from.address, () => undefined)
    const tap = house.log.tap()
    tap.take(message)
    house.log.add({ kind: 'udp', ...about(line, look(house, message, 'body')), received: tap.close() })
  })
}

/** Seconds from 1900 to 1970. */
const NTP_EPOCH = 2_208_988_800

/** RFC 5905: a client's request is 48 bytes in mode 3. */
function timeOf(message: Buffer): Buffer | null {
  if (message.length !== 48 || ((message[0] as number) & 7) !== 3) return null
  const answer = Buffer.alloc(48)
  answer.set([0x24, 2, 6, 0xec])
  answer.write('GPS\0', 12, 'latin1')
  message.copy(answer, 24, 40, 48)
  for (const at of [16, 32, 40]) {
    answer.writeUInt32BE(Math.floor(Date.now() / 1_000) + NTP_EPOCH, at)
    answer.writeUInt32BE(Math.floor(Date.now() % 1_000 / 1_000 * 2 ** 32), at + 4)
  }
  return answer
}
