import { setTimeout as wait } from 'node:timers/promises'
import type { Logger } from 'pino'
import { chunks } from '../campaigns/store.ts'
import { isCode, sentence } from '../core/errors.ts'
import type { EcosystemId } from '../core/types.ts'
import type { ProtectedNames } from '../names/protected.ts'
import type { Clock } from '../ports/clock.ts'
import { Conclusions } from './conclusions.ts'
import type { ConclusionParts, Looked } from './conclusions.ts'
import type { Newcomer } from './concerns.ts'
import type { FeedStatus } from './follower-status.ts'
import type { Follower } from './follower.ts'
import { look } from './look.ts'
import type { LookParts } from './look.ts'
import type { EventLog, LoggedEvent } from './log.ts'
import { forgetOld } from './retention.ts'
import { knownMalicious, sightingOfVerdict } from './sightings.ts'
import { judgedAfter, verdictsDone, verdictsRead } from './verdicts.ts'
import type { WorkItem, WorkList } from './work.ts'

export interface WatchParts extends LookParts, ConclusionParts {
  clock: Clock
  log: Pick<Logger, 'warn' | 'info' | 'error'>
  events: EventLog
  work: WorkList
  names: ProtectedNames
  /** Whether this process is the one that watches. */
  leads(): Promise<boolean>
  followers: readonly Follower[]
}

const CONSUMER = 'watch'
/** Verdicts a batch, and events: what comes after many of one registry shall not wait long for its place in the list. */
const BATCH = 500
const EVENTS = 2_000
/** Who is watched, a statement. */
const ACTORS = 500
/** Milliseconds for which names are compared before others have their turn: absurd ones take twenty times as long as others. */
const A_BREATH = 10
/** Packages of one registry that are looked into at the same time. */
const AT_ONCE = 8
/** Of one registry that are finished together, and how many milliseconds that should take: more at once where it is fast. */
const LEAST = 8
const MOST = 128
const SLOW = 1_000
const IDLE = 1_000
/** How often members of campaigns are compared with what advisories say meanwhile. */
const ADVISORIES = 30_000
const DAILY = 86_400_000
const GRACE = 5_000
/** From here on a likeness makes a package urgent. */
const RESEMBLES = 0.4

/**
 * The watch over the registries. What feeds say becomes packages to look into, the most telling first; what is found out becomes
 * suspicions, alarms, members of campaigns, and work for the analysis before anybody asks. Everything it has read and not finished is in
 * the database: a crash repeats a step at most, and every step may be repeated.
 */
export class Watch {
  readonly #parts: WatchParts
  readonly #abort = new AbortController()
  readonly #loops: Promise<void>[] = []
  readonly #conclusions: Conclusions
  /** How many packages of each registry are looked into before they are concluded together. */
  readonly #sizes = new Map<EcosystemId, number>()

  constructor(parts: WatchParts) {
    this.#parts = parts
    this.#conclusions = new Conclusions(parts)
  }

  start(): void {
    const { followers, isOn, ahead } = this.#parts
    for (const follower of followers) follower.start()
    this.#loop('events', () => this.readEvents())
    this.#loop('verdicts', () => this.readVerdicts())
    this.#loop('advisories', () => this.readAdvisories(), ADVISORIES)
    this.#loop('ahead', () => ahead.turn())
    this.#loop('what is old', () => this.forgetOld(), DAILY)
    for (const ecosystem of ['npm', 'pypi', 'go'] as const) if (isOn(ecosystem)) this.#loop(`${ecosystem} packages`, () => this.lookInto(ecosystem))
  }

  /** What is under way may end within `grace` milliseconds. What does not, a slow registry's answer or a large package, is begun again by the next start. */
  async stop(grace = GRACE): Promise<void> {
    this.#abort.abort()
    await Promise.all(this.#parts.followers.map((follower) => follower.stop()))
    const done = new AbortController()
    await Promise.race([Promise.all(this.#loops), wait(grace, undefined, { signal: done.signal }).catch(() => undefined)])
    done.abort()
  }

  /** How the feeds are, as far as this process follows them. */
  get feeds(): FeedStatus[] {
    return this.#parts.followers.map((follower) => follower.status())
  }

  /** Identities, alarms and suspicions that are of no use any more. Always 0: the next time is after a day. */
  async forgetOld(): Promise<number> {
    await this.#parts.identities.prune()
    await forgetOld(this.#parts.database, this.#parts.clock.now())
    return 0
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
    const batch = await events.since(read, EVENTS)
    const last = batch.at(-1)
    if (!last) return 0
    const latest = new Map(batch.map((event) => [`${event.ecosystem}/${event.name}`, event]))
    const seen = await this.#seen([...latest.values()])
    const theirs = await this.#ofWatched([...latest.values()])
    const items: WorkItem[] = []
    let began = performance.now()
    for (const event of latest.values()) {
      items.push(this.#itemOf(event, { seen, theirs }))
      if (performance.now() - began < A_BREATH) continue
      await new Promise((resolve) => setImmediate(resolve))
      began = performance.now()
    }
    await database.transaction((tx) => work.add(tx, items))
    await events.done(CONSUMER, last.seq)
    return batch.length
  }

  async #seen(events: readonly LoggedEvent[]): Promise<ReadonlySet<string>> {
    const seen = new Set<string>()
    for (const [ecosystem, some] of Map.groupBy(events, (one) => one.ecosystem)) {
      const rows = await this.#parts.database.query.selectFrom('identities').select('name')
        .where('ecosystem', '=', ecosystem).where('name', 'in', some.map(({ name }) => name))
        // Who was asked about and was not there is new now.
        .where('identity', 'is not', null).execute()
      for (const { name } of rows) seen.add(`${ecosystem}/${name}`)
    }
    return seen
  }

  /** Packages that somebody who is watched published before: most feeds do not say who did it this time. */
  async #ofWatched(events: readonly LoggedEvent[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>()
    const watched = this.#parts.watchlist.list()
    for (const [ecosystem, some] of Map.groupBy(events, (one) => one.ecosystem)) {
      // An address of mail is one person's at every registry; an account only at its own.
      const actors = watched.filter((one) => one.ecosystem === ecosystem || one.actor.includes('@')).map(({ actor }) => actor)
      const names = new Set(some.map(({ name }) => name))
      for (const part of chunks(actors, ACTORS)) {
        // By whom they are, who are few: asked by the names, the database would go through all uploads there are.
        const rows = await this.#parts.database.query.selectFrom('uploads').select('name').distinct()
          .where('ecosystem', '=', ecosystem).where('actor', 'in', part).execute()
        for (const { name } of rows) if (names.has(name)) found.add(`${ecosystem}/${name}`)
      }
    }
    return found
  }

  #itemOf({ ecosystem, name, version, kind, account, at, seenAt }: LoggedEvent, { seen, theirs }: Record<'seen' | 'theirs', ReadonlySet<string>>): WorkItem {
    const { names, watchlist } = this.#parts
    const known = seen.has(`${ecosystem}/${name}`)
    const [resembled] = known || names.protectedAs(ecosystem, name) ? [] : names.check(ecosystem, name, 1)
    const resembles = (resembled?.weight ?? 0) >= RESEMBLES
    const urgent = names.mine(ecosystem, name) !== null || watchlist.isWatched(ecosystem, { account, emails: [] }) !== null || theirs.has(`${ecosystem}/${name}`)
    return {
      ecosystem, name, class: urgent ? 0 : resembles ? 1 : known ? 3 : 2, crowd: account ?? crowdOf(name),
      facts: { version: kind === 'removed' ? null : version, account, there: kind !== 'removed', at: (at ?? seenAt).toISOString() },
    }
  }

  /** Looks into the packages of one registry whose turn it is. Returns how many there were. */
  async lookInto(ecosystem: EcosystemId): Promise<number> {
    const began = performance.now()
    const size = this.#sizes.get(ecosystem) ?? LEAST
    const items = await this.#parts.work.take(ecosystem, size)
    try {
      await this.#finish(items)
    } finally {
      this.#parts.work.release(items)
    }
    // What is urgent meanwhile waits for no more than the batch that was begun.
    const took = performance.now() - began
    this.#sizes.set(ecosystem, took > SLOW ? Math.max(LEAST, size >> 1) : took < SLOW / 2 && items.length === size ? Math.min(MOST, size * 2) : size)
    return items.length
  }

  async #finish(items: readonly WorkItem[]): Promise<void> {
    const looked: Looked[] = []
    const left = [...items]
    const one = async (): Promise<void> => {
      for (let item = left.shift(); item; item = left.shift()) {
        const newcomer = await this.#look(item)
        if (newcomer) looked.push({ newcomer, item })
      }
    }
    await Promise.all(Array.from({ length: AT_ONCE }, one))
    await this.#conclude(looked)
  }

  async #look(item: WorkItem): Promise<Newcomer | null> {
    const { ecosystem, name, facts } = item
    try {
      const newcomer = await look(this.#parts, { ecosystem, name, account: facts.account, there: facts.there }, 0)
      if (facts.there) this.#parts.followers.find((one) => one.ecosystem === ecosystem)?.looked(1, newcomer.identity === null ? 1 : 0)
      return newcomer
    } catch (thrown) {
      await this.#failed(item, thrown)
      return null
    }
  }

  /** All at once; where that fails, one by one, so that one package does not keep the others from being finished. */
  async #conclude(looked: readonly Looked[]): Promise<void> {
    if (looked.length === 0) return
    try {
      await this.#parts.identities.saved()
      await this.#conclusions.reach(looked)
      const [whole, partly] = [looked.filter(({ newcomer }) => newcomer.problem === null), looked.filter(({ newcomer }) => newcomer.problem !== null)]
      await this.#parts.work.done(...whole.map(({ item }) => item))
      for (const { item, newcomer } of partly) await this.#again(item, newcomer.problem as string)
    } catch (thrown) {
      if (looked.length === 1) await this.#failed((looked[0] as Looked).item, thrown)
      else for (const one of looked) await this.#conclude([one])
    }
  }

  async #failed(item: WorkItem, thrown: unknown): Promise<void> {
    if (this.#abort.signal.aborted || isCode(thrown, 'worker-closed')) return
    await this.#again(item, sentence(thrown))
  }

  async #again(item: WorkItem, why: string): Promise<void> {
    const again = await this.#parts.work.failed(item)
    this.#parts.log.warn({ ecosystem: item.ecosystem, name: item.name, error: why, again }, 'a package could not be looked into, or not wholly')
  }

  /** Verdicts, whoever asked for them, as sightings. Returns how many there were. */
  async readVerdicts(): Promise<number> {
    const { database, campaigns, campaignAlarms, names } = this.#parts
    const rows = await judgedAfter(database, await verdictsRead(database), BATCH)
    const last = rows.at(-1)
    if (!last) return 0
    await names.ready()
    const sightings = rows.map((row) => sightingOfVerdict(row, names.protectedAs(row.ecosystem as EcosystemId, row.name)?.why === 'popular'))
    await campaignAlarms.followAll(await campaigns.observe(sightings), sightings)
    await verdictsDone(database, Number(last.seq))
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
    await campaignAlarms.followAll(await campaigns.observe(sightings), sightings)
    return rows.length
  }
}

/** What generated names of one flood have in common, before anything else is known: their letters without the numbers, and not to the end. */
const crowdOf = (name: string): string => name.replace(/\d+/g, '').replace(/[-_.]+/g, '-').slice(0, 8)
