import type { IncomingMessage } from 'node:http'
import { isIPv6 } from 'node:net'
import type { BlockList } from 'node:net'
import { clientOf } from '../core/client.ts'
import type { Asker } from '../admission/serve.ts'
import type { Encoding } from '../workers/jobs.ts'

export interface GatewaySettings {
  /** The URL clients reach the gate at, where it is not what their Host header says; ends without `/`. */
  publicUrl: string | null
  /** Proxies in front that may state the client's address, scheme and host; null: none. */
  trusted: BlockList | null
  tls: boolean
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
    ifNoneMatch: headers['if-none-match'] ?? null,
    body: request.method !== 'HEAD',
    range: headers.range ?? null,
    ifRange: typeof headers['if-range'] === 'string' ? headers['if-range'] : null,
  }
}

/** The origin under which this client reaches the gate: configured, told by a trusted proxy, or its own Host header. */
export function originOf(request: IncomingMessage, settings: GatewaySettings): string {
  if (settings.publicUrl) return settings.publicUrl
  const { headers } = request
  const told = isTrusted(request, settings)
    ? { host: first(headers['x-forwarded-host']), scheme: first(headers['x-forwarded-proto']) } : { host: null, scheme: null }
  const host = told.host ?? headers.host ?? ''
  const scheme = told.scheme === 'https' || told.scheme === 'http' ? told.scheme : settings.tls ? 'https' : 'http'
  return `${scheme}://${HOST.test(host) ? host : '127.0.0.1'}`
}

/** gzip before zstd: every client that offers zstd takes gzip, and one prebuilt body serves them all. */
function encodingOf(header: string | string[] | undefined): Encoding {
  const text = String(header ?? '')
  if (text.includes('gzip') && !/gzip\s*;\s*q=0(?:\.0*)?(?:\s|,|$)/.test(text)) return 'gzip'
  if (text.includes('zstd') && !/zstd\s*;\s*q=0(?:\.0*)?(?:\s|,|$)/.test(text)) return 'zstd'
  return 'identity'
}

/** Whether the peer is a proxy that configuration names. */
function isTrusted({ socket }: IncomingMessage, { trusted }: GatewaySettings): boolean {
  if (trusted === null) return false
  const peer = (socket.remoteAddress ?? '').replace(/^::ffff:/, '')
  return peer !== '' && trusted.check(peer, isIPv6(peer) ? 'ipv6' : 'ipv4')
}

function forwardedOf(request: IncomingMessage, settings: GatewaySettings): Asker['forwarded'] {
  const { headers } = request
  const address = isTrusted(request, settings) ? first(headers['x-forwarded-for']) : null
  const host = first(headers['sluice-host'])
  const user = first(headers['sluice-user'])
  const job = first(headers['sluice-ci-job']) ?? first(headers['npm-in-ci'])
  const url = first(headers['sluice-ci-url'])
  return address || host || user || job || url ? { address, host, user, job, url } : null
}

function first(header: string | string[] | undefined): string | null {
  const text = Array.isArray(header) ? header[0] : header
  return text?.split(',')[0]?.trim() || null
}
