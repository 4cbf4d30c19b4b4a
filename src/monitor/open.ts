import type { Context } from '../admission/context.ts'
import { scanPackage } from '../admission/scan.ts'
import type { Door } from '../admission/serve.ts'
import { isAbsent } from '../admission/renditions.ts'
import { Campaigns } from '../campaigns/campaigns.ts'
import { Watchlist } from '../campaigns/watchlist.ts'
import type { EcosystemId, Release } from '../core/types.ts'
import type { ProtectedNames } from '../names/protected.ts'
import type { Queue } from '../ports/queue.ts'
import { Ahead } from './ahead.ts'
import { Alarms } from './alarms.ts'
import { Budget } from './budget.ts'
import { CampaignAlarms } from './campaign-alarms.ts'
import { chooseFeed } from './feeds/choose.ts'
import { polledStore } from './feeds/polled.ts'
import { polling } from './feeds/polling.ts'
import type { PolledRelease } from './feeds/polling.ts'
import { createFollower } from './follower.ts'
import type { FollowerOptions } from './follower.ts'
import { Identities } from './identities.ts'
import { EventLog } from './log.ts'
import { Lease } from './log-lease.ts'
import { Suspicions } from './suspicions.ts'
import { Watch } from './watch.ts'
import { WorkList } from './work.ts'

export interface WatchSettings {
  /** Packages a minute that are examined ahead of demand. */
  budget: number
  /** What the operator says of each feed: its URL, `off`, or nothing. */
  feeds: Readonly<Record<EcosystemId, string | null>>
  /** For tests: how fast the feeds are read. */
  pace?: FollowerOptions['pace']
}

export interface WatchTools {
  identities: Identities
  watchlist: Watchlist
  alarms: Alarms
  suspicions: Suspicions
  campaignAlarms: CampaignAlarms
  events: EventLog
  work: WorkList
}

export interface RunningWatch {
  watch: Watch
  campaigns: Campaigns
  ahead: Ahead
  /** Whether this process is the one that watches; campaigns are its alone to change. */
  leads(): Promise<boolean>
}

const ECOSYSTEMS: readonly EcosystemId[] = ['npm', 'pypi', 'go']

/** What the watch keeps and asks, for whoever looks at it; nothing runs yet. */
export async function openTools(context: Context, names: ProtectedNames): Promise<WatchTools> {
  const { database, upstream, pool, clock, notifier, revisions, ledger, sources } = context
  const alarms = new Alarms({ database, notifier, clock })
  const suspicions = new Suspicions({ database, revisions, ledger, clock })
  return {
    alarms, suspicions, campaignAlarms: new CampaignAlarms({ database, alarms, suspicions, clock }),
    identities: new Identities({
      database, upstream, pool, clock,
      base: (ecosystem) => withSlash(sources.public[ecosystem].url), rankOf: (ecosystem, name) => names.rankOf(ecosystem, name),
    }),
    watchlist: await Watchlist.open(database, clock),
    events: new EventLog(database, clock),
    work: new WorkList(database, clock),
  }
}

/** The watch itself: followers, campaigns in memory, the analysis ahead of demand. One process of a data folder runs it. */
export async function openWatch(
  context: Context, door: Door, { names, tools, queue, settings }: { names: ProtectedNames; tools: WatchTools; queue: Queue; settings: WatchSettings },
): Promise<RunningWatch> {
  const { database, clock, log, sources } = context
  const lease = new Lease(database, clock)
  let term = (await lease.hold()) ? lease.term : 0
  const campaigns = await Campaigns.open(database, clock)
  let reloading: Promise<void> | null = null
  const leads = async (): Promise<boolean> => {
    if (!(await lease.hold())) return false
    const now = lease.term
    // Another process watched until now: what this one remembers of campaigns is out of date, and would be written over what is true.
    if (now !== term) await (reloading ??= campaigns.reload().then(() => { tools.campaignAlarms.forget(); term = now }).finally(() => { reloading = null }))
    return true
  }
  const ahead = new Ahead({
    queue, clock, log, budget: new Budget(settings.budget, clock),
    async examine({ ecosystem, name, version }) {
      // A private name is asked of its own registry, which the watch has no business with.
      if (sources.of(ecosystem, name).private) return
      await scanPackage(context, door, { target: `${ecosystem}:${name}`, spec: { ecosystem, name, version } })
    },
  })
  const followers = ECOSYSTEMS.filter((ecosystem) => sources.public[ecosystem].url !== null).map((ecosystem) => createFollower({
    ecosystem, log: tools.events, lease, clock, logger: log, ...(settings.pace ? { pace: settings.pace } : {}),
    choose: (stored) => chooseFeed({
      ecosystem, registry: withSlash(sources.public[ecosystem].url), setting: settings.feeds[ecosystem], stored, upstream: context.upstream, clock,
      polling: polling({ ecosystem, names: () => used(context, ecosystem), releases: (name) => releasesOf(door, ecosystem, name), store: polledStore(database, ecosystem) }),
    }),
  }))
  const watch = new Watch({
    ...tools, names, database, clock, log, campaigns, ahead, followers,
    leads,
    isOn: (ecosystem) => sources.public[ecosystem].url !== null,
  })
  return { watch, campaigns, ahead, leads }
}

const withSlash = (url: string | null): string | null => (url === null || url.endsWith('/') ? url : `${url}/`)

/** Public packages that were delivered here: what polling asks for. */
async function used({ database, sources }: Context, ecosystem: EcosystemId): Promise<string[]> {
  const rows = await database.query.selectFrom('artifacts').select('name').distinct().where('ecosystem', '=', ecosystem).execute()
  return rows.map(({ name }) => name).filter((name) => !sources.of(ecosystem, name).private)
}

async function releasesOf({ renditions }: Door, ecosystem: EcosystemId, name: string): Promise<PolledRelease[] | null> {
  const listed = await renditions.releases(ecosystem, name)
  if (isAbsent(listed)) return null
  const releases = listed.lines.toString('utf8').split('\n').filter(Boolean).map((line) => (JSON.parse(line) as [string, Release])[1])
  return releases.map(({ version, publishedAt }) => ({ version, publishedAt: publishedAt === null ? null : new Date(publishedAt) }))
}
