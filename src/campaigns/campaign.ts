import { randomBytes } from 'node:crypto'
import type { Member } from './member.ts'
import { isIll } from './member.ts'
import { Habits } from './weak.ts'

/** Packages tied together. Most are a publisher's own; `declared` is when there was a reason to speak of one. */
export interface Campaign {
  id: string
  /** It was taken into another; its id stays an alias. */
  into: Campaign | null
  /** Those in memory; `size` counts all. */
  members: Set<Member>
  size: number
  malicious: number
  ill: number
  copied: number
  habits: Habits
  /** What one actor did too often, in words; null: nothing of that sort. */
  flood: string | null
  founded: number
  changed: number
  declared: number | null
  /** The size last spoken of. */
  announced: number
}

/** Under a new id, which begins with the day. */
export function newCampaign(at: number, id = `c${new Date(at).toISOString().slice(0, 10).replaceAll('-', '')}-${randomBytes(4).toString('hex')}`): Campaign {
  return {
    id, into: null, members: new Set(), size: 0, malicious: 0, ill: 0, copied: 0, habits: new Habits(), flood: null,
    founded: at, changed: at, declared: null, announced: 0,
  }
}

/** The one it is part of by now. */
export function live(campaign: Campaign): Campaign {
  let at = campaign
  while (at.into) at = at.into
  if (campaign !== at) campaign.into = at
  return at
}

/** Its counts with a member more or less. The member must be as it was when it was counted. */
export function countIn(campaign: Campaign, member: Member, by: 1 | -1): void {
  campaign.size += by
  if (member.malicious === true) campaign.malicious += by
  if (isIll(member)) campaign.ill += by
  if (member.copied !== null) campaign.copied += by
  campaign.habits.add(member, by)
}

/** One takes in another, whose id becomes an alias. Costs what the smaller is given to cost: its members in memory. */
export function absorb(keeper: Campaign, gone: Campaign): void {
  for (const member of gone.members) {
    member.campaign = keeper
    keeper.members.add(member)
  }
  for (const count of ['size', 'malicious', 'ill', 'copied'] as const) keeper[count] += gone[count]
  keeper.habits.merge(gone.habits)
  keeper.flood ??= gone.flood
  keeper.founded = Math.min(keeper.founded, gone.founded)
  keeper.changed = Math.max(keeper.changed, gone.changed)
  gone.into = keeper
  gone.members.clear()
}

/** Who keeps its id comes first: the declared, the larger, the older. */
export const rank = (a: Campaign, b: Campaign): number =>
  Number(b.declared !== null) - Number(a.declared !== null) || b.size - a.size || a.founded - b.founded || (a.id < b.id ? -1 : 1)

/** Sizes worth another word: 5, 10, 20, 50, 100, … */
export function stepAt(size: number): number {
  let step = 5
  for (let turn = 0; ; turn += 1) {
    const next = step * (turn % 3 === 1 ? 2.5 : 2)
    if (next > size) return step > size ? 0 : step
    step = next
  }
}
