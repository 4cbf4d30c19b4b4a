import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import { Revisions } from '../admission/revisions.ts'
import type { LedgerEntry } from '../ledger/entry.ts'
import type { Database } from '../ports/database.ts'
import type { Concern, ConcernKind } from './concerns.ts'
import { Suspicions } from './suspicions.ts'
import type { Suspected } from './suspicions.ts'

let folder: string
let database: Database
let revisions: Revisions
let lines: Partial<LedgerEntry>[]
let crash: 'ledger' | 'tables' | null
const clock = { now: () => new Date(1_000_000) }
const KINDS: ConcernKind[] = ['private-name', 'twin', 'actor', 'imitation']

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-suspicions-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  revisions = new Revisions(database)
  lines = []
  crash = null
})

afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

const suspicions = (): Suspicions => new Suspicions({
  revisions, clock,
  database: crash === 'tables' ? Object.assign(Object.create(database) as Database, { transaction: () => Promise.reject(new Error('killed')) }) : database,
  ledger: { append: (entry) => (crash === 'ledger' ? Promise.reject(new Error('killed')) : Promise.resolve((lines.push(entry as Partial<LedgerEntry>), undefined as never))) },
})
const concern = (kind: ConcernKind, more: Partial<Concern> = {}): Concern =>
  ({ kind, level: 'alarm', severity: 'high', holds: kind === 'twin' || kind === 'campaign' || kind === 'private-name', says: `${kind} of x`, signals: [], subject: kind, ...more })
const about = (concerns: readonly Concern[], more: Partial<Suspected> = {}): Suspected => ({ ecosystem: 'pypi', name: 'x', version: '1.0', concerns, ...more })
const set = async (concerns: readonly Concern[], more: Partial<Suspected> = {}, kinds: readonly ConcernKind[] = KINDS): Promise<string[]> =>
  ((await suspicions().setAll([about(concerns, more)], kinds))[0] ?? []).map(({ kind }) => kind)
const told = (kind: ConcernKind, version = '1.0') => suspicions().told([{ ecosystem: 'pypi', name: 'x', version, kind, alarm: 'a1' }])
const rows = () => database.query.selectFrom('suspicions').select(['name', 'kind', 'holds', 'alarm']).orderBy('name').orderBy('kind').execute()
const decided = () => lines.map(({ action, because }) => `${action}: ${because}`)

describe('what the watch has against a package', () => {
  it('that holds stands in the ledger once, and changes the package\'s revision', async () => {
    const before = revisions.of('pypi', 'x')
    expect(await set([concern('twin'), concern('imitation')])).toEqual(['twin', 'imitation'])
    expect(decided()).toEqual(['hold: twin of x'])
    expect(revisions.of('pypi', 'x')).toBeGreaterThan(before)
    expect(await database.query.selectFrom('changes').select('kind').execute()).toEqual([{ kind: 'suspicion' }])
    await set([concern('twin'), concern('imitation')])
    expect([decided().length, (await rows()).length]).toEqual([1, 2])
  })

  it('calls for an alarm until it has one, also after a restart', async () => {
    await set([concern('twin')])
    expect(await set([concern('twin')])).toEqual(['twin'])
    await told('twin')
    expect(await set([concern('twin')])).toEqual([])
    expect(await set([concern('twin', { says: 'in other words' })])).toEqual([])
    expect(await rows()).toEqual([{ name: 'x', kind: 'twin', holds: 1, alarm: 'a1' }])
  })

  it('calls for one when a note becomes an alarm', async () => {
    expect(await set([concern('imitation', { level: 'note' })])).toEqual([])
    expect(await set([concern('imitation')])).toEqual(['imitation'])
  })

  it('calls for one at every upload of somebody who is watched', async () => {
    expect(await set([concern('actor')])).toEqual(['actor'])
    await told('actor')
    expect(await set([concern('actor')])).toEqual([])
    expect(await set([concern('actor')], { version: '1.1' })).toEqual(['actor'])
    await told('actor', '1.1')
    expect(await set([concern('actor')], { version: '1.1' })).toEqual([])
  })

  it('and has no more is gone: the package is free, which the ledger says', async () => {
    await set([concern('twin')])
    const before = revisions.of('pypi', 'x')
    await set([])
    expect([await rows(), decided()[1]]).toEqual([[], 'serve: the watch suspects it no more'])
    expect(revisions.of('pypi', 'x')).toBeGreaterThan(before)
  })

  it('stays where nothing could be learnt about it', async () => {
    await set([concern('twin'), concern('imitation')])
    await set([], { unknown: ['twin'] })
    expect((await rows()).map(({ kind }) => kind)).toEqual(['twin'])
    expect(decided()).toHaveLength(1)
  })

  it('by another kind still holds when one is gone', async () => {
    await set([concern('twin')])
    await set([concern('campaign')], {}, ['campaign'])
    await set([])
    expect(decided()).toEqual(['hold: twin of x', 'hold: campaign of x'])
    await set([], {}, ['campaign'])
    expect(decided()[2]).toBe('serve: the watch suspects it no more')
  })

  it.each(['ledger', 'tables'] as const)('is concluded again after a crash before the %s', async (where) => {
    crash = where
    await expect(set([concern('twin')])).rejects.toThrow('killed')
    expect(await rows()).toEqual([])
    crash = null
    expect(await set([concern('twin')])).toEqual(['twin'])
    expect(new Set(decided())).toEqual(new Set(['hold: twin of x']))
    expect(await rows()).toHaveLength(1)
  })

  it('is concluded of thousands at once, of absurd names, and of one package twice', async () => {
    const names = ['__proto__', 'constructor', 'a\u0000b', ...Array.from({ length: 2_000 }, (_, at) => `n${at}`), 'n7']
    const untold = await suspicions().setAll(names.map((name) => about([concern('twin')], { name })), KINDS)
    expect(untold).toHaveLength(names.length)
    expect(untold.every((all) => all.length === 1)).toBe(true)
    expect([(await rows()).length, lines.length]).toEqual([2_003, 2_003])
  })

  it('is concluded once by several at the same time', async () => {
    const all = suspicions()
    await Promise.all(Array.from({ length: 5 }, () => all.setAll([about([concern('twin')])], KINDS)))
    expect([decided(), (await rows()).length]).toEqual([['hold: twin of x'], 1])
  })

  it('keeps registries apart', async () => {
    await set([concern('twin')])
    await set([], { ecosystem: 'npm' })
    expect(await rows()).toHaveLength(1)
  })
})
