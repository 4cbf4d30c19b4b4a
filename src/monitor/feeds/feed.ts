import type { FeedEvent } from '../../core/watch.ts'
import type { EcosystemId } from '../../core/types.ts'

/**
 * One way of learning what happens at a registry. It keeps nothing that must outlive the process: how far it was read is in
 * the cursor, and what repeats itself has the same mark again and is dropped by the event log.
 */
export interface Feed {
  /** Kind and address. A cursor is only ever given back to a feed of the same id. */
  readonly id: string
  readonly ecosystem: EcosystemId
  /** True where packages are asked for one by one because no feed is within reach. */
  readonly polls?: true
  /** Milliseconds between two looks at least, where one costs upstream much. */
  readonly every?: number
  /** One sentence: what is read, and what this feed cannot tell. */
  describe(): string
  /** The cursor of now. Fails where the feed is not there or speaks another format, so it is the probe, too. */
  start(): Promise<string>
  /** The cursor of an earlier time, for feeds that know times. */
  since?(at: Date): Promise<string>
  /** The place another feed of this ecosystem was read to, as a cursor of this one; null where they have nothing in common. */
  takeOver?(place: Place): string | null
  /**
   * What came after `cursor`, in the feed's order. `limit` is a wish: a feed that cannot be asked for less sends more, up to
   * the limit on its body. Throws SluiceError `feed-invalid`, `upstream-*`; a `Refusal` where upstream said no.
   */
  read(cursor: string, limit: number): Promise<FeedPage>
}

/** How far a feed was read, and when. */
export interface Place {
  feed: string
  cursor: string
  at: Date
}

export interface FeedPage {
  events: readonly FeedEvent[]
  /** For the next read. Never behind the one that was given, unless `rewound`. */
  cursor: string
  /** There is more now. Never true where reading again from `cursor` would bring the same. */
  more: boolean
  /** The newest time the feed claims, as it claims it. */
  headAt: Date | null
  /** Items that could not be read: absurd names, missing fields. */
  rejected: number
  /** The feed went back behind the cursor: its database was restored, or another one answers. */
  rewound: boolean
  /** What is wrong although the page was read: a gap, a rewind, times that cannot be. One sentence. */
  problem: string | null
}
