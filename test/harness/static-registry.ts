import { createServer } from 'node:http'
import type { IncomingMessage, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { goZip, hex, integrity, metadata, tarball, wheel } from './archives.ts'

export interface Answer {
  status?: number
  phrase?: string
  headers?: Readonly<Record<string, string>>
  body: string | Uint8Array
}

export type Route = (request: IncomingMessage) => Answer | undefined

/** A loopback server of fixed answers that remembers what it was asked. The first route that answers wins. */
export interface StaticRegistry {
  origin: string
  /** `METHOD path` in order. */
  asked: string[]
  headers: IncomingMessage['headers'][]
  close(): Promise<void>
}

export async function serveStatic(routes: (origin: string) => readonly Route[]): Promise<StaticRegistry> {
  const asked: string[] = []
  const headers: IncomingMessage['headers'][] = []
  let answers: readonly Route[] = []
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    headers.push(request.headers)
    request.resume()
    const answer = first(answers, request) ?? { status: 404, body: '{"error":"not found"}' }
    const body = Buffer.from(answer.body)
    const head = { 'content-type': 'application/json', ...answer.headers, 'content-length': body.length }
    const status = answer.status ?? 200
    if (answer.phrase === undefined) response.writeHead(status, head)
    else response.writeHead(status, answer.phrase, head)
    response.end(request.method === 'HEAD' ? undefined : body)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  answers = routes(origin)
  return { origin, asked, headers, close: () => close(server) }
}

function first(routes: readonly Route[], request: IncomingMessage): Answer | undefined {
  for (const route of routes) {
    const answer = route(request)
    if (answer) return answer
  }
  return undefined
}

function close(server: Server): Promise<void> {
  server.closeAllConnections()
  return new Promise((resolve) => server.close(() => resolve()))
}

export const at = (path: string, answer: Answer): Route => (request) => (request.url?.split('?')[0] === path ? answer : undefined)

const HTML = { 'content-type': 'application/vnd.pypi.simple.v1+html' }
const TEXT = { 'content-type': 'text/plain; charset=utf-8' }

/** One npm package below `/npm/`, published long ago. `latest` is the last version. */
export async function npmRoutes(origin: string, name: string, versions: readonly string[]): Promise<Route[]> {
  const routes: Route[] = []
  const listed: Record<string, unknown> = {}
  const time: Record<string, string> = { created: '2020-01-01T00:00:00.000Z', modified: '2020-01-01T00:00:00.000Z' }
  for (const version of versions) {
    const manifest = { name, version, license: 'MIT', main: 'index.js' }
    const bytes = await tarball('package', { 'package.json': JSON.stringify(manifest), 'index.js': `module.exports = '${version}'\n` })
    const path = `/npm/${name}/-/${name}-${version}.tgz`
    listed[version] = { ...manifest, dist: { tarball: `${origin}${path}`, integrity: integrity(bytes), shasum: hex('sha1', bytes) } }
    time[version] = '2020-01-01T00:00:00.000Z'
    routes.push(at(path, { headers: { 'content-type': 'application/octet-stream' }, body: bytes }))
  }
  const document = { _id: name, name, 'dist-tags': { latest: versions.at(-1) }, versions: listed, time }
  return [...routes, at(`/npm/${name}`, { body: JSON.stringify(document) })]
}

/** One Python package of wheels below `/pypi/`. */
export function pypiRoutes(origin: string, name: string, versions: readonly string[]): Route[] {
  const routes: Route[] = []
  const links: string[] = []
  for (const version of versions) {
    const file = `${name.replaceAll('-', '_')}-${version}-py3-none-any.whl`
    const bytes = wheel(name, version)
    links.push(`<a href="${origin}/pypi/files/${file}#sha256=${hex('sha256', bytes)}">${file}</a><br>`)
    routes.push(
      at(`/pypi/files/${file}`, { headers: { 'content-type': 'application/octet-stream' }, body: bytes }),
      at(`/pypi/files/${file}.metadata`, { headers: TEXT, body: metadata(name, version) }),
    )
  }
  return [...routes, at(`/pypi/simple/${name}/`, { headers: HTML, body: `<!DOCTYPE html><html><body>${links.join('\n')}</body></html>` })]
}

/** One Go module without capital letters below `/go/`. */
export function goRoutes(module: string, versions: readonly string[]): Route[] {
  const mod = `module ${module}\n\ngo 1.21\n`
  const info = (version: string | undefined): string => JSON.stringify({ Version: version, Time: '2020-01-01T00:00:00Z' })
  return [
    at(`/go/${module}/@v/list`, { headers: TEXT, body: versions.map((version) => `${version}\n`).join('') }),
    at(`/go/${module}/@latest`, { body: info(versions.at(-1)) }),
    ...versions.flatMap((version) => [
      at(`/go/${module}/@v/${version}.info`, { body: info(version) }),
      at(`/go/${module}/@v/${version}.mod`, { headers: TEXT, body: mod }),
      at(`/go/${module}/@v/${version}.zip`, {
        headers: { 'content-type': 'application/zip' },
        body: goZip(module, version, { 'go.mod': mod, 'lib.go': `package lib\n\nconst Version = "${version}"\n` }),
      }),
    ]),
  ]
}
