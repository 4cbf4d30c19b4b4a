import { Readable } from 'node:stream'
import type { EcosystemId } from '../../src/core/types.ts'
import type { FeedEvent } from '../../src/core/watch.ts'
import { popularNames } from '../../src/names/popular/index.ts'
import type { Upstream, UpstreamAnswer } from '../../src/ports/upstream.ts'
import { noun } from './campaigns-code.ts'
import { Random } from './campaigns-random.ts'

export const BASES: Readonly<Record<EcosystemId, string>> = { npm: 'https://npm.registry.example/', pypi: 'https://pypi.registry.example/simple/', go: 'https://go.registry.example/' }
const ECOSYSTEMS = ['npm', 'pypi', 'go'] as const
const DAY = 86_400_000

interface Package { releases: number; account: string; email: string; text: number }

/** Registries that are made up from a seed: what their feeds say, and their documents in the shapes of the real ones. */
export class Registries {
  readonly #random: Random
  readonly #packages = new Map<string, Package>()
  readonly #began = Date.now()
  readonly #popular: Readonly<Record<EcosystemId, readonly string[]>>
  #marks = 0
  asked = 0
  bytes = 0

  constructor(seed: number) {
    this.#random = new Random(seed)
    this.#popular = { npm: popularNames('npm'), pypi: popularNames('pypi'), go: popularNames('go') }
  }

  /** Packages with a history: popular ones and as many that nobody knows. */
  known(count: number): { ecosystem: EcosystemId; name: string }[] {
    return Array.from({ length: count }, (_, at) => {
      const ecosystem = this.#ecosystem()
      const popular = at % 2 === 0 ? this.#popular[ecosystem][at >> 1] : undefined
      const name = popular ?? this.#name(ecosystem)
      this.#publish(ecosystem, name, { releases: 8 + this.#random.skewed(60) })
      return { ecosystem, name }
    })
  }

  /** A fifth new names, one in fifty a squat, the rest updates of what is known. */
  mixed(count: number, known: readonly { ecosystem: EcosystemId; name: string }[]): FeedEvent[] {
    return Array.from({ length: count }, () => {
      const of = this.#random.next()
      if (of < 0.02) return this.squat(this.#random.chance(0.6) ? 'npm' : 'pypi')
      if (of < 0.22) return this.fresh(this.#ecosystem())
      const { ecosystem, name } = this.#random.pick(known)
      return this.#event(ecosystem, name)
    })
  }

  fresh(ecosystem: EcosystemId, { account, name = this.#name(ecosystem) }: { account?: string; name?: string } = {}): FeedEvent {
    this.#publish(ecosystem, name, { releases: 1, ...(account === undefined ? {} : { account }) })
    return this.#event(ecosystem, name)
  }

  /** One of the 3,000 most popular names with a letter less, doubled or another. */
  squat(ecosystem: EcosystemId, account?: string): FeedEvent {
    const random = this.#random
    const target = random.pick(this.#popular[ecosystem].slice(0, 3_000).filter((name) => name.length >= 6 && !name.startsWith('@')))
    const at = 1 + random.below(target.length - 2)
    const middle = random.pick(['', `${target[at]}${target[at]}`, random.letters(1)])
    return this.fresh(ecosystem, { name: `${target.slice(0, at)}${middle}${target.slice(at + 1)}`, ...(account === undefined ? {} : { account }) })
  }

  /** Two fifths by one account, two fifths by an account each ten, one fifth squats by an account each. */
  flood(count: number): FeedEvent[] {
    const random = this.#random
    return Array.from({ length: count }, (_, at) => {
      const kind = at % 5
      if (kind === 4) return this.squat('npm', `throwaway-${random.hex(10)}`)
      const name = `${noun(random)}-${noun(random)}-${random.letters(3)}${at}`
      return this.fresh('npm', { name, account: kind < 2 ? 'one-of-many' : `farmer-${Math.floor(at / 25)}` })
    })
  }

  #publish(ecosystem: EcosystemId, name: string, { releases, account = `${noun(this.#random)}${this.#random.below(1_000_000)}` }: { releases: number; account?: string }): void {
    this.#packages.set(`${ecosystem}/${name}`, { releases, account, email: `${account}@mail-provider-${this.#random.below(30)}.example`, text: this.#random.below(2 ** 40) })
  }

  #event(ecosystem: EcosystemId, name: string): FeedEvent {
    return { ecosystem, name, mark: `${this.#marks++} ${name}`, version: null, kind: 'changed', at: new Date(), account: null }
  }

  #ecosystem(): EcosystemId {
    return ECOSYSTEMS[[0, 0, 0, 0, 0, 0, 1, 1, 1, 2][this.#random.below(10)] ?? 0] as EcosystemId
  }

  #name(ecosystem: EcosystemId): string {
    const plain = `${noun(this.#random)}-${noun(this.#random)}-${this.#random.letters(2)}${this.#random.below(1_000_000)}`
    return ecosystem === 'go' ? `github.com/${noun(this.#random)}${this.#random.below(100_000)}/${plain}` : plain
  }

  /** Its document; null: the registry has no such package. */
  document(ecosystem: EcosystemId, name: string): string | null {
    const one = this.#packages.get(`${ecosystem}/${name}`)
    if (!one) return null
    const at = (release: number): string => new Date(one.releases === 1 ? this.#began - 60_000 : this.#began - (one.releases - release) * 9 * DAY).toISOString()
    const versions = Array.from({ length: one.releases }, (_, release) => `${1 + Math.floor(release / 20)}.${release % 20}.0`)
    const description = `Package ${one.text} does what its name says`
    const readme = `# ${name}\n\n${description}.\n\n${'It has a text of the usual length. '.repeat(20 + one.text % 60)}\n`
    if (ecosystem === 'go') return JSON.stringify({ Version: `v${versions.at(-1)}`, Time: at(one.releases - 1), Origin: { VCS: 'git', URL: `https://${name}` } })
    if (ecosystem === 'pypi') {
      return JSON.stringify({
        info: { name, summary: description, author_email: one.email, project_urls: { Source: `https://github.com/${one.account}/${name}` }, description: readme, version: versions.at(-1) },
        ownership: { roles: [{ role: 'Owner', user: one.account }], organization: null },
        releases: Object.fromEntries(versions.map((version, release) => [version, [{ filename: `${name}-${version}.tar.gz`, upload_time_iso_8601: at(release), digests: { sha256: 'a'.repeat(64) }, size: 1000, url: `${BASES.pypi}${name}-${version}.tar.gz` }]])),
      })
    }
    const people = [{ name: one.account, email: one.email }]
    return JSON.stringify({
      name, description, 'dist-tags': { latest: versions.at(-1) }, 'maintainers': people, readme, 'repository': { type: 'git', url: `git+https://github.com/${one.account}/${name}.git` },
      'versions': Object.fromEntries(versions.map((version) => [version, {
        name, version, description, _npmUser: people[0], maintainers: people, main: 'index.js', scripts: { test: 'node --test' }, dependencies: { one: '^1.0.0', two: '^2.0.0' },
        dist: { integrity: `sha512-${'a'.repeat(86)}==`, shasum: 'a'.repeat(40), tarball: `${BASES.npm}${name}/-/${name}-${version}.tgz`, fileCount: 5, unpackedSize: 1000 },
      }])),
      'time': { created: at(0), modified: at(one.releases - 1), ...Object.fromEntries(versions.map((version, release) => [version, at(release)])) },
    })
  }

  /** The registries without a network: an answer is there at once, or after `delay` milliseconds. */
  upstream(delay = 0): Upstream {
    return {
      fetch: async (url): Promise<UpstreamAnswer> => {
        if (delay > 0) await new Promise((resolve) => setTimeout(resolve, delay))
        const body = this.#at(url)
        this.asked++
        this.bytes += body?.length ?? 0
        return { status: body === null ? 404 : 200, headers: {}, url, body: Readable.from(body === null ? [] : [Buffer.from(body)]) }
      },
      close: () => Promise.resolve(),
    }
  }

  #at(url: string): string | null {
    const { hostname, pathname } = new URL(url)
    if (hostname.startsWith('npm.')) return this.document('npm', decodeURIComponent(pathname.slice(1)))
    // Go's proxies write capitals as `!` and the small letter.
    if (hostname.startsWith('go.')) return pathname.endsWith('/@latest') ? this.document('go', pathname.slice(1, -'/@latest'.length).replace(/!([a-z])/g, (_, letter: string) => letter.toUpperCase())) : null
    const [, name] = /^\/pypi\/([^/]+)\/json$/.exec(pathname) ?? []
    return name === undefined ? null : this.document('pypi', name)
  }
}
