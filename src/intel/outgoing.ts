import { createHash, randomUUID } from 'node:crypto'
import { SluiceError } from '../core/errors.ts'
import type { Database } from '../ports/database.ts'
import type { Bulletin, Publisher } from './bulletin.ts'
import { listIndicators } from './known.ts'
import type { KnownIndicator } from './known.ts'
import { bulletinOf } from './own.ts'
import type { ListedAdvisory } from './record.ts'
import { listedOf } from './store.ts'
import { leaving } from './tlp.ts'
import type { Tlp } from './tlp.ts'
import { osvOfAdvisories, osvRecord } from './write/osv.ts'

/** What a page of the gate's own feed begins after: how far advisories and statements were told. */
interface Cursor { advisories: number; statements: number }

export interface FeedPage {
  records: Record<string, unknown>[]
  /** What the next page, or the next look, asks from. */
  next: string
  more: boolean
}

const PUBLISHER = 'exchange.publisher'
const MOST_BULLETINS = 200_000

/** The id is made once and stays: others know this gate's words by it. */
export async function publisherOf(database: Database, name: string): Promise<Publisher> {
  await database.query.insertInto('settings').values({ key: PUBLISHER, value: randomUUID() }).onConflict((conflict) => conflict.column('key').doNothing()).execute()
  const { value } = await database.query.selectFrom('settings').select('value').where('key', '=', PUBLISHER).executeTakeFirstOrThrow()
  return { id: value, name }
}

/**
 * Advisories and this gate's own statements as OSV records, those first that changed first, withdrawn ones, too. Everything that
 * changed since `since`, once or more; nothing that may not leave. Throws `usage` for a cursor of somebody else's.
 */
export async function feedPage(database: Database, { since, limit, most, publisher }: { since: string | undefined; limit: number; most: Tlp; publisher: Publisher }): Promise<FeedPage> {
  const cursor = cursorOf(since)
  const levels = leaving(most)
  const rows = await database.query.selectFrom('advisories').select(['id', 'seq']).where('seq', '>', cursor.advisories).where('tlp', 'in', levels).orderBy('seq').limit(limit).execute()
  const ids = [...new Set(rows.map(({ id }) => id))]
  const whole = ids.length === 0 ? [] : await database.query.selectFrom('advisories').selectAll().where('id', 'in', ids).where('tlp', 'in', levels).orderBy('ecosystem').orderBy('name').execute()
  const byId = Map.groupBy(whole.map(listedOf), ({ id }) => id)
  const records = ids.map((id) => osvOfAdvisories(byId.get(id) as [ListedAdvisory, ...ListedAdvisory[]]))
  const next: Cursor = { ...cursor, advisories: Number(rows.at(-1)?.seq ?? cursor.advisories) }
  const room = limit - rows.length
  if (room > 0) {
    const said = await database.query.selectFrom('statements').selectAll().where('seq', '>', cursor.statements).where('tlp', 'in', levels).orderBy('seq').limit(room).execute()
    for (const row of said) {
      const bulletin = bulletinOf(row.bulletin)
      records.push(...bulletin.packages.map((one) => osvRecord(bulletin, one, publisher)))
      next.statements = Number(row.seq)
    }
    return { records, next: `a${next.advisories}.s${next.statements}`, more: said.length === room }
  }
  return { records, next: `a${next.advisories}.s${next.statements}`, more: true }
}

function cursorOf(text: string | undefined): Cursor {
  if (text === undefined) return { advisories: 0, statements: 0 }
  const [, advisories, statements] = /^a(\d{1,15})\.s(\d{1,15})$/.exec(text) ?? []
  if (advisories === undefined) throw new SluiceError('usage', 'this cursor is none of this feed', { hint: 'leave since out to begin at the beginning' })
  return { advisories: Number(advisories), statements: Number(statements) }
}

/** This gate's own statements that may leave, those first that changed first. */
export async function ownBulletins(database: Database, { since, most }: { since?: Date | undefined; most: Tlp }): Promise<Bulletin[]> {
  let query = database.query.selectFrom('statements').select('bulletin').where('tlp', 'in', leaving(most))
  if (since) query = query.where('modified', '>=', since.getTime())
  return (await query.orderBy('seq').limit(MOST_BULLETINS).execute()).map((row) => bulletinOf(row.bulletin))
}

/** Indicators that people of this organisation entered, and those of feeds where `others` says so, as bulletins of one each. */
export async function indicatorBulletins(database: Database, { since, most, others }: { since?: Date | undefined; most: Tlp; others: boolean }): Promise<Bulletin[]> {
  const found: KnownIndicator[] = []
  for (let after = 0; found.length < MOST_BULLETINS;) {
    const page = await listIndicators(database, { after, limit: 5_000, tlp: leaving(most), ...(others ? {} : { source: PEOPLE }) })
    found.push(...page.filter(({ modified }) => !since || modified >= since))
    if (page.length < 5_000) break
    after = page.at(-1)?.seq ?? after
  }
  return found.map(({ type, value, says, tlp, modified, addedAt, withdrawn, source }) => ({
    key: `indicator/${source}/${type}/${createHash('sha256').update(value).digest('hex').slice(0, 24)}`, title: says || `${type} that is known as bad`, text: '', tlp, created: addedAt < modified ? addedAt : modified, modified, withdrawn,
    packages: [], indicators: [{ type, value, says }], campaign: null, references: [],
  }))
}

/** The source of indicators that were entered by hand. */
export const PEOPLE = 'people'
