import { DatabaseSync } from 'node:sqlite'
import type { SQLInputValue, StatementSync } from 'node:sqlite'
import { GENESIS, link, part } from '../../ledger/chain.ts'
import type { Head } from '../../ledger/chain.ts'
import { Interning } from './callers.ts'
import type { Outcome, ThreadSettings } from './messages.ts'

/** The reader's thread checkpoints long before; this bounds the log when it cannot keep up. */
const PAGES = 16_000
const STATEMENTS = 200
/** Milliseconds to wait for another process's transaction. */
const PATIENCE = 10_000

/** What one answer may hold: a thread that runs out of memory would take long to die and everything it was asked with it. */
const ROWS = 200_000
const CHARACTERS = 64 * 2 ** 20

interface Prepared {
  statement: StatementSync
  columns: string[]
}

/** One SQLite connection with its prepared statements. Synchronous: lives in a thread of its own. */
export class Connection {
  readonly #sqlite: DatabaseSync
  readonly #callers: Interning
  /** Least recently used first. */
  readonly #prepared = new Map<string, Prepared>()

  constructor({ file, role, unkept = [] }: ThreadSettings) {
    this.#callers = new Interning((sql, parameters) => this.run(sql, parameters), new Set(unkept))
    this.#sqlite = new DatabaseSync(file, { timeout: PATIENCE })
    try {
      if (role === 'writer') enterWal(this.#sqlite)
      // FULL: a commit is on disk when it returns, also when the machine loses power.
      this.#sqlite.exec('pragma synchronous = full; pragma cache_size = -16000; pragma journal_size_limit = 67108864')
      // What is forgotten is overwritten, not only left out.
      if (role === 'writer') this.#sqlite.exec(`pragma wal_autocheckpoint = ${PAGES}; pragma secure_delete = fast`)
      if (role === 'reader') this.#sqlite.exec('pragma query_only = on')
    } catch (thrown) {
      this.#sqlite.close()
      throw thrown
    }
  }

  get inTransaction(): boolean {
    return this.#sqlite.isTransaction
  }

  begin(): void {
    this.#sqlite.exec('begin immediate')
  }

  commit(): void {
    this.#sqlite.exec('commit')
  }

  rollback(): void {
    this.#callers.clear()
    if (this.#sqlite.isTransaction) this.#sqlite.exec('rollback')
  }

  run(sql: string, parameters: readonly unknown[]): Outcome {
    const prepared = this.#prepare(sql)
    const bound = parameters as SQLInputValue[]
    if (prepared.columns.length === 0) {
      const { changes, lastInsertRowid } = prepared.statement.run(...bound)
      return { columns: [], values: [], changes: Number(changes), insertId: Number(lastInsertRowid) }
    }
    const { statement } = prepared
    const values: unknown[] = []
    let rows = 0
    let size = 0
    for (const row of statement.iterate(...bound) as unknown as Iterable<unknown[]>) {
      // Another process may have migrated the tables under a cached `select *`.
      if (rows === 0 && row.length !== prepared.columns.length) prepared.columns = namesOf(statement)
      rows += 1
      for (const value of row) {
        values.push(value)
        if (typeof value === 'string') size += value.length
      }
      if (rows > ROWS || size > CHARACTERS) throw new Error('the answer is too large: page by key')
    }
    return { columns: prepared.columns, values, changes: rows, insertId: 0 }
  }

  /** Chains the entries to the head as this transaction sees it, and keeps who asked apart from them. All or none. */
  append(entries: readonly string[]): Head {
    this.#sqlite.exec('savepoint append')
    try {
      const { values } = this.run('select seq, hash from ledger order by seq desc limit 1', [])
      let [seq, hash] = values.length > 0 ? values as [number, string] : [0, GENESIS] as const
      this.#callers.begin()
      for (const told of entries) {
        const prev = hash
        const { facts, columns, line } = part(told)
        const { at, kind, ecosystem, name, version, file, digest, token, address, client } = columns
        const caller = facts === null ? null : this.#callers.row(facts, at)
        const entry = line(caller?.mark ?? '')
        hash = link(prev, entry)
        seq += 1
        this.run(INSERT_LINE, [seq, prev, hash, entry, at, kind, ecosystem, name, version, file, digest, token, address, client, caller?.id ?? null])
      }
      this.#sqlite.exec('release append')
      return { seq, hash }
    } catch (thrown) {
      this.#callers.clear()
      if (this.#sqlite.isTransaction) this.#sqlite.exec('rollback to append; release append')
      throw thrown
    }
  }

  /** Moves what is committed from the log into the file, as far as nobody is in the way, without stopping writers. */
  checkpoint(): void {
    this.#sqlite.exec('pragma wal_checkpoint(passive)')
  }

  close(): void {
    this.#prepared.clear()
    this.#sqlite.close()
  }

  #prepare(sql: string): Prepared {
    const known = this.#prepared.get(sql)
    if (known) {
      this.#prepared.delete(sql)
      this.#prepared.set(sql, known)
      return known
    }
    const statement = this.#sqlite.prepare(sql)
    statement.setReturnArrays(true)
    const prepared = { statement, columns: namesOf(statement) }
    this.#prepared.set(sql, prepared)
    for (const oldest of this.#prepared.keys()) {
      if (this.#prepared.size <= STATEMENTS) break
      this.#prepared.delete(oldest)
    }
    return prepared
  }
}

const INSERT_LINE = `insert into ledger
  (seq, prev, hash, entry, at, kind, ecosystem, name, version, file, digest, token, address, client, caller)
  values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`

const namesOf = (statement: StatementSync): string[] => statement.columns().map((column) => column.name)

/** Entering WAL needs the file alone and does not honour the busy timeout, so processes that start together take turns. */
function enterWal(sqlite: DatabaseSync): void {
  const until = Date.now() + PATIENCE
  for (;;) {
    try {
      sqlite.exec('pragma journal_mode = wal')
      return
    } catch (thrown) {
      const busy = thrown instanceof Error && 'errcode' in thrown && (Number(thrown.errcode) & 0xff) === SQLITE_BUSY
      if (!busy || Date.now() > until) throw thrown
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

const SQLITE_BUSY = 5
