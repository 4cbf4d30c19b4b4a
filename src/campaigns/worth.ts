import { campaignsOf } from './hubs.ts'
import type { Hub } from './hubs.ts'
import { isIll } from './member.ts'
import type { Member } from './member.ts'
import { KINDS } from './marks.ts'
import type { MarkKind } from './marks.ts'

/** Up to so many strangers a value may well be one person's; from so many on it is everybody's, unless ill ones hold it. */
const FEW = 5
const CROWD = 12
/** So many packages of one publisher that are not ill need no tie. */
const SUITE = 20
/** Campaigns of so many members that a value leads to, without having made them one: it is a service that many use. */
const GROWN = 3
const SERVICE = 3

/**
 * Kinds of which a value is one actor's, though honest people may have it, too: what they copied, or what was taken over. Of all other
 * kinds those that honest strangers share are anybody's: a service, a template.
 */
const OWN: ReadonlySet<MarkKind> = new Set(['account', 'email', 'wallet', 'code'])

const isIdentity = (hub: Hub): boolean => hub.rate !== null

/** How many of those who share a value are ill, by packages and by publishers: the less counts, as neither one's many packages decide nor many's one. */
const illShare = (hub: Hub): number => Math.min(hub.ill / Math.max(1, hub.held), hub.illPublishers.size / Math.max(1, hub.publishers.size))

/** Whether it has become common, or is so no longer; the bounds lie apart so that it does not swing. */
export function review(hub: Hub): 'common' | 'rare' | null {
  const share = illShare(hub)
  const bound = OWN.has(hub.kind) ? 0.1 : 0.5
  const crowded = hub.publishers.size >= CROWD || (isIdentity(hub) && hub.flood === null && hub.held >= SUITE)
  if (!hub.common && crowded && share < bound) {
    hub.common = true
    return 'common'
  }
  if (hub.common && (share >= bound + 0.1 || !crowded)) {
    hub.common = false
    return 'rare'
  }
  return null
}

/** What sharing this value is worth to a member now. */
export function weightOf(hub: Hub, member: Member): number {
  if (hub.ruled || (hub.kind === 'package' && !hub.owned)) return 0
  const { weight } = KINDS[hub.kind]
  // A publisher's many packages need no tie, but those that are ill have one in their publisher.
  if (hub.common) return isIdentity(hub) && hub.publishers.size <= FEW && isIll(member) ? weight : 0
  if (hub.kind === 'code') return weight * faithOwn(hub) * likeness(hub, member)
  if (OWN.has(hub.kind)) return weight * faithOwn(hub)
  // Held by next to nothing but malicious packages, a file is theirs.
  const theirs = hub.kind === 'file' && hub.malicious >= 2 && hub.malicious >= hub.held * 0.8 ? 0.2 : 0
  return (weight + theirs) * faith(hub, member) * (grown(hub) >= SERVICE ? 0.3 : 1)
}

function faithOwn(hub: Hub): number {
  const share = illShare(hub)
  return hub.publishers.size <= FEW || share >= 0.3 ? 1 : share >= 0.1 ? 0.5 : 0
}

function faith(hub: Hub, member: Member): number {
  const strangers = hub.publishers.size
  if (strangers === 1) return 1
  if (hub.ill === 0) return strangers <= FEW ? 1 : 0
  const share = illShare(hub)
  const judged = member.malicious === false && share >= 0.5 ? 0.6 : 1
  return judged * (share >= 0.8 ? 1 : share >= 0.5 ? 0.6 : strangers <= FEW ? 0.3 : 0)
}

/** Somewhat like is less; what was judged clean must be nearer to be one of them. */
function likeness(hub: Hub, member: Member): number {
  const judged = member.malicious === false && member.near < 0.85 && hub.malicious * 2 >= hub.held ? 0.9 : 1
  return judged * (member.near >= 0.7 ? 1 : 0.9)
}

const grown = (hub: Hub): number => {
  let many = 0
  for (const campaign of campaignsOf(hub).keys()) if (campaign.size >= GROWN) many += 1
  return many
}
