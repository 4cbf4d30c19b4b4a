import type { Generated } from 'kysely'

/** What machines say of themselves. None of it is known: it is what a token's holder said. Same words as in `database.ts`. */
export interface HostTables {
  hosts: HostsTable
  host_tokens: HostTokensTable
  host_spools: HostSpoolsTable
  host_packages: HostPackagesTable
  host_runs: HostRunsTable
  host_events: HostEventsTable
}

interface HostsTable {
  id: string
  /** In lower case; what tokens are tied to. */
  name: string
  first_at: number
  last_at: number
  /** When it told all it has for the last time; null: never. */
  complete_at: number | null
  /** Events taken, in all. */
  events: number
  /** Events that were not taken: not of their form, or of another machine. */
  refused: number
  /** Packages that were told and not kept, because there are too many. */
  unkept: number
  /** JSON: the tail of what was refused, for people. */
  problems: string
}

/** For which machine a token speaks, from its first word or its making on. */
interface HostTokensTable {
  token: string
  /** `HostsTable.name`; the machine need not have said anything yet. */
  host: string
  at: number
}

/** Which places of a spool were taken. */
interface HostSpoolsTable {
  host: string
  spool: string
  /** JSON: ranges `[first, last]`, in order. */
  taken: string
  last_at: number
}

/** What a machine has, or had, in one place. */
interface HostPackagesTable {
  host: string
  ecosystem: string
  name: string
  /** Empty: not known. */
  version: string
  /** SHA-256 of the place, so that it fits into a key. */
  place_hash: string
  place: string
  digest: string | null
  source: string
  /** The inventory that told of it last. */
  session: string | null
  first_at: number
  last_at: number
  /** Of the latest word on whether it is there: what comes late and is older changes nothing. */
  said_at: number
  gone_at: number | null
}

/** That code of a package ran on a machine. */
interface HostRunsTable {
  host: string
  ecosystem: string
  name: string
  version: string
  source: string
  digest: string | null
  /** Of the latest run. */
  place: string | null
  first_at: number
  last_at: number
  count: number
}

/** Other events, as they were told, for as long as they are kept. What inventories find is in `host_packages` only. */
interface HostEventsTable {
  seq: Generated<number>
  host: string
  id: string
  /** By the machine's clock, within what can be true. */
  at: number
  received_at: number
  /** `late` or `future`: what the machine's clock said could not be, or was long ago. */
  clock: string | null
  kind: string
  source: string
  ecosystem: string | null
  name: string | null
  version: string | null
  user: string | null
  session: string | null
  says: string
  /** JSON of `HostEvent`. */
  event: string
}

/** SQL that is true of a `place` in somebody's home folder, in the very words of an index: nothing else is looked up by it. */
export const IN_A_HOME = String.raw`((place >= '/home/' and place < '/home0') or (place >= '/Users/' and place < '/Users0') or (place >= 'C:\Users\' and place < 'C:\Users]')) and place not in ('/home/…', '/Users/…', 'C:\Users\…')`
