import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { Database } from '../../ports/database.ts'
import { describeDatabase } from '../../ports/database.conformance.ts'
import { openDatabase } from './database.ts'

async function inFolder<T>(work: (file: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-database-'))
  try {
    return await work(join(folder, 'data', 'sluice.db'))
  } finally {
    await rm(folder, { recursive: true })
  }
}

describeDatabase('embedded', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-database-'))
  const file = join(folder, 'sluice.db')
  const database = await openDatabase(file)
  return {
    database,
    another: () => openDatabase(file),
    close: async () => {
      await database.close()
      await rm(folder, { recursive: true })
    },
  }
})

describe('the embedded database', () => {
  const count = async ({ query }: Database): Promise<number> => (await query.selectFrom('settings').selectAll().execute()).length

  it('opens from several openers at once', () => inFolder(async (file) => {
    const opened = await Promise.all(Array.from({ length: 4 }, () => openDatabase(file)))
    await Promise.all(opened.map((database) => database.migrate()))
    expect(await Promise.all(opened.map(count))).toEqual([0, 0, 0, 0])
    await Promise.all(opened.map((database) => database.close()))
  }))

  it('says so when the file is no database', () => inFolder(async (file) => {
    await openDatabase(file).then((database) => database.close())
    await writeFile(file, 'not a database at all, but long enough to have a header of its own, or so it seems. '.repeat(20))
    await expect(openDatabase(file)).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('not a database') })
  }))

  it('rolls back a transaction that stays open too long, and lets others go on', () => inFolder(async (file) => {
    const database = await openDatabase(file, { transactionLimit: 500 })
    await database.migrate()
    const stuck = database.transaction(async (tx) => {
      await tx.insertInto('settings').values({ key: 'inside', value: '' }).execute()
      // Waits for the transaction it is in.
      await database.query.insertInto('settings').values({ key: 'outside', value: '' }).execute()
      await tx.insertInto('settings').values({ key: 'late', value: '' }).execute()
    })
    await expect(stuck).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('took longer') })
    expect(await database.query.selectFrom('settings').select('key').execute()).toEqual([{ key: 'outside' }])
    await database.close()
  }))

  it('refuses to stream, because a cursor would pin the reader to an old state', () => inFolder(async (file) => {
    const database = await openDatabase(file)
    await database.migrate()
    const read = async (): Promise<void> => {
      for await (const row of database.query.selectFrom('settings').selectAll().stream()) expect(row).toBeUndefined()
    }
    await expect(read()).rejects.toMatchObject({ code: 'storage' })
    await database.close()
  }))

  it('refuses an answer that memory would have to pay for, and goes on', () => inFolder(async (file) => {
    const database = await openDatabase(file)
    await database.migrate()
    const endless = sql`with recursive n(i) as (select 1 union all select i + 1 from n) select i from n`
    const long = sql`with recursive n(i) as (select 1 union all select i + 1 from n) select printf('%.1000000c', 'a') from n`
    for (const query of [endless, long]) {
      await expect(query.execute(database.query)).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('too large') })
    }
    expect(await count(database)).toBe(0)
    await database.close()
  }))

  it('sees columns that were added under a statement it has prepared', () => inFolder(async (file) => {
    const database = await openDatabase(file)
    await database.migrate()
    await database.query.insertInto('settings').values({ key: 'a', value: 'b' }).execute()
    expect(await count(database)).toBe(1)
    await sql`alter table settings add column more text default 'c'`.execute(database.query)
    expect(await database.query.selectFrom('settings').selectAll().execute()).toEqual([{ key: 'a', value: 'b', more: 'c' }])
    await database.close()
  }))

  it('tells the one caller whose parameters cannot be sent', () => inFolder(async (file) => {
    const database = await openDatabase(file)
    await database.migrate()
    const results = await Promise.allSettled([
      database.query.insertInto('settings').values({ key: 'a', value: 'b' }).execute(),
      database.query.insertInto('settings').values({ key: 'f', value: { cannot: () => 1 } as unknown as string }).execute(),
    ])
    expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected'])
    await database.close()
  }))

  it('does not hold up the event loop while it waits for another writer', () => inFolder(async (file) => {
    const database = await openDatabase(file)
    const other = await openDatabase(file)
    await database.migrate()
    let written = false
    let write: Promise<unknown> = Promise.resolve()
    await other.transaction(async (tx) => {
      await tx.insertInto('settings').values({ key: 'a', value: '' }).execute()
      write = database.query.insertInto('settings').values({ key: 'b', value: '' }).execute().then(() => { written = true })
      // Reads are answered while the write waits.
      expect(await count(database)).toBe(0)
      expect(written).toBe(false)
    })
    await write
    expect(await count(database)).toBe(2)
    await other.close()
    await database.close()
  }))
})
