import { createSocket } from 'node:dgram'
import { createServer } from 'node:net'
import type { Outlet } from '../../sinkhole/sinkhole.ts'
import { NETWORK } from '../network.ts'

/** A sinkhole for tests of the cell itself: says hello on every port, and writes down who came and where they meant to go. */
export async function openSinkhole(_options: unknown, outlet: Outlet): Promise<object> {
  const tell = (seen: object): void => outlet.write(`${JSON.stringify({ at: Date.now(), ...seen })}\n`)
  for (const port of [...NETWORK.tcp, NETWORK.other.tcp]) {
    createServer((socket) => {
      socket.on('error', () => {})
      tell({ kind: 'tcp', to: outlet.destinationOf?.(socket) ?? { address: socket.localAddress, port }, from: { address: socket.remoteAddress, port: socket.remotePort } })
      socket.end('hello\n')
    }).listen(port, '::')
  }
  for (const port of [53, NETWORK.other.udp]) {
    const socket = createSocket('udp6')
    socket.on('message', (message, from) => {
      tell({ kind: 'udp', port, text: message.toString('latin1') })
      socket.send('hello', from.port, from.address)
    })
    socket.bind(port, '::')
  }
  return {}
}
