import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Context, Limits } from './admission/context.ts'
import { Operator } from './admission/operator.ts'
import { order } from './admission/orders.ts'
import { Passage } from './admission/passage.ts'
import { rejudge } from './admission/rejudge.ts'
import { Revisions } from './admission/revisions.ts'
import { Door } from './admission/serve.ts'
import { createSources } from './admission/sources.ts'
import type { PublicSource } from './admission/sources.ts'
import { Sweep } from './admission/sweep.ts'
import { Tokens } from './access/tokens.ts'
import { privateName } from './core/policy.ts'
import type { Policy } from './core/policy.ts'
import type { EcosystemId } from './core/types.ts'
import type { ClassRule } from './downloads/classify.ts'
import { Downloads } from './downloads/downloads.ts'
import type { Family } from './gateway/metrics.ts'
import { HOST_DEFAULTS } from './host/ingest/forget.ts'
import type { HostRetention } from './host/ingest/forget.ts'
import { Hosts } from './host/ingest/hosts.ts'
import { HostIngest } from './host/ingest/ingest.ts'
import { Common } from './hunt/common.ts'
import { Hunter } from './hunt/hunter.ts'
import { Retro } from './hunt/retro.ts'
import { Domains } from './incident/domains/domains.ts'
import type { DomainSettings } from './incident/domains/domains.ts'
import { factsFor, relatedTo } from './incident/domains/for-cases.ts'
import { lookAtContent } from './incident/content.ts'
import { Clockwork } from './incident/clockwork.ts'
import type { Publisher } from './intel/bulletin.ts'
import { Incidents } from './incident/face.ts'
import { Response } from './incident/response.ts'
import type { ResponseParts } from './incident/response.ts'
import { createLedger } from './ledger/append.ts'
import { exposureOf } from './ledger/exposure.ts'
import { forgetDue } from './ledger/forget.ts'
import type { Retention } from './ledger/forget.ts'
import { keepHead } from './ledger/head.ts'
import { Metered } from './metered.ts'
import { Inventory } from './screening/inventory/inventory.ts'
import { Screening } from './screening/screening.ts'
import { Lookout } from './monitor/lookout.ts'
import { openTools, openWatch } from './monitor/open.ts'
import { ReviewDesk } from './monitor/recheck/desk.ts'
import { RECHECK_DEFAULTS } from './monitor/recheck/schedule.ts'
import type { RecheckSettings } from './monitor/recheck/schedule.ts'
import type { WatchSettings } from './monitor/open.ts'
import { ProtectedNames } from './names/protected.ts'
import { Exchange } from './intel/exchange.ts'
import type { ExchangeSettings } from './intel/exchange.ts'
import type { Blobs } from './ports/blobs.ts'
import type { Clock } from './ports/clock.ts'
import type { Database } from './ports/database.ts'
import type { Notifier } from './ports/notifier.ts'
import type { Queue } from './ports/queue.ts'
import type { Resolver } from './ports/resolver.ts'
import type { Origin, Upstream } from './ports/upstream.ts'
import { RecallBook } from './recall/book.ts'
import { EvidenceStore } from './recall/evidence.ts'
import { Recalls } from './recall/recalls.ts'
import { SandboxRoom } from './sandbox/gate/room.ts'
import type { SandboxParts } from './sandbox/gate/room.ts'
import { createPool } from './workers/pool.ts'
import { RulesWatch } from './yara/watch.ts'

export interface Parts {
  database: Database
  blobs: Blobs
  evidence: Blobs
  upstream: Upstream
  notifier: Notifier
  queue: Queue
  clock: Clock
  log: Logger
  /** Folder for the ledger's head file. */
  data: string
  sources: Readonly<Record<EcosystemId, PublicSource>>
  policy: Policy
  limits: Limits
  /** A folder with the organisation's own rules, and how many milliseconds they may take for one package. */
  rules: { folder: string; timeMs: number } | null
  workers: { size: number; timeMs: number; memoryMb: number }
  /** Absent: nothing is run in isolation. */
  sandbox?: SandboxParts
  /** Names of attackers: whom to protect, and where they are looked up. */
  domains: { settings: DomainSettings; resolver: Resolver }
  /** null: what registries publish is not followed. */
  watch: WatchSettings | null
  /** How often upstream is asked whether it still stands by what was had; nothing is asked by itself where `watch` is null. */
  recheck?: RecheckSettings
  /** How many files a minute are judged again behind clients' backs. */
  hunt?: { budget: number }
  /** Where lists of popular names are read from. */
  nameLists: Readonly<Record<EcosystemId, string | null>>
  /** How long is kept what machines tell; absent: as `HOST_DEFAULTS` says. */
  hosts?: Omit<HostRetention, 'users' | 'hosts'>
  /** How long the ledger says who asked; absent: for good. */
  retention?: Retention
  /** What deliveries are taken for, and a file with countries; null: built in. */
  downloads: { rules: readonly ClassRule[]; countries: string | null }
  /** Feeds of others, and what is told to them. `trust` is told which places may be private because somebody at this machine named them. */
  exchange?: { settings: ExchangeSettings; trust: (origins: readonly Origin[]) => void }
  /** In whose name letters go out, and what takes them away. */
  response: Pick<ResponseParts['settings'], 'sender' | 'ownDomains'> & Pick<ResponseParts, 'carry'> & { publisher: Publisher; looksAtContent: boolean }
}

export interface App {
  context: Context
  door: Door
  passage: Passage
  operator: Operator
  lookout: Lookout
  incidents: Incidents
  domains: Domains
  screening: Screening
  inventory: Inventory
  hosts: Hosts
  hostIngest: HostIngest
  reviews: ReviewDesk
  recalls: Recalls
  recallBook: RecallBook
  evidence: EvidenceStore
  hunter: Hunter
  downloads: Downloads
  exchange: Exchange
  tokens: Tokens
  sandbox: SandboxRoom
  /** What the metrics show besides requests. */
  families: Readonly<Record<string, Family>>
  /** Puts another policy in force, for index documents and bytes at once. */
  setPolicy(policy: Policy): Promise<void>
  /** Follows other processes' changes, records checkpoints, sweeps. */
  follow(): Promise<void>
  close(): Promise<void>
}

/** How often the folder with rules is read; a change counts at the second look that finds it. */
const LOOK_AT_RULES = 1_000

/** How often other processes' changes are read: well inside the five seconds in which a recall must be everywhere. */
const CATCH_UP = 250
const HOURLY = 3_600_000
/** How often it is seen whether a feed is due. */
const FEEDS = 20_000
/** How often what this organisation uses is added to the names that are protected, and due notices are sent. */
const NAMES = 60_000
const DELIVERIES = 5_000
const WATCHLIST = 2_000

/** Puts the rooms together. Everything here is given; nothing is chosen. */
export async function assemble(parts: Parts): Promise<App> {
  const { database, clock, log } = parts
  let policy = parts.policy
  const headFile = join(parts.data, 'ledger.head')
  const head = await keepHead({ file: headFile, database, onProblem: (says) => log.error({ headFile }, says) })
  const metered = new Metered()
  const ledger = metered.ledger(createLedger({ database: metered.commits(database), onHead: head.seen }))
  const revisions = new Revisions(database)
  const rules = parts.rules && (await RulesWatch.open({ ...parts.rules, log }))
  const names = new ProtectedNames({ database, clock, policy: () => policy })
  const sandbox = new SandboxRoom({ database, clock, log, policy: () => policy }, parts.sandbox ?? null)
  const context: Context = {
    ...parts, ledger, revisions, guarded: { protect: parts.domains.settings.protect, allow: parts.domains.settings.allow },
    common: new Common({ database, clock, ownHosts: () => basesOf(parts.sources).map(({ url }) => new URL(url).hostname) }),
    // A hint for people: where it cannot be given, decisions are made without it.
    near: (ecosystem, name) => names.near(ecosystem, name).catch((thrown: unknown) => {
      log.error({ err: thrown }, 'names cannot be compared')
      return null
    }),
    upstream: metered.upstream(parts.upstream, basesOf(parts.sources)),
    // One more than may examine at a time, so that index documents never wait for archives.
    pool: metered.pool(createPool({ size: parts.workers.size + 1, limits: { timeMs: parts.workers.timeMs, memoryMb: parts.workers.memoryMb } })),
    policy: () => policy,
    userRules: () => rules?.current() ?? null,
    sources: createSources(parts.sources, () => policy),
    ...(sandbox.cascade ? { cascade: sandbox.cascade } : {}),
  }
  const door = new Door(context)
  sandbox.attach(context, door)
  const sweep = new Sweep(context)
  const recalls = new Recalls({ context, exposureOf })
  const tools = await openTools(context, names)
  const lookout = new Lookout({ context, names, tools, lists: parts.nameLists, settings: parts.watch })
  const reviews = new ReviewDesk({ context, alarms: tools.alarms, settings: parts.recheck ?? RECHECK_DEFAULTS })
  const hunter = new Hunter(context, door.settling)
  const retro = new Retro({ context, settling: door.settling, alarms: tools.alarms, budget: parts.hunt?.budget ?? 60 })
  let running: Awaited<ReturnType<typeof openWatch>> | null = null
  const timers: NodeJS.Timeout[] = []
  const every = (ms: number, what: string, work: () => Promise<unknown>): void => {
    let busy = false
    timers.push(setInterval(() => {
      if (busy) return
      busy = true
      work().catch((thrown: unknown) => log.error({ err: thrown }, what)).finally(() => { busy = false })
    }, ms).unref())
  }

  const hostRetention: HostRetention = { ...(parts.hosts ?? HOST_DEFAULTS), users: parts.retention?.users ?? null, hosts: parts.retention?.hosts ?? null }
  const hosts = new Hosts({ database, clock, retention: hostRetention })
  const hostIngest = new HostIngest({ database, clock, notifier: parts.notifier, keep: hostRetention, isPrivate: (ecosystem, name) => privateName(policy, ecosystem, name) !== null })
  const domains = new Domains({ ...parts, ...parts.domains, notify: (notice) => parts.notifier.notify(notice) })
  const exchange = new Exchange({ context, data: parts.data, settings: parts.exchange?.settings ?? { feeds: [], publisher: 'Sluice', tlp: 'green', share: 'green' }, trust: parts.exchange?.trust ?? (() => undefined) })
  const readFeeds = async (): Promise<void> => {
    for (const { name, report, problem } of await exchange.syncDue()) {
      if (report) log.info({ feed: name, imported: report.imported, updated: report.updated, withdrawn: report.withdrawn, skipped: report.skippedTotal }, 'feed read')
      else log.warn({ feed: name, problem }, 'feed not read; what was read before stays')
    }
  }
  const downloads = new Downloads({ database, clock, upstream: context.upstream, data: parts.data, ...parts.downloads })
  const incidents = new Incidents({ clock, publisher: parts.response.publisher, response: new Response({
    database, ledger, clock, evidence: parts.evidence, carry: parts.response.carry, order: (request) => order(context, request), facts: (type, value) => factsFor(domains, type, value), related: (value) => relatedTo(domains, value),
    downloads: (of) => downloads.read(of),
    settings: { ...parts.response, rule: () => policy.reports },
  }) })
  const clockwork = new Clockwork({ database, clock, domains, content: parts.response.looksAtContent ? (url) => lookAtContent(context.upstream, url) : null, response: incidents.response, notify: (notice) => parts.notifier.notify(notice), log: (says) => log.warn(says) })
  return {
    context, door,
    passage: new Passage(context),
    operator: new Operator(context, door, parts.data),
    screening: new Screening(context),
    inventory: new Inventory(context), hosts, hostIngest,
    lookout, reviews, recalls, hunter, recallBook: new RecallBook(database, exposureOf), evidence: new EvidenceStore(context),
    incidents, domains,
    exchange,
    downloads,
    tokens: new Tokens(database, clock),
    sandbox,
    families: {
      ...metered.families, ...sandbox.families,
      jobs_running: { help: 'Jobs in worker processes.', read: () => context.pool.stats().busy },
      watch_events_total: {
        help: 'Events of the registries\' feeds that were new.', labels: ['ecosystem', 'state'],
        read: () => (running?.watch.feeds ?? []).map(({ ecosystem, state, events }) => ({ labels: [ecosystem, state], value: events })),
      },
      watch_lag_seconds: {
        help: 'How far a feed is behind, where it tells times.', labels: ['ecosystem', 'state'],
        read: () => (running?.watch.feeds ?? []).flatMap(({ ecosystem, state, lagMs }) => (lagMs === null ? [] : [{ labels: [ecosystem, state], value: lagMs / 1_000 }])),
      },
      host_events_total: { help: 'Events that machines told, by what became of them.', labels: ['outcome'], read: () => Object.entries(hostIngest.counted).map(([outcome, value]) => ({ labels: [outcome], value })) },
      hunt_files: {
        help: 'Judged files by what is still to be done with them, and those held for a known indicator.', labels: ['what'],
        read: () => (retro.seen ? [['held', retro.seen.held], ['to-judge-again', retro.seen.outdated], ['to-match-with-rules', retro.seen.unswept]] as const : []).map(([what, value]) => ({ labels: [what], value })),
      },
      hunt_indicators_waiting: { help: 'Changes of known indicators that are still to be matched.', read: () => retro.seen?.indicators ?? 0 },
      jobs_waiting: { help: 'Jobs waiting for a worker process.', read: () => context.pool.stats().waiting.demand + context.pool.stats().waiting.ahead },
    },

    async setPolicy(next) {
      if (next.id === policy.id) return
      const before = policy.id
      policy = next
      await ledger.append({ at: clock.now(), kind: 'policy', policy: next.id, because: `policy ${next.id} replaces ${before}` })
      log.info({ policy: next.id, before }, 'policy changed')
    },

    async follow() {
      await revisions.start()
      every(CATCH_UP, 'changes could not be read', async () => {
        await revisions.catchUp()
        await door.running.check()
      })
      every(CATCH_UP, 'what was recalled could not be withdrawn', () => recalls.tick())
      const judgeAgain = (): void => void rejudge(context, door.settling)
        .catch((thrown: unknown) => log.error({ err: thrown }, 'what other rules held back is not judged again'))
      if (rules) {
        every(LOOK_AT_RULES, 'rules could not be read', async () => {
          if (!(await rules.look())) return
          judgeAgain()
          await rules.report()
        })
        void rules.report()
      }
      judgeAgain()
      every(HOURLY, 'sweep failed', () => sweep.run())
      await exchange.begin()
      every(FEEDS, 'feeds could not be read', () => readFeeds())
      const { retention } = parts
      if (retention) {
        const forget = async (): Promise<void> => {
          const callers = await forgetDue(database, retention, clock.now())
          if (callers > 0) log.info({ callers }, 'who asked was forgotten, as configured')
        }
        every(HOURLY, 'who asked could not be forgotten', forget)
        forget().catch((thrown: unknown) => log.error({ err: thrown }, 'who asked could not be forgotten'))
      }
      every(HOURLY, 'what machines told is not deleted', () => hosts.prune())
      every(HOURLY, 'checkpoint failed', () => door.renditions.dating.checkpoint())
      await door.renditions.dating.checkpoint()
      // Behind the first clients' backs: whoever asks first need not wait for the index.
      names.ready().catch((thrown: unknown) => log.error({ err: thrown }, 'names cannot be compared'))
      every(NAMES, 'names could not be read', () => names.catchUp())
      every(NAMES, 'incidents could not be followed', () => clockwork.tick())
      every(DELIVERIES, 'notices could not be sent', () => parts.notifier.deliverDue())
      hunter.attach(retro)
      retro.start()
      sandbox.follow()
      if (!parts.watch) return
      reviews.start()
      // What the watch keeps may be unreadable; packages are examined and served without it.
      running = await openWatch(context, door, { names, tools, queue: parts.queue, settings: parts.watch }).catch((thrown: unknown) => {
        log.error({ err: thrown }, 'the watch cannot begin: nothing that registries publish is followed')
        return null
      })
      if (!running) return
      lookout.attach(running)
      every(WATCHLIST, 'the watch-list could not be read', () => tools.watchlist.refresh())
      every(HOURLY, 'old events are not deleted', () => tools.events.prune())
      running.watch.start()
    },

    async close() {
      for (const timer of timers) clearInterval(timer)
      const stopped = Promise.all([running?.watch.stop(), reviews.stop(), retro.stop(), sandbox.stop()])
      // What the watch has examined ends with this, so that stopping it need not wait.
      await context.pool.close()
      await stopped
      await clockwork.stop().catch((thrown: unknown) => log.error({ err: thrown }, 'the lease of incidents was not given up'))
      await recalls.stop().catch((thrown: unknown) => log.error({ err: thrown }, 'the lease of recalls was not given up'))
      await ledger.close()
      await head.close()
      await parts.upstream.close()
      await database.close()
    },
  }
}

const basesOf = (sources: Parts['sources']): { ecosystem: EcosystemId; url: string }[] =>
  (Object.keys(sources) as EcosystemId[]).flatMap((ecosystem) => {
    const { url } = sources[ecosystem]
    return url === null ? [] : [{ ecosystem, url }]
  })
