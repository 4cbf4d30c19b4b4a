import type { Selectable } from 'kysely'
import type { EcosystemId } from '../core/types.ts'
import type { Database, Tables } from '../ports/database.ts'
import type { Mark } from './marks.ts'
import { isMarkKind, kindOf, valueOf } from './marks.ts'
import type { Reason } from './reasons.ts'
import { chunks, rowOf } from './store.ts'
import type { Tie } from './ties.ts'

export interface CampaignSummary {
  id: string
  size: number
  malicious: number
  /** Members that imitate, copy, or are malicious. */
  ill: number
  foundedAt: Date
  changedAt: Date
  /** When it was first spoken of; null: there was no reason yet. */
  declaredAt: Date | null
  reasons: readonly Reason[]
  /** Protected names that its members imitate, the most imitated first; at most 100. */
  targets: readonly string[]
}

export interface CampaignMember {
  ecosystem: EcosystemId
  name: string
  account: string | null
  emails: readonly string[]
  versions: readonly string[]
  firstSeen: Date
  lastSeen: Date
  malicious: boolean | null
  imitates: string | null
  metadataFrom: string | null
  /** What ties it, the strongest first, as last weighed. */
  ties: readonly Tie[]
  indicators: readonly { type: string; value: string }[]
}

/** A value that members share. */
interface SharedValue {
  kind: Tie['kind']
  value: string
  members: number
  /** At its strongest. */
  weight: number
  since: Date
}

export interface CampaignDetail extends CampaignSummary {
  /** Ids that lead here since it took them in. */
  aliases: readonly string[]
  /** What ties them, by how many share it; of the members looked at. */
  shared: readonly SharedValue[]
  /** Accounts and addresses, by how many members are theirs; of the members looked at. */
  actors: readonly { ecosystem: EcosystemId; actor: string; members: number }[]
  /** How many members `shared` and `actors` are of, the latest: all of them but for the largest. */
  lookedAt: number
}

const LOOK = 5_000
const SHARED = 200
const ASKED = 500

/** Declared campaigns, the one that changed last first; `undeclared` adds what is only tied. */
export async function listCampaigns(database: Database, { limit = 100, offset = 0, undeclared = false } = {}): Promise<CampaignSummary[]> {
  let query = database.query.selectFrom('campaigns').selectAll().where('into_id', 'is', null).where('size', '>', 0)
  if (!undeclared) query = query.where('declared_at', 'is not', null)
  const rows = await query.orderBy('changed_at', 'desc').orderBy('id').limit(limit).offset(offset).execute()
  return rows.map(summaryOf)
}

/** By its id or an alias of it, without looking at its members; null: there is none. */
export async function summariseCampaign(database: Database, id: string): Promise<CampaignSummary | null> {
  const row = await rowOf(database, id)
  return row ? summaryOf(row) : null
}

/** Those of these ids (or aliases) whose campaign is declared, under the ids asked for. */
export async function declaredAmong(database: Database, ids: readonly string[]): Promise<Map<string, CampaignSummary>> {
  const found = new Map<string, CampaignSummary>()
  for (const some of chunks([...new Set(ids)], ASKED)) {
    const rows = await database.query.selectFrom('campaigns').selectAll().where('id', 'in', some)
      .where((is) => is.or([is('into_id', 'is not', null), is('declared_at', 'is not', null)])).execute()
    for (const row of rows) {
      const live = row.into_id === null ? row : await rowOf(database, row.into_id)
      if (live && live.declared_at !== null) found.set(row.id, summaryOf(live))
    }
  }
  return found
}

/** By its id or an alias of it; null: there is none. */
export async function showCampaign(database: Database, id: string): Promise<CampaignDetail | null> {
  const row = await rowOf(database, id)
  if (!row) return null
  const members = await membersOf(database, row.id, { limit: LOOK, latest: true })
  const shared = new Map<string, SharedValue>()
  const actors = new Map<string, CampaignDetail['actors'][number]>()
  for (const { ecosystem, account, emails, ties } of members) {
    for (const { kind, value, weight, since } of ties) {
      const key = `${kind}:${value}`
      const before = shared.get(key) ?? { kind, value, members: 0, weight, since }
      shared.set(key, { ...before, members: before.members + 1, weight: Math.max(before.weight, weight), since: before.since < since ? before.since : since })
    }
    for (const actor of new Set([...(account === null ? [] : [account]), ...emails])) {
      const key = `${ecosystem} ${actor}`
      actors.set(key, { ecosystem, actor, members: (actors.get(key)?.members ?? 0) + 1 })
    }
  }
  const most = <T extends { members: number }>(all: Iterable<T>): T[] => [...all].sort((a, b) => b.members - a.members).slice(0, SHARED)
  const aliases = await aliasesOf(database, row.id)
  return { ...summaryOf(row), aliases, shared: most(shared.values()), actors: most(actors.values()), lookedAt: members.length }
}

/** A page of members, by when they were first seen. `id` must be no alias. */
export async function membersOf(database: Database, id: string, { limit = 100, offset = 0, latest = false } = {}): Promise<CampaignMember[]> {
  const rows = await database.query.selectFrom('campaign_members').selectAll().where('campaign', '=', id)
    .orderBy('first_at', latest ? 'desc' : 'asc').orderBy('ecosystem').orderBy('name').limit(limit).offset(offset).execute()
  return rows.map(memberOf)
}

async function aliasesOf(database: Database, id: string): Promise<string[]> {
  const found: string[] = []
  let ids = [id]
  while (ids.length > 0 && found.length < 1_000) {
    const rows = await database.query.selectFrom('campaigns').select('id').where('into_id', 'in', ids.slice(0, 500)).execute()
    ids = rows.map((row) => row.id)
    found.push(...ids)
  }
  return found
}

function summaryOf(row: Selectable<Tables['campaigns']>): CampaignSummary {
  const { targets } = JSON.parse(row.habits) as { targets: [string, number][] }
  return {
    id: row.id, size: Number(row.size), malicious: Number(row.malicious), ill: Number(row.ill), foundedAt: new Date(Number(row.founded_at)),
    changedAt: new Date(Number(row.changed_at)), declaredAt: row.declared_at === null ? null : new Date(Number(row.declared_at)),
    reasons: JSON.parse(row.reasons) as Reason[], targets: targets.map(([target]) => target),
  }
}

function memberOf(row: Selectable<Tables['campaign_members']>): CampaignMember {
  const marks = (JSON.parse(row.marks) as Mark[]).filter((mark) => isMarkKind(kindOf(mark)))
  return {
    ecosystem: row.ecosystem as EcosystemId, name: row.name, account: row.account, emails: JSON.parse(row.emails) as string[],
    versions: JSON.parse(row.versions) as string[], firstSeen: new Date(Number(row.first_at)), lastSeen: new Date(Number(row.last_at)),
    malicious: row.malicious === null ? null : Number(row.malicious) === 1, imitates: row.imitates, metadataFrom: row.copied,
    ties: (JSON.parse(row.ties) as (Omit<Tie, 'since'> & { since: string })[]).map((tie) => ({ ...tie, since: new Date(tie.since) })),
    indicators: marks.flatMap(indicatorOf),
  }
}

/** `indicator:host:evil.example` → its type and its value. */
function indicatorOf(mark: Mark): { type: string; value: string }[] {
  const kind = kindOf(mark)
  const value = valueOf(mark)
  if (kind === 'wallet') return [{ type: 'wallet', value }]
  return kind === 'indicator' ? [{ type: value.slice(0, value.indexOf(':')), value: value.slice(value.indexOf(':') + 1) }] : []
}

/**
 * Of these packages those that were found clean and share with their campaign nothing that their registry vouches for, by `ecosystem/name`.
 * An address, a text, code: anybody can copy what is theirs, to have them held.
 */
export async function onlyAlike(database: Database, packages: readonly { ecosystem: EcosystemId; name: string }[]): Promise<ReadonlySet<string>> {
  const alike = new Set<string>()
  for (const [ecosystem, some] of Map.groupBy(packages, (one) => one.ecosystem)) {
    for (const part of chunks([...new Set(some.map(({ name }) => name))], ASKED)) {
      const rows = await database.query.selectFrom('campaign_members').select(['name', 'ties'])
        .where('ecosystem', '=', ecosystem).where('name', 'in', part).where('malicious', '=', 0).execute()
      for (const { name, ties } of rows) if (!(JSON.parse(ties) as Tie[]).some(({ kind }) => kind === 'account')) alike.add(`${ecosystem}/${name}`)
    }
  }
  return alike
}
