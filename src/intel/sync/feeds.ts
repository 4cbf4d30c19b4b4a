import type { Selectable } from 'kysely'
import { isAbsolute } from 'node:path'
import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { Database, Tables } from '../../ports/database.ts'
import type { Tlp } from '../tlp.ts'

/** How a feed is read: OSV's bulk layout, another gate's own feed, a static MISP feed, one file, or a path on this machine. */
export const FEED_KINDS = ['osv', 'gate', 'misp', 'file'] as const
export type FeedKind = (typeof FEED_KINDS)[number]

export interface FeedSetting {
  name: string
  /** http or https URL, or an absolute path. */
  location: string
  /** null: told by looking. */
  format: FeedKind | null
  /** Of what does not say itself. */
  tlp: Tlp
  /** Milliseconds between looks. */
  every: number
}

/** What was seen of a feed; kept with it. */
export interface FeedState {
  kind: FeedKind | null
  etag: string | null
  lastModified: string | null
  /** How far it was read, in its own words. */
  cursor: string | null
  checkedAt: string | null
  /** When it was last read to its end. */
  okAt: string | null
  /** Why it could not be read at the last look; null: it could. */
  problem: string | null
  failures: number
  nextAt: string | null
  /** What the last look that found something brought. */
  last: { at: string; imported: number; updated: number; withdrawn: number; indicators: number; skipped: number } | null
}

export interface StoredFeed extends FeedSetting {
  configured: boolean
  trusted: boolean
  by: string
  addedAt: Date
  state: FeedState
}

const UNREAD: FeedState = { kind: null, etag: null, lastModified: null, cursor: null, checkedAt: null, okAt: null, problem: null, failures: 0, nextAt: null, last: null }
export const USUAL_PACE = 3_600_000

export const isUrl = (location: string): boolean => /^https?:\/\//i.test(location)

export async function listFeeds(database: Pick<Database, 'query'>): Promise<StoredFeed[]> {
  return (await database.query.selectFrom('intel_feeds').selectAll().orderBy('name').execute()).map(feedOf)
}

export async function findFeed(database: Pick<Database, 'query'>, name: string): Promise<StoredFeed> {
  const row = await database.query.selectFrom('intel_feeds').selectAll().where('name', '=', name).executeTakeFirst()
  if (!row) throw new SluiceError('not-found', `there is no feed ${oneLine(name, 60)}`, { hint: 'sluice feed list shows them' })
  return feedOf(row)
}

/** Throws `usage`: a name or place that cannot be, or a name that is taken. */
export async function addFeed(database: Database, setting: FeedSetting, { by, trusted, now }: { by: string; trusted: boolean; now: Date }): Promise<StoredFeed> {
  check(setting)
  const known = await database.query.selectFrom('intel_feeds').select('name').where('name', '=', setting.name).executeTakeFirst()
  if (known) throw new SluiceError('usage', `there is a feed ${setting.name} already`, { hint: `remove it first: sluice feed remove ${setting.name}` })
  await insert(database, setting, { by, trusted, configured: false, now })
  return findFeed(database, setting.name)
}

/** What was read of it stays. False: there is no such feed. */
export async function removeFeed(database: Database, name: string): Promise<boolean> {
  const feed = await findFeed(database, name)
  if (feed.configured) throw new SluiceError('usage', `${feed.name} is named in sluice.yaml`, { hint: 'take it out there; the next start forgets it' })
  const { numDeletedRows } = await database.query.deleteFrom('intel_feeds').where('name', '=', name).executeTakeFirst()
  return Number(numDeletedRows) > 0
}

/** Makes the feeds of `sluice.yaml` the configured ones; how far each was read stays as long as it is at the same place and of the same level. */
export async function configureFeeds(database: Database, settings: readonly FeedSetting[], now: Date): Promise<void> {
  const known = new Map((await listFeeds(database)).map((feed) => [feed.name, feed]))
  for (const feed of known.values()) {
    if (feed.configured && !settings.some(({ name }) => name === feed.name)) await database.query.deleteFrom('intel_feeds').where('name', '=', feed.name).execute()
  }
  for (const setting of settings) {
    const before = known.get(setting.name)
    if (before?.location !== setting.location) {
      await database.query.deleteFrom('intel_feeds').where('name', '=', setting.name).execute()
      await insert(database, setting, { by: 'sluice.yaml', trusted: true, configured: true, now })
    } else {
      const { format, tlp, every } = setting
      await database.query.updateTable('intel_feeds').set({ format, tlp, every, configured: 1, trusted: 1, ...(before.tlp === tlp ? {} : { state: JSON.stringify(UNREAD) }) }).where('name', '=', setting.name).execute()
    }
  }
}

export async function saveState(database: Database, name: string, state: FeedState): Promise<void> {
  await database.query.updateTable('intel_feeds').set({ state: JSON.stringify(state) }).where('name', '=', name).execute()
}

async function insert(database: Database, { name, location, format, tlp, every }: FeedSetting, { by, trusted, configured, now }: { by: string; trusted: boolean; configured: boolean; now: Date }): Promise<void> {
  await database.query.insertInto('intel_feeds').values({
    name, location, format, tlp, every, by: oneLine(by, 100), trusted: trusted ? 1 : 0, configured: configured ? 1 : 0, added_at: now.getTime(), state: JSON.stringify(UNREAD),
  }).execute()
}

function check({ name, location, every }: FeedSetting): void {
  if (!/^[a-z0-9][\w.-]{0,59}$/i.test(name)) throw new SluiceError('usage', `no name for a feed: ${oneLine(name, 60)}`, { hint: 'letters, digits, . _ and -' })
  if (isUrl(location)) {
    const url = URL.parse(location)
    if (!url || url.username !== '' || url.password !== '') throw new SluiceError('usage', 'not a URL without a password in it', { hint: 'credentials belong into sluice.yaml, under feeds' })
  } else if (!isAbsolute(location)) throw new SluiceError('usage', `neither a URL nor a path: ${oneLine(location, 200)}`)
  if (every < 60_000) throw new SluiceError('usage', 'a feed is looked at once a minute at most')
}

function feedOf(row: Selectable<Tables['intel_feeds']>): StoredFeed {
  const { name, location, format, tlp, every, configured, trusted, by, added_at: added, state } = row
  return {
    name, location, by, format: format as FeedKind | null, tlp: tlp as Tlp, every: Number(every), configured: Number(configured) === 1, trusted: Number(trusted) === 1,
    addedAt: new Date(Number(added)), state: { ...UNREAD, ...JSON.parse(state) as Partial<FeedState> },
  }
}
