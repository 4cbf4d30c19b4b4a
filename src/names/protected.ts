import { covers, coversPath } from '../core/policy.ts'
import type { Policy, PrivateName } from '../core/policy.ts'
import type { EcosystemId, Near } from '../core/types.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import { counterparts } from './identity.ts'
import { NameIndex } from './index.ts'
import type { Imitation, Protected } from './index.ts'
import { popularNames } from './popular/index.ts'

/**
 * How similar a name must be before somebody is asked whether the other was meant: of the 10,000 PyPI names of the ranks 5,001 to 15,000,
 * 59 come so near to one of the first 5,000, and none is asked about unless it is held for another reason.
 */
const MEANT = 0.55

/** Names that this organisation fetched within half a year are its own to protect. */
const USED_WITHIN = 180 * 86_400_000
const MOST_USED = 100_000
const REMEMBERED = 20_000

/** A name of this organisation's that another one is, or would be at another registry. */
export interface Mine { ecosystem: EcosystemId; name: string }

/**
 * The names that are protected here: popular ones (imported, or built in), those this organisation uses, its private ones. Kept up
 * to date from the ledger and the policy; one index a registry, made when it is first asked for.
 */
export class ProtectedNames {
  readonly #database: Database
  readonly #clock: Clock
  readonly #policy: () => Policy
  #built: Promise<void> | null = null
  #indexes = new Map<EcosystemId, NameIndex>()
  #ranks = new Map<EcosystemId, ReadonlyMap<string, number>>()
  /** Private names that were really used, besides the patterns. */
  readonly #mine = new Map<EcosystemId, Set<string>>()
  readonly #near = new Map<string, Near | null>()
  #read = 0
  #policyId = ''

  constructor({ database, clock, policy }: { database: Database; clock: Clock; policy: () => Policy }) {
    this.#database = database
    this.#clock = clock
    this.#policy = policy
  }

  /** Resolves when names can be asked; the first call builds the indexes. */
  ready(): Promise<void> {
    return this.#built ??= this.#build()
  }

  /** Builds anew: after an import of popular names. */
  async rebuild(): Promise<void> {
    this.#built = this.#build()
    await this.#built
  }

  async #build(): Promise<void> {
    this.#read = 0
    this.#near.clear()
    const used = await this.#used()
    for (const ecosystem of ['npm', 'pypi', 'go'] as const) {
      const popular = await this.#popular(ecosystem)
      this.#ranks.set(ecosystem, new Map(popular.map((name, at) => [name, at + 1])))
      this.#indexes.set(ecosystem, NameIndex.build(ecosystem, [
        ...this.#privateNames(ecosystem), ...popular.map((name, at): Protected => ({ name, why: 'popular', rank: at + 1 })), ...(used.get(ecosystem) ?? []),
      ]))
    }
    this.#policyId = this.#policy().id
  }

  /** Takes in what was used since, and another policy's private names. Cheap where nothing changed. */
  async catchUp(): Promise<void> {
    await this.ready()
    if (this.#policyId !== this.#policy().id) return this.rebuild()
    for (const [ecosystem, names] of await this.#used()) {
      const index = this.#indexes.get(ecosystem)
      index?.add(names.filter(({ name }) => index.protectedAs(name) === null))
    }
  }

  /** Empty until `ready`. The likeliest first. */
  check(ecosystem: EcosystemId, name: string, limit = 5): Imitation[] {
    return this.#indexes.get(ecosystem)?.check(name, limit) ?? []
  }

  protectedAs(ecosystem: EcosystemId, name: string): Protected | null {
    return this.#indexes.get(ecosystem)?.protectedAs(name) ?? null
  }

  rankOf(ecosystem: EcosystemId, name: string): number | null {
    return this.#ranks.get(ecosystem)?.get(name) ?? null
  }

  /** The protected name that somebody who asked for this one may have meant; null: it is one itself, or resembles none enough. */
  near(ecosystem: EcosystemId, name: string): Near | null {
    const key = `${ecosystem}/${name}`
    const known = this.#near.get(key)
    if (known !== undefined) return known
    if (!this.#indexes.has(ecosystem)) return null
    const [best] = this.protectedAs(ecosystem, name) ? [] : this.check(ecosystem, name, 1)
    const near = best && best.weight >= MEANT ? { target: best.target.name, why: best.target.why, says: best.kinds[0]?.says ?? `it resembles ${best.target.name}` } : null
    if (this.#near.size >= REMEMBERED) this.#near.clear()
    this.#near.set(key, near)
    return near
  }

  /** The private name that this public one is, or is called after at another registry; null: none. */
  mine(ecosystem: EcosystemId, name: string): Mine | null {
    const patterns = this.#policy().private
    if (patterns.some((entry) => entry.ecosystem === ecosystem && isCovered(entry, name))) return { ecosystem, name }
    for (const other of ['npm', 'pypi'] as const) {
      if (other === ecosystem || ecosystem === 'go') continue
      for (const own of this.#mine.get(other) ?? []) if (counterparts(other, own).some((one) => one.ecosystem === ecosystem && one.name === name)) return { ecosystem: other, name: own }
      for (const { pattern } of patterns.filter((entry) => entry.ecosystem === other)) {
        const spelled = elsewhere(other, pattern)
        if (spelled !== null && covers(spelled, name)) return { ecosystem: other, name: pattern }
      }
    }
    return null
  }

  /** Private names that are known by more than a pattern. */
  privateNames(): Mine[] {
    return [...this.#mine].flatMap(([ecosystem, names]) => [...names].map((name) => ({ ecosystem, name })))
  }

  counts(): Record<EcosystemId, { popular: number; imported: boolean; private: number }> {
    const of = (ecosystem: EcosystemId) => ({
      popular: this.#ranks.get(ecosystem)?.size ?? 0, imported: this.#imported.has(ecosystem), private: this.#mine.get(ecosystem)?.size ?? 0,
    })
    return { npm: of('npm'), pypi: of('pypi'), go: of('go') }
  }

  readonly #imported = new Set<EcosystemId>()

  async #popular(ecosystem: EcosystemId): Promise<readonly string[]> {
    const rows = await this.#database.query.selectFrom('popular').select('name').where('ecosystem', '=', ecosystem).orderBy('rank').execute()
    if (rows.length === 0) return popularNames(ecosystem)
    this.#imported.add(ecosystem)
    return rows.map(({ name }) => name)
  }

  #privateNames(ecosystem: EcosystemId): Protected[] {
    const own = this.#mine.get(ecosystem) ?? new Set()
    for (const entry of this.#policy().private) if (entry.ecosystem === ecosystem && !entry.pattern.includes('*') && !entry.paths) own.add(entry.pattern)
    this.#mine.set(ecosystem, own)
    return [...own].map((name) => ({ name, why: 'private', rank: null }))
  }

  /** What was asked for since the last look, by registry; private names among it are remembered as such. */
  async #used(): Promise<Map<EcosystemId, Protected[]>> {
    const found = new Map<EcosystemId, Protected[]>()
    const head = await this.#database.query.selectFrom('ledger').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
    const rows = await this.#database.query.selectFrom('ledger').select(['ecosystem', 'name', 'kind']).distinct()
      .where('seq', '>', this.#read).where('at', '>=', this.#clock.now().getTime() - USED_WITHIN)
      .where('kind', 'in', ['served', 'index', 'denied']).where('name', 'is not', null).limit(MOST_USED).execute()
    this.#read = Number(head?.seq ?? 0)
    for (const row of rows) {
      const [ecosystem, name] = [row.ecosystem as EcosystemId, row.name as string]
      if (this.#policy().private.some((entry) => entry.ecosystem === ecosystem && isCovered(entry, name))) {
        this.#mine.set(ecosystem, (this.#mine.get(ecosystem) ?? new Set()).add(name))
      } else if (row.kind === 'served') {
        found.set(ecosystem, [...(found.get(ecosystem) ?? []), { name, why: 'used', rank: null }])
      }
    }
    return found
  }
}

const isCovered = (entry: PrivateName, name: string): boolean => (entry.paths ? coversPath : covers)(entry.pattern, name)

/** A pattern as the other registry would spell what it covers; null where it would cover half of the registry. */
function elsewhere(ecosystem: EcosystemId, pattern: string): string | null {
  const spelled = ecosystem === 'npm' ? pattern.replace(/^@/, '').replace('/', '-').replace(/[-_.]+/g, '-').toLowerCase() : pattern
  return spelled.replaceAll('*', '').length >= 4 ? spelled : null
}
