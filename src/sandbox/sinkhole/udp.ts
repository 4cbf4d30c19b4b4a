import type { RemoteInfo, Socket as UdpSocket } from 'node:dgram'
import { about, bare, look, type House } from './house.ts'

/** Datagrams to ports that nobody answers: recorded, and where they are a question of DNS or time, still not answered. */
export function recordUdp(socket: UdpSocket, house: House): void {
  socket.on('message', (message: Buffer, from: RemoteInfo) => {
    const tap = house.log.tap()
    tap.take(message)
    const honey = look(house, message, 'body')
    const line = { connection: 0, at: Date.now(), from: { address: bare(from.address), port: from.port }, to: null, name: null, tls: false, proxy: null, depth: 0 } as const
    house.log.add({ kind: 'udp', ...about(line, honey), received: tap.close() })
  })
}
