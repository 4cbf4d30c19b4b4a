import { createHash } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sentence } from '../../core/errors.ts'
import { ecosystems } from '../../ecosystems/index.ts'
import type { Getter } from './get.ts'
import { inTurns } from './get.ts'
import type { Tally } from './mirror.ts'

const { compareVersions, isName, isPrerelease, satisfies } = ecosystems.npm

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const own = (value: unknown, key: string): unknown => (isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined)

interface Want { name: string; range: string; optional: boolean; by: string }

interface Wanted { packument: Promise<Packument | null>; versions: Map<string, Json> }
interface Packument { raw: Json; versions: Json; url: string }

const AT_ONCE = 8
const TARBALL = 512 * 1024 * 1024

/**
 * What an install of these dependencies may choose: of every range that is met, the version that npm would take of it. npm sees no
 * others in the box, so whatever it dedupes to is there. Addresses other than the registry's (git, http, file) are not followed.
 */
export class NpmTree {
  readonly #get: Getter
  readonly #base: string
  readonly #tally: Tally
  readonly #names = new Map<string, Wanted>()
  #count = 0

  constructor({ get, base, tally }: { get: Getter; base: string; tally: Tally }) {
    this.#get = get
    this.#base = base
    this.#tally = tally
  }

  /** `manifest`: a `package.json`, of whoever wrote it. */
  async fetch(manifest: unknown, folder: string): Promise<void> {
    let wave = this.#wantsOf(manifest, 'the package')
    while (wave.length > 0) {
      const next: Want[] = []
      await inTurns(wave, AT_ONCE, async (want) => {
        const chosen = await this.#choose(want)
        if (chosen) next.push(...this.#wantsOf(chosen, want.name))
      })
      wave = next
    }
    await inTurns(this.#names, AT_ONCE, ([name, wanted]) => this.#store(name, wanted, folder))
  }

  /** null: chosen before, or not to be had. */
  async #choose({ name, range, optional, by }: Want): Promise<Json | null> {
    let wanted = this.#names.get(name)
    if (!wanted) {
      wanted = { versions: new Map(), packument: this.#packument(name, optional) }
      this.#names.set(name, wanted)
    }
    const packument = await wanted.packument
    if (!packument) return null
    const version = pick(packument, range)
    const manifest = version === null ? undefined : own(packument.versions, version)
    // A version becomes a file's name, and tags lead to whatever a registry says.
    if (version === null || !isObject(manifest) || !VERSION.test(version)) {
      if (!optional) this.#tally.lack(`${name}@${range}, wanted by ${by}: ${await this.#why(name, range)}`)
      return null
    }
    if (wanted.versions.has(version) || (optional && !fitsHere(manifest))) return null
    if (++this.#count > this.#tally.most) {
      this.#tally.lack(`more than ${this.#tally.most} packages`)
      return null
    }
    wanted.versions.set(version, manifest)
    return manifest
  }

  /** Of an exact version a registry may have more to say than that it does not list it. */
  async #why(name: string, range: string): Promise<string> {
    if (!VERSION.test(range)) return 'no version fits'
    return this.#get.get(`${this.#base}${name.replace('/', '%2f')}/${range}`).then(() => 'no version fits', (thrown: unknown) => sentence(thrown))
  }

  async #packument(name: string, optional: boolean): Promise<Packument | null> {
    try {
      const url = `${this.#base}${name.replace('/', '%2f')}`
      const { status, body, url: from } = await this.#get.get(url, { accept: 'application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8' })
      const raw: unknown = status === 200 ? JSON.parse(Buffer.from(body).toString('utf8')) : null
      const versions = own(raw, 'versions')
      if (isObject(raw) && isObject(versions)) return { raw, versions, url: from }
      if (!optional) this.#tally.lack(`${name}: the registry answers ${status}`)
    } catch (thrown) {
      if (!optional) this.#tally.lack(`${name}: ${sentence(thrown)}`)
    }
    return null
  }

  async #store(name: string, { packument, versions }: Wanted, folder: string): Promise<void> {
    const found = await packument
    if (!found || versions.size === 0) return
    const place = join(folder, 'npm', encodeURIComponent(name))
    const kept: Record<string, unknown> = {}
    for (const [version, manifest] of versions) {
      const file = `${name.split('/').at(-1)}-${version}.tgz`
      const bytes = await this.#tarball(name, manifest, found.url)
      if (!bytes) continue
      await mkdir(place, { recursive: true })
      await writeFile(join(place, file), bytes)
      this.#tally.add(bytes.byteLength)
      kept[version] = { ...manifest, dist: { ...digestsOf(bytes), tarball: file } }
    }
    const latest = own(own(found.raw, 'dist-tags'), 'latest')
    const highest = Object.keys(kept).sort(compareVersions).at(-1)
    if (highest === undefined) return
    await writeFile(join(place, 'packument.json'), JSON.stringify({ name, 'dist-tags': { latest: typeof latest === 'string' && Object.hasOwn(kept, latest) ? latest : highest }, versions: kept }))
  }

  async #tarball(name: string, manifest: Json, referrer: string): Promise<Uint8Array | null> {
    const dist = own(manifest, 'dist')
    const url = own(dist, 'tarball')
    try {
      if (typeof url !== 'string') throw new Error('the registry names no file')
      const { status, body } = await this.#get.get(new URL(url, referrer).href, { referrer, limit: TARBALL })
      if (status !== 200) throw new Error(`the registry answers ${status}`)
      if (!kept(body, dist)) throw new Error('its bytes are not those that the registry promised')
      return body
    } catch (thrown) {
      this.#tally.lack(`${name}: ${sentence(thrown)}`)
      return null
    }
  }

  /** What npm installs with a package: dependencies, optional ones, peers; not what it carries along itself. */
  #wantsOf(manifest: unknown, by: string): Want[] {
    const carried = own(manifest, 'bundleDependencies') ?? own(manifest, 'bundledDependencies')
    const bundled = new Set<unknown>(Array.isArray(carried) ? carried : [])
    const wants: Want[] = []
    for (const [group, optional] of GROUPS) {
      const listed = own(manifest, group)
      if (!isObject(listed) || (group === 'dependencies' && carried === true)) continue
      for (const [alias, spec] of Object.entries(listed).slice(0, MOST_LISTED)) {
        if (bundled.has(alias)) continue
        const spare = optional || own(own(manifest, 'optionalDependencies'), alias) !== undefined || own(own(own(manifest, 'peerDependenciesMeta'), alias), 'optional') === true
        if (group === 'peerDependencies' && spare) continue
        const want = typeof spec === 'string' ? readSpec(alias, spec) : null
        if (want) wants.push({ ...want, optional: spare, by })
        else if (!spare) this.#tally.lack(`${alias}, wanted by ${by}: only the registry's packages are fetched, not ${String(spec).slice(0, 100)}`)
      }
    }
    return wants
  }
}

const GROUPS = [['dependencies', false], ['optionalDependencies', true], ['peerDependencies', false]] as const
const MOST_LISTED = 2_000
const VERSION = /^\d[\w.+-]{0,255}$/

/** A range, a tag or `npm:other@range`; null: an address. */
function readSpec(alias: string, spec: string): { name: string; range: string } | null {
  const other = /^npm:(@?[^@]+)(?:@(.*))?$/.exec(spec.trim())
  const [name, range] = other ? [other[1] as string, other[2] ?? '*'] : [alias, spec.trim()]
  return isName(name) && (satisfies('1.0.0', range) !== null || /^[A-Za-z][\w.-]{0,100}$/.test(range)) ? { name, range } : null
}

/** As npm chooses (npm-pick-manifest): a tag's version; `latest` where it fits; else the highest that fits, deprecated ones last. */
function pick({ raw, versions }: Packument, range: string): string | null {
  const tags = own(raw, 'dist-tags')
  const tagged = own(tags, range)
  if (typeof tagged === 'string') return tagged
  const latest = own(tags, 'latest')
  const fits = (version: string): boolean => (range === '*' || range === '' ? !isPrerelease(version) : satisfies(version, range) === true)
  if (typeof latest === 'string' && (fits(latest) || range === '*' || range === '') && own(versions, latest) !== undefined) return latest
  const deprecated = (version: string): number => (own(own(versions, version), 'deprecated') ? 0 : 1)
  return Object.keys(versions).filter(fits).sort((a, b) => deprecated(a) - deprecated(b) || compareVersions(a, b)).at(-1) ?? null
}

/** `os`, `cpu` and `libc` of the box, which are this machine's. */
function fitsHere(manifest: Json): boolean {
  const here = { os: process.platform, cpu: process.arch, libc: 'glibc' }
  return (['os', 'cpu', 'libc'] as const).every((key) => {
    const listed = own(manifest, key)
    const words = typeof listed === 'string' ? [listed] : Array.isArray(listed) ? listed.map(String) : []
    if (words.includes(`!${here[key]}`)) return false
    const wanted = words.filter((word) => !word.startsWith('!'))
    return wanted.length === 0 || wanted.includes(here[key]) || wanted.includes('any')
  })
}

function kept(bytes: Uint8Array, dist: unknown): boolean {
  const integrity = own(dist, 'integrity')
  const [algorithm = '', digest] = (typeof integrity === 'string' ? integrity.trim().split(/\s+/) : []).map((one) => one.split('-', 2)).find(([name]) => name === 'sha512' || name === 'sha384' || name === 'sha256') ?? []
  if (digest !== undefined) return createHash(algorithm).update(bytes).digest('base64') === digest.split('?')[0]
  const sha1 = own(dist, 'shasum')
  return typeof sha1 !== 'string' || createHash('sha1').update(bytes).digest('hex') === sha1.toLowerCase()
}

const digestsOf = (bytes: Uint8Array): { integrity: string; shasum: string } => ({
  integrity: `sha512-${createHash('sha512').update(bytes).digest('base64')}`, shasum: createHash('sha1').update(bytes).digest('hex'),
})
