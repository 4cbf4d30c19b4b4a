import { createHash } from 'node:crypto'
import { BlockList, isIP } from 'node:net'
import tls from 'node:tls'
import { Agent, ProxyAgent, buildConnector } from 'undici'
import type { Dispatcher } from 'undici'
import type { WayOut } from '../../ports/upstream.ts'
import { isPublic, PrivateAddress, strangers } from './addresses.ts'
import type { Hop } from './trust.ts'

const CONNECT_TIMEOUT = 10_000
const POOL = {
  // HTTP/1.1 only: one slow or hostile stream then never shares a connection with others.
  allowH2: false,
  connections: 64,
  pipelining: 1,
  keepAliveTimeout: 30_000,
  keepAliveMaxTimeout: 120_000,
  maxHeaderSize: 64 * 1024,
  // The head and stall timers of the adapter are exact and also cover name lookup and TLS.
  headersTimeout: 0,
  bodyTimeout: 0,
} as const

/** Connection pools by trust, proxy and certificate authorities, made when first needed. */
export function createRoutes() {
  const pools = new Map<string, Dispatcher>()
  return {
    /** Which proxy a hop takes, and the pool for it. */
    take(hop: Hop, way: WayOut): { dispatcher: Dispatcher; proxy: string | null } {
      const proxy = proxyFor(hop, way)
      // A proxy resolves names itself, so only addresses written as such can be judged here.
      if (!hop.trusted && (proxy !== null || isIP(bare(hop.url.hostname)) !== 0)) refusePrivateHost(hop.url.hostname)
      const own = hop.origin?.ca
      const key = [hop.trusted, hop.beside, proxy, digestOf(way.ca), own ? sha256(own) : ''].join('|')
      const known = pools.get(key)
      if (known) return { dispatcher: known, proxy }
      const extra = own ? [...way.ca, own] : way.ca
      // Made once: building a context from a whole bundle takes tens of milliseconds.
      const ca = extra.length > 0 ? { secureContext: tls.createSecureContext({ ca: [...tls.getCACertificates('default'), ...extra] }) } : {}
      const pool = proxy === null
        ? new Agent({ ...POOL, connect: connector(hop, ca) })
        : new ProxyAgent({ ...POOL, uri: proxy, requestTls: { ...ca, allowH2: false }, proxyTls: { ...ca, timeout: CONNECT_TIMEOUT, allowH2: false } })
      pools.set(key, pool)
      return { dispatcher: pool, proxy }
    },
    async close(): Promise<void> {
      await Promise.all([...pools.values()].map((pool) => pool.destroy()))
      pools.clear()
    },
  }
}

const digests = new WeakMap<readonly string[], string>()
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')

/** A bundle is some hundred kilobytes and stays the same for the life of a configuration. */
function digestOf(bundle: readonly string[]): string {
  const known = digests.get(bundle) ?? sha256(bundle.join('\n'))
  digests.set(bundle, known)
  return known
}

function connector({ trusted, beside }: Hop, ca: { secureContext?: tls.SecureContext }): buildConnector.connector {
  const base = { ...ca, timeout: CONNECT_TIMEOUT, allowH2: false }
  if (trusted) return buildConnector(base)
  const { lookup, permits } = strangers(beside)
  const connect = buildConnector({ ...base, lookup } as buildConnector.BuildOptions)
  return (options, callback) => connect(options, (...result) => {
    const [, socket] = result
    if (socket && !permits(socket.remoteAddress ?? '')) {
      socket.destroy()
      return callback(new PrivateAddress(options.hostname), null)
    }
    callback(...result)
  })
}

const bare = (hostname: string): string => hostname.replace(/^\[|\]$/g, '')

function refusePrivateHost(hostname: string): void {
  const host = bare(hostname).replace(/\.$/, '')
  const address = isIP(host) !== 0
  if (address ? !isPublic(host) : !host.includes('.') || /\.(?:localhost|local|internal)$/.test(host)) throw new PrivateAddress(host)
}

function proxyFor(hop: Hop, way: WayOut): string | null {
  if (hop.origin?.proxy !== undefined) return hop.origin.proxy
  const proxy = hop.url.protocol === 'https:' ? way.proxy.https : way.proxy.http
  return proxy !== null && bypasses(way.proxy.bypass, hop.url) ? null : proxy
}

/** NO_PROXY as curl, Go and pip read it between them; loopback never goes through a proxy. */
export function bypasses(list: readonly string[], url: URL): boolean {
  const host = bare(url.hostname).toLowerCase()
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const family = isIP(host)
  if (host === 'localhost' || host === '::1' || (family === 4 && host.startsWith('127.'))) return true
  return list.some((raw) => {
    let entry = raw.trim().toLowerCase()
    if (entry === '*') return true
    const withPort = /^(\[[^\]]+\]|[^:]+):(\d+)$/.exec(entry)
    if (withPort) {
      if (withPort[2] !== port) return false
      entry = withPort[1] as string
    }
    entry = bare(entry)
    if (entry.includes('/')) return family !== 0 && inSubnet(entry, host, family)
    const suffix = entry.replace(/^\*?\./, '')
    return suffix !== '' && (host === suffix || (family === 0 && host.endsWith(`.${suffix}`)))
  })
}

function inSubnet(cidr: string, address: string, family: number): boolean {
  const [network = '', bits = ''] = cidr.split('/')
  const kind = family === 4 ? 'ipv4' : 'ipv6'
  if (isIP(network) !== family || !/^\d{1,3}$/.test(bits) || Number(bits) > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(network, Number(bits), kind)
  return list.check(address, kind)
}
