import type { Generated } from 'kysely'

/** Who is to be run in the sandbox, and what was. Same words as in `database.ts`. */
export interface SandboxTables {
  sandbox_wants: SandboxWantsTable
  sandbox_runs: SandboxRunsTable
}

/**
 * A file that is wanted in the sandbox. The row is the hold and the place in the queue in one, written in the transaction that
 * keeps the verdict: neither can be lost without the other.
 */
interface SandboxWantsTable {
  ecosystem: string
  name: string
  file: string
  version: string
  digest: string
  /** `RunReason`. */
  reason: string
  says: string
  /** 1: nobody gets it before it was run. */
  holds: number
  /** `Urgency`. */
  urgency: number
  /** `waiting`; `done`: it was run, or its bytes were; `left`: it could not be run, and is not tried again by itself. */
  state: string
  asked_at: number
  /** Not before. */
  due_at: number
  /** Runs that failed. */
  attempt: number
  /** Why it was not run until now, or why not at all. */
  problem: string | null
  /** The run that counted. */
  run: string | null
  /** Who asked for it; null: the cascade. */
  by: string | null
}

/** One run of one file. The row is also the claim: at most one of a digest is `running`, and only while its lease is renewed. */
interface SandboxRunsTable {
  seq: Generated<number>
  id: string
  ecosystem: string
  name: string
  version: string
  file: string
  digest: string
  reason: string
  /** `running`; `completed`; `incomplete`: something could not be seen; `failed`: there is no record; `lost`: its process ended. */
  status: string
  /** The process that runs it. */
  owner: string
  lease_until: number
  backend: string | null
  /** Of the sandbox and of what judges its records: a result of others is none. */
  versions: string
  started_at: number
  elapsed_ms: number | null
  /** Why it failed. */
  says: string | null
  /** JSON: `Run[]` with their findings, `FoundIndicator[]`, lines, and of each phase how it went. */
  runs: string
  indicators: string
  missing: string
  phases: string
  /** Digest of the packed record in the evidence store; null: there is none (any more). */
  record: string | null
  /** Bytes of it. */
  size: number | null
  /** 1: what was decided for it stands in the ledger. */
  told: number
}
