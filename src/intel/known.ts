import type { Kysely, Selectable } from 'kysely'
import type { Database, Tables } from '../ports/database.ts'
import type { IndicatorKind, ListedIndicator } from './indicator.ts'
import type { Tlp } from './tlp.ts'

type Row = Selectable<Tables['known_indicators']>

/** An indicator as it is stored: one a source and value. */
export interface KnownIndicator extends Omit<ListedIndicator, 'modified'> {
  seq: number
  source: string
  modified: Date
  addedAt: Date
}

const AT_ONCE = 1_000

/**
 * Stores what a source says of indicators; what is as it was stays untouched. A change is a new row, so that `seq` grows.
 * Newer times win; without times what differs does. Returns how many changed.
 */
export async function storeIndicators(tx: Kysely<Tables>, indicators: readonly ListedIndicator[], { source, now }: { source: string; now: Date }): Promise<number> {
  const wanted = new Map<string, ListedIndicator>()
  for (const one of indicators) {
    const key = `${one.type} ${one.value}`
    const before = wanted.get(key)
    if (!before || (one.modified?.getTime() ?? 0) >= (before.modified?.getTime() ?? 0)) wanted.set(key, one)
  }
  let changed = 0
  for (const some of chunks([...wanted.values()], AT_ONCE)) {
    const rows = await tx.selectFrom('known_indicators').selectAll().where('source', '=', source).where('value', 'in', some.map(({ value }) => value)).execute()
    const known = new Map(rows.map((row) => [`${row.type} ${row.value}`, row]))
    const fresh = some.flatMap((one) => {
      const before = known.get(`${one.type} ${one.value}`)
      const row = rowOf(one, { source, now, before })
      return before && !isNewer(row, before, one.modified !== null) ? [] : [{ row, replaces: before === undefined ? null : Number(before.seq) }]
    })
    const replaced = fresh.flatMap(({ replaces }) => (replaces === null ? [] : [replaces]))
    if (replaced.length > 0) await tx.deleteFrom('known_indicators').where('seq', 'in', replaced).execute()
    if (fresh.length > 0) await tx.insertInto('known_indicators').values(fresh.map(({ row }) => row)).execute()
    changed += fresh.length
  }
  return changed
}

/** A time that is still to come would keep every later word out: it counts as now. */
function rowOf(one: ListedIndicator, { source, now, before }: { source: string; now: Date; before: Row | undefined }): Omit<Row, 'seq'> {
  const { type, value, record, says, tlp, validUntil, withdrawn, modified } = one
  return {
    type, value, source, record, says, tlp, valid_until: validUntil?.getTime() ?? null, withdrawn: withdrawn?.getTime() ?? null,
    modified: Math.min(modified?.getTime() ?? now.getTime(), now.getTime()), added_at: Number(before?.added_at ?? now.getTime()),
  }
}

function isNewer(row: Omit<Row, 'seq'>, before: Row, timed: boolean): boolean {
  if (timed && row.modified < Number(before.modified)) return false
  const same = row.record === before.record && row.says === before.says && row.tlp === before.tlp
    && row.valid_until === number(before.valid_until) && (row.withdrawn === null) === (before.withdrawn === null)
  return !same
}

const number = (value: number | null): number | null => (value === null ? null : Number(value))

export interface IndicatorQuery {
  /** After which `seq`. */
  after?: number | undefined
  limit?: number | undefined
  source?: string | undefined
  /** Levels that may be seen; absent: every one. */
  tlp?: readonly Tlp[] | undefined
  /** Part of the value. */
  like?: string | undefined
  withdrawn?: boolean | undefined
}

/** By `seq`. */
export async function listIndicators(database: Pick<Database, 'query'>, { after = 0, limit = 1_000, source, tlp, like, withdrawn = true }: IndicatorQuery): Promise<KnownIndicator[]> {
  let query = database.query.selectFrom('known_indicators').selectAll().where('seq', '>', after)
  if (source !== undefined) query = query.where('source', '=', source)
  if (tlp !== undefined) query = query.where('tlp', 'in', [...tlp])
  if (!withdrawn) query = query.where('withdrawn', 'is', null)
  if (like !== undefined) query = query.where('value', 'like', `%${like.replaceAll('%', '')}%`)
  return (await query.orderBy('seq').limit(limit).execute()).map(knownOf)
}

function knownOf(row: Row): KnownIndicator {
  const date = (value: number | null): Date | null => (value === null ? null : new Date(Number(value)))
  return {
    seq: Number(row.seq), type: row.type as IndicatorKind, value: row.value, source: row.source, record: row.record, says: row.says, tlp: row.tlp as Tlp,
    validUntil: date(row.valid_until), withdrawn: date(row.withdrawn), modified: new Date(Number(row.modified)), addedAt: new Date(Number(row.added_at)),
  }
}

export function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}
