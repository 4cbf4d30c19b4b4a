import type { Logger } from 'pino'
import type { Context, Limits } from '../admission/context.ts'
import type { Operator } from '../admission/operator.ts'
import type { Passage } from '../admission/passage.ts'
import type { Door } from '../admission/serve.ts'
import type { PublicSource } from '../admission/sources.ts'
import type { Tokens } from '../access/tokens.ts'
import type { Policy } from '../core/policy.ts'
import type { EcosystemId } from '../core/types.ts'
import type { ClassRule } from '../downloads/classify.ts'
import type { Downloads } from '../downloads/downloads.ts'
import type { Family } from '../gateway/metrics.ts'
import type { HostRetention } from '../host/ingest/forget.ts'
import type { Hosts } from '../host/ingest/hosts.ts'
import type { HostIngest } from '../host/ingest/ingest.ts'
import type { Hunter } from '../hunt/hunter.ts'
import type { Domains } from '../incident/domains/domains.ts'
import type { DomainSettings } from '../incident/domains/domains.ts'
import type { Publisher } from '../intel/bulletin.ts'
import type { Incidents } from '../incident/face.ts'
import type { ResponseParts } from '../incident/response.ts'
import type { Retention } from '../ledger/forget.ts'
import type { Inventory } from '../screening/inventory/inventory.ts'
import type { Screening } from '../screening/screening.ts'
import type { Lookout } from '../monitor/lookout.ts'
import type { ReviewDesk } from '../monitor/recheck/desk.ts'
import type { RecheckSettings } from '../monitor/recheck/schedule.ts'
import type { WatchSettings } from '../monitor/open.ts'
import type { Exchange } from '../intel/exchange.ts'
import type { ExchangeSettings } from '../intel/exchange.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { Queue } from '../ports/queue.ts'
import type { Resolver } from '../ports/resolver.ts'
import type { Origin, Upstream } from '../ports/upstream.ts'
import type { RecallBook } from '../recall/book.ts'
import type { EvidenceStore } from '../recall/evidence.ts'
import type { Recalls } from '../recall/recalls.ts'
import type { SandboxRoom } from '../sandbox/gate/room.ts'
import type { SandboxParts } from '../sandbox/gate/room.ts'
import type { Pool } from '../workers/pool.ts'

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
  /** Absent: workers of its own. */
  pool?: Pool
  /** See RecallsParts. */
  recalls?: { settled: number }
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
