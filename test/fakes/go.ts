import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { setTimeout as wait } from 'node:timers/promises'
import { zip } from './archive-writers.ts'
import { FakeSumdb } from './go-sumdb.ts'
import { startHttp } from './http.ts'
import type { FakeServer, SeenRequest } from './http.ts'

/** One version of a module. `files` are relative to the module's root; a go.mod is added where there is none. */
export interface FakeModule {
  name: string
  version: string
  files?: Readonly<Record<string, string | Uint8Array>>
  /** As the author claims. */
  time?: string
  /** Its number in the checksum database; without: the lowest free one, so it is old. */
  record?: number
  /** In `@v/list`; by default all but pseudo-versions. */
  listed?: boolean
  /** Branches, commits and other words that resolve to it. */
  refs?: readonly string[]
  /** The zip as it is, well-formed or not; the checksum database then has the hash of `files`. */
  zip?: Uint8Array
}

/** How to answer instead. Members combine: a delayed, truncated answer with another body. */
export interface Misbehaviour {
  status?: number
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
  /** Milliseconds before the head. */
  delay?: number
  /** Send so many bytes of the promised length, then close. */
  truncate?: number
  /** Bytes without end, at the pace of the reader. */
  endless?: boolean
  redirect?: string
  /** Close the socket without an answer. */
  drop?: boolean
}

export interface FakeGoOptions {
  /** Name of the checksum database; null: this proxy does not speak for one. */
  sumdb?: string | null
  /** At least so many records. */
  treeSize?: number
  /** `false`: like a mirror that answers 403 to every `@latest`. */
  latest?: boolean
  /** Called for each request; null: answer as it should be. */
  behaviour?: (request: SeenRequest) => Misbehaviour | null
}

export interface FakeGo extends FakeServer {
  sumdb: FakeSumdb
  /** Value for GOSUMDB. */
  gosumdb: string
  /** Publishes now: the record is the tree's newest unless the module says another number. */
  add(module: FakeModule): void
  /** Upstream forgets it; the checksum database does not. */
  remove(name: string, version: string): void
}

/** A GOPROXY with its checksum database on loopback. The real go command accepts both. */
export async function startFakeGo(modules: readonly FakeModule[], options: FakeGoOptions = {}): Promise<FakeGo> {
  const sumdb = new FakeSumdb(options.sumdb ?? 'sum.example')
  const published = new Map<string, Map<string, FakeModule>>()
  const add = (module: FakeModule, record = module.record ?? sumdb.size): void => {
    const versions = published.get(module.name) ?? new Map<string, FakeModule>()
    published.set(module.name, versions.set(module.version, module))
    sumdb.add(`${module.name}@${module.version}`, sumLines(module), record)
  }
  const taken = new Set(modules.flatMap((module) => module.record ?? []))
  let free = 0
  for (const module of modules) {
    while (module.record === undefined && taken.has(free)) free++
    add(module, module.record ?? free++)
  }
  sumdb.grow(options.treeSize ?? 0)

  const server = await startHttp(async (request, response) => {
    const path = decodeURIComponent(request.path).slice(1)
    const normal = path.startsWith('sumdb/')
      ? answerSumdb(sumdb, path, options.sumdb !== null)
      : answerProxy(published, path, options.latest ?? true)
    await send(response, normal, options.behaviour?.(request) ?? {})
  })
  return {
    ...server,
    sumdb,
    gosumdb: sumdb.verifier,
    add: (module) => add(module),
    remove: (name, version) => { published.get(name)?.delete(version) },
  }
}

interface Answer { status: number; type: string; body: string | Uint8Array }

const text = (status: number, body: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body })

function answerSumdb(sumdb: FakeSumdb, path: string, speaks: boolean): Answer {
  const rest = path.slice(`sumdb/${sumdb.name}/`.length)
  if (!speaks || !path.startsWith(`sumdb/${sumdb.name}/`)) return text(404, 'no such checksum database')
  if (rest === 'supported') return text(200, '')
  if (rest === 'latest') return text(200, sumdb.head())
  if (rest.startsWith('lookup/')) {
    const record = sumdb.lookup(plainCase(rest.slice('lookup/'.length)))
    return record === null ? text(404, 'not found: unknown module or version') : text(200, record)
  }
  const tile = rest.startsWith('tile/') ? sumdb.tile(rest.slice('tile/'.length)) : null
  return tile === null ? text(404, 'no such tile') : { status: 200, type: 'application/octet-stream', body: tile }
}

function answerProxy(published: ReadonlyMap<string, ReadonlyMap<string, FakeModule>>, path: string, latest: boolean): Answer {
  const [name, rest] = plainCase(path).split('/@', 2) as [string, string?]
  const versions = published.get(name)
  if (!versions || rest === undefined) return text(404, `not found: module ${name}`)
  const all = [...versions.values()]
  if (rest === 'v/list') {
    const listed = all.filter((module) => module.listed ?? !PSEUDO.test(module.version))
    return text(200, listed.map(({ version }) => `${version}\n`).join(''))
  }
  if (rest === 'latest') {
    const newest = all.at(-1)
    return latest && newest ? info(newest) : text(latest ? 404 : 403, 'This module version is not available.')
  }
  const [, word, kind] = /^v\/(.+)\.(info|mod|zip)$/.exec(rest) ?? []
  const module = versions.get(word ?? '') ?? (kind === 'info' ? all.find(({ refs }) => refs?.includes(word ?? '')) : undefined)
  if (!module) return text(404, `not found: ${name}@${word}: unknown revision`)
  if (kind === 'info') return info(module)
  if (kind === 'mod') return text(200, goMod(module))
  return { status: 200, type: 'application/zip', body: module.zip ?? moduleZip(module) }
}

const PSEUDO = /-(?:.*\.)?[0-9]{14}-[0-9a-f]{12}/

const info = (module: FakeModule): Answer => ({
  status: 200,
  type: 'application/json',
  body: JSON.stringify({ Version: module.version, Time: module.time ?? '2020-01-02T03:04:05Z' }),
})

async function send(response: ServerResponse, normal: Answer, wrong: Misbehaviour): Promise<void> {
  if (wrong.delay !== undefined) await wait(wrong.delay)
  if (wrong.drop) {
    response.destroy()
    return
  }
  const body = Buffer.from(wrong.body ?? normal.body)
  const status = wrong.status ?? (wrong.redirect === undefined ? normal.status : 302)
  const headers = {
    'content-type': normal.type,
    ...(wrong.redirect === undefined ? {} : { location: wrong.redirect }),
    ...(wrong.endless ? {} : { 'content-length': String(body.byteLength) }),
    ...wrong.headers,
  }
  response.writeHead(status, headers)
  if (wrong.truncate !== undefined) response.write(body.subarray(0, wrong.truncate), () => response.destroy())
  else if (!wrong.endless) response.end(body)
  else {
    const chunk = Buffer.alloc(16_384, 'v0.0.0\n')
    const pour = (): void => {
      while (!response.destroyed && response.write(chunk));
    }
    response.on('drain', pour)
    pour()
  }
}

/** `!a` back to `A`. */
const plainCase = (path: string): string => path.replaceAll(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())

const goMod = (module: FakeModule): string => String(module.files?.['go.mod'] ?? `module ${module.name}\n\ngo 1.21\n`)

function entries(module: FakeModule): [string, Buffer][] {
  return Object.entries({ 'go.mod': goMod(module), ...module.files })
    .map(([path, content]) => [`${module.name}@${module.version}/${path}`, Buffer.from(content)])
}

/** The lines go.sum has for a version. */
function sumLines(module: FakeModule): string {
  const { name, version } = module
  const ofMod = dirHash([['go.mod', Buffer.from(goMod(module))]])
  return `${name} ${version} ${dirHash(entries(module))}\n${name} ${version}/go.mod ${ofMod}\n`
}

/** Written apart from the code under test, so that one mistake is not made twice. */
function dirHash(files: readonly [string, Buffer][]): string {
  const hex = (data: Buffer | string): string => createHash('sha256').update(data).digest('hex')
  const summary = files.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([path, content]) => `${hex(content)}  ${path}\n`).join('')
  return `h1:${Buffer.from(hex(summary), 'hex').toString('base64')}`
}

/** A module zip as Go wants it. */
export function moduleZip(module: FakeModule): Buffer {
  return zip(entries(module).map(([path, body]) => ({ path, body })))
}
