import { isDeepStrictEqual } from 'node:util'
import type { Kysely } from 'kysely'
import type { Tables } from '../ports/database.ts'
import type { ListedIndicator } from './indicator.ts'
import { chunks, storeIndicators } from './known.ts'
import { rowsOf } from './store.ts'
import type { AdvisoryRow } from './store.ts'

/** A record as it lies between reading and storing: rows of `advisories`, and indicators with times as text or Dates. */
export interface Prepared {
  id: string
  /** Milliseconds; null: the source has no times. */
  modified: number | null
  rows: AdvisoryRow[]
  indicators: ListedIndicator[]
}

export type Kind = 'imported' | 'updated' | 'unchanged' | 'withdrawn'

export interface Applied {
  kinds: Kind[]
  indicators: number
}

/** Clocks differ by so much. */
const SKEW = 5 * 60_000

/**
 * Stores records, each id once, in the transaction of the caller, and announces each changed package to all gates. A record
 * older than what is stored changes nothing; one of the future counts as of now, so that it cannot keep later ones out.
 */
export async function applyRecords(tx: Kysely<Tables>, records: readonly Prepared[], { source, now }: { source: string; now: Date }): Promise<Applied> {
  const stored = Map.groupBy(await rowsOf(tx, records.filter(({ rows }) => rows.length > 0).map(({ id }) => id)), ({ id }) => id)
  const changed: AdvisoryRow[] = []
  const kinds = records.map((record): Kind | null => {
    if (record.rows.length === 0) return null
    const before = stored.get(record.id) ?? []
    const ahead = record.modified !== null && record.modified > now.getTime() + SKEW
    const modified = record.modified === null || ahead ? now.getTime() : record.modified
    // Without a time of its own, or with one that cannot be, only what it says tells whether it is new.
    const timed = record.modified !== null && !ahead
    if (timed && before.some((row) => row.modified > modified)) return 'unchanged'
    const changes = changesFor({ ...record, modified }, before, timed)
    changed.push(...changes)
    if (changes.length === 0) return 'unchanged'
    return record.rows.every(({ withdrawn }) => withdrawn !== null) ? 'withdrawn' : before.length === 0 ? 'imported' : 'updated'
  })
  await write(tx, changed, now)
  const indicators = await storeIndicators(tx, records.flatMap((record) => record.indicators), { source, now })
  for (const [index, kind] of kinds.entries()) if (kind === null) kinds[index] = (records[index] as Prepared).indicators.length > 0 ? (indicators > 0 ? 'updated' : 'unchanged') : 'unchanged'
  return { kinds: kinds as Kind[], indicators }
}

async function write(tx: Kysely<Tables>, changed: readonly AdvisoryRow[], now: Date): Promise<void> {
  if (changed.length === 0) return
  const last = await tx.selectFrom('advisories').select(({ fn }) => fn.max('seq').as('seq')).executeTakeFirst()
  let seq = Number(last?.seq ?? 0)
  // SQLite's limit of bound values is 32,766 a statement.
  for (const rows of chunks(changed, 1_000)) {
    await tx.insertInto('advisories').values(rows.map((row) => ({ ...row, seq: ++seq })))
      .onConflict((conflict) => conflict.columns(['ecosystem', 'name', 'id']).doUpdateSet((row) => ({
        malicious: row.ref('excluded.malicious'), summary: row.ref('excluded.summary'), versions: row.ref('excluded.versions'),
        ranges: row.ref('excluded.ranges'), severity: row.ref('excluded.severity'), url: row.ref('excluded.url'),
        source: row.ref('excluded.source'), modified: row.ref('excluded.modified'), withdrawn: row.ref('excluded.withdrawn'),
        tlp: row.ref('excluded.tlp'), seq: row.ref('excluded.seq'),
      }))).execute()
  }
  const packages = new Map(changed.map(({ ecosystem, name }) => [`${ecosystem}/${name}`, { kind: 'advisory', ecosystem, name, at: now.getTime() }]))
  for (const rows of chunks([...packages.values()], 5_000)) await tx.insertInto('changes').values(rows).execute()
}

/** Rows that differ from what is stored; a package that a newer record no longer names is withdrawn for it. */
function changesFor({ rows: read, modified }: { rows: AdvisoryRow[]; modified: number }, before: readonly AdvisoryRow[], timed: boolean): AdvisoryRow[] {
  const key = ({ ecosystem, name }: AdvisoryRow): string => `${ecosystem}/${name}`
  const known = new Map(before.map((row) => [key(row), row]))
  const rows = read.map((row) => ({ ...row, modified }))
  const named = new Set(rows.map(key))
  // What another source says under the same id is not this one's to take back.
  const gone = [...known.values()].filter((row) => !named.has(key(row)) && row.withdrawn === null && row.source === read[0]?.source)
  return [
    ...rows.filter((row) => {
      const old = known.get(key(row))
      if (!old) return true
      const untimed = timed ? {} : { modified: old.modified, withdrawn: (old.withdrawn === null) === (row.withdrawn === null) ? old.withdrawn : row.withdrawn }
      return !isDeepStrictEqual({ ...old, source: row.source }, { ...row, ...untimed })
    }),
    ...gone.map((row) => ({ ...row, modified, withdrawn: modified })),
  ]
}
