import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import { FACTS } from './caller.ts'
import { canonical } from './entry.ts'
import { exposureOf } from './exposure.ts'
import { forgetDue, forgetPerson, unkept } from './forget.ts'
import type { Retention } from './forget.ts'
import { verify } from './verify.ts'

const DAY = 86_400_000
/** A Monday. */
const START = Date.parse('2026-03-02T00:00:00Z')
const GOOD: Retention = { addresses: null, users: null, hosts: null, jobs: null, tokens: null, agents: null }
const after = (days: number): Date => new Date(START + days * DAY)

let folder: string
let database: Database

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-forget-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
})

afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const line = (days: number, user: string, name = 'up'): string => canonical({
  at: after(days), kind: 'served', ecosystem: 'npm', name, version: '1.0.0', file: 'up.tgz', token: 'team', address: '192.0.2.1',
  client: { tool: 'npm', version: '11.0.0', userAgent: `npm/11 of ${user}`, ci: null }, forwarded: { user, host: `${user}-laptop` },
})
const rows = () => database.query.selectFrom('callers').selectAll().orderBy('id').execute()
const kept = async () => (await rows()).map((row) => FACTS.filter((fact) => row[fact] !== null).join(' '))
const checked = async () => {
  const { ok, callers } = await verify({ database })
  return { ok, ...callers }
}

describe('callers', () => {
  it('are one row for a set of facts and a week, whoever writes the line', async () => {
    const other = await openDatabase(join(folder, 'sluice.db'))
    await Promise.all(Array.from({ length: 40 }, (_, turn) => (turn % 2 ? database : other).appendLedger([line(0, 'ann'), line(6.9, 'bob'), line(7, 'ann')])))
    await other.close()
    const all = await rows()
    expect(all.map(({ user, period }) => [user, period - (all[0]?.period ?? 0)]).sort()).toEqual([['ann', 0], ['ann', 1], ['bob', 0]])
    expect(new Set(all.map(({ mark }) => mark)).size).toBe(3)
    expect(await checked()).toEqual({ ok: true, whole: 3, forgotten: 0 })
  })

  it('are not there when their lines are not', async () => {
    await expect(database.appendLedger([line(0, 'ann'), 'no entry'])).rejects.toMatchObject({ code: 'storage' })
    expect(await rows()).toEqual([])
    await database.appendLedger([line(0, 'ann')])
    expect(await checked()).toEqual({ ok: true, whole: 1, forgotten: 0 })
  })

  it('cannot be linked from one week to the next by what their rows say when nothing is kept', async () => {
    const shy = await openDatabase(join(folder, 'sluice.db'), { unkept: [...unkept({ ...GOOD, addresses: 0, users: 0, hosts: 0, tokens: 0, agents: 0 })] })
    await shy.appendLedger([line(0, 'ann'), line(0, 'bob'), line(1, 'ann'), line(8, 'ann')])
    expect(await kept()).toEqual(['client', 'client', 'client'])
    await shy.appendLedger([line(2, 'ann')])
    await shy.close()
    expect(await checked()).toEqual({ ok: true, whole: 0, forgotten: 3 })
    const all = await rows()
    for (const column of ['mark', 'lookup', 'proofs'] as const) expect(new Set(all.map((row) => row[column])).size).toBe(3)
    expect(all.map(({ network }) => network)).toEqual([null, null, null])
    expect(await database.query.selectFrom('same_callers').selectAll().execute()).toEqual([])
    // Two of one week are still two, and one who came again is one.
    const { met } = await exposureOf(database, [{ ecosystem: 'npm', name: 'up', version: '1.0.0', digest: null }])
    expect(met.map(({ count, client }) => [count, client])).toEqual([[1, 'npm 11.0.0'], [3, 'npm 11.0.0'], [1, 'npm 11.0.0']])
  })
})

describe('forgetting', () => {
  it('takes what is due, and the chain holds', async () => {
    await database.appendLedger([line(0, 'ann'), line(1, 'bob'), line(8, 'ann'), line(15, 'ann')])
    const retention = { ...GOOD, addresses: 7 * DAY, agents: 1 * DAY }
    expect(await forgetDue(database, retention, after(7))).toBe(0)
    expect(await forgetDue(database, retention, after(14))).toBe(2)
    expect(await kept()).toEqual(['client host token user', 'client host token user', 'address agent client host token user', 'address agent client host token user'])
    expect(await forgetDue(database, retention, after(15.5))).toBe(1)
    expect(await kept()).toEqual([...Array.from({ length: 2 }, () => 'client host token user'), 'address client host token user', 'address agent client host token user'])
    expect(await checked()).toEqual({ ok: true, whole: 1, forgotten: 3 })
    expect(await forgetDue(database, retention, after(15.6))).toBe(0)
    expect(await forgetDue(database, { ...retention, users: 1 * DAY }, after(15.7))).toBe(3)
    expect(await checked()).toEqual({ ok: true, whole: 1, forgotten: 3 })
    expect(await database.query.selectFrom('same_callers').select('caller').execute()).toEqual([{ caller: (await rows())[3]?.id }])
  })

  it('gives up the secret of a week that is over', async () => {
    await database.appendLedger([line(0, 'ann'), line(8, 'ann')])
    await forgetDue(database, GOOD, after(9))
    expect(await database.query.selectFrom('caller_keys').select('period').execute()).toEqual([{ period: (await rows())[1]?.period }])
    // A line that comes late makes a row of its own.
    const other = await openDatabase(join(folder, 'sluice.db'))
    await other.appendLedger([line(0, 'ann')])
    await other.close()
    expect(await checked()).toEqual({ ok: true, whole: 3, forgotten: 0 })
  })

  it('takes one person, who is written down anew when coming back', async () => {
    await database.appendLedger([line(0, 'ann'), line(0, 'bob'), line(8, 'ann')])
    expect(await forgetPerson(database, { user: 'ann' })).toBe(2)
    expect(await kept()).toEqual(['client', 'address agent client host token user', 'client'])
    await database.appendLedger([line(8, 'ann')])
    expect(await kept()).toEqual(['client', 'address agent client host token user', 'client', 'address agent client host token user'])
    expect(await checked()).toEqual({ ok: true, whole: 2, forgotten: 2 })
    expect(await forgetPerson(database, {})).toBe(0)
  })

  it('leaves nothing of what was forgotten in the tables', async () => {
    await database.appendLedger([line(0, 'ann')])
    await forgetPerson(database, { token: 'team' })
    const all = JSON.stringify([await rows(), await database.query.selectFrom('ledger').selectAll().execute(), await database.query.selectFrom('same_callers').selectAll().execute()])
    for (const fact of ['ann', '192.0.2.1', 'team', '3221225985', 'c0000201']) expect(all).not.toContain(fact)
  })

  it('is told from a change by hand', async () => {
    await database.appendLedger([line(0, 'ann')])
    await forgetPerson(database, { user: 'ann' })
    await sql`update callers set user = 'eve'`.execute(database.query)
    const { problems } = await verify({ database })
    expect(problems).toEqual([{ seq: 1, says: "its caller's user was put in place of one that was forgotten" }])
  })
})

it('is known to every process with the rows it changed, however soon after the last time', async () => {
  const other = await openDatabase(join(folder, 'sluice.db'))
  for (let time = 0; time < 3; time += 1) {
    await other.appendLedger([line(0, 'ann')])
    expect(await forgetPerson(database, { user: 'ann' })).toBe(1)
  }
  await other.appendLedger([line(0, 'ann')])
  await other.close()
  expect((await rows()).map(({ user }) => user)).toEqual([null, null, null, 'ann'])
  expect(await checked()).toEqual({ ok: true, whole: 1, forgotten: 3 })
})

it('takes proofs of no other form for proofs', async () => {
  await database.appendLedger([line(0, 'ann')])
  const [row] = await rows()
  const proofs = JSON.parse(row?.proofs ?? '') as Record<string, unknown>
  for (const odd of [{ seal: `${'a'.repeat(64)}\nagent ${'b'.repeat(64)}` }, { salt: 'x' }, { salt: 'a'.repeat(32), seal: 'a'.repeat(64) }]) {
    await database.query.updateTable('callers').set({ proofs: JSON.stringify({ ...proofs, address: odd }) }).execute()
    expect((await verify({ database })).problems.map(({ says }) => says)).toEqual(['the proofs of its caller cannot be read'])
  }
})
