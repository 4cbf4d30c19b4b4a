import { setImmediate } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Kysely, Selectable } from 'kysely'
import { live } from './campaign.ts'
import type { Campaign } from './campaign.ts'
import type { Database, Tables } from '../ports/database.ts'
import { REGROUPED_ON_WORD } from './clusters.ts'
import type { Engine } from './engine.ts'
import type { Mark } from './marks.ts'
import { isBystander } from './member.ts'
import { campaignOf, campaignRow, memberOf, memberRow } from './rows.ts'
import type { MemberRow } from './rows.ts'
import { tiesOf } from './ties.ts'

/** SQLite's limit of bound values is 32,766 a statement. */
const ROWS = 1_000
/** Rows that are taken in before others have their turn. */
const TURN = 500
const NAMES = 500
const CAMPAIGNS = 20_000
const ALIASES = 50
const HOLDING = 100
/** What is tied to nothing that matters is kept so long, in milliseconds. */
const KEPT = 30 * 86_400_000
/** What somebody published that is not malicious. */
const UPLOADS_KEPT = 180 * 86_400_000

/** The state of the last weeks, as far as memory may hold it: what stood there before a restart continues under its ids. */
export async function load(database: Database, engine: Engine, bounds: { members: number }, now: number): Promise<void> {
  for (const { mark } of await database.query.selectFrom('campaign_rulings').select('mark').execute()) engine.rule(mark as Mark, new Date(now))
  const recent = await database.query.selectFrom('campaigns').selectAll().where('into_id', 'is', null).where('changed_at', '>=', now - KEPT)
    .orderBy('changed_at', 'desc').limit(CAMPAIGNS).execute()
  for (const row of recent) engine.restoreCampaign(campaignOf(row))
  const rows: Selectable<MemberRow>[] = []
  for (let before = Infinity; rows.length < bounds.members;) {
    const page = await database.query.selectFrom('campaign_members').selectAll().where('last_at', '>=', now - KEPT)
      .where('last_at', '<=', Math.min(before, Number.MAX_SAFE_INTEGER)).orderBy('last_at', 'desc').limit(10_000).execute()
    rows.push(...page)
    const last = Number(page.at(-1)?.last_at ?? 0)
    if (page.length < 10_000 || last === before) break
    before = last
  }
  await restore(database, engine, rows.reverse())
}

/** Brings back what memory has forgotten of these packages. */
export async function recall(database: Database, engine: Engine, packages: readonly { ecosystem: string; name: string }[]): Promise<void> {
  const missing = packages.filter(({ ecosystem, name }) => !engine.members.has(`${ecosystem}/${name}`))
  for (const [ecosystem, each] of Map.groupBy(missing, (one) => one.ecosystem)) {
    for (const some of chunks([...new Set(each.map(({ name }) => name))], NAMES)) {
      await restore(database, engine, await database.query.selectFrom('campaign_members').selectAll()
        .where('ecosystem', '=', ecosystem).where('name', 'in', some).execute())
    }
  }
}

/** Brings back the campaigns whose members hold a value, whole, as far as one is ever tied anew. Reads all members: for what a person asks. */
export async function recallHolders(database: Database, engine: Engine, mark: Mark): Promise<void> {
  const pattern = `%${JSON.stringify(mark).replaceAll(/[\\%_]/g, (letter) => `\\${letter}`)}%`
  const holding = await database.query.selectFrom('campaign_members').select('campaign').distinct().where('campaign', 'is not', null)
    .where(sql<boolean>`marks like ${pattern} escape '\\'`).limit(HOLDING).execute()
  for (const { campaign } of holding) {
    await restore(database, engine, await database.query.selectFrom('campaign_members').selectAll().where('campaign', '=', campaign)
      .orderBy('first_at').limit(REGROUPED_ON_WORD).execute())
  }
}

async function restore(database: Database, engine: Engine, rows: readonly Selectable<MemberRow>[]): Promise<void> {
  for (const [index, row] of rows.entries()) {
    if (index % TURN === TURN - 1) await setImmediate()
    const campaign = row.campaign === null ? null : engine.campaigns.get(row.campaign) ?? await fetchCampaign(database, engine, row.campaign)
    engine.restore(memberOf(row), campaign)
  }
}

async function fetchCampaign(database: Database, engine: Engine, id: string): Promise<Campaign | null> {
  const row = await rowOf(database, id)
  return row ? engine.restoreCampaign(campaignOf(row)) : null
}

/** By its id or any alias. */
export async function rowOf(database: Database, id: string): Promise<Selectable<Tables['campaigns']> | null> {
  let asked = id
  for (let turn = 0; turn < ALIASES; turn += 1) {
    const row = await database.query.selectFrom('campaigns').selectAll().where('id', '=', asked).executeTakeFirst()
    if (!row || row.into_id === null) return row ?? null
    asked = row.into_id
  }
  return null
}

/** Writes what changed, in one transaction. */
export async function save(tx: Kysely<Tables>, engine: Engine): Promise<void> {
  const { members, campaigns } = engine.clusters.dirty
  const memberRows = [...members].filter((member) => member.campaign !== null || !isBystander(member))
    .map((member) => memberRow(member, member.campaign && live(member.campaign).id, tiesOf(member, engine.hubs)))
  for (const rows of chunks(memberRows, ROWS)) {
    await tx.insertInto('campaign_members').values(rows).onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doUpdateSet((row) => ({
      campaign: row.ref('excluded.campaign'), account: row.ref('excluded.account'), emails: row.ref('excluded.emails'), versions: row.ref('excluded.versions'),
      marks: row.ref('excluded.marks'), ties: row.ref('excluded.ties'), near: row.ref('excluded.near'), sketch: row.ref('excluded.sketch'),
      malicious: row.ref('excluded.malicious'), imitates: row.ref('excluded.imitates'), copied: row.ref('excluded.copied'),
      first_at: row.ref('excluded.first_at'), last_at: row.ref('excluded.last_at'),
    }))).execute()
  }
  for (const rows of chunks([...campaigns].map(campaignRow), ROWS)) {
    await tx.insertInto('campaigns').values(rows).onConflict((conflict) => conflict.column('id').doUpdateSet((row) => ({
      into_id: row.ref('excluded.into_id'), founded_at: row.ref('excluded.founded_at'), changed_at: row.ref('excluded.changed_at'),
      declared_at: row.ref('excluded.declared_at'), announced: row.ref('excluded.announced'), size: row.ref('excluded.size'),
      malicious: row.ref('excluded.malicious'), ill: row.ref('excluded.ill'), copied: row.ref('excluded.copied'), flood: row.ref('excluded.flood'),
      habits: row.ref('excluded.habits'), reasons: row.ref('excluded.reasons'),
    }))).execute()
  }
  for (const campaign of campaigns) {
    if (campaign.into) await tx.updateTable('campaign_members').set({ campaign: live(campaign).id }).where('campaign', '=', campaign.id).execute()
  }
}

/** Deletes what nobody will ask for: packages tied to nothing, campaigns never declared, and harmless uploads, when they are old. */
export async function prune(tx: Kysely<Tables>, now: number): Promise<void> {
  const old = now - KEPT
  await tx.deleteFrom('uploads').where('malicious', '=', 0).where('last_at', '<', now - UPLOADS_KEPT).execute()
  const idle = tx.selectFrom('campaigns').select('id').where('declared_at', 'is', null).where('changed_at', '<', old)
  await tx.deleteFrom('campaign_members').where('last_at', '<', old)
    .where((where) => where.or([where('campaign', 'is', null), where('campaign', 'in', idle)])).execute()
  await sql`delete from campaigns where declared_at is null and changed_at < ${old}
    and not exists (select 1 from campaign_members where campaign_members.campaign = campaigns.id)`.execute(tx)
}

export function chunks<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => all.slice(index * size, (index + 1) * size))
}
