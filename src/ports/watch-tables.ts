import type { Generated } from 'kysely'

/** What the watch over the registries keeps. Same words as in `database.ts`. */
export interface WatchTables {
  feeds: FeedsTable
  events: EventsTable
  identities: IdentitiesTable
  watch_work: WatchWorkTable
  popular: PopularTable
  names_used: NamesUsedTable
  suspicions: SuspicionsTable
  alarms: AlarmsTable
  watched: WatchedTable
  campaigns: CampaignsTable
  campaign_members: CampaignMembersTable
  campaign_rulings: CampaignRulingsTable
  uploads: UploadsTable
}

/** How far each upstream's feed was read. One row an ecosystem: a feed that is replaced by another begins anew. */
interface FeedsTable {
  ecosystem: string
  /** Which feed the cursor is of. */
  feed: string
  cursor: string | null
  /** JSON for people: what was read when, what is wrong. */
  state: string
  checked_at: number
}

/** What feeds said, in the order it was read. Written in one transaction with the cursor; `mark` keeps out what was read before. */
interface EventsTable {
  seq: Generated<number>
  ecosystem: string
  mark: string
  name: string
  version: string | null
  kind: string
  account: string | null
  at: number | null
  seen_at: number
}

/** JSON of an `Identity` as last read; null: the registry has no such package. */
interface IdentitiesTable {
  ecosystem: string
  name: string
  identity: string | null
  fetched_at: number
}

/** Packages that are still to be looked into, one row each. */
interface WatchWorkTable {
  ecosystem: string
  name: string
  /** 0 to 3, the most urgent first. */
  class: number
  /** What many of one flood have in common: turns are taken by it. */
  crowd: string
  /** JSON of what the feed said. */
  facts: string
  added_at: number
  due_at: number
  attempt: number
}

/** Popular names as imported by people, the first the most popular. Where an ecosystem has none, the built-in ones count. */
interface PopularTable {
  ecosystem: string
  rank: number
  name: string
}

/** Names that projects of this organisation use, as their lockfiles say. */
interface NamesUsedTable {
  ecosystem: string
  name: string
  /** The file that said so last. */
  source: string
  at: number
}

/** What the watch concluded of a package, for decisions. */
interface SuspicionsTable {
  ecosystem: string
  name: string
  kind: string
  /** null: every version. */
  version: string | null
  says: string
  /** 1: it is held for this. */
  holds: number
  alarm: string | null
  at: number
}

/** One alarm a matter: it grows instead of being repeated. */
interface AlarmsTable {
  id: string
  /** What it is about; one open alarm each. */
  subject: string
  kind: string
  severity: string
  title: string
  /** JSON: the alarm's facts and evidence. */
  facts: string
  /** How many packages it speaks of. */
  size: number
  campaign: string | null
  opened_at: number
  changed_at: number
  closed_at: number | null
}

/** Accounts and addresses whose every upload is looked at first. */
interface WatchedTable {
  ecosystem: string
  actor: string
  because: string
  by: string
  at: number
}

/** Packages that belong together. Most are a publisher's own: those with `declared_at` are spoken of. */
interface CampaignsTable {
  id: string
  /** It is part of this one now, and its id an alias. */
  into_id: string | null
  founded_at: number
  changed_at: number
  declared_at: number | null
  /** The size last spoken of. */
  announced: number
  size: number
  malicious: number
  ill: number
  copied: number
  flood: string | null
  /** JSON: how often which versions, beginnings of names and targets occur. */
  habits: string
  /** JSON: why it is spoken of. */
  reasons: string
}

/** Packages seen of late, and all members of campaigns. */
interface CampaignMembersTable {
  ecosystem: string
  name: string
  /** null: tied to nothing yet. */
  campaign: string | null
  account: string | null
  /** JSON lists. */
  emails: string
  versions: string
  /** JSON: values that others can share, `kind:value`. */
  marks: string
  /** JSON: the evidence for its place, as last weighed. */
  ties: string
  /** Likeness to the first of its family of code, in thousandths; the sketch is kept of the first. */
  near: number
  sketch: string | null
  malicious: number | null
  imitates: string | null
  copied: string | null
  first_at: number
  last_at: number
}

/** Values that a person ruled out as evidence. */
interface CampaignRulingsTable {
  mark: string
  because: string
  by: string
  at: number
}

/** Who published what: one row for each account or address behind a package. */
interface UploadsTable {
  ecosystem: string
  actor: string
  name: string
  malicious: number
  first_at: number
  last_at: number
}
