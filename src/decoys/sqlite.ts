import { DatabaseSync, type SQLInputValue } from 'node:sqlite'

export interface Table {
  name: string
  /** Column definitions, as in CREATE TABLE. */
  columns: string
  rows: readonly Readonly<Record<string, SQLInputValue>>[]
}

/** The bytes of a database, made in memory. */
export function sqliteFile(tables: readonly Table[]): Buffer {
  const database = new DatabaseSync(':memory:')
  try {
    for (const { name, columns, rows } of tables) {
      database.exec(`CREATE TABLE ${name} (${columns})`)
      for (const row of rows) {
        const keys = Object.keys(row)
        database.prepare(`INSERT INTO ${name} (${keys.join(', ')}) VALUES (${keys.map(() => '?').join(', ')})`).run(...Object.values(row))
      }
    }
    return Buffer.from(database.serialize())
  } finally {
    database.close()
  }
}
