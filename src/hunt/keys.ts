import { hash } from 'node:crypto'
import { parse } from 'tldts'

/**
 * A fact is a text `kind:value`. The index keeps 48 bits of its SHA-256: of a hundred million facts a few share a number, and
 * hunts look at the verdict itself before they show anything.
 */
export const factId = (key: string): number => hash('sha256', key, 'buffer').readIntBE(0, 6)

/** The longest name of a host, and more labels than any real one has. */
const LABELS = 12

/** The host and every domain above it down to the one that can be registered; what has none is itself alone. */
export function domainsAbove(host: string): string[] {
  const { domain } = parse(host, { allowPrivateDomains: true })
  const labels = host.split('.')
  const least = domain === null ? (labels.length > 1 ? 2 : 1) : domain.split('.').length
  const all: string[] = []
  for (let at = 0; labels.length - at >= least && all.length < LABELS; at++) all.push(labels.slice(at).join('.'))
  return all.length > 0 ? all : [host]
}

/** Lengths of prefixes under which an address is found; others are found by the next shorter one and looked at. */
const V4 = [8, 16, 24, 32]
const V6 = [32, 48, 64, 128]

/** An address as the bits it begins with, as hex digits or, of IPv4, as the whole number. */
export interface Network { family: 4 | 6; bits: bigint; length: number }

/** `203.0.113.7`, `203.0.113.0/24`, `2001:db8::/32`; null for anything else. */
export function networkOf(text: string): Network | null {
  const [, address = '', written] = /^([0-9a-f:.]{2,45})(?:\/(\d{1,3}))?$/i.exec(text) ?? []
  const family = address.includes(':') ? 6 : 4
  const bits = family === 4 ? v4(address) : v6(address)
  const most = family === 4 ? 32 : 128
  const length = written === undefined ? most : Number(written)
  if (bits === null || length > most) return null
  return { family, bits: (bits >> BigInt(most - length)) << BigInt(most - length), length }
}

function v4(text: string): bigint | null {
  const parts = text.split('.')
  if (parts.length !== 4 || parts.some((part) => !/^\d{1,3}$/.test(part) || Number(part) > 255)) return null
  return parts.reduce((sum, part) => (sum << 8n) + BigInt(part), 0n)
}

function v6(text: string): bigint | null {
  const halves = text.split('::')
  if (halves.length > 2) return null
  const groups = halves.map((half) => (half === '' ? [] : half.split(':')))
  const missing = 8 - groups.reduce((sum, half) => sum + half.length, 0)
  if (halves.length === 2 ? missing < 1 : missing !== 0) return null
  const whole = halves.length === 1 ? groups[0] as string[] : [...groups[0] as string[], ...Array.from({ length: missing }, () => '0'), ...groups[1] as string[]]
  if (whole.some((group) => !/^[0-9a-f]{1,4}$/i.test(group))) return null
  return whole.reduce((sum, group) => (sum << 16n) + BigInt(`0x${group}`), 0n)
}

const spelled = ({ family, bits }: Network, length: number): string =>
  `${family}/${length}/${(bits >> BigInt((family === 4 ? 32 : 128) - length)).toString(16)}`

/** Keys under which an address is kept. */
export const addressKeys = (network: Network): string[] => (network.family === 4 ? V4 : V6).map((length) => `ip:${spelled(network, length)}`)

/** The one key under which everything in a network is found; null: it is wider than anything that is kept. */
export function networkKey(network: Network): string | null {
  const length = (network.family === 4 ? V4 : V6).findLast((one) => one <= network.length)
  return length === undefined ? null : `ip:${spelled(network, length)}`
}

export function within(address: Network, network: Network): boolean {
  if (address.family !== network.family || address.length < network.length) return false
  const shift = BigInt((network.family === 4 ? 32 : 128) - network.length)
  return address.bits >> shift === network.bits >> shift
}

/** As a network is written: every one an address is in, the narrowest first, down to a length. */
export function networksOf(text: string, least: { 4: number; 6: number }): string[] {
  const address = networkOf(text)
  if (!address) return []
  const most = address.family === 4 ? 32 : 128
  const all = [text]
  for (let length = most; length >= least[address.family]; length--) {
    const shift = BigInt(most - length)
    all.push(`${written(address.family, (address.bits >> shift) << shift)}/${length}`)
  }
  return all
}

/** RFC 5952 for IPv6: the first longest run of zero groups, two or more, is left out. */
function written(family: 4 | 6, bits: bigint): string {
  if (family === 4) return [24n, 16n, 8n, 0n].map((shift) => String((bits >> shift) & 255n)).join('.')
  const groups = Array.from({ length: 8 }, (_, at) => ((bits >> BigInt(112 - at * 16)) & 0xffffn).toString(16))
  let best = { at: 0, length: 1 }
  for (let at = 0; at < 8; at++) {
    let length = 0
    while (groups[at + length] === '0') length++
    if (length > best.length) best = { at, length }
  }
  return best.length < 2 ? groups.join(':') : `${groups.slice(0, best.at).join(':')}::${groups.slice(best.at + best.length).join(':')}`
}

/** Addresses of the web are one where only what follows `#` or a last `/` differ. */
export const sameUrl = (url: string): string => url.replace(/#.*$/s, '').replace(/\/$/, '')

export function hostInUrl(url: string): string | null {
  return /^[a-z][a-z0-9+.-]{0,20}:\/\/(?:[^/?#@]*@)?(\[[^\]]{1,60}\]|[^/?#:]{1,255})/i.exec(url)?.[1]?.toLowerCase().replace(/^\[|\]$/g, '') ?? null
}
