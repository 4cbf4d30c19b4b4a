import { defang } from '../analysis/indicators/index.ts'
import type { IndicatorType } from '../analysis/indicators/indicator.ts'
import { csvLine } from '../core/csv.ts'
import type { Database } from '../ports/database.ts'
import { membersOf, showCampaign } from './reading.ts'
import type { CampaignDetail, CampaignMember } from './reading.ts'

export interface CampaignExport extends CampaignDetail {
  /** By when they were first seen; `complete` is false where there are more than were asked for. */
  members: readonly CampaignMember[]
  complete: boolean
  /** Of these members, without repetition, by how many have it. */
  indicators: readonly { type: string; value: string; members: number }[]
  exportedAt: Date
}

const PAGE = 5_000
const MOST = 20_000

/** Everything that is known of a campaign, by its id or an alias; null: there is none. */
export async function exportCampaign(database: Database, id: string, now: Date, limit = MOST): Promise<CampaignExport | null> {
  const detail = await showCampaign(database, id)
  if (!detail) return null
  const members: CampaignMember[] = []
  while (members.length < limit) {
    const page = await membersOf(database, detail.id, { limit: Math.min(PAGE, limit - members.length), offset: members.length })
    members.push(...page)
    if (page.length < PAGE) break
  }
  return { ...detail, members, complete: members.length >= detail.size, indicators: countIndicators(members), exportedAt: now }
}

function countIndicators(members: readonly CampaignMember[]): CampaignExport['indicators'] {
  const counts = new Map<string, { type: string; value: string; members: number }>()
  for (const { indicators } of members) {
    for (const { type, value } of indicators) {
      const key = `${type}:${value}`
      const count = counts.get(key) ?? { type, value, members: 0 }
      count.members += 1
      counts.set(key, count)
    }
  }
  return [...counts.values()].sort((a, b) => b.members - a.members)
}

const COLUMNS = [
  'ecosystem', 'name', 'versions', 'first seen', 'last seen', 'verdict', 'imitates', 'metadata from', 'account', 'e-mail', 'indicators', 'ties',
] as const
const TIES = 10

/** One line a member (RFC 4180), for people with a spreadsheet: no address leads anywhere, no cell is a formula. */
export function membersCsv(members: readonly CampaignMember[]): string {
  const lines = members.map((member) => [
    member.ecosystem, member.name, member.versions.join(' '), member.firstSeen.toISOString(), member.lastSeen.toISOString(),
    member.malicious === null ? 'unknown' : member.malicious ? 'malicious' : 'not malicious', member.imitates ?? '', member.metadataFrom ?? '',
    member.account ?? '', member.emails.map((email) => harmless('email', email)).join(' '),
    member.indicators.map(({ type, value }) => harmless(type, value)).join(' '),
    member.ties.slice(0, TIES).map(({ kind, value, weight }) => `${kind} ${harmless(typeOf(kind, value), value)} (${weight.toFixed(2)})`).join('; '),
  ])
  return [COLUMNS, ...lines].map(csvLine).join('')
}

const typeOf = (kind: string, value: string): string => (kind === 'email' ? 'email' : kind === 'maildomain' ? 'host' : value.split(':')[0] ?? '')

/** Hosts have a type of their own here (`host`): names and IP addresses. */
function harmless(type: string, value: string): string {
  if (type === 'host') return value.replaceAll(/(?<!\[)[.:](?!\])/g, (dot) => `[${dot}]`)
  return defang(value, type as IndicatorType) ?? value
}
