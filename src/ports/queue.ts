import type { Kysely } from 'kysely'
import type { Tables } from './database.ts'

/** Work that survives a restart. At least once: a job may run twice, so handlers are idempotent. */
export interface Queue {
  /** Adding a job whose `key` is already waiting or running changes nothing. `after` delays it. With `tx` it is there if that commits. */
  add(job: { topic: string; key: string; payload: unknown; after?: Date }, tx?: Kysely<Tables>): Promise<void>
  /** Takes the oldest due job of the topic for `lease` milliseconds; null when there is none. */
  take(topic: string, lease: number): Promise<Job | null>
  done(id: string): Promise<void>
  /** Back to waiting, with the reason kept; after `attempts` tries it becomes dead and stays listed. */
  fail(id: string, reason: string, retryAt: Date): Promise<void>
  counts(topic: string): Promise<{ waiting: number; running: number; dead: number }>
}

export interface Job {
  id: string
  topic: string
  key: string
  payload: unknown
  attempt: number
}
