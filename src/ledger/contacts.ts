import { sql } from 'kysely'
import type { Digest, EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import { asksForCallers, callersLike } from './callers.ts'
import type { CallerQuery } from './callers.ts'
import type { Times } from './tally.ts'
import { knownBy } from './who.ts'
import type { Callers, Who } from './who.ts'

/** Kinds of lines by which somebody meets a package. */
export type ContactKind = 'served' | 'denied' | 'index'

/** What lines are about: a package, exact bytes, or whatever callers asked for in one period. */
export type About = { ecosystem: EcosystemId; name: string } | { digest: Digest } | { period: number }

export interface Span {
  kinds: readonly ContactKind[]
  since?: Date | undefined
  until?: Date | undefined
  callers?: CallerQuery | undefined
}

/** Lines a statement reads: the thread that answers it has others waiting. */
const LINES = 50_000
/** Lines from before callers, which have to be read whole. */
const WHOLE = 2_000

/** How often, first and last (milliseconds), for everybody who met one thing in one way. */
export class Meetings {
  readonly #of = new Map<number, Times>()

  /** `who`: `Callers.who`; `caller`: any of those who are the same, by id, or what a line says itself. */
  add(who: number, at: number, caller: number | Who): void {
    const known = this.#of.get(who)
    if (!known) {
      this.#of.set(who, { count: 1, first: at, last: at, caller })
      return
    }
    known.count += 1
    if (at < known.first) known.first = at
    if (at > known.last) known.last = at
  }

  all(): Iterable<Times> {
    return this.#of.values()
  }
}

/**
 * Reads who met something, line by line, into the meetings that `into` chooses; undefined: these do not count. Only indexes are read, and
 * a statement answers with a few long texts instead of thousands of rows. The index of digests has no versions: they are null there.
 */
export async function readContacts(
  database: Pick<Database, 'query'>, callers: Callers, about: About, span: Span, into: (kind: ContactKind, version: string | null) => Meetings | undefined,
): Promise<void> {
  for (let after: number | null = 0; after !== null;) {
    const rows = await summed(database, about, span, after)
    let lines = 0
    let last: number = after
    let told = 0
    for (const { kind, version, met, count, seq } of rows) {
      lines += Number(count)
      last = Math.max(last, Number(seq))
      const pairs = pairsIn(met ?? '')
      told += pairs.ids.length
      const meetings = into(kind as ContactKind, version)
      if (!meetings) continue
      await callers.know(pairs.ids)
      for (let index = 0; index < pairs.ids.length; index += 1) {
        const id = pairs.ids[index] as number
        meetings.add(callers.who(id), pairs.times[index] as number, id)
      }
    }
    if (told < lines) await readUntold(database, about, span, { after, to: last }, into)
    after = lines < LINES ? null : last
  }
}

interface Summed { kind: string; version: string | null; met: string | null; count: number | string | bigint; seq: number }

function summed(database: Pick<Database, 'query'>, about: About, span: Span, after: number): Promise<Summed[]> {
  const byName = 'name' in about
  const lines = linesOf(database, about, span).where('seq', '>', after).orderBy('seq').limit(LINES)
    .select(['kind', 'caller', 'at', 'seq']).select(byName ? 'version' : sql<string | null>`null`.as('version'))
  return database.query.selectFrom(lines.as('lines')).select(['kind', 'version'])
    .select(({ fn }) => [sql<string | null>`string_agg(caller || ' ' || at, ' ')`.as('met'), fn.countAll().as('count'), fn.max('seq').as('seq')])
    .groupBy(['kind', 'version']).execute()
}

/** `ID TIME ID TIME …` */
function pairsIn(text: string): { ids: number[]; times: number[] } {
  const ids: number[] = []
  const times: number[] = []
  let number = 0
  for (let at = 0; at <= text.length; at += 1) {
    const digit = text.charCodeAt(at) - 48
    if (digit >= 0) number = number * 10 + digit
    else if (text.length > 0) {
      if (ids.length === times.length) ids.push(number)
      else times.push(number)
      number = 0
    }
  }
  return { ids, times }
}

/** Lines from before callers. */
async function readUntold(
  database: Pick<Database, 'query'>, about: About, span: Span, { after, to }: { after: number; to: number }, into: Parameters<typeof readContacts>[4],
): Promise<void> {
  for (let last = after; ;) {
    const rows = await linesOf(database, about, span).where('caller', 'is', null).where('seq', '>', last).where('seq', '<=', to).orderBy('seq').limit(WHOLE)
      .select(['seq', 'kind', 'version', 'at', 'entry']).execute()
    for (const { kind, version, at, entry } of rows) {
      const { who, facts } = knownBy(entry)
      into(kind as ContactKind, 'name' in about ? version : null)?.add(who, Number(at), facts)
    }
    if (rows.length < WHOLE) return
    last = Number(rows.at(-1)?.seq)
  }
}

function linesOf(database: Pick<Database, 'query'>, about: About, { kinds, since, until, callers = {} }: Span) {
  return database.query.selectFrom('ledger').where('kind', 'in', kinds)
    .$if('digest' in about, (query) => query.where('digest', '=', (about as { digest: string }).digest))
    .$if('name' in about, (query) => query.where('ecosystem', '=', (about as { ecosystem: string }).ecosystem).where('name', '=', (about as { name: string }).name))
    .$if(asksForCallers(callers), (query) => query.where('caller', 'in', callersLike(database, callers)
      .$if('period' in about, (some) => some.where('callers.period', '=', (about as { period: number }).period))))
    .$if(since !== undefined, (query) => query.where('at', '>=', Number(since)))
    .$if(until !== undefined, (query) => query.where('at', '<', Number(until)))
}
