import { createHash, randomUUID } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { Ledger } from '../../ledger/append.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database, Tables } from '../../ports/database.ts'
import { fact as factSchema } from './fact.ts'
import type { CaseEvent, Fact, Outcome, Precision, Severity, Tlp } from './fact.ts'
import { caseOf } from './fold.ts'
import { verifyCase } from './verify.ts'
import type { CaseProblem } from './verify.ts'
import type { CaseState } from './fold.ts'

/** A line as somebody tells it. */
export interface Telling {
  /** What tells it from every other line of the case: the same one again is told once. Absent: a new line. */
  id?: string | undefined
  /** When it happened; absent: now. */
  at?: Date | undefined
  precision?: Precision | undefined
  source: string
  by: string
  says: string
  fact: Fact
}

export interface Opening extends Omit<Telling, 'fact'> {
  title: string
  severity: Severity
  tlp: Tlp
  cause: Extract<Fact, { kind: 'opened' }>['cause']
}

export interface CaseBrief {
  id: string
  title: string
  severity: Severity
  tlp: Tlp
  state: 'open' | 'closed'
  outcome: Outcome | null
  assignee: string | null
  openedAt: Date
  changedAt: Date
  closedAt: Date | null
}

const LINES = 20_000
const SAYS = 2_000
/** Clocks of machines that tell us something may be ahead of ours by this. */
const AHEAD = 300_000
/** Before there were package registries, nothing happened to them. */
const EARLIEST = Date.UTC(1990, 0, 1)

/**
 * Cases: lines that are added and never changed, and what they add up to. Each line stands in the ledger with its digest, so that one
 * changed behind Sluice's back is found (`verify`).
 */
export class Cases {
  readonly #database: Database
  readonly #ledger: Pick<Ledger, 'append'>
  readonly #clock: Clock

  constructor({ database, ledger, clock }: { database: Database; ledger: Pick<Ledger, 'append'>; clock: Clock }) {
    this.#database = database
    this.#ledger = ledger
    this.#clock = clock
  }

  /** `lines` are told with it: it is opened with all of them, or not at all. */
  async open({ title, severity, tlp, cause, ...telling }: Opening, lines: readonly Telling[] = []): Promise<CaseState> {
    const now = this.#clock.now()
    const opened = { ...telling, fact: { kind: 'opened' as const, title, severity, tlp, cause } }
    const events = await this.#database.transaction(async (tx) => {
      const id = await nextId(tx, now)
      await tx.insertInto('cases').values({
        id, title, severity, tlp, state: 'open', outcome: null, assignee: null, opened_at: now.getTime(), changed_at: now.getTime(), closed_at: null,
      }).execute()
      return this.#add(tx, id, [opened, ...lines], now)
    })
    for (const event of events) await this.seal(event)
    return this.show((events[0] as CaseEvent).case)
  }

  /** Adds a line. Throws `not-found`, and `usage` where a line speaks of what the case does not have, or of a time that cannot be. */
  async tell(id: string, telling: Telling): Promise<CaseEvent> {
    const { event, isNew } = await this.#database.transaction((tx) => this.tellWithin(tx, id, telling))
    if (isNew) await this.seal(event)
    return event
  }

  /** Adds lines, all or none; those with an id that is known already are left out. The case is read once. Returns the new ones. */
  async tellAll(id: string, lines: readonly Telling[]): Promise<CaseEvent[]> {
    if (lines.length === 0) return []
    const events = await this.#database.transaction((tx) => this.#add(tx, id, lines, this.#clock.now()))
    for (const event of events) await this.seal(event)
    return events
  }

  /** As `tell`, in a transaction that changes other things, too; `seal` is to be called when it is committed and the line is new. */
  async tellWithin(tx: Kysely<Tables>, id: string, telling: Telling): Promise<{ event: CaseEvent; isNew: boolean }> {
    if (telling.fact.kind === 'opened') throw new SluiceError('usage', 'a case is opened once')
    const [event] = await this.#add(tx, id, [telling], this.#clock.now())
    if (event) return { event, isNew: true }
    const known = await tx.selectFrom('case_events').selectAll().where('case_id', '=', id).where('id', '=', keyOf(telling.id ?? '')).executeTakeFirstOrThrow()
    return { event: eventOf(known), isNew: false }
  }

  async #add(tx: Kysely<Tables>, id: string, lines: readonly Telling[], now: Date): Promise<CaseEvent[]> {
    const before = await eventsOf(tx, id)
    const events = [...before]
    const known = new Set(events.map((event) => event.id))
    let state = caseOf(events)
    for (const telling of lines) {
      const key = keyOf(telling.id ?? randomUUID())
      if (known.has(key)) continue
      const fact = factOf(telling.fact, now)
      if (!state && fact.kind !== 'opened') throw new SluiceError('not-found', `there is no case ${oneLine(id, 40)}`, { hint: 'sluice case list shows them' })
      if (events.length >= LINES) throw new SluiceError('usage', `case ${id} has ${LINES} lines, and takes no more`, { hint: 'open another and relate the two' })
      if (state) fits(state, events, fact)
      const row = {
        case_id: id, id: key, at: credible(telling.at ?? now, now).getTime(), precision: telling.precision ?? 'minute', told_at: now.getTime(),
        source: oneLine(telling.source, 300), by: oneLine(telling.by, 100), says: oneLine(telling.says, SAYS), fact: JSON.stringify(fact),
      }
      const { seq } = await tx.insertInto('case_events').values(row).returning('seq').executeTakeFirstOrThrow()
      events.push(eventOf({ ...row, seq }))
      known.add(key)
      // Only some lines depend on those told with them.
      if (!state || DEPENDED_ON.has(fact.kind)) state = caseOf(events)
    }
    const added = events.slice(before.length)
    const after = added.length > 0 ? caseOf(events) : null
    if (after) await keepBrief(tx, after, now)
    return added
  }

  /** The ledger keeps what a line says as a digest. */
  async seal(event: CaseEvent): Promise<void> {
    await this.#ledger.append({ at: event.toldAt, kind: 'case', name: event.case, by: event.by, because: event.says, facts: { case: event.case, event: event.id, digest: digestOf(event) } })
  }

  /** Throws `not-found`. */
  async show(id: string): Promise<CaseState> {
    const state = caseOf(await eventsOf(this.#database.query, id))
    if (!state) throw new SluiceError('not-found', `there is no case ${oneLine(id, 40)}`, { hint: 'sluice case list shows them' })
    return state
  }

  /** What is not as it was told; empty: all is. Throws `not-found`. */
  async verify(id: string): Promise<CaseProblem[]> {
    await this.show(id)
    return verifyCase(this.#database, id, await eventsOf(this.#database.query, id), digestOf)
  }

  /** Other cases that speak of the same packages, campaigns or addresses, and of how many of them; the most first. */
  async alike(id: string): Promise<{ case: string; title: string; shares: string[] }[]> {
    const own = (await this.#database.query.selectFrom('case_subjects').select('subject').where('case_id', '=', id).limit(500).execute()).map(({ subject }) => subject)
    if (own.length === 0) return []
    const rows = await this.#database.query.selectFrom('case_subjects').innerJoin('cases', 'cases.id', 'case_subjects.case_id').select(['case_id', 'title', 'subject'])
      .where('subject', 'in', own).where('case_id', '!=', id).limit(1_000).execute()
    return [...Map.groupBy(rows, (row) => row.case_id)].map(([of, shared]) => ({ case: of, title: shared[0]?.title ?? '', shares: shared.map(({ subject }) => subject) })).sort((a, b) => b.shares.length - a.shares.length).slice(0, 20)
  }

  /** Open ones first, then the one that changed last. */
  async list({ open = false, limit = 100 }: { open?: boolean | undefined; limit?: number | undefined } = {}): Promise<CaseBrief[]> {
    let query = this.#database.query.selectFrom('cases').selectAll().orderBy('state', 'desc').orderBy('changed_at', 'desc').orderBy('id').limit(limit)
    if (open) query = query.where('state', '=', 'open')
    return (await query.execute()).map(briefOf)
  }

  /** Cases that speak of a package (`npm:name`), a campaign (`campaign:ID`) or an observable (`domain:evil.example`). */
  async about(subject: string): Promise<CaseBrief[]> {
    const rows = await this.#database.query.selectFrom('cases').innerJoin('case_subjects', 'case_subjects.case_id', 'cases.id')
      .selectAll('cases').where('case_subjects.subject', '=', subject).orderBy('cases.opened_at').execute()
    return rows.map(briefOf)
  }
}

/** Lines that decide on whether others fit. */
const DEPENDED_ON: ReadonlySet<Fact['kind']> = new Set(['opened', 'closed', 'reopened', 'task', 'evidence', 'observable-dropped', 'corrected'])

const keyOf = (id: string): string => oneLine(id, 100)

function credible(at: Date, now: Date): Date {
  if (!(at.getTime() >= EARLIEST && at.getTime() <= now.getTime() + AHEAD)) throw new SluiceError('usage', 'a line of a case tells of something that has happened: its time is in the future or too far back')
  return at
}

function factOf(fact: Fact, now: Date): Fact {
  const read = factSchema.safeParse(fact)
  if (!read.success) throw new SluiceError('usage', `this line cannot be added to a case: ${read.error.issues[0]?.path.join('.')}: ${read.error.issues[0]?.message}`)
  if (read.data.kind === 'corrected' && read.data.at !== undefined) credible(new Date(read.data.at), now)
  return read.data
}

/** The line that a correction is about, also where it corrects a correction. */
function corrects(events: readonly CaseEvent[], id: string): CaseEvent | undefined {
  let event = events.find((one) => one.id === id)
  // A correction is told after what it corrects: this ends.
  while (event?.fact.kind === 'corrected') {
    const { fact: { event: of }, seq } = event
    event = events.find((one) => one.id === of && one.seq < seq)
  }
  return event
}

/** What a line may say depends on what the case has. */
function fits(state: CaseState, events: readonly CaseEvent[], fact: Fact): void {
  const refuse = (message: string): never => { throw new SluiceError('usage', message) }
  switch (fact.kind) {
    case 'closed': if (state.state === 'closed') refuse(`case ${state.id} is closed already`); break
    case 'reopened': if (state.state === 'open') refuse(`case ${state.id} is open`); break
    case 'task': if (state.tasks.some(({ id }) => id === fact.task)) refuse(`case ${state.id} has a task ${fact.task} already`); break
    case 'task-done': case 'task-dropped': if (!state.tasks.some(({ id }) => id === fact.task)) refuse(`case ${state.id} has no task ${fact.task}`); break
    case 'custody': if (!state.evidence.some(({ digest }) => digest === fact.digest)) refuse(`case ${state.id} has no evidence ${fact.digest}`); break
    case 'observable-dropped':
      if (!state.observables.some(({ type, value }) => type === fact.type && value === fact.value)) refuse(`case ${state.id} has no observable ${fact.type} ${fact.value}`)
      break
    case 'related': if (fact.case === state.id) refuse('a case is not related to itself'); break
    case 'corrected':
      if (!events.some(({ id }) => id === fact.event)) refuse(`case ${state.id} has no line ${fact.event}`)
      if (fact.withdrawn && corrects(events, fact.event)?.fact.kind === 'opened') refuse('the line that opened a case stays: close it as a false positive instead')
      break
    default:
  }
}

async function eventsOf(query: Kysely<Tables>, id: string): Promise<CaseEvent[]> {
  return (await query.selectFrom('case_events').selectAll().where('case_id', '=', id).orderBy('seq').execute()).map(eventOf)
}

function eventOf(row: Selectable<Tables['case_events']>): CaseEvent {
  return {
    id: row.id, case: row.case_id, seq: Number(row.seq), at: new Date(Number(row.at)), precision: row.precision as Precision,
    toldAt: new Date(Number(row.told_at)), source: row.source, by: row.by, says: row.says, fact: JSON.parse(row.fact) as Fact,
  }
}

/** SHA-256 of everything a line says, hex. */
function digestOf({ id, case: of, at, precision, toldAt, source, by, says, fact }: CaseEvent): string {
  return createHash('sha256').update(JSON.stringify([of, id, at.toISOString(), precision, toldAt.toISOString(), source, by, says, fact])).digest('hex')
}

/** `C-2026-0007`: what people say on the phone. */
async function nextId(tx: Kysely<Tables>, now: Date): Promise<string> {
  const prefix = `C-${now.getUTCFullYear()}-`
  const last = await tx.selectFrom('cases').select('id').where('id', 'like', `${prefix}%`)
    .orderBy((of) => of.fn('length', ['id']), 'desc').orderBy('id', 'desc').limit(1).executeTakeFirst()
  return `${prefix}${String(Number(last?.id.slice(prefix.length) ?? 0) + 1).padStart(4, '0')}`
}

async function keepBrief(tx: Kysely<Tables>, { id, title, severity, tlp, state, outcome, assignee, closedAt, ...rest }: CaseState, now: Date): Promise<void> {
  await tx.updateTable('cases').set({ title, severity, tlp, state, outcome, assignee, changed_at: now.getTime(), closed_at: closedAt?.getTime() ?? null }).where('id', '=', id).execute()
  const subjects = new Set([
    ...rest.packages.map(({ ecosystem, name }) => `${ecosystem}:${name}`), ...rest.campaigns.map((campaign) => `campaign:${campaign}`),
    ...rest.observables.map(({ type, value }) => `${type}:${value}`),
  ])
  const known = new Set((await tx.selectFrom('case_subjects').select('subject').where('case_id', '=', id).execute()).map(({ subject }) => subject))
  const added = [...subjects].filter((subject) => !known.has(subject))
  const gone = [...known].filter((subject) => !subjects.has(subject))
  if (added.length > 0) await tx.insertInto('case_subjects').values(added.map((subject) => ({ case_id: id, subject }))).execute()
  if (gone.length > 0) await tx.deleteFrom('case_subjects').where('case_id', '=', id).where('subject', 'in', gone).execute()
}

function briefOf(row: Selectable<Tables['cases']>): CaseBrief {
  return {
    id: row.id, title: row.title, severity: row.severity as Severity, tlp: row.tlp as Tlp, state: row.state as CaseBrief['state'], outcome: row.outcome as Outcome | null,
    assignee: row.assignee, openedAt: new Date(Number(row.opened_at)), changedAt: new Date(Number(row.changed_at)), closedAt: row.closed_at === null ? null : new Date(Number(row.closed_at)),
  }
}
