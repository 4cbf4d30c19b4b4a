import { randomUUID } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import { Revisions } from '../../admission/revisions.ts'
import { isNote } from '../../core/presence.ts'
import type { Loss } from '../../core/presence.ts'
import { oneLine } from '../../core/text.ts'
import type { EcosystemId } from '../../core/types.ts'
import type { Ledger } from '../../ledger/append.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database, Tables } from '../../ports/database.ts'
import type { AlarmSeverity } from '../concerns.ts'
import type { Lost } from './losses.ts'

export type Matter = 'removed' | 'changed' | 'note'
export type Outcome = 'malicious' | 'harmless' | 'held' | 'returned'

/** What the documents said, and how the bytes differ, for whoever has to judge. */
export interface Evidence {
  /** Each look that found it: the first and the latest. */
  looks: readonly { url: string; status: number; digest: string; at: string }[]
  /** By file or version, or the package's name: the line before and now. */
  lines: readonly { about: string; says: string; before: string | null; after: string | null }[]
  /** Of other bytes under the same name: both digests, and what is new in the other ones. */
  bytes: readonly ChangedBytes[]
}

export interface ChangedBytes {
  file: string
  first: string | null
  /** null: what upstream promises now could not be fetched. */
  now: string | null
  level: string | null
  says: string
  added: readonly string[]
  removed: readonly string[]
}

export interface Review {
  id: string
  ecosystem: EcosystemId
  name: string
  matter: Matter
  kind: Loss
  state: 'open' | 'noted' | 'closed'
  severity: AlarmSeverity
  /** null: every version. */
  versions: readonly string[] | null
  says: string
  evidence: Evidence
  alarm: string | null
  noticedAt: Date
  openedAt: Date
  changedAt: Date
  backAt: Date | null
  closedAt: Date | null
  outcome: Outcome | null
  because: string | null
  by: string | null
}

export interface Opening extends Pick<Review, 'ecosystem' | 'name' | 'matter' | 'kind' | 'severity' | 'versions' | 'says' | 'evidence' | 'noticedAt'> {
  /** Nobody need do anything: it is kept, and holds nothing. */
  noted: boolean
}

export interface ReviewParts {
  database: Database
  revisions: Revisions
  ledger: Pick<Ledger, 'append'>
  clock: Clock
}

const KINDS: readonly Loss[] = ['archived', 'deprecated', 'retracted', 'yanked', 'removed', 'unpublished', 'quarantined', 'placeholder', 'changed']
const SEVERITIES: readonly AlarmSeverity[] = ['low', 'medium', 'high', 'critical']
const LOOKS = 12
const LINES = 100
const VERSIONS = 2_000

/** Reviews: one that is not closed for each package and matter. What is found again makes it grow; what was closed is not opened again for the same. */
export class Reviews {
  readonly #parts: ReviewParts

  constructor(parts: ReviewParts) {
    this.#parts = parts
  }

  /**
   * Puts a finding where decisions see it, on every gate at once. The ledger first: a crash between the two repeats a line. null: it says
   * nothing that is not known, or that was not dealt with.
   */
  async open(opening: Opening): Promise<Review | null> {
    const { database, revisions, ledger, clock } = this.#parts
    const { ecosystem, name, matter } = opening
    const at = clock.now()
    const known = await current(database.query, ecosystem, name, matter)
    if (!known && (await this.#isDealtWith(opening))) return null
    const merged = known ? merge(known, opening) : opening
    if (merged === null) return null
    const holds = !merged.noted
    if (holds) {
      await ledger.append({ at, kind: 'decided', ecosystem, name, version: merged.versions?.length === 1 ? merged.versions[0] : null, by: 'recheck', action: 'hold', reason: matter === 'changed' ? 'changed' : 'removed', because: merged.says })
    }
    const row = {
      kind: merged.kind, state: merged.noted ? 'noted' : 'open', severity: merged.severity, versions: merged.versions && JSON.stringify(merged.versions),
      says: oneLine(merged.says, 500), evidence: JSON.stringify(merged.evidence), changed_at: at.getTime(), back_at: null, alarm: null,
    }
    const id = known?.id ?? randomUUID()
    await database.transaction(async (tx) => {
      if (known) await tx.updateTable('reviews').set(row).where('id', '=', known.id).where('state', '!=', 'closed').execute()
      else {
        // Another process may have opened it meanwhile: then that one stands, and the next look adds to it.
        await tx.insertInto('reviews').values({ id, ecosystem, name, matter, ...row, noticed_at: opening.noticedAt.getTime(), opened_at: at.getTime(), closed_at: null, outcome: null, because: null, by: null })
          .onConflict((conflict) => conflict.doNothing()).execute()
      }
      if (holds) await Revisions.record(tx, { kind: 'review', ecosystem, name, at })
    })
    if (holds) revisions.bump(ecosystem, name)
    return this.find(id)
  }

  /** Whether a loss is under review, or was dealt with. */
  async covering(ecosystem: EcosystemId, name: string): Promise<(lost: Lost) => boolean> {
    const rows = await this.#parts.database.query.selectFrom('reviews').selectAll().where('ecosystem', '=', ecosystem).where('name', '=', name).orderBy('changed_at', 'desc').limit(50).execute()
    const known = rows.map(reviewOf).filter(({ outcome }) => outcome !== 'returned')
    return ({ kind, version, file, after, weak }) => known.some((one) => {
      if (kind === 'changed') return one.matter === 'changed' && one.evidence.lines.some((line) => line.about === (file ?? version) && line.after === after)
      if (rank(one.kind) < rank(kind) || one.kind === 'changed' || (one.state === 'noted' && !weak && !isNote(kind))) return false
      return one.versions === null || (version !== null && one.versions.includes(version))
    })
  }

  /** Closed for the same or worse, about the same versions, and by the same bytes. */
  async #isDealtWith({ ecosystem, name, matter, kind, versions, evidence }: Opening): Promise<boolean> {
    const rows = await this.#parts.database.query.selectFrom('reviews').selectAll().where('ecosystem', '=', ecosystem).where('name', '=', name)
      .where('matter', '=', matter).where('state', '=', 'closed').where('outcome', '!=', 'returned').orderBy('closed_at', 'desc').limit(50).execute()
    const before = rows.map(reviewOf).filter((one) => rank(one.kind) >= rank(kind))
    if (before.length === 0) return false
    const seen = new Set(before.flatMap((one) => one.evidence.lines.map(({ about, after }) => `${about} ${after}`)))
    if (matter === 'changed' && evidence.lines.some(({ about, after }) => !seen.has(`${about} ${after}`))) return false
    if (before.some((one) => one.versions === null)) return true
    const covered = new Set(before.flatMap((one) => one.versions ?? []))
    return versions !== null && versions.every((version) => covered.has(version))
  }

  async find(id: string): Promise<Review | null> {
    const row = await this.#parts.database.query.selectFrom('reviews').selectAll().where('id', '=', id).executeTakeFirst()
    return row ? reviewOf(row) : null
  }

  /** Open ones, the one that changed last first. */
  async list({ states = ['open'], limit = 100, ecosystem, name }: { states?: readonly Review['state'][]; limit?: number; ecosystem?: EcosystemId; name?: string } = {}): Promise<Review[]> {
    let query = this.#parts.database.query.selectFrom('reviews').selectAll().where('state', 'in', states).orderBy('changed_at', 'desc').orderBy('id').limit(limit)
    if (ecosystem !== undefined && name !== undefined) query = query.where('ecosystem', '=', ecosystem).where('name', '=', name)
    return (await query.execute()).map(reviewOf)
  }

  /** What people were not told of yet, or not of how it grew. Notes of owners are told to nobody. */
  async untold(limit = 50): Promise<Review[]> {
    const rows = await this.#parts.database.query.selectFrom('reviews').selectAll().where('state', '!=', 'closed').where('severity', '!=', 'low').where('alarm', 'is', null).orderBy('opened_at').limit(limit).execute()
    return rows.map(reviewOf)
  }

  async told(id: string, alarm: string): Promise<void> {
    await this.#parts.database.query.updateTable('reviews').set({ alarm }).where('id', '=', id).execute()
  }

  /** What upstream has now, once it was fetched. The row names those bytes, so that they are kept. */
  async addBytes(id: string, bytes: readonly ChangedBytes[]): Promise<void> {
    if (bytes.length === 0) return
    const at = this.#parts.clock.now().getTime()
    await this.#parts.database.transaction(async (tx) => {
      const row = await tx.selectFrom('reviews').selectAll().where('id', '=', id).executeTakeFirst()
      if (!row) return
      const { evidence } = reviewOf(row)
      const added = bytes.filter(({ file, now }) => !evidence.bytes.some((one) => one.file === file && one.now === now))
      await tx.updateTable('reviews').set({ evidence: JSON.stringify({ ...evidence, bytes: [...evidence.bytes, ...added].slice(0, LINES) }) }).where('id', '=', id).execute()
      for (const { file, now } of bytes) {
        if (now !== null) await tx.insertInto('review_bytes').values({ review: id, file, digest: now, at }).onConflict((conflict) => conflict.doNothing()).execute()
      }
    })
  }

  /** Upstream has everything again. */
  async isBack(review: Review): Promise<void> {
    await this.#parts.database.query.updateTable('reviews').set({ back_at: this.#parts.clock.now().getTime() }).where('id', '=', review.id).where('back_at', 'is', null).execute()
  }

  /** What it held is free, as far as nothing else holds it. False: it was closed meanwhile. */
  async close(review: Review, { outcome, because, by }: { outcome: Outcome; because: string; by: string }): Promise<boolean> {
    const { database, revisions, ledger, clock } = this.#parts
    const { ecosystem, name, matter } = review
    const at = clock.now()
    await ledger.append({ at, kind: 'decided', ecosystem, name, version: review.versions?.length === 1 ? review.versions[0] : null, by, because: `review of what upstream did closed as ${outcome}: ${because}`, reason: matter === 'changed' ? 'changed' : 'removed', action: outcome === 'malicious' ? 'quarantine' : outcome === 'held' ? 'hold' : 'serve' })
    const closed = await database.transaction(async (tx) => {
      const { numUpdatedRows } = await tx.updateTable('reviews').set({ state: 'closed', closed_at: at.getTime(), changed_at: at.getTime(), outcome, because, by })
        .where('id', '=', review.id).where('state', '!=', 'closed').executeTakeFirst()
      await Revisions.record(tx, { kind: 'review', ecosystem, name, at })
      return Number(numUpdatedRows) > 0
    })
    revisions.bump(ecosystem, name)
    return closed
  }
}

const current = async (query: Kysely<Tables>, ecosystem: EcosystemId, name: string, matter: Matter): Promise<Review | null> => {
  const row = await query.selectFrom('reviews').selectAll().where('ecosystem', '=', ecosystem).where('name', '=', name).where('matter', '=', matter).where('state', '!=', 'closed').executeTakeFirst()
  return row ? reviewOf(row) : null
}

const rank = (kind: Loss): number => KINDS.indexOf(kind)

/** null: nothing in it is new. */
function merge(known: Review, opening: Opening): Opening | null {
  const worse = rank(opening.kind) > rank(known.kind)
  const versions = known.versions === null || opening.versions === null ? null : [...new Set([...known.versions, ...opening.versions])].slice(0, VERSIONS)
  const grown = versions === null ? known.versions !== null : versions.length > (known.versions?.length ?? 0)
  const bytes = [...known.evidence.bytes, ...opening.evidence.bytes.filter(({ file, now }) => !known.evidence.bytes.some((one) => one.file === file && one.now === now))]
  const risen = known.state === 'noted' && !opening.noted
  if (!worse && !grown && !risen && bytes.length === known.evidence.bytes.length) return null
  const about = new Set(known.evidence.lines.map((line) => `${line.about} ${line.says}`))
  return {
    ...opening, noticedAt: known.noticedAt, noted: known.state === 'noted' && opening.noted, kind: worse ? opening.kind : known.kind, versions,
    says: worse || grown || risen ? opening.says : known.says,
    severity: SEVERITIES.indexOf(opening.severity) > SEVERITIES.indexOf(known.severity) ? opening.severity : known.severity,
    evidence: {
      looks: [...known.evidence.looks, ...opening.evidence.looks].slice(0, LOOKS), bytes: bytes.slice(0, LINES),
      lines: [...known.evidence.lines, ...opening.evidence.lines.filter((line) => !about.has(`${line.about} ${line.says}`))].slice(0, LINES),
    },
  }
}

function reviewOf(row: Selectable<Tables['reviews']>): Review {
  const date = (at: number | null): Date | null => (at === null ? null : new Date(Number(at)))
  return {
    id: row.id, ecosystem: row.ecosystem as EcosystemId, name: row.name, matter: row.matter as Matter, kind: row.kind as Loss, state: row.state as Review['state'],
    severity: row.severity as AlarmSeverity, versions: row.versions === null ? null : JSON.parse(row.versions) as string[], says: row.says,
    evidence: JSON.parse(row.evidence) as Evidence, alarm: row.alarm, noticedAt: new Date(Number(row.noticed_at)), openedAt: new Date(Number(row.opened_at)),
    changedAt: new Date(Number(row.changed_at)), backAt: date(row.back_at), closedAt: date(row.closed_at), outcome: row.outcome as Outcome | null, because: row.because, by: row.by,
  }
}
