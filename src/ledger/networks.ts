import { isIPv4, isIPv6 } from 'node:net'

/**
 * Addresses as 32 hex digits, IPv4 as mapped into IPv6 (RFC 4291 §2.5.5.2), so that a network is one stretch of them in the order of text.
 * null: not an address.
 */
export function sortableAddress(text: string): string | null {
  const address = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '')
  if (isIPv4(address)) return `00000000000000000000ffff${hexOf(address)}`
  if (!isIPv6(address)) return null
  const [, head = '', quad] = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address) ?? [null, address, undefined]
  const whole = quad === undefined ? address : `${head}${hexOf(quad).slice(0, 4)}:${hexOf(quad).slice(4)}`
  const [left = '', right] = whole.split('::')
  const before = left === '' ? [] : left.split(':')
  const after = right === undefined || right === '' ? [] : right.split(':')
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...zeros, ...after].map((group) => group.padStart(4, '0')).join('').toLowerCase()
}

/** The first and last of an address or a network (`192.0.2.0/24`, `2001:db8::/32`); null: neither. */
export function stretchOf(text: string): { first: string; last: string } | null {
  const [, written = '', length] = /^([^/]{1,80})(?:\/(\d{1,3}))?$/.exec(text.trim()) ?? []
  const address = sortableAddress(written)
  if (address === null) return null
  const all = isIPv4(written) ? 32 : 128
  const bits = length === undefined ? all : Number(length)
  if (bits > all) return null
  const free = BigInt(all - bits)
  const low = (BigInt(`0x${address}`) >> free) << free
  const hex = (value: bigint): string => value.toString(16).padStart(32, '0')
  return { first: hex(low), last: hex(low | ((1n << free) - 1n)) }
}

const hexOf = (quad: string): string => quad.split('.').map((part) => Number(part).toString(16).padStart(2, '0')).join('')
