import { mkdtemp, readFile, rm, unlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import { GENESIS, link } from './chain.ts'
import { canonical } from './entry.ts'
import { currentHead, formatHead, keepHead, parseHead, readHead } from './head.ts'
import { verify } from './verify.ts'

let folder: string
let file: string
let database: Database

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-ledger-'))
  file = join(folder, 'ledger.head')
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
})

afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const line = (index: number): string =>
  canonical({ at: new Date(index), kind: 'served', ecosystem: 'npm', name: `p${index}`, version: '1.0.0', token: 'dev' })
const fill = (count: number) => database.appendLedger(Array.from({ length: count }, (_, index) => line(index + 1)))
const change = (statement: string) => sql.raw(statement).execute(database.query)
const check = async (options: { from?: number; kept?: { seq: number; hash: string; where: string }[] } = {}) => {
  const { ok, problems } = await verify({ database, ...options })
  expect(ok).toBe(problems.length === 0)
  return problems.map(({ seq, says }) => `${seq} ${says}`)
}

describe('verify', () => {
  it('finds nothing wrong with an empty ledger', async () => {
    expect(await verify({ database })).toEqual({ ok: true, lines: 0, head: null, problems: [], problemCount: 0, callers: { whole: 0, forgotten: 0 } })
  })

  it('reads a whole ledger over many pages and tells its head', async () => {
    const head = await fill(2500)
    const progress: number[] = []
    expect(await verify({ database, progress: (lines) => progress.push(lines) }))
      .toEqual({ ok: true, lines: 2500, head, problems: [], problemCount: 0, callers: { whole: 1, forgotten: 0 } })
    expect(progress).toEqual([1000, 2000, 2500])
  })

  it.each([
    ['an entry', `update ledger set entry = replace(entry, 'p5', 'q5') where seq = 5`, ['5 the entry or its hash was changed', '5 the column name differs from the entry']],
    ['who asked', `update callers set token = 'eve'`, Array.from({ length: 10 }, (_, at) => `${at + 1} its caller is not the one that was written down`)],
    ['something about who asked, added', `update callers set host = 'eve'`, Array.from({ length: 10 }, (_, at) => `${at + 1} its caller's host was added`)],
    ['something about who asked, taken away', `update callers set token = null`, Array.from({ length: 10 }, (_, at) => [`${at + 1} its caller's token was taken away without being forgotten`, `${at + 1} its caller is not the one that was written down`]).flat()],
    ['its proofs', `update callers set proofs = '{"token":7}'`, Array.from({ length: 10 }, (_, at) => `${at + 1} the proofs of its caller cannot be read`)],
    ['the row of who asked gone', `delete from callers`, Array.from({ length: 10 }, (_, at) => `${at + 1} the row of its caller is gone`)],
    ['a line of nobody', `update ledger set caller = null where seq = 5`, ['5 the column caller differs from the entry']],
    ['whitespace in an entry', `update ledger set entry = entry || ' ' where seq = 5`, ['5 the entry or its hash was changed']],
    ['an entry to something else', `update ledger set entry = 'x' where seq = 5`, ['5 the entry or its hash was changed', '5 a ledger entry that is not JSON']],
    ['a copied column', `update ledger set address = '192.0.2.66' where seq = 5`, ['5 the column address differs from the entry']],
    ['a copied time', `update ledger set at = 6 where seq = 5`, ['5 the column at differs from the entry']],
    ['a copied column to nothing', `update ledger set name = null where seq = 5`, ['5 the column name differs from the entry']],
    ['a hash', `update ledger set hash = '${'a'.repeat(64)}' where seq = 5`, ['5 the entry or its hash was changed', '6 does not follow from the line before']],
    ['a link', `update ledger set prev = '${'a'.repeat(64)}' where seq = 5`, ['5 does not follow from the line before', '5 the entry or its hash was changed']],
    ['one line away', 'delete from ledger where seq = 5', ['6 line 5 is missing', '6 does not follow from the line before']],
    ['lines away', 'delete from ledger where seq in (4, 5)', ['6 lines 4 to 5 are missing', '6 does not follow from the line before']],
    ['the beginning away', 'delete from ledger where seq < 3', ['3 lines 1 to 2 are missing', '3 does not follow from the line before']],
    ['two lines round', 'update ledger set seq = case seq when 5 then -6 else -5 end where seq in (5, 6); ', []],
  ])('finds %s changed', async (_, statement, expected) => {
    await fill(10)
    await change(statement)
    if (expected.length > 0) expect(await check()).toEqual(expected)
    else {
      await change('update ledger set seq = -seq where seq < 0')
      expect(await check()).toEqual(expect.arrayContaining(['5 does not follow from the line before', '6 does not follow from the line before']))
    }
  })

  it('finds a chain that starts anew', async () => {
    await fill(5)
    const { entry } = await database.query.selectFrom('ledger').select('entry').where('seq', '=', 5).executeTakeFirstOrThrow()
    await change(`update ledger set prev = '${GENESIS}', hash = '${link(GENESIS, entry)}' where seq = 5`)
    expect(await check()).toEqual(['5 the chain starts anew here'])
  })

  it('finds a rewritten end only by a head that was kept', async () => {
    const head = await fill(5)
    const { prev, entry } = await database.query.selectFrom('ledger').select(['prev', 'entry']).where('seq', '=', 5).executeTakeFirstOrThrow()
    const forged = entry.replace('p5', 'q5')
    await database.query.updateTable('ledger').set({ entry: forged, hash: link(prev, forged), name: 'q5' }).where('seq', '=', 5).execute()
    expect(await check()).toEqual([])
    expect(await check({ kept: [{ ...head, where: 'the auditor' }] })).toEqual(['5 is not the line that the auditor knows as the head'])
  })

  it('finds an end that was cut by a head that was kept', async () => {
    const head = await fill(5)
    await change('delete from ledger where seq > 3')
    expect(await check()).toEqual([])
    expect(await check({ kept: [{ ...head, where: 'the head file' }] })).toEqual(['3 the end was cut: the head file knows line 5, the ledger ends at 3'])
    await change('delete from ledger')
    expect(await check({ kept: [{ ...head, where: 'the head file' }] })).toEqual(['0 the end was cut: the head file knows line 5, the ledger ends at 0'])
  })

  it('starts where it is told to', async () => {
    await fill(10)
    await change(`update ledger set token = 'eve' where seq in (3, 8)`)
    expect(await check({ from: 5 })).toEqual(['8 the column token differs from the entry'])
    await change('delete from ledger where seq = 5')
    expect(await check({ from: 5 })).toContain('6 line 5 is missing')
  })

  it('lists the first problems and counts all', async () => {
    await fill(300)
    await change(`update ledger set token = 'eve'`)
    const { problems, problemCount } = await verify({ database })
    expect([problems.length, problemCount]).toEqual([100, 300])
  })
})

describe('the head file', () => {
  const problems: string[] = []
  const keep = () => keepHead({ file, database, onProblem: (says) => problems.push(says), interval: 0 })
  beforeEach(() => { problems.length = 0 })

  it('is there before the first line and follows the ledger', async () => {
    const keeper = await keep()
    expect(await readHead(file)).toEqual({ seq: 0, hash: GENESIS })
    const head = await fill(3)
    keeper.seen(head)
    await keeper.close()
    expect(await readHead(file)).toEqual(head)
    expect(problems).toEqual([])
  })

  it('catches up after a crash', async () => {
    await (await keep()).close()
    const head = await fill(3)
    await (await keep()).close()
    expect(await readHead(file)).toEqual(head)
    expect(problems).toEqual([])
  })

  it('stays as it is, as evidence, when the ledger was cut and grew again', async () => {
    const before = await keep()
    before.seen(await fill(5))
    await before.close()
    const kept = await readFile(file, 'utf8')
    await change('delete from ledger where seq > 3')
    const keeper = await keep()
    expect(problems).toEqual([expect.stringContaining('line 5')])
    keeper.seen(await fill(10))
    await keeper.close()
    expect(await readFile(file, 'utf8')).toBe(kept)
    expect(problems.at(-1)).toContain('rewritten')
    expect(await check({ kept: [{ ...parseHead(kept), where: 'the head file' }] })).toEqual(['5 is not the line that the head file knows as the head'])
  })

  it('is never set back by a process that knows less', async () => {
    const slow = await keep()
    const early = await fill(2)
    const fast = await keep()
    const late = await fill(2)
    fast.seen(late)
    await fast.close()
    slow.seen(early)
    await slow.close()
    expect(await readHead(file)).toEqual(late)
  })

  it('is missed beside a ledger with lines', async () => {
    await (await keep()).close()
    const head = await fill(3)
    await unlink(file)
    await (await keep()).close()
    expect(problems).toEqual([expect.stringContaining('missing')])
    expect(await readHead(file)).toEqual(head)
  })

  it('is reported, not replaced, when it holds something else', async () => {
    await writeFile(file, 'rubbish')
    await expect(readHead(file)).rejects.toMatchObject({ code: 'ledger-broken' })
    await (await keep()).close()
    expect(problems).toHaveLength(1)
    expect(await readFile(file, 'utf8')).toBe('rubbish')
  })

  it.each(['', '1', '1:abc', `-1:${GENESIS}`, `1:${GENESIS}0`, `1e3:${GENESIS}`])('does not take %j for a head', (text) => {
    expect(() => parseHead(text)).toThrow(expect.objectContaining({ code: 'usage' }))
  })

  it('is written as it is read', async () => {
    const head = await fill(2)
    expect(parseHead(formatHead(head))).toEqual(head)
    expect(await currentHead(database)).toEqual(head)
  })
})
