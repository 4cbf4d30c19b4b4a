import type { IncomingHttpHeaders } from 'node:http'

/** What proxies in front say of whom they serve. */
export interface Hop {
  address: string | null
  host: string | null
  scheme: string | null
}

/**
 * The last hop that is not a trusted proxy itself. Every proxy appends whom it saw, so what stands left of that hop is that
 * client's own invention. Reads X-Forwarded-For, -Host and -Proto, else Forwarded (RFC 7239). To be believed only when a
 * trusted proxy sent the request.
 */
export function clientHop(headers: IncomingHttpHeaders, isTrusted: (address: string) => boolean): Hop {
  const plain = listOf(headers['x-forwarded-for'])
  if (plain.length === 0 && headers.forwarded !== undefined) {
    const hops = elementsOf(headers.forwarded)
    return hops[lastForeign(hops.map(({ address }) => address), isTrusted)] ?? NOTHING
  }
  const addresses = plain.map(addressOf)
  const at = lastForeign(addresses, isTrusted)
  // Some proxies append to these lists, too; where they replace them, the one value counts for every hop.
  const beside = (header: string | string[] | undefined): string | null => {
    const list = listOf(header)
    return list.at(at - addresses.length) ?? list[0] ?? null
  }
  return { address: addresses[at] ?? null, host: beside(headers['x-forwarded-host']), scheme: beside(headers['x-forwarded-proto']) }
}

const NOTHING: Hop = { address: null, host: null, scheme: null }

function lastForeign(addresses: readonly (string | null)[], isTrusted: (address: string) => boolean): number {
  return Math.max(addresses.findLastIndex((address) => address === null || !isTrusted(address)), 0)
}

const listOf = (header: string | string[] | undefined): string[] =>
  String(header ?? '').split(',').map((part) => part.trim()).filter((part) => part !== '')

const PARAMETER = /([\w!#$%&'*+.^`|~-]{1,20})=(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*))|,/g

function elementsOf(header: string): Hop[] {
  const hops: Hop[] = [{ ...NOTHING }]
  for (const [found, name, quoted, token] of header.matchAll(PARAMETER)) {
    const hop = hops.at(-1) as Hop
    const value = quoted?.replace(/\\(.)/g, '$1') ?? token ?? ''
    if (found === ',') hops.push({ ...NOTHING })
    else if (/^for$/i.test(name as string)) hop.address = addressOf(value)
    else if (/^host$/i.test(name as string)) hop.host = value
    else if (/^proto$/i.test(name as string)) hop.scheme = value
  }
  return hops
}

/** Without a port: `192.0.2.1:4711`, `[2001:db8::1]:4711`. Other words (`unknown`, `_hidden`) stay as they are. */
function addressOf(node: string): string {
  const [, inner] = /^\[([^\]]*)\]/.exec(node) ?? []
  return inner ?? node.replace(/^([^:]*):\d+$/, '$1')
}
