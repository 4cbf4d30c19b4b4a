import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { sentence } from '../core/errors.ts'
import type { Origin, WayOut } from '../ports/upstream.ts'
import type { Complaint, Path } from './problems.ts'
import type { Document } from './schema.ts'

export type Env = Readonly<Record<string, string | undefined>>
type Connection = Omit<Document['upstreams']['npm'], 'url'>
type Secret = { env?: string | undefined; file?: string | undefined }

export interface Surroundings {
  env: Env
  /** What relative paths in the file are relative to. */
  folder: string
  complain(complaint: Complaint): void
}

/** Proxy, CA and timeouts of all upstreams; what the file leaves open comes from the usual variables. */
export function generalWayOut(document: Document['network'], around: Surroundings, warn: (message: string) => void): Omit<WayOut, 'origins'> {
  const { env } = around
  const proxy = (scheme: 'http' | 'https'): string | null => {
    const said = document.proxy[scheme] ?? variable(env, `${scheme}_proxy`) ?? variable(env, 'all_proxy') ?? 'off'
    const url = said === 'off' ? null : said.includes('://') ? said : `http://${said}`
    if (url === null || /^https?:$/.test(URL.parse(url)?.protocol ?? '')) return url
    warn(`the environment names a ${scheme} proxy that is not an http or https URL: it is not used`)
    return null
  }
  const bypass = document.proxy.bypass ?? (variable(env, 'no_proxy') ?? '').split(/[\s,]+/).filter(Boolean)
  const ca = document.ca_file === undefined ? systemBundle(env, warn) : readAuthority(document.ca_file, ['network', 'ca_file'], around)
  return {
    proxy: { http: proxy('http'), https: proxy('https'), bypass },
    ca: ca === undefined ? [] : [ca],
    headTimeout: document.head_timeout,
    stallTimeout: document.stall_timeout,
  }
}

/** One registry's own settings. */
export function originAt(base: string, entry: Partial<Connection>, path: Path, around: Surroundings): Origin {
  const ca = entry.ca_file === undefined ? undefined : readAuthority(entry.ca_file, [...path, 'ca_file'], around)
  return {
    base,
    authorization: entry.credentials ? authorization(entry.credentials, [...path, 'credentials'], around) : null,
    alsoAllow: entry.also_allow ?? [],
    ...(entry.proxy === undefined ? {} : { proxy: entry.proxy === 'off' ? null : entry.proxy }),
    ...(ca === undefined ? {} : { ca }),
    ...(entry.head_timeout === undefined ? {} : { headTimeout: entry.head_timeout }),
    ...(entry.stall_timeout === undefined ? {} : { stallTimeout: entry.stall_timeout }),
  }
}

function authorization(credentials: NonNullable<Connection['credentials']>, path: Path, around: Surroundings): string {
  const { token, username = '', password } = credentials
  if (token) return `Bearer ${secretAt(token, [...path, 'token'], around)}`
  return basic(username, password ? secretAt(password, [...path, 'password'], around) : '')
}

/** RFC 7617. */
export function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
}

export function secretAt(secret: Secret, path: Path, around: Surroundings): string {
  const value = secret.env === undefined ? readText(secret.file ?? '', [...path, 'file'], around) : around.env[secret.env]
  if (value === undefined && secret.env !== undefined) {
    around.complain({ path: [...path, 'env'], message: `the environment variable ${secret.env} is not set`, remedy: 'set it, or name a file' })
  }
  const text = (value ?? '').trim()
  if (/[^\x20-\x7e]/.test(text)) around.complain({ path, message: 'the secret is more than one line of ASCII', remedy: 'put only the secret there' })
  return text
}

/** The certificates in a file; a complaint, and none, where it holds none. */
export const authorityAt = (file: string, path: Path, around: Surroundings): string | null => readAuthority(file, path, around) ?? null

function readAuthority(file: string, path: Path, around: Surroundings): string | undefined {
  const text = readText(file, path, around)
  if (text !== undefined && !text.includes('-----BEGIN CERTIFICATE-----')) {
    around.complain({ path, message: `${file} holds no certificate`, remedy: 'name a PEM file' })
  }
  return text
}

function readText(file: string, path: Path, around: Surroundings): string | undefined {
  try {
    return readFileSync(resolve(around.folder, file), 'utf8')
  } catch (thrown) {
    around.complain({ path, message: `cannot read ${file}: ${sentence(thrown)}`, remedy: 'check the path and who may read it' })
    return undefined
  }
}

/** Node itself reads NODE_EXTRA_CA_CERTS; OpenSSL's variable it does not. */
function systemBundle(env: Env, warn: (message: string) => void): string | undefined {
  const file = env['SSL_CERT_FILE']
  if (!file || file === env['NODE_EXTRA_CA_CERTS']) return undefined
  try {
    const text = readFileSync(file, 'utf8')
    if (text.includes('-----BEGIN CERTIFICATE-----')) return text
    warn(`SSL_CERT_FILE (${file}) holds no certificate`)
  } catch (thrown) {
    warn(`SSL_CERT_FILE cannot be read: ${sentence(thrown)}`)
  }
  return undefined
}

/** Proxy variables count in both spellings, the lower-case one first, as curl has it. */
export function variable(env: Env, name: string): string | undefined {
  return env[name.toLowerCase()] || env[name.toUpperCase()] || undefined
}
