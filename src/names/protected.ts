import { covers, coversPath } from '../core/policy.ts'
import type { Policy, PrivateName } from '../core/policy.ts'
import type { EcosystemId, Near } from '../core/types.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import { askedSince } from './asked.ts'
import { counterparts, otherSpellings } from './identity.ts'
import { NameIndex } from './index.ts'
import type { Imitation, Protected } from './index.ts'
import { popularNames } from './popular/index.ts'

/**
 * How similar a name must be before somebody is asked whether the other was meant: of the 10,000 PyPI names of the ranks 5,001 to 15,000,
 * 61 come so near to one of the first 5,000, and none is asked about unless it is held for another reason.
 */
const MEANT = 0.55

/** Names that this organisation fetched within half a year are its own to protect. */
const USED_WITHIN = 180 * 86_400_000
const MOST_USED = 100_000
const REMEMBERED = 20_000
/** Where `updateNames` says that the list of popular names is another one; `catchUp` of every process sees it. */
export const LISTS = 'popular names'
/** A private pattern, spelled for another registry, that so many popular names there fall under is an ordinary word. */
const ORDINARY = 3

/** A name of this organisation's that another one is, or would be at another registry. */
export interface Mine { ecosystem: EcosystemId; name: string }

/** What was known at one moment: replaced as a whole, so that nobody who asks meets half of it. */
interface Known {
  policyId: string
  /** Which lists of popular names these are. */
  lists: string | null
  indexes: ReadonlyMap<EcosystemId, NameIndex>
  ranks: ReadonlyMap<EcosystemId, ReadonlyMap<string, number>>
  imported: ReadonlySet<EcosystemId>
  /** Private names that were really used, or stand in the policy without `*`. */
  mine: ReadonlyMap<EcosystemId, Set<string>>
  /** What those are called at another registry: `pypi/acme-billing`. */
  namesakes: Map<string, Mine>
  /** Private patterns as another registry spells what they cover. */
  patterns: readonly { ecosystem: EcosystemId; spelled: string; of: Mine }[]
}

const ECOSYSTEMS = ['npm', 'pypi', 'go'] as const

/**
 * The names that are protected here: popular ones (imported, or built in), those this organisation uses, its private ones. Kept up
 * to date from the ledger, lockfiles and the policy; one index a registry, made when it is first asked for.
 */
export class ProtectedNames {
  readonly #database: Database
  readonly #clock: Clock
  readonly #policy: () => Policy
  #built: Promise<void> | null = null
  #known: Known | null = null
  readonly #near = new Map<string, Near | null>()
  #read = 0
  /** From when on names of lockfiles are still to be taken in. */
  #lockedSince = 0

  constructor({ database, clock, policy }: { database: Database; clock: Clock; policy: () => Policy }) {
    this.#database = database
    this.#clock = clock
    this.#policy = policy
  }

  /** Resolves when names can be asked; the first call builds the indexes, and the next one does where that failed. */
  ready(): Promise<void> {
    return this.#built ??= this.#build().catch((thrown: unknown) => {
      this.#built = null
      throw thrown
    })
  }

  /** Builds anew: after an import of popular names. Until that is done the names from before count. */
  async rebuild(): Promise<void> {
    await this.#build()
    this.#built = Promise.resolve()
  }

  async #build(): Promise<void> {
    const policy = this.#policy()
    const lists = await this.#lists()
    this.#lockedSince = 0
    const used = await this.#used(policy, 0)
    const indexes = new Map<EcosystemId, NameIndex>()
    const ranks = new Map<EcosystemId, ReadonlyMap<string, number>>()
    const imported = new Set<EcosystemId>()
    for (const ecosystem of ECOSYSTEMS) {
      const own = used.mine.get(ecosystem) ?? new Set()
      for (const entry of policy.private) if (entry.ecosystem === ecosystem && !entry.pattern.includes('*') && !entry.paths) own.add(entry.pattern)
      used.mine.set(ecosystem, own)
      const rows = await this.#database.query.selectFrom('popular').select('name').where('ecosystem', '=', ecosystem).orderBy('rank').execute()
      if (rows.length > 0) imported.add(ecosystem)
      const popular = rows.length > 0 ? rows.map(({ name }) => name) : popularNames(ecosystem)
      ranks.set(ecosystem, new Map(popular.map((name, at) => [name, at + 1])))
      const index = rows.length > 0 ? indexOf(ecosystem, popular) : builtIn(ecosystem)
      indexes.set(ecosystem, index.with([...[...own].map(asPrivate), ...(used.names.get(ecosystem) ?? [])]))
    }
    const namesakes = new Map([...used.mine].flatMap(([ecosystem, names]) => [...names].flatMap((name) => namesakesOf({ ecosystem, name }))))
    this.#known = { policyId: policy.id, lists, indexes, ranks, imported, mine: used.mine, namesakes, patterns: elsewhere(policy.private, ranks) }
    this.#read = used.head
    this.#near.clear()
  }

  /** Takes in what was used since, another policy's private names, and lists that another process imported. Cheap where nothing changed. */
  async catchUp(): Promise<void> {
    await this.ready()
    const known = this.#known as Known
    const policy = this.#policy()
    if (known.policyId !== policy.id || known.lists !== await this.#lists()) return this.rebuild()
    const { names, mine, head } = await this.#used(policy, this.#read)
    // Built anew meanwhile: what was just read belongs into those, the next time.
    if (this.#known !== known) {
      this.#lockedSince = 0
      return
    }
    for (const ecosystem of ECOSYSTEMS) {
      const index = known.indexes.get(ecosystem) as NameIndex
      const own = known.mine.get(ecosystem) as Set<string>
      const ours = [...mine.get(ecosystem) ?? []].filter((name) => !own.has(name))
      for (const name of ours) {
        own.add(name)
        for (const [called, of] of namesakesOf({ ecosystem, name })) known.namesakes.set(called, of)
      }
      const added = [...ours.map(asPrivate), ...(names.get(ecosystem) ?? []).filter(({ name }) => index.protectedAs(name) === null)]
      if (added.length === 0) continue
      index.add(added)
      this.#near.clear()
    }
    this.#read = head
  }

  /** Empty until `ready`. The likeliest first. */
  check(ecosystem: EcosystemId, name: string, limit = 5): Imitation[] {
    return this.#known?.indexes.get(ecosystem)?.check(name, limit) ?? []
  }

  protectedAs(ecosystem: EcosystemId, name: string): Protected | null {
    return this.#known?.indexes.get(ecosystem)?.protectedAs(name) ?? null
  }

  rankOf(ecosystem: EcosystemId, name: string): number | null {
    return this.#known?.ranks.get(ecosystem)?.get(name) ?? null
  }

  /** The protected name that somebody who asked for this one may have meant; null: it is one itself, or resembles none enough. */
  async near(ecosystem: EcosystemId, name: string): Promise<Near | null> {
    await this.ready()
    const key = `${ecosystem}/${name}`
    const known = this.#near.get(key)
    if (known !== undefined) return known
    const [best] = this.protectedAs(ecosystem, name) ? [] : this.check(ecosystem, name, 1)
    const near = best && best.weight >= MEANT ? { target: best.target.name, why: best.target.why, says: best.kinds[0]?.says ?? `it resembles ${best.target.name}` } : null
    if (this.#near.size >= REMEMBERED) this.#near.clear()
    this.#near.set(key, near)
    return near
  }

  /** Whether it is this organisation's own name at this very registry: nothing public is to be asked about it. */
  isPrivate(ecosystem: EcosystemId, name: string): boolean {
    return this.#policy().private.some((entry) => entry.ecosystem === ecosystem && isCovered(entry, name))
  }

  /**
   * The private name that this public one is, or is called after at another registry; null: none. What is popular there is not called
   * after anybody here.
   */
  mine(ecosystem: EcosystemId, name: string): Mine | null {
    if (this.isPrivate(ecosystem, name)) return { ecosystem, name }
    if (this.#known === null || this.rankOf(ecosystem, name) !== null) return null
    return this.#known.namesakes.get(`${ecosystem}/${name}`)
      ?? this.#known.patterns.find((pattern) => pattern.ecosystem === ecosystem && covers(pattern.spelled, name))?.of ?? null
  }

  /** Private names that are known by more than a pattern. */
  privateNames(): Mine[] {
    return [...this.#known?.mine ?? []].flatMap(([ecosystem, names]) => [...names].map((name) => ({ ecosystem, name })))
  }

  counts(): Record<EcosystemId, { popular: number; imported: boolean; private: number }> {
    const of = (ecosystem: EcosystemId) => ({
      popular: this.#known?.ranks.get(ecosystem)?.size ?? 0, imported: this.#known?.imported.has(ecosystem) ?? false, private: this.#known?.mine.get(ecosystem)?.size ?? 0,
    })
    return { npm: of('npm'), pypi: of('pypi'), go: of('go') }
  }

  async #lists(): Promise<string | null> {
    const row = await this.#database.query.selectFrom('settings').select('value').where('key', '=', LISTS).executeTakeFirst()
    return row?.value ?? null
  }

  /** What was asked for after this line of the ledger, or stands in lockfiles that came since, by registry: what was delivered, and private names. */
  async #used(policy: Policy, after: number): Promise<{ names: Map<EcosystemId, Protected[]>; mine: Map<EcosystemId, Set<string>>; head: number }> {
    const head = await this.#database.query.selectFrom('ledger').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
    const rows = after > 0 ? await this.#askedAfter(after) : await this.#askedEver()
    const names = new Map<EcosystemId, Protected[]>(ECOSYSTEMS.map((ecosystem) => [ecosystem, []]))
    const mine = new Map<EcosystemId, Set<string>>(ECOSYSTEMS.map((ecosystem) => [ecosystem, new Set()]))
    const now = this.#clock.now().getTime()
    const locked = await this.#database.query.selectFrom('names_used').select(['ecosystem', 'name']).where('at', '>=', this.#lockedSince).limit(MOST_USED).execute()
    this.#lockedSince = now
    for (const row of [...rows, ...locked.map((one) => ({ ...one, kind: 'served' }))]) {
      const [ecosystem, name] = [row.ecosystem as EcosystemId, row.name as string]
      if (policy.private.some((entry) => entry.ecosystem === ecosystem && isCovered(entry, name))) mine.get(ecosystem)?.add(name)
      else if (row.kind === 'served') names.get(ecosystem)?.push({ name, why: 'used', rank: null })
    }
    return { names, mine, head: Number(head?.seq ?? 0) }
  }

  #askedAfter(after: number) {
    return this.#database.query.selectFrom('ledger').select(['ecosystem', 'name', 'kind']).distinct()
      .where('seq', '>', after).where('at', '>=', this.#clock.now().getTime() - USED_WITHIN)
      .where('kind', 'in', ['served', 'index', 'denied']).where('name', 'is not', null).limit(MOST_USED).execute()
  }

  async #askedEver(): Promise<{ ecosystem: string; name: string; kind: string }[]> {
    const since = this.#clock.now().getTime() - USED_WITHIN
    const all = await Promise.all(ECOSYSTEMS.map(async (ecosystem) => (await askedSince(this.#database, ecosystem, { since, limit: MOST_USED }))
      .map(({ name, served }) => ({ ecosystem, name, kind: served ? 'served' : 'index' }))))
    return all.flat()
  }
}

const indexOf = (ecosystem: EcosystemId, popular: readonly string[]): NameIndex =>
  NameIndex.build(ecosystem, popular.map((name, at): Protected => ({ name, why: 'popular', rank: at + 1 })))

/** The built-in lists are the same for every gate of a process. */
const BUILT_IN = new Map<EcosystemId, NameIndex>()

function builtIn(ecosystem: EcosystemId): NameIndex {
  const index = BUILT_IN.get(ecosystem) ?? indexOf(ecosystem, popularNames(ecosystem))
  BUILT_IN.set(ecosystem, index)
  return index
}

const isCovered = (entry: PrivateName, name: string): boolean => (entry.paths ? coversPath : covers)(entry.pattern, name)

const asPrivate = (name: string): Protected => ({ name, why: 'private', rank: null })

const namesakesOf = (of: Mine): [string, Mine][] => [...counterparts(of.ecosystem, of.name), ...otherSpellings(of.ecosystem, of.name)].map(({ ecosystem, name }) => [`${ecosystem}/${name}`, of])

/**
 * Private patterns as the other registry would spell what they cover: `@acme/*` is `acme-*` there. One that would cover half of that
 * registry covers nothing: too little of it is literal, or popular names begin like that.
 */
function elsewhere(entries: readonly PrivateName[], ranks: ReadonlyMap<EcosystemId, ReadonlyMap<string, number>>): Known['patterns'] {
  return entries.flatMap(({ ecosystem: from, pattern }) => {
    if (from === 'go') return []
    const ecosystem = from === 'npm' ? 'pypi' : 'npm'
    const spelled = from === 'npm' ? pattern.replace(/^@/, '').replace('/', '-').replace(/[-_.]+/g, '-').toLowerCase() : pattern
    if (spelled.replaceAll('*', '').length < 4) return []
    if (spelled.includes('*') && isOrdinary(spelled, ranks.get(ecosystem)?.keys() ?? [])) return []
    return [{ ecosystem, spelled, of: { ecosystem: from, name: pattern } }]
  })
}

function isOrdinary(spelled: string, popular: Iterable<string>): boolean {
  let covered = 0
  for (const name of popular) if (covers(spelled, name) && ++covered >= ORDINARY) return true
  return false
}
