import type { Kinship } from './families.ts'
import { Families, idOf } from './families.ts'
import { absorb, countIn, live, newCampaign, rank, stepAt } from './campaign.ts'
import type { Campaign } from './campaign.ts'
import { campaignsOf, drop, Hubs, offer, recount, review, tally } from './hubs.ts'
import type { Hub } from './hubs.ts'
import { KINDS, mark, marksOf } from './marks.ts'
import type { Mark } from './marks.ts'
import { isBystander, newMember, update } from './member.ts'
import type { Member } from './member.ts'
import { describe } from './notices.ts'
import type { Change, Notice, Outcome } from './notices.ts'
import { reasonsFor } from './reasons.ts'
import { trim } from './trim.ts'
import { keyOf, tidy } from './sighting.ts'
import type { Sighting } from './sighting.ts'
import { candidatesFor, mayMerge } from './ties.ts'

export interface Bounds {
  /** Packages in memory. */
  members: number
  /** Of one campaign. */
  perCampaign: number
  families: number
}
export const BOUNDS: Bounds = { members: 120_000, perCampaign: 20_000, families: 60_000 }

const MARKS = 100
/** Different runs of tokens in code, from which on its likeness is no chance. */
const TELLING = 40
/** What is worth so much can hold two groups together that have nothing else in common. */
const BRIDGE = 0.7
/** Larger campaigns are not tied anew. */
export const REGROUPED = 25_000
const PASSES = 2

/** Clusters of packages as they grow, in memory. Whatever it changed is in `dirty` until it was stored. */
export class Engine {
  readonly hubs = new Hubs()
  readonly members = new Map<string, Member>()
  readonly campaigns = new Map<string, Campaign>()
  readonly dirty = { members: new Set<Member>(), campaigns: new Set<Campaign>() }
  readonly families: Families
  readonly #bounds: Bounds
  #touched = new Set<Campaign>()
  #notices: Notice[] = []

  constructor(bounds: Bounds = BOUNDS) {
    this.#bounds = bounds
    this.families = new Families(bounds.families)
  }

  observe(raw: Sighting, now: Date): Outcome {
    const sighting = tidy(raw, now)
    this.#notices = []
    this.#touched = new Set()
    const member = this.members.get(keyOf(sighting)) ?? newMember(sighting)
    const before = member.campaign && live(member.campaign)
    const marks = this.#learn(member, sighting)
    for (const each of marks) this.#attach(member, each)
    this.#touch(member)
    let change: Change = isBystander(member) ? 'none' : this.#place(member)
    this.#review(member)
    const after = member.campaign && live(member.campaign)
    if (change === 'none' && before && !after) change = 'left'
    this.#speak(now.getTime())
    const spoken = this.#notices.find((notice) => notice.campaign === after?.id && notice.change !== 'split')
    return {
      ecosystem: member.ecosystem, name: member.name, campaign: after?.id ?? null, change: (spoken?.change ?? change) as Change,
      size: after?.size ?? 0, notices: this.#notices,
    }
  }

  /** Takes over what a sighting adds, and gives the values that are new. What is counted of the member is counted anew. */
  #learn(member: Member, sighting: Sighting): Mark[] {
    this.#recount(member, -1)
    update(member, sighting)
    this.#recount(member, 1)
    const held = new Set(member.marks)
    return [...marksOf(sighting), ...this.#code(member, sighting)].filter((each) => !held.has(each))
  }

  #recount(member: Member, by: 1 | -1): void {
    for (const hub of this.hubs.of(member)) recount(hub, member, by)
    if (member.campaign) countIn(live(member.campaign), member, by)
  }

  #code(member: Member, { sketch }: Sighting): Mark[] {
    if (!sketch) return []
    const { kinships, founded } = this.families.place(sketch)
    if (founded) member.sketch = sketch
    member.near = Math.max(0, ...kinships.map(({ near }) => near))
    return kinships.map(({ family, shingles }: Kinship) => mark(shingles < TELLING ? 'snippet' : 'code', family))
  }

  #attach(member: Member, each: Mark): void {
    if (member.marks.length >= MARKS) return
    this.hubs.attach(member, each)
    member.marks.push(each)
  }

  /** The newest stand last, so that the oldest are forgotten first. */
  #touch(member: Member): void {
    this.members.delete(member.key)
    this.members.set(member.key, member)
    this.dirty.members.add(member)
    if (member.campaign) this.#note(live(member.campaign))
    else if (!isBystander(member)) for (const hub of this.hubs.of(member)) offer(hub, member)
  }

  #note(campaign: Campaign): void {
    this.#touched.add(campaign)
    this.dirty.campaigns.add(campaign)
  }

  /** Ties a member to what it belongs to. */
  #place(member: Member): Change {
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
    this.#note(campaign)
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
    this.#note(campaign)
  }

  /** The declared, the larger, the older one keeps its id. */
  #merge(one: Campaign, other: Campaign): void {
    const [keeper, gone] = rank(one, other) <= 0 ? [one, other] : [other, one]
    absorb(keeper, gone)
    this.#touched.delete(gone)
    this.#note(keeper)
    this.dirty.campaigns.add(gone)
    if (gone.declared !== null) this.#notices.push({ ...describe(keeper), change: 'merged', absorbed: gone.id })
  }

  /** Values that became common, or are so no longer, or flood: who was held by them leaves, who could be is asked again. */
  #review(member: Member): void {
    for (const hub of Array.from(this.hubs.of(member))) {
      const flood = hub.flood === null ? hub.rate?.flood() ?? null : null
      if (flood !== null) hub.flood = flood
      const change = review(hub)
      if (change === 'common') this.#release(hub)
      else if (change === 'rare' || flood !== null) this.#wake(hub)
    }
  }

  #wake(hub: Hub): void {
    for (const holder of Array.from(hub.holders)) if (!holder.campaign && !isBystander(holder)) this.#place(holder)
    if (hub.flood === null) return
    for (const campaign of campaignsOf(hub).keys()) {
      campaign.flood ??= hub.flood
      this.#note(campaign)
    }
  }

  /** Takes apart what a value held together, now that it does not count. */
  #release(hub: Hub): void {
    for (const [campaign, times] of Array.from(campaignsOf(hub))) {
      if (times < 2) continue
      const { size } = campaign
      if (KINDS[hub.kind].weight >= BRIDGE && campaign.members.size <= REGROUPED) this.#regroup(campaign)
      else for (const holder of Array.from(hub.holders)) if (holder.campaign && live(holder.campaign) === campaign && !this.#belongs(holder, campaign)) this.#leave(holder)
      if (campaign.size < size && campaign.declared !== null) this.#notices.push({ ...describe(campaign), change: 'split' })
    }
  }

  #belongs(member: Member, campaign: Campaign): boolean {
    return candidatesFor(member, this.hubs).campaigns.some(({ to }) => to === campaign)
  }

  /** Ties its members anew, as if they were seen now; the largest part keeps the id. */
  #regroup(campaign: Campaign): void {
    const members = [...campaign.members].sort((a, b) => a.first - b.first)
    const known = new Set(this.campaigns.values())
    for (const member of members) this.#leave(member)
    for (let turn = 0; turn < PASSES; turn += 1) for (const member of members) if (!member.campaign) this.#place(member)
    const parts = new Set(members.map((member) => member.campaign && live(member.campaign)).filter((part) => part !== null))
    const [largest] = [...parts].filter((part) => !known.has(part)).sort((a, b) => b.size - a.size)
    if (largest) {
      absorb(campaign, largest)
      this.dirty.campaigns.add(largest)
      this.#touched.delete(largest)
    }
    this.#note(campaign)
  }

  /** A campaign as it was stored. */
  restoreCampaign(campaign: Campaign): Campaign {
    const known = this.campaigns.get(campaign.id)
    if (known) return known
    this.campaigns.set(campaign.id, campaign)
    return campaign
  }

  /** A package as it was stored; its campaign, if it has one, counts it already. */
  restore(member: Member, campaign: Campaign | null): void {
    if (this.members.has(member.key)) return
    member.campaign = campaign && live(campaign)
    member.campaign?.members.add(member)
    this.members.set(member.key, member)
    if (member.sketch) this.families.add(idOf(member.sketch), member.sketch)
    for (const each of member.marks) this.hubs.attach(member, each)
    for (const hub of this.hubs.of(member)) {
      hub.flood ??= hub.rate?.flood() ?? null
      review(hub)
    }
  }

  /** Forgets the oldest where there are too many. To be called when nothing is dirty. */
  trim(): void {
    trim(this, this.#bounds)
  }

  /** A person's word that a value means nothing. */
  rule(each: Mark): Notice[] {
    this.#notices = []
    this.#touched = new Set()
    const hub = this.hubs.rule(each)
    if (hub) this.#release(hub)
    return this.#notices
  }

  /** What is worth an alarm, or another word on one. */
  #speak(now: number): void {
    for (const campaign of this.#touched) {
      if (campaign.into) continue
      const first = campaign.declared === null
      if (first ? reasonsFor(campaign).length === 0 : stepAt(campaign.size) <= campaign.announced) continue
      campaign.declared ??= now
      campaign.announced = campaign.size
      this.#notices.push({ ...describe(campaign), change: first ? 'alert' : 'grew' })
    }
  }
}
