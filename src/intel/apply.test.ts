import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import { importFeed } from './import.ts'
import { listIndicators } from './known.ts'
import { finishImports } from './spool.ts'
import { advisoriesFor, toRow } from './store.ts'

let folder: string
let database: Database
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-apply-'))
  database = await openDatabase(join(folder, 'test.db'))
  await database.migrate()
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const osv = (more: object = {}) => ({ id: 'MAL-1', modified: '2026-01-01T00:00:00Z', summary: 's', affected: [{ package: { ecosystem: 'npm', name: 'evil' }, versions: ['1.0.0'] }], ...more })
const run = async (value: unknown, { now = new Date('2026-06-01'), file = 'feed.json', name = 'feed' } = {}) => {
  writeFileSync(join(folder, file), typeof value === 'string' ? value : JSON.stringify(value))
  const { imported, updated, unchanged, withdrawn } = await importFeed({ database, source: join(folder, file), name, now })
  return [imported, updated, unchanged, withdrawn]
}
const stored = async () => (await advisoriesFor(database, 'npm', 'evil'))[0]

describe('storing', () => {
  it('a record of the future counts as of now: it keeps nothing out, and is not new each time', async () => {
    expect(await run(osv({ modified: '2099-01-01T00:00:00Z' }))).toEqual([1, 0, 0, 0])
    expect((await stored())?.modified).toEqual(new Date('2026-06-01'))
    expect(await run(osv({ modified: '2099-01-01T00:00:00Z' }), { now: new Date('2026-06-02') })).toEqual([0, 0, 1, 0])
    expect(await run(osv({ modified: '2026-06-03T00:00:00Z', summary: 'right' }), { now: new Date('2026-06-04') })).toEqual([0, 1, 0, 0])
    expect((await stored())?.summary).toBe('right')
  })

  it('withdrawn and reinstated', async () => {
    await run(osv())
    expect(await run(osv({ modified: '2026-02-01T00:00:00Z', withdrawn: '2026-02-01T00:00:00Z' }))).toEqual([0, 0, 0, 1])
    expect(await run(osv())).toEqual([0, 0, 1, 0])
    expect(await run(osv({ modified: '2026-03-01T00:00:00Z' }))).toEqual([0, 1, 0, 0])
    expect((await stored())?.withdrawn).toBeNull()
  })

  it('a list without times is new where it differs; another source takes nothing back', async () => {
    expect(await run('name,version,ecosystem\nevil,1.0.0,npm\n', { file: 'l.csv', name: 'l' })).toEqual([1, 0, 0, 0])
    expect(await run('name,version,ecosystem\nevil,1.0.0,npm\n', { file: 'l.csv', name: 'l', now: new Date('2026-07-01') })).toEqual([0, 0, 1, 0])
    expect(await run('name,version,ecosystem\nevil,1.0.0,npm\nevil,1.0.1,npm\n', { file: 'l.csv', name: 'l' })).toEqual([0, 1, 0, 0])
    await run(osv())
    await run(osv({ modified: '2026-05-01T00:00:00Z', affected: [{ package: { ecosystem: 'npm', name: 'innocent' } }] }), { name: 'stranger' })
    expect((await advisoriesFor(database, 'npm', 'evil')).find(({ id }) => id === 'MAL-1')?.withdrawn).toBeNull()
  })

  it('what a list leaves out is taken back, unless much of it is gone at once', async () => {
    const list = (count: number) => `name,version,ecosystem\n${Array.from({ length: count }, (_, at) => `p${at},1.0.0,npm`).join('\n')}\n`
    const sync = async (text: string) => {
      writeFileSync(join(folder, 'l.csv'), text)
      return importFeed({ database, source: join(folder, 'l.csv'), name: 'l', whole: true, now: new Date('2026-06-01') })
    }
    await sync(list(40))
    expect(await sync(list(35))).toMatchObject({ withdrawn: 5, unchanged: 35, skippedTotal: 0 })
    expect((await advisoriesFor(database, 'npm', 'p39'))[0]?.withdrawn).toEqual(new Date('2026-06-01'))
    expect(await sync(list(5))).toMatchObject({ withdrawn: 0, skippedTotal: 1, skipped: [{ reason: '30 packages are no longer listed, too many at once: what was said of them stays' }] })
    expect((await advisoriesFor(database, 'npm', 'p30'))[0]?.withdrawn).toBeNull()
    expect(await sync(list(40))).toMatchObject({ updated: 5 })
    expect((await advisoriesFor(database, 'npm', 'p39'))[0]?.withdrawn).toBeNull()
  })

  it('seq grows with every change of an advisory and of an indicator, and with nothing else', async () => {
    const iocs = (domains: string[]) => ({ database_specific: { iocs: { domains } } })
    const top = async () => [Number((await database.query.selectFrom('advisories').select(({ fn }) => fn.max('seq').as('n')).executeTakeFirst())?.n), (await listIndicators(database, {})).at(-1)?.seq]
    await run(osv(iocs(['a.example', 'b.example'])))
    const first = await top()
    await run(osv(iocs(['a.example', 'b.example'])))
    expect(await top()).toEqual(first)
    await run(osv({ modified: '2026-02-01T00:00:00Z', summary: 'other', ...iocs(['a.example']) }))
    const second = await top()
    expect(second.map((seq, at) => (seq ?? 0) > (first[at] ?? 0))).toEqual([true, true])
    expect((await listIndicators(database, {})).map(({ value }) => value)).toEqual(['b.example', 'a.example'])
  })

  it('a file that is damaged at its end changes nothing', async () => {
    const lines = Array.from({ length: 50 }, (_, at) => JSON.stringify(osv({ id: `MAL-${at}` })))
    await expect(run(`[${lines.join(',')}`)).rejects.toMatchObject({ code: 'feed-invalid' })
    await expect(run(`{"type":"bundle","id":"bundle--x","objects":[${lines.join(',')}`)).rejects.toMatchObject({ code: 'feed-invalid' })
    await expect(run('['.repeat(200_000))).rejects.toMatchObject({ code: 'feed-invalid' })
    expect(await database.query.selectFrom('advisories').selectAll().execute()).toEqual([])
    expect(await database.query.selectFrom('changes').selectAll().execute()).toEqual([])
  })

  it('an import that was interrupted is completed, and its spool is gone', async () => {
    const spool = join(folder, 'x.spool')
    const advisory = { ...(osv() as object), ecosystem: 'npm', name: 'evil', malicious: true, summary: 's', versions: [], ranges: [], severity: null, url: null, source: 'feed', modified: new Date(1_000), withdrawn: null, tlp: 'clear' }
    writeFileSync(spool, `${JSON.stringify({ id: 'MAL-1', modified: 1_000, rows: [toRow(advisory as never)], indicators: [] })}\n`)
    await database.query.insertInto('intel_imports').values([{ id: '1', source: 'feed', file: spool, at: 1 }, { id: '2', source: 'gone', file: join(folder, 'none.spool'), at: 1 }, { id: '3', source: 'elsewhere', file: '/etc/hostname', at: 1 }]).execute()
    expect(await finishImports(database, { folder, now: new Date() })).toEqual(['feed'])
    expect(await stored()).toMatchObject({ id: 'MAL-1' })
    expect(await database.query.selectFrom('intel_imports').selectAll().execute()).toEqual([])
  })
})
