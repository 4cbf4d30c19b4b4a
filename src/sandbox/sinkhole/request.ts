import type { IncomingMessage } from 'node:http'
import type { Answer, Asked } from './answers/answer.ts'
import { about, look, type House, type Line } from './house.ts'
import { plain, type SeenHoney } from './seen.ts'

interface Recorded {
  asked: Asked
  status: number
  script: string
  body: ReturnType<House['log']['tap']> | null
  malformed: string | null
  /** The body as it is when what its headers say is undone. */
  head: Buffer
}

export function record(house: House, line: Line, { asked, status, script, body, malformed, head }: Recorded): void {
  const headers = Object.entries(asked.headers)
  const honey = [
    ...look(house, Buffer.from(asked.url, 'latin1'), 'url'),
    ...inHeaders(house, line, asked),
    ...(body === null ? [] : look(house, body.kept(), 'body')),
  ]
  house.log.add({
    kind: 'http', ...about(line, honey, asked.host || line.name), method: plain(asked.method, 40), url: plain(asked.url, 8_192), status, script, tls: asked.tls,
    headers: headers.slice(0, 100).map(([name, value]) => [plain(name, 300), plain(value, 2_000)]),
    body: body === null ? null : body.size === 0 ? (body.close(), null) : body.close(head), proxy: line.proxy, malformed,
  })
}

function inHeaders(house: House, line: Line, asked: Asked): SeenHoney[] {
  const { authorization, ...others } = asked.headers
  const text = Object.entries(others).map(([name, value]) => `${name}: ${value}`).join('\n')
  const hits = authorization === undefined ? [] : look(house, Buffer.from(authorization, 'latin1'), 'header')
  return [...look(house, Buffer.from(text, 'latin1'), 'header'), ...hits.map((hit) => (opens(hit, house, line, asked) ? { ...hit, where: 'authorization' as const } : hit))]
}

/** Whether the secret goes where it belongs: to the registry that it is planted for, by what the request says and by the name whose address was called. */
function opens({ token }: SeenHoney, { options, names }: House, { to }: Line, { host, url }: Asked): boolean {
  if (to === null || (names.nameOf(to.address) ?? to.address) !== host) return false
  return options.registries.some(({ ecosystem, url: base }) => token.startsWith(`${ecosystem}-`) && url.startsWith(base.endsWith('/') ? base : `${base}/`))
}

/** What a request asks for, and of whom: by its own words, else by the connection's. */
export function asking({ method = 'GET', url = '/', headers }: { method?: string | undefined; url?: string | undefined; headers: IncomingMessage['headers'] | Readonly<Record<string, string>> }, line: Line): Asked {
  const fields = flat(headers)
  const absolute = /^https?:\/\//i.test(url) ? url : null
  const authority = absolute === null ? fields.host ?? line.name ?? line.to?.address ?? 'localhost' : authorityOf(absolute)
  const rest = absolute === null ? url : url.slice(url.indexOf(authority) + authority.length) || '/'
  const question = rest.indexOf('?')
  const path = question < 0 ? rest : rest.slice(0, question)
  const port = line.to && !/:\d+$/.test(authority) && ![80, 443].includes(line.to.port) && absolute === null && fields.host === undefined ? `:${line.to.port}` : ''
  return {
    method, host: hostOf(authority) ?? '', path: decoded(path.startsWith('/') ? path : `/${path}`),
    query: new URLSearchParams(question < 0 ? '' : rest.slice(question + 1, question + 20_000)),
    url: absolute ?? `${line.tls ? 'https' : 'http'}://${authority}${port}${url}`, headers: fields, body: Buffer.alloc(0), to: line.to, tls: line.tls,
    from: line.from,
  }
}

const authorityOf = (url: string): string => /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? ''

export function hostOf(authority: string | undefined): string | null {
  if (authority === undefined) return null
  const host = authority.replace(/^.*@/, '')
  return (host.startsWith('[') ? host.slice(1).replace(/\].*$/, '') : host.replace(/:\d*$/, '')).toLowerCase().slice(0, 300)
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}

export function flat(headers: Readonly<Record<string, string | readonly string[] | number | undefined>>): Record<string, string> {
  const fields: [string, string][] = []
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !name.startsWith(':')) fields.push([name, Array.isArray(value) ? value.join(', ') : String(value)])
  }
  return Object.fromEntries(fields)
}

export function rendered({ status, headers = {}, body }: Answer): { status: number; headers: Record<string, string>; body: Buffer | { file: string; size: number } } {
  const common = { server: 'nginx', date: new Date().toUTCString(), ...headers }
  if (typeof body === 'object' && 'json' in body) {
    const bytes = Buffer.from(JSON.stringify(body.json))
    return { status, headers: { 'content-type': 'application/json; charset=utf-8', 'content-length': String(bytes.length), ...common }, body: bytes }
  }
  if (typeof body === 'object' && 'file' in body) return {
    status, headers: { 'content-type': 'application/octet-stream', 'content-length': String(body.size), ...common }, body,
  }
  const bytes = Buffer.from(body as string | Buffer)
  return {
    status,
    headers: { ...(status === 204 ? {} : { 'content-type': 'text/plain; charset=utf-8', 'content-length': String(bytes.length) }), ...common },
    body: bytes,
  }
}
