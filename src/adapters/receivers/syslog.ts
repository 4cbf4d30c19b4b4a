import { createSocket } from 'node:dgram'
import { isIPv6, connect as connectTcp } from 'node:net'
import { hostname } from 'node:os'
import { connect as connectTls } from 'node:tls'
import { oneLine } from '../../core/text.ts'
import type { Receiver, Told } from './receiver.ts'

export interface SyslogServer {
  host: string
  port: number
  transport: 'udp' | 'tcp' | 'tls'
  /** RFC 5424 §6.2.1: 0 to 23. */
  facility: number
  /** PEM, besides the system's; null: those alone. */
  ca: string | null
}

const TIMEOUT = 10_000
/** RFC 5426 §3.2: receivers should take 2048 bytes in a datagram. RFC 5425 §4.3.1: 8192 over TLS. */
const LARGEST = { udp: 2_048, tcp: 8_192, tls: 8_192 }

/** RFC 5424 §6.2.1. */
const SEVERITIES: Readonly<Record<Told['kind'], number>> = { recalled: 2, alarm: 3, degraded: 3, quarantined: 4, lifted: 5 }

/**
 * Sends every notice to a syslog server: a datagram each (RFC 5426), or over TCP (RFC 6587) or TLS (RFC 5425) with octet counting.
 * Syslog acknowledges nothing: taken means that it left, and over a connection that the server closed it without an error.
 */
export function syslogReceiver(server: SyslogServer, { timeout = TIMEOUT } = {}): Receiver {
  return {
    name: 'syslog', topic: 'notices:syslog',
    async send({ id, told }) {
      const message = syslogMessage({ id, told }, { facility: server.facility, host: hostname(), pid: process.pid, limit: LARGEST[server.transport] })
      await (server.transport === 'udp' ? datagram(server, message) : frame(server, message, timeout))
    },
  }
}

/** RFC 5424 §6. The facts are structured data under the enterprise number that RFC 5612 leaves to documentation: there is none of ours. */
export function syslogMessage({ id, told }: { id: string; told: Told }, { facility, host, pid, limit }: { facility: number; host: string; pid: number; limit: number }): Buffer {
  const facts = Object.entries({ notice: id, ...told.data }).filter(([, value]) => value !== null)
    .map(([name, value]) => ` ${parameterName(name)}="${oneLine(String(value), 200).replace(/["\\\]]/g, '\\$&')}"`)
  const head = `<${facility * 8 + SEVERITIES[told.kind]}>1 ${told.at} ${field(host, 255)} sluice ${pid} ${field(told.kind, 32)} [sluice@32473${facts.join('')}] `
  const text = oneLine(`${told.title}: ${told.text.replace(/\n+/g, ' | ')}`, limit)
  // UTF-8 is announced by its byte order mark.
  return cut(Buffer.concat([Buffer.from(head), Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]), limit)
}

/** Never in the middle of a character. */
function cut(message: Buffer, limit: number): Buffer {
  let end = Math.min(limit, message.length)
  while (end < message.length && ((message[end] ?? 0) & 0xc0) === 0x80) end--
  return message.subarray(0, end)
}

const field = (value: string, limit: number): string => value.replace(/[^\x21-\x7e]/g, '').slice(0, limit) || '-'
const parameterName = (value: string): string => value.replace(/[^\w.-]/g, '_').slice(0, 32)

function datagram({ host, port }: SyslogServer, message: Buffer): Promise<void> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4')
  return new Promise<void>((resolve, reject) => {
    socket.once('error', reject)
    socket.send(message, port, host, (error) => (error ? reject(error) : resolve()))
  }).finally(() => socket.close())
}

function frame({ host, port, transport, ca }: SyslogServer, message: Buffer, timeout: number): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const socket = transport === 'tls' ? connectTls({ host, port, ...(isIPv6(host) || /^[\d.]+$/.test(host) ? {} : { servername: host }), ...(ca === null ? {} : { ca }) }) : connectTcp({ host, port })
    let written = false
    socket.setTimeout(timeout, () => socket.destroy(new Error('it does not answer')))
    socket.once(transport === 'tls' ? 'secureConnect' : 'connect', () => {
      // RFC 6587 §3.4.1: the length in bytes, a space, the message.
      socket.end(Buffer.concat([Buffer.from(`${message.length} `), message]), () => {
        written = true
        // A server that keeps its side open has taken it all the same.
        socket.removeAllListeners('timeout').setTimeout(500, () => socket.destroy())
      })
    })
    socket.resume()
    socket.once('error', reject)
    socket.once('close', () => (written ? resolve() : reject(new Error('it closed the connection'))))
  })
}
