import { ipv6 } from './socket-address.ts'

/** What a DNS packet (RFC 1035 §4.1) asks and says, as far as it was seen: the first question, and the addresses of the answers. */
export interface DnsSeen {
  name: string
  addresses: readonly string[]
}

const HEADER = 12
const A = 1
const AAAA = 28

/** null: no packet, or cut before its question ends. Never more steps than bytes. */
export function readDns(packet: Uint8Array): DnsSeen | null {
  const bytes = Buffer.from(packet.buffer, packet.byteOffset, packet.byteLength)
  if (bytes.length < HEADER + 5 || bytes.readUInt16BE(4) !== 1 || (bytes.readUInt16BE(2) & 0x7800) !== 0) return null
  const question = labels(bytes, HEADER)
  if (question === null || question.next + 4 > bytes.length) return null
  return { name: question.name, addresses: answers(bytes, question.next + 4, bytes.readUInt16BE(6)) }
}

function labels(bytes: Buffer, from: number): { name: string; next: number } | null {
  const parts: string[] = []
  let at = from
  for (;;) {
    const length = bytes[at]
    if (length === undefined || at - from > 255) return null
    if (length === 0) return parts.length === 0 ? null : { name: parts.join('.').toLowerCase(), next: at + 1 }
    if (length > 63 || at + 1 + length > bytes.length) return null
    parts.push(bytes.toString('latin1', at + 1, at + 1 + length))
    at += 1 + length
  }
}

function answers(bytes: Buffer, from: number, count: number): string[] {
  const found: string[] = []
  let at = from
  for (let left = Math.min(count, 32); left > 0; left--) {
    while (at < bytes.length && (bytes[at] as number) > 0 && (bytes[at] as number) < 64) at += 1 + (bytes[at] as number)
    at += bytes[at] === 0 ? 1 : 2
    if (at + 10 > bytes.length) break
    const [type, length] = [bytes.readUInt16BE(at), bytes.readUInt16BE(at + 8)]
    at += 10
    if (at + length > bytes.length) break
    if (type === A && length === 4) found.push(bytes.subarray(at, at + 4).join('.'))
    if (type === AAAA && length === 16) found.push(ipv6(bytes.subarray(at, at + 16)))
    at += length
  }
  return found
}
