import { mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { Kysely } from 'kysely'
import { SluiceError } from '../../core/errors.ts'
import type { Fact } from '../../ledger/caller.ts'
import type { Head } from '../../ledger/chain.ts'
import type { Database, Tables } from '../../ports/database.ts'
import { applyMigrations } from '../migrations.ts'
import { threadDialect, writeInTurn } from './dialect.ts'
import { DatabaseThread } from './threads.ts'
import { Turns } from './turns.ts'

/**
 * SQLite in WAL mode behind Kysely. One thread writes, one reads, so that neither a slow query nor an fsync stops the
 * event loop. Several processes may open the same file. Call `migrate()` before the first query.
 * Everything rejects with SluiceError `storage`. A transaction open for longer than `transactionLimit` milliseconds is
 * rolled back; using `query` to write inside `transaction` waits for that transaction, so use its `tx`. `unkept`: facts about callers
 * of which only a pseudonym is written.
 */
export async function openDatabase(file: string, { transactionLimit = 30_000, unkept = [] }: { transactionLimit?: number; unkept?: readonly Fact[] } = {}): Promise<Database> {
  const path = resolve(file)
  await mkdir(dirname(path), { recursive: true })
  const writer = new DatabaseThread({ file: path, role: 'writer', unkept })
  const reader = new DatabaseThread({ file: path, role: 'reader' })
  const turns = new Turns()
  const query = new Kysely<Tables>({ dialect: threadDialect({ writer, reader, turns, transactionLimit }) })
  const transaction = <T>(work: (tx: Kysely<Tables>) => Promise<T>): Promise<T> => query.transaction().execute(work)
  const close = async (): Promise<void> => {
    await Promise.all([writer.close(), reader.close()])
  }

  const ping = { kind: 'run', sql: 'select count(*) from sqlite_master', parameters: [] } as const
  try {
    // The writer first: it puts the file into WAL mode.
    await writer.ask(ping)
    await reader.ask(ping)
  } catch (cause) {
    await close().catch(() => null)
    throw new SluiceError('storage', `cannot open the database ${file}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause, hint: 'the data folder must be writable and on a local disk' })
  }

  return {
    query,
    transaction,
    appendLedger: async (entries) => await writeInTurn({ writer, turns }, { kind: 'append', lines: entries.join('\n') }) as Head,
    migrate: () => transaction((tx) => applyMigrations(tx, 'sqlite')),
    close,
  }
}
