import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Kysely } from 'kysely'
import type { Database, Tables } from '../ports/database.ts'
import { applyRecords } from './apply.ts'
import type { Kind, Prepared } from './apply.ts'
import { linesOf } from './source/lines.ts'

interface Spooled {
  database: Database
  spool: string
  source: string
  now: Date
  /** How many there are. */
  records: number
  /** The spool lies where it is found again after a crash. */
  kept: boolean
}

export interface Stored {
  kinds: Record<Kind, number>
  indicators: number
}

const BATCH = 1_000
/** As many are stored in one transaction: it takes a second or so, and deliveries wait for it. */
const AT_ONCE = 5_000
const LONGEST = 64 * 1024 * 1024

/**
 * Stores what was read. Few records in one transaction; many in several, noted beforehand, so that `finishImports` completes
 * them where this process does not.
 */
export async function applySpool({ database, spool, source, now, records, kept }: Spooled): Promise<Stored> {
  const stored: Stored = { kinds: { imported: 0, updated: 0, unchanged: 0, withdrawn: 0 }, indicators: 0 }
  const apply = async (tx: Kysely<Tables>, batch: readonly Prepared[]): Promise<void> => {
    const { kinds, indicators } = await applyRecords(tx, batch, { source, now })
    for (const kind of kinds) stored.kinds[kind]++
    stored.indicators += indicators
  }
  if (records === 0) return stored
  if (records <= AT_ONCE) {
    await database.transaction(async (tx) => {
      for (const batch of batches(spool)) await apply(tx, batch)
    })
    return stored
  }
  const id = randomUUID()
  if (kept) await database.query.insertInto('intel_imports').values({ id, source, file: resolve(spool), at: now.getTime() }).execute()
  for (const batch of batches(spool)) await database.transaction((tx) => apply(tx, batch))
  if (kept) await database.query.deleteFrom('intel_imports').where('id', '=', id).execute()
  return stored
}

/** Each id once in a batch: the same record again belongs to the next one, which sees this one. */
function* batches(spool: string): Generator<Prepared[]> {
  let batch = new Map<string, Prepared>()
  for (const { text } of linesOf(spool, LONGEST)) {
    if (text === null) continue
    const record = JSON.parse(text) as Prepared
    for (const one of record.indicators) Object.assign(one, { validUntil: instant(one.validUntil), withdrawn: instant(one.withdrawn), modified: instant(one.modified) })
    if (batch.has(record.id) || batch.size >= BATCH) {
      yield [...batch.values()]
      batch = new Map()
    }
    batch.set(record.id, record)
  }
  if (batch.size > 0) yield [...batch.values()]
}

/** Milliseconds in the spool. */
const instant = (value: unknown): Date | null => (typeof value === 'number' ? new Date(value) : null)

/** Completes imports that were interrupted. Returns the names of their sources. */
export async function finishImports(database: Database, { folder, now, olderThan = 0 }: { folder: string; now: Date; olderThan?: number }): Promise<string[]> {
  const rows = await database.query.selectFrom('intel_imports').selectAll().where('at', '<=', now.getTime() - olderThan).orderBy('at').execute()
  const done: string[] = []
  for (const { id, source, file } of rows) {
    if (dirname(file) === resolve(folder) && existsSync(file)) {
      for (const batch of batches(file)) await database.transaction((tx) => applyRecords(tx, batch, { source, now }))
      done.push(source)
    }
    await database.query.deleteFrom('intel_imports').where('id', '=', id).execute()
    if (dirname(file) === resolve(folder)) await rm(file, { force: true })
  }
  return done
}
