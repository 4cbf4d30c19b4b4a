import type { IncomingHttpHeaders } from 'node:http'
import { isIPv4 } from 'node:net'
import type { Scope, Token, Tokens } from './tokens.ts'

/** Who may read without a token: `loopback` means only requests that really come from this machine. */
export type Anonymous = 'loopback' | 'always' | 'never'

export type Access = { granted: true; token: Token | null } | { granted: false; because: string }

/** What each scope includes: a pipeline that tells what it uses need not see who received what. Nobody but a machine's own token speaks for it. */
const INCLUDES: Readonly<Record<Scope, readonly Scope[]>> = {
  read: ['read'], inventory: ['read', 'inventory'], host: ['read', 'host'], audit: ['read', 'audit'], admin: ['read', 'inventory', 'audit', 'admin'],
}

/**
 * Decides whether a request may read, audit or administer. Anonymous reading never becomes more than that. A request that a
 * reverse proxy forwarded is not from this machine, nor is one for a foreign host name (a browser after DNS rebinding).
 *
 * `bearerOnly` is for what changes something or tells of people: browsers send a Basic password they once learnt along with
 * requests that other sites' pages make, but never a Bearer token.
 */
export async function access(
  request: { headers: IncomingHttpHeaders; address: string }, scope: Scope,
  { tokens, anonymous, bearerOnly = false }: { tokens: Tokens; anonymous: Anonymous; bearerOnly?: boolean },
): Promise<Access> {
  const { authorization } = request.headers
  if (bearerOnly && authorization !== undefined && !/^bearer /i.test(authorization)) {
    return { granted: false, because: 'the API takes a token as Authorization: Bearer only' }
  }
  const secret = secretOf(authorization)
  if (secret !== null) {
    const token = await tokens.verify(secret)
    if (!token) return { granted: false, because: 'this token is unknown, expired or revoked' }
    if (!token.scopes.some((own) => INCLUDES[own].includes(scope))) return { granted: false, because: `this token does not have the scope ${scope}` }
    return { granted: true, token }
  }
  if (scope === 'read' && (anonymous === 'always' || (anonymous === 'loopback' && isLocal(request)))) return { granted: true, token: null }
  return { granted: false, because: `a token with the scope ${scope} is needed` }
}

/** Bearer (npm, curl) or the password of Basic (pip, uv, poetry, go through netrc; RFC 7617). */
function secretOf(authorization: string | undefined): string | null {
  if (authorization === undefined || authorization.length > 4_096) return null
  const [scheme = '', value = ''] = authorization.split(' ', 2)
  if (/^bearer$/i.test(scheme)) return value
  if (!/^basic$/i.test(scheme)) return null
  const pair = Buffer.from(value, 'base64').toString('utf8')
  const colon = pair.indexOf(':')
  const password = pair.slice(colon + 1)
  return colon < 0 || password === '' ? pair.slice(0, colon < 0 ? undefined : colon) : password
}

const FORWARDED = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']

function isLocal({ headers, address }: { headers: IncomingHttpHeaders; address: string }): boolean {
  const here = address === '127.0.0.1' || address === '::1' || address === '::ffff:127.0.0.1'
  if (!here || FORWARDED.some((name) => headers[name] !== undefined)) return false
  const host = (headers.host ?? '').toLowerCase().replace(/:\d+$/, '')
  return host === 'localhost' || host === '[::1]' || host.endsWith('.localhost') || (host.startsWith('127.') && isIPv4(host))
}
