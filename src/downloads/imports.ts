import { agentNamed } from '../core/client.ts'
import { SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import type { Delivery } from './delivery.ts'
import { deliveryOf, externalRows } from './external.ts'
import type { ExternalRow } from './external.ts'
import type { About, Span } from './ledger.ts'

/** A table of downloads that was imported. */
export interface Import {
  source: string
  rows: number
  downloads: number
  first: Date | null
  last: Date | null
  by: string
  at: Date
}

/** Rows of one table, and how many are written or read at a time. */
const MOST = 2_000_000
const PAGE = 2_000

/**
 * Takes a table in, whole or not at all; one of the same source is replaced by it. `ecosystem` is that of rows which name none.
 * Throws `feed-invalid`, `usage`.
 */
export async function importTable(database: Database, text: string, { source, ecosystem, by, now }: { source: string; ecosystem: EcosystemId; by: string; now: Date }): Promise<Import> {
  const label = oneLine(source, 100)
  if (label === '') throw new SluiceError('usage', 'a table needs a name, so that it can be replaced or taken out')
  const rows: ExternalRow[] = []
  let [downloads, first, last] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const row of externalRows(text, ecosystem)) {
    if (rows.length >= MOST) throw new SluiceError('feed-invalid', `more than ${MOST.toLocaleString('en')} rows`, { hint: 'import the rows of fewer packages, or of a shorter time' })
    rows.push(row)
    downloads += row.times
    first = Math.min(first, row.at)
    last = Math.max(last, row.at)
  }
  if (rows.length === 0) throw new SluiceError('feed-invalid', 'there are no rows in it')
  await database.transaction(async (tx) => {
    await tx.deleteFrom('imported_downloads').where('source', '=', label).execute()
    await tx.deleteFrom('download_imports').where('source', '=', label).execute()
    await tx.insertInto('download_imports').values({ source: label, rows: rows.length, downloads, first_at: first, last_at: last, by: oneLine(by, 100), at: now.getTime() }).execute()
    for (let from = 0; from < rows.length; from += PAGE) {
      await tx.insertInto('imported_downloads').values(rows.slice(from, from + PAGE).map(({ agent, ...row }) =>
        ({ ...row, source: label, tool: agent.tool, tool_version: agent.version, ci: agent.ci }))).execute()
    }
  })
  return { source: label, rows: rows.length, downloads, first: new Date(first), last: new Date(last), by: oneLine(by, 100), at: now }
}

/** The latest first. */
export async function importsIn(database: Pick<Database, 'query'>): Promise<Import[]> {
  const rows = await database.query.selectFrom('download_imports').selectAll().orderBy('at', 'desc').orderBy('source').execute()
  const time = (at: number | null): Date | null => (at === null ? null : new Date(Number(at)))
  return rows.map(({ source, rows: count, downloads, first_at: first, last_at: last, by, at }) =>
    ({ source, rows: Number(count), downloads: Number(downloads), first: time(first), last: time(last), by, at: new Date(Number(at)) }))
}

/** False: there is no such table. */
export async function forgetImport(database: Database, source: string): Promise<boolean> {
  return database.transaction(async (tx) => {
    await tx.deleteFrom('imported_downloads').where('source', '=', source).execute()
    const { numDeletedRows } = await tx.deleteFrom('download_imports').where('source', '=', source).executeTakeFirst()
    return Number(numDeletedRows) > 0
  })
}

/** What was imported of a package, or of a span of time; bytes are not told apart there. */
export async function* importedOf(database: Pick<Database, 'query'>, about: Exclude<About, { digest: unknown }>, { since, until }: Span): AsyncGenerator<Delivery[]> {
  let query = database.query.selectFrom('imported_downloads').selectAll()
  if (about !== 'everything') query = query.where('ecosystem', '=', about.ecosystem).where('name', '=', about.name)
  if (since) query = query.where('at', '>=', since.getTime())
  if (until) query = query.where('at', '<', until.getTime())
  for (let after = 0; ;) {
    const rows = await query.where('seq', '>', after).orderBy('seq').limit(PAGE).execute()
    if (rows.length === 0) return
    after = Number(rows.at(-1)?.seq)
    yield rows.map(({ tool, tool_version: version, ci, ...row }) => deliveryOf({
      ...row, ecosystem: row.ecosystem as EcosystemId, at: Number(row.at), times: Number(row.times), agent: agentNamed(tool, version, ci),
    }, row.source))
    if (rows.length < PAGE) return
  }
}
