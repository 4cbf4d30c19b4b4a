import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import { clientOf } from '../../src/core/client.ts'
import { Downloads } from '../../src/downloads/downloads.ts'
import type { DownloadsReport } from '../../src/downloads/downloads.ts'
import { canonical } from '../../src/ledger/entry.ts'
import type { LedgerEntry } from '../../src/ledger/entry.ts'
import type { Database } from '../../src/ports/database.ts'
import { exposurePage } from '../../src/report/exposure.ts'
import { callers, CASE_A, caseTable, deliveries } from './case-a.ts'

let folder: string
let database: Database
let downloads: Downloads
const NOW = new Date('2024-03-25T12:00:00Z')
const about = { ecosystem: CASE_A.ecosystem, name: CASE_A.name, version: CASE_A.version }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-case-a-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  downloads = new Downloads({ database, upstream: { fetch: () => Promise.reject(new Error('nothing is asked')), close: () => Promise.resolve() }, clock: { now: () => NOW }, data: folder, rules: [], countries: null })
})
afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

const line = (one: Partial<LedgerEntry> & { at: Date; agent: string }): string => {
  const { agent, ...entry } = one
  return canonical({ kind: 'served', ecosystem: 'pypi', name: CASE_A.name, version: CASE_A.version, client: clientOf(agent), ...entry })
}

/** What was made up in the fixture, counted. */
function wanted(report: DownloadsReport): void {
  expect(report.deliveries).toBe(CASE_A.deliveries)
  expect(Object.fromEntries(Object.entries(report.classes).map(([kind, count]) => [kind, count.deliveries]))).toEqual({ mirror: 58, scanner: 22, unknown: 11, person: 19, ci: 6 })
  expect(report.interval).toMatchObject({ least: 14, most: 36 })
  expect(report.first).toEqual(deliveries[0]?.at)
  expect(report.last).toEqual(deliveries.at(-1)?.at)
}

describe('case A, replayed', () => {
  it('is 116 downloads of which nobody can say how many ran it, in a table of others', async () => {
    const report = await downloads.read(about, { table: { text: caseTable(), source: 'a public table', ecosystem: 'pypi' } })
    wanted(report)
    expect(report.sources).toEqual(['a public table'])
    expect(report.countries.slice(0, 3).map(({ value, deliveries: count }) => [value, count])).toEqual([['US', 29], ['DE', 11], ['FR', 8]])
  })

  it('is the same when the table was imported, once or again', async () => {
    for (let time = 0; time < 2; time += 1) {
      expect(await downloads.import(caseTable(), { source: 'a public table', ecosystem: 'pypi', by: 'ann' })).toMatchObject({ rows: 116, downloads: 116 })
      wanted(await downloads.read(about))
    }
    expect((await downloads.read({ ...about, version: '0.4.7' })).deliveries).toBe(0)
    expect((await downloads.read(about, { since: new Date('2024-03-06T00:00:00Z') })).deliveries).toBeLessThan(60)
    await expect(downloads.import(`${caseTable()}broken\n`, { source: 'a public table', ecosystem: 'pypi', by: 'ann' })).rejects.toMatchObject({ code: 'feed-invalid' })
    wanted(await downloads.read(about))
    await downloads.forget('a public table')
    expect((await downloads.read(about)).deliveries).toBe(0)
  })

  it('is the same from the ledger of a gate, and no mirror is a person', async () => {
    await database.appendLedger(deliveries.map(({ at, file, agent, address }) => line({ at, file, agent, address })))
    const report = await downloads.read(about)
    wanted(report)
    const kinds = new Map(callers.map(({ address, kind }) => [address, kind]))
    expect(report.receivers).toHaveLength(callers.length)
    for (const one of report.receivers) expect([one.address, one.class]).toEqual([one.address, kinds.get(one.address ?? '')])
    expect(report.receivers.filter((one) => one.class === 'person' && kinds.get(one.address ?? '') === 'mirror')).toEqual([])
  })

  it('tells by what it did a mirror that says it is pip', async () => {
    const address = '203.0.113.200'
    const agent = 'pip/24.0 {"ci":null,"installer":{"name":"pip","version":"24.0"}}'
    const files = ['yocolor-0.4.6.tar.gz', 'yocolor-0.4.6-py3-none-any.whl']
    const begin = Date.UTC(2024, 2, 5, 3, 0)
    // It copies a whole registry; this package is one of many.
    const others = ['manylinux_2_17_x86_64', 'macosx_11_0_arm64', 'win_amd64', 'win32', 'musllinux_1_1_x86_64'].map((platform, index) =>
      line({ at: new Date(begin + index * 900), agent, address, name: 'another', version: '2.0', file: `another-2.0-cp312-cp312-${platform}.whl` }))
    await database.appendLedger([...others, ...files.map((file, index) => line({ at: new Date(begin + 60_000 + index), agent, address, file }))])
    const report = await downloads.read(about)
    expect(report.deliveries).toBe(118)
    expect(report.interval).toMatchObject({ least: 14, most: 36 })
    expect(report.receivers.find((one) => one.address === address)).toMatchObject({ class: 'mirror', because: 'took all 5 files of 2.0 within 4 s, also those for other systems (pypi:another)' })
    expect(report.reasons.find(({ by }) => by === 'behaviour')).toMatchObject({ class: 'mirror', deliveries: 2 })
  })

  it('counts documents and parts of files apart', async () => {
    const at = new Date(Date.UTC(2024, 2, 5, 9, 0))
    const agent = 'pip/24.0 {"ci":null}'
    await database.appendLedger([
      line({ at, agent, address: '192.0.2.200', file: 'yocolor-0.4.6-py3-none-any.whl.metadata' }),
      line({ at, agent, address: '192.0.2.201', file: 'yocolor-0.4.6-py3-none-any.whl', range: '900-1023', status: 206 }),
    ])
    const report = await downloads.read(about)
    expect(report).toMatchObject({ deliveries: 119, documents: 1, interval: { least: 14, most: 37 } })
  })

  it('counts whom it has forgotten as unknown, in no country', async () => {
    await database.query.updateTable('callers').set({ address: null, network: null, agent: null, client: null, ci: null }).where('address', '=', '192.0.2.201').execute()
    const report = await downloads.read(about)
    expect(report.classes.unknown.deliveries).toBe(12)
    expect(report.reasons.find(({ because }) => because === 'who asked is not known any more')?.deliveries).toBe(1)
    expect(report.interval).toMatchObject({ least: 14, most: 37 })
  })

  it('is one page with classes and interval, which loads and runs nothing', async () => {
    const page = exposurePage(await downloads.read(about, { table: { text: caseTable(), source: 'a "public" <table>', ecosystem: 'pypi' } }))
    expect(page).toContain('<b>14<i>–</i>36</b>')
    expect(page).toContain('<h1>pypi:yocolor@0.4.6</h1>')
    for (const [name, count] of [['Likely people', '19'], ['Builds (CI)', '6'], ['Unknown', '11'], ['Mirrors and proxies', '58'], ['Scanners and indexes', '22']]) {
      expect(page).toMatch(new RegExp(`${name?.replace(/[()]/g, '\\$&')}<span class="sub beside">[^<]*</span></td><td class="figure">${count}<`))
    }
    expect(page).toContain('in a &quot;public&quot; &lt;table&gt;')
    expect(page).not.toMatch(/<script|<link|<img|<iframe|\ssrc=|\shref=|url\(|@import|\son\w+=|https?:/i)
    expect(page).toContain('United States: 13 may have run it, 16 to mirrors and scanners')
  })
})

describe('a period', () => {
  it('is read whole, with habits of everybody in it', async () => {
    const report = await downloads.read('everything', { since: new Date('2024-03-05T00:00:00Z'), until: new Date('2024-03-07T00:00:00Z') })
    expect(report.packages.map(({ value }) => value)).toEqual(['pypi:yocolor@0.4.6', 'pypi:another@2.0'])
    expect(report.receivers.find((one) => one.address === '203.0.113.200')).toMatchObject({ class: 'mirror', deliveries: 7 })
    expect((await downloads.read('everything', { since: new Date('2024-03-08T00:00:00Z') })).deliveries).toBe(0)
  })
})
