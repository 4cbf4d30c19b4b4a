import type { Origin } from '../../ports/upstream.ts'
import { SluiceError } from '../../core/errors.ts'

/** How one hop may be made. */
export interface Hop {
  url: URL
  /** The operator named this origin: private addresses and plain http are fine. */
  trusted: boolean
  /** The entry whose credentials, proxy, CA and timeouts apply. */
  origin: Origin | null
  /**
   * Host of the registry whose document named this URL, where both use https on one port: an address they share is as
   * reachable as the operator wants it to be. Networks that reach all registries through one inner address need this.
   */
  beside: string | null
}

/** A URL without what may be secret: user, password, query, fragment. */
export function shown(url: URL): string {
  return `${url.origin}${url.pathname}`.slice(0, 300)
}

export function parseUrl(text: string, base?: URL): URL {
  const url = URL.parse(text, base?.href)
  if (!url || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new SluiceError('upstream-redirect', `not an http or https URL: ${text.slice(0, 200)}`)
  }
  if (url.username || url.password) throw new SluiceError('upstream-redirect', `refused a URL with a password in it: ${shown(url)}`)
  url.hash = ''
  return url
}

/** A URL that the gate itself made from its configuration. */
export function firstHop(url: URL, origins: readonly Origin[]): Hop {
  const origin = bestMatch(url, origins)
  return checked({ url, origin, trusted: origin !== null || origins.some((entry) => allows(entry, url)), beside: null })
}

/**
 * A URL that somebody else named (a redirect, an index document). Crossing to another origin keeps only the trust that the
 * registry it came from was given, so that a public registry cannot send the gate to a private one.
 */
export function nextHop(from: Hop, url: URL, origins: readonly Origin[]): Hop {
  if (from.url.protocol === 'https:' && url.protocol === 'http:') {
    throw new SluiceError('upstream-redirect', `${shown(from.url)} led from https to plain http: ${shown(url)}`)
  }
  if (url.origin === from.url.origin) return checked({ ...from, url, origin: from.origin && bestMatch(url, origins) })
  return checked({ url, origin: null, trusted: from.origin !== null && allows(from.origin, url), beside: besideOf(from, url) })
}

function besideOf(from: Hop, url: URL): string | null {
  if (from.origin === null) return from.beside
  const base = new URL(from.origin.base)
  return base.protocol === 'https:' && url.protocol === 'https:' && base.port === url.port ? base.hostname : null
}

function checked(hop: Hop): Hop {
  if (hop.url.protocol === 'http:' && !hop.trusted) {
    throw new SluiceError('upstream-redirect', `refused plain http to a host that is not configured: ${shown(hop.url)}`, {
      hint: 'name its origin under upstreams.<ecosystem>.also_allow if it is yours',
    })
  }
  return hop
}

function allows(entry: Origin, url: URL): boolean {
  return new URL(entry.base).origin === url.origin || entry.alsoAllow.some((other) => URL.canParse(other) && new URL(other).origin === url.origin)
}

/** Several registries may share an origin: the one that shares the longest path with the URL is meant. */
function bestMatch(url: URL, origins: readonly Origin[]): Origin | null {
  let best: Origin | null = null
  let longest = -1
  for (const entry of origins) {
    const base = new URL(entry.base)
    if (base.origin !== url.origin) continue
    const shared = sharedSegments(base.pathname, url.pathname)
    if (shared > longest) {
      best = entry
      longest = shared
    }
  }
  return best
}

function sharedSegments(a: string, b: string): number {
  const left = a.split('/').filter(Boolean)
  const right = b.split('/').filter(Boolean)
  let count = 0
  while (count < left.length && left[count] === right[count]) count++
  return count
}
