import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { zip } from '../../test/fakes/archive-writers.ts'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import { importFeed } from './import.ts'
import { advisoriesFor } from './store.ts'

let folder: string
let feed: string
let database: Database
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-feed-'))
  feed = join(folder, 'feed')
  mkdirSync(join(feed, 'deep', '.git'), { recursive: true })
  database = await openDatabase(join(folder, 'test.db'))
  await database.migrate()
})
afterEach(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const record = (id: string, name: string, more: object = {}) => ({
  id, modified: '2026-01-01T00:00:00Z', summary: id, affected: [{ package: { ecosystem: 'npm', name }, versions: ['1.0.0'] }], ...more,
})
const put = (file: string, value: unknown): void => writeFileSync(join(feed, file), typeof value === 'string' ? value : JSON.stringify(value))
const counts = async (source = feed) => {
  const { imported, updated, unchanged, withdrawn, skippedTotal } = await importFeed({ database, source })
  return [imported, updated, unchanged, withdrawn, skippedTotal]
}
const changes = async () => (await database.query.selectFrom('changes').select(['kind', 'ecosystem', 'name']).orderBy('seq').execute()).map((row) => `${row.kind} ${row.ecosystem} ${row.name}`)

describe('importFeed', () => {
  it('reads a folder, says what it skipped and why, and does nothing the second time', async () => {
    put('a.json', record('MAL-1', 'one'))
    put('deep/b.json', record('MAL-2', 'two'))
    put('broken.json', '{')
    put('other.json', record('MAL-3', 'x', { affected: [{ package: { ecosystem: 'crates.io', name: 'x' } }] }))
    put('readme.md', 'no')
    put('deep/.git/c.json', record('MAL-4', 'hidden'))
    symlinkSync(join(feed, 'a.json'), join(feed, 'link.json'))
    const seen: number[] = []
    const report = await importFeed({ database, source: feed, progress: (done) => seen.push(done) })
    expect(report).toMatchObject({ imported: 2, updated: 0, unchanged: 0, withdrawn: 0, skippedTotal: 2 })
    expect(report.skipped.map(({ file, reason }) => [file.slice(feed.length + 1), reason.slice(0, 8)]).sort()).toEqual([['broken.json', 'not JSON'], ['other.json', 'another ']])
    expect(seen.at(-1)).toBe(4)
    expect((await changes()).sort()).toEqual(['advisory npm one', 'advisory npm two'])
    expect(await counts()).toEqual([0, 0, 2, 0, 2])
    expect(await changes()).toHaveLength(2)
    expect(await advisoriesFor(database, 'npm', 'one')).toEqual([{
      id: 'MAL-1', ecosystem: 'npm', name: 'one', malicious: true, summary: 'MAL-1', versions: ['1.0.0'], ranges: [], severity: null, url: null,
      source: 'feed', modified: new Date('2026-01-01'), withdrawn: null,
    }])
  })

  it('may run twice at once, and loses nothing', async () => {
    for (let at = 0; at < 300; at++) put(`r${at}.json`, record(`MAL-${at}`, `p${at}`))
    const manifest = join(folder, 'feed.manifest')
    const reports = await Promise.all([1, 2, 3].map(() => importFeed({ database, source: feed, manifest, folder: join(folder, 'spool') })))
    expect(reports.reduce((sum, { imported }) => sum + imported, 0)).toBe(300)
    expect(await importFeed({ database, source: feed, manifest })).toMatchObject({ imported: 0, updated: 0, unchanged: 0 })
    expect(readdirSync(folder).filter((name) => name.includes('.next'))).toEqual([])
  })

  it('takes a record whose indicators are none, and names these', async () => {
    put('a.json', record('MAL-1', 'one', { database_specific: { iocs: { ips: ['127.0.0.1'], domains: ['c2.evil.example'] } } }))
    expect(await importFeed({ database, source: feed })).toMatchObject({ imported: 1, indicators: 1, skippedTotal: 1, skipped: [{ reason: expect.stringContaining('private') as string }] })
  })

  it('takes a newer record, never an older one, and keeps what is withdrawn', async () => {
    put('a.json', record('MAL-1', 'one'))
    await counts()
    put('a.json', record('MAL-1', 'one', { modified: '2026-02-01T00:00:00Z', summary: 'newer' }))
    expect(await counts()).toEqual([0, 1, 0, 0, 0])
    put('a.json', record('MAL-1', 'one', { summary: 'older' }))
    expect(await counts()).toEqual([0, 0, 1, 0, 0])
    put('a.json', record('MAL-1', 'one', { modified: '2026-03-01T00:00:00Z', withdrawn: '2026-03-01T00:00:00Z' }))
    expect(await counts()).toEqual([0, 0, 0, 1, 0])
    expect(await advisoriesFor(database, 'npm', 'one')).toMatchObject([{ id: 'MAL-1', withdrawn: new Date('2026-03-01') }])
    expect(await changes()).toEqual(['advisory npm one', 'advisory npm one', 'advisory npm one'])
  })

  it('withdraws for a package that a newer record no longer names', async () => {
    const two = (names: string[], modified: string) => record('MAL-1', '', { modified, affected: names.map((name) => ({ package: { ecosystem: 'npm', name } })) })
    put('a.json', two(['one', 'two'], '2026-01-01T00:00:00Z'))
    await counts()
    put('a.json', two(['one'], '2026-02-01T00:00:00Z'))
    expect(await counts()).toEqual([0, 1, 0, 0, 0])
    expect((await advisoriesFor(database, 'npm', 'two'))[0]?.withdrawn).toEqual(new Date('2026-02-01'))
    expect((await advisoriesFor(database, 'npm', 'one'))[0]?.withdrawn).toBeNull()
    expect(await counts()).toEqual([0, 0, 1, 0, 0])
  })

  it('reads lists, lines and zips', async () => {
    put('list.json', [record('MAL-1', 'one'), record('MAL-2', 'two'), 7])
    expect(await counts(join(feed, 'list.json'))).toEqual([2, 0, 0, 0, 1])
    put('lines.jsonl', `${JSON.stringify(record('MAL-3', 'three'))}\n\n{broken\n${JSON.stringify(record('MAL-4', 'four'))}`)
    const report = await importFeed({ database, source: join(feed, 'lines.jsonl') })
    expect(report).toMatchObject({ imported: 2, skipped: [{ file: `${join(feed, 'lines.jsonl')}:3` }] })
    writeFileSync(join(feed, 'all.zip'), zip([
      { path: 'MAL-5.json', body: JSON.stringify(record('MAL-5', 'five')) }, { path: 'notes.txt', body: 'no' }, { path: 'x.json', body: 'no' },
    ]))
    expect(await counts(join(feed, 'all.zip'))).toEqual([1, 0, 0, 0, 1])
  })

  it('takes thousands, and the same record twice in one feed', async () => {
    const lines = Array.from({ length: 1_300 }, (_, index) => JSON.stringify(record(`MAL-${index % 1_200}`, `p${index % 1_200}`, index >= 1_200 ? { modified: '2026-05-01T00:00:00Z' } : {})))
    put('many.jsonl', lines.join('\n'))
    expect(await counts(join(feed, 'many.jsonl'))).toEqual([1_200, 100, 0, 0, 0])
    expect((await database.query.selectFrom('advisories').select(({ fn }) => fn.countAll().as('n')).executeTakeFirst())?.n).toBe(1_200)
  })

  it.each([['nothing there', 'none'], ['another kind of file', 'readme.md'], ['a damaged zip', 'bad.zip'], ['a cut zip', 'cut.zip']])('refuses %s', async (_what, name) => {
    put('readme.md', 'no')
    put('bad.zip', 'no zip at all')
    const whole = zip([{ path: 'a.json', body: JSON.stringify(record('MAL-1', 'one')) }])
    writeFileSync(join(feed, 'cut.zip'), whole.subarray(0, whole.length - 30))
    await expect(counts(join(feed, name))).rejects.toMatchObject({ code: 'feed-invalid' })
  })

  it('skips a line that is larger than any record and goes on', async () => {
    put('long.jsonl', `${' '.repeat(9_000_000)}\n${JSON.stringify(record('MAL-1', 'one'))}\n`)
    const report = await importFeed({ database, source: join(feed, 'long.jsonl') })
    expect(report).toMatchObject({ imported: 1, skippedTotal: 1 })
    expect(report.skipped[0]?.reason).toMatch(/larger than/)
  })
})
