import type { Kysely } from 'kysely'
import { parse } from 'tldts'
import { isKnownResolver } from '../analysis/indicators/addresses.ts'
import { ownershipOf } from '../campaigns/services.ts'
import { isMailService } from '../core/mail.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database, Tables } from '../ports/database.ts'
import { hostInUrl, networkOf } from './keys.ts'
import { familyOf, termOf, WIDEST } from './known.ts'
import { idsOf } from './terms.ts'

/** Of an established file nobody was surprised for so long. */
const ESTABLISHED = 30 * 86_400_000
/** What more packages than this carry that were found clean and have been there for long says nothing of any of them. */
const LEAST = 10
const SHARE = 0.002
const FOR_VALUE = 10 * 60_000
const FOR_TOTAL = 3_600_000
const REMEMBERED = 5_000

/** Of no bytes at all, and of one line break. */
const EMPTY = new Set([
  'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'da39a3ee5e6b4b0d3255bfef95601890afd80709', 'd41d8cd98f00b204e9800998ecf8427e',
  '01ba4719c80b6fe911b091a7c05124b64eeece964e09c058ef8f9805daca546b', 'adc83b19e793491b1c6ea0fd8b46cd9f32e592fc', '68b329da9893e34099c7d8ad5cb9c940',
])

/**
 * Which known indicators everybody carries, so that they hold nothing: a feed may name a registry's own host, a service that
 * strangers share, a hash of nothing, or simply be wrong.
 */
export class Common {
  readonly #database: Pick<Database, 'query'>
  readonly #clock: Clock
  readonly #ownHosts: () => readonly string[]
  readonly #known = new Map<string, { at: number; why: string | null }>()
  #total: { at: number; packages: number } | null = null
  #files: { at: number; hosts: readonly string[] } | null = null

  /** `ownHosts`: of the registries, in lower case; where their files are is seen by where files came from. */
  constructor({ database, clock, ownHosts }: { database: Pick<Database, 'query'>; clock: Clock; ownHosts: () => readonly string[] }) {
    this.#database = database
    this.#clock = clock
    this.#ownHosts = ownHosts
  }

  /** Why it is too common to hold anything, one clause; null: it is not. */
  async why(type: string, value: string): Promise<string | null> {
    const key = `${type} ${value}`
    const now = this.#clock.now().getTime()
    const known = this.#known.get(key)
    if (known && now - known.at < FOR_VALUE && now >= known.at) return known.why
    const why = this.#byItself(type, value, [...this.#ownHosts(), ...await this.#fileHosts(now)]) ?? await this.#byCarriers(type, value, now)
    if (this.#known.size >= REMEMBERED) this.#known.clear()
    this.#known.set(key, { at: now, why })
    return why
  }

  #byItself(type: string, value: string, ownHosts: readonly string[]): string | null {
    const family = familyOf(type)
    if (family === 'hash') return EMPTY.has(value) ? 'it is the hash of an empty file' : null
    if (family === 'address') {
      const network = networkOf(value)
      if (!network || network.length < WIDEST[network.family]) return 'it is too wide a network'
      return isKnownResolver(value) ? 'it is a public resolver' : null
    }
    const page = family === 'url' && /^[a-z]+:\/\/[^/]*\/?$/i.test(value)
    const host = family === 'host' ? value : page ? hostInUrl(value) : value.startsWith('@') ? value.slice(1) : null
    if (host === null) return null
    if (ownHosts.some((own) => own === host || own.endsWith(`.${host}`))) return 'it is a host of a registry'
    if (host.includes('.') && parse(host).domain === null && networkOf(host) === null && parse(host).isIcann === true) return 'everybody may have a name below it'
    if (ownershipOf(host) !== 'host') return 'it is a service that strangers share'
    return isMailService(host) ? 'it is a mail service' : null
  }

  async #byCarriers(type: string, value: string, now: number): Promise<string | null> {
    const term = termOf(type, value)
    if (!term) return null
    const { query } = this.#database
    const most = Math.max(LEAST, Math.ceil(await this.#packages(query, now) * SHARE))
    const rows = await query.selectFrom('facts').innerJoin('judged_files', 'judged_files.id', 'facts.artifact')
      .select(['judged_files.ecosystem', 'judged_files.name']).distinct()
      .where('facts.fact', 'in', idsOf(term)).where('judged_files.level', '=', 0).where('judged_files.published_at', '<=', now - ESTABLISHED)
      .limit(most + 1).execute()
    return rows.length > most ? `more than ${most} packages that have long been there and were found clean carry it` : null
  }

  async #fileHosts(now: number): Promise<readonly string[]> {
    if (!this.#files || now - this.#files.at >= FOR_TOTAL || now < this.#files.at) {
      const found = await Promise.all(['npm', 'pypi', 'go'].map((ecosystem) =>
        this.#database.query.selectFrom('artifacts').select('upstream').where('ecosystem', '=', ecosystem).limit(20).execute()))
      this.#files = { at: now, hosts: [...new Set(found.flat().flatMap(({ upstream }) => URL.parse(upstream)?.hostname ?? []))] }
    }
    return this.#files.hosts
  }

  async #packages(query: Kysely<Tables>, now: number): Promise<number> {
    if (!this.#total || now - this.#total.at >= FOR_TOTAL || now < this.#total.at) {
      const row = await query.selectFrom(query.selectFrom('judged_files').select(['ecosystem', 'name']).distinct().as('packages'))
        .select(({ fn }) => fn.countAll<number>().as('packages')).executeTakeFirst()
      this.#total = { at: now, packages: Number(row?.packages ?? 0) }
    }
    return this.#total.packages
  }
}
