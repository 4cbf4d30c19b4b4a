import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { sql } from 'kysely'
import { GENESIS, link } from '../ledger/chain.ts'
import { canonical } from '../ledger/entry.ts'
import type { Database } from './database.ts'

export interface DatabaseUnderTest {
  database: Database
  /** Opens the same data again, as another process would. Not migrated. */
  another(): Promise<Database>
  close(): Promise<void>
}

const entry = (name: string): string => canonical({ at: new Date(1_700_000_000_000), kind: 'served', ecosystem: 'npm', name, version: '1.0.0' })
const setting = (key: string, value = 'x'): { key: string; value: string } => ({ key, value })

/** What every database adapter must do. `open` gives an empty, not yet migrated one. */
export function describeDatabase(label: string, open: () => Promise<DatabaseUnderTest>): void {
  describe(`${label}: the database port`, () => {
    let test: DatabaseUnderTest
    let database: Database

    beforeEach(async () => {
      test = await open()
      database = test.database
      await database.migrate()
    })

    afterEach(() => test.close())

    const keys = async (of = database): Promise<string[]> =>
      (await of.query.selectFrom('settings').select('key').orderBy('key').execute()).map((row) => row.key)

    it('migrates again without harm, also from several processes at once', async () => {
      const others = await Promise.all([test.another(), test.another()])
      await database.query.insertInto('settings').values(setting('kept')).execute()
      await Promise.all([database, ...others].map((each) => each.migrate()))
      expect(await keys()).toEqual(['kept'])
      await Promise.all(others.map((each) => each.close()))
    })

    it('migrates from nothing in several processes at once', async () => {
      const fresh = await open()
      const others = await Promise.all([fresh.another(), fresh.another(), fresh.another()])
      await Promise.all([fresh.database, ...others].map((each) => each.migrate()))
      expect(await keys(others[2])).toEqual([])
      await Promise.all(others.map((each) => each.close()))
      await fresh.close()
    })

    it('refuses tables from a newer program', async () => {
      await sql`update schema_version set version = 999`.execute(database.query)
      await expect(database.migrate()).rejects.toMatchObject({ code: 'storage', message: expect.stringContaining('newer') })
    })

    it('reads its own writes and other processes\' writes', async () => {
      const other = await test.another()
      await database.query.insertInto('settings').values(setting('a')).execute()
      await other.query.insertInto('settings').values(setting('b')).execute()
      expect(await keys()).toEqual(['a', 'b'])
      expect(await keys(other)).toEqual(['a', 'b'])
      await other.close()
    })

    it('keeps text, whole numbers and null as they are', async () => {
      const row = {
        ecosystem: 'npm', name: '__proto__', file: 'f\u0000\'"\u{1F4A3}.tgz', version: '', digest: 'sha256:0', size: 2 ** 53 - 1,
        source: 'public', upstream: 'u', published_at: null, first_seen_at: -1, hashes: '{}', purged: 0,
      }
      await database.query.insertInto('artifacts').values(row).execute()
      expect(await database.query.selectFrom('artifacts').selectAll().execute()).toEqual([row])
    })

    it('tells how many rows were changed and returns rows where asked', async () => {
      await database.query.insertInto('settings').values([setting('a'), setting('b')]).execute()
      const changed = await database.query.updateTable('settings').set({ value: 'y' }).executeTakeFirst()
      expect(changed.numUpdatedRows).toBe(2n)
      const returned = await database.query.deleteFrom('settings').where('key', '=', 'a').returning('value').execute()
      expect(returned).toEqual([{ value: 'y' }])
    })

    it('counts changes up, and never gives a number twice', async () => {
      const add = { kind: 'order', ecosystem: null, name: null, at: 1 }
      await database.query.insertInto('changes').values([add, add]).execute()
      const before = await database.query.selectFrom('changes').select('seq').orderBy('seq').execute()
      await database.query.deleteFrom('changes').execute()
      await database.query.insertInto('changes').values(add).execute()
      const after = await database.query.selectFrom('changes').select('seq').executeTakeFirstOrThrow()
      expect(Number(after.seq)).toBeGreaterThan(Number(before.at(-1)?.seq))
    })

    it('commits a transaction as a whole', async () => {
      const answer = await database.transaction(async (tx) => {
        await tx.insertInto('settings').values(setting('a')).execute()
        expect(await keys()).toEqual([])
        expect(await tx.selectFrom('settings').select('key').execute()).toEqual([{ key: 'a' }])
        return 42
      })
      expect(answer).toBe(42)
      expect(await keys()).toEqual(['a'])
    })

    it('rolls back what throws, and goes on', async () => {
      await expect(database.transaction(async (tx) => {
        await tx.insertInto('settings').values(setting('a')).execute()
        throw new Error('changed my mind')
      })).rejects.toThrow('changed my mind')
      await database.query.insertInto('settings').values(setting('b')).execute()
      expect(await keys()).toEqual(['b'])
    })

    it('never lets a write outside into somebody else\'s transaction', async () => {
      let outside: Promise<unknown> = Promise.resolve()
      let appended: Promise<unknown> = Promise.resolve()
      await expect(database.transaction(async (tx) => {
        await tx.insertInto('settings').values(setting('inside')).execute()
        outside = database.query.insertInto('settings').values(setting('outside')).execute()
        appended = database.appendLedger([entry('a')])
        await tx.insertInto('settings').values(setting('inside too')).execute()
        throw new Error('rolled back')
      })).rejects.toThrow('rolled back')
      await Promise.all([outside, appended])
      expect(await keys()).toEqual(['outside'])
      expect(await database.query.selectFrom('ledger').select('seq').execute()).toHaveLength(1)
    })

    it('loses no update between transactions of several processes', async () => {
      const other = await test.another()
      await database.query.insertInto('settings').values(setting('n', '0')).execute()
      const increment = (of: Database): Promise<unknown> => of.transaction(async (tx) => {
        const { value } = await tx.selectFrom('settings').select('value').where('key', '=', 'n').executeTakeFirstOrThrow()
        await tx.updateTable('settings').set({ value: String(Number(value) + 1) }).where('key', '=', 'n').execute()
      })
      await Promise.all(Array.from({ length: 40 }, (_, turn) => increment(turn % 2 ? database : other)))
      expect(await database.query.selectFrom('settings').selectAll().execute()).toEqual([setting('n', '40')])
      await other.close()
    })

    it('fails alone what is wrong, not what happens to be written with it', async () => {
      await database.query.insertInto('settings').values(setting('taken')).execute()
      const results = await Promise.allSettled(['a', 'taken', 'b'].map((key) =>
        database.query.insertInto('settings').values(setting(key)).execute()))
      expect(results.map((result) => result.status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
      expect(results[1]).toMatchObject({ reason: { code: 'storage', message: expect.any(String) } })
      expect(await keys()).toEqual(['a', 'b', 'taken'])
    })

    it('chains ledger lines from the genesis and copies their columns', async () => {
      const entries = [entry('a'), entry('b'), entry('c')]
      await database.appendLedger(entries.slice(0, 1))
      const head = await database.appendLedger(entries.slice(1))
      const rows = await database.query.selectFrom('ledger').selectAll().orderBy('seq').execute()
      let prev = GENESIS
      for (const [index, row] of rows.entries()) {
        expect(row).toMatchObject({ seq: index + 1, prev, entry: entries[index], name: 'abc'[index], kind: 'served', at: 1_700_000_000_000 })
        prev = link(prev, row.entry)
        expect(row.hash).toBe(prev)
      }
      expect(head).toEqual({ seq: 3, hash: prev })
    })

    it('keeps one chain when several processes append', async () => {
      const other = await test.another()
      await Promise.all(Array.from({ length: 30 }, (_, turn) =>
        (turn % 2 ? database : other).appendLedger([entry(`x${turn}`), entry(`y${turn}`)])))
      const rows = await database.query.selectFrom('ledger').select(['seq', 'prev', 'hash']).orderBy('seq').execute()
      expect(rows).toHaveLength(60)
      expect(rows.every((row, index) => row.prev === (rows[index - 1]?.hash ?? GENESIS) && row.seq === index + 1)).toBe(true)
      await other.close()
    })

    it('appends all lines of a call or none', async () => {
      await expect(database.appendLedger([entry('a'), 'not an entry', entry('b')])).rejects.toMatchObject({ code: 'storage' })
      expect(await database.query.selectFrom('ledger').select('seq').execute()).toEqual([])
      expect(await database.appendLedger([entry('a')])).toMatchObject({ seq: 1 })
    })

    it('refuses everything after it was closed', async () => {
      await database.close()
      await expect(keys()).rejects.toMatchObject({ code: 'storage' })
      await expect(database.appendLedger([entry('a')])).rejects.toMatchObject({ code: 'storage' })
      await database.close()
    })
  })
}
