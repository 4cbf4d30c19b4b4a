import { randomUUID } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { Digest, EcosystemId } from '../../core/types.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database, Tables } from '../../ports/database.ts'
import { quarantineFor } from './rule.ts'
import type { ReportRule } from './rule.ts'

export type ReportKind = 'malware' | 'spam' | 'dependency-confusion' | 'other'

/** What somebody says of a package. */
export interface Reporting {
  kind: ReportKind
  ecosystem: EcosystemId
  /** Canonical. */
  name: string
  versions: readonly string[]
  summary: string
  /** To the file and line; without it a report of malware is not taken. */
  link: string | null
  evidence: readonly { name: string; mediaType: string; size: number; digest: Digest }[]
  observer: Observer
}

/** Who says it: a token's name, a mailbox, a part of Sluice, a feed. */
export interface Observer {
  id: string
  isMachine: boolean
  /** How to reach them, as they gave it. It goes into no letter and no export. */
  contact: string | null
}

type ReportState = 'new' | 'confirmed' | 'rejected'

export interface Report extends Omit<Reporting, 'observer'> {
  id: string
  observer: string
  isMachine: boolean
  isTrusted: boolean
  contact: string | null
  state: ReportState
  case: string | null
  at: Date
  /** An earlier one of the same observer, kind and package, that this one only repeats. */
  repeats: string | null
}

/** How often an observer was right, of what was decided on. */
export interface ObserverRecord {
  id: string
  isMachine: boolean
  isTrusted: boolean
  reports: number
  right: number
  wrong: number
  /** right / (right + wrong); null: nothing was decided on yet. */
  accuracy: number | null
}

export interface Taken {
  report: Report
  /** Why the package is quarantined for it; null: it is not, or was before. */
  quarantine: string | null
}

/** What a person may write, and how much of it. */
const SUMMARY = 10_000
const VERSIONS = 200
const EVIDENCE = 20
/** What came in less long ago is perhaps being acted on just now; milliseconds. */
const UNDER_WAY = 2 * 60_000

/**
 * Reports in: every one is kept, those that repeat another are tied to it, and what they add up to is stated by one rule. Observers are
 * remembered by how often they were right.
 */
export class Reports {
  readonly #database: Database
  readonly #clock: Clock
  readonly #rule: () => ReportRule

  constructor({ database, clock, rule }: { database: Database; clock: Clock; rule: () => ReportRule }) {
    this.#database = database
    this.#clock = clock
    this.#rule = rule
  }

  /** `age` is how long there has been such a package, in milliseconds; null: not known. Throws `usage` for what is not enough to go by. */
  async take(reporting: Reporting, age: number | null): Promise<Taken> {
    const now = this.#clock.now()
    const { observer: given, ...said } = checked(reporting)
    return this.#database.transaction(async (tx) => {
      const observer = await apart(tx, given)
      await tx.insertInto('observers').values({ id: observer.id, machine: observer.isMachine ? 1 : 0, trusted: 0, correct: 0, wrong: 0 })
        .onConflict((conflict) => conflict.column('id').doNothing()).execute()
      const known = await tx.selectFrom('observers').selectAll().where('id', '=', observer.id).executeTakeFirstOrThrow()
      const about = await tx.selectFrom('reports').selectAll().where('ecosystem', '=', said.ecosystem).where('name', '=', said.name).where('kind', '=', said.kind).where('state', '=', 'new').orderBy('at').execute()
      const before = about.find((row) => row.observer === observer.id && sameVersions(row.versions, said.versions))
      const row = {
        id: `R-${randomUUID().slice(0, 8)}`, kind: said.kind, ecosystem: said.ecosystem, name: said.name, versions: JSON.stringify(said.versions), summary: said.summary, link: said.link,
        evidence: JSON.stringify(said.evidence), observer: observer.id, contact: observer.contact, state: 'new', case_id: before?.case_id ?? about[0]?.case_id ?? null, at: now.getTime(), repeats: before?.id ?? null, holds: 0,
      }
      await tx.insertInto('reports').values(row).execute()
      // It is held once, not with every further report.
      const isHeld = about.some(({ holds }) => Number(holds) === 1)
      const quarantine = said.kind === 'malware' && !isHeld ? quarantineFor(await witnessesOf(tx, said), age, this.#rule()) : null
      if (quarantine !== null) await tx.updateTable('reports').set({ holds: 1 }).where('id', '=', row.id).execute()
      return { report: reportOf(row, known), quarantine }
    })
  }

  /** Reports that hold a package, and have no case: something ended between the two, and what they ask for is perhaps not done. */
  async unfinished(): Promise<Report[]> {
    const rows = await this.#database.query.selectFrom('reports').innerJoin('observers', 'observers.id', 'reports.observer').selectAll('reports').select(['machine', 'trusted'])
      .where('holds', '=', 1).where('case_id', 'is', null).where('state', '=', 'new').where('at', '<=', this.#clock.now().getTime() - UNDER_WAY).orderBy('at').limit(100).execute()
    return rows.map((row) => reportOf(row, row))
  }

  /** A person's word on all open reports of a package: they were right, or not. Returns how many there were. */
  async decide({ ecosystem, name, malicious }: { ecosystem: EcosystemId; name: string; malicious: boolean }): Promise<number> {
    return this.#database.transaction(async (tx) => {
      const open = await tx.selectFrom('reports').select(['id', 'observer', 'repeats']).where('ecosystem', '=', ecosystem).where('name', '=', name).where('kind', '=', 'malware').where('state', '=', 'new').execute()
      if (open.length === 0) return 0
      await tx.updateTable('reports').set({ state: malicious ? 'confirmed' : 'rejected' }).where('id', 'in', open.map(({ id }) => id)).execute()
      // Once each: who says it ten times is right once.
      for (const observer of new Set(open.map((one) => one.observer))) {
        await tx.updateTable('observers').set((of) => (malicious ? { correct: of('correct', '+', 1) } : { wrong: of('wrong', '+', 1) })).where('id', '=', observer).execute()
      }
      return open.length
    })
  }

  async trust(observer: string, isTrusted: boolean): Promise<void> {
    if (isTrusted && observer.startsWith('anonymous at ')) throw new SluiceError('usage', 'strangers are known by an address alone, which others may have: they are not trusted', { hint: 'give them a token' })
    const { numUpdatedRows } = await this.#database.query.updateTable('observers').set({ trusted: isTrusted ? 1 : 0 }).where('id', '=', observer).where('machine', '=', 0).executeTakeFirst()
    if (Number(numUpdatedRows) === 0) throw new SluiceError('not-found', `nobody called ${oneLine(observer, 100)} has reported anything, or it is a program`, { hint: 'sluice reports observers lists them' })
  }

  async attach(report: string, caseId: string): Promise<void> {
    await this.#database.query.updateTable('reports').set({ case_id: caseId }).where('id', '=', report).execute()
  }

  /** The latest first. */
  async list({ open = false, limit = 100 }: { open?: boolean | undefined; limit?: number | undefined } = {}): Promise<Report[]> {
    let query = this.#database.query.selectFrom('reports').innerJoin('observers', 'observers.id', 'reports.observer').selectAll('reports').select(['machine', 'trusted']).orderBy('at', 'desc').orderBy('reports.id').limit(limit)
    if (open) query = query.where('state', '=', 'new')
    return (await query.execute()).map((row) => reportOf(row, row))
  }

  /** Those that led to a case or speak of its packages, the first first. */
  async behind(caseId: string, packages: readonly { ecosystem: EcosystemId; name: string }[]): Promise<Report[]> {
    const found = new Map<string, Report>()
    const of = () => this.#database.query.selectFrom('reports').innerJoin('observers', 'observers.id', 'reports.observer').selectAll('reports').select(['machine', 'trusted']).orderBy('at').orderBy('reports.id').limit(200)
    for (const row of await of().where('case_id', '=', caseId).execute()) found.set(row.id, reportOf(row, row))
    for (const { ecosystem, name } of packages.slice(0, 200)) {
      for (const row of await of().where('ecosystem', '=', ecosystem).where('name', '=', name).execute()) found.set(row.id, reportOf(row, row))
    }
    return [...found.values()].sort((a, b) => a.at.getTime() - b.at.getTime())
  }

  async show(id: string): Promise<Report> {
    const row = await this.#database.query.selectFrom('reports').innerJoin('observers', 'observers.id', 'reports.observer').selectAll('reports').select(['machine', 'trusted']).where('reports.id', '=', id).executeTakeFirst()
    if (!row) throw new SluiceError('not-found', `there is no report ${oneLine(id, 40)}`)
    return reportOf(row, row)
  }

  /** The most reliable first. */
  async observers(): Promise<ObserverRecord[]> {
    const { query } = this.#database
    const rows = await query.selectFrom('observers').leftJoin('reports', 'reports.observer', 'observers.id').select(['observers.id', 'machine', 'trusted', 'correct', 'wrong'])
      .select(({ fn }) => fn.count('reports.id').as('reports')).groupBy(['observers.id', 'machine', 'trusted', 'correct', 'wrong']).limit(1_000).execute()
    return rows.map((row): ObserverRecord => {
      const [right, wrong] = [Number(row.correct), Number(row.wrong)]
      return { id: row.id, isMachine: Number(row.machine) === 1, isTrusted: Number(row.trusted) === 1, reports: Number(row.reports), right, wrong, accuracy: right + wrong === 0 ? null : right / (right + wrong) }
    }).sort((a, b) => (b.accuracy ?? -1) - (a.accuracy ?? -1) || b.right - a.right || (a.id < b.id ? -1 : 1))
  }
}

/** A person whose program reports with their token is two: the program's word counts as a program's. */
async function apart(tx: Kysely<Tables>, observer: Observer): Promise<Observer> {
  if (!observer.isMachine) return observer
  const known = await tx.selectFrom('observers').select('machine').where('id', '=', observer.id).executeTakeFirst()
  return known && Number(known.machine) === 0 ? { ...observer, id: oneLine(`${observer.id} (program)`, 200) } : observer
}

function checked(reporting: Reporting): Reporting {
  const { kind, summary, link, versions, evidence, observer } = reporting
  const refuse = (message: string, hint?: string): never => { throw new SluiceError('usage', message, hint === undefined ? {} : { hint }) }
  // eslint-disable-next-line no-control-regex -- control characters are what is taken out
  const text = summary.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]/g, ' ').trim()
  if (text.length < 10) refuse('a report says in a sentence or two what is wrong')
  if (text.length > SUMMARY) refuse(`a report has at most ${SUMMARY} characters`, 'put the rest into a file')
  if (versions.length > VERSIONS || evidence.length > EVIDENCE) refuse(`a report names at most ${VERSIONS} versions and ${EVIDENCE} files`)
  if (link !== null && !/^https?:\/\/[^\s<>"']{3,2000}$/.test(link)) refuse('the link is not one: it begins with https://')
  if (kind === 'malware' && link === null && !observer.isMachine) refuse('a report of malware names the file and line', 'open the file where the registry shows it, and give its address with the line')
  if (oneLine(observer.id, 200) === '') refuse('a report says who reports')
  return {
    ...reporting, summary: text, versions: [...new Set(versions.map((one) => oneLine(one, 200)))], observer: { ...observer, id: oneLine(observer.id, 200), contact: observer.contact === null ? null : oneLine(observer.contact, 300) },
    evidence: evidence.map((one) => ({ ...one, name: oneLine(one.name, 300), mediaType: oneLine(one.mediaType, 100) })),
  }
}

async function witnessesOf(tx: Kysely<Tables>, { ecosystem, name }: Pick<Reporting, 'ecosystem' | 'name'>) {
  const rows = await tx.selectFrom('reports').innerJoin('observers', 'observers.id', 'reports.observer').select(['observer', 'machine', 'trusted'])
    .where('ecosystem', '=', ecosystem).where('name', '=', name).where('kind', '=', 'malware').where('state', '=', 'new').execute()
  return rows.map((row) => ({ observer: row.observer, isMachine: Number(row.machine) === 1, isTrusted: Number(row.trusted) === 1 }))
}

const sameVersions = (known: string, versions: readonly string[]): boolean => known === JSON.stringify(versions)

function reportOf(row: Selectable<Tables['reports']>, observer: { machine: number; trusted: number }): Report {
  return {
    id: row.id, kind: row.kind as ReportKind, ecosystem: row.ecosystem as EcosystemId, name: row.name, versions: JSON.parse(row.versions) as string[], summary: row.summary, link: row.link,
    evidence: JSON.parse(row.evidence) as Report['evidence'], observer: row.observer, isMachine: Number(observer.machine) === 1, isTrusted: Number(observer.trusted) === 1,
    contact: row.contact, state: row.state as ReportState, case: row.case_id, at: new Date(Number(row.at)), repeats: row.repeats,
  }
}
