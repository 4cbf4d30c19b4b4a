import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from 'kysely'
import { SluiceError } from '../core/errors.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import type { Database, Tables } from '../ports/database.ts'
import { FACTS } from './caller.ts'
import { readEntry } from './entry.ts'
import type { EntryKind, ReadEntry } from './entry.ts'

/** With versions, lines about every version (index reads, orders on the whole package) belong to them, too. */
export type TraceQuery =
  | { ecosystem: EcosystemId; name: string; versions?: readonly string[] | undefined }
  | { digest: Digest }

export interface TraceOptions {
  /** Default: all. `['served']` answers "who received it". */
  kinds?: readonly EntryKind[] | undefined
  since?: Date | undefined
  /** Lines a page; default 100, at most 1000. */
  limit?: number | undefined
  /** `next` of the page before. */
  cursor?: string | undefined
}

export interface Trace {
  /** In the order in which they happened. */
  lines: readonly TraceLine[]
  /** Cursor of the next page; null at the end. */
  next: string | null
  /** Over all pages, the latest first; only with the first page, at most 1000. */
  receivers: readonly Receiver[]
}

export interface TraceLine {
  seq: number
  entry: ReadEntry
}

/** Who met the package in which way, how often and when. Token and address are null where they were not known. */
interface Receiver {
  kind: string
  token: string | null
  address: string | null
  client: string | null
  count: number
  first: Date
  last: Date
}

const RECEIVERS = 1000

/** Who received, was denied or read of a package or of exact bytes. Throws SluiceError `usage` on a cursor not given by it. */
export async function trace(
  database: Pick<Database, 'query'>, query: TraceQuery, { kinds, since, limit = 100, cursor }: TraceOptions = {},
): Promise<Trace> {
  const size = Math.min(Math.max(1, Math.trunc(limit)), 1000)
  const matching = database.query.selectFrom('ledger').where((is) => matches(is, query, kinds, since))
  const rows = await matching.select(['seq', 'entry', 'caller']).where('seq', '>', readCursor(cursor)).orderBy('seq').limit(size + 1).execute()
  const ids = [...new Set(rows.flatMap(({ caller }) => caller ?? []))]
  const callers = new Map(ids.length === 0 ? [] : (await database.query.selectFrom('callers').select(['id', 'proofs', ...FACTS]).where('id', 'in', ids).execute()).map((row) => [row.id, row]))
  const lines: TraceLine[] = []
  for (const { seq, entry, caller } of rows.slice(0, size)) {
    const parsed = readEntry(entry, callers.get(caller ?? 0) ?? null)
    if (!parsed) throw new SluiceError('ledger-broken', `line ${seq} of the ledger cannot be read`, { hint: 'run `sluice ledger verify`' })
    lines.push({ seq, entry: parsed })
  }
  return {
    lines,
    next: rows.length > size ? String(lines.at(-1)?.seq) : null,
    receivers: cursor === undefined ? await receivers() : [],
  }

  async function receivers(): Promise<Receiver[]> {
    const groups = await matching
      .leftJoin('callers', 'callers.id', 'ledger.caller')
      .select(({ fn }) => ['kind', fn.coalesce('callers.token', 'ledger.token').as('token'), fn.coalesce('callers.forwarded', 'callers.address', 'ledger.address').as('address'),
        fn.coalesce('callers.client', 'ledger.client').as('client'), fn.countAll().as('count'), fn.min('at').as('first'), fn.max('at').as('last')])
      .groupBy((eb) => ['kind', eb.fn.coalesce('callers.token', 'ledger.token'), eb.fn.coalesce('callers.forwarded', 'callers.address', 'ledger.address'), eb.fn.coalesce('callers.client', 'ledger.client')])
      .orderBy('last', 'desc').orderBy('kind').limit(RECEIVERS).execute()
    return groups.map(({ count, first, last, ...who }) =>
      ({ ...who, count: Number(count), first: new Date(Number(first)), last: new Date(Number(last)) }))
  }
}

/** Every version of a package that the ledger speaks of, as it is written there. */
export async function versionsOf(database: Pick<Database, 'query'>, ecosystem: EcosystemId, name: string): Promise<string[]> {
  const rows = await database.query.selectFrom('ledger').select('version').distinct()
    .where('ecosystem', '=', ecosystem).where('name', '=', name).where('version', 'is not', null).execute()
  return rows.flatMap(({ version }) => version ?? [])
}

function matches(
  is: ExpressionBuilder<Tables, 'ledger'>, query: TraceQuery, kinds: readonly string[] | undefined, since: Date | undefined,
): ExpressionWrapper<Tables, 'ledger', SqlBool> {
  const all = 'digest' in query
    ? [is('digest', '=', query.digest)]
    : [is('ecosystem', '=', query.ecosystem), is('name', '=', query.name)]
  if ('name' in query && query.versions !== undefined) {
    all.push(is.or([is('version', 'in', query.versions), is('version', 'is', null)]))
  }
  if (kinds) all.push(is('kind', 'in', kinds))
  if (since) all.push(is('at', '>=', since.getTime()))
  return is.and(all)
}

function readCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0
  if (!/^\d{1,15}$/.test(cursor)) throw new SluiceError('usage', 'the cursor is not one that this trace gave')
  return Number(cursor)
}
