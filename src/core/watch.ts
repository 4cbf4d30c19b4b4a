import type { EcosystemId } from './types.ts'

/** Something an upstream's feed says happened to a package. What a feed says may be late, repeated, out of order or untrue. */
export interface FeedEvent {
  ecosystem: EcosystemId
  /** What tells this event from every other of its ecosystem, and stays the same however often it is read: a serial, `seq name`. */
  mark: string
  /** Canonical. */
  name: string
  /** null: the feed says only that something about the package changed. */
  version: string | null
  kind: 'published' | 'removed' | 'changed'
  /** When, as the feed says; null where it says nothing readable. */
  at: Date | null
  /** The account that did it, where the feed says. */
  account: string | null
}

/** Who and what a package says it is, as its registry presents it. Everything in it was written by strangers. */
export interface Identity {
  ecosystem: EcosystemId
  /** Canonical. */
  name: string
  description: string
  /** Accounts that may publish it, as the registry names them. Go has none: the owner is in the path. */
  accounts: readonly string[]
  /** The account behind the latest release, where the registry says. */
  publisher: string | null
  /** Lower case, without repetition. */
  emails: readonly string[]
  /** Canonical, see `spellRepository`; null where it names none on a host of code. */
  repository: string | null
  homepage: string | null
  /** The first release there is; null where the registry gives no times. */
  createdAt: Date | null
  /** The newest release by time, and its time. */
  latest: string | null
  latestAt: Date | null
  /** How many versions are listed. */
  releases: number
  /** The newest versions, newest first, at most 20. */
  versions: readonly string[]
  /** SHA-256 of the README as the registry has it, hex; null: it has none, or says none. */
  readme: string | null
  /** Packages that its README tells people to install, as `npm:name`, `pypi:name`: what links a project's packages to each other. */
  mentions: readonly string[]
  /** Rank among the popular names of its registry, 1 the first; null: not among them, or not known. */
  rank: number | null
}
