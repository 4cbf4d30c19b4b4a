import { live } from './campaign.ts'
import type { Campaign } from './campaign.ts'
import { isBystander, isIll } from './member.ts'
import type { Member } from './member.ts'
import { kindOf, valueOf } from './marks.ts'
import type { Mark, MarkKind } from './marks.ts'
import { Rate } from './rate.ts'

/** Members outside of any campaign that a hub remembers, the latest. */
const LOOSE = 8
const CAMPAIGNS = 12
/** Publishers are counted to here: the first that were seen. */
const PUBLISHERS = 24
const FEW = 3
/** A value that several packages share. */
export interface Hub {
  mark: Mark
  kind: MarkKind
  /** Those in memory; `held` counts all. */
  holders: Set<Member>
  held: number
  publishers: Set<string>
  /** Of these, who has published something ill with it. */
  illPublishers: Set<string>
  ill: number
  malicious: number
  /** How many members of each campaign hold it. Keys may be aliases. */
  campaigns: Map<Campaign, number>
  loose: Member[]
  since: number
  /** Common: strangers share it, or (accounts, addresses) it has many packages and nothing is wrong with them. */
  common: boolean
  /** A person said that it means nothing. */
  ruled: boolean
  rate: Rate | null
  flood: string | null
  /** Of a package that others depend on: it was seen itself, and is no established one. */
  owned: boolean
}

/** Values and who shares them. What only one package has costs one entry; others become hubs. */
export class Hubs {
  readonly #entries = new Map<Mark, Member | Hub>()
  readonly #ruled = new Set<Mark>()

  get size(): number {
    return this.#entries.size
  }

  get(mark: Mark): Hub | null {
    const entry = this.#entries.get(mark)
    return entry && 'holders' in entry ? entry : null
  }

  attach(member: Member, mark: Mark): void {
    const entry = this.#entries.get(mark)
    if (!entry) this.#entries.set(mark, member)
    else if (entry !== member) {
      const hub = 'holders' in entry ? entry : this.#hub(mark, kindOf(mark), member.first)
      if (!('holders' in entry)) put(hub, entry)
      put(hub, member)
    }
  }

  #hub(mark: Mark, kind: MarkKind, since: number): Hub {
    const hub: Hub = {
      mark, kind, holders: new Set(), held: 0, publishers: new Set(), illPublishers: new Set(), ill: 0, malicious: 0, campaigns: new Map(), loose: [],
      since, common: false, ruled: this.#ruled.has(mark), rate: kind === 'account' || kind === 'email' ? new Rate(kind === 'account') : null, flood: null,
      owned: false,
    }
    this.#entries.set(mark, hub)
    return hub
  }

  /** Forgets a member. `keep`: its campaign goes on leading to the value. */
  forget(member: Member, keep: boolean): void {
    for (const mark of member.marks) {
      const entry = this.#entries.get(mark)
      if (!entry || (!('holders' in entry) && entry !== member)) continue
      if (!('holders' in entry)) this.#entries.delete(mark)
      else {
        entry.holders.delete(member)
        drop(entry.loose, member)
        if (keep) continue
        recount(entry, member, -1)
        if (member.campaign) tally(entry, member.campaign, -1)
        if (entry.holders.size === 0 && entry.campaigns.size === 0) this.#entries.delete(mark)
      }
    }
  }

  /** Forgets values that only members no longer in memory hold: first those that few hold, then all, if there are more than `most`. */
  prune(most: number): void {
    for (const least of [FEW, Infinity]) {
      if (this.#entries.size <= most) return
      for (const [mark, entry] of this.#entries) if ('holders' in entry && entry.holders.size === 0 && entry.held < least) this.#entries.delete(mark)
    }
  }

  *of(member: Member): Generator<Hub> {
    for (const mark of member.marks) {
      const hub = this.get(mark)
      if (hub) yield hub
    }
  }

  isRuled(mark: Mark): boolean {
    return this.#ruled.has(mark)
  }

  rule(mark: Mark): Hub | null {
    this.#ruled.add(mark)
    const hub = this.get(mark)
    if (hub) Object.assign(hub, { ruled: true, flood: null })
    return hub
  }

  reinstate(mark: Mark): Hub | null {
    this.#ruled.delete(mark)
    const hub = this.get(mark)
    if (hub) hub.ruled = false
    return hub
  }
}

function put(hub: Hub, member: Member): void {
  if (hub.holders.has(member)) return
  hub.holders.add(member)
  if (hub.kind === 'package' && !isBystander(member) && member.key === valueOf(hub.mark)) hub.owned = true
  if (!member.known) hub.rate?.add(member.name, member.versions.at(-1) ?? '', member.first)
  if (hub.publishers.size < PUBLISHERS) hub.publishers.add(member.publisher)
  hub.since = Math.min(hub.since, member.first)
  recount(hub, member, 1)
  if (member.campaign) tally(hub, member.campaign, 1)
  else if (!isBystander(member)) offer(hub, member)
}

export function recount(hub: Hub, member: Member, by: 1 | -1): void {
  hub.held += by
  if (isIll(member)) hub.ill += by
  if (by > 0 && isIll(member) && hub.publishers.has(member.publisher)) hub.illPublishers.add(member.publisher)
  if (member.malicious === true) hub.malicious += by
}

export function tally(hub: Hub, campaign: Campaign, by: 1 | -1): void {
  const to = live(campaign)
  const times = campaignsOf(hub).get(to) ?? 0
  if (times + by <= 0) hub.campaigns.delete(to)
  else hub.campaigns.set(to, times + by)
  if (hub.campaigns.size <= CAMPAIGNS) return
  const [least] = [...hub.campaigns].filter(([each]) => each !== to).sort(([, a], [, b]) => a - b)
  if (least) hub.campaigns.delete(least[0])
}

/** With aliases folded into what they stand for. */
export function campaignsOf(hub: Hub): Map<Campaign, number> {
  for (const [campaign, times] of hub.campaigns) {
    if (!campaign.into) continue
    const to = live(campaign)
    hub.campaigns.delete(campaign)
    hub.campaigns.set(to, (hub.campaigns.get(to) ?? 0) + times)
  }
  return hub.campaigns
}

/** Puts a member without campaign where the next one that shares the value finds it. */
export function offer(hub: Hub, member: Member): void {
  drop(hub.loose, member)
  hub.loose.push(member)
  if (hub.loose.length > LOOSE) hub.loose.shift()
}

export function drop(list: Member[], member: Member): void {
  const at = list.indexOf(member)
  if (at >= 0) list.splice(at, 1)
}
