import { absorb, countIn, live, newCampaign, rank, stepAt } from './campaign.ts'
import type { Campaign } from './campaign.ts'
import { campaignsOf, drop, Hubs, offer, tally } from './hubs.ts'
import type { Hub } from './hubs.ts'
import { KINDS } from './marks.ts'
import { isBystander } from './member.ts'
import type { Member } from './member.ts'
import { describe } from './notices.ts'
import type { Change, Notice } from './notices.ts'
import { reasonsFor } from './reasons.ts'
import { candidatesFor, mayMerge } from './ties.ts'

/** What is worth so much can hold two groups together that have nothing else in common. */
const BRIDGE = 0.7
/** Larger campaigns are not tied anew: by themselves, because it takes a second for some ten thousand, and at a person's word. */
const REGROUPED = 3_000
export const REGROUPED_ON_WORD = 25_000
const PASSES = 2

/** How packages come together, and apart again. What was changed is in `dirty` until it was stored. */
export class Clusters {
  readonly hubs = new Hubs()
  readonly campaigns = new Map<string, Campaign>()
  readonly dirty = { members: new Set<Member>(), campaigns: new Set<Campaign>() }
  #touched = new Set<Campaign>()
  #notices: Notice[] = []

  /** Ties a member to what it belongs to. */
  place(member: Member): Change {
    const { campaigns, loose } = candidatesFor(member, this.hubs)
    let change: Change = 'none'
    for (const candidate of campaigns.sort((a, b) => rank(a.to, b.to))) {
      const own = member.campaign && live(member.campaign)
      const to = live(candidate.to)
      if (own === to) continue
      if (!own) {
        this.#join(member, to)
        change = 'joined'
      } else if (mayMerge(own, to, candidate)) {
        this.#merge(own, to)
        change = 'merged'
      }
    }
    for (const { to: other } of loose) {
      if (other.campaign) continue
      const campaign = member.campaign ?? this.#found(member, other)
      if (campaign.size === 1) change = 'founded'
      this.#join(other, campaign)
    }
    return change
  }

  #found(member: Member, other: Member): Campaign {
    const campaign = newCampaign(Math.min(member.first, other.first))
    this.campaigns.set(campaign.id, campaign)
    this.#join(member, campaign)
    return campaign
  }

  #join(member: Member, campaign: Campaign): void {
    member.campaign = campaign
    campaign.members.add(member)
    campaign.changed = Math.max(campaign.changed, member.last)
    countIn(campaign, member, 1)
    for (const hub of this.hubs.of(member)) {
      tally(hub, campaign, 1)
      drop(hub.loose, member)
      if (hub.flood !== null) campaign.flood ??= hub.flood
    }
    this.dirty.members.add(member)
    this.note(campaign)
  }

  #leave(member: Member): void {
    const campaign = member.campaign && live(member.campaign)
    if (!campaign) return
    campaign.members.delete(member)
    countIn(campaign, member, -1)
    for (const hub of this.hubs.of(member)) {
      tally(hub, campaign, -1)
      offer(hub, member)
    }
    member.campaign = null
    this.dirty.members.add(member)
    this.note(campaign)
  }

  /** The declared, the larger, the older one keeps its id. */
  #merge(one: Campaign, other: Campaign): void {
    const [keeper, gone] = rank(one, other) <= 0 ? [one, other] : [other, one]
    absorb(keeper, gone)
    this.#touched.delete(gone)
    this.note(keeper)
    this.dirty.campaigns.add(gone)
    if (gone.declared !== null) this.#notices.push({ ...describe(keeper), change: 'merged', absorbed: gone.id })
  }

  /** Asks again who shares a value, now that it counts or floods. */
  wake(hub: Hub): void {
    const asked = new Set<Campaign>()
    for (const holder of Array.from(hub.holders)) {
      const campaign = holder.campaign && live(holder.campaign)
      // One of a campaign speaks for all of it.
      if (isBystander(holder) || (campaign && asked.has(campaign))) continue
      if (campaign) asked.add(campaign)
      this.place(holder)
    }
    if (hub.flood === null) return
    for (const campaign of campaignsOf(hub).keys()) {
      campaign.flood ??= hub.flood
      this.note(campaign)
    }
  }

  /** Takes apart what a value held together, now that it does not count. */
  release(hub: Hub, most = REGROUPED): void {
    for (const [campaign, times] of Array.from(campaignsOf(hub))) {
      if (times < 2 || campaign.into) continue
      const { size } = campaign
      if (KINDS[hub.kind].weight >= BRIDGE && campaign.members.size <= most) this.#regroup(campaign)
      else this.#dismiss(hub, campaign)
      if (campaign.size < size && campaign.declared !== null) this.#notices.push({ ...describe(campaign), change: 'split' })
    }
  }

  /** Lets go who shares a value and has nothing else to do with the campaign. */
  #dismiss(hub: Hub, campaign: Campaign): void {
    for (const holder of Array.from(hub.holders)) {
      if (!holder.campaign || live(holder.campaign) !== campaign) continue
      if (!candidatesFor(holder, this.hubs).campaigns.some(({ to }) => to === campaign)) this.#leave(holder)
    }
  }

  /** Ties its members anew, as if they were seen now; the largest part keeps the id. */
  #regroup(campaign: Campaign): void {
    const members = [...campaign.members].sort((a, b) => a.first - b.first)
    const known = new Set(this.campaigns.values())
    for (const member of members) this.#leave(member)
    campaign.flood = null
    for (let turn = 0; turn < PASSES; turn += 1) for (const member of members) if (!member.campaign) this.place(member)
    const parts = new Set(members.map((member) => member.campaign && live(member.campaign)).filter((part) => part !== null))
    const [largest] = [...parts].filter((part) => !known.has(part)).sort((a, b) => b.size - a.size)
    if (largest) {
      absorb(campaign, largest)
      this.dirty.campaigns.add(largest)
      this.#touched.delete(largest)
    }
    this.note(campaign)
  }

  note(campaign: Campaign): void {
    this.#touched.add(campaign)
    this.dirty.campaigns.add(campaign)
  }

  /** What there is to say since it was last asked: an alarm, or another word on one. */
  speak(now: number): Notice[] {
    for (const campaign of this.#touched) {
      if (campaign.into) continue
      const first = campaign.declared === null
      if (first ? reasonsFor(campaign).length === 0 : stepAt(campaign.size) <= campaign.announced) continue
      campaign.declared ??= now
      campaign.announced = campaign.size
      this.#notices.push({ ...describe(campaign), change: first ? 'alert' : 'grew' })
    }
    const said = this.#notices
    this.#touched = new Set()
    this.#notices = []
    return said
  }
}
