import type { Contact, ExposureSubject, Met } from '../core/exposure.ts'
import { SluiceError } from '../core/errors.ts'
import { readComparators } from '../core/comparators.ts'
import { parsePackage } from '../core/package-spec.ts'
import type { PackageSpec } from '../core/package-spec.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Database } from '../ports/database.ts'
import { asksForCallers } from './callers.ts'
import type { CallerQuery } from './callers.ts'
import type { EntryKind } from './entry.ts'
import { exposureOf, metBy } from './exposure.ts'
import { trace } from './trace.ts'
import type { TraceOptions, TracePage, TraceSubject } from './trace.ts'

/** What a trace is about, as people write it: at most one of these, and any of those who asked. */
export interface TraceAsked extends CallerQuery {
  /** `npm:left-pad@1.3.0`, or a package URL. */
  package?: string | PackageSpec | undefined
  /** Versions of the package, as its manifests write ranges: `^1.2`, `>=2,<3`, `>=v1.0.0 <v1.2.0`. */
  range?: string | undefined
  digest?: Digest | undefined
  /** An indicator, or an expression of `sluice hunt`: what was judged and has it. */
  indicator?: string | undefined
  /** The id of a campaign. */
  campaign?: string | undefined
  /** Who published it: `pypi:somebody`, or an address of mail. */
  actor?: string | undefined
}

/** How `Met` looks in a trace. `ecosystem` and `name` are null where only callers were asked for. */
interface Receiver extends Omit<Met, 'contact' | 'subject'> {
  kind: Contact
  ecosystem: EcosystemId | null
  name: string | null
  version: string | null
}

export interface Trace extends TracePage {
  /** Over all pages, the gravest first; only with the first page, at most 1000. Empty where a trace asks for a time alone. */
  receivers: readonly Receiver[]
  /** False: there are more. */
  complete: boolean
}

export type TracerOptions = Omit<TraceOptions, 'callers' | 'kinds'> & { kinds?: readonly (EntryKind | Had)[] | undefined }

/** Not in the ledger: lockfiles and machines say so. */
export type Had = 'locked' | 'installed' | 'ran'
const HAD: ReadonlySet<string> = new Set<Had>(['locked', 'installed', 'ran'])

interface TracerParts {
  database: Pick<Database, 'query'>
  /** Versions of what was judged and carries an indicator. Throws SluiceError `usage` for what is none. */
  carriersOf(indicator: string): Promise<readonly { ecosystem: EcosystemId; name: string; version: string }[]>
}

const WHATS = ['package', 'digest', 'indicator', 'campaign', 'actor'] as const
const CONTACTS: ReadonlySet<string> = new Set<Contact>(['index', 'denied', 'served', 'locked', 'installed', 'ran'])
const RECEIVERS = 1_000
/** Packages that a campaign or an uploader may have. */
const MOST = 20_000

/** Who received, was denied, read of or has what: turns words into subjects, and reads the ledger and the inventory for them. */
export class Tracer {
  readonly #parts: TracerParts

  constructor(parts: TracerParts) {
    this.#parts = parts
  }

  async trace(asked: TraceAsked, { kinds, ...options }: TracerOptions = {}): Promise<Trace> {
    const { database } = this.#parts
    const callers = asksForCallers(asked) ? asked : undefined
    const wanted = await this.#subjects(asked)
    const ledgerKinds = kinds?.filter((kind): kind is EntryKind => !HAD.has(kind))
    const page = ledgerKinds?.length === 0 ? { lines: [], next: null }
      : await trace(database, wanted?.lines ?? null, { ...options, ...(ledgerKinds ? { kinds: ledgerKinds } : {}), callers })
    if (options.cursor !== undefined) return { ...page, receivers: [], complete: true }
    const span = { since: options.since, until: options.until, limit: RECEIVERS, contacts: kinds?.filter((kind): kind is Contact & typeof kind => CONTACTS.has(kind)) }
    const met = wanted ? await exposureOf(database, wanted.met, { ...span, callers }) : callers ? await metBy(database, callers, span) : null
    return { ...page, receivers: (met?.met ?? []).map(receiverOf), complete: met?.complete ?? true }
  }

  /** null: whatever it is. */
  async #subjects(asked: TraceAsked): Promise<{ lines: TraceSubject[]; met: ExposureSubject[] } | null> {
    const given = WHATS.filter((what) => asked[what] !== undefined)
    if (given.length > 1) throw new SluiceError('usage', `a trace is about one thing: ${given.join(' or ')}`)
    if (asked.range !== undefined && asked.package === undefined) throw new SluiceError('usage', 'a range needs a package')
    if (asked.package !== undefined) return this.#package(asked.package, asked.range)
    if (asked.digest !== undefined) return this.#digest(asked.digest)
    if (asked.indicator !== undefined) return this.#versions(await this.#parts.carriersOf(asked.indicator))
    if (asked.campaign !== undefined) return whole(await this.#campaign(asked.campaign))
    if (asked.actor !== undefined) return whole(await this.#actor(asked.actor))
    return null
  }

  async #package(spec: string | PackageSpec, range: string | undefined): Promise<{ lines: TraceSubject[]; met: ExposureSubject[] }> {
    const { ecosystem, name: written, version } = typeof spec === 'string' ? parsePackage(spec) : spec
    const { canonicalName, isName, canonicalVersion, compareVersions, satisfies } = ecosystems[ecosystem]
    const name = canonicalName(written)
    if (version !== null && range !== undefined) throw new SluiceError('usage', 'name a version or a range of them, not both')
    if (version === null && range === undefined) {
      // A search for a private scope is in the ledger by that scope, which is no name.
      if (!isName(name) && !(await this.#isKnown(ecosystem, name))) throw new SluiceError('usage', `no ${ecosystem} package can be called ${written.slice(0, 200)}`)
      return whole([{ ecosystem, name }])
    }
    if (!isName(name)) throw new SluiceError('usage', `no ${ecosystem} package can be called ${written.slice(0, 200)}`)
    const known = await this.#versionsOf(ecosystem, name)
    if (version !== null) {
      const wanted = canonicalVersion(version)
      const same = [...new Set([wanted, ...known.filter((one) => compareVersions(one, wanted) === 0)])]
      return { lines: [{ ecosystem, name, versions: same }], met: [{ ecosystem, name, version: wanted, digest: null }] }
    }
    // Go's manifests have no ranges: there a version is the least, and what people mean by a range are comparisons.
    const within = ecosystem === 'go' ? readComparators(range as string, compareVersions)
      : satisfies('1.0.0', range as string) === null ? null : (one: string): boolean => satisfies(one, range as string) === true
    if (!within) {
      throw new SluiceError('usage', `not a range of ${ecosystem} versions: ${(range as string).slice(0, 100)}`, { hint: 'npm: ^1.2, >=1 <2, 1.x; pypi: >=1,<2, ~=1.4; go: >=v1.0.0 <v1.2.0' })
    }
    return this.#versions(known.filter(within).map((one) => ({ ecosystem, name, version: one })))
  }

  async #isKnown(ecosystem: EcosystemId, name: string): Promise<boolean> {
    return await this.#parts.database.query.selectFrom('ledger').select('seq').where('ecosystem', '=', ecosystem).where('name', '=', name).limit(1).executeTakeFirst() !== undefined
  }

  /** That the ledger, the inventory or a machine speaks of, as it is written there. */
  async #versionsOf(ecosystem: EcosystemId, name: string): Promise<string[]> {
    const { query } = this.#parts.database
    const told = await query.selectFrom('ledger').select('version').distinct().where('ecosystem', '=', ecosystem).where('name', '=', name).where('version', 'is not', null).execute()
    const locked = await query.selectFrom('inventory_items').select('version').distinct().where('ecosystem', '=', ecosystem).where('name', '=', name).execute()
    const had = await query.selectFrom('host_packages').select('version').distinct().where('ecosystem', '=', ecosystem).where('name', '=', name).where('version', '<>', '').execute()
    return [...new Set([...told, ...locked, ...had].flatMap(({ version }) => version ?? []))]
  }

  async #digest(digest: Digest): Promise<{ lines: TraceSubject[]; met: ExposureSubject[] }> {
    const { query } = this.#parts.database
    const known = await query.selectFrom('artifacts').select(['ecosystem', 'name', 'version']).distinct().where('digest', '=', digest).limit(100).execute()
    // The artifact may be gone; the line is not.
    const told = known.length > 0 ? [] : await query.selectFrom('ledger').select(['ecosystem', 'name', 'version']).where('digest', '=', digest).orderBy('seq').limit(1).execute()
    return {
      lines: [{ digest }],
      met: [...known, ...told].flatMap(({ ecosystem, name, version }) => (ecosystem === null || name === null ? [] : [{ ecosystem: ecosystem as EcosystemId, name, version, digest }])),
    }
  }

  #versions(all: readonly { ecosystem: EcosystemId; name: string; version: string }[]): { lines: TraceSubject[]; met: ExposureSubject[] } {
    const unique = [...new Map(all.map((one) => [JSON.stringify([one.ecosystem, one.name, one.version]), one])).values()]
    return {
      lines: [...Map.groupBy(unique, ({ ecosystem, name }) => `${ecosystem}:${name}`).values()].map((some) =>
        ({ ecosystem: some[0]?.ecosystem as EcosystemId, name: some[0]?.name ?? '', versions: some.map(({ version }) => version) })),
      met: unique.map(({ ecosystem, name, version }) => ({ ecosystem, name, version, digest: null })),
    }
  }

  async #campaign(id: string): Promise<{ ecosystem: EcosystemId; name: string }[]> {
    const { query } = this.#parts.database
    const row = await query.selectFrom('campaigns').select(['id', 'into_id']).where('id', '=', id).executeTakeFirst()
    if (!row) throw new SluiceError('not-found', `there is no campaign ${id.slice(0, 80)}`, { hint: 'sluice campaigns list shows them' })
    return await query.selectFrom('campaign_members').select(['ecosystem', 'name']).where('campaign', '=', row.into_id ?? row.id).limit(MOST).execute() as { ecosystem: EcosystemId; name: string }[]
  }

  async #actor(written: string): Promise<{ ecosystem: EcosystemId; name: string }[]> {
    const [, ecosystem, actor = written] = /^(npm|pypi|go):(.+)$/.exec(written.trim()) ?? []
    const rows = await this.#parts.database.query.selectFrom('uploads').select(['ecosystem', 'name']).distinct().where('actor', '=', actor.trim())
      .$if(ecosystem !== undefined, (some) => some.where('ecosystem', '=', ecosystem as string)).limit(MOST).execute()
    if (rows.length === 0) throw new SluiceError('not-found', `nobody called ${written.slice(0, 80)} has published anything that was seen here`, { hint: 'sluice campaigns actors shows who has' })
    return rows as { ecosystem: EcosystemId; name: string }[]
  }
}

const whole = (packages: readonly { ecosystem: EcosystemId; name: string }[]): { lines: TraceSubject[]; met: ExposureSubject[] } =>
  ({ lines: packages.map(({ ecosystem, name }) => ({ ecosystem, name })), met: packages.map(({ ecosystem, name }) => ({ ecosystem, name, version: null, digest: null })) })

const receiverOf = ({ contact, subject: { ecosystem, name, version }, ...rest }: Met): Receiver =>
  (name === '' ? { kind: contact, ecosystem: null, name: null, version: null, ...rest } : { kind: contact, ecosystem, name, version, ...rest })
