import type { Generated } from 'kysely'
import type { ExchangeTables } from './exchange-tables.ts'
import type { HuntTables } from './hunt-tables.ts'

/** What recall, hunting and exchange keep. Same words as in `database.ts`. */
export interface RecallTables extends HuntTables, ExchangeTables {
  known_indicators: KnownIndicatorsTable
  services: ServicesTable
  inventories: InventoriesTable
  inventory_items: InventoryItemsTable
  rechecks: RechecksTable
  reviews: ReviewsTable
  review_bytes: ReviewBytesTable
  judgements: JudgementsTable
  recalls: RecallsTable
  tombstones: TombstonesTable
  recall_causes: RecallCausesTable
}

/** Indicators that somebody says are bad: from feeds, cases and people. One row a source and value. */
interface KnownIndicatorsTable {
  /** Counts up with every change, so that what is new is found by a cursor. */
  seq: Generated<number>
  /** One of `INDICATOR_KINDS` (`intel/indicator.ts`): as in `FoundIndicator`, with hashes by their algorithm. */
  type: string
  /** In the spelling analysis uses: lower case, never defanged. */
  value: string
  source: string
  /** The record's id at its source, where it has one. */
  record: string | null
  says: string
  /** TLP 2.0: clear, green, amber, amber+strict, red. */
  tlp: string
  /** null: without end. */
  valid_until: number | null
  withdrawn: number | null
  modified: number
  added_at: number
}

/** What an organisation runs: whose lockfiles and SBOMs are kept. */
interface ServicesTable {
  id: string
  name: string
  added_at: number
}

/** One lockfile or SBOM of a service, as last told. */
interface InventoriesTable {
  id: string
  service: string
  /** Its path in the service's repository. */
  source: string
  format: string
  /** SHA-256 of the file, so that the same one again is no change. */
  digest: string
  /** The commit or build it is of, as told. */
  revision: string | null
  packages: number
  /** JSON: what could not be read. */
  problems: string
  by: string
  first_at: number
  last_at: number
}

interface InventoryItemsTable {
  inventory: string
  ecosystem: string
  name: string
  version: string
  /** 1: the project itself asks for it; null: not known. */
  direct: number | null
  /** JSON: one way in. */
  path: string
  /** JSON list as in `Dependency.digests`. */
  digests: string
  first_at: number
  last_at: number
  /** When the file no longer had it; null: it has. */
  gone_at: number | null
}

/** One matter that people are told of once: a package was recalled, by whom and for what. */
interface RecallsTable {
  id: string
  ecosystem: string
  name: string
  /** `RecallCause`. */
  cause: string
  /** What it rests on: an order's id, an advisory's, a digest, a policy's; or what a program named. */
  reference: string
  because: string
  by: string
  at: number
  /** JSON list of `ExposureSubject`: what is asked who met it. */
  subjects: string
  /** JSON of `Exposure.totals`, counted once deliveries had ended; null: not yet. */
  totals: string | null
  /** 1: it was never served, and nobody ordered this: kept, and told to nobody. */
  quiet: number
  told_at: number | null
}

/** One file that was taken back, one row each time. `step` says what is still to be done; see `recall/steps.ts`. */
interface TombstonesTable {
  seq: Generated<number>
  recall: string
  ecosystem: string
  name: string
  version: string
  file: string
  digest: string
  size: number
  step: string
  /** 1: its bytes are in the evidence store; 0: the gate had none any more; null: not moved yet. */
  kept: number | null
  at: number
  /** When the ruling it rests on ends by itself. */
  until_at: number | null
  due_at: number
  attempt: number
  problem: string | null
  lifted_at: number | null
  lifted_because: string | null
  lifted_by: string | null
}

/** Why a program ordered a recall, so that the same program can end it: a person's recall has no row. */
interface RecallCausesTable {
  order_id: string
  kind: string
  reference: string
}

/** Packages that are looked at again and again: whether upstream still stands by what was had from it. */
interface RechecksTable {
  ecosystem: string
  name: string
  /** 0: in use or young; 1: the rest. */
  class: number
  due_at: number
  looked_at: number | null
  /** Of what was read last, and what it was compared with: the same again needs no reading. */
  fingerprint: string | null
  /** Looks in a row that came to nothing. */
  failures: number
  /** JSON of a loss that a second look is to confirm; null: there is none. */
  doubt: string | null
  /** JSON of what was there when all was well. */
  state: string
  /** JSON: files whose bytes were not what they should be, to be fetched once more. */
  suspect: string
}

/** What upstream did to something that was had here, and what people said to it. One that is not closed for each package and matter. */
interface ReviewsTable {
  id: string
  ecosystem: string
  name: string
  /** `removed`, `changed` or `note`. */
  matter: string
  /** The gravest thing that happened, as `Loss`. */
  kind: string
  /** `open`, `noted` (nobody need do anything) or `closed`. */
  state: string
  severity: string
  /** JSON list; null: every version. */
  versions: string | null
  says: string
  /** JSON: what the documents said before and after, each look, digests. */
  evidence: string
  /** The alarm that tells of it; null: none yet, or none is called for. */
  alarm: string | null
  noticed_at: number
  opened_at: number
  changed_at: number
  /** When upstream had everything again; null: it has not. */
  back_at: number | null
  closed_at: number | null
  outcome: string | null
  because: string | null
  by: string | null
}

/** Other bytes that came under the name of bytes that are kept: for comparison only, no artifact names them. */
interface ReviewBytesTable {
  review: string
  file: string
  digest: string
  at: number
}

/** That a file was judged, or judged anew: one row a file, numbered in the order in which verdicts were written, whatever clocks said. */
interface JudgementsTable {
  seq: Generated<number>
  ecosystem: string
  name: string
  file: string
}
