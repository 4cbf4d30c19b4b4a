import { openQueue } from '../adapters/embedded/queue.ts'
import { Revisions } from '../admission/revisions.ts'
import { Campaigns } from '../campaigns/campaigns.ts'
import { Watchlist } from '../campaigns/watchlist.ts'
import { identityOf } from '../core/identity.ts'
import type { RawIdentity } from '../core/identity.ts'
import type { Policy } from '../core/policy.ts'
import type { EcosystemId } from '../core/types.ts'
import type { FeedEvent, Identity } from '../core/watch.ts'
import { ProtectedNames } from '../names/protected.ts'
import type { Database } from '../ports/database.ts'
import type { Notice } from '../ports/notifier.ts'
import { Ahead } from './ahead.ts'
import { Alarms } from './alarms.ts'
import { Budget } from './budget.ts'
import { CampaignAlarms } from './campaign-alarms.ts'
import { onDisk } from './feeds/testing.ts'
import type { Identities } from './identities.ts'
import { EventLog } from './log.ts'
import { Suspicions } from './suspicions.ts'
import { Watch } from './watch.ts'
import { WorkList } from './work.ts'

type Step = 'ledger' | 'campaigns' | 'notifier' | 'queue'

export const DAY = 86_400_000

/** Registries, feeds and a watch over them, on tables that outlive it. For tests. */
export class World {
  readonly database: Database
  readonly clock = { now: () => new Date(this.now) }
  now = Date.UTC(2026, 0, 1)
  readonly notices: Notice[] = []
  /** What the ledger was told. */
  readonly lines: string[] = []
  readonly warnings: unknown[] = []
  /** Whom the registries were asked about. */
  readonly asked: string[] = []
  /** What each registry shows: an identity, null for a 404, an error for a registry in trouble. */
  readonly registry = new Map<string, RawIdentity | null | Error>()
  /** Registries answer after this. */
  answers: Promise<unknown> | null = null
  /** The step that fails, once. */
  killedAt: Step | null = null
  readonly #disk: Awaited<ReturnType<typeof onDisk>>
  #serial = 0

  private constructor(disk: Awaited<ReturnType<typeof onDisk>>, database: Database) {
    this.#disk = disk
    this.database = database
  }

  static async open(): Promise<World> {
    const disk = await onDisk()
    const database = await disk.open()
    for (const [ecosystem, names] of Object.entries({ npm: ['lodash', 'react'], pypi: ['requests', 'urllib3'], go: ['github.com/gorilla/mux'] })) {
      await database.query.insertInto('popular').values(names.map((name, at) => ({ ecosystem, name, rank: at + 1 }))).execute()
    }
    return new World(disk, database)
  }

  close(): Promise<void> {
    return this.#disk.remove()
  }

  #kill(step: Step): void {
    if (this.killedAt !== step) return
    this.killedAt = null
    throw new Error(`killed at the ${step}`)
  }

  /** The watch as it is after a start: memory is empty, the tables are what they were. */
  async start(): Promise<Watch> {
    const { database, clock } = this
    const names = new ProtectedNames({ database, clock, policy: () => ({ id: 'p', private: ['@acme/billing', '@acme/*'].map((pattern) => ({ ecosystem: 'npm', pattern, registry: null })) }) as unknown as Policy })
    const suspicions = new Suspicions({
      database, clock, revisions: new Revisions(database),
      ledger: { append: async ({ action, ecosystem, name }) => { this.#kill('ledger'); this.lines.push(`${action} ${ecosystem}:${name}`); return undefined as never } },
    })
    const alarms = new Alarms({ database, clock, notifier: { deliverDue: () => Promise.resolve(), notify: async (notice) => { this.#kill('notifier'); this.notices.push(notice) } } })
    const campaigns = await Campaigns.open(database, clock)
    const queue = openQueue(database, clock)
    const log = { warn: (what: unknown) => this.warnings.push(what), info: () => undefined, error: () => undefined } as never
    return new Watch({
      database, clock, log, names, suspicions, alarms, followers: [], identities: this.#identities(),
      events: new EventLog(database, clock), work: new WorkList(database, clock), watchlist: await Watchlist.open(database, clock),
      campaigns: { observe: async (batch) => { this.#kill('campaigns'); return campaigns.observe(batch) } },
      campaignAlarms: new CampaignAlarms({ database, alarms, suspicions, clock }),
      ahead: new Ahead({ clock, log, budget: new Budget(60, clock), queue: { ...queue, add: async (job) => { this.#kill('queue'); return queue.add(job) } }, examine: () => Promise.resolve() }),
      leads: () => Promise.resolve(true), isOn: () => true,
    })
  }

  #identities(): Identities {
    const of = async (ecosystem: EcosystemId, name: string): Promise<Identity | null> => {
      this.asked.push(`${ecosystem}:${name}`)
      await this.answers
      const found = this.registry.get(`${ecosystem}:${name}`) ?? null
      if (found instanceof Error) throw found
      const identity = found && identityOf(ecosystem, name, found)
      await this.database.query.insertInto('identities').values({ ecosystem, name, identity: identity && JSON.stringify(identity), fetched_at: this.now })
        .onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doNothing()).execute()
      return identity
    }
    return { of, saved: () => Promise.resolve(), prune: () => Promise.resolve() } as unknown as Identities
  }

  /** The registry shows it, and its feed says so. */
  async publish(ecosystem: EcosystemId, name: string, raw: RawIdentity | null, event: Partial<FeedEvent> = {}): Promise<void> {
    this.registry.set(`${ecosystem}:${name}`, raw)
    const log = new EventLog(this.database, this.clock)
    const position = await log.position(ecosystem)
    if (!position) {
      await log.readBy('watch')
      await log.begin(ecosystem, 'fake', '0', {})
    }
    const mark = String(++this.#serial)
    await log.append({
      ecosystem, feed: 'fake', from: position?.cursor ?? '0', cursor: mark, state: {},
      events: [{ ecosystem, mark, name, version: null, kind: 'published', at: new Date(this.now), account: null, ...event }],
    })
  }

  /** A package of somebody's, released just now. */
  fresh(more: RawIdentity = {}): RawIdentity {
    return { description: 'a thing of its own', accounts: ['somebody'], publisher: 'somebody', releases: [{ version: '7.3.1', at: new Date(this.now) }], ...more }
  }

  /** One with forty releases, this the latest. */
  old(version: string): RawIdentity {
    const releases = Array.from({ length: 40 }, (_, at) => ({ version: at === 39 ? version : `4.0.${at}`, at: new Date(this.now - (400 - at) * DAY) }))
    return { description: 'a streaming library that many use', accounts: ['corp'], releases }
  }

  /** A stranger under the name and version of another registry's package. */
  async twin(): Promise<void> {
    this.registry.set('npm:corp-streaming', this.old('4.14.0'))
    await this.publish('pypi', 'corp-streaming', this.fresh({ releases: [{ version: '4.14.0', at: new Date(this.now) }] }), { version: '4.14.0' })
  }

  /** Until nothing is left that is due. */
  async run(watch: Watch): Promise<void> {
    while (await watch.readEvents() > 0) { /* the next ones */ }
    for (const ecosystem of ['npm', 'pypi', 'go'] as const) while (await watch.lookInto(ecosystem) > 0) { /* the next ones */ }
    await watch.readVerdicts()
  }

  /** `imitates pypi:requests 3` */
  async alarms(): Promise<string[]> {
    const rows = await this.database.query.selectFrom('alarms').select(['subject', 'size']).where('closed_at', 'is', null).orderBy('subject').execute()
    return rows.map(({ subject, size }) => `${subject} ${size}`)
  }

  async waiting(): Promise<string[]> {
    return (await this.database.query.selectFrom('watch_work').select('name').execute()).map(({ name }) => name)
  }

  async jobs(): Promise<string[]> {
    return (await this.database.query.selectFrom('jobs').select(['topic', 'key']).orderBy('topic').execute()).map(({ topic, key }) => `${topic}: ${key}`)
  }
}
