import { basename } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Kysely } from 'kysely'
import { ecosystems } from '../ecosystems/index.ts'
import type { Database, Tables } from '../ports/database.ts'
import { readOsv } from './osv.ts'
import type { Canonical, Reading } from './osv.ts'
import { readFeed } from './records.ts'
import { rowsOf, toRow } from './store.ts'
import type { AdvisoryRow } from './store.ts'

const BATCH = 500
const LISTED = 1_000

/** Counts are records. Each is in one of them. */
export interface FeedReport {
  imported: number
  updated: number
  /** As stored already, or older than that. */
  unchanged: number
  /** Now stored as withdrawn. */
  withdrawn: number
  skippedTotal: number
  /** The first thousand. */
  skipped: { file: string; reason: string }[]
}

export interface ImportOptions {
  database: Database
  /** A folder, or a `.json`, `.jsonl` or `.zip` file of OSV records. */
  source: string
  /** Called with the number of records read so far. */
  progress?: (done: number) => void
  canonical?: Canonical
  now?: Date
}

type Read = Exclude<Reading, { skipped: string }>

/**
 * Stores advisories, in transactions of some hundred records, and announces each changed package to all gates. Running it
 * again changes nothing. Records never disappear: they are withdrawn, or replaced by a newer `modified`.
 * Throws `feed-invalid`; what was imported before that stays.
 */
export async function importFeed(options: ImportOptions): Promise<FeedReport> {
  const { database, source, progress, now = new Date(), canonical = (ecosystem, raw) => ecosystems[ecosystem].canonicalName(raw) } = options
  const report: FeedReport = { imported: 0, updated: 0, unchanged: 0, withdrawn: 0, skippedTotal: 0, skipped: [] }
  const reading = { source: basename(source), canonical }
  let batch = new Map<string, Read>()
  let done = 0
  const store = async (): Promise<void> => {
    if (batch.size > 0) {
      const counts = await database.transaction((tx) => storeBatch(tx, [...batch.values()], now))
      for (const kind of counts) report[kind]++
    }
    batch = new Map()
    progress?.(done)
  }
  const skip = (file: string, reason: string): void => {
    report.skippedTotal++
    if (report.skipped.length < LISTED) report.skipped.push({ file, reason })
  }
  for await (const item of readFeed(source)) {
    done++
    const read: Reading = 'problem' in item ? { skipped: item.problem } : readOsv(item.value, reading)
    if ('skipped' in read) {
      skip(item.file, read.skipped)
      continue
    }
    // The same record again belongs to the next transaction, which sees this one.
    if (batch.has(read.id)) await store()
    batch.set(read.id, read)
    if (batch.size >= BATCH) await store()
  }
  await store()
  return report
}

type Kind = 'imported' | 'updated' | 'unchanged' | 'withdrawn'

async function storeBatch(tx: Kysely<Tables>, batch: readonly Read[], now: Date): Promise<Kind[]> {
  const stored = Map.groupBy(await rowsOf(tx, batch.map(({ id }) => id)), ({ id }) => id)
  const changed: AdvisoryRow[] = []
  const kinds = batch.map((read): Kind => {
    const before = stored.get(read.id) ?? []
    if (before.some(({ modified }) => Number(modified) > read.modified.getTime())) return 'unchanged'
    const changes = changesFor(read, before)
    changed.push(...changes)
    if (changes.length === 0) return 'unchanged'
    return read.advisories[0]?.withdrawn ? 'withdrawn' : before.length === 0 ? 'imported' : 'updated'
  })
  // SQLite's limit of bound values is 32,766 a statement.
  for (const rows of chunks(changed, 1_000)) {
    await tx.insertInto('advisories').values(rows)
      .onConflict((conflict) => conflict.columns(['ecosystem', 'name', 'id']).doUpdateSet((row) => ({
        malicious: row.ref('excluded.malicious'), summary: row.ref('excluded.summary'), versions: row.ref('excluded.versions'),
        ranges: row.ref('excluded.ranges'), severity: row.ref('excluded.severity'), url: row.ref('excluded.url'),
        source: row.ref('excluded.source'), modified: row.ref('excluded.modified'), withdrawn: row.ref('excluded.withdrawn'),
      }))).execute()
  }
  const packages = new Map(changed.map(({ ecosystem, name }) => [`${ecosystem}/${name}`, { kind: 'advisory', ecosystem, name, at: now.getTime() }]))
  for (const rows of chunks([...packages.values()], 5_000)) await tx.insertInto('changes').values(rows).execute()
  return kinds
}

/** Rows that differ from what is stored; a package that a newer record no longer names is withdrawn for it. */
function changesFor(read: Read, before: readonly AdvisoryRow[]): AdvisoryRow[] {
  const key = ({ ecosystem, name }: AdvisoryRow): string => `${ecosystem}/${name}`
  const known = new Map(before.map((row) => [key(row), plain(row)]))
  const rows = read.advisories.map(toRow)
  const named = new Set(rows.map(key))
  const gone = [...known.values()].filter((row) => !named.has(key(row)) && row.withdrawn === null)
  return [
    ...rows.filter((row) => {
      const old = known.get(key(row))
      return !old || !isDeepStrictEqual({ ...old, source: row.source }, row)
    }),
    ...gone.map((row) => ({ ...row, modified: read.modified.getTime(), withdrawn: read.modified.getTime() })),
  ]
}

/** PostgreSQL gives 64-bit integers as text. */
function plain(row: AdvisoryRow): AdvisoryRow {
  return { ...row, malicious: Number(row.malicious), modified: Number(row.modified), withdrawn: row.withdrawn === null ? null : Number(row.withdrawn) }
}

function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}
