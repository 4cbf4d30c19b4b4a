import { createHash } from 'node:crypto'
import { startHttp } from './http.ts'
import type { FakeServer, SeenRequest } from './http.ts'
import { due, reply } from './misbehave.ts'
import type { Behaviours, Honest } from './misbehave.ts'
import { buildFile, sha256 } from './python-archives.ts'
import type { BuiltFile, FakeFile } from './python-archives.ts'

export interface FakeProject {
  name: string
  files: readonly FakeFile[]
  /** PEP 792. */
  status?: { status: string; reason?: string }
}

export interface FakePypiOptions {
  /** Like a mirror that has HTML only, whatever is asked for, without sizes and provenance. */
  htmlOnly?: boolean
  /** `false`: like a plain mirror, HTML carries no `data-upload-time` either. Default: it does. */
  mirrorTimes?: boolean
}

/**
 * An index on loopback with its files on an origin of their own, as the real one has them: pages in HTML and JSON with ETag
 * and 304, wheels and sdists that real installers accept, metadata files, provenance, the JSON API. `behaviour` spoils single
 * paths of either server (`/simple/flask/`; `filePath()` for files).
 */
export interface FakePypi {
  /** What a client is given: `http://127.0.0.1:<port>/simple/`. */
  index: string
  /** The index; its `requests` and `count` are about pages. */
  pages: FakeServer
  /** The file host. */
  files: FakeServer
  behaviour: Behaviours
  add(name: string, file: FakeFile): BuiltFile
  /** Members of `info` in the project's JSON document, and who owns it. */
  describe(name: string, info: Readonly<Record<string, unknown>>, owners?: readonly string[]): void
  /** From the page and from the file host. Without a version: the whole project. */
  remove(name: string, version?: string): void
  /** PEP 792. What is quarantined lists no files. */
  setStatus(name: string, status: string, reason?: string): void
  /** PEP 592. */
  yank(name: string, file: string, why: string): void
  /** Only the bytes; the page keeps listing the file. */
  removeBytes(name: string, file: string): void
  file(name: string, file: string): BuiltFile
  /** Path at the file host, as `behaviour` and `files.count` want it. */
  filePath(name: string, file: string): string
  close(): Promise<void>
}

export async function startFakePypi(projects: readonly FakeProject[] = [], options: FakePypiOptions = {}): Promise<FakePypi> {
  const shelf = new Shelf(options)
  for (const { name, files, status } of projects) {
    shelf.statuses.set(normal(name), status)
    for (const file of files) shelf.add(name, file)
  }
  const behaviour: Behaviours = new Map()
  const files = await startHttp((request, response) => reply(response, shelf.fileAnswer(request.path), due(behaviour, request.path)))
  const pages = await startHttp((request, response) => reply(response, shelf.pageAnswer(request, { files: files.url, pages: pages.url }), due(behaviour, request.path)))
  return {
    index: `${pages.url}simple/`, pages, files, behaviour,
    add: (name, file) => shelf.add(name, file),
    describe: (name, info, owners = []) => void shelf.told.set(normal(name), { info, owners }),
    remove: (name, version) => shelf.remove(name, version),
    setStatus: (name, status, reason) => void shelf.statuses.set(normal(name), { status, ...(reason === undefined ? {} : { reason }) }),
    yank: (name, file, why) => void shelf.yanked.set(pathOf(shelf.get(name, file)), why),
    removeBytes: (name, file) => { shelf.gone.add(pathOf(shelf.get(name, file))) },
    file: (name, file) => shelf.get(name, file),
    filePath: (name, file) => pathOf(shelf.get(name, file)),
    close: async () => { await Promise.all([pages.close(), files.close()]) },
  }
}

interface Origins { files: string; pages: string }

class Shelf {
  readonly told = new Map<string, Told>()
  readonly statuses = new Map<string, FakeProject['status']>()
  readonly yanked = new Map<string, string>()
  /** Paths whose bytes are gone. */
  readonly gone = new Set<string>()
  readonly #projects = new Map<string, BuiltFile[]>()
  readonly #options: FakePypiOptions

  constructor(options: FakePypiOptions) {
    this.#options = options
  }

  add(name: string, spec: FakeFile): BuiltFile {
    const built = buildFile(name, spec)
    this.#projects.set(normal(name), [...this.#projects.get(normal(name)) ?? [], built])
    return built
  }

  remove(name: string, version?: string): void {
    const left = this.#projects.get(normal(name))?.filter(({ spec }) => version !== undefined && spec.version !== version) ?? []
    if (version === undefined) this.#projects.delete(normal(name))
    else this.#projects.set(normal(name), left)
  }

  get(name: string, file: string): BuiltFile {
    const found = this.#projects.get(normal(name))?.find((built) => built.file === file)
    if (!found) throw new Error(`the fake has no ${file} of ${name}`)
    return found
  }

  fileAnswer(path: string): Honest {
    const wanted = decodeURIComponent(path)
    for (const built of [...this.#projects.values()].flat()) {
      const own = pathOf(built)
      if (this.gone.has(own)) continue
      if (wanted === own) return binary(built.bytes)
      if (wanted === `${own}.metadata` && built.metadata) return binary(built.metadata)
    }
    return MISSING
  }

  pageAnswer(request: SeenRequest, origins: Origins): Honest {
    const [room, name = '', ...rest] = decodeURIComponent(request.path).split('/').slice(1)
    const files = this.#projects.get(normal(name))
    if (room === 'simple' && name === '') return this.#root()
    if (!files) return MISSING
    if (room === 'simple' && rest.join('/') === '') return conditional(request, this.#page(normal(name), files, { request, origins }))
    if (room === 'pypi' && rest.at(-1) === 'json') return conditional(request, projectJson(normal(name), files, { version: rest.length > 1 ? rest[0] : undefined, origins, told: this.told.get(normal(name)) }))
    const file = room === 'integrity' && rest[2] === 'provenance' ? files.find((built) => built.file === rest[1]) : undefined
    return file?.spec.provenance ? honest('application/vnd.pypi.integrity.v1+json', JSON.stringify({ version: 1, attestation_bundles: [] })) : MISSING
  }

  #root(): Honest {
    return honest(JSON_TYPE, JSON.stringify({ meta: { 'api-version': '1.4' }, projects: [...this.#projects.keys()].map((name) => ({ name })) }))
  }

  #page(name: string, files: readonly BuiltFile[], { request, origins }: { request: SeenRequest; origins: Origins }): Honest {
    const wantsJson = (request.headers.accept ?? '').includes(JSON_TYPE)
    const status = this.statuses.get(name)
    const shown = files.map((built) => { const why = this.yanked.get(pathOf(built)); return why === undefined ? built : { ...built, spec: { ...built.spec, yanked: why } } })
    const page = { name, files: status?.status === 'quarantined' ? [] : shown, origins, status }
    return wantsJson && !this.#options.htmlOnly ? honest(JSON_TYPE, jsonPage(page)) : honest(HTML_TYPE, htmlPage(page, this.#options.mirrorTimes ?? true))
  }
}

const JSON_TYPE = 'application/vnd.pypi.simple.v1+json'
const HTML_TYPE = 'text/html; charset=UTF-8'

interface Page { name: string; files: readonly BuiltFile[]; origins: Origins; status: FakeProject['status'] }

function jsonPage({ name, files, origins, status }: Page): string {
  return JSON.stringify({
    meta: { '_last-serial': files.length, 'api-version': '1.4' },
    name,
    'project-status': status ?? { status: 'active' },
    versions: [...new Set(files.map(({ spec }) => spec.version))],
    files: files.map((built) => {
      const metadata = built.metadata ? { sha256: sha256(built.metadata, 'hex') } : false
      return {
        filename: built.file, url: urlOf(built, origins), hashes: built.hashes, size: built.bytes.byteLength,
        'requires-python': built.spec.requiresPython ?? null, 'core-metadata': metadata, 'data-dist-info-metadata': metadata,
        yanked: built.spec.yanked ?? false, provenance: built.spec.provenance ? provenanceOf(name, built, origins) : null,
        ...uploadTime(built) === null ? {} : { 'upload-time': uploadTime(built) },
      }
    }),
  })
}

function htmlPage({ name, files, origins, status }: Page, times: boolean): string {
  const anchors = files.map((built) => {
    const [hash] = Object.entries(built.hashes)
    const attributes = {
      href: `${urlOf(built, origins)}${hash ? `#${hash[0]}=${hash[1]}` : ''}`,
      'data-requires-python': built.spec.requiresPython,
      'data-core-metadata': built.metadata ? `sha256=${sha256(built.metadata, 'hex')}` : undefined,
      'data-yanked': built.spec.yanked === true ? '' : built.spec.yanked || undefined,
      'data-upload-time': times ? uploadTime(built) ?? undefined : undefined,
    }
    const text = Object.entries(attributes).map(([key, value]) => (value === undefined ? '' : ` ${key}="${entities(value)}"`)).join('')
    return `    <a${text}>${built.file}</a><br />\n`
  })
  const mark = status ? `    <meta name="pypi:project-status" content="${status.status}">\n` : ''
  return `<!DOCTYPE html>\n<html>\n  <head>\n    <meta name="pypi:repository-version" content="1.4">\n${mark}    <title>Links for ${name}</title>\n`
    + `  </head>\n  <body>\n    <h1>Links for ${name}</h1>\n${anchors.join('')}</body>\n</html>\n`
}

interface Told { info: Readonly<Record<string, unknown>>; owners: readonly string[] }

function projectJson(name: string, files: readonly BuiltFile[], { version, origins, told }: { version: string | undefined; origins: Origins; told: Told | undefined }): Honest {
  const listed = files.map((built) => ({
    filename: built.file, url: urlOf(built, origins), digests: built.hashes, size: built.bytes.byteLength, version: built.spec.version,
    packagetype: built.file.endsWith('.whl') ? 'bdist_wheel' : 'sdist', upload_time_iso_8601: uploadTime(built), yanked: Boolean(built.spec.yanked),
  }))
  const wanted = version ?? files.at(-1)?.spec.version
  if (!listed.some((file) => file.version === wanted)) return MISSING
  return honest('application/json', JSON.stringify({
    info: { ...told?.info, name, version: wanted }, ownership: { roles: (told?.owners ?? []).map((user) => ({ role: 'Owner', user })), organization: null },
    urls: listed.filter((file) => file.version === wanted),
    ...(version === undefined ? { releases: Object.fromEntries(Map.groupBy(listed, (file) => file.version)) } : {}),
  }))
}

/** RFC 9110 §13: the same page is not sent twice. */
function conditional(request: SeenRequest, answer: Honest): Honest {
  const etag = `"${createHash('sha1').update(answer.body).digest('hex')}"`
  const headers = { ...answer.headers, etag, vary: 'Accept', 'cache-control': 'max-age=600, public' }
  return request.headers['if-none-match'] === etag ? { status: 304, headers, body: Buffer.alloc(0) } : { ...answer, headers }
}

/** Files stand under the hash of their content, so a file that changes moves. */
function pathOf(built: BuiltFile): string {
  const hash = sha256(built.bytes, 'hex')
  return `/packages/${hash.slice(0, 2)}/${hash.slice(2, 4)}/${hash.slice(4)}/${built.file}`
}

const urlOf = (built: BuiltFile, origins: Origins): string => new URL(pathOf(built).slice(1), origins.files).href
const provenanceOf = (name: string, built: BuiltFile, origins: Origins): string =>
  `${origins.pages}integrity/${name}/${built.spec.version}/${built.file}/provenance`
const uploadTime = ({ spec }: BuiltFile): string | null => (spec.uploadTime === undefined ? '2020-01-01T00:00:00.000000Z' : spec.uploadTime)
const entities = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
const normal = (name: string): string => name.replace(/[-_.]+/g, '-').toLowerCase()
const honest = (type: string, body: string): Honest => ({ status: 200, headers: { 'content-type': type }, body: Buffer.from(body) })
const binary = (body: Buffer): Honest => ({ status: 200, headers: { 'content-type': 'application/octet-stream', etag: `"${sha256(body, 'hex')}"` }, body })
const MISSING: Honest = { status: 404, headers: { 'content-type': 'text/plain' }, body: Buffer.from('404 Not Found') }
