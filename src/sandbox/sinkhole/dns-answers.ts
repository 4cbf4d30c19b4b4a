import { writeName, type Question, type Resource } from './dns-message.ts'
import type { Names } from './names.ts'

export interface Answered {
  answers: Resource[]
  authority: Resource[]
  /** For people. */
  says: string[]
}

const TTL = 60

/** Every name exists and has something of every type that clients commonly ask for. */
export function answerTo({ name, type }: Question, names: Names, ipv6: boolean): Answered {
  const make = (data: Buffer, says: string, as = type): Answered => ({ answers: [{ type: as, ttl: TTL, data }], authority: [], says: [says] })
  const nothing = (): Answered => ({ answers: [], authority: [{ type: 6, ttl: TTL, data: soa(name) }], says: [] })
  switch (type) {
    case 1: case 255: { const { v4 } = names.addresses(name); return make(v4Bytes(v4), v4, 1) }
    case 28: { const { v6 } = names.addresses(name); return ipv6 ? make(v6Bytes(v6), v6) : nothing() }
    case 2: return make(writeName(`ns1.${name}`), `ns1.${name}`)
    case 5: return make(writeName(`edge.${name}`), `edge.${name}`)
    case 6: return make(soa(name), 'soa')
    case 12: { const found = reverse(name, names); return found === null ? nothing() : make(writeName(found), found) }
    case 15: return make(Buffer.concat([Buffer.from([0, 10]), writeName(`mail.${name}`)]), `10 mail.${name}`)
    case 10: case 16: return make(txt('v=spf1 a mx ~all'), 'v=spf1 a mx ~all')
    case 33: return make(Buffer.concat([Buffer.from([0, 10, 0, 10, 0x01, 0xbb]), writeName(`srv.${name}`)]), `10 10 443 srv.${name}`)
    // SvcPriority 1, the name itself, alpn=http/1.1 (RFC 9460).
    case 64: case 65: return make(Buffer.concat([Buffer.from([0, 1, 0, 0, 1, 0, 9, 8]), Buffer.from('http/1.1')]), '1 . alpn=http/1.1')
    default: return nothing()
  }
}

const txt = (text: string): Buffer => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)])

function soa(name: string): Buffer {
  const numbers = Buffer.alloc(20)
  for (const [index, value] of [2_026_010_101, 7_200, 900, 1_209_600, TTL].entries()) numbers.writeUInt32BE(value, index * 4)
  return Buffer.concat([writeName(`ns1.${name}`), writeName(`hostmaster.${name}`), numbers])
}

const v4Bytes = (address: string): Buffer => Buffer.from(address.split('.').map(Number))

function v6Bytes(address: string): Buffer {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)
  if (mapped) return Buffer.concat([Buffer.alloc(10), Buffer.from([255, 255]), v4Bytes(mapped[1] as string)])
  const [head = '', tail = ''] = address.split('::')
  const groups = (text: string): number[] => text.split(':').filter((group) => group !== '').map((group) => Number.parseInt(group, 16))
  const [before, after] = [groups(head), groups(tail)]
  const all = [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
  return Buffer.from(all.flatMap((group) => [group >>> 8, group & 255]))
}

function reverse(name: string, names: Names): string | null {
  const v4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.in-addr\.arpa$/i.exec(name)
  if (v4) return names.nameOf(v4.slice(1).reverse().join('.'))
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa$/i.exec(name)
  if (!v6) return null
  const digits = (v6[1] as string).split('.').reverse().join('')
  const groups = digits.match(/.{4}/g) as string[]
  return names.nameOf(`${groups.slice(0, 3).join(':')}::${groups.slice(6).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}`)
}
