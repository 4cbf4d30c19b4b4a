import type { Duplex } from 'node:stream'
import { handBack, type House, type Line } from './house.ts'

/** SOCKS 4, 4a and 5 (RFC 1928) as a proxy that reaches everything: what follows is listened to as if it were direct. */
export function receiveSocks(stream: Duplex, line: Line, house: House): void {
  let bytes = Buffer.alloc(0)
  let greeted = false
  const fail = (): void => {
    stream.destroy()
  }
  const take = (chunk: Buffer): void => {
    bytes = Buffer.concat([bytes, chunk])
    if (bytes.length > 1_024) return fail()
    if (bytes[0] === 5 && !greeted) {
      if (bytes.length < 2 + (bytes[1] ?? 0)) return
      bytes = bytes.subarray(2 + (bytes[1] as number))
      greeted = true
      stream.write(Buffer.from([5, 0]))
    }
    if (bytes.length === 0) return
    const asked = greeted ? readFive(bytes) : readFour(bytes)
    if (asked === 'none') return fail()
    if (asked === 'more') return
    stream.off('data', take).off('end', fail)
    stream.write(greeted ? Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]) : Buffer.from([0, 90, 0, 0, 0, 0, 0, 0]))
    handBack(stream, bytes.subarray(asked.length))
    house.sniff(stream, {
      ...line, name: asked.host, to: { address: asked.host.slice(0, 64), port: asked.port }, proxy: greeted ? 'socks5' : 'socks4', depth: line.depth + 1,
    })
  }
  stream.on('error', fail).on('end', fail)
  stream.on('data', take)
  stream.resume()
}

type Read = { host: string; port: number; length: number } | 'more' | 'none'

function readFive(bytes: Buffer): Read {
  if (bytes.length < 5) return 'more'
  if (bytes[0] !== 5 || (bytes[1] !== 1 && bytes[1] !== 3)) return 'none'
  const kind = bytes[3]
  const length = kind === 1 ? 4 : kind === 4 ? 16 : kind === 3 ? 1 + (bytes[4] as number) : 0
  if (length === 0) return 'none'
  if (bytes.length < 6 + length) return 'more'
  const address = bytes.subarray(4, 4 + length)
  const host = kind === 1 ? address.join('.') : kind === 3 ? address.subarray(1).toString('latin1') : (address.toString('hex').match(/.{4}/g) as string[]).join(':')
  return { host, port: bytes.readUInt16BE(4 + length), length: 6 + length }
}

function readFour(bytes: Buffer): Read {
  const user = bytes.indexOf(0, 8)
  if (bytes.length < 9 || user < 0) return 'more'
  const named = bytes[4] === 0 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] !== 0
  const end = named ? bytes.indexOf(0, user + 1) : user
  if (end < 0) return 'more'
  const host = named ? bytes.subarray(user + 1, end).toString('latin1') : bytes.subarray(4, 8).join('.')
  return { host, port: bytes.readUInt16BE(2), length: end + 1 }
}
