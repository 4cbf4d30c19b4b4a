import type { Insertable, Selectable } from 'kysely'
import { decodeSketch, encodeSketch } from '../analysis/sketch.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Tables } from '../ports/database.ts'
import { newCampaign } from './campaign.ts'
import type { Campaign } from './campaign.ts'
import { isMarkKind, kindOf } from './marks.ts'
import type { Mark } from './marks.ts'
import type { Member } from './member.ts'
import { reasonsFor } from './reasons.ts'
import type { Tie } from './ties.ts'

type CampaignRow = Tables['campaigns']
export type MemberRow = Tables['campaign_members']

/** Values of a campaign's habits that are kept. */
const KEPT = 100

export function campaignRow(campaign: Campaign): Insertable<CampaignRow> {
  const { id, into, founded, changed, declared, announced, size, malicious, ill, copied, flood, habits } = campaign
  const most = (counts: ReadonlyMap<string, number>): [string, number][] => [...counts].sort(([, a], [, b]) => b - a).slice(0, KEPT)
  return {
    id, into_id: into?.id ?? null, founded_at: founded, changed_at: changed, declared_at: declared, announced, size, malicious, ill, copied, flood,
    habits: JSON.stringify({ first: habits.first, last: habits.last, imitating: habits.imitating, versions: most(habits.versions), names: most(habits.names), targets: most(habits.targets) }),
    reasons: JSON.stringify(reasonsFor(campaign)),
  }
}

export function campaignOf(row: Selectable<CampaignRow>): Campaign {
  const campaign = newCampaign(Number(row.founded_at), row.id)
  const { first, last, imitating, ...counts } = JSON.parse(row.habits) as { first: number; last: number; imitating: number } & Record<'versions' | 'names' | 'targets', [string, number][]>
  Object.assign(campaign.habits, { size: Number(row.size), first, last, imitating })
  for (const key of ['versions', 'names', 'targets'] as const) for (const [value, times] of counts[key]) campaign.habits[key].set(value, times)
  return Object.assign(campaign, {
    changed: Number(row.changed_at), declared: row.declared_at === null ? null : Number(row.declared_at), announced: Number(row.announced),
    size: Number(row.size), malicious: Number(row.malicious), ill: Number(row.ill), copied: Number(row.copied), flood: row.flood,
  })
}

export function memberRow(member: Member, campaign: string | null, ties: readonly Tie[]): Insertable<MemberRow> {
  const { ecosystem, name, account, emails, versions, marks, near, sketch, malicious, imitates, copied, first, last } = member
  return {
    ecosystem, name, campaign, account, emails: JSON.stringify(emails), versions: JSON.stringify(versions), marks: JSON.stringify(marks),
    ties: JSON.stringify(ties), near: Math.round(near * 1_000), sketch: sketch && encodeSketch(sketch), malicious: malicious === null ? null : Number(malicious),
    imitates, copied, first_at: first, last_at: last,
  }
}

/** Without its campaign. */
export function memberOf(row: Selectable<MemberRow>): Member {
  const emails = JSON.parse(row.emails) as string[]
  const key = `${row.ecosystem}/${row.name}`
  return {
    key, ecosystem: row.ecosystem as EcosystemId, name: row.name, account: row.account, emails, publisher: row.account ?? emails[0] ?? key,
    versions: JSON.parse(row.versions) as string[], first: Number(row.first_at), last: Number(row.last_at),
    marks: (JSON.parse(row.marks) as Mark[]).filter((mark) => isMarkKind(kindOf(mark))), near: Number(row.near) / 1_000,
    malicious: row.malicious === null ? null : Number(row.malicious) === 1, imitates: row.imitates, copied: row.copied, known: false, campaign: null,
    sketch: row.sketch === null ? null : decodeSketch(row.sketch),
  }
}
