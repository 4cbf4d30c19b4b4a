import { SluiceError, sentence } from '../core/errors.ts'
import type { Database } from '../ports/database.ts'
import type { Head } from './chain.ts'
import { canonical } from './entry.ts'
import type { LedgerEntry } from './entry.ts'

export interface Ledger {
  /** Resolves when the line is on disk. Rejects with SluiceError `storage` when it is not: then nothing may be served. */
  append(entry: LedgerEntry): Promise<void>
  /** Resolves when everything appended so far is settled, whichever way. */
  flush(): Promise<void>
  /** Refuses further lines and flushes. The database stays open. */
  close(): Promise<void>
}

interface Batch {
  lines: string[]
  settled: PromiseWithResolvers<void>
}

/** Lines a commit takes, and lines that may wait for one (some 10 MB) before callers are told that the disk is behind. */
const BATCH = 500
const WAITING = 20_000

/**
 * Group commit: lines that arrive while one commit is on its way to disk share the next. `onHead` is told the head after
 * each commit.
 */
export function createLedger({ database, onHead, waiting = WAITING }: {
  database: Pick<Database, 'appendLedger'>
  onHead?: ((head: Head) => void) | undefined
  waiting?: number
}): Ledger {
  const queue: Batch[] = []
  let lines = 0
  let closed = false
  let working: Promise<void> | null = null

  const work = async (): Promise<void> => {
    // What else arrives in this turn of the event loop shares the first commit.
    await new Promise((resolve) => setImmediate(resolve))
    for (let batch = queue.shift(); batch; batch = queue.shift()) {
      try {
        const head = await database.appendLedger(batch.lines)
        batch.settled.resolve()
        onHead?.(head)
      } catch (thrown) {
        batch.settled.reject(thrown instanceof SluiceError ? thrown
          : new SluiceError('storage', `the ledger could not be written: ${sentence(thrown)}`, { cause: thrown }))
      } finally {
        lines -= batch.lines.length
      }
    }
    working = null
  }

  const refuse = (message: string): Promise<void> => Promise.reject(new SluiceError('storage', message))

  return {
    append(entry) {
      if (closed) return refuse('the ledger is closed')
      if (lines >= waiting) return refuse(`the ledger is behind: ${lines} lines wait for the disk`)
      let line: string
      try {
        line = canonical(entry)
      } catch (thrown) {
        return refuse(`not a ledger entry: ${sentence(thrown)}`)
      }
      let batch = queue.at(-1)
      if (!batch || batch.lines.length >= BATCH) {
        batch = { lines: [], settled: Promise.withResolvers() }
        queue.push(batch)
      }
      batch.lines.push(line)
      lines += 1
      working ??= work()
      return batch.settled.promise
    },

    async flush() {
      await working
    },

    async close() {
      closed = true
      await working
    },
  }
}
