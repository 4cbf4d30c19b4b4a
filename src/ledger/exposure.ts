import type { Contact, Exposure, ExposureSubject } from '../core/exposure.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Database } from '../ports/database.ts'
import { Meetings, readContacts } from './contacts.ts'
import type { ContactKind, Span } from './contacts.ts'
import { asksForCallers, nextPeriod } from './callers.ts'
import type { CallerQuery } from './callers.ts'
import { periodOf } from './caller.ts'
import { onHosts } from './installed.ts'
import type { OnHost } from './installed.ts'
import { lockedOf } from './locked.ts'
import type { Locked } from './locked.ts'
import { Tally } from './tally.ts'
import { Callers, NOBODY } from './who.ts'

export interface ExposureOptions {
  since?: Date | undefined
  /** Not included. */
  until?: Date | undefined
  /** How many are listed; default 1,000. */
  limit?: number | undefined
  /** Default: every way of meeting it. */
  contacts?: readonly Contact[] | undefined
  /** Only theirs; then lockfiles do not count, and machines where a machine alone is asked for. */
  callers?: CallerQuery | undefined
}

const KINDS = ['served', 'denied', 'index'] as const

/** Packages looked up at a time: whatever else waits for the database waits for as many statements. */
const AT_ONCE = 6

/**
 * Who met what: deliveries (of exactly these bytes where the subject has a digest), denials, readers of the index document, services
 * whose lockfiles have it, and machines that say they have it or ran it. Subjects may be thousands; those of one package are read together.
 */
export async function exposureOf(
  database: Pick<Database, 'query'>, subjects: readonly ExposureSubject[], { since, until, limit = 1_000, contacts, callers: whose }: ExposureOptions = {},
): Promise<Exposure> {
  const kinds = KINDS.filter((kind) => contacts?.includes(kind) ?? true)
  const countsLocks = (contacts?.includes('locked') ?? true) && !asksForCallers(whose ?? {})
  const machines = (['installed', 'ran'] as const).filter((kind) => (contacts?.includes(kind) ?? true) && asksForMachines(whose ?? {}))
  const tally = new Tally(limit)
  const callers = new Callers(database)
  const packages = [...Map.groupBy(subjects, ({ ecosystem, name }) => `${ecosystem} ${name}`).values()]
  for (let from = 0; from < packages.length; from += AT_ONCE) {
    const some = packages.slice(from, from + AT_ONCE)
    const locked = countsLocks ? await lockedIn(database, some.flat()) : new Map<string, Locked[]>()
    const had = machines.length > 0 ? await hadIn(database, some.flat(), whose?.host) : new Map<string, OnHost[]>()
    await Promise.all(some.map(async (all) => {
      const asked = await Asked.of(database, all)
      await meet(database, callers, asked, { since, until, kinds, callers: whose }, tally)
      for (const { name, version, digests, first, last, ...place } of locked.get(`${asked.ecosystem} ${asked.name}`) ?? []) {
        if (!asked.locks({ version, digests }) || (since && last < since) || (until && first >= until)) continue
        tally.add('locked', { ecosystem: asked.ecosystem, name, version }, { caller: NOBODY, count: 1, first: Number(first), last: Number(last) }, place)
      }
      for (const { contact, name, version, digest, host, count, first, last, source, delivered } of had.get(`${asked.ecosystem} ${asked.name}`) ?? []) {
        if (!machines.includes(contact) || !asked.locks({ version, digests: digest === null ? [] : [digest] }) || (since && last < since) || (until && first >= until)) continue
        tally.add(contact, { ecosystem: asked.ecosystem, name, version: version || null }, { caller: { ...NOBODY, host }, count, first: Number(first), last: Number(last) }, { service: null, source, path: [], delivered })
      }
    }))
  }
  return tally.result(callers)
}

/** Everything that these callers met, whatever it was: `subject` has no name. Lines from before callers do not count. */
export async function metBy(
  database: Pick<Database, 'query'>, whose: CallerQuery, { since, until, limit = 1_000, contacts }: Omit<ExposureOptions, 'callers'> = {},
): Promise<Exposure> {
  const kinds = KINDS.filter((kind) => contacts?.includes(kind) ?? true)
  const tally = new Tally(limit)
  const callers = new Callers(database)
  const found = new Map(kinds.map((kind) => [kind, new Meetings()]))
  const first = since ? periodOf(since.getTime()) : 0
  for (let period = await nextPeriod(database, whose, first); period !== null; period = await nextPeriod(database, whose, period + 1)) {
    if (until && period > periodOf(until.getTime())) break
    await readContacts(database, callers, { period }, { since, until, kinds, callers: whose }, (kind) => found.get(kind))
  }
  for (const [contact, meetings] of found) for (const one of meetings.all()) tally.add(contact, NOTHING, one)
  return tally.result(callers)
}

const NOTHING: ExposureSubject = { ecosystem: 'npm', name: '', version: null, digest: null }

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

  locks({ version, digests }: Pick<Locked, 'version' | 'digests'>): boolean {
    if (this.#every) return true
    const same = version === '' ? null : this.#sameAs(version)
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

async function meet(
  database: Pick<Database, 'query'>, callers: Callers, asked: Asked, span: Span, tally: Tally,
): Promise<void> {
  const found = new Map<string, { contact: ContactKind; version: string | null; meetings: Meetings }>()
  const into = (contact: ContactKind, version: string | null): Meetings => {
    const key = `${contact} ${JSON.stringify(version)}`
    const known = found.get(key) ?? { contact, version, meetings: new Meetings() }
    found.set(key, known)
    return known.meetings
  }
  const kinds = span.kinds.filter((kind) => asked.byName || kind !== 'served')
  if (kinds.length > 0) await readContacts(database, callers, asked, { ...span, kinds }, (kind, written) => {
    const version = asked.counts(kind, written)
    return version === undefined ? undefined : into(kind, version)
  })
  for (const [digest, version] of asked.digests) {
    if (span.kinds.includes('served') && !asked.hasWhole(version)) await readContacts(database, callers, { digest }, { ...span, kinds: ['served'] }, (kind) => into(kind, version))
  }
  for (const { contact, version, meetings } of found.values()) {
    const subject = { ecosystem: asked.ecosystem, name: asked.name, version }
    for (const one of meetings.all()) tally.add(contact, subject, one)
  }
}

/** Of who asked, machines know their own name alone. */
const asksForMachines = ({ host: _host, ...rest }: CallerQuery): boolean => !asksForCallers(rest)

async function hadIn(database: Pick<Database, 'query'>, subjects: readonly ExposureSubject[], host: string | undefined): Promise<Map<string, OnHost[]>> {
  const found = new Map<string, OnHost[]>()
  for (const [ecosystem, some] of Map.groupBy(subjects, (one) => one.ecosystem)) {
    for (const [name, all] of await onHosts(database, ecosystem, [...new Set(some.map((one) => one.name))], { host })) found.set(`${ecosystem} ${name}`, all)
  }
  return found
}

async function lockedIn(database: Pick<Database, 'query'>, subjects: readonly ExposureSubject[]): Promise<Map<string, Locked[]>> {
  const found = new Map<string, Locked[]>()
  for (const [ecosystem, some] of Map.groupBy(subjects, (one) => one.ecosystem)) {
    for (const [name, all] of await lockedOf(database, ecosystem, [...new Set(some.map((one) => one.name))])) found.set(`${ecosystem} ${name}`, all)
  }
  return found
}
