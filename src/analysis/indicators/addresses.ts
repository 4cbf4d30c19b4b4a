import { RESERVED } from './reserved.ts'

/**
 * An IPv4 address in any spelling that C's inet_aton and browsers take (WHATWG URL, "IPv4 parser"): one to four parts,
 * decimal, octal or hexadecimal, the last one filling what is left. In dotted decimal, or null.
 */
export function ipv4Of(text: string): string | null {
  const parts = text.replace(/\.$/, '').split('.')
  if (parts.length > 4) return null
  const numbers: number[] = []
  for (const part of parts) {
    const number = numberOf(part)
    if (number === null) return null
    numbers.push(number)
  }
  const last = numbers.pop() as number
  if (numbers.some((number) => number > 255) || last >= 256 ** (4 - numbers.length)) return null
  const value = numbers.reduce((sum, number, at) => sum + number * 256 ** (3 - at), last)
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.')
}

function numberOf(part: string): number | null {
  if (part.length > 12) return null
  if (/^0x[0-9a-f]+$/i.test(part)) return Number.parseInt(part.slice(2), 16)
  if (/^0[0-7]+$/.test(part)) return Number.parseInt(part, 8)
  return /^(?:0|[1-9]\d*)$/.test(part) ? Number(part) : null
}

export const isDottedQuad = (text: string): boolean => /^(?:(?:0|[1-9]\d{0,2})\.){3}(?:0|[1-9]\d{0,2})$/.test(text)

/** The eight groups of an IPv6 address (RFC 4291), or null. */
export function ipv6Groups(text: string): number[] | null {
  const bare = text.replace(/%.*$/, '')
  if (bare.length > 45 || !/^[0-9a-f:.]+$/i.test(bare)) return null
  const halves = bare.split('::')
  if (halves.length > 2) return null
  const [head, tail] = [groupsOf(halves[0] ?? ''), groupsOf(halves[1] ?? '')]
  if (!head || !tail) return null
  const missing = 8 - head.length - tail.length
  if (halves.length === 1) return missing === 0 ? head : null
  return missing >= 1 ? [...head, ...Array.from({ length: missing }, () => 0), ...tail] : null
}

function groupsOf(text: string): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [at, part] of parts.entries()) {
    if (part.includes('.') && at === parts.length - 1) {
      const quad = isDottedQuad(part) ? ipv4Of(part)?.split('.').map(Number) : null
      if (!quad) return null
      groups.push((quad[0] as number) * 256 + (quad[1] as number), (quad[2] as number) * 256 + (quad[3] as number))
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else return null
  }
  return groups
}

/** RFC 5952: lower case, no leading zeros, the longest run of two or more zero groups as `::`. */
export function spelledIpv6(groups: readonly number[]): string {
  let best = { at: -1, length: 1 }
  for (let at = 0; at < groups.length; at++) {
    let length = 0
    while (groups[at + length] === 0) length++
    if (length > best.length) best = { at, length }
  }
  const hex = (part: readonly number[]): string => part.map((group) => group.toString(16)).join(':')
  return best.at < 0 ? hex(groups) : `${hex(groups.slice(0, best.at))}::${hex(groups.slice(best.at + best.length))}`
}

/** The IPv4 address in `::ffff:a.b.c.d`, `64:ff9b::a.b.c.d` or 6to4's `2002:…`; null when there is none. */
export function mappedIpv4(groups: readonly number[]): string | null {
  const quad = (at: number): string => [groups[at], groups[at + 1]].flatMap((group = 0) => [group >> 8, group & 255]).join('.')
  const zero = (to: number, from = 0): boolean => groups.slice(from, to).every((group) => group === 0)
  if (zero(5) && groups[5] === 0xffff) return quad(6)
  if (groups[0] === 0x64 && groups[1] === 0xff9b && zero(6, 2)) return quad(6)
  return groups[0] === 0x2002 ? quad(1) : null
}

/** Whether an address leads anywhere: null when it does not, what there is to say of it otherwise. */
export interface Standing {
  says?: string
}

const METADATA = 'the metadata service of a cloud: hands out credentials'
const NOTED: Readonly<Record<string, string>> = {
  '169.254.169.254': METADATA, '169.254.170.2': METADATA, '100.100.100.200': METADATA, 'fd00:ec2::254': METADATA,
  '8.8.8.8': 'a public resolver', '8.8.4.4': 'a public resolver', '1.1.1.1': 'a public resolver', '1.0.0.1': 'a public resolver',
  '9.9.9.9': 'a public resolver', '208.67.222.222': 'a public resolver',
}

/** RFC 6890 and its registry; documentation addresses (RFC 5737) stay, and say so. */
export function ipv4Standing(address: string): Standing | null {
  const noted = NOTED[address]
  if (noted) return { says: noted }
  const [a = 0, b = 0, c = 0] = address.split('.').map(Number)
  if ((a === 192 && b === 0 && c === 2) || (a === 198 && b === 51 && c === 100) || (a === 203 && b === 0 && c === 113)) return { says: RESERVED }
  const nowhere = a === 0 || a === 10 || a === 127 || a >= 224 || (a === 169 && b === 254) || (a === 172 && b >= 16 && b < 32)
    || (a === 192 && (b === 168 || (b === 0 && c === 0))) || (a === 100 && b >= 64 && b < 128) || (a === 198 && (b === 18 || b === 19))
  return nowhere ? null : {}
}

/** Loopback, link-local, private and multicast lead nowhere; documentation addresses (RFC 3849) stay. */
export function ipv6Standing(groups: readonly number[]): Standing | null {
  const noted = NOTED[spelledIpv6(groups)]
  if (noted) return { says: noted }
  const first = groups[0] as number
  if (first === 0x2001 && groups[1] === 0xdb8) return { says: RESERVED }
  if (first === 0x3fff && (groups[1] as number) < 0x1000) return { says: RESERVED }
  return first >= 0x2000 && first < 0x4000 ? {} : null
}

export const isKnownResolver = (address: string): boolean => NOTED[address] !== undefined
