import { Habits, weakOf, worthOf } from './weak.ts'
import type { Weak } from './weak.ts'
import { live } from './campaign.ts'
import type { Campaign } from './campaign.ts'
import { campaignsOf } from './hubs.ts'
import type { Hubs } from './hubs.ts'
import { isBystander } from './member.ts'
import type { Member } from './member.ts'
import { KINDS, TIE, valueOf, WEAK_CAP } from './marks.ts'
import type { Group, MarkKind } from './marks.ts'
import { weightOf } from './worth.ts'

/** One edge that ties a package to its campaign. Of a group the strongest counts; weak ones are capped together. */
export interface Tie {
  kind: MarkKind | Weak['kind']
  value: string
  /** What it is worth now, 0 to 1; a tie needs 1 from independent kinds. */
  weight: number
  /** When the value was first seen, or the package, for weak signs. */
  since: Date
}

type Groups = Record<Group, number>

export interface Candidate<To> {
  to: To
  groups: Groups
  total: number
}

export interface Candidates {
  campaigns: Candidate<Campaign>[]
  loose: Candidate<Member>[]
}

/** Whom a member is tied to: campaigns, and packages without one. Costs the same whatever their size. */
export function candidatesFor(member: Member, hubs: Hubs): Candidates {
  const campaigns = new Map<Campaign, Groups>()
  const loose = new Map<Member, Groups>()
  const own = member.campaign && live(member.campaign)
  for (const hub of hubs.of(member)) {
    const weight = weightOf(hub, member)
    if (weight === 0) continue
    const { group } = KINDS[hub.kind]
    for (const [campaign, times] of campaignsOf(hub)) if (times > (campaign === own ? 1 : 0)) raise(campaigns, campaign, group, weight)
    for (const other of hub.loose) if (other !== member && !isBystander(other)) raise(loose, other, group, Math.min(weight, weightOf(hub, other)))
  }
  return {
    campaigns: tied(campaigns, (to) => worthOf(weakOf(member, to.habits))),
    loose: tied(loose, (to) => worthOf(weakOf(member, Habits.of(to)))),
  }
}

function raise<To>(scores: Map<To, Groups>, to: To, group: Group, weight: number): void {
  const groups = scores.get(to) ?? { who: 0, where: 0, code: 0, text: 0, needs: 0 }
  groups[group] = Math.max(groups[group], weight)
  scores.set(to, groups)
}

function tied<To>(scores: ReadonlyMap<To, Groups>, weak: (to: To) => number): Candidate<To>[] {
  const found: Candidate<To>[] = []
  for (const [to, groups] of scores) {
    const strong = groups.who + groups.where + groups.code + groups.text + groups.needs
    const total = strong + (strong >= TIE - WEAK_CAP ? weak(to) : 0)
    if (total >= TIE) found.push({ to, groups, total })
  }
  return found
}

/** Two grown campaigns become one for more than what makes a member. */
const MERGE = 1.3
const GROWN = 3

export function mayMerge(one: Campaign, other: Campaign, { groups, total }: Candidate<Campaign>): boolean {
  return Math.min(one.size, other.size) < GROWN || groups.who >= 1 || total >= MERGE
}

const TIES = 40

/** The evidence for a member's place in its campaign, the strongest first. */
export function tiesOf(member: Member, hubs: Hubs): Tie[] {
  const { campaign } = member
  if (!campaign) return []
  const own = live(campaign)
  const ties: Tie[] = []
  for (const hub of hubs.of(member)) {
    const weight = weightOf(hub, member)
    if (weight > 0 && (campaignsOf(hub).get(own) ?? 0) > 1) ties.push({ kind: hub.kind, value: valueOf(hub.mark), weight, since: new Date(hub.since) })
  }
  for (const { kind, value, weight } of weakOf(member, own.habits)) ties.push({ kind, value, weight, since: new Date(member.first) })
  return ties.sort((a, b) => b.weight - a.weight).slice(0, TIES)
}
