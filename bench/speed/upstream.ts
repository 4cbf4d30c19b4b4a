import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { machinePath } from '../../test/harness/machine.ts'
import { abbreviate, bigPackument, tinyPackage } from './documents.ts'
import type { Packument } from './documents.ts'

/** The registry that this machine's npm is set to, ending in `/`. */
export const machineRegistry = (): string =>
  execFileSync('npm', ['config', 'get', 'registry'], { encoding: 'utf8', env: { ...process.env, PATH: machinePath() } }).trim().replace(/\/*$/, '/')

export interface Upstream {
  /** Ends in `/`. */
  url: string
  close(): void
}

interface Body {
  type: string
  etag: string
  plain: Buffer
  gzip: Buffer | null
}

/**
 * A registry on loopback. What it does not have yet it records, once, from the machine's registry below `cache`; so a
 * second run asks nobody else. `typescript` is made up in the same shape and size where there is no registry to ask.
 */
export async function startUpstream(cache: string): Promise<Upstream> {
  await mkdir(cache, { recursive: true })
  const registry = machineRegistry()
  const answers = new Map<string, Promise<Body | null>>()
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').split('?')[0] ?? '/').slice(1)
    const corgi = !path.includes('/-/') && (request.headers.accept ?? '').includes('application/vnd.npm.install-v1+json')
    const key = `${corgi ? 'corgi' : 'full'} ${path}`
    const pending = answers.get(key) ?? answer(path, corgi)
    answers.set(key, pending)
    pending.then((body) => send(request, response, body), (thrown: unknown) => {
      answers.delete(key)
      response.writeHead(502).end(String(thrown))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const tiny = await tinyPackage(url)

  async function answer(path: string, corgi: boolean): Promise<Body | null> {
    if (path === tiny.tarballPath) return { type: 'application/octet-stream', etag: tag(tiny.tarball), plain: tiny.tarball, gzip: null }
    const name = path.split('/-/')[0] ?? path
    if (path.includes('/-/')) {
      if (name === '' || name.startsWith('-')) return null
      const plain = await recorded(join(cache, 'files', safe(path)), await originalUrl(name, path))
      return plain && { type: 'application/octet-stream', etag: tag(plain), plain, gzip: null }
    }
    const document = name === tiny.packument.name ? tiny.packument : rebase(await packument(name), url)
    if (!document) return null
    const plain = Buffer.from(JSON.stringify(corgi ? abbreviate(document) : document))
    return { type: corgi ? 'application/vnd.npm.install-v1+json' : 'application/json', etag: tag(plain), plain, gzip: gzipSync(plain) }
  }

  async function packument(name: string): Promise<Packument | null> {
    const encoded = name.replace('/', '%2f')
    const bytes = await recorded(join(cache, 'packuments', safe(name)), `${registry}${encoded}`)
      .catch((thrown: unknown) => { if (name !== 'typescript') throw thrown })
    return bytes ? JSON.parse(bytes.toString()) as Packument : name === 'typescript' ? bigPackument(url) : null
  }

  async function originalUrl(name: string, path: string): Promise<string> {
    const document = await packument(name)
    const file = path.split('/').at(-1)
    const found = Object.values(document?.versions ?? {}).find(({ dist }) => dist.tarball.split('/').at(-1) === file)
    return found?.dist.tarball ?? `${registry}${path}`
  }

  return {
    url,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** Tarballs are found at this server, whatever host the recorded document names. */
function rebase(document: Packument | null, url: string): Packument | null {
  for (const { dist } of Object.values(document?.versions ?? {})) dist.tarball = `${url}${document?.name}/-/${dist.tarball.split('/').at(-1)}`
  return document
}

async function recorded(file: string, url: string): Promise<Buffer | null> {
  if (existsSync(file)) return readFile(file)
  const response = await fetch(url)
  if (response.status === 404) return null
  if (!response.ok) throw new Error(`upstream answered ${response.status}`)
  const bytes = Buffer.from(await response.arrayBuffer())
  await mkdir(join(file, '..'), { recursive: true })
  const partial = `${file}.${process.pid}.${Math.random()}`
  await writeFile(partial, bytes)
  await rename(partial, file)
  return bytes
}

function send(request: IncomingMessage, response: ServerResponse, body: Body | null): void {
  if (!body) {
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}')
    return
  }
  const head = { 'content-type': body.type, 'etag': body.etag, 'vary': 'accept-encoding, accept', 'cache-control': 'public, max-age=300' }
  if (request.headers['if-none-match'] === body.etag) {
    response.writeHead(304, head).end()
    return
  }
  const zipped = body.gzip !== null && (request.headers['accept-encoding'] ?? '').includes('gzip')
  const bytes = zipped && body.gzip ? body.gzip : body.plain
  response.writeHead(200, { ...head, ...(zipped ? { 'content-encoding': 'gzip' } : {}), 'content-length': bytes.length })
  response.end(request.method === 'HEAD' ? undefined : bytes)
}

const tag = (bytes: Uint8Array): string => `"${createHash('sha1').update(bytes).digest('hex')}"`
const safe = (path: string): string => path.replaceAll('/', '%')
