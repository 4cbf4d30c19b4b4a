import { SluiceError } from '../core/errors.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import { FACTS, periodOf } from './caller.ts'
import { asksForCallers, callersLike, nextPeriod } from './callers.ts'
import type { CallerQuery } from './callers.ts'
import { readEntry } from './entry.ts'
import type { EntryKind, ReadEntry } from './entry.ts'
import { lineSince } from './since.ts'

/** With versions, lines about every version (index reads, orders on the whole package) belong to them, too. */
export type TraceSubject =
  | { ecosystem: EcosystemId; name: string; versions?: readonly string[] | undefined }
  | { digest: Digest }

export interface TraceOptions {
  /** Default: all. `['served']` answers "who received it". */
  kinds?: readonly EntryKind[] | undefined
  callers?: CallerQuery | undefined
  since?: Date | undefined
  /** Not included. */
  until?: Date | undefined
  /** Lines a page; default 100, at most 1000. */
  limit?: number | undefined
  /** `next` of the page before. */
  cursor?: string | undefined
}

export interface TracePage {
  /** In the order in which they happened; those of several subjects one subject after the other. */
  lines: readonly TraceLine[]
  /** Cursor of the next page; null at the end. */
  next: string | null
}

export interface TraceLine {
  seq: number
  entry: ReadEntry
}

/** Where a page begins: in which part, behind which line. Parts are subjects, or the periods of callers. */
type Place = readonly [part: string | number, seq: number]
interface Row { seq: number; entry: string; caller: number | null }

/**
 * Lines about these subjects, of these callers, of this time: what is not given is not asked for. Any page costs what its lines cost,
 * however long the ledger is. Throws SluiceError `usage` on a cursor not given by it.
 */
export async function trace(database: Pick<Database, 'query'>, subjects: readonly TraceSubject[] | null, options: TraceOptions = {}): Promise<TracePage> {
  const size = Math.min(Math.max(1, Math.trunc(options.limit ?? 100)), 1000)
  const rows: Row[] = []
  let place: Place | null = null
  for await (const [part, row] of rowsOf(database, subjects, options, readCursor(options.cursor), size + 1)) {
    if (rows.length === size) return { lines: await readLines(database, rows), next: writeCursor(place as Place) }
    rows.push(row)
    place = [part, row.seq]
  }
  return { lines: await readLines(database, rows), next: null }
}

async function* rowsOf(
  database: Pick<Database, 'query'>, subjects: readonly TraceSubject[] | null, options: TraceOptions, from: Place | null, size: number,
): AsyncGenerator<[Place[0], Row]> {
  const { callers = {} } = options
  if (subjects) {
    const parts = new Map(subjects.map((subject) => [keyOf(subject), subject]))
    // What is asked for may have changed between two pages: the order of keys has not.
    for (const key of [...parts.keys()].sort()) {
      if (from && key < String(from[0])) continue
      for (const row of await subjectRows(database, parts.get(key) as TraceSubject, options, from?.[0] === key ? from[1] : 0, size)) yield [key, row]
    }
    return
  }
  if (!asksForCallers(callers)) {
    const start = from ? from[1] : options.since ? await lineSince(database, options.since) - 1 : 0
    for (const row of await matching(database, options).where('seq', '>', start).orderBy('seq').limit(size).execute()) yield ['', row]
    return
  }
  const first = from ? Number(from[0]) : options.since ? periodOf(options.since.getTime()) : 0
  for (let period = await nextPeriod(database, callers, first); period !== null; period = await nextPeriod(database, callers, period + 1)) {
    if (options.until && period > periodOf(options.until.getTime())) return
    const mine = callersLike(database, callers).where('callers.period', '=', period)
    // Which lines is read from an index; then these lines alone.
    const seqs = matching(database, { ...options, callers: undefined }).clearSelect().select('seq').where('caller', 'in', mine)
      .where('seq', '>', from?.[0] === period ? from[1] : 0).orderBy('seq').limit(size)
    const rows = await database.query.selectFrom('ledger').select(['seq', 'entry', 'caller'])
      .where('seq', 'in', database.query.selectFrom(seqs.as('lines')).select('lines.seq')).orderBy('seq').execute()
    for (const row of rows) yield [period, row]
  }
}

function subjectRows(database: Pick<Database, 'query'>, subject: TraceSubject, options: TraceOptions, after: number, size: number): Promise<Row[]> {
  const query = matching(database, options).where('seq', '>', after).orderBy('seq').limit(size)
  if ('digest' in subject) return query.where('digest', '=', subject.digest).execute()
  const { ecosystem, name, versions } = subject
  return query.where('ecosystem', '=', ecosystem).where('name', '=', name)
    .$if(versions !== undefined, (some) => some.where((is) => is.or([is('version', 'in', versions as string[]), is('version', 'is', null)]))).execute()
}

function matching(database: Pick<Database, 'query'>, { kinds, since, until, callers = {} }: TraceOptions) {
  return database.query.selectFrom('ledger').select(['seq', 'entry', 'caller'])
    .$if(kinds !== undefined, (query) => query.where('kind', 'in', kinds as EntryKind[]))
    .$if(since !== undefined, (query) => query.where('at', '>=', Number(since)))
    .$if(until !== undefined, (query) => query.where('at', '<', Number(until)))
    .$if(asksForCallers(callers), (query) => query.where('caller', 'in', callersLike(database, callers)))
}

async function readLines(database: Pick<Database, 'query'>, rows: readonly Row[]): Promise<TraceLine[]> {
  const ids = [...new Set(rows.flatMap(({ caller }) => caller ?? []))]
  const callers = new Map(ids.length === 0 ? []
    : (await database.query.selectFrom('callers').select(['id', 'proofs', ...FACTS]).where('id', 'in', ids).execute()).map((row) => [Number(row.id), row]))
  return rows.map(({ seq, entry, caller }) => {
    const parsed = readEntry(entry, callers.get(Number(caller)) ?? null)
    if (!parsed) throw new SluiceError('ledger-broken', `line ${seq} of the ledger cannot be read`, { hint: 'run `sluice ledger verify`' })
    return { seq: Number(seq), entry: parsed }
  })
}

const keyOf = (subject: TraceSubject): string => ('digest' in subject ? subject.digest : `${subject.ecosystem}:${subject.name}`)

const writeCursor = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url')

function readCursor(cursor: string | undefined): Place | null {
  if (cursor === undefined) return null
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString())
    if (Array.isArray(value) && value.length === 2 && (typeof value[0] === 'string' || Number.isSafeInteger(value[0])) && Number.isSafeInteger(value[1])) return value as unknown as Place
  } catch {
    // Said below.
  }
  throw new SluiceError('usage', 'the cursor is not one that this trace gave')
}
