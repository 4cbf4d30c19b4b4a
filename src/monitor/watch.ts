import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Sighting } from '../campaigns/sighting.ts'
import type { Outcome } from '../campaigns/notices.ts'
import { isCode, sentence } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Ledger } from '../ledger/append.ts'
import type { ProtectedNames } from '../names/protected.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import type { Ahead } from './ahead.ts'
import type { Alarms } from './alarms.ts'
import type { CampaignAlarms } from './campaign-alarms.ts'
import { concernsOf } from './concerns.ts'
import type { Concern, Newcomer } from './concerns.ts'
import type { FeedStatus } from './follower-status.ts'
import type { Follower } from './follower.ts'
import { look } from './look.ts'
import type { LookParts } from './look.ts'
import type { EventLog, LoggedEvent } from './log.ts'
import { knownMalicious, sightingOf, sightingOfVerdict } from './sightings.ts'
import type { Suspicions } from './suspicions.ts'
import type { WorkItem, WorkList } from './work.ts'

export interface WatchParts extends LookParts {
  database: Database
  ledger: Pick<Ledger, 'append'>
  clock: Clock
  log: Pick<Logger, 'warn' | 'info' | 'error'>
  events: EventLog
  work: WorkList
  names: ProtectedNames
  suspicions: Suspicions
  alarms: Alarms
  campaigns: { observe(batch: readonly Sighting[]): Promise<readonly Outcome[]> }
  campaignAlarms: CampaignAlarms
  ahead: Ahead
  /** Whether this process is the one that watches. */
  leads(): Promise<boolean>
  followers: readonly Follower[]
}

const CONSUMER = 'watch'
const VERDICTS = 'verdicts seen by the watch'
/** Events and verdicts a batch. */
const BATCH = 500
/** Packages of one registry that are looked into at the same time. */
const AT_ONCE = 4
const IDLE = 1_000
/** How often members of campaigns are compared with what advisories say meanwhile. */
const ADVISORIES = 30_000
/** From here on a likeness makes a package urgent. */
const RESEMBLES = 0.4
/** New alarms of one kind within an hour; what is beyond becomes one alarm about all of them. */
const ALARMS_AN_HOUR = 40

/**
 * The watch over the registries. What feeds say becomes packages to look into, the most telling first; what is found out becomes
 * suspicions, alarms, members of campaigns, and work for the analysis before anybody asks. Everything it has read and not finished is in
 * the database: a crash repeats a step at most, and every step may be repeated.
 */
export class Watch {
  readonly #parts: WatchParts
  readonly #abort = new AbortController()
  readonly #loops: Promise<void>[] = []
  readonly #raised = new Map<string, number[]>()

  constructor(parts: WatchParts) {
    this.#parts = parts
  }

  start(): void {
    const { followers, isOn, ahead } = this.#parts
    for (const follower of followers) follower.start()
    this.#loop('events', () => this.readEvents())
    this.#loop('verdicts', () => this.readVerdicts())
    this.#loop('advisories', () => this.readAdvisories(), ADVISORIES)
    this.#loop('ahead', () => ahead.turn())
    for (const ecosystem of ['npm', 'pypi', 'go'] as const) if (isOn(ecosystem)) this.#loop(`${ecosystem} packages`, () => this.lookInto(ecosystem))
  }

  async stop(): Promise<void> {
    this.#abort.abort()
    await Promise.all(this.#parts.followers.map((follower) => follower.stop()))
    await Promise.all(this.#loops)
  }

  /** How the feeds are, as far as this process follows them. */
  get feeds(): FeedStatus[] {
    return this.#parts.followers.map((follower) => follower.status())
  }

  /** `turn` says whether there was something to do. Nothing ends a loop but `stop`. */
  #loop(what: string, turn: () => Promise<number>, idle = IDLE): void {
    const { signal } = this.#abort
    this.#loops.push((async () => {
      while (!signal.aborted) {
        const done = await this.#turn(turn).catch((thrown: unknown) => {
          if (!signal.aborted) this.#parts.log.error({ err: thrown }, `the watch stumbled over ${what}`)
          return 0
        })
        await wait(done > 0 ? 0 : idle, undefined, { signal, ref: false }).catch(() => undefined)
      }
    })())
  }

  async #turn(turn: () => Promise<number>): Promise<number> {
    return (await this.#parts.leads()) ? turn() : 0
  }

  /** From the feeds' log onto the list of packages to look into. Returns how many events there were. */
  async readEvents(): Promise<number> {
    const { events, names, work, database } = this.#parts
    await names.ready()
    const read = await events.readBy(CONSUMER)
    const batch = await events.since(read, BATCH)
    const last = batch.at(-1)
    if (!last) return 0
    const latest = new Map(batch.map((event) => [`${event.ecosystem}/${event.name}`, event]))
    const seen = await this.#seen([...latest.values()])
    const items = [...latest.values()].map((event) => this.#itemOf(event, seen))
    await database.transaction((tx) => work.add(tx, items))
    await events.done(CONSUMER, last.seq)
    return batch.length
  }

  async #seen(events: readonly LoggedEvent[]): Promise<ReadonlySet<string>> {
    const rows = await this.#parts.database.query.selectFrom('identities').select(['ecosystem', 'name']).where('name', 'in', events.map(({ name }) => name)).execute()
    return new Set(rows.map(({ ecosystem, name }) => `${ecosystem}/${name}`))
  }

  #itemOf({ ecosystem, name, version, kind, account, at, seenAt }: LoggedEvent, seen: ReadonlySet<string>): WorkItem {
    const { names, watchlist } = this.#parts
    const known = seen.has(`${ecosystem}/${name}`)
    const [resembled] = known || names.protectedAs(ecosystem, name) ? [] : names.check(ecosystem, name, 1)
    const resembles = (resembled?.weight ?? 0) >= RESEMBLES
    const urgent = names.mine(ecosystem, name) !== null || watchlist.isWatched(ecosystem, { account, emails: [] }) !== null
    return {
      ecosystem, name, class: urgent ? 0 : resembles ? 1 : known ? 3 : 2, crowd: account ?? crowdOf(name),
      facts: { version: kind === 'removed' ? null : version, account, there: kind !== 'removed', at: (at ?? seenAt).toISOString() },
    }
  }

  /** Looks into the packages of one registry whose turn it is. Returns how many there were. */
  async lookInto(ecosystem: EcosystemId): Promise<number> {
    const items = await this.#parts.work.take(ecosystem, AT_ONCE)
    await Promise.all(items.map((item) => this.#lookInto(item)))
    return items.length
  }

  async #lookInto(item: WorkItem): Promise<void> {
    const { work, followers, log } = this.#parts
    const { ecosystem, name } = item
    try {
      const newcomer = await look(this.#parts, { ecosystem, name, account: item.facts.account })
      if (item.facts.there) followers.find((one) => one.ecosystem === ecosystem)?.looked(1, newcomer.identity === null ? 1 : 0)
      await this.conclude(newcomer, item)
      await work.done(item)
    } catch (thrown) {
      if (this.#abort.signal.aborted || isCode(thrown, 'worker-closed')) return
      const again = await work.failed(item)
      log.warn({ ecosystem, name, error: sentence(thrown), again }, 'a package could not be looked into')
    }
  }

  /** What is known of a package becomes suspicions, a sighting, alarms, and its place in the analysis ahead of demand. */
  async conclude(newcomer: Newcomer, item: WorkItem): Promise<void> {
    const { suspicions, campaigns, campaignAlarms, ahead, clock } = this.#parts
    const { ecosystem, name, identity } = newcomer
    const version = item.facts.version ?? identity?.latest ?? null
    const concerns = concernsOf(newcomer)
    const added = await suspicions.set({ ecosystem, name, version }, ['private-name', 'twin', 'actor', 'imitation'], concerns)
    const sighting = sightingOf(newcomer, item.facts, clock.now())
    const [outcome] = await campaigns.observe([sighting])
    const spokenFor = outcome !== undefined && await campaignAlarms.follow(outcome, { ecosystem, name, version, at: sighting.at })
    for (const concern of added) {
      if (concern.level === 'alarm' && !(spokenFor && (concern.kind === 'imitation' || concern.kind === 'twin'))) await this.#raise(concern, { ecosystem, name, version, at: sighting.at })
    }
    if (identity === null || version === null) return
    const urgency = item.class === 0 || concerns.some(({ level }) => level === 'alarm') ? 0 : concerns.length > 0 || spokenFor ? 1 : item.class === 2 ? 2 : null
    if (urgency !== null) await ahead.add({ ecosystem, name, version, urgency, crowd: item.crowd, campaign: spokenFor ? outcome.campaign : null })
  }

  async #raise(concern: Concern, about: { ecosystem: EcosystemId; name: string; version: string | null; at: Date }): Promise<void> {
    const { alarms, clock } = this.#parts
    const { ecosystem, name, version, at } = about
    const now = clock.now().getTime()
    const recent = (this.#raised.get(concern.kind) ?? []).filter((time) => now - time < 3_600_000)
    const many = recent.length >= ALARMS_AN_HOUR && concern.kind === 'imitation'
    if (!many) this.#raised.set(concern.kind, [...recent, now])
    const delivered = await this.#deliveries(ecosystem, name)
    await alarms.raise({
      kind: concern.kind, severity: concern.severity, campaign: null, subject: many ? `many ${concern.kind} ${ecosystem}` : concern.subject,
      title: many ? `more ${ecosystem} packages imitate protected names than can be told one by one` : concern.says,
      packages: [{ ecosystem, name, version, at, says: concern.says, signals: [...concern.signals, ...(delivered > 0 ? [`delivered here ${delivered} times: sluice trace ${ecosystem}:${name}`] : [])] }],
    })
  }

  async #deliveries(ecosystem: EcosystemId, name: string): Promise<number> {
    const row = await this.#parts.database.query.selectFrom('ledger').select(({ fn }) => fn.countAll<number>().as('count'))
      .where('ecosystem', '=', ecosystem).where('name', '=', name).where('kind', '=', 'served').executeTakeFirst()
    return Number(row?.count ?? 0)
  }

  /** Verdicts, whoever asked for them, as sightings. Returns how many there were. */
  async readVerdicts(): Promise<number> {
    const { database, campaigns, campaignAlarms, names } = this.#parts
    const from = await this.#verdictsRead()
    const rows = await database.query.selectFrom('verdicts')
      .leftJoin('artifacts', (join) => join.onRef('artifacts.ecosystem', '=', 'verdicts.ecosystem').onRef('artifacts.name', '=', 'verdicts.name').onRef('artifacts.file', '=', 'verdicts.file'))
      .select(['verdicts.ecosystem', 'verdicts.name', 'verdicts.file', 'verdicts.version', 'verdicts.level', 'verdicts.indicators', 'verdicts.profile', 'verdicts.sketch', 'verdicts.judged_at', 'artifacts.published_at'])
      .where(({ eb, refTuple, tuple }) => eb(refTuple('verdicts.judged_at', 'verdicts.ecosystem', 'verdicts.name', 'verdicts.file'), '>', tuple(from.at, from.ecosystem, from.name, from.file)))
      .orderBy('verdicts.judged_at').orderBy('verdicts.ecosystem').orderBy('verdicts.name').orderBy('verdicts.file').limit(BATCH).execute()
    const last = rows.at(-1)
    if (!last) return 0
    await names.ready()
    const sightings = rows.map((row) => sightingOfVerdict(row, names.protectedAs(row.ecosystem as EcosystemId, row.name)?.why === 'popular'))
    const outcomes = await campaigns.observe(sightings)
    for (const [at, outcome] of outcomes.entries()) {
      const sighting = sightings[at] as Sighting
      await campaignAlarms.follow(outcome, sighting)
    }
    const value = JSON.stringify({ at: Number(last.judged_at), ecosystem: last.ecosystem, name: last.name, file: last.file })
    await database.query.insertInto('settings').values({ key: VERDICTS, value }).onConflict((conflict) => conflict.column('key').doUpdateSet({ value })).execute()
    return rows.length
  }

  /** Members of campaigns that an advisory calls malicious by now. Returns how many there were. */
  async readAdvisories(): Promise<number> {
    const { database, campaigns, campaignAlarms, clock } = this.#parts
    const rows = await database.query.selectFrom('campaign_members')
      .innerJoin('advisories', (join) => join.onRef('advisories.ecosystem', '=', 'campaign_members.ecosystem').onRef('advisories.name', '=', 'campaign_members.name'))
      .select(['campaign_members.ecosystem', 'campaign_members.name']).distinct()
      .where('advisories.malicious', '=', 1).where('advisories.withdrawn', 'is', null)
      .where((is) => is.or([is('campaign_members.malicious', 'is', null), is('campaign_members.malicious', '=', 0)])).limit(BATCH).execute()
    const sightings = rows.map(({ ecosystem, name }) => knownMalicious(ecosystem as EcosystemId, name, clock.now()))
    for (const [at, outcome] of (await campaigns.observe(sightings)).entries()) await campaignAlarms.follow(outcome, sightings[at] as Sighting)
    return rows.length
  }

  async #verdictsRead(): Promise<{ at: number; ecosystem: string; name: string; file: string }> {
    const row = await this.#parts.database.query.selectFrom('settings').select('value').where('key', '=', VERDICTS).executeTakeFirst()
    return row ? JSON.parse(row.value) as { at: number; ecosystem: string; name: string; file: string } : { at: 0, ecosystem: '', name: '', file: '' }
  }
}

/** What generated names of one flood have in common, before anything else is known: their letters without the numbers, and not to the end. */
export const crowdOf = (name: string): string => name.replace(/\d+/g, '').replace(/[-_.]+/g, '-').slice(0, 8)
