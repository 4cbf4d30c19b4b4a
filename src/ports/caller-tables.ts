import type { Generated } from 'kysely'

/** Who asked, apart from what was asked, so that it can be forgotten. Same words as in `database.ts`. */
export interface CallerTables {
  callers: CallersTable
  caller_keys: CallerKeysTable
  same_callers: SameCallersTable
}

/**
 * One row for each distinct set of facts about whoever asked, in one period (`periodOf` in `src/ledger/caller.ts`). Rows stay for good;
 * facts become null when they are forgotten. Everything but id, period, mark and proofs is a fact or made of facts.
 */
export interface CallersTable {
  id: Generated<number>
  period: number
  /** What ledger lines carry: the commitment to all facts. */
  mark: string
  /** Finds the row for the same facts while the period lasts, and cannot be computed afterwards; null: nobody may be added to it. */
  lookup: string | null
  /** Of the TCP peer, and what a trusted proxy says that it forwards for. */
  address: string | null
  forwarded: string | null
  /** The client's address in a form that sorts by network: `sortableAddress`. */
  network: string | null
  token: string | null
  user: string | null
  host: string | null
  job: string | null
  url: string | null
  /** Tool and version, as the client calls itself. */
  client: string | null
  agent: string | null
  ci: string | null
  /** JSON: for each fact its salt while it is kept, its seal afterwards. */
  proofs: string
}

/** Which callers of different periods are the same: a table of its own, as those of something popular are most of them. */
interface SameCallersTable {
  caller: number
  /** Made of token, user, host, address, job and client. The row is gone once any of these is forgotten. */
  who: number
}

/** The secret behind `lookup`, as long as the period lasts. */
interface CallerKeysTable {
  period: number
  secret: string
}
