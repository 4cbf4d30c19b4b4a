import type { Kysely } from 'kysely'
import type { Tables } from './database.ts'

/** Tells people and systems that something happened, at least once: what a receiver does not take is kept and sent again. */
export interface Notifier {
  /**
   * Never rejects. Resolves when the notice is kept; receivers that answer have it by then. With `tx` it is kept if and only if
   * that transaction commits, so that a matter is told exactly when it is recorded; it rejects when it cannot be, and the next
   * `deliverDue` sends it.
   */
  notify(notice: Notice, tx?: Kysely<Tables>): Promise<void>
  /** Sends what is due. To be called every few seconds by one process or several. */
  deliverDue(): Promise<void>
}

export interface Notice {
  /** What tells it from every other: one that is given again, after a crash, is the same to its receivers. */
  id?: string
  kind: 'recalled' | 'lifted' | 'quarantined' | 'degraded' | 'alarm'
  title: string
  text: string
  /** Flat facts for machines. */
  data: Readonly<Record<string, string | number | boolean | null>>
  /** What a program wants to know besides: any JSON. */
  details?: unknown
  at: Date
}
