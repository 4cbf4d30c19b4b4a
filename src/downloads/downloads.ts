import { exportCampaign } from '../campaigns/export.ts'
import type { ExternalRow } from './external.ts'
import { deliveryOf as deliveryOfRow, externalRows } from './external.ts'
import { SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import type { Upstream } from '../ports/upstream.ts'
import { classifier } from './classify.ts'
import type { Classify, ClassRule } from './classify.ts'
import { Countries } from './countries.ts'
import type { Delivery } from './delivery.ts'
import { habitKey } from './delivery.ts'
import { Habits } from './habits.ts'
import { forgetImport, importedOf, importsIn, importTable } from './imports.ts'
import type { Import } from './imports.ts'
import { machinesWith } from './machines.ts'
import type { Machines } from './machines.ts'
import { deliveryOf, linesOf, People, visitOf, visitsOf } from './ledger.ts'
import type { About, Span } from './ledger.ts'
import { Tally } from './tally.ts'
import type { Tallied } from './tally.ts'

/** What deliveries are asked of: a package or one version, exact bytes, a campaign's packages, or everything in a span of time. */
export type Wanted =
  | { ecosystem: EcosystemId; name: string; version: string | null }
  | { digest: Digest }
  | { campaign: string }
  | 'everything'

export interface ReadOptions extends Span {
  /** A table of others as it is, instead of those imported. */
  table?: { text: string; source: string; ecosystem: EcosystemId } | undefined
  progress?: ((lines: number) => void) | undefined
}

export interface DownloadsReport extends Tallied {
  /** What it is of, in words. */
  about: string
  /** Names of packages that were looked for; of a campaign at most 1,000. */
  subjects: readonly string[]
  since: Date | null
  until: Date | null
  /** Tables of others whose numbers are in these. */
  sources: readonly string[]
  /** Whether this gate's own deliveries are in them. */
  ledger: boolean
  /** What machines say of it, beside what was delivered; absent where a table of others alone was read. */
  machines?: Machines
  /** Where countries are from, and as of when. */
  countriesAsOf: Date
  at: Date
}

export interface DownloadsParts {
  database: Database
  upstream: Upstream
  clock: Clock
  /** The data folder. */
  data: string
  rules: readonly ClassRule[]
  countries: string | null
}

/** Lines read of what callers did besides, and how long before and after a delivery it counts. */
const MOST_VISITS = 300_000
const AROUND = 6 * 3_600_000
const MOST_ROWS = 20_000
const MOST_SUBJECTS = 1_000
const LARGEST_TABLE = 256 * 1024 * 1024

/** Reads who received what as what it most likely was. For the command line, the API and reports alike. */
export class Downloads {
  readonly #parts: DownloadsParts
  readonly #classify: Classify
  readonly #countries: Countries

  constructor(parts: DownloadsParts) {
    this.#parts = parts
    this.#classify = classifier(parts.rules)
    this.#countries = new Countries({ configured: parts.countries, data: parts.data })
  }

  /** Throws `not-found` for a campaign that there is not, `feed-invalid` for a table that cannot be read. */
  async read(wanted: Wanted, options: ReadOptions = {}): Promise<DownloadsReport> {
    const { since, until, table } = options
    const countries = await this.#countries.open()
    const { about, subjects } = await this.#subjects(wanted)
    const tally = new Tally()
    const sources = new Set<string>()
    const habits = wanted === 'everything' ? await this.#habitsOfAll(options) : null
    const add = (delivery: Delivery, known: Pick<Habits, 'of'> | null): void => {
      const { caller, agent, country } = delivery
      if (delivery.source !== null) sources.add(delivery.source)
      const habit = caller === null || known === null || delivery.source !== null ? null : known.of(habitKey(caller.key, agent), wanted === 'everything' ? null : delivery)
      const address = caller?.address ?? null
      tally.add(delivery, this.#classify(delivery, habit), country === undefined ? (address === null ? null : countries.of(address)) : country)
    }
    if (!table) await this.#fromLedger(subjects, { ...options, habits, add, tally })
    for await (const rows of table ? tableRows(table, subjects, options) : this.#imported(subjects, options)) for (const row of rows) add(row, null)
    return {
      about, subjects: subjects.map(nameOf).slice(0, MOST_SUBJECTS), since: since ?? null, until: until ?? null,
      sources: [...sources].sort(), ledger: !table, countriesAsOf: countries.asOf, at: this.#parts.clock.now(),
      ...tally.result(), ...(table ? {} : { machines: await machinesWith(this.#parts.database, subjects, options) }),
    }
  }

  /** Throws `feed-invalid`, `usage`. */
  import(text: string, { source, ecosystem, by }: { source: string; ecosystem: EcosystemId; by: string }): Promise<Import> {
    if (text.length > LARGEST_TABLE) throw new SluiceError('feed-invalid', `a table may have ${LARGEST_TABLE / 1024 / 1024} MiB`)
    return importTable(this.#parts.database, text, { source, ecosystem, by, now: this.#parts.clock.now() })
  }

  imports(): Promise<Import[]> {
    return importsIn(this.#parts.database)
  }

  /** Throws `not-found`. */
  async forget(source: string): Promise<void> {
    if (await forgetImport(this.#parts.database, source)) return
    throw new SluiceError('not-found', `no table ${oneLine(source, 60)} was imported`, { hint: 'sluice downloads imports lists them' })
  }

  /** A database of countries in the place of the one in force. Throws `usage`, `upstream-*`. */
  async updateCountries(from: Uint8Array | string): Promise<{ asOf: Date; file: string }> {
    const { asOf, file } = await this.#countries.replace(typeof from === 'string' ? await this.#fetch(from) : from)
    return { asOf, file }
  }

  async #fetch(url: string): Promise<Uint8Array> {
    const answer = await this.#parts.upstream.fetch(url, { limit: LARGEST_TABLE })
    const chunks: Buffer[] = []
    for await (const chunk of answer.body) chunks.push(chunk as Buffer)
    if (answer.status !== 200) throw new SluiceError('upstream-status', `${oneLine(url, 200)} answered ${answer.status}`)
    return Buffer.concat(chunks)
  }

  async #subjects(wanted: Wanted): Promise<{ about: string; subjects: Subject[] }> {
    if (wanted === 'everything') return { about: 'all packages', subjects: [{ lines: 'everything', version: null }] }
    if ('digest' in wanted) return { about: wanted.digest, subjects: [{ lines: wanted, version: null }] }
    if ('campaign' in wanted) {
      const campaign = await exportCampaign(this.#parts.database, wanted.campaign, this.#parts.clock.now())
      if (!campaign) throw new SluiceError('not-found', `there is no campaign ${oneLine(wanted.campaign, 60)}`, { hint: 'sluice campaigns list shows them' })
      return { about: `campaign ${campaign.id}`, subjects: campaign.members.map(({ ecosystem, name }) => ({ lines: { ecosystem, name }, version: null })) }
    }
    const { ecosystem, name, version } = wanted
    return { about: `${ecosystem}:${name}${version === null ? '' : `@${version}`}`, subjects: [{ lines: { ecosystem, name }, version }] }
  }

  async #fromLedger(subjects: readonly Subject[], { since, until, habits, add, tally, progress }: ReadOptions & {
    habits: Habits | null
    add(delivery: Delivery, habits: Pick<Habits, 'of'> | null): void
    tally: Tally
  }): Promise<void> {
    const people = new People(this.#parts.database)
    let done = 0
    for (const { lines, version } of subjects) {
      const deliveries: Delivery[] = []
      const rows = new Set<number>()
      const span = { from: Number.POSITIVE_INFINITY, to: Number.NEGATIVE_INFINITY }
      // What they did with this package is read anyhow; what else they did is looked for.
      const here = new Habits()
      const flush = async (): Promise<void> => {
        const around = habits === null ? await this.#habitsOf(people, rows, span) : null
        const known = habits ?? { of: (key: string, of: Delivery | null) => here.of(key, of) ?? around?.of(key, of) ?? null }
        for (const delivery of deliveries) add(delivery, known)
        deliveries.length = 0
        rows.clear()
      }
      const isWanted = sameVersion(lines, version)
      for await (const page of linesOf(this.#parts.database, people, lines, { since, until })) {
        if (habits === null) see(here, page)
        for (const line of page) {
          if (!isWanted(line.ecosystem, line.version)) continue
          const delivery = deliveryOf(line)
          if (delivery === null) {
            tally.document()
            continue
          }
          deliveries.push(delivery)
          if (line.row !== null) rows.add(line.row)
          span.from = Math.min(span.from, line.at)
          span.to = Math.max(span.to, line.at)
        }
        progress?.(done += page.length)
        if (deliveries.length > 100_000) await flush()
      }
      await flush()
    }
  }

  /** What those who received it did around that time. Whoever copies a registry did it again and again: a part is enough to see it. */
  async #habitsOf(people: People, rows: ReadonlySet<number>, { from, to }: { from: number; to: number }): Promise<Habits | null> {
    if (rows.size === 0) return null
    const habits = new Habits()
    const around = { since: new Date(from - AROUND), until: new Date(to + AROUND) }
    for await (const page of visitsOf(this.#parts.database, people, [...rows].slice(0, MOST_ROWS), around, MOST_VISITS)) see(habits, page)
    return habits
  }

  async #habitsOfAll({ since, until, progress }: ReadOptions): Promise<Habits> {
    const habits = new Habits()
    let done = 0
    for await (const page of linesOf(this.#parts.database, new People(this.#parts.database), 'everything', { since, until }, ['served', 'index'])) {
      see(habits, page)
      progress?.(done += page.length)
    }
    return habits
  }

  async *#imported(subjects: readonly Subject[], { since, until }: Span): AsyncGenerator<Delivery[]> {
    for (const { lines, version } of subjects) {
      if (typeof lines === 'object' && 'digest' in lines) continue
      const isWanted = sameVersion(lines, version)
      for await (const page of importedOf(this.#parts.database, lines, { since, until })) yield page.filter((one) => isWanted(one.ecosystem, one.version))
    }
  }
}

interface Subject { lines: About; version: string | null }

function see(habits: Habits, page: Awaited<ReturnType<People['lines']>>): void {
  for (const line of page) {
    const visit = visitOf(line)
    if (visit) habits.see(visit)
  }
}

const nameOf = ({ lines, version }: Subject): string =>
  (lines === 'everything' ? 'everything' : 'digest' in lines ? lines.digest : `${lines.ecosystem}:${lines.name}${version === null ? '' : `@${version}`}`)

/** Versions are compared in the ecosystem's order: `1.0` and `1.0.0` may be one. */
function sameVersion(lines: About, wanted: string | null): (ecosystem: EcosystemId, version: string | null) => boolean {
  if (wanted === null || lines === 'everything') return () => true
  const known = new Map<string, boolean>()
  return (ecosystem, version) => {
    if (version === null) return false
    const same = known.get(version) ?? (version === wanted || ecosystems[ecosystem].compareVersions(version, wanted) === 0)
    if (known.size < 10_000) known.set(version, same)
    return same
  }
}

function* tableRows({ text, source, ecosystem }: NonNullable<ReadOptions['table']>, subjects: readonly Subject[], { since, until }: Span): Generator<Delivery[]> {
  const wanted = new Map(subjects.flatMap(({ lines, version }) =>
    (typeof lines === 'object' && 'name' in lines ? [[`${lines.ecosystem}:${lines.name}`, sameVersion(lines, version)] as const] : [])))
  const all = subjects.some(({ lines }) => lines === 'everything')
  const fits = ({ ecosystem: of, name, version, at }: ExternalRow): boolean =>
    (all || (wanted.get(`${of}:${name}`)?.(of, version) ?? false)) && (!since || at >= since.getTime()) && (!until || at < until.getTime())
  for (const row of externalRows(text, ecosystem)) if (fits(row)) yield [deliveryOfRow(row, source)]
}
