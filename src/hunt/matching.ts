import type { Context } from '../admission/context.ts'
import { Revisions } from '../admission/revisions.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Alarms } from '../monitor/alarms.ts'
import type { Common } from './common.ts'
import { addHits, hitOf, shownIndicator } from './hits.ts'
import { inForce, termOf } from './known.ts'
import type { KnownRow } from './known.ts'
import type { Candidate } from './expression.ts'
import { filesOf } from './search.ts'
import { idsOf } from './terms.ts'

export interface MatchingParts {
  context: Pick<Context, 'database' | 'clock' | 'ledger' | 'revisions'>
  common: Pick<Common, 'why'>
  alarms: Pick<Alarms, 'raise' | 'isKnown'>
}

const CURSOR = 'hunt indicators'
const BATCH = 200
const ROWS = 500

interface Pair { type: string; value: string }

/**
 * What is newly known, against everything that was ever judged: a cursor over known indicators, kept with what it led to. Every step
 * may be repeated.
 */
export class Matching {
  readonly #parts: MatchingParts

  constructor(parts: MatchingParts) {
    this.#parts = parts
  }

  /** The next changes of known indicators. Returns how many there were. */
  async next(): Promise<number> {
    const { query, transaction } = this.#parts.context.database
    const cursor = await query.selectFrom('settings').select('value').where('key', '=', CURSOR).executeTakeFirst()
    const rows = await query.selectFrom('known_indicators').select(['seq', 'type', 'value']).where('seq', '>', Number(cursor?.value ?? 0)).orderBy('seq').limit(BATCH).execute()
    if (rows.length === 0) return 0
    const pairs = [...new Map(rows.map(({ type, value }) => [`${type} ${value}`, { type, value }])).values()]
    for (const pair of await this.#concerning(pairs)) await this.#match(pair)
    const value = String(rows.at(-1)?.seq)
    await transaction(async (tx) => {
      await tx.insertInto('settings').values({ key: CURSOR, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
    })
    return rows.length
  }

  /** Those that some file has, or is held for: of hundreds of thousands in a feed few are. */
  async #concerning(pairs: readonly Pair[]): Promise<Pair[]> {
    const { query } = this.#parts.context.database
    const facts = pairs.map(({ type, value }) => termOf(type, value)).map((term) => (term ? idsOf(term) : []))
    const [there, held] = await Promise.all([
      query.selectFrom('facts').select('fact').distinct().where('fact', 'in', [0, ...facts.flat()]).execute(),
      query.selectFrom('indicator_hits').select(['type', 'value']).distinct().where('value', 'in', pairs.map(({ value }) => value)).execute(),
    ])
    const known = new Set(there.map(({ fact }) => Number(fact)))
    const holding = new Set(held.map(({ type, value }) => `${type} ${value}`))
    return pairs.filter(({ type, value }, at) => holding.has(`${type} ${value}`) || facts[at]?.some((fact) => known.has(fact)))
  }

  /** Lets go of what files are held for although nobody in force says so any more: withdrawn, expired or deleted. */
  async review(): Promise<void> {
    const { database, clock } = this.#parts.context
    const now = clock.now().getTime()
    const pairs = await database.query.selectFrom('indicator_hits').select(['type', 'value']).distinct()
      .where(({ not, exists, selectFrom }) => not(exists(selectFrom('known_indicators').select('seq')
        .whereRef('known_indicators.value', '=', 'indicator_hits.value').whereRef('known_indicators.type', '=', 'indicator_hits.type').where('withdrawn', 'is', null)
        .where((is) => is.or([is('valid_until', 'is', null), is('valid_until', '>', now)]))))).execute()
    for (const pair of pairs) await this.#match(pair)
  }

  /** Lets go of what has turned out to be everybody's since. */
  async reviewCommon(): Promise<void> {
    const pairs = await this.#parts.context.database.query.selectFrom('indicator_hits').select(['type', 'value']).distinct().execute()
    for (const pair of pairs) if (await this.#parts.common.why(pair.type, pair.value) !== null) await this.#match(pair)
  }

  async #known({ type, value }: Pair): Promise<KnownRow[]> {
    const { database, clock } = this.#parts.context
    const rows = await database.query.selectFrom('known_indicators').selectAll().where('type', '=', type).where('value', '=', value).execute()
    return rows.filter((row) => inForce(row, clock.now().getTime()))
  }

  async #match(pair: Pair): Promise<void> {
    const { context: { database, clock } } = this.#parts
    const known = await this.#known(pair)
    const term = termOf(pair.type, pair.value)
    const why = known.length === 0 || !term ? null : await this.#parts.common.why(pair.type, pair.value)
    if (why !== null) await this.#tooCommon(pair, known, why)
    const files = known.length === 0 || !term || why !== null ? [] : await filesOf(database.query, term)
    const before = await database.query.selectFrom('indicator_hits').select(['ecosystem', 'name', 'version', 'file']).where('type', '=', pair.type).where('value', '=', pair.value).execute()
    const had = new Set(before.map(keyOf))
    const has = new Set(files.map(keyOf))
    const at = clock.now()
    await this.#hold(files.filter((one) => !had.has(keyOf(one))), known, at)
    await this.#free(pair, before.filter((one) => !has.has(keyOf(one))).map((one) => ({ ...one, ecosystem: one.ecosystem as EcosystemId })), at)
  }

  /** The ledger first: nothing is decided that does not stand there. */
  async #hold(files: readonly Candidate[], known: readonly KnownRow[], at: Date): Promise<void> {
    const { database, ledger, revisions } = this.#parts.context
    const hits = files.map((one) => hitOf(one, known, at))
    for (let from = 0; from < files.length; from += ROWS) {
      const some = files.slice(from, from + ROWS)
      await Promise.all(some.map(({ ecosystem, name, version, file }, index) => ledger.append({
        at, kind: 'decided', ecosystem, name, version, file, by: 'hunt', action: 'hold', reason: 'suspected', because: hits[from + index]?.says ?? '',
      })))
      await database.transaction(async (tx) => {
        await addHits(tx, hits.slice(from, from + ROWS))
        for (const { ecosystem, name } of packagesOf(some)) await Revisions.record(tx, { kind: 'suspicion', ecosystem, name, at })
      })
      for (const { ecosystem, name } of packagesOf(some)) revisions.bump(ecosystem, name)
    }
  }

  async #free({ type, value }: Pair, files: readonly { ecosystem: EcosystemId; name: string; version: string; file: string }[], at: Date): Promise<void> {
    const { database, ledger, revisions } = this.#parts.context
    for (let from = 0; from < files.length; from += ROWS) {
      const some = files.slice(from, from + ROWS)
      await Promise.all(some.map(({ ecosystem, name, version, file }) => ledger.append({
        at, kind: 'decided', ecosystem, name, version, file, by: 'hunt', action: 'serve', reason: 'clean', because: `no longer held: ${shownIndicator(type, value)} is not known as malicious any more`,
      })))
      await database.transaction(async (tx) => {
        for (const { ecosystem, name, file } of some) {
          await tx.deleteFrom('indicator_hits').where('ecosystem', '=', ecosystem).where('name', '=', name).where('file', '=', file).where('type', '=', type).where('value', '=', value).execute()
        }
        for (const { ecosystem, name } of packagesOf(some)) await Revisions.record(tx, { kind: 'suspicion', ecosystem, name, at })
      })
      for (const { ecosystem, name } of packagesOf(some)) revisions.bump(ecosystem, name)
    }
  }

  async #tooCommon({ type, value }: Pair, known: readonly KnownRow[], why: string): Promise<void> {
    const sources = [...new Set(known.map(({ source }) => source))].slice(0, 5).join(', ')
    const subject = `common ${type} ${value}`.slice(0, 500)
    // Feeds say the same again with every synchronisation.
    if (await this.#parts.alarms.isKnown(subject)) return
    await this.#parts.alarms.raise({
      subject, kind: 'indicator', severity: 'medium', campaign: null, size: 1, packages: [],
      title: `${shownIndicator(type, value)}, which ${sources} knows as malicious, holds nothing: ${why}`,
    })
  }
}

const keyOf = ({ ecosystem, name, file }: { ecosystem: string; name: string; file: string }): string => JSON.stringify([ecosystem, name, file])

const packagesOf = <P extends { ecosystem: EcosystemId; name: string }>(files: readonly P[]): P[] => [...new Map(files.map((one) => [`${one.ecosystem} ${one.name}`, one])).values()]
