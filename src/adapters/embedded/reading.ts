import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { DatabaseSync } from 'node:sqlite'
import type { StatementSync } from 'node:sqlite'
import { SluiceError, sentence } from '../../core/errors.ts'
import type { ReadFolder } from '../../ports/rows.ts'
import { NEWEST } from '../newest.ts'

/** Milliseconds to wait for a process that recovers the write-ahead log. */
const PATIENCE = 5_000

/**
 * The data folder's database in this thread, read-only, while a gate may run on it. null where the folder has none, or one of
 * an older version, whose tables need migrating first. Throws `storage`.
 */
export function readFolder(data: string): ReadFolder | null {
  const file = resolve(data, 'sluice.db')
  if (!existsSync(file)) return null
  const sqlite = openReadOnly(file)
  const version = versionOf(sqlite)
  if (version !== NEWEST) {
    sqlite.close()
    if (version > NEWEST) throw new SluiceError('storage', `the data was written by a newer version of Sluice (its tables are at ${version}, this program knows ${NEWEST})`)
    return null
  }
  const prepared = new Map<string, StatementSync>()
  return {
    all<Row>(sql: string, parameters: readonly (string | number)[]): Promise<Row[]> {
      const statement = prepared.get(sql) ?? sqlite.prepare(sql)
      prepared.set(sql, statement)
      return Promise.resolve(statement.all(...parameters) as Row[])
    },
    blob(digest) {
      const hex = /^sha256:([0-9a-f]{64})$/.exec(digest)?.[1]
      const path = hex === undefined ? null : join(data, 'blobs', 'sha256', hex.slice(0, 2), hex.slice(2))
      return Promise.resolve(path !== null && existsSync(path) ? readFileSync(path) : null)
    },
    close: () => sqlite.close(),
  }
}

/** On a medium that cannot be written the log's index cannot be made either; such a file does not change while it is read. */
function openReadOnly(file: string): DatabaseSync {
  const problems: unknown[] = []
  for (const where of [file, new URL(`${pathToFileURL(file).href}?immutable=1`)]) {
    try {
      const sqlite = new DatabaseSync(where, { readOnly: true, timeout: PATIENCE })
      sqlite.exec('pragma query_only = on; pragma mmap_size = 268435456')
      sqlite.prepare('select count(*) from sqlite_master').get()
      return sqlite
    } catch (thrown) {
      problems.push(thrown)
    }
  }
  throw new SluiceError('storage', `cannot read the database ${file}: ${sentence(problems[0])}`, { cause: problems[0] })
}

function versionOf(sqlite: DatabaseSync): number {
  try {
    return Number((sqlite.prepare('select version from schema_version').get() as { version?: number } | undefined)?.version ?? 0)
  } catch {
    return 0
  }
}
