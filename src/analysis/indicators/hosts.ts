import { createHash } from 'node:crypto'
import { domainToASCII } from 'node:url'
import { parse } from 'tldts'
import { ipv4Of, ipv4Standing, ipv6Groups, ipv6Standing, mappedIpv4, spelledIpv6 } from './addresses.ts'
import { base32 } from '../decode/bases.ts'
import { RESERVED, isLocal, isReserved } from './reserved.ts'

export interface Host {
  type: 'domain' | 'ipv4' | 'ipv6' | 'onion'
  value: string
  says?: string
}

/** What a host in a URL or behind an `@` is; null for what leads nowhere: local names, private addresses, no names at all. */
export function hostOf(text: string): Host | null {
  if (text.length === 0 || text.length > 260) return null
  if (text.startsWith('[')) return ipv6Host(text.replace(/^\[|\]$/g, ''))
  if (/(?:^|\.)(?:0x[0-9a-f]*|\d+)\.?$/i.test(text)) return ipv4Host(text)
  return domainHost(text)
}

export function ipv4Host(text: string): Host | null {
  const value = ipv4Of(text)
  const standing = value === null ? null : ipv4Standing(value)
  if (value === null || !standing) return null
  return { type: 'ipv4', value, ...spelled(text, value, standing.says) }
}

export function ipv6Host(text: string): Host | null {
  const groups = ipv6Groups(text)
  if (!groups) return null
  const inner = mappedIpv4(groups)
  if (inner !== null) {
    const standing = ipv4Standing(inner)
    return standing && { type: 'ipv4', value: inner, ...spelled(text, inner, standing.says) }
  }
  const standing = ipv6Standing(groups)
  return standing && { type: 'ipv6', value: spelledIpv6(groups), ...standing }
}

/** An unusual spelling says more than any range. */
function spelled(text: string, value: string, says: string | undefined): { says?: string } {
  if (text.replace(/\.$/, '') !== value) return { says: `spelled ${text}` }
  return says === undefined ? {} : { says }
}

export function domainHost(text: string): Host | null {
  const name = text.replace(/\.$/, '').toLowerCase()
  const value = /[^\0-\x7f]/.test(name) ? domainToASCII(name) : name
  if (value === '' || !isName(value) || isLocal(value)) return null
  if (value.endsWith('.onion')) return isOnion(value) ? { type: 'onion', value } : null
  if (isReserved(value)) return { type: 'domain', value, says: RESERVED }
  const { domain, isIcann, isIp } = parse(value)
  if (domain === null || isIcann !== true || isIp === true) return null
  return { type: 'domain', value, ...(value === name ? {} : { says: `spelled ${name}` }) }
}

/** RFC 1123, with the underscore that DNS allows in front of a name. */
function isName(value: string): boolean {
  const labels = value.split('.')
  return value.length <= 253 && labels.length > 1 && labels.every((label, at) => LABEL.test(label) || (at < labels.length - 2 && SERVICE.test(label)))
}

const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const SERVICE = /^_?[a-z0-9](?:[a-z0-9_-]{0,60}[a-z0-9])?$/

/** Version 3 has a checksum (Tor's rend-spec-v3, 6); version 2 is gone since 2021 and still written. */
function isOnion(value: string): boolean {
  const label = value.split('.').at(-2) ?? ''
  if (/^[a-z2-7]{16}$/.test(label)) return true
  if (!/^[a-z2-7]{56}$/.test(label)) return false
  const bytes = Buffer.from(base32(label) ?? [])
  const sum = createHash('sha3-256').update('.onion checksum').update(bytes.subarray(0, 32)).update(bytes.subarray(34)).digest()
  return bytes[34] === 3 && sum.subarray(0, 2).equals(bytes.subarray(32, 34))
}
