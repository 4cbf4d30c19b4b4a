import type { EcosystemId } from '../core/types.ts'
import type { Database } from '../ports/database.ts'
import type { FeedState } from './follower-health.ts'

export interface FeedStatus {
  ecosystem: EcosystemId
  /** Id of the feed; null: none. */
  feed: string | null
  describe: string
  chosenBecause: string
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
}

/** As the process that follows wrote it with its last read: for people who ask another process. */
export async function storedStatuses(database: Database): Promise<FeedStatus[]> {
  const rows = await database.query.selectFrom('feeds').selectAll().orderBy('ecosystem').execute()
  return rows.map((row) => {
    const state = JSON.parse(row.state) as { [key in keyof FeedStatus]: unknown } as FeedStatus
    const at = (time: unknown): Date | null => (typeof time === 'string' ? new Date(time) : null)
    return { ...state, cursor: row.cursor, lastEventAt: at(state.lastEventAt), lastReadAt: at(state.lastReadAt) }
  })
}
