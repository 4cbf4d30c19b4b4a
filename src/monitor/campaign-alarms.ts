import type { Outcome } from '../campaigns/notices.ts'
import { membersOf, summariseCampaign } from '../campaigns/reading.ts'
import type { CampaignMember, CampaignSummary } from '../campaigns/reading.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import type { Alarms } from './alarms.ts'
import type { Concern } from './concerns.ts'
import type { Suspicions } from './suspicions.ts'

/** The package that was seen. */
interface Seen { ecosystem: EcosystemId; name: string; version: string | null; at: Date }

export interface CampaignAlarmParts {
  database: Database
  alarms: Alarms
  suspicions: Suspicions
}

/** So many malicious members condemn the others: one verdict may be wrong. */
const CONDEMNING = 2
const STEP = 500

/**
 * Tells people of campaigns: one alarm each, that grows. When several of its packages have turned out malicious, all of them are
 * held: those that are known, and every one that joins.
 */
export class CampaignAlarms {
  readonly #parts: CampaignAlarmParts
  /** Campaigns whose members are held already; those that join are seen one by one. */
  readonly #condemned = new Set<string>()

  constructor(parts: CampaignAlarmParts) {
    this.#parts = parts
  }

  /** What one more package did to its campaign and to others. True: its campaign speaks for it, no alarm of its own is needed. */
  async follow(outcome: Outcome, member: Seen): Promise<boolean> {
    for (const { campaign, change } of outcome.notices) if (change !== 'split') await this.#raise(campaign)
    const own = outcome.campaign === null ? null : await this.#declared(outcome.campaign)
    if (!own) return false
    if (own.malicious >= CONDEMNING) await this.#condemn(own, member)
    return true
  }

  async #declared(id: string): Promise<CampaignSummary | null> {
    const campaign = await summariseCampaign(this.#parts.database, id)
    return campaign?.declaredAt ? campaign : null
  }

  async #raise(id: string): Promise<void> {
    const { alarms, database } = this.#parts
    const campaign = await this.#declared(id)
    if (!campaign) return
    const { size, malicious } = campaign
    const reasons = campaign.reasons.map(({ says }) => says)
    const members = await membersOf(database, campaign.id, { limit: 50, latest: true })
    await alarms.raise({
      subject: `campaign ${campaign.id}`, kind: 'campaign', severity: malicious >= CONDEMNING ? 'critical' : 'high', campaign: campaign.id, size,
      title: `${size} packages belong together: ${reasons[0] ?? 'campaign'}`,
      packages: members.toReversed().map(({ ecosystem, name, versions, firstSeen, ties }) => ({
        ecosystem, name, version: versions.at(-1) ?? null, at: firstSeen, says: reasons[0] ?? '',
        signals: ties.slice(0, 5).map(({ kind, value }) => `${kind} ${value}`.slice(0, 200)),
      })),
    })
    await alarms.foldInto(campaign.id, [...new Set(members.flatMap(subjectsOf))], new Set(members.map(({ ecosystem, name }) => `${ecosystem}:${name}`)))
  }

  async #condemn(campaign: CampaignSummary, member: Seen): Promise<void> {
    if (this.#condemned.has(campaign.id)) return this.#hold(campaign, member)
    this.#condemned.add(campaign.id)
    for (let offset = 0, page: CampaignMember[] = []; offset === 0 || page.length === STEP; offset += STEP) {
      page = await membersOf(this.#parts.database, campaign.id, { limit: STEP, offset })
      for (const { ecosystem, name } of page) await this.#hold(campaign, { ecosystem, name, version: null })
    }
  }

  async #hold({ id, reasons, malicious }: CampaignSummary, { ecosystem, name, version }: Omit<Seen, 'at'>): Promise<void> {
    const concern: Concern = {
      kind: 'campaign', level: 'alarm', severity: 'critical', holds: true, subject: `campaign ${id}`, signals: reasons.map(({ says }) => says),
      says: `belongs to campaign ${id}, ${malicious} of whose packages are malicious`,
    }
    await this.#parts.suspicions.set({ ecosystem, name, version }, ['campaign'], [concern])
  }
}

/** Under which subjects a member may have had an alarm of its own. */
const subjectsOf = ({ ecosystem, name, imitates }: CampaignMember): string[] =>
  [`twin ${ecosystem}:${name}`, ...(imitates === null ? [] : [`imitates ${ecosystem}:${imitates}`])]
