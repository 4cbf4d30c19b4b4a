import dns from 'node:dns'
import { BlockList, isIP } from 'node:net'
import type { LookupAddress } from 'node:dns'
import type { LookupFunction } from 'node:net'

/** Not reachable from the internet, or with a meaning of its own (IANA special-purpose registries, RFC 6890). */
const SPECIAL_V4 = [
  ['0.0.0.0', 8], ['10.0.0.0', 8], ['100.64.0.0', 10], ['127.0.0.0', 8], ['169.254.0.0', 16], ['172.16.0.0', 12],
  ['192.0.0.0', 24], ['192.0.2.0', 24], ['192.88.99.0', 24], ['192.168.0.0', 16], ['198.18.0.0', 15],
  ['198.51.100.0', 24], ['203.0.113.0', 24], ['224.0.0.0', 4], ['240.0.0.0', 4],
] as const
/** Global unicast is 2000::/3; inside it, what tunnels to IPv4 or is reserved. */
const SPECIAL_V6 = [['2001::', 23], ['2001:db8::', 32], ['2002::', 16], ['3fff::', 20]] as const

const special = new BlockList()
for (const [network, bits] of SPECIAL_V4) special.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of SPECIAL_V6) special.addSubnet(network, bits, 'ipv6')
const global = new BlockList()
global.addSubnet('2000::', 3, 'ipv6')
const translated = new BlockList()
translated.addSubnet('::ffff:0:0', 96, 'ipv6')
translated.addSubnet('64:ff9b::', 96, 'ipv6')

/** May a stranger's document send the gate to this address? Anything that is not an IP address: no. */
export function isPublic(address: string): boolean {
  const plain = address.split('%')[0] as string
  const family = isIP(plain)
  if (family === 4) return !special.check(plain, 'ipv4')
  if (family !== 6) return false
  if (translated.check(plain, 'ipv6')) return isPublic(embeddedV4(plain))
  return global.check(plain, 'ipv6') && !special.check(plain, 'ipv6')
}

/** The last 32 bits of an IPv6 address as IPv4. */
function embeddedV4(address: string): string {
  const dotted = /:(\d{1,3}(?:\.\d{1,3}){3})$/.exec(address)
  if (dotted) return dotted[1] as string
  const tail = new URL(`http://[${address}]`).hostname.slice(1, -1)
  const [high = '', low = ''] = tail.split(':').slice(-2)
  const bits = (parseInt(high || '0', 16) * 65_536 + parseInt(low || '0', 16)) >>> 0
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.')
}

export class PrivateAddress extends Error {
  constructor(host: string) {
    super(`${host} is a private address`)
    this.name = 'PrivateAddress'
  }
}

/**
 * What a stranger's document may lead to: public addresses, and those that `beside` has, too. `lookup` gives no others, and
 * `permits` is asked again about the address that was connected to.
 */
export function strangers(beside: string | null): { lookup: LookupFunction; permits(address: string): boolean } {
  let shared = new Set<string>()
  const permits = (address: string): boolean => isPublic(address) || shared.has(address)
  const lookup: LookupFunction = (hostname, options, callback) => {
    const answer = (): void => dns.lookup(hostname, { ...options, all: true }, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
      if (error) return callback(error, '', 0)
      const allowed = found.filter(({ address }) => permits(address))
      const first = allowed[0]
      if (!first) return callback(new PrivateAddress(hostname), '', 0)
      if (options.all) callback(null, allowed)
      else callback(null, first.address, first.family)
    })
    if (beside === null) return answer()
    dns.lookup(beside, { all: true }, (error: NodeJS.ErrnoException | null, found: LookupAddress[]) => {
      shared = new Set(error ? [] : found.map(({ address }) => address))
      answer()
    })
  }
  return { lookup, permits }
}
