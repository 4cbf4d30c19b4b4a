import { parse } from 'tldts'
import { ipv4Of, ipv6Groups, spelledIpv6 } from '../analysis/indicators/addresses.ts'
import { indicatorsIn } from '../analysis/indicators/index.ts'
import { refanged } from '../analysis/indicators/spelling.ts'
import { domainToASCII } from 'node:url'
import { networkOf, sameUrl } from './keys.ts'

/** An indicator as people write it, defanged or not, in the spelling that is kept. */
export type Sought =
  | { kind: 'url' | 'email' | 'mail' | 'domain' | 'hash' | 'wallet'; value: string }
  | { kind: 'network'; value: string }

const HASHES: Readonly<Record<number, string>> = { 32: 'MD5', 40: 'SHA-1', 64: 'SHA-256', 96: 'SHA-384', 128: 'SHA-512' }
const LONGEST = 2_000

/** What a text without a word before it is; null: nothing that can be told. `hxxps://evil[.]example/x`, `203.0.113.0/24`, `@evil.example`. */
export function soughtIn(written: string): Sought | null {
  if (written.length > LONGEST) return null
  const text = refanged(written).text.trim()
  if (/^[a-z][a-z0-9+.-]{1,20}:\/\//i.test(text)) return urlOf(text)
  const address = addressOf(text)
  if (address !== null) return { kind: 'network', value: address }
  const hex = text.replace(/^(?:sha-?(?:1|256|384|512)|md5)[:-]/i, '').toLowerCase()
  if (HASHES[hex.length] !== undefined && /^[0-9a-f]+$/.test(hex)) return { kind: 'hash', value: hex }
  const integrity = /^sha(?:1|256|384|512)-([A-Za-z0-9+/]{27,88}={0,2})$/.exec(text)?.[1]
  if (integrity !== undefined) {
    const bytes = Buffer.from(integrity, 'base64').toString('hex')
    return HASHES[bytes.length] === undefined ? null : { kind: 'hash', value: bytes }
  }
  const sign = text.lastIndexOf('@')
  if (sign >= 0) {
    const domain = domainOf(text.slice(sign + 1))
    const local = text.slice(0, sign).toLowerCase()
    if (domain === null || !/^[\w.%+-]{0,64}$/.test(local)) return null
    return local === '' ? { kind: 'mail', value: domain } : { kind: 'email', value: `${local}@${domain}` }
  }
  const domain = domainOf(text)
  if (domain !== null) return { kind: 'domain', value: domain }
  const wallet = /^[a-zA-Z0-9]{25,130}$/.test(text) ? indicatorsIn(`wallet ${text}`, 'literal').find(({ type }) => type === 'wallet') : undefined
  return wallet ? { kind: 'wallet', value: wallet.value } : null
}

/** As analysis spells it, where it takes it for one: without what is in front of the host, webhooks without their secret. */
function urlOf(text: string): Sought | null {
  const [found] = indicatorsIn(text, 'literal')
  const value = found?.type === 'url' || found?.type === 'webhook' ? found.value : URL.parse(text)?.href
  return value === undefined ? null : { kind: 'url', value: sameUrl(value) }
}

/** An address or a network, in the spelling that is kept. */
export function addressOf(text: string): string | null {
  const [, address = '', length = ''] = /^\[?([0-9a-f:.x]{3,60})\]?(\/\d{1,3})?$/i.exec(text) ?? []
  const groups = address.includes(':') ? ipv6Groups(address) : null
  const value = groups ? spelledIpv6(groups) : address.includes('.') && /^[\d.x]+$/i.test(address) ? ipv4Of(address) : null
  return value !== null && networkOf(`${value}${length}`) ? `${value}${length}` : null
}

/** A name under an ending that exists, or one that is reserved for examples. */
export function domainOf(text: string): string | null {
  const lower = text.replace(/^\*?\./, '').replace(/\.$/, '').toLowerCase()
  const value = /[^\0-\x7f]/.test(lower) ? domainToASCII(lower) : lower
  if (value.length > 253 || !/^(?:[a-z0-9_](?:[a-z0-9_-]{0,62})\.)+[a-z0-9-]{2,63}$/.test(value)) return null
  const { isIcann, isIp } = parse(value)
  return isIp !== true && (isIcann === true || /\.(?:example|test|invalid|onion)$/.test(value)) ? value : null
}
