import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import { readFolder } from '../adapters/embedded/reading.ts'
import { standingOf } from '../admission/standing.ts'
import type { Database } from '../ports/database.ts'
import type { ReadFolder } from '../ports/rows.ts'
import { knownOf } from './known.ts'

let folder: string
let database: Database
let reading: ReadFolder

const finding = { detector: 'd', behaviour: 'exfiltration', severity: 'high', confidence: 1, title: 'sends tokens', evidence: [{ file: 'a.js', lines: [3, 4], excerpt: '', says: 'reads' }, { file: 'b.js', lines: [7, 7], excerpt: '', says: 'sends', role: 'sink' }] }

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-known-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  const { query } = database
  for (const name of ['pkg', 'other']) {
    const of = { ecosystem: 'npm', name }
    await query.insertInto('advisories').values([
      { ...of, id: 'MAL-1', malicious: 1, summary: 's', versions: '["1.0.0"]', ranges: '[{"introduced":"0","fixed":"2"}]', severity: 'high', url: null, source: 'f', modified: 5, withdrawn: null, tlp: 'clear' },
      { ...of, id: 'MAL-3', malicious: 1, summary: 'what an informant said', versions: '[]', ranges: '[]', severity: null, url: 'https://secret.example/', source: 'f', modified: 5, withdrawn: null, tlp: 'red' },
      { ...of, id: 'MAL-2', malicious: 1, summary: 's', versions: '[]', ranges: '[]', severity: null, url: null, source: 'f', modified: 5, withdrawn: 6, tlp: 'clear' },
    ]).execute()
    await query.insertInto('orders').values([{ ...of, id: `${name}1`, version: null, digest: null, action: 'hold', because: 'b', by: 'ann', at: 1, expires_at: null }, { ...of, id: `${name}2`, version: '1.0.0', digest: `sha256:${'a'.repeat(64)}`, action: 'recall', because: 'c', by: 'bob', at: 2, expires_at: 9 }]).execute()
    await query.insertInto('suspicions').values({ ...of, kind: 'twin', version: null, says: 'a stranger', holds: 1, at: 1 } as never).execute()
    await query.insertInto('indicator_hits').values({ ...of, version: '1.0.0', file: 'f', type: 'domain', value: 'c2.example', says: 'speaks to c2.example', alarm: null, at: 1 }).execute()
    await query.insertInto('reviews').values([
      { ...of, id: `${name}r`, matter: 'removed', kind: 'removed', state: 'open', severity: 'warning', versions: '["1.0.0"]', says: 'gone', evidence: '{}', alarm: null, noticed_at: 1, opened_at: 1, changed_at: 1, back_at: null, closed_at: null, outcome: null, because: null, by: null },
      { ...of, id: `${name}s`, matter: 'changed', kind: 'changed', state: 'closed', severity: 'warning', versions: null, says: 'changed', evidence: '{}', alarm: null, noticed_at: 1, opened_at: 1, changed_at: 1, back_at: null, closed_at: 2, outcome: null, because: null, by: null },
    ]).execute()
    const verdict = { ...of, version: '1.0.0', digest: `sha256:${'a'.repeat(64)}`, score: 1, runs: '[]', rules: 'r', indicators: null, learned: null, profile: null, difference: null, repository: null, sketch: null, judged_at: 1, elapsed_ms: 1 }
    await query.insertInto('verdicts').values([
      { ...verdict, file: 'bad.tgz', level: 'malicious', findings: JSON.stringify([finding]), missing: '[]' }, { ...verdict, file: 'fine.tgz', level: 'clean', findings: '[]', missing: '[]' },
      { ...verdict, file: 'half.tgz', level: 'undetermined', findings: '[]', missing: '["cut at a limit"]' },
    ]).execute()
  }
  reading = readFolder(folder) as ReadFolder
})

afterAll(async () => {
  reading.close()
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

it('is what the gate itself would decide by', async () => {
  const [known] = await knownOf(reading, [{ ecosystem: 'npm', name: 'pkg' }])
  const standing = await standingOf({ database, near: () => Promise.resolve(null) }, 'npm', 'pkg')
  const byKind = (all: readonly { kind: string }[]): unknown => all.toSorted((a, b) => (a.kind < b.kind ? -1 : 1))
  expect({ ...known?.standing, suspicions: byKind(known?.standing.suspicions ?? []) })
    .toEqual({ ...standing, suspicions: byKind(standing.suspicions), advisories: standing.advisories.filter(({ withdrawn }) => withdrawn === null) })
  expect(standing.advisories.find(({ id }) => id === 'MAL-3')).toMatchObject({ summary: 'known to this organisation', url: null })
  expect([standing.orders.length, standing.suspicions.length, standing.reviews.length, standing.judged.size]).toEqual([2, 2, 1, 3])
  expect(known?.evidence.get('bad.tgz')).toEqual({ file: 'b.js', line: 7, says: 'sends' })
})

it('comes in the order asked for, also for names that are nobody\'s', async () => {
  const all = await knownOf(reading, ['other', 'nobody', 'pkg', 'other', '__proto__'].map((name) => ({ ecosystem: 'npm', name })))
  expect(all.map(({ standing }) => standing.advisories.map(({ name }) => name).join())).toEqual(['other,other', '', 'pkg,pkg', 'other,other', ''])
  expect(await knownOf(reading, [])).toEqual([])
  expect((await knownOf(reading, Array.from({ length: 1_000 }, (_, at) => ({ ecosystem: 'pypi', name: `p${at}` })))).length).toBe(1_000)
})

it('is read on a folder of another version not at all', async () => {
  await database.query.updateTable('schema_version' as never).set({ version: 1 } as never).execute()
  expect(readFolder(folder)).toBe(null)
  await database.query.updateTable('schema_version' as never).set({ version: 999 } as never).execute()
  expect(() => readFolder(folder)).toThrow(/newer version of Sluice/)
  expect(readFolder('/nonexistent')).toBe(null)
})
