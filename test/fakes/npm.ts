import { createHash } from 'node:crypto'
import { startHttp } from './http.ts'
import type { FakeServer, SeenRequest } from './http.ts'
import { due, reply } from './misbehave.ts'
import type { Behaviours, Honest } from './misbehave.ts'
import { publish, RegistryKey } from './npm-package.ts'
import type { FakeVersion, Json, Published } from './npm-package.ts'

export interface FakeNpmOptions {
  /** Like mirrors that ignore Accept: always the full document. */
  ignoresAccept?: boolean
  /** Like mirrors without `dist.signatures`. Default: signed. */
  unsigned?: boolean
  /** As the official one: times of versions that are gone stay in the document. */
  remembers?: boolean
}

/**
 * A registry on loopback that speaks the real formats: packuments in both forms with ETag and 304, tarballs with their
 * digests, search, ping, keys, attestations, ECDSA signatures. `behaviour` spoils single paths (`/left-pad`,
 * `/left-pad/-/left-pad-1.0.0.tgz`); `count(path)` and `requests` tell what was asked.
 */
export interface FakeNpm extends FakeServer {
  behaviour: Behaviours
  key: RegistryKey
  addVersion(version: FakeVersion): Promise<void>
  /** As `npm unpublish`: gone from the document and from the files. Tags on it move to the newest that is left. */
  removeVersion(name: string, version: string): void
  /** As npm takes malware out: the whole package replaced by its security placeholder. `besides`: what was there stays listed. */
  placehold(name: string, besides?: boolean): Promise<void>
  /** As an owner takes a whole package back: a 404 whose body says who did it, or 200 with the same. */
  unpublish(name: string, status?: 200 | 404): void
  /** Marks a version as deprecated. */
  deprecate(name: string, version: string, why: string): void
  /** Other bytes under a version that is there; `promise`: the document says so. */
  swap(described: FakeVersion, promise: boolean): Promise<void>
  /** Removes only the bytes, without touching the document or its ETag, as registries do for security removals. */
  removeTarball(name: string, version: string): void
  tarball(name: string, version: string): Buffer
  /** Path of a tarball as `behaviour` and `count` want it. */
  tarballPath(name: string, version: string): string
}

export async function startFakeNpm(packages: readonly FakeVersion[] = [], options: FakeNpmOptions = {}): Promise<FakeNpm> {
  const shelf = new Shelf(options)
  for (const version of packages) await shelf.add(version)
  const behaviour: Behaviours = new Map()
  const server = await startHttp(async (request, response) => {
    await reply(response, shelf.answer(request, server.url), due(behaviour, request.path))
  })
  return {
    ...server,
    behaviour,
    key: shelf.key,
    addVersion: (version) => shelf.add(version),
    removeVersion: (name, version) => shelf.remove(name, version),
    placehold: (name, besides) => shelf.placehold(name, besides ?? false),
    unpublish: (name, status = 404) => void shelf.unpublished.set(name, status),
    deprecate: (name, version, why) => { shelf.get(name, version).described.registryManifest = { ...shelf.get(name, version).described.manifest, ...shelf.get(name, version).described.registryManifest, deprecated: why } },
    swap: (described, promise) => shelf.swap(described, promise),
    removeTarball: (name, version) => { shelf.files.delete(shelf.get(name, version).path) },
    tarball: (name, version) => shelf.get(name, version).tarball,
    tarballPath: (name, version) => `/${shelf.get(name, version).path}`,
  }
}

/** What the registry holds, and the documents it makes of that. */
class Shelf {
  readonly key = new RegistryKey()
  readonly files = new Map<string, Buffer>()
  readonly unpublished = new Map<string, 200 | 404>()
  /** Times of versions that are gone stay in the document. */
  readonly #left = new Map<string, Json>()
  readonly #packages = new Map<string, { versions: Map<string, Published>; tags: Map<string, string> }>()
  readonly #options: FakeNpmOptions

  constructor(options: FakeNpmOptions) {
    this.#options = options
  }

  async add(described: FakeVersion): Promise<void> {
    const { name, version, tags = ['latest'] } = described
    const published = await publish(described)
    const known = this.#packages.get(name) ?? { versions: new Map<string, Published>(), tags: new Map([['latest', version]]) }
    this.#packages.set(name, known)
    known.versions.set(version, published)
    for (const tag of tags) known.tags.set(tag, version)
    this.files.set(published.path, published.tarball)
  }

  remove(name: string, version: string): void {
    this.files.delete(this.get(name, version).path)
    const { versions, tags } = this.#packages.get(name) ?? { versions: new Map<string, Published>(), tags: new Map<string, string>() }
    if (this.#options.remembers) this.#left.set(name, { ...this.#left.get(name), [version]: versions.get(version)?.publishedAt.toISOString() })
    versions.delete(version)
    const newest = [...versions.keys()].at(-1)
    for (const [tag, target] of tags) {
      if (target === version && newest !== undefined) tags.set(tag, newest)
      else if (target === version) tags.delete(tag)
    }
  }

  async placehold(name: string, besides: boolean): Promise<void> {
    if (!besides) for (const version of this.#packages.get(name)?.versions.keys() ?? []) this.remove(name, version)
    await this.add({ name, version: '0.0.1-security', manifest: { description: 'security holding package', repository: 'npm/security-holder' }, publishedAt: new Date('2024-01-01T00:00:00Z'), tags: ['latest'] })
  }

  async swap(described: FakeVersion, promise: boolean): Promise<void> {
    const other = await publish(described)
    this.files.set(other.path, other.tarball)
    if (promise) this.#packages.get(described.name)?.versions.set(described.version, other)
  }

  get(name: string, version: string): Published {
    const found = this.#packages.get(name)?.versions.get(version)
    if (!found) throw new Error(`the fake registry has no ${name}@${version}`)
    return found
  }

  answer(request: SeenRequest, url: string): Honest {
    const path = decodeURIComponent(request.path.slice(1))
    if (path === '-/ping') return json({})
    if (path === '-/npm/v1/keys') return json(this.key.document())
    if (path === '-/v1/search') return json(this.#search(new URLSearchParams(request.query).get('text') ?? ''))
    if (path.startsWith('-/npm/v1/attestations/')) return json({ attestations: [] })
    const file = this.files.get(path)
    if (file) return { status: 200, headers: { 'content-type': 'application/octet-stream', ...tag(file) }, body: file }
    return this.#packument(path, request, url)
  }

  #packument(name: string, { headers }: SeenRequest, url: string): Honest {
    const known = this.#packages.get(name)
    const unpublished = this.unpublished.get(name)
    if (unpublished !== undefined) return json({ _id: name, name, time: { unpublished: { name: 'owner', time: '2024-03-06T17:16:00.000Z', versions: [...known?.versions.keys() ?? []] } } }, unpublished)
    if (!known || known.versions.size === 0) return json({ error: 'Not found' }, 404)
    const corgi = !this.#options.ignoresAccept && (headers.accept ?? '').includes('application/vnd.npm.install-v1+json')
    const published = [...known.versions.values()]
    const dates = published.map(({ publishedAt }) => publishedAt.toISOString()).sort()
    const document = {
      ...(corgi ? { modified: dates.at(-1) } : { _id: name, time: { ...this.#left.get(name), ...this.#times(published, dates) } }),
      name,
      'dist-tags': Object.fromEntries(known.tags),
      versions: Object.fromEntries(published.map((version) => [version.described.version, this.#manifest(version, corgi, url)])),
    }
    const answer = json(document, 200, corgi ? 'application/vnd.npm.install-v1+json' : 'application/json')
    const withTag = { ...answer, headers: { ...answer.headers, ...tag(answer.body), vary: 'accept' } }
    return headers['if-none-match'] === withTag.headers.etag ? { ...withTag, status: 304, body: Buffer.alloc(0) } : withTag
  }

  #times(published: readonly Published[], dates: readonly string[]): Json {
    const own = published.map(({ described, publishedAt }) => [described.version, publishedAt.toISOString()])
    return { created: dates[0], modified: dates.at(-1), ...Object.fromEntries(own) as Json }
  }

  #manifest(published: Published, corgi: boolean, url: string): Json {
    const { name, version, manifest, registryManifest, attested } = published.described
    const said: Json = { ...(registryManifest ?? manifest), name, version }
    const { scripts, ...short } = said
    const hooks = Object.keys((scripts ?? {}) as Json).some((hook) => ['preinstall', 'install', 'postinstall'].includes(hook))
    return {
      ...(corgi ? short : { ...said, _id: `${name}@${version}` }),
      ...(corgi && hooks ? { hasInstallScript: true } : {}),
      dist: {
        tarball: new URL(published.path, url).href,
        integrity: published.integrity,
        shasum: published.shasum,
        ...(attested ? { attestations: { url: `${url}-/npm/v1/attestations/${name}@${version}`, provenance: {} } } : {}),
        ...(this.#options.unsigned ? {} : { signatures: [this.key.signature(published)] }),
      },
    }
  }

  #search(text: string): Json {
    const names = [...this.#packages.keys()].filter((name) => name.includes(text))
    const objects = names.map((name) => {
      const version = this.#packages.get(name)?.tags.get('latest')
      return { package: { name, version, description: '', date: '2020-01-01T00:00:00Z', maintainers: [], keywords: [], links: {} } }
    })
    return { objects, total: objects.length, time: '2020-01-01T00:00:00Z' }
  }
}

const json = (value: unknown, status = 200, type = 'application/json'): Honest =>
  ({ status, headers: { 'content-type': type }, body: Buffer.from(JSON.stringify(value)) })

const tag = (body: Uint8Array): { etag: string } => ({ etag: `"${createHash('sha1').update(body).digest('hex')}"` })
