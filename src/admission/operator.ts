import { basename, join } from 'node:path'
import { missingRun } from '../core/cascade.ts'
import type { RunDue } from '../core/cascade.ts'
import type { Ruling, Suspicion } from '../core/decide.ts'
import { parsePackage } from '../core/package-spec.ts'
import type { Policy } from '../core/policy.ts'
import type { Advisory, Digest, EcosystemId, Finding, Level, Order } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import { importFeed } from '../intel/import.ts'
import type { Head } from '../ledger/chain.ts'
import { readExpression } from '../hunt/expression.ts'
import { search } from '../hunt/search.ts'
import { forgetOnHosts } from '../host/ingest/forget.ts'
import { forgetPerson } from '../ledger/forget.ts'
import type { Person } from '../ledger/forget.ts'
import { currentHead, readHead } from '../ledger/head.ts'
import { Tracer } from '../ledger/tracer.ts'
import type { Trace, TraceAsked, TracerOptions } from '../ledger/tracer.ts'
import { verify } from '../ledger/verify.ts'
import type { KeptHead, Verification } from '../ledger/verify.ts'
import { checkup } from './checkup.ts'
import type { Check } from './checkup.ts'
import type { Context } from './context.ts'
import { listOrders, order } from './orders.ts'
import type { OrderRequest } from './orders.ts'
import { replay } from './replay.ts'
import type { Replay } from './replay.ts'
import { localContext, scanPackage } from './scan.ts'
import { scanLocal } from './scan-local.ts'
import type { LocalTarget, ScanReport } from './scan-local.ts'
import type { Door } from './serve.ts'
import type { Sources } from './sources.ts'
import { standingOf } from './standing.ts'

/** One file of a package as the gate knows it. */
export interface FileView {
  file: string
  version: string
  digest: Digest
  size: number
  publishedAt: Date | null
  firstSeenAt: Date
  upstream: string
  level: Level | null
  score: number | null
  findings: readonly Finding[]
  missing: readonly string[]
  /** What policy says of it now; null when it was never judged (companion documents). */
  ruling: Ruling | null
}

export interface PackageView {
  ecosystem: EcosystemId
  name: string
  files: FileView[]
  /** The latest first. */
  orders: readonly OrderView[]
  advisories: readonly Advisory[]
  /** What the watch has against it. */
  suspicions: readonly Suspicion[]
  /** The protected name it may be mistaken for. */
  near: string | null
}

/** An order as people see it: lists are in the order that counts. */
type OrderView = Omit<Order, 'seq'>

/** What a trace is about, as people write it, or exact bytes. */
type Wanted = { ecosystem: EcosystemId; name: string; version?: string | undefined } | { digest: Digest }

export interface Status {
  policy: { id: string; mode: Policy['mode'] }
  sources: Sources['public']
  /** How many files of each level. */
  verdicts: Readonly<Record<string, number>>
  ledgerLines: number
  advisories: number
}

/** What a person may do and ask, for the command line and the API alike. Both print; this decides nothing of its own. */
export class Operator {
  readonly #context: Context
  readonly #door: Door
  readonly #data: string
  readonly #tracer: Tracer

  /** `data` is the folder with the ledger's head file. */
  constructor(context: Context, door: Door, data: string) {
    this.#context = context
    this.#door = door
    this.#data = data
    const { database, clock } = context
    this.#tracer = new Tracer({ database, carriersOf: async (indicator) => (await search(database, readExpression(indicator, clock.now()))).files })
  }

  get #headFile(): string {
    return join(this.#data, 'ledger.head')
  }

  async order(request: OrderRequest): Promise<OrderView> {
    return view(await order(this.#context, request))
  }

  /** The latest first. */
  async orders(limit?: number): Promise<OrderView[]> {
    return (await listOrders(this.#context, limit)).map(view)
  }

  /** Names and versions may be written as people write them. Throws `usage` for a name no package can have, and no line has. */
  trace(query: Wanted | TraceAsked, options?: TracerOptions): Promise<Trace> {
    const asked: TraceAsked = 'ecosystem' in query ? { package: { ecosystem: query.ecosystem, name: query.name, version: query.version ?? null } } : query
    return this.#tracer.trace(asked, options)
  }

  /** Forgets who somebody is, in all that was asked by then; that it was done stands in the ledger, whose it was does not. */
  async forget(person: Person, { by, because }: { by: string; because: string }): Promise<{ callers: number }> {
    const { database, ledger, clock } = this.#context
    const callers = await forgetPerson(database, person) + await forgetOnHosts(database, person)
    await ledger.append({ at: clock.now(), kind: 'forgotten', by, because, facts: { callers } })
    return { callers }
  }

  /** `head` is one somebody kept elsewhere; the head file is always compared. */
  async verifyLedger({ head, progress }: { head?: KeptHead; progress?: (lines: number) => void } = {}): Promise<Verification> {
    const kept = await readHead(this.#headFile)
    return verify({
      database: this.#context.database,
      kept: [...(kept ? [{ ...kept, where: 'the head file' }] : []), ...(head ? [head] : [])],
      ...(progress ? { progress } : {}),
    })
  }

  /** Where the ledger ends now: to be kept somewhere else. */
  head(): Promise<Head> {
    return currentHead(this.#context.database)
  }

  async importFeed(source: string, progress?: (done: number) => void): ReturnType<typeof importFeed> {
    const report = await importFeed({ database: this.#context.database, source, progress, folder: join(this.#data, 'feeds') })
    await this.#context.ledger.append({
      at: this.#context.clock.now(), kind: 'feed', because: `advisories imported from ${basename(source)}`,
      facts: { imported: report.imported, updated: report.updated, unchanged: report.unchanged, withdrawn: report.withdrawn, indicators: report.indicators, skipped: report.skippedTotal },
    })
    return report
  }

  /** A version of a package upstream, through admission. */
  scan(target: string, options: { file?: string | undefined; progress?: ((says: string) => void) | undefined } = {}): Promise<ScanReport> {
    return scanPackage(this.#context, this.#door, { target, spec: parsePackage(target), ...options })
  }

  /** An archive or folder on this machine. */
  scanLocal(target: LocalTarget): ReturnType<typeof scanLocal> {
    return scanLocal(localContext(this.#context), target)
  }

  /** What the gate depends on, looked at now. */
  checkup(): Promise<Check[]> {
    return checkup(this.#context, this.#headFile, this.#data)
  }

  policy(): Policy {
    return this.#context.policy()
  }

  testPolicy(changed: Policy, since: Date): Promise<Replay> {
    return replay(this.#context, { current: this.policy(), changed }, since)
  }

  /** Everything the gate knows of a package; null when it knows nothing. Does not ask upstream. */
  async package(ecosystem: EcosystemId, rawName: string): Promise<PackageView | null> {
    const name = ecosystems[ecosystem].canonicalName(rawName)
    const { query } = this.#context.database
    const [artifacts, verdicts, standing] = await Promise.all([
      query.selectFrom('artifacts').selectAll().where('ecosystem', '=', ecosystem).where('name', '=', name).execute(),
      query.selectFrom('verdicts').selectAll().where('ecosystem', '=', ecosystem).where('name', '=', name).execute(),
      standingOf(this.#context, ecosystem, name),
    ])
    if (artifacts.length === 0 && standing.orders.length === 0 && standing.advisories.length === 0 && standing.suspicions.length === 0) return null
    const judged = new Map(verdicts.map((row) => [row.file, row]))
    const { compareVersions } = ecosystems[ecosystem]
    const files = await Promise.all(artifacts.map(async (row): Promise<FileView> => {
      const verdict = judged.get(row.file)
      const subject = {
        ecosystem, name, version: row.version, file: row.file, publishedBefore: new Date(row.first_seen_at),
        publishedAt: row.published_at === null ? null : new Date(row.published_at),
      }
      return {
        file: row.file, version: row.version, digest: row.digest as Digest, size: row.size, upstream: row.upstream,
        publishedAt: subject.publishedAt, firstSeenAt: subject.publishedBefore,
        level: (verdict?.level ?? null) as Level | null, score: verdict?.score ?? null,
        findings: verdict ? JSON.parse(verdict.findings) as Finding[] : [],
        missing: verdict ? [...JSON.parse(verdict.missing) as string[], ...missingRuns(standing.judged.get(row.file)?.run)] : [],
        ruling: verdict ? (await this.#door.settling.rule(subject)).ruling : null,
      }
    }))
    files.sort((a, b) => compareVersions(b.version, a.version) || (a.file < b.file ? -1 : 1))
    return { ecosystem, name, files, orders: standing.orders.map(view).reverse(), advisories: standing.advisories, suspicions: standing.suspicions, near: standing.near }
  }

  /** Numbers for doctor, the console and metrics. */
  async status(): Promise<Status> {
    const { query } = this.#context.database
    const [levels, ledger, advisories] = await Promise.all([
      query.selectFrom('verdicts').select('level').select(({ fn }) => fn.countAll<number>().as('count')).groupBy('level').execute(),
      query.selectFrom('ledger').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst(),
      query.selectFrom('advisories').select(({ fn }) => fn.countAll<number>().as('count')).executeTakeFirst(),
    ])
    const { policy, sources } = this.#context
    return {
      policy: { id: policy().id, mode: policy().mode },
      sources: sources.public,
      verdicts: Object.fromEntries(levels.map(({ level, count }) => [level, Number(count)])),
      ledgerLines: Number(ledger?.seq ?? 0),
      advisories: Number(advisories?.count ?? 0),
    }
  }
}

const missingRuns = (run: RunDue | undefined): string[] => (run ? [missingRun(run)] : [])

function view({ id, ecosystem, name, version, digest, action, because, by, at, expiresAt }: Order): OrderView {
  return { id, ecosystem, name, version, digest, action, because, by, at, expiresAt }
}
