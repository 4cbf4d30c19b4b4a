import type { Generated, Kysely } from 'kysely'
import type { CaseTables } from './case-tables.ts'
import type { CallerTables } from './caller-tables.ts'
import type { DownloadTables } from './download-tables.ts'
import type { DomainTables } from './domain-tables.ts'
import type { HostTables } from './host-tables.ts'
import type { SandboxTables } from './sandbox-tables.ts'
import type { RecallTables } from './recall-tables.ts'
import type { WatchTables } from './watch-tables.ts'

/**
 * One set of tables and queries for SQLite and PostgreSQL. Instants are INTEGER milliseconds since 1970 UTC;
 * booleans are 0 or 1; JSON is TEXT. Rows are written by migrations in `src/adapters/migrations.ts`.
 */
export interface Database {
  readonly query: Kysely<Tables>
  /** Serialisable write transaction: sees and locks the newest state. Durable (fsync) when it resolves. */
  transaction<T>(work: (tx: Kysely<Tables>) => Promise<T>): Promise<T>
  /**
   * Appends ledger lines in one durable transaction. The hash chain is built inside it, so that several processes can
   * append to one ledger. Returns the new head. See `src/ledger/chain.ts` for the formula.
   */
  appendLedger(entries: readonly string[]): Promise<{ seq: number; hash: string }>
  /** Applies migrations; safe to call in several processes at once. */
  migrate(): Promise<void>
  close(): Promise<void>
}

export interface Tables extends WatchTables, RecallTables, CaseTables, CallerTables, DownloadTables, DomainTables, HostTables, SandboxTables {
  documents: DocumentsTable
  artifacts: ArtifactsTable
  verdicts: VerdictsTable
  orders: OrdersTable
  advisories: AdvisoriesTable
  ledger: LedgerTable
  tokens: TokensTable
  jobs: JobsTable
  changes: ChangesTable
  checkpoints: CheckpointsTable
  records: RecordsTable
  settings: SettingsTable
}

/** Upstream index documents as last seen. `raw` is the blob with the body (zstd where `encoding` says so). */
interface DocumentsTable {
  ecosystem: string
  name: string
  complete: number
  status: number
  etag: string | null
  last_modified: string | null
  content_type: string
  /** The URL it was read from, after redirects. */
  base: string
  /** Which source it is of: `public`, or a private registry. A row of another source counts for nothing. */
  source: string
  raw: string
  fetched_at: number
  checked_at: number
}

interface ArtifactsTable {
  ecosystem: string
  name: string
  file: string
  version: string
  digest: string
  size: number
  upstream: string
  /** As in documents. */
  source: string
  published_at: number | null
  first_seen_at: number
  /** JSON `{alg: hex}` computed while acquiring. */
  hashes: string
  /** 1 when the bytes were purged; the row stays. */
  purged: number
}

interface VerdictsTable {
  ecosystem: string
  name: string
  file: string
  version: string
  digest: string
  level: string
  score: number
  findings: string
  missing: string
  runs: string
  rules: string
  /** JSON; null in rows written before verdicts kept them. */
  indicators: string | null
  /** JSON, null where there was no model. */
  learned: string | null
  /** JSON of what the file is able to do, and of what is new in that; null where it is not known. */
  profile: string | null
  difference: string | null
  /** Canonical, as in the profile: to find who else names it. */
  repository: string | null
  /** `encodeSketch`; null: too little code, or written before sketches were kept. */
  sketch: string | null
  /** JSON of what static examination alone says, where a run in the sandbox is in the rest; null: the rest is that. */
  examined: string | null
  judged_at: number
  elapsed_ms: number
}

interface OrdersTable {
  /** In the order in which they were given, whatever the clock said. */
  seq: Generated<number>
  id: string
  ecosystem: string
  name: string
  version: string | null
  digest: string | null
  action: string
  because: string
  by: string
  at: number
  expires_at: number | null
}

interface AdvisoriesTable {
  id: string
  ecosystem: string
  name: string
  malicious: number
  summary: string
  versions: string
  ranges: string
  severity: string | null
  url: string | null
  source: string
  modified: number
  withdrawn: number | null
  /** TLP 2.0, as in `known_indicators`. */
  tlp: Generated<string>
  /** Grows with every change, so that what is new is found by a cursor. */
  seq: Generated<number>
}

/**
 * `entry` is the JSON that is hashed; the other columns are copies for queries, checked by verify. Who asked is in `callers`; lines
 * from before that table have it in themselves, and in token, address and client.
 */
interface LedgerTable {
  seq: number
  prev: string
  hash: string
  entry: string
  at: number
  kind: string
  ecosystem: string | null
  name: string | null
  version: string | null
  file: string | null
  digest: string | null
  token: string | null
  address: string | null
  /** Tool and version, as the client calls itself. */
  client: string | null
  caller: number | null
}

interface TokensTable {
  id: string
  name: string
  /** SHA-256 of the secret, hex. Secrets are 256 random bits, so a plain hash is enough. */
  hash: string
  scopes: string
  created_at: number
  expires_at: number | null
  revoked_at: number | null
}

interface JobsTable {
  id: string
  topic: string
  key: string
  payload: string
  state: string
  attempt: number
  due_at: number
  lease_until: number | null
  reason: string | null
}

/** What running gates must notice: one row a change, read from a cursor by every process a few times a second. */
interface ChangesTable {
  seq: Generated<number>
  kind: string
  ecosystem: string | null
  /** null: every package. */
  name: string | null
  at: number
}

/** Size of a transparency log at a time. */
interface CheckpointsTable {
  ecosystem: string
  at: number
  size: number
}

/** Record numbers of versions in a transparency log. */
interface RecordsTable {
  ecosystem: string
  name: string
  version: string
  record: number
  h1: string | null
}

interface SettingsTable {
  key: string
  value: string
}
