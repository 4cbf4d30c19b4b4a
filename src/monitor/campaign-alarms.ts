import type { Outcome } from '../campaigns/notices.ts'
import { declaredAmong, membersOf, onlyAlike, summariseCampaign } from '../campaigns/reading.ts'
import type { CampaignMember, CampaignSummary } from '../campaigns/reading.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import type { Alarms } from './alarms.ts'
import type { Concern } from './concerns.ts'
import { deliveredSays, deliveriesOf } from './deliveries.ts'
import type { Suspicions } from './suspicions.ts'

/** The package that was seen. */
interface Seen { ecosystem: EcosystemId; name: string; version: string | null; at: Date }

export interface CampaignAlarmParts {
  database: Database
  alarms: Alarms
  suspicions: Suspicions
  clock: Clock
}

/** So many malicious members condemn the others: one verdict may be wrong. */
const CONDEMNING = 2
const STEP = 500
/** Of so many of a campaign's latest members single alarms are looked for. */
const LATEST = 500
/** A verdict on a campaign is formed anew when another member is malicious, and once in so many looks at it. */
const LOOKS = 50
/** New alarms of campaigns within an hour; what is beyond becomes one alarm about all of them. */
const ALARMS_AN_HOUR = 40
const HOUR = 3_600_000

/**
 * Tells people of campaigns: one alarm each, that grows. When several of its packages have turned out malicious, and more of them than
 * turned out otherwise, all are held: those that are known, and every one that joins, but for those that were found clean and are only
 * like them. Who leaves, or whose campaign is no such one any more, is free.
 */
export class CampaignAlarms {
  readonly #parts: CampaignAlarmParts
  /** Campaigns whose members are held already; those that join are seen one by one. */
  readonly #held = new Set<string>()
  readonly #judged = new Map<string, { malicious: number; looks: number; condemned: boolean }>()
  /** Campaigns that have, or had, an alarm. */
  readonly #spoken = new Set<string>()
  #reviewed = false
  /** When campaigns had a new alarm within the last hour. */
  #raised: number[] = []

  constructor(parts: CampaignAlarmParts) {
    this.#parts = parts
  }

  /** Another process may have held and freed meanwhile: everything is looked at again. */
  forget(): void {
    for (const known of [this.#held, this.#judged, this.#spoken]) known.clear()
    this.#reviewed = false
  }

  /** What packages did to their campaigns and to others, in their order: the declared campaign that speaks for each, or null. */
  async followAll(outcomes: readonly Outcome[], members: readonly Seen[]): Promise<(string | null)[]> {
    const notices = outcomes.flatMap((outcome) => outcome.notices)
    for (const campaign of new Set(notices.filter(({ change }) => change !== 'split').map((notice) => notice.campaign))) await this.#raise(campaign)
    for (const { campaign, absorbed } of notices) if (absorbed !== undefined) await this.#parts.alarms.foldInto(campaign, [`campaign ${absorbed}`], null)
    // Whom a campaign takes in was not held with the others.
    for (const { campaign, change } of [...outcomes, ...notices]) if (campaign !== null && change === 'merged') this.#held.delete(campaign)
    const declared = await declaredAmong(this.#parts.database, outcomes.flatMap(({ campaign }) => campaign ?? []))
    const own = outcomes.map(({ campaign }) => (campaign === null ? null : declared.get(campaign) ?? null))
    const condemned = new Set<string>()
    for (const campaign of new Map(own.filter((one) => one !== null).map((one) => [one.id, one])).values()) {
      await this.#raiseLost(campaign.id)
      if (!(await this.#isCondemned(campaign))) continue
      condemned.add(campaign.id)
      await this.#condemn(campaign, members.filter((_, at) => own[at]?.id === campaign.id))
    }
    const pardoned = [...this.#held].filter((id) => declared.has(id) && !condemned.has(id))
    if (!this.#reviewed || pardoned.length > 0 || notices.some(({ change }) => change === 'split')) await this.freeWhoLeft()
    await this.#free(members.filter((_, at) => !condemned.has(own[at]?.id ?? '')))
    return own.map((campaign) => campaign?.id ?? null)
  }

  async #declared(id: string): Promise<CampaignSummary | null> {
    const campaign = await summariseCampaign(this.#parts.database, id)
    return campaign?.declaredAt ? campaign : null
  }

  /** The notice of a campaign comes once: where a crash came before its alarm, the next member brings that. */
  async #raiseLost(id: string): Promise<void> {
    if (this.#spoken.has(id)) return
    if (!(await this.#parts.alarms.isKnown(`campaign ${id}`))) await this.#raise(id)
    this.#spoken.add(id)
  }

  async #raise(id: string): Promise<void> {
    const { alarms, database } = this.#parts
    const campaign = await this.#declared(id)
    if (!campaign) return
    const { size, malicious } = campaign
    const reasons = campaign.reasons.map(({ says }) => says)
    const members = await membersOf(database, campaign.id, { limit: LATEST, latest: true })
    const subject = `campaign ${campaign.id}`
    const packages = members.slice(0, 50).toReversed().map(({ ecosystem, name, versions, firstSeen, ties }) => ({
      ecosystem, name, version: versions.at(-1) ?? null, at: firstSeen, says: reasons[0] ?? '',
      signals: ties.slice(0, 5).map(({ kind, value }) => `${kind} ${value}`.slice(0, 200)),
    }))
    if (!(await alarms.isOpen(subject)) && this.#tooMany()) {
      const says = `belongs to campaign ${campaign.id} of ${size} packages: ${reasons[0] ?? 'campaign'}`
      await alarms.raise({
        subject: 'many campaigns', kind: 'campaign', severity: malicious >= CONDEMNING ? 'critical' : 'high', campaign: null,
        title: 'more campaigns than can be told one by one: sluice campaigns list', packages: packages.slice(-1).map((one) => ({ ...one, says })),
      })
      return
    }
    await alarms.raise({ subject, kind: 'campaign', severity: malicious >= CONDEMNING ? 'critical' : 'high', campaign: campaign.id, size, title: `${size} packages belong together: ${reasons[0] ?? 'campaign'}`, packages })
    const ecosystems = [...new Set(members.map(({ ecosystem }) => ecosystem))]
    const subjects = [...campaign.targets.flatMap((target) => ecosystems.map((ecosystem) => `imitates ${ecosystem}:${target}`)), ...members.map(({ ecosystem, name }) => `twin ${ecosystem}:${name}`)]
    await alarms.foldInto(campaign.id, subjects, (packages) => this.#areMembers(campaign.id, packages))
  }

  /** Counts one more. Who can have many packages can have many small groups of them. */
  #tooMany(): boolean {
    const now = this.#parts.clock.now().getTime()
    this.#raised = this.#raised.filter((at) => now - at < HOUR)
    if (this.#raised.length >= ALARMS_AN_HOUR) return true
    this.#raised.push(now)
    return false
  }

  async #areMembers(campaign: string, packages: readonly { ecosystem: EcosystemId; name: string }[]): Promise<boolean> {
    for (const [ecosystem, some] of Map.groupBy(packages, (one) => one.ecosystem)) {
      const names = [...new Set(some.map(({ name }) => name))]
      const found = await this.#parts.database.query.selectFrom('campaign_members').select('name').where('campaign', '=', campaign)
        .where('ecosystem', '=', ecosystem).where('name', 'in', names).execute()
      if (found.length < names.length) return false
    }
    return true
  }

  async #isCondemned({ id, malicious, reasons }: CampaignSummary): Promise<boolean> {
    if (malicious < CONDEMNING || reasons.length === 0) return false
    const known = this.#judged.get(id)
    if (known && known.malicious === malicious && known.looks++ < LOOKS) return known.condemned
    const harmless = await this.#parts.database.query.selectFrom('campaign_members').select('name').where('campaign', '=', id).where('malicious', '=', 0).limit(malicious).execute()
    const condemned = harmless.length < malicious
    this.#judged.set(id, { malicious, looks: 0, condemned })
    return condemned
  }

  async #condemn(campaign: CampaignSummary, joined: readonly Seen[]): Promise<void> {
    if (this.#held.has(campaign.id)) return this.#hold(campaign, joined)
    for (let offset = 0, page: CampaignMember[] = []; offset === 0 || page.length === STEP; offset += STEP) {
      page = await membersOf(this.#parts.database, campaign.id, { limit: STEP, offset })
      await this.#hold(campaign, page.map(({ ecosystem, name }) => ({ ecosystem, name, version: null })))
    }
    // Only now: what fails half-way is done again, whole.
    this.#held.add(campaign.id)
  }

  async #hold({ id, reasons }: CampaignSummary, all: readonly Omit<Seen, 'at'>[]): Promise<void> {
    const alike = await onlyAlike(this.#parts.database, all)
    const isAlike = ({ ecosystem, name }: Omit<Seen, 'at'>): boolean => alike.has(`${ecosystem}/${name}`)
    const members = all.filter((one) => !isAlike(one))
    if (members.length < all.length) await this.#free(all.filter(isAlike))
    const concern: Concern = {
      kind: 'campaign', level: 'alarm', severity: 'critical', holds: true, subject: `campaign ${id}`, signals: reasons.map(({ says }) => says),
      // Without their number, which changes: nobody is to be told again for that.
      says: `belongs to campaign ${id}, several of whose packages are malicious`,
    }
    const untold = await this.#parts.suspicions.setAll(members.map(({ ecosystem, name, version }) => ({ ecosystem, name, version, concerns: [concern] })), ['campaign'])
    await this.#tell(id, members.filter((_, at) => (untold[at] ?? []).length > 0), concern.says)
  }

  /** Who has what is held from now on is a matter of its own: the campaign's alarm speaks of all its packages, and grows with each. */
  async #tell(campaign: string, members: readonly Omit<Seen, 'at'>[], says: string): Promise<void> {
    if (members.length === 0) return
    const { database, alarms, suspicions, clock } = this.#parts
    const delivered = await deliveriesOf(database, members)
    const received = members.flatMap((member) => {
      const times = delivered.get(`${member.ecosystem}/${member.name}`)
      return times === undefined ? [] : [{ ...member, at: clock.now(), says, signals: [deliveredSays(member, times)] }]
    })
    if (received.length > 0) {
      await alarms.raise({
        subject: `received ${campaign}`, kind: 'campaign', severity: 'critical', campaign, packages: received,
        title: `packages of campaign ${campaign} were delivered here before they were held`,
      })
    }
    await suspicions.told(members.map(({ ecosystem, name, version }) => ({ ecosystem, name, version, kind: 'campaign', alarm: campaign })))
  }

  async #free(members: readonly Omit<Seen, 'at'>[]): Promise<void> {
    await this.#parts.suspicions.setAll(members.map(({ ecosystem, name, version }) => ({ ecosystem, name, version, concerns: [] })), ['campaign'])
  }

  /** Frees whom a campaign held that is no member of a condemned one any more. Returns how many there were. */
  async freeWhoLeft(): Promise<number> {
    const { database } = this.#parts
    const held = await database.query.selectFrom('suspicions')
      .leftJoin('campaign_members', (join) => join.onRef('campaign_members.ecosystem', '=', 'suspicions.ecosystem').onRef('campaign_members.name', '=', 'suspicions.name'))
      .select(['suspicions.ecosystem', 'suspicions.name', 'campaign_members.campaign']).where('suspicions.kind', '=', 'campaign').execute()
    const standing = new Set<string>()
    for (const id of new Set(held.flatMap(({ campaign }) => campaign ?? []))) {
      const campaign = await this.#declared(id)
      if (campaign && await this.#isCondemned(campaign)) standing.add(id)
      else this.#held.delete(id)
    }
    const free = held.filter(({ campaign }) => campaign === null || !standing.has(campaign)).map(({ ecosystem, name }) => ({ ecosystem: ecosystem as EcosystemId, name, version: null }))
    for (let from = 0; from < free.length; from += STEP) await this.#free(free.slice(from, from + STEP))
    this.#reviewed = true
    return free.length
  }
}
