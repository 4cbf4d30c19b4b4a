import type { Campaign } from './campaign.ts'
import type { Hubs } from './hubs.ts'
import { isBystander } from './member.ts'
import type { Member } from './member.ts'

interface Memory {
  hubs: Hubs
  members: Map<string, Member>
  campaigns: Map<string, Campaign>
}

/** How far over its bound memory may go before it is brought back to it: what is forgotten one by one costs too much. */
const SLACK = 1.1
/** Values in memory for each package that may be. */
const VALUES = 15

/**
 * Brings memory back within its bounds. Of a large campaign the newest are kept, and all that leads to it; then established packages go,
 * the oldest first, then what is tied to nothing, then what is tied only to its publisher, and members of declared campaigns last: neither
 * a flood nor a busy day of others starves anybody.
 */
export function trim(memory: Memory, bounds: { members: number; perCampaign: number }): void {
  for (const campaign of memory.campaigns.values()) {
    if (campaign.into) memory.campaigns.delete(campaign.id)
    else if (campaign.members.size > bounds.perCampaign * SLACK) forgetOldest(memory, campaign.members, campaign.members.size - bounds.perCampaign)
  }
  memory.hubs.prune(bounds.members * VALUES)
  if (memory.members.size <= bounds.members * SLACK) return
  for (const dispensable of [isLooseBystander, isLoose, isUndeclared, () => true]) {
    const surplus = memory.members.size - bounds.members
    if (surplus > 0) forgetOldest(memory, memory.members.values(), surplus, dispensable)
  }
  // Values still lead to declared ones: these stay, empty as they are.
  for (const campaign of memory.campaigns.values()) if (campaign.members.size === 0 && campaign.declared === null) memory.campaigns.delete(campaign.id)
}

const isLooseBystander = (member: Member): boolean => member.campaign === null && isBystander(member)
const isLoose = ({ campaign }: Member): boolean => campaign === null
const isUndeclared = ({ campaign }: Member): boolean => campaign !== null && campaign.declared === null

function forgetOldest(memory: Memory, members: Iterable<Member>, most: number, dispensable: (member: Member) => boolean = () => true): void {
  let left = most
  for (const member of members) {
    if (left <= 0) return
    if (!dispensable(member)) continue
    memory.hubs.forget(member, member.campaign?.declared != null)
    member.campaign?.members.delete(member)
    memory.members.delete(member.key)
    left -= 1
  }
}
