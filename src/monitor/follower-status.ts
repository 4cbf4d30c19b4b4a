import type { EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import type { FeedState } from './follower-health.ts'

export interface FeedStatus {
  ecosystem: EcosystemId
  /** Id of the feed; null: none. */
  feed: string | null
  describe: string
  chosenBecause: string
  /** What was tried before that one, and why it was not taken. */
  refused: readonly { candidate: string; why: string }[]
  state: FeedState
  cursor: string | null
  /** Newest time the feed spoke of, where it tells times. */
  lastEventAt: Date | null
  lastReadAt: Date | null
  lagMs: number | null
  /** Since this process began. */
  events: number
  rejected: number
  duplicates: number
  problem: string | null
  /** When all this was so. */
  asOf: Date
}

/** A status older than this is of a process that is no more: followers write theirs with every look, and wait an hour at most. */
const OLD = 90 * 60_000

/**
 * As the process that follows wrote it with its last look: for people who ask another process. With `now`, what has not been
 * written for long says so.
 */
export async function storedStatuses(database: Database, now: Date | null = null): Promise<FeedStatus[]> {
  const rows = await database.query.selectFrom('feeds').selectAll().orderBy('ecosystem').execute()
  return rows.map((row) => {
    const state = JSON.parse(row.state) as FeedStatus
    const at = (time: unknown): Date | null => (typeof time === 'string' ? new Date(time) : null)
    const asOf = at(state.asOf) ?? new Date(Number(row.checked_at))
    const status = { ...state, cursor: row.cursor, lastEventAt: at(state.lastEventAt), lastReadAt: at(state.lastReadAt), asOf }
    if (now === null || state.state === 'off' || now.getTime() - asOf.getTime() < OLD) return status
    return { ...status, state: 'off', problem: `nothing follows this feed since ${asOf.toISOString()}` }
  })
}
