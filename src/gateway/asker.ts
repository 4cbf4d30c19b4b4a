import type { IncomingMessage } from 'node:http'
import { isIP, isIPv6 } from 'node:net'
import type { BlockList } from 'node:net'
import { hostname } from 'node:os'
import { clientOf } from '../core/client.ts'
import type { Asker } from '../admission/serve.ts'
import type { Encoding } from '../workers/jobs.ts'
import { withoutCodings } from './etag.ts'
import { clientHop } from './forwarded.ts'
import type { Hop } from './forwarded.ts'

export interface GatewaySettings {
  /** The URL clients reach the gate at, where it is not an address or the name of this machine; ends without `/`. */
  publicUrl: string | null
  /** Proxies in front that may state the client's address, scheme and host; null: none. */
  trusted: BlockList | null
  tls: boolean
  /** Whether a host name is the gate's, besides those of this machine: what its certificate is for. */
  isName?(host: string): boolean
}

const HOST = /^(?:[a-z0-9](?:[a-z0-9._-]{0,252})|\[[0-9a-f:.]{2,45}\])(?::\d{1,5})?$/i

/** Reads who asks and how from a request. Everything here is a claim but the address of the peer. */
export function askerOf(request: IncomingMessage, { prefix, token, requestId, settings }: {
  prefix: string
  token: string | null
  requestId: string
  settings: GatewaySettings
}): Asker {
  const { headers } = request
  return {
    client: clientOf(headers['user-agent']),
    token,
    address: request.socket.remoteAddress ?? '',
    forwarded: forwardedOf(request, settings),
    requestId,
    base: `${originOf(request, settings)}${prefix}`,
    encoding: encodingOf(headers['accept-encoding']),
    ifNoneMatch: headers['if-none-match'] === undefined ? null : withoutCodings(headers['if-none-match']),
    body: request.method !== 'HEAD',
    range: headers.range ?? null,
    ifRange: typeof headers['if-range'] === 'string' ? headers['if-range'] : null,
  }
}

/**
 * The origin under which this client reaches the gate: configured, told by a trusted proxy, its Host header where that is this
 * machine, else the address it connected to. Documents are built and kept for each origin, so a client cannot make more of
 * them than there are names.
 */
export function originOf(request: IncomingMessage, settings: GatewaySettings): string {
  if (settings.publicUrl) return settings.publicUrl
  const { headers, socket } = request
  const told = hopOf(request, settings)
  const scheme = told?.scheme === 'https' || told?.scheme === 'http' ? told.scheme : settings.tls ? 'https' : 'http'
  if (told) {
    const host = told.host ?? headers.host ?? ''
    if (HOST.test(host)) return `${scheme}://${host}`
  }
  const [, name = '', port] = /^(\[[^\]]*\]|[^:]*)(?::(\d{1,5}))?$/.exec((headers.host ?? '').toLowerCase()) ?? []
  const { localAddress = '127.0.0.1', localPort = 80 } = socket
  const usual = settings.tls ? 443 : 80
  const isOwn = localPort === Number(port ?? usual) && (MACHINE.has(name) || (HOST.test(name) && settings.isName?.(name) === true))
  const address = localAddress.replace(/^::ffff:(?=\d)/, '').replace(/%.*$/, '')
  return `${scheme}://${isOwn ? name : isIPv6(address) ? `[${address}]` : address}${localPort === usual ? '' : `:${localPort}`}`
}

const MACHINE = new Set(['localhost', '127.0.0.1', '[::1]', hostname().toLowerCase()])

/** gzip before zstd: every client that offers zstd takes gzip, and one prebuilt body serves them all. */
function encodingOf(header: string | string[] | undefined): Encoding {
  const text = String(header ?? '')
  if (text.includes('gzip') && !/gzip\s*;\s*q=0(?:\.0*)?(?:\s|,|$)/.test(text)) return 'gzip'
  if (text.includes('zstd') && !/zstd\s*;\s*q=0(?:\.0*)?(?:\s|,|$)/.test(text)) return 'zstd'
  return 'identity'
}

/** What a proxy that configuration names says of its client; null when nobody of them asks. */
function hopOf({ headers, socket }: IncomingMessage, { trusted }: GatewaySettings): Hop | null {
  if (trusted === null) return null
  const isTrusted = (claimed: string): boolean => {
    const address = claimed.replace(/^::ffff:(?=\d)/, '')
    return isIP(address) !== 0 && trusted.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
  }
  return isTrusted(socket.remoteAddress ?? '') ? clientHop(headers, isTrusted) : null
}

/** Who asks, as far as it can be known: the client that a trusted proxy names, else the peer. Without the prefix of IPv4 in IPv6. */
export function callerAddress(request: IncomingMessage, settings: GatewaySettings): string {
  const told = hopOf(request, settings)?.address?.replace(/^::ffff:(?=\d)/, '') ?? null
  return told !== null && isIP(told) !== 0 ? told : (request.socket.remoteAddress ?? 'unknown').replace(/^::ffff:(?=\d)/, '')
}

function forwardedOf(request: IncomingMessage, settings: GatewaySettings): Asker['forwarded'] {
  const { headers } = request
  const address = hopOf(request, settings)?.address ?? null
  const host = first(headers['sluice-host'])
  const user = first(headers['sluice-user'])
  const job = first(headers['sluice-ci-job']) ?? (first(headers['npm-in-ci']) === 'true' ? 'npm' : null)
  const url = first(headers['sluice-ci-url'])
  return address || host || user || job || url ? { address, host, user, job, url } : null
}

function first(header: string | string[] | undefined): string | null {
  const text = Array.isArray(header) ? header[0] : header
  return text?.split(',')[0]?.trim() || null
}
