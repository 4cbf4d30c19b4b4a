import type { Logger } from 'pino'
import type { Kysely } from 'kysely'
import type { RunWanted } from '../core/cascade.ts'
import type { Policy } from '../core/policy.ts'
import type { Artifact, ArtifactRef, Difference, Digest, FoundIndicator, Guarded, Profile, Run, Verdict } from '../core/types.ts'
import type { Common } from '../hunt/common.ts'
import type { Ledger } from '../ledger/append.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Clock } from '../ports/clock.ts'
import type { Database, Tables } from '../ports/database.ts'
import type { Notifier } from '../ports/notifier.ts'
import type { Upstream } from '../ports/upstream.ts'
import type { SandboxStatus } from '../sandbox/gate/desk.ts'
import type { Pool } from '../workers/pool.ts'
import type { UserRules } from '../yara/rules.ts'
import type { Revisions } from './revisions.ts'
import type { Sources } from './sources.ts'
import type { NearName } from './standing.ts'

/** What admission works with. Built once by `main.ts`; tests build it with fakes. */
export interface Context {
  database: Database
  blobs: Blobs
  /** Bytes that were taken back. Nothing in it is ever served. */
  evidence: Blobs
  upstream: Upstream
  ledger: Ledger
  pool: Pool
  clock: Clock
  notifier: Notifier
  log: Logger
  revisions: Revisions
  sources: Sources
  /** The policy in force; a running gate replaces it as a whole. */
  policy(): Policy
  near: NearName
  /** Which known indicators everybody carries. */
  common: Common
  /** The organisation's own rules as they are now; null: none are configured. */
  userRules(): UserRules | null
  limits: Limits
  /** Who goes to the sandbox after static examination; absent: nobody. */
  cascade?: Cascade
  /** Domains whose imitations are found in packages, besides the registries' own. */
  guarded?: Guarded
}

/** What static examination found out, as the cascade looks at it. */
export interface Examined {
  artifact: Artifact
  /** As `Release` has it. */
  publishedBefore: Date | null
  verdict: Verdict
  profile: Profile | null
  difference: Difference | null
}

/** What the sandbox adds to a verdict. */
export interface RunPart {
  id: string
  runs: readonly Run[]
  indicators: readonly FoundIndicator[]
}

export interface Cascade {
  /** Whether a run is wanted. Before the transaction that keeps the verdict, because it reads. */
  consider(examined: Examined): Promise<RunWanted | null>
  /** Its place in the queue, and its hold, in that transaction. `part`: what the last run of the same bytes found; `changed`: clients may see a difference. */
  keep(tx: Kysely<Tables>, wanted: { ref: ArtifactRef; digest: Digest; wanted: RunWanted | null; at: Date }): Promise<{ part: RunPart | null; changed: boolean }>
  /** Somebody waits for it: it goes before what nobody waits for. Whether it has room now that it had not. */
  hasten(ref: ArtifactRef): Promise<boolean>
  /** How many are run before it, counted up to `MOST_AHEAD` and those being run; null: it is being run, or nobody knows. */
  ahead(ref: ArtifactRef): Promise<number | null>
  status(): Promise<SandboxStatus>
}

/** All in milliseconds or bytes. */
export interface Limits {
  /** How long a client waits for a first verdict before it is told to come back. */
  patience: number
  /** How long a client waits for an index document that is being fetched and read. */
  indexPatience: number
  /** An index document younger than this is served without asking upstream. */
  fresh: number
  /** Up to this age it is served at once and revalidated behind the client's back; older ones wait for upstream. */
  stale: number
  /** How long a client waits for the revalidation of a stale document before it gets the stale one. */
  revalidation: number
  /** How long upstream may take for one index document, from its head to its end. */
  document: number
  /** Memory for prebuilt index documents and small artifacts. */
  memory: number
  /** Largest index document and largest artifact taken from upstream. */
  indexSize: number
  artifactSize: number
}
