import type { Digest, EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import type { Callers, Known } from './who.ts'
import { knownBy } from './who.ts'

/** Kinds of lines by which somebody meets a package. */
export type ContactKind = 'served' | 'denied' | 'index'

/** How often one caller met one version in one way. `at`: milliseconds. */
export interface Contacts {
  kind: ContactKind
  version: string | null
  known: Known
  count: number
  first: number
  last: number
}

export interface Span {
  kinds: readonly ContactKind[]
  since?: Date | undefined
  until?: Date | undefined
}

/** What lines are about. */
export type About = { ecosystem: EcosystemId; name: string } | { digest: Digest } | { caller: number }

/** Lines a statement reads: the thread that answers it has others waiting. */
const LINES = 50_000
/** Lines from before callers, which have to be read whole. */
const WHOLE = 2_000

/** Sums up lines by caller, piece by piece: the same caller may come up in several of them. Reads indexes alone. */
export async function* contactsOf(database: Pick<Database, 'query'>, callers: Callers, about: About, span: Span): AsyncGenerator<Contacts> {
  for (let after: number | null = 0; after !== null;) {
    const rows: Summed[] = await summed(database, about, span, after)
    const known = await callers.of(rows.flatMap(({ caller }) => (caller === null ? [] : [Number(caller)])))
    let lines = 0
    let last: number = after
    for (const row of rows) {
      lines += Number(row.count)
      last = Math.max(last, Number(row.seq))
      const who = row.caller === null ? undefined : known.get(Number(row.caller))
      if (who) yield { kind: row.kind as ContactKind, version: row.version, known: who, count: Number(row.count), first: Number(row.first), last: Number(row.last) }
    }
    if (rows.some(({ caller }) => caller === null)) yield* untold(database, about, span, { after, to: last })
    after = lines < LINES ? null : last
  }
}

interface Summed { kind: string; version: string | null; caller: number | null; count: number | string | bigint; first: number; last: number; seq: number }

function summed(database: Pick<Database, 'query'>, about: About, span: Span, after: number): Promise<Summed[]> {
  // The index of digests has no versions: whoever asks for bytes knows of which.
  const lines = linesOf(database, about, span).where('seq', '>', after).orderBy('seq').limit(LINES)
    .select(['kind', 'caller', 'at', 'seq']).$if('name' in about, (query) => query.select('version'))
  return database.query.selectFrom(lines.as('lines')).select(['kind', 'caller']).$if('name' in about, (query) => query.select('version'))
    .select(({ fn }) => [fn.countAll().as('count'), fn.min('at').as('first'), fn.max('at').as('last'), fn.max('seq').as('seq')])
    .groupBy(['kind', 'caller']).$if('name' in about, (query) => query.groupBy('version'))
    .execute() as Promise<Summed[]>
}

async function* untold(database: Pick<Database, 'query'>, about: About, span: Span, { after, to }: { after: number; to: number }): AsyncGenerator<Contacts> {
  for (let last = after; ;) {
    const rows = await linesOf(database, about, span).where('caller', 'is', null).where('seq', '>', last).where('seq', '<=', to).orderBy('seq').limit(WHOLE)
      .select(['seq', 'kind', 'version', 'at', 'entry']).execute()
    for (const { kind, version, at, entry } of rows) yield { kind: kind as ContactKind, version, known: knownBy(entry), count: 1, first: Number(at), last: Number(at) }
    if (rows.length < WHOLE) return
    last = Number(rows.at(-1)?.seq)
  }
}

function linesOf(database: Pick<Database, 'query'>, about: About, { kinds, since, until }: Span) {
  return database.query.selectFrom('ledger').where('kind', 'in', kinds)
    .$if('digest' in about, (query) => query.where('digest', '=', (about as { digest: string }).digest))
    .$if('name' in about, (query) => query.where('ecosystem', '=', (about as { ecosystem: string }).ecosystem).where('name', '=', (about as { name: string }).name))
    .$if('caller' in about, (query) => query.where('caller', '=', (about as { caller: number }).caller))
    .$if(since !== undefined, (query) => query.where('at', '>=', Number(since)))
    .$if(until !== undefined, (query) => query.where('at', '<', Number(until)))
}
