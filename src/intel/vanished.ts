import type { Database } from '../ports/database.ts'
import { applyRecords } from './apply.ts'
import { chunks } from './known.ts'
import { linesOf } from './source/lines.ts'
import { rowsOf } from './store.ts'

/** What may vanish from a list at once without a person looking: so many, or this share of it. */
const FEW = 10
const SHARE = 0.1
const PAGE = 5_000
const LONGEST = 64 * 1024 * 1024

/**
 * A list without ids says by leaving a package out that it takes it back. But a list that lost much of itself may as well be
 * damaged, and then what it said stays. Returns how many were withdrawn, or how many are missing and stay.
 */
export async function withdrawVanished(database: Database, { spool, source, now }: { spool: string; source: string; now: Date }): Promise<{ withdrawn: number; kept: number }> {
  const told = new Set<string>()
  for (const { text } of linesOf(spool, LONGEST)) if (text !== null) told.add((JSON.parse(text) as { id: string }).id)
  const known: string[] = []
  for (let after = ''; ;) {
    const rows = await database.query.selectFrom('advisories').select('id').where('source', '=', source).where('withdrawn', 'is', null)
      .where('id', '>', after).where('id', 'like', 'x%').orderBy('id').limit(PAGE).execute()
    known.push(...rows.map(({ id }) => id).filter((id) => id.startsWith('x_')))
    if (rows.length < PAGE) break
    after = rows.at(-1)?.id ?? after
  }
  const missing = known.filter((id) => !told.has(id))
  if (missing.length > Math.max(FEW, known.length * SHARE)) return { withdrawn: 0, kept: missing.length }
  for (const ids of chunks(missing, 500)) {
    await database.transaction(async (tx) => {
      const rows = await rowsOf(tx, ids)
      await applyRecords(tx, rows.map((row) => ({ id: row.id, modified: now.getTime(), rows: [{ ...row, withdrawn: now.getTime() }], indicators: [] })), { source, now })
    })
  }
  return { withdrawn: missing.length, kept: 0 }
}
