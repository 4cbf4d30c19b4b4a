/** What the exchange of advisories and indicators keeps. Same words as in `database.ts`. */
export interface ExchangeTables {
  intel_feeds: IntelFeedsTable
  intel_imports: IntelImportsTable
  statements: StatementsTable
}

/** Sources of others that are kept in sync. */
interface IntelFeedsTable {
  name: string
  /** URL, or absolute path. */
  location: string
  /** null: told by looking. */
  format: string | null
  /** TLP of what does not say itself. */
  tlp: string
  /** Milliseconds between looks. */
  every: number
  /** 1: `sluice.yaml` names it, and takes it away. */
  configured: number
  /** 1: somebody at this machine named it, so it may be on a private address, without https. */
  trusted: number
  by: string
  added_at: number
  /** JSON `FeedState`. */
  state: string
}

/** Imports that are being applied: what was read lies in a file, so that one that was interrupted is completed. */
interface IntelImportsTable {
  id: string
  source: string
  file: string
  at: number
}

/** What this gate itself says of packages, as it was last worked out: JSON of a `Bulletin`. */
interface StatementsTable {
  key: string
  /** Grows with every change. */
  seq: number
  tlp: string
  bulletin: string
  modified: number
  withdrawn: number | null
}
