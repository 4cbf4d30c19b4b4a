import type { Contact, Exposure, ExposureSubject, Met } from '../core/exposure.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Database } from '../ports/database.ts'
import type { ContactKind, Contacts } from './contacts.ts'
import { contactsOf } from './contacts.ts'
import { lockedOf } from './locked.ts'
import type { Locked } from './locked.ts'
import { Tally } from './tally.ts'
import { Callers } from './who.ts'

export interface ExposureOptions {
  since?: Date | undefined
  /** Not included. */
  until?: Date | undefined
  /** How many are listed; default 1,000. */
  limit?: number | undefined
}

/** Packages looked up at a time. */
const AT_ONCE = 16

/**
 * Who met what: deliveries (of exactly these bytes where the subject has a digest), denials, readers of the index document, and services
 * whose lockfiles have it. Subjects may be thousands; those of one package are read together.
 */
export async function exposureOf(
  database: Pick<Database, 'query'>, subjects: readonly ExposureSubject[], { since, until, limit = 1_000 }: ExposureOptions = {},
): Promise<Exposure> {
  const tally = new Tally(Math.max(0, limit))
  const callers = new Callers(database)
  const packages = [...Map.groupBy(subjects, ({ ecosystem, name }) => `${ecosystem} ${name}`).values()]
  for (let from = 0; from < packages.length; from += AT_ONCE) {
    const some = packages.slice(from, from + AT_ONCE)
    const locked = await lockedIn(database, some.flat())
    await Promise.all(some.map(async (all) => {
      const asked = await Asked.of(database, all)
      const met = await meetings(database, callers, asked, { since, until })
      for (const one of locked.get(`${asked.ecosystem} ${asked.name}`) ?? []) {
        if (asked.locks(one) && (!since || one.last >= since) && (!until || one.first < until)) met.push(lockedMet(asked.ecosystem, one))
      }
      tally.add(met)
    }))
  }
  return tally.result()
}

/** What was asked of one package. */
class Asked {
  readonly ecosystem: EcosystemId
  readonly name: string
  /** Exact bytes, and the version each is of where that is known. */
  readonly digests: ReadonlyMap<Digest, string | null>
  /** Some subject is known by name and version alone: its deliveries are those of every file. */
  readonly byName: boolean
  readonly #every: boolean
  readonly #whole: ReadonlySet<string>
  readonly #all: ReadonlySet<string>
  readonly #same = new Map<string, string | null>()

  private constructor(subjects: readonly ExposureSubject[], digests: ReadonlyMap<Digest, string | null>) {
    const [{ ecosystem, name }] = subjects as [ExposureSubject]
    this.ecosystem = ecosystem
    this.name = name
    this.digests = digests
    this.#every = subjects.some(({ version, digest }) => version === null && digest === null)
    this.#whole = new Set(subjects.flatMap(({ version, digest }) => (version !== null && digest === null ? [version] : [])))
    this.#all = new Set([...this.#whole, ...[...digests.values()].flatMap((version) => version ?? [])])
    this.byName = this.#every || this.#whole.size > 0
  }

  static async of(database: Pick<Database, 'query'>, subjects: readonly ExposureSubject[]): Promise<Asked> {
    const digests = new Map<Digest, string | null>()
    for (const { ecosystem, name, version, digest } of subjects) {
      if (digest === null) continue
      const row = version === null ? await database.query.selectFrom('artifacts').select('version')
        .where('digest', '=', digest).where('ecosystem', '=', ecosystem).where('name', '=', name).executeTakeFirst() : undefined
      digests.set(digest, version ?? row?.version ?? digests.get(digest) ?? null)
    }
    return new Asked(subjects, digests)
  }

  /** The version under which a line counts, as it was asked for; undefined: it does not. */
  counts(kind: ContactKind, version: string | null): string | null | undefined {
    if (kind === 'index') return null
    if (this.#every || version === null) return version
    const same = this.#sameAs(version)
    if (same === null) return undefined
    return kind === 'denied' || this.#whole.has(same) ? same : undefined
  }

  /** All deliveries of this version were asked for, whatever their bytes. */
  hasWhole(version: string | null): boolean {
    return this.#every || (version !== null && this.#whole.has(version))
  }

  locks({ version, digests }: Locked): boolean {
    if (this.#every) return true
    const same = this.#sameAs(version)
    const told = digests.filter((digest) => digest.startsWith('sha256:'))
    if (told.some((digest) => this.digests.has(digest as Digest))) return true
    if (same === null) return false
    return this.#whole.has(same) || told.length === 0
  }

  #sameAs(version: string): string | null {
    const known = this.#same.get(version)
    if (known !== undefined) return known
    const { compareVersions } = ecosystems[this.ecosystem]
    const same = this.#all.has(version) ? version : [...this.#all].find((one) => compareVersions(one, version) === 0) ?? null
    this.#same.set(version, same)
    return same
  }
}

async function meetings(
  database: Pick<Database, 'query'>, callers: Callers, asked: Asked, span: { since: Date | undefined; until: Date | undefined },
): Promise<Met[]> {
  const found = new Map<string, Met>()
  const add = (kind: ContactKind, version: string | null, { known, count, first, last }: Contacts): void => {
    const key = `${kind} ${JSON.stringify(version)} ${known.key}`
    const before = found.get(key)
    if (before) {
      before.count += count
      if (first < Number(before.first)) before.first = new Date(first)
      if (last > Number(before.last)) before.last = new Date(last)
    } else {
      found.set(key, {
        contact: kind, subject: { ecosystem: asked.ecosystem, name: asked.name, version }, ...known.who,
        service: null, source: null, path: [], count, first: new Date(first), last: new Date(last),
      })
    }
  }
  const kinds = asked.byName ? ['served', 'denied', 'index'] as const : ['denied', 'index'] as const
  for await (const one of contactsOf(database, callers, asked, { ...span, kinds })) {
    const version = asked.counts(one.kind, one.version)
    if (version !== undefined) add(one.kind, version, one)
  }
  for (const [digest, version] of asked.digests) {
    if (asked.hasWhole(version)) continue
    for await (const one of contactsOf(database, callers, { digest }, { ...span, kinds: ['served'] })) add('served', version, one)
  }
  return [...found.values()]
}

async function lockedIn(database: Pick<Database, 'query'>, subjects: readonly ExposureSubject[]): Promise<Map<string, Locked[]>> {
  const found = new Map<string, Locked[]>()
  for (const [ecosystem, some] of Map.groupBy(subjects, (one) => one.ecosystem)) {
    for (const [name, all] of await lockedOf(database, ecosystem, [...new Set(some.map((one) => one.name))])) found.set(`${ecosystem} ${name}`, all)
  }
  return found
}

export const lockedMet = (ecosystem: EcosystemId, { name, version, service, source, path, first, last }: Locked): Met => ({
  contact: 'locked' satisfies Contact, subject: { ecosystem, name, version }, token: null, user: null, host: null, address: null, job: null, client: null,
  service, source, path, count: 1, first, last,
})
