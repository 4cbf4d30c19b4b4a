import { isIP } from 'node:net'
import { parse } from 'tldts'
import { refanged } from '../../analysis/indicators/spelling.ts'
import { SluiceError } from '../../core/errors.ts'
import { encodeLabel } from '../../core/punycode.ts'
import { oneLine } from '../../core/text.ts'

/** What can be looked up. `value` as the registries write it: lower case, `xn--…`, no dot at the end; an AS number in decimal. */
export type Target =
  /** `domain`: what is registered; null: the name is one under which others register, or is reserved. */
  | { type: 'domain'; value: string; domain: string | null }
  | { type: 'ip'; value: string }
  | { type: 'asn'; value: string }

const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/

/** A domain, URL, mail address, IP address or AS number as people write it, defanged or not. Throws `usage`. */
export function readTarget(written: string): Target {
  const text = refanged(written.slice(0, 2_000)).text.trim().toLowerCase()
  const number = /^as\s?(\d{1,10})$/.exec(text)?.[1]
  if (number !== undefined && Number(number) < 2 ** 32) return { type: 'asn', value: String(Number(number)) }
  const host = hostIn(text)
  const bare = host.replace(/^\[|\]$/g, '')
  if (isIP(bare) !== 0) return { type: 'ip', value: isIP(bare) === 6 ? new URL(`http://[${bare.split('%')[0]}]`).hostname.slice(1, -1) : bare }
  const labels = host.replace(/\.$/, '').normalize('NFKC').split(/[.。]/).map(encodeLabel)
  const value = labels.join('.')
  if (labels.length < 2 || value.length > 253 || !labels.every((label) => label !== null && LABEL.test(label)) || /^\d+$/.test(labels.at(-1) as string)) {
    throw new SluiceError('usage', `neither a domain nor an address: ${oneLine(written, 80)}`, { hint: 'write a name like evil.example, an IP address, or AS64500' })
  }
  return { type: 'domain', value, domain: registeredDomain(value) }
}

function hostIn(text: string): string {
  const authority = /^(?:[a-z][a-z0-9+.-]{0,20}:)?\/\/([^/?#]*)/.exec(text)?.[1] ?? text.split(/[/?#]/)[0] ?? ''
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  return isIP(host) !== 0 ? host : host.replace(/:\d{0,5}$/, '')
}

/** What somebody pays for: one label below a public suffix. Reserved names (RFC 2606) count as if they were one. */
function registeredDomain(host: string): string | null {
  return parse(host, { allowPrivateDomains: false, extractHostname: false }).domain
}
