import type { Sighting } from '../campaigns/sighting.ts'
import type { Outcome } from '../campaigns/notices.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import type { Ahead } from './ahead.ts'
import type { Alarms, Raising } from './alarms.ts'
import type { CampaignAlarms } from './campaign-alarms.ts'
import { concernsOf } from './concerns.ts'
import type { Concern, ConcernKind, Newcomer } from './concerns.ts'
import { deliveredSays, deliveriesOf } from './deliveries.ts'
import { sightingOf } from './sightings.ts'
import type { Suspicions, Told } from './suspicions.ts'
import type { WorkItem } from './work.ts'

export interface ConclusionParts {
  database: Database
  clock: Clock
  suspicions: Suspicions
  alarms: Alarms
  campaigns: { observe(batch: readonly Sighting[]): Promise<readonly Outcome[]> }
  campaignAlarms: CampaignAlarms
  ahead: Ahead
}

export interface Looked { newcomer: Newcomer; item: WorkItem }

interface About { ecosystem: EcosystemId; name: string; version: string | null; at: Date }
interface Alarming { concern: Concern; about: About }

const KINDS: readonly ConcernKind[] = ['private-name', 'twin', 'actor', 'imitation']
/** What the campaign of a package says for it, once it is declared. */
const SPOKEN_FOR: ReadonlySet<ConcernKind> = new Set(['imitation', 'twin'])
/** New alarms of one of these kinds within an hour; what is beyond becomes one alarm about all of them. */
const ALARMS_AN_HOUR = 40
const HOUR = 3_600_000
/** So many of the newest versions of a package that gives cause are examined. */
const NEWEST = 3

/** What is known of packages becomes suspicions, sightings, alarms, and places in the analysis ahead of demand: many at once, or one. */
export class Conclusions {
  readonly #parts: ConclusionParts
  readonly #raised = new Map<string, number[]>()

  constructor(parts: ConclusionParts) {
    this.#parts = parts
  }

  /** May be repeated: what was told is not told again, and what was not is told then. */
  async reach(looked: readonly Looked[]): Promise<void> {
    const { suspicions, campaigns, campaignAlarms, clock } = this.#parts
    const removed = await this.#removed(looked)
    const all = looked.map(({ newcomer, item }) => {
      const { ecosystem, name, identity } = newcomer
      const version = item.facts.version ?? identity?.latest ?? null
      const sighting = { ...sightingOf(newcomer, item.facts, clock.now()), ...(removed.has(keyOf(newcomer)) ? { malicious: true } : {}) }
      return { newcomer, item, concerns: concernsOf(newcomer), sighting, about: { ecosystem, name, version, at: sighting.at } }
    })
    const untold = await suspicions.setAll(all.map(({ about, concerns, newcomer: { unknown } }) => ({ ...about, concerns, unknown })), KINDS)
    const outcomes = await campaigns.observe(all.map(({ sighting }) => sighting))
    const spokenFor = await campaignAlarms.followAll(outcomes, all.map(({ about }) => about))
    const alarming = all.flatMap(({ about }, at) => (untold[at] ?? []).filter(({ level }) => level === 'alarm').map((concern) => ({ concern, about, campaign: spokenFor[at] ?? null })))
    const own = alarming.filter(({ concern, campaign }) => campaign === null || !SPOKEN_FOR.has(concern.kind))
    await this.#raise(own)
    await suspicions.told(alarming.filter((one) => !own.includes(one)).map(({ concern, about, campaign }) => ({ ...about, kind: concern.kind, alarm: campaign ?? '' })))
    await Promise.all(all.map(({ about, newcomer, item, concerns }, at) => this.#analyse({ about, newcomer, item, concerns }, spokenFor[at] ?? null)))
  }

  /**
   * What its registry took away after it was held here for its campaign was found out there, too: it counts against whoever published
   * it. Who withdraws a badly named package of his own does not count against himself.
   */
  async #removed(looked: readonly Looked[]): Promise<ReadonlySet<string>> {
    const gone = looked.filter(({ newcomer, item }) => newcomer.identity === null && !item.facts.there).map(({ newcomer }) => newcomer)
    const found = new Set<string>()
    for (const [ecosystem, some] of Map.groupBy(gone, (one) => one.ecosystem)) {
      const rows = await this.#parts.database.query.selectFrom('suspicions').select('name').where('ecosystem', '=', ecosystem).where('name', 'in', some.map(({ name }) => name))
        .where('kind', '=', 'campaign').execute()
      for (const { name } of rows) found.add(keyOf({ ecosystem, name }))
    }
    return found
  }

  async #analyse({ about, newcomer, item, concerns }: Looked & { about: About; concerns: readonly Concern[] }, campaign: string | null): Promise<void> {
    const { ecosystem, name, version } = about
    if (newcomer.identity === null || version === null) return
    // A flood of alarms is a crowd like any other; what is ours, and who is watched, is not.
    const urgency = item.class === 0 || concerns.some(({ level }) => level === 'alarm') ? 0 : concerns.length > 0 || campaign !== null ? 1 : item.class === 2 ? 2 : null
    const ours = newcomer.mine !== null || newcomer.watched?.uploaded === true
    if (urgency === null) return
    // What gives cause is not hidden behind a harmless release that follows at once.
    const versions = new Set([version, ...(urgency < 2 ? newcomer.identity.versions.slice(0, NEWEST) : [])])
    for (const one of versions) await this.#parts.ahead.add({ ecosystem, name, version: one, urgency, crowd: ours ? null : item.crowd, campaign })
  }

  /** One alarm a matter, whatever number of packages it has in this batch. */
  async #raise(all: readonly Alarming[]): Promise<void> {
    if (all.length === 0) return
    const delivered = await deliveriesOf(this.#parts.database, all.map(({ about }) => about))
    const crowded = await this.#crowded(all)
    const matters = Map.groupBy(all.map((one) => ({ ...one, many: crowded.has(one.concern.subject) })), ({ concern, about, many }) => (many ? `many ${concern.kind} ${about.ecosystem}` : concern.subject))
    for (const [subject, some] of matters) {
      const [{ concern: { kind, severity, says }, about: { ecosystem }, many }] = some as [typeof some[number]]
      const { id } = await this.#parts.alarms.raise({
        kind, severity, campaign: null, subject, title: many ? (MANY[kind] ?? says).replace('*', ecosystem) : says,
        packages: some.map(({ concern, about }) => packageOf(concern, about, delivered.get(keyOf(about)) ?? 0)),
      })
      await this.#parts.suspicions.told(some.map(({ concern, about }): Told => ({ ...about, kind: concern.kind, alarm: id })))
    }
  }

  /** Subjects that have no alarm yet, and of whose kind there were too many new ones. */
  async #crowded(all: readonly Alarming[]): Promise<ReadonlySet<string>> {
    const crowded = new Set<string>()
    for (const { kind, subject } of new Map(all.map(({ concern }) => [concern.subject, concern])).values()) {
      if (!(await this.#parts.alarms.isOpen(subject)) && this.#tooMany(kind)) crowded.add(subject)
    }
    return crowded
  }

  /** Counts one more of the kind. */
  #tooMany(kind: ConcernKind): boolean {
    const now = this.#parts.clock.now().getTime()
    const recent = (this.#raised.get(kind) ?? []).filter((time) => now - time < HOUR)
    if (recent.length >= ALARMS_AN_HOUR && MANY[kind] !== undefined) return true
    this.#raised.set(kind, [...recent, now].slice(-ALARMS_AN_HOUR))
    return false
  }
}

const MANY: Readonly<Partial<Record<ConcernKind, string>>> = {
  'private-name': 'more * packages have private names of this organisation than can be told one by one',
  imitation: 'more * packages imitate protected names than can be told one by one',
  twin: 'more new * packages have the names of other registries\' than can be told one by one',
}

const packageOf = ({ says, signals }: Concern, { ecosystem, name, version, at }: About, delivered: number): Raising['packages'][number] =>
  ({ ecosystem, name, version, at, says, signals: [...signals, ...(delivered > 0 ? [deliveredSays({ ecosystem, name }, delivered)] : [])] })

const keyOf = ({ ecosystem, name }: { ecosystem: EcosystemId; name: string }): string => `${ecosystem}/${name}`
