import { join } from 'node:path'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import { openQueue } from '../../src/adapters/embedded/queue.ts'
import { Revisions } from '../../src/admission/revisions.ts'
import { Campaigns } from '../../src/campaigns/campaigns.ts'
import type { Outcome } from '../../src/campaigns/notices.ts'
import type { Sighting } from '../../src/campaigns/sighting.ts'
import { Watchlist } from '../../src/campaigns/watchlist.ts'
import type { Policy } from '../../src/core/policy.ts'
import type { EcosystemId } from '../../src/core/types.ts'
import type { FeedEvent } from '../../src/core/watch.ts'
import { ecosystems } from '../../src/ecosystems/index.ts'
import { createLedger } from '../../src/ledger/append.ts'
import { Ahead } from '../../src/monitor/ahead.ts'
import { Alarms } from '../../src/monitor/alarms.ts'
import { Budget } from '../../src/monitor/budget.ts'
import { CampaignAlarms } from '../../src/monitor/campaign-alarms.ts'
import { Identities } from '../../src/monitor/identities.ts'
import { EventLog } from '../../src/monitor/log.ts'
import { Suspicions } from '../../src/monitor/suspicions.ts'
import { Watch } from '../../src/monitor/watch.ts'
import { WorkList } from '../../src/monitor/work.ts'
import { ProtectedNames } from '../../src/names/protected.ts'
import { systemClock } from '../../src/ports/clock.ts'
import type { Database } from '../../src/ports/database.ts'
import type { Notice } from '../../src/ports/notifier.ts'
import { createPool } from '../../src/workers/pool.ts'
import { BASES } from './pipeline-world.ts'
import type { Registries } from './pipeline-world.ts'

const POLICY: Policy = {
  id: 'bench', mode: 'enforce', minimumAge: { npm: 0, pypi: 0, go: 0 }, suspicious: 'hold', undetermined: 'hold', suspected: 'hold', removedUpstream: 'hold', quarantinedUpstream: 'hold', reports: { youngerThan: 86_400_000, observers: 2, trusted: 1 },
  allow: [], deny: [], private: [], advisories: { holdFrom: null },
}

export interface Pipeline {
  database: Database
  watch: Watch
  events: EventLog
  work: WorkList
  alarms: Alarms
  notices: Notice[]
  /** Milliseconds of waiting for campaigns, and how many sightings they had in how many batches. */
  tied: { ms: number; sightings: number; batches: number }
  /** Told of every package that was concluded. */
  onSeen: ((sighting: Sighting) => void) | null
  append(ecosystem: EcosystemId, batch: readonly FeedEvent[]): Promise<void>
  close(): Promise<void>
}

/** The watch as `monitor/open.ts` makes it, on a database on disk, its registries being made up and its followers the caller. */
export async function openPipeline(folder: string, registries: Registries, delay = 0): Promise<Pipeline> {
  const clock = systemClock
  const database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  const names = new ProtectedNames({ database, clock, policy: () => POLICY })
  await names.ready()
  const ledger = createLedger({ database })
  const notices: Notice[] = []
  const notifier = { notify: (notice: Notice) => Promise.resolve(void notices.push(notice)), deliverDue: () => Promise.resolve() }
  const pool = createPool({ size: 1, limits: { timeMs: 20_000, memoryMb: 512 } })
  const suspicions = new Suspicions({ database, ledger, clock, revisions: new Revisions(database) })
  const alarms = new Alarms({ database, notifier, clock })
  const campaigns = await Campaigns.open(database, clock)
  const [events, work] = [new EventLog(database, clock), new WorkList(database, clock)]
  const log = { warn: (...told: unknown[]) => console.error(...told), info: () => undefined, error: (...told: unknown[]) => console.error(...told) }
  const pipeline: Pipeline = { database, events, work, alarms, notices, tied: { ms: 0, sightings: 0, batches: 0 }, onSeen: null } as unknown as Pipeline
  const observe = async (batch: readonly Sighting[]): Promise<readonly Outcome[]> => {
    const began = performance.now()
    const outcomes = await campaigns.observe(batch)
    pipeline.tied.ms += performance.now() - began
    pipeline.tied.sightings += batch.length
    pipeline.tied.batches++
    if (pipeline.onSeen) batch.forEach(pipeline.onSeen)
    return outcomes
  }
  pipeline.watch = new Watch({
    database, clock, log, events, work, names, suspicions, alarms, campaigns: { observe }, followers: [],
    identities: new Identities({ database, upstream: registries.upstream(delay), pool, clock, base: (ecosystem) => BASES[ecosystem], rankOf: (ecosystem, name) => names.rankOf(ecosystem, name) }),
    watchlist: await Watchlist.open(database, clock), campaignAlarms: new CampaignAlarms({ database, alarms, suspicions, clock }),
    ahead: new Ahead({ queue: openQueue(database, clock), clock, log, budget: new Budget(60, clock), examine: () => Promise.resolve() }),
    leads: () => Promise.resolve(true), isOn: () => true,
  })
  const cursors = new Map<EcosystemId, number>()
  pipeline.append = async (ecosystem, batch) => {
    const from = cursors.get(ecosystem)
    if (from === undefined) await events.begin(ecosystem, 'bench', '0', null)
    const before = from ?? 0
    const added = await events.append({ ecosystem, feed: 'bench', from: String(before), cursor: String(before + batch.length), events: batch, state: null })
    if (added === 'moved' || added.added !== batch.length) throw new Error('the log did not take what it was given')
    cursors.set(ecosystem, before + batch.length)
  }
  pipeline.close = async () => {
    await ledger.close()
    await pool.close()
    await database.close()
  }
  await pipeline.watch.readEvents()
  return pipeline
}

/** As if the watch had looked into them yesterday. */
export async function remember({ database }: Pipeline, registries: Registries, known: readonly { ecosystem: EcosystemId; name: string }[]): Promise<void> {
  const yesterday = Date.now() - 86_400_000
  const rows = known.map(({ ecosystem, name }) => ({
    ecosystem, name, fetched_at: yesterday,
    identity: JSON.stringify(ecosystems[ecosystem].readIdentity(name, Buffer.from(registries.document(ecosystem, name) ?? ''))),
  }))
  for (let at = 0; at < rows.length; at += 1_000) {
    await database.query.insertInto('identities').values(rows.slice(at, at + 1_000)).onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doNothing()).execute()
  }
}
