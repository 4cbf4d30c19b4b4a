import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { CompiledQuery, DatabaseConnection, Dialect, Driver, QueryResult } from 'kysely'
import { SluiceError } from '../../core/errors.ts'
import type { Answered, Operation, Outcome } from './messages.ts'
import type { DatabaseThread } from './threads.ts'
import type { Turns } from './turns.ts'

interface Store {
  writer: DatabaseThread
  reader: DatabaseThread
  turns: Turns
  /** Milliseconds a transaction may stay open before it is rolled back: everybody else's writes wait for it. */
  transactionLimit: number
}

/** Kysely on the two database threads: selects go to the reader, everything else to the writer. */
export function threadDialect(store: Store): Dialect {
  return {
    createAdapter: () => new ConcurrentAdapter(),
    createDriver: () => new ThreadDriver(store),
    createIntrospector: (query) => new SqliteIntrospector(query),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/** Sends a write when no transaction is open. */
export function writeInTurn({ turns, writer }: Pick<Store, 'turns' | 'writer'>, operation: Operation): Promise<Answered[2]> {
  if (turns.waiting >= WAITING) {
    return Promise.reject(new SluiceError('storage', `the database is behind: ${WAITING} writes are waiting`))
  }
  const { promise, resolve } = Promise.withResolvers<Answered[2]>()
  turns.enter(false, () => resolve(writer.ask(operation)))
  return promise
}

const WAITING = 20_000

/** Kysely would let one query run at a time; here the threads and `Turns` keep order. */
class ConcurrentAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

class ThreadDriver implements Driver {
  readonly #store: Store

  constructor(store: Store) {
    this.#store = store
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<ThreadConnection> {
    return new ThreadConnection(this.#store)
  }

  beginTransaction(connection: ThreadConnection): Promise<void> {
    return connection.begin()
  }

  commitTransaction(connection: ThreadConnection): Promise<void> {
    return connection.end('commit')
  }

  rollbackTransaction(connection: ThreadConnection): Promise<void> {
    return connection.end('rollback')
  }

  async releaseConnection(connection: ThreadConnection): Promise<void> {
    if (connection.open) await connection.end('rollback')
  }

  async destroy(): Promise<void> {}
}

class ThreadConnection implements DatabaseConnection {
  readonly #store: Store
  #state: 'single' | 'transaction' | 'ended' | 'expired' = 'single'
  #timer: NodeJS.Timeout | undefined

  constructor(store: Store) {
    this.#store = store
  }

  get open(): boolean {
    return this.#state === 'transaction'
  }

  async begin(): Promise<void> {
    const { turns, writer, transactionLimit } = this.#store
    const { promise, resolve } = Promise.withResolvers<Answered[2]>()
    turns.enter(true, () => resolve(writer.ask({ kind: 'begin' })))
    try {
      await promise
    } catch (thrown) {
      this.#state = 'ended'
      turns.leave()
      throw thrown
    }
    this.#state = 'transaction'
    this.#timer = setTimeout(() => void this.#expire(), transactionLimit)
  }

  /** Gives up the turn in every case; what a failed commit left open is rolled back first. */
  async end(kind: 'commit' | 'rollback'): Promise<void> {
    if (this.#state !== 'transaction') {
      if (kind === 'commit') throw this.#gone()
      return
    }
    clearTimeout(this.#timer)
    this.#state = 'ended'
    const { writer, turns } = this.#store
    try {
      await writer.ask({ kind })
    } catch (thrown) {
      if (kind === 'commit') await writer.ask({ kind: 'rollback' }).catch(() => null)
      throw thrown
    } finally {
      turns.leave()
    }
  }

  async executeQuery<R>({ sql, parameters, query }: CompiledQuery): Promise<QueryResult<R>> {
    if (this.#state === 'transaction') return asResult(await this.#store.writer.ask({ kind: 'step', sql, parameters }))
    if (this.#state !== 'single') throw this.#gone()
    if (query.kind === 'SelectQueryNode') return asResult(await this.#store.reader.ask({ kind: 'run', sql, parameters }))
    return asResult(await writeInTurn(this.#store, { kind: 'run', sql, parameters }))
  }

  // An open cursor would pin the reader to one old state of the database, for everybody.
  streamQuery(): never {
    throw new SluiceError('storage', 'the embedded database does not stream: page by key')
  }

  async #expire(): Promise<void> {
    this.#state = 'expired'
    await this.#store.writer.ask({ kind: 'rollback' }).catch(() => null)
    this.#store.turns.leave()
  }

  #gone(): SluiceError {
    return new SluiceError('storage', this.#state === 'expired'
      ? `the transaction was rolled back: it took longer than ${this.#store.transactionLimit / 1000} s`
      : 'the transaction has ended')
  }
}

function asResult<R>(answer: Answered[2]): QueryResult<R> {
  const { columns, values, changes, insertId } = answer as Outcome
  const rows: R[] = []
  // No columns, no values: then there is nothing to go through.
  for (let from = 0; from < values.length; from += columns.length) {
    const row: Record<string, unknown> = {}
    for (let at = 0; at < columns.length; at += 1) row[columns[at] as string] = values[from + at]
    rows.push(row as R)
  }
  return { rows, numAffectedRows: BigInt(changes), insertId: BigInt(insertId) }
}
