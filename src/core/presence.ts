import type { Pledge } from './types.ts'

/**
 * What upstream says today of versions that were once had from it. An absence says little: lists are cut off, mirrors lag, a
 * proxy answers in a registry's place. A statement (a placeholder, a mark, other digests) had to be written by somebody.
 */
export interface Presence {
  /** What is said of the package as a whole; null: nothing. */
  whole: Statement | null
  /** Versions that are listed, whichever they are. */
  listed: number
  /** The highest of them; null: none. */
  newest: string | null
  /** In the order in which they were asked for. */
  found: readonly Found[]
}

export interface Statement {
  kind: 'placeholder' | 'quarantined' | 'unpublished' | 'archived' | 'deprecated'
  says: string
}

/** A version that was had, or stands in somebody's lockfile. */
export interface Once {
  version: string
  /** null: no file of it was had here; any will do. */
  file: string | null
}

export interface Found {
  /** null: this document cannot tell. */
  there: boolean | null
  /** What is promised of the file now; null where none was asked for, or it is not there. */
  pledge: Pledge | null
  /** Absolute URL of its bytes. */
  url: string | null
  /** The document remembers it, although it lists it no more. */
  remembered: boolean
  /** What is said of this version, though it is there. */
  mark: Mark | null
  /** What stands in the document, for people: one line. */
  line: string | null
}

export interface Mark {
  kind: 'yanked' | 'retracted' | 'deprecated'
  says: string
}

/** What became of something that was had from upstream, the gravest first. */
export type Loss = 'changed' | 'placeholder' | 'quarantined' | 'unpublished' | 'removed' | 'yanked' | 'retracted' | 'deprecated' | 'archived'

/** Who or what must have looked at a package before this was said of it: reason to hold at once, whatever policy says of removals. */
export const isGrave = (kind: Loss): boolean => kind === 'changed' || kind === 'placeholder' || kind === 'quarantined'

/** Owners' notes: worth knowing, and no reason to hold. */
export const isNote = (kind: Loss): boolean => kind === 'yanked' || kind === 'retracted' || kind === 'deprecated' || kind === 'archived'

/** What a decision must know of an open review. */
export interface OpenReview {
  kind: Loss
  /** null: every version. */
  versions: readonly string[] | null
  says: string
}
