import { createSocket, type Socket } from 'node:dgram'
import { once } from 'node:events'
import { createServer, type AddressInfo, type Server } from 'node:net'
import type { DnsType } from '../../src/ports/resolver.ts'

/** What a name has, or how its servers misbehave. `nothing`: it is there, without records. */
export type FakeName =
  | Partial<Record<DnsType, string[]>>
  | 'nothing' | 'fails' | 'refuses' | 'is silent' | 'sends garbage' | 'cuts off'

export interface FakeDns {
  /** `127.0.0.1:port`, UDP and TCP. */
  server: string
  /** By name; `*.name` answers for whatever is below it. What is not here does not exist. */
  names: Map<string, FakeName>
  /** `type name`, in the order in which they came; over TCP with `tcp` in front. */
  asked: string[]
  close(): Promise<void>
}

const TYPES: Readonly<Record<number, DnsType>> = { 1: 'A', 28: 'AAAA', 5: 'CNAME', 2: 'NS', 15: 'MX', 16: 'TXT', 6: 'SOA' }
const [SERVFAIL, NXDOMAIN, REFUSED] = [2, 3, 5]

/** A DNS server on loopback (RFC 1035) that answers for every name by itself. */
export async function startDns(): Promise<FakeDns> {
  const names = new Map<string, FakeName>()
  const asked: string[] = []
  const answer = (query: Buffer, tcp: boolean): Buffer | null => {
    const { name, type, end } = question(query)
    asked.push(`${tcp ? 'tcp ' : ''}${TYPES[type] ?? type} ${name}`)
    const found = names.get(name) ?? names.get(`*.${name.split('.').slice(1).join('.')}`)
    const head = { query, end }
    if (found === undefined) return message(head, NXDOMAIN, [])
    if (found === 'fails') return message(head, SERVFAIL, [])
    if (found === 'refuses') return message(head, REFUSED, [])
    if (found === 'is silent') return null
    if (found === 'sends garbage') return Buffer.concat([query.subarray(0, 2), Buffer.from([0x81, 0x80, 0, 1, 0, 200, 0, 0, 0, 0, 255, 255, 255])])
    if (found === 'cuts off') return tcp ? message(head, 0, Array.from({ length: 40 }, (_, at) => record(name, 'A', `192.0.2.${at}`))) : message(head, 0, [], true)
    const kind = TYPES[type]
    return message(head, 0, found === 'nothing' || kind === undefined ? [] : (found[kind] ?? []).map((value) => record(name, kind, value)))
  }

  const server = (): Server => createServer((socket) => {
    socket.on('error', () => undefined).on('data', (chunk) => {
      const reply = answer(chunk.subarray(2), true)
      if (reply) socket.write(Buffer.concat([Buffer.from([reply.length >> 8, reply.length & 255]), reply]))
    })
  })
  const { tcp, udp } = await sharedPort(server, answer)
  const { port } = tcp.address() as AddressInfo
  return {
    server: `127.0.0.1:${port}`, names, asked,
    close: () => new Promise((resolve) => {
      udp.close(() => tcp.close(() => resolve()))
    }),
  }
}

/** A port that is free for TCP may be taken for UDP; then another is tried. */
async function sharedPort(server: () => Server, answer: (query: Buffer, tcp: boolean) => Buffer | null): Promise<{ tcp: Server; udp: Socket }> {
  for (;;) {
    const tcp = server()
    await once(tcp.listen(0, '127.0.0.1'), 'listening')
    const udp = createSocket('udp4', (query, from) => {
      const reply = answer(query, false)
      if (reply) udp.send(reply, from.port, from.address)
    })
    try {
      udp.bind((tcp.address() as AddressInfo).port, '127.0.0.1')
      await once(udp, 'listening')
      return { tcp, udp }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
      udp.close()
      tcp.close()
    }
  }
}

function question(query: Buffer): { name: string; type: number; end: number } {
  const labels: string[] = []
  let at = 12
  for (let size = query[at++] ?? 0; size > 0; size = query[at++] ?? 0) {
    labels.push(query.toString('latin1', at, at + size))
    at += size
  }
  return { name: labels.join('.').toLowerCase(), type: query.readUInt16BE(at), end: at + 4 }
}

function message({ query, end }: { query: Buffer; end: number }, code: number, records: Buffer[], cut = false): Buffer {
  const head = Buffer.alloc(12)
  query.copy(head, 0, 0, 2)
  head.writeUInt16BE(0x8180 | code | (cut ? 0x0200 : 0), 2)
  head.writeUInt16BE(1, 4)
  head.writeUInt16BE(records.length, 6)
  return Buffer.concat([head, query.subarray(12, end), ...records])
}

const NUMBERS = Object.fromEntries(Object.entries(TYPES).map(([number, type]) => [type, Number(number)])) as Record<DnsType, number>
const labels = (name: string): Buffer => Buffer.concat([...name.split('.').filter((one) => one !== '').map((one) => Buffer.concat([Buffer.from([one.length]), Buffer.from(one, 'latin1')])), Buffer.from([0])])

function record(name: string, type: DnsType, value: string): Buffer {
  const data = dataOf(type, value)
  const head = Buffer.alloc(10)
  head.writeUInt16BE(NUMBERS[type], 0)
  head.writeUInt16BE(1, 2)
  head.writeUInt32BE(60, 4)
  head.writeUInt16BE(data.length, 8)
  return Buffer.concat([labels(name), head, data])
}

function dataOf(type: DnsType, value: string): Buffer {
  switch (type) {
    case 'A': return Buffer.from(value.split('.').map(Number))
    case 'AAAA': {
      const [front = '', back = ''] = value.split('::')
      const groups = (text: string): number[] => text.split(':').filter(Boolean).map((group) => parseInt(group, 16))
      const all = value.includes('::') ? [...groups(front), ...Array<number>(8 - groups(front).length - groups(back).length).fill(0), ...groups(back)] : groups(value)
      return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]))
    }
    case 'TXT': return Buffer.concat([Buffer.from([value.length]), Buffer.from(value, 'latin1')])
    case 'MX': {
      const [priority = '0', host = ''] = value.split(' ')
      return Buffer.concat([Buffer.from([0, Number(priority)]), labels(host)])
    }
    case 'SOA': {
      const [server = '', mailbox = ''] = value.split(' ')
      return Buffer.concat([labels(server), labels(mailbox), Buffer.alloc(20)])
    }
    default: return labels(value)
  }
}
