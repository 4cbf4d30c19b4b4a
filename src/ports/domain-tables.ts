import type { Generated } from 'kysely'

/** What is known of names and addresses of attackers. Same words as in `database.ts`. */
export interface DomainTables {
  domain_targets: DomainTargetsTable
  domain_observations: DomainObservationsTable
}

/** Names and addresses that are looked after. What was seen of them is in the observations; this is where they stand. */
interface DomainTargetsTable {
  /** `domain:evil.example`, `ip:192.0.2.7`, `asn:64500`. */
  target: string
  because: string
  by: string
  first_at: number
  /** When it is looked at again; null: not by the clock. */
  due_at: number | null
  checked_at: number | null
  /** up, parked, down, unknown. */
  state: string
  /** JSON: why it is said to be in this state. */
  reasons: string
  state_since: number
  /** When it was first seen to be down; null: not yet. It stays when the target comes back. */
  down_at: number | null
  /** Looks in a row that told nothing. */
  failures: number
}

/** Rows are added, and nothing else. */
interface DomainObservationsTable {
  seq: Generated<number>
  target: string
  /** When it was so. */
  at: number
  /** When it was written down. */
  told_at: number
  /** rdap, dns, certificates, passive-dns, or evidence of a person. */
  source: string
  /** SHA-256 of the content. */
  digest: string
  /** JSON; null: the same as the one before of this source. */
  content: string | null
  /** Who brought it; null: this gate saw it. */
  by: string | null
}
