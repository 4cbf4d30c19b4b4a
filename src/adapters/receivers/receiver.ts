import type { Notice } from '../../ports/notifier.ts'

/** A notice as it is kept until it is taken: `at` as text. */
export type Told = Omit<Notice, 'at' | 'id'> & { at: string }

/** Somebody who is told. */
export interface Receiver {
  /** In the log; never changes, because what is still due to it is kept under `topic`. */
  name: string
  topic: string
  /** Resolves when it was taken. `id` is the same at every attempt. */
  send(notice: { id: string; told: Told }): Promise<void>
}
