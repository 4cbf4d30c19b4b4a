import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { EcosystemId } from '../core/types.ts'
import type { Database, Tables } from '../ports/database.ts'
import { accountOf } from './marks.ts'
import { keyOf } from './sighting.ts'
import type { Sighting } from './sighting.ts'
import { chunks } from './store.ts'

/** An account or an address at one registry, and what it published as far as was seen. */
export interface Actor {
  ecosystem: EcosystemId
  /** The registry's name of an account, or an address of mail; both in lower case. */
  actor: string
  /** Packages that a verdict or an advisory calls malicious, or that their registry removed after an alarm. */
  malicious: number
  packages: number
  firstSeen: Date
  lastSeen: Date
  /** Ids of the declared campaigns its packages are in. */
  campaigns: readonly string[]
}

const ROWS = 1_000
const NAMES = 500
const CAMPAIGNS = 50

/** Who stands behind a package: its account and its addresses. */
const actorsOf = (sighting: Pick<Sighting, 'ecosystem' | 'name' | 'account' | 'emails'>): string[] =>
  [...new Set([accountOf(sighting), ...sighting.emails].filter((actor) => actor !== null).map((actor) => actor.toLowerCase()))]

/** Who published what. Of one package the last word on it counts. */
export async function recordUploads(tx: Kysely<Tables>, sightings: readonly Sighting[]): Promise<void> {
  const rows = new Map<string, { row: Tables['uploads']; said: boolean }>()
  for (const sighting of sightings) {
    const at = sighting.at.getTime()
    for (const actor of actorsOf(sighting)) {
      const key = JSON.stringify([sighting.ecosystem, actor, sighting.name])
      const before = rows.get(key)
      const row = {
        ecosystem: sighting.ecosystem, actor, name: sighting.name, malicious: Number(sighting.malicious ?? before?.row.malicious ?? false),
        first_at: Math.min(before?.row.first_at ?? at, at), last_at: Math.max(before?.row.last_at ?? at, at),
      }
      rows.set(key, { row, said: sighting.malicious !== null || before?.said === true })
    }
  }
  for (const [said, some] of Map.groupBy(rows.values(), (one) => one.said)) {
    for (const part of chunks(some.map(({ row }) => row), ROWS)) {
      await tx.insertInto('uploads').values(part).onConflict((conflict) => conflict.columns(['ecosystem', 'actor', 'name']).doUpdateSet((row) => ({
        first_at: sql<number>`case when excluded.first_at < uploads.first_at then excluded.first_at else uploads.first_at end`,
        last_at: sql<number>`case when excluded.last_at > uploads.last_at then excluded.last_at else uploads.last_at end`,
        ...(said ? { malicious: row.ref('excluded.malicious') } : {}),
      }))).execute()
    }
  }
  await recordVerdicts(tx, sightings.filter(({ malicious, account, emails }) => malicious !== null && account === null && emails.length === 0))
}

/** Words on packages that do not say whose they are. */
async function recordVerdicts(tx: Kysely<Tables>, judged: readonly Sighting[]): Promise<void> {
  const last = new Map(judged.map((sighting) => [keyOf(sighting), sighting]))
  for (const [, some] of Map.groupBy(last.values(), ({ ecosystem, malicious }) => `${ecosystem} ${malicious}`)) {
    const [{ ecosystem, malicious }] = some as [Sighting]
    for (const part of chunks(some.map(({ name }) => name), NAMES)) {
      await tx.updateTable('uploads').set({ malicious: Number(malicious) }).where('ecosystem', '=', ecosystem).where('name', 'in', part).execute()
    }
  }
}

/** Those with the most malicious packages first. Of all registries, or of one. */
export async function rankActors(database: Database, options: { ecosystem?: EcosystemId | null; limit?: number } = {}): Promise<Actor[]> {
  const { ecosystem = null, limit = 100 } = options
  let query = database.query.selectFrom('uploads').select(['ecosystem', 'actor']).where('malicious', '=', 1)
    .select(({ fn }) => fn.countAll<number>().as('malicious'))
  if (ecosystem) query = query.where('ecosystem', '=', ecosystem)
  const worst = await query.groupBy(['ecosystem', 'actor']).orderBy('malicious', 'desc').orderBy('actor').limit(limit).execute()
  return Promise.all(worst.map(async (row) => (await showActor(database, row.ecosystem as EcosystemId, row.actor)) as Actor))
}

/** null: never seen. */
export async function showActor(database: Database, ecosystem: EcosystemId, actor: string): Promise<Actor | null> {
  const of = database.query.selectFrom('uploads').where('uploads.ecosystem', '=', ecosystem).where('uploads.actor', '=', actor.toLowerCase())
  const row = await of.select(({ fn }) => [
    fn.countAll().as('packages'), fn.sum<number>('uploads.malicious').as('malicious'), fn.min('first_at').as('first'), fn.max('last_at').as('last'),
  ]).executeTakeFirst()
  if (!row || Number(row.packages) === 0) return null
  const campaigns = await of
    .innerJoin('campaign_members', (join) => join
      .onRef('campaign_members.ecosystem', '=', 'uploads.ecosystem').onRef('campaign_members.name', '=', 'uploads.name'))
    .innerJoin('campaigns', 'campaigns.id', 'campaign_members.campaign').where('campaigns.declared_at', 'is not', null)
    .select('campaigns.id').distinct().orderBy('campaigns.id').limit(CAMPAIGNS).execute()
  return {
    ecosystem, actor: actor.toLowerCase(), malicious: Number(row.malicious), packages: Number(row.packages),
    firstSeen: new Date(Number(row.first)), lastSeen: new Date(Number(row.last)), campaigns: campaigns.map(({ id }) => id),
  }
}

interface Upload {
  name: string
  malicious: boolean
  firstSeen: Date
  lastSeen: Date
}

/** Its packages, the latest first. */
export async function uploadsOf(database: Database, ecosystem: EcosystemId, actor: string, limit = 100): Promise<Upload[]> {
  const rows = await database.query.selectFrom('uploads').selectAll().where('ecosystem', '=', ecosystem).where('actor', '=', actor.toLowerCase())
    .orderBy('last_at', 'desc').orderBy('name').limit(limit).execute()
  return rows.map(({ name, malicious, first_at, last_at }) =>
    ({ name, malicious: Number(malicious) === 1, firstSeen: new Date(Number(first_at)), lastSeen: new Date(Number(last_at)) }))
}
