import { countIn, live } from './campaign.ts'
import type { Campaign } from './campaign.ts'
import { Clusters, REGROUPED_ON_WORD } from './clusters.ts'
import { Families, idOf } from './families.ts'
import { offer, recount } from './hubs.ts'
import { mark, marksOf } from './marks.ts'
import type { Mark } from './marks.ts'
import { isBystander, newMember, update } from './member.ts'
import type { Member } from './member.ts'
import type { Change, Notice, Outcome } from './notices.ts'
import { keyOf, tidy } from './sighting.ts'
import type { Sighting } from './sighting.ts'
import { trim } from './trim.ts'
import { review } from './worth.ts'

export interface Bounds {
  /** Packages in memory. */
  members: number
  /** Of one campaign. */
  perCampaign: number
  families: number
}
export const BOUNDS: Bounds = { members: 80_000, perCampaign: 20_000, families: 32_000 }

const MARKS = 100
/** Different runs of tokens in code, from which on its likeness is no chance. */
const TELLING = 40
/** Packages as they are seen, in memory, and what that does to their campaigns. */
export class Engine {
  readonly clusters = new Clusters()
  readonly hubs = this.clusters.hubs
  readonly campaigns = this.clusters.campaigns
  readonly members = new Map<string, Member>()
  readonly families: Families
  readonly #bounds: Bounds

  constructor(bounds: Bounds = BOUNDS) {
    this.#bounds = bounds
    this.families = new Families(bounds.families)
  }

  observe(raw: Sighting, now: Date): Outcome {
    const sighting = tidy(raw, now)
    const member = this.members.get(keyOf(sighting)) ?? newMember(sighting)
    const before = member.campaign && live(member.campaign)
    const marks = this.#learn(member, sighting)
    for (const each of marks) this.#attach(member, each)
    this.#touch(member)
    let change: Change = isBystander(member) ? 'none' : this.clusters.place(member)
    this.#review(member)
    const after = member.campaign && live(member.campaign)
    if (change === 'none' && before && !after) change = 'left'
    const notices = this.clusters.speak(now.getTime())
    const spoken = notices.find((notice) => notice.campaign === after?.id && notice.change !== 'split')
    return {
      ecosystem: member.ecosystem, name: member.name, campaign: after?.id ?? null, change: (spoken?.change ?? change) as Change,
      size: after?.size ?? 0, notices,
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
    return kinships.map(({ family, shingles }) => mark(shingles < TELLING ? 'snippet' : 'code', family))
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
    this.clusters.dirty.members.add(member)
    if (member.campaign) this.clusters.note(live(member.campaign))
    else if (!isBystander(member)) for (const hub of this.hubs.of(member)) offer(hub, member)
  }

  /** Values that became common, or are so no longer, or flood: who was held by them leaves, who could be is asked again. */
  #review(member: Member): void {
    for (const hub of Array.from(this.hubs.of(member))) {
      const flood = hub.flood === null && !hub.ruled ? hub.rate?.flood() ?? null : null
      if (flood !== null) hub.flood = flood
      const change = review(hub)
      if (change === 'common') this.clusters.release(hub)
      else if (change === 'rare' || flood !== null) this.clusters.wake(hub)
    }
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
  rule(each: Mark, now: Date): Notice[] {
    const hub = this.hubs.rule(each)
    if (hub) this.clusters.release(hub, REGROUPED_ON_WORD)
    return this.clusters.speak(now.getTime())
  }

  /** The person thought better of it. */
  reinstate(each: Mark, now: Date): Notice[] {
    const hub = this.hubs.reinstate(each)
    if (hub) this.clusters.wake(hub)
    return this.clusters.speak(now.getTime())
  }
}
