import type { IncomingMessage, ServerResponse } from 'node:http'
import { access } from '../access/access.ts'
import type { Anonymous } from '../access/access.ts'
import type { Tokens } from '../access/tokens.ts'
import { isCode, sentence, SluiceError } from '../core/errors.ts'
import type { Collection, Exchange } from '../intel/exchange.ts'
import { pageOf, versionOf } from '../intel/taxii.ts'
import type { Added, TaxiiQuery } from '../intel/taxii.ts'
import type { Tlp } from '../intel/tlp.ts'

const TAXII = 'application/taxii+json;version=2.1'
const STIX = 'application/stix+json;version=2.1'
const ROOT = '/taxii2/sluice/'
const LIMIT = 1_000
const MOST = 5_000

interface Reply { status: number; body: unknown; headers?: Record<string, string> }

/**
 * A read-only TAXII 2.1 server (OASIS standard, 2021-06-10) at `/taxii2/`: one API root with two collections. A token is the
 * password of Basic, as TAXII's clients send it, or Bearer; without one only what is clear can be had.
 */
export function createTaxii({ exchange, tokens, anonymous, originOf, onDefect }: {
  exchange: Exchange
  tokens: Tokens
  anonymous: Anonymous
  originOf(request: IncomingMessage): string
  onDefect(thrown: unknown): void
}): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  const answer = async (request: IncomingMessage): Promise<Reply> => {
    const granted = await access({ headers: request.headers, address: request.socket.remoteAddress ?? '' }, 'read', { tokens, anonymous })
    if (!granted.granted) return { ...problem(401, granted.because), headers: { 'www-authenticate': 'Basic realm="sluice"' } }
    if (request.method !== 'GET' && request.method !== 'HEAD') return { ...problem(405, 'this server is read-only'), headers: { allow: 'GET, HEAD' } }
    if (!accepts(request.headers.accept ?? '')) return problem(406, `this server answers in ${TAXII}`)
    const url = new URL(request.url ?? '/', 'http://gate.invalid')
    const path = url.pathname.endsWith('/') ? url.pathname : `${url.pathname}/`
    if (path === '/taxii2/') return ok({ title: 'Sluice', description: 'What this gate knows of malicious packages', default: originOf(request) + ROOT, api_roots: [originOf(request) + ROOT] })
    if (path === ROOT) return ok({ title: 'Sluice', description: 'Malicious packages and indicators', versions: [TAXII], max_content_length: 1_048_576 })
    return resource(path, url.searchParams, granted.token ? exchange.share : 'clear')
  }

  const resource = async (path: string, query: URLSearchParams, most: Tlp): Promise<Reply> => {
    const collections = await exchange.collections()
    if (path === `${ROOT}collections/`) return ok({ collections: collections.map(shown) })
    const [, id, kind, object, versions] = /^\/taxii2\/sluice\/collections\/([^/]+)\/(?:(objects|manifest)\/(?:([^/]+)\/(versions\/)?)?)?$/.exec(path) ?? []
    const collection = collections.find((one) => one.id === id || one.key === id)
    if (!collection) return problem(404, 'no such collection or resource')
    if (kind === undefined) return ok(shown(collection))
    if (kind === 'manifest' && object !== undefined) return problem(404, 'no such resource')
    const all = await exchange.objects(collection.key, most)
    const wanted = queryOf(query, object)
    const page = pageOf(all, wanted)
    if (object !== undefined && page.objects.length === 0 && !all.some((one) => one.object.id === object)) return problem(404, 'no such object')
    const headers = { ...(page.first ? { 'x-taxii-date-added-first': precise(page.first) } : {}), ...(page.last ? { 'x-taxii-date-added-last': precise(page.last) } : {}) }
    const more = page.more ? { more: true, next: page.next } : {}
    if (versions !== undefined) return ok({ ...more, ...(page.objects.length > 0 ? { versions: page.objects.map(versionOf) } : {}) }, headers)
    if (kind === 'manifest') return ok({ ...more, ...(page.objects.length > 0 ? { objects: manifestOf(all, page.objects.map((one) => one.id)) } : {}) }, headers)
    return ok({ ...more, ...(page.objects.length > 0 ? { objects: page.objects } : {}) }, headers)
  }

  return async (request, response) => {
    const { status, body, headers = {} } = await answer(request).catch((thrown: unknown): Reply => {
      if (isCode(thrown, 'usage')) return problem(400, sentence(thrown))
      onDefect(thrown)
      return problem(500, 'an error of the gate itself; its log says more')
    })
    const bytes = Buffer.from(JSON.stringify(body))
    response.writeHead(status, { 'content-type': TAXII, 'content-length': bytes.byteLength, 'cache-control': 'no-store', ...headers })
    response.end(request.method === 'HEAD' ? undefined : bytes)
  }
}

const ok = (body: unknown, headers: Record<string, string> = {}): Reply => ({ status: 200, body, headers })
const problem = (status: number, title: string): Reply => ({ status, body: { title, http_status: String(status) } })

const shown = ({ id, key, title, description }: Collection): object => ({ id, title, description, alias: key, can_read: true, can_write: false, media_types: [STIX] })

/** TAXII 2.1, 1.6.8: with the version, without it, or anything. */
const accepts = (accept: string): boolean => accept === '' || accept.split(',').some((one) => {
  const [type = '', ...parameters] = one.split(';').map((part) => part.trim().toLowerCase())
  if (type === '*/*' || type === 'application/*' || type === 'application/json') return true
  return type === 'application/taxii+json' && parameters.every((parameter) => !parameter.startsWith('version=') || parameter === 'version=2.1')
})

function queryOf(query: URLSearchParams, object: string | undefined): TaxiiQuery {
  const list = (name: string): string[] | undefined => {
    const text = query.get(`match[${name}]`)
    return text === null ? undefined : text.split(',').map((one) => one.trim()).slice(0, 1_000)
  }
  const after = query.get('added_after')
  const limit = query.get('limit')
  if (after !== null && Number.isNaN(Date.parse(after))) throw new SluiceError('usage', 'added_after is no time')
  if (limit !== null && !/^[1-9]\d{0,9}$/.test(limit)) throw new SluiceError('usage', 'limit is no positive number')
  return {
    limit: Math.min(limit === null ? LIMIT : Number(limit), MOST), next: query.get('next') ?? undefined, addedAfter: after === null ? undefined : new Date(after),
    ids: object === undefined ? list('id') : [object], types: list('type'), versions: list('version'), specVersions: list('spec_version'),
  }
}

function manifestOf(all: readonly Added[], ids: readonly string[]): object[] {
  const wanted = new Set(ids)
  return all.filter(({ object }) => wanted.has(object.id)).map(({ object, at }) => ({ id: object.id, date_added: precise(at), version: versionOf(object), media_type: STIX }))
}

/** Six digits of a second, as timestamps in TAXII have them. */
const precise = (time: Date): string => time.toISOString().replace('Z', '000Z')
