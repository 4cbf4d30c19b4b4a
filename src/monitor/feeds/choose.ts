import type { Feed } from './feed.ts'

/** Which feed an ecosystem has, and why. */
export interface Choice {
  /** null: the watch over this ecosystem is off. */
  feed: Feed | null
  because: string
  /** What was tried before and why it was not taken. */
  refused: readonly { candidate: string; why: string }[]
  /** A better one may be there later: it is chosen again after a while. */
  provisional: boolean
}
