import { closeSync, openSync, readSync } from 'node:fs'
import type { Socket } from 'node:net'
import { NETWORK } from '../network.ts'

/** Where the sinkhole listens: as the resolver it is, and as everybody else. */
export const LISTEN = {
  addresses: ['0.0.0.0', '::'], dns: 53, tcp: [...NETWORK.tcp.filter((port) => port !== 53), NETWORK.other.tcp], udp: [NETWORK.other.udp],
}

const MOST_READ = 256 * 1024

/**
 * Where a connection meant to go. The address is the socket's own; a port that was redirected is what the kernel's list of
 * connections says, where it has one to read (CONFIG_NF_CONNTRACK_PROCFS) and not too long a one; else it stays 0: not known.
 */
export function destinationOf(socket: Socket): { address: string; port: number } | null {
  const { localAddress, localPort, remotePort } = socket
  if (localAddress === undefined || localPort === undefined) return null
  const address = localAddress.replace(/^::ffff:(?=\d)/, '')
  if (localPort !== NETWORK.other.tcp) return { address, port: localPort }
  const line = new RegExp(` sport=${remotePort} dport=(\\d+) src=`).exec(connections())
  return { address, port: Number(line?.[1] ?? 0) }
}

function connections(): string {
  try {
    const fd = openSync('/proc/net/nf_conntrack', 'r')
    try {
      const buffer = Buffer.allocUnsafe(MOST_READ)
      let size = 0
      for (let read = readSync(fd, buffer, size, MOST_READ - size, null); read > 0; read = readSync(fd, buffer, size, MOST_READ - size, null)) size += read
      return buffer.toString('latin1', 0, size)
    } finally {
      closeSync(fd)
    }
  } catch {
    return ''
  }
}
