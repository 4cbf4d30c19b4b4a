import type { Insertable, Kysely, Selectable } from 'kysely'
import { Revisions } from '../admission/revisions.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Ledger } from '../ledger/append.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database, Tables } from '../ports/database.ts'
import type { Concern, ConcernKind } from './concerns.ts'

export interface SuspicionParts {
  database: Database
  revisions: Revisions
  ledger: Pick<Ledger, 'append'>
  clock: Clock
}

/** A package, the upload that is looked at, and what speaks against it. */
export interface Suspected {
  ecosystem: EcosystemId
  name: string
  version: string | null
  concerns: readonly Concern[]
  /** Of what nothing could be learnt this time, or nothing that takes back a hold: what was concluded before stays. */
  unknown?: readonly ConcernKind[]
}

/** An alarm that speaks of a suspicion. */
export interface Told { ecosystem: EcosystemId; name: string; version: string | null; kind: ConcernKind; alarm: string }

type Row = Insertable<Tables['suspicions']>
type Package = Pick<Suspected, 'ecosystem' | 'name'>

/** SQLite takes 32,766 bound values a statement. */
const NAMES = 500

/** What was concluded of a package, kept where decisions find it. A conclusion that holds stands in the ledger and counts on every gate at once. */
export class Suspicions {
  readonly #parts: SuspicionParts
  /** One after the other: two looks at one package at the same time would both find something new. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(parts: SuspicionParts) {
    this.#parts = parts
  }

  /**
   * What the watch has against packages now, of these kinds; what it had before and has no more is gone. Returns of each, in their order,
   * what calls for an alarm and has none yet. That stays so until `told`: looking again tells nobody again, and a crash before the alarm
   * loses none. Every upload of somebody who is watched calls for one.
   */
  setAll(all: readonly Suspected[], kinds: readonly ConcernKind[]): Promise<Concern[][]> {
    const done = this.#turn.then(() => this.#setAll(all, kinds))
    this.#turn = done.catch(() => null)
    return done
  }

  async #setAll(all: readonly Suspected[], kinds: readonly ConcernKind[]): Promise<Concern[][]> {
    const at = this.#parts.clock.now()
    const known = await this.#known(all)
    const changes: Change[] = []
    const untold = all.map((one) => {
      const rows = known.get(keyOf(one)) ?? []
      const change = compare(rows, one, kinds, at)
      if (change.rows.length > 0 || change.gone.length > 0) changes.push(change)
      known.set(keyOf(one), change.after)
      return change.untold
    })
    if (changes.length > 0) await this.#write(changes, at)
    return untold
  }

  async #known(all: readonly Package[]): Promise<Map<string, readonly Row[]>> {
    const found = new Map<string, Row[]>()
    for (const [ecosystem, some] of Map.groupBy(all, (one) => one.ecosystem)) {
      const names = [...new Set(some.map(({ name }) => name))]
      for (let from = 0; from < names.length; from += NAMES) {
        const rows = await this.#parts.database.query.selectFrom('suspicions').selectAll()
          .where('ecosystem', '=', ecosystem).where('name', 'in', names.slice(from, from + NAMES)).execute()
        for (const row of rows) {
          const before = found.get(keyOf(row))
          if (before) before.push(row)
          else found.set(keyOf(row), [row])
        }
      }
    }
    return found
  }

  /** The ledger first: a crash between the two repeats a line, and nothing is decided that does not stand there. */
  async #write(changes: readonly Change[], at: Date): Promise<void> {
    const { database, revisions, ledger } = this.#parts
    const decided = changes.filter(({ decides }) => decides !== null)
    await Promise.all(decided.map(({ about: { ecosystem, name, version }, decides }) => ledger.append({
      at, kind: 'decided', ecosystem, name, version, by: 'watch',
      action: decides?.holds ? 'hold' : 'serve', reason: decides?.holds ? 'suspected' : 'clean', because: decides?.says ?? '',
    })))
    await database.transaction(async (tx) => {
      for (const change of changes) await store(tx, change)
      for (const { about } of decided) await Revisions.record(tx, { kind: 'suspicion', ecosystem: about.ecosystem, name: about.name, at })
    })
    for (const { about } of decided) revisions.bump(about.ecosystem, about.name)
  }

  async told(all: readonly Told[]): Promise<void> {
    if (all.length === 0) return
    await this.#parts.database.transaction(async (tx) => {
      for (const { ecosystem, name, version, kind, alarm } of all) {
        await tx.updateTable('suspicions').set(kind === 'actor' ? { alarm, version } : { alarm })
          .where('ecosystem', '=', ecosystem).where('name', '=', name).where('kind', '=', kind).execute()
      }
    })
  }
}

/** What a look at one package changes. */
interface Change {
  about: Suspected
  rows: Row[]
  gone: ConcernKind[]
  after: readonly Row[]
  untold: Concern[]
  /** What the ledger is told; null: what is delivered stays the same. */
  decides: { holds: boolean; says: string } | null
}

function compare(known: readonly Row[], about: Suspected, asked: readonly ConcernKind[], at: Date): Change {
  const { ecosystem, name, version, concerns, unknown = [] } = about
  const holding = (kind: ConcernKind): boolean => known.some((row) => row.kind === kind && holds(row))
  const kinds = asked.filter((kind) => !unknown.includes(kind) || concerns.some((one) => one.kind === kind && (one.holds || !holding(kind))))
  const worst = kinds.flatMap((kind) => concerns.find((one) => one.kind === kind && one.holds) ?? concerns.find((one) => one.kind === kind) ?? [])
  const before = known.filter(({ kind }) => kinds.includes(kind as ConcernKind))
  const rowOf = ({ kind }: { kind: ConcernKind }): Row | undefined => before.find((row) => row.kind === kind)
  const rows = worst.filter((one) => rowOf(one)?.says !== one.says || holds(rowOf(one)) !== one.holds).map((one): Row => ({
    ecosystem, name, kind: one.kind, version: rowOf(one)?.version ?? null, alarm: rowOf(one)?.alarm ?? null, says: one.says, holds: one.holds ? 1 : 0, at: at.getTime(),
  }))
  const gone = before.map(({ kind }) => kind as ConcernKind).filter((kind) => !worst.some((one) => one.kind === kind))
  const others = known.filter((row) => !before.includes(row))
  const gravest = worst.find((one) => one.holds && rows.some(({ kind }) => kind === one.kind)) ?? worst.find((one) => one.holds)
  const changed = gravest ? rows.some(holds) || !before.some(holds) : before.some(holds) && !others.some(holds)
  return {
    about, rows, gone,
    after: [...others, ...before.filter(({ kind }) => !gone.includes(kind as ConcernKind) && !rows.some((row) => row.kind === kind)), ...rows],
    untold: worst.filter((one) => one.level === 'alarm' && !isTold(rowOf(one), one, version)),
    // What another kind of suspicion holds is not free.
    decides: changed ? { holds: gravest !== undefined, says: gravest?.says ?? 'the watch suspects it no more' } : null,
  }
}

async function store(tx: Kysely<Tables>, { about: { ecosystem, name }, rows, gone }: Change): Promise<void> {
  for (const row of rows) {
    await tx.insertInto('suspicions').values(row)
      .onConflict((conflict) => conflict.columns(['ecosystem', 'name', 'kind']).doUpdateSet({ says: row.says, holds: row.holds, at: row.at })).execute()
  }
  if (gone.length > 0) await tx.deleteFrom('suspicions').where('ecosystem', '=', ecosystem).where('name', '=', name).where('kind', 'in', gone).execute()
}

const keyOf = ({ ecosystem, name }: { ecosystem: string; name: string }): string => `${ecosystem}/${name}`
const holds = (row: Pick<Selectable<Tables['suspicions']>, 'holds'> | Row | undefined): boolean => Number(row?.holds ?? 0) === 1
/** Of an uploader who is watched, the row has the version that was last spoken of. */
const isTold = (row: Row | undefined, { kind }: Concern, version: string | null): boolean => row !== undefined && row.alarm !== null && (kind !== 'actor' || row.version === version)
