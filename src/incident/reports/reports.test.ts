import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../adapters/embedded/database.ts'
import type { Database } from '../../ports/database.ts'
import { Limits } from './limits.ts'
import { Reports } from './reports.ts'
import type { Reporting } from './reports.ts'
import { quarantineFor } from './rule.ts'

const DAY = 86_400_000
const rule = { youngerThan: DAY, observers: 2, trusted: 1 }

describe('the rule of quarantine', () => {
  const person = (observer: string, isTrusted = false) => ({ observer, isTrusted, isMachine: false })
  const machine = (observer: string) => ({ observer, isTrusted: true, isMachine: true })
  it.each([
    ['nobody', [], 0, false], ['one stranger', [person('a')], 0, false], ['somebody trusted, the package young', [person('a', true)], 1_000, true],
    ['somebody trusted, the package old', [person('a', true)], 2 * DAY, false], ['somebody trusted, its age not known', [person('a', true)], null, false],
    ['two, one of them trusted', [person('a', true), person('b')], 9 * DAY, true], ['two strangers', [person('a'), person('b')], 0, false], ['one person twice', [person('a', true), person('a', true)], 9 * DAY, false],
    ['a person and a program', [person('a', true), machine('scanner')], 9 * DAY, false], ['any number of programs', [machine('a'), machine('b'), machine('c')], 0, false],
  ])('%s', (_, witnesses, age, held) => {
    expect(quarantineFor(witnesses, age, rule) !== null).toBe(held)
  })

  it('can be switched off', () => {
    expect(quarantineFor([person('a', true), person('b', true)], 0, { youngerThan: 0, observers: 0, trusted: 0 })).toBeNull()
  })
})

describe('limits', () => {
  it('let a burst through, then what flows off, each caller apart', () => {
    const limits = new Limits({ burst: 3, perHour: 6 })
    expect([0, 0, 0, 0].map(() => limits.take('a', 0))).toEqual([0, 0, 0, 600_000])
    expect(limits.take('b', 0)).toBe(0)
    expect(limits.take('a', 600_000)).toBe(0)
    expect(limits.take('a', 600_000)).toBeGreaterThan(0)
  })

  it('remember a bounded number of callers', () => {
    const limits = new Limits({ burst: 1, perHour: 1 })
    for (let caller = 0; caller < 30_000; caller++) limits.take(String(caller), 0)
    expect(limits.take('29999', 0)).toBeGreaterThan(0)
    expect(limits.take('0', 0)).toBe(0)
  })
})

describe('reports', () => {
  let folder: string
  let database: Database
  let reports: Reports
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-reports-'))
    database = await openDatabase(join(folder, 'sluice.db'))
    await database.migrate()
    reports = new Reports({ database, clock: { now: () => new Date('2024-03-05T06:17Z') }, rule: () => rule })
  })
  afterEach(async () => {
    await database.close()
    await rm(folder, { recursive: true })
  })
  const said = (more: Partial<Reporting> = {}): Reporting => ({
    kind: 'malware', ecosystem: 'pypi', name: 'colour-ish', versions: ['0.4.6'], summary: 'setup.py fetches an archive and runs it', link: 'https://inspector.example/setup.py#line.12', evidence: [],
    observer: { id: 'research@lab.example', isMachine: false, contact: 'research@lab.example' }, ...more,
  })
  const by = (id: string, isMachine = false) => ({ observer: { id, isMachine, contact: null } })

  it('are kept, tied to what they repeat, and add up by the rule', async () => {
    const first = await reports.take(said(), 5 * 3_600_000)
    expect(first.quarantine).toBeNull()
    const again = await reports.take(said(), 5 * 3_600_000)
    expect(again.report.repeats).toBe(first.report.id)
    await reports.trust('research@lab.example', true)
    const second = await reports.take(said(by('independent')), 9 * DAY)
    expect(second).toMatchObject({ quarantine: 'reported as malware by 2 people, 1 of them trusted', report: { repeats: null, isTrusted: false } })
    // It is quarantined once, not with every further report.
    expect((await reports.take(said(by('third')), 9 * DAY)).quarantine).toBeNull()
    expect(await reports.list()).toHaveLength(4)
    expect((await reports.list({ open: true, limit: 2 }))).toHaveLength(2)
  })

  it('a trusted word is enough while the package is young, and a program\'s never', async () => {
    await reports.take(said({ ...by('ann'), name: 'other' }), null)
    await reports.trust('ann', true)
    expect((await reports.take(said(by('scanner', true)), 1_000)).quarantine).toBeNull()
    expect((await reports.take(said(by('sandbox', true)), 1_000)).quarantine).toBeNull()
    await expect(reports.trust('scanner', true)).rejects.toMatchObject({ code: 'not-found' })
    expect((await reports.take(said(by('ann')), 1_000)).quarantine).toContain('within 24 h')
  })

  it('a program that reports with the token of somebody trusted is a program', async () => {
    await reports.take(said({ ...by('ann'), name: 'other' }), null)
    await reports.trust('ann', true)
    expect(await reports.take(said(by('ann', true)), 1_000)).toMatchObject({ quarantine: null, report: { observer: 'ann (program)', isMachine: true, isTrusted: false } })
    expect((await reports.take(said(by('ann', true)), 1_000)).report.repeats).not.toBeNull()
  })

  it('strangers are never trusted: their address may be anybody\'s', async () => {
    await reports.take(said(by('anonymous at 192.0.2.1')), null)
    await expect(reports.trust('anonymous at 192.0.2.1', true)).rejects.toMatchObject({ code: 'usage' })
  })

  it('tell how often observers were right, once a matter', async () => {
    await reports.take(said(), null)
    await reports.take(said(), null)
    await reports.take(said(by('b')), null)
    expect(await reports.decide({ ecosystem: 'pypi', name: 'colour-ish', malicious: true })).toBe(3)
    expect(await reports.decide({ ecosystem: 'pypi', name: 'colour-ish', malicious: false })).toBe(0)
    await reports.take(said({ ...by('b'), name: 'innocent' }), null)
    await reports.decide({ ecosystem: 'pypi', name: 'innocent', malicious: false })
    expect((await reports.observers()).map(({ id, right, wrong, accuracy, reports: count }) => [id, right, wrong, accuracy, count])).toEqual([['research@lab.example', 1, 0, 1, 2], ['b', 1, 1, 0.5, 2]])
    expect((await reports.list({ open: true }))).toEqual([])
  })

  it.each<[string, Partial<Reporting>]>([
    ['no words', { summary: ' \u0000\n ' }], ['endless words', { summary: 'x'.repeat(10_001) }], ['malware without a place', { link: null }], ['a link that is none', { link: 'javascript:alert(1)' }],
    ['a link with a tag in it', { link: 'https://a.example/<script>' }], ['nobody', { observer: { id: '\u202e ', isMachine: false, contact: null } }],
    ['versions without end', { versions: Array.from({ length: 201 }, String) }],
  ])('are refused with %s, and nothing is kept', async (_, more) => {
    await expect(reports.take(said(more), null)).rejects.toMatchObject({ code: 'usage' })
    expect(await reports.list()).toEqual([])
  })

  it('have no control characters, and no name is a property of everything', async () => {
    const { report } = await reports.take(said({ name: '__proto__', summary: 'it steals\u001b[31m\u202e your tokens', versions: ['1\n0', '1\n0'] }), null)
    expect(report).toMatchObject({ name: '__proto__', summary: 'it steals [31m  your tokens', versions: ['1 0'] })
  })
})
