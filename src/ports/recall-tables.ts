import type { Generated } from 'kysely'

/** What recall, hunting and exchange keep. Same words as in `database.ts`. */
export interface RecallTables {
  known_indicators: KnownIndicatorsTable
  services: ServicesTable
  inventories: InventoriesTable
  inventory_items: InventoryItemsTable
}

/** Indicators that somebody says are bad: from feeds, cases and people. One row a source and value. */
interface KnownIndicatorsTable {
  /** Counts up with every change, so that what is new is found by a cursor. */
  seq: Generated<number>
  /** As in `FoundIndicator`: domain, url, ip, email, sha256, … */
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
