import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../adapters/embedded/database.ts'
import type { LedgerEntry } from '../../ledger/entry.ts'
import type { Database } from '../../ports/database.ts'
import { Cases } from './cases.ts'
import type { Telling } from './cases.ts'
import { clocksOf, spell } from './clocks.ts'
import type { Fact } from './fact.ts'

let folder: string
let database: Database
let lines: LedgerEntry[]
let now: Date
let cases: Cases
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-case-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  lines = []
  now = new Date('2024-04-05T12:00:00Z')
  cases = new Cases({ database, clock: { now: () => now }, ledger: { append: async (entry) => { lines.push(entry) } } })
})
afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const open = () => cases.open({ title: 'a look-alike of a colour library', severity: 'high', tlp: 'amber', cause: 'report', source: 'report R-1', by: 'ann', says: 'opened' })
const telling = (fact: Fact, more: Partial<Telling> = {}): Telling => ({ source: 'ann', by: 'ann', says: fact.kind, fact, ...more })
const at = (text: string, fact: Fact, says: string = fact.kind): Telling => ({
  at: new Date(text.length === 10 ? `${text}T00:00Z` : text), precision: text.length === 10 ? 'day' : 'minute', source: 'the public report', by: 'ann', says, fact,
})

describe('a case', () => {
  it('stays, also where a correction of its first line is withdrawn', async () => {
    const { id, timeline: [first] } = await open()
    const { id: correction } = await cases.tell(id, telling({ kind: 'corrected', event: first?.id ?? '', says: 'opened for R-2' }))
    await expect(cases.tell(id, telling({ kind: 'corrected', event: correction, withdrawn: true }))).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('false positive') })
    await expect(cases.tell(id, telling({ kind: 'corrected', event: first?.id ?? '', at: '9999-01-01T00:00:00Z' }))).rejects.toMatchObject({ code: 'usage' })
    expect((await cases.show(id)).title).toBe('a look-alike of a colour library')
  })

  it('takes lines together, all or none, and each once', async () => {
    const { id } = await open()
    const task = telling({ kind: 'task', task: 'a', title: 'look', due: null, assignee: null }, { id: 'task a' })
    const done = telling({ kind: 'task-done', task: 'a' }, { id: 'done a' })
    await expect(cases.tellAll(id, [task, telling({ kind: 'task-done', task: 'b' })])).rejects.toMatchObject({ code: 'usage' })
    expect((await cases.show(id)).tasks).toEqual([])
    expect(await cases.tellAll(id, [task, task, done])).toHaveLength(2)
    expect(await cases.tellAll(id, [task, done])).toEqual([])
    expect((await cases.show(id)).tasks).toMatchObject([{ id: 'a', state: 'done' }])
    expect(lines.filter(({ facts }) => facts?.['case'] === id)).toHaveLength(3)
    expect(await cases.open({ title: 'x', severity: 'low', tlp: 'red', cause: 'rule', source: 'x', by: 'x', says: 'x' }, [telling({ kind: 'package', ecosystem: 'npm', name: 'x', version: null, digest: null })])).toMatchObject({ packages: [{ name: 'x' }] })
  })

  it('is what its lines add up to', async () => {
    const { id } = await open()
    expect(id).toBe('C-2024-0001')
    expect((await open()).id).toBe('C-2024-0002')
    await cases.tell(id, telling({ kind: 'package', ecosystem: 'pypi', name: 'colour-ish', version: '0.4.6', digest: null }))
    await cases.tell(id, telling({ kind: 'observable', type: 'domain', value: 'files.evil.example', role: 'second stage', tlp: 'green' }))
    await cases.tell(id, telling({ kind: 'task', task: 'registrar', title: 'write to the registrar', due: '2024-04-06T12:00:00Z', assignee: null }))
    await cases.tell(id, telling({ kind: 'task-done', task: 'registrar' }, { by: 'bob' }))
    await cases.tell(id, telling({ kind: 'set', assignee: 'bob', severity: 'critical' }))
    await cases.tell(id, telling({ kind: 'evidence', digest: `sha256:${'a'.repeat(64)}`, name: 'setup.py', size: 812, mediaType: 'text/x-python', nature: 'sample', tlp: 'red' }))
    await cases.tell(id, telling({ kind: 'custody', digest: `sha256:${'a'.repeat(64)}`, to: 'CERT', purpose: 'analysis' }))
    await cases.tell(id, telling({ kind: 'related', case: 'C-2024-0002', relation: 'same-actor' }))
    await cases.tell(id, telling({ kind: 'closed', outcome: 'without-impact' }))
    expect(await cases.show(id)).toMatchObject({
      title: 'a look-alike of a colour library', severity: 'critical', assignee: 'bob', state: 'closed', outcome: 'without-impact', closedAt: now,
      packages: [{ name: 'colour-ish' }], observables: [{ value: 'files.evil.example', role: 'second stage' }],
      tasks: [{ id: 'registrar', state: 'done', by: 'bob' }], evidence: [{ name: 'setup.py', by: 'ann', custody: [{ to: 'CERT', by: 'ann' }] }],
      related: [{ case: 'C-2024-0002', relation: 'same-actor' }],
    })
    expect(await cases.about('pypi:colour-ish')).toMatchObject([{ id, state: 'closed' }])
    expect(await cases.about('domain:files.evil.example')).toHaveLength(1)
    expect((await cases.list()).map((one) => one.id)).toEqual(['C-2024-0002', id])
    expect((await cases.list({ open: true })).map((one) => one.id)).toEqual(['C-2024-0002'])
    expect(lines).toHaveLength(11)
    expect(lines.every(({ kind, facts }) => kind === 'case' && /^[0-9a-f]{64}$/.test(String(facts?.['digest'])))).toBe(true)
  })

  it('orders what it was told by when it happened, and keeps what was corrected readable', async () => {
    const { id } = await open()
    await cases.tell(id, at('2024-03-25T18:30Z', { kind: 'note' }, 'registrar written to'))
    const wrong = await cases.tell(id, at('2024-03-25T19:05Z', { kind: 'note' }, 'host told'))
    await cases.tell(id, { ...telling({ kind: 'corrected', event: wrong.id, at: '2024-03-25T17:05:00Z' }, { by: 'bob', says: 'read the wrong time zone' }) })
    const slip = await cases.tell(id, at('2024-03-01', { kind: 'milestone', of: 'removed', subject: null }))
    await cases.tell(id, telling({ kind: 'corrected', event: slip.id, withdrawn: true }, { says: 'belongs to another case' }))
    const { timeline } = await cases.show(id)
    expect(timeline.map(({ says, at: when, withdrawn }) => [when.toISOString().slice(0, 16), says, withdrawn])).toEqual([
      ['2024-03-01T00:00', 'milestone', true], ['2024-03-25T17:05', 'host told', false], ['2024-03-25T18:30', 'registrar written to', false], ['2024-04-05T12:00', 'opened', false],
    ])
    expect(timeline[1]?.corrections).toEqual([{ by: 'bob', toldAt: now, says: 'read the wrong time zone' }])
    const stored = await database.query.selectFrom('case_events').select(['id', 'at']).where('id', '=', wrong.id).executeTakeFirst()
    expect(new Date(Number(stored?.at)).toISOString()).toBe('2024-03-25T19:05:00.000Z')
    expect(clocksOf(timeline, now)).toEqual([])
  })

  it('takes the same line once', async () => {
    const { id } = await open()
    const sent = telling({ kind: 'ticket', ticket: 'T-1', party: 'registrar', state: 'sent', subject: 'evil.example' }, { id: 'T-1-sent' })
    expect(await cases.tell(id, sent)).toEqual(await cases.tell(id, sent))
    expect((await cases.show(id)).timeline).toHaveLength(2)
    expect(lines).toHaveLength(2)
  })

  it.each<[string, Partial<Telling> & { fact: Fact }]>([
    ['an unknown task', { fact: { kind: 'task-done', task: 'nothing' } }],
    ['evidence nobody took in', { fact: { kind: 'custody', digest: `sha256:${'b'.repeat(64)}`, to: 'x', purpose: 'y' } }],
    ['a correction of nothing', { fact: { kind: 'corrected', event: 'nothing' } }],
    ['reopening what is open', { fact: { kind: 'reopened' } }],
    ['the future', { fact: { kind: 'note' }, at: new Date('2024-04-06T00:00Z') }],
    ['no time at all', { fact: { kind: 'note' }, at: new Date(Number.NaN) }],
    ['a time before there were registries', { fact: { kind: 'note' }, at: new Date(0) }],
    ['a fact of no kind', { fact: { kind: 'nonsense' } as unknown as Fact }],
    ['a fact with more than its members', { fact: { kind: 'note', extra: 1 } as unknown as Fact }],
    ['a second opening', { fact: { kind: 'opened', title: 'x', severity: 'low', tlp: 'clear', cause: 'person' } }],
  ])('refuses %s, and nothing is added', async (_, more) => {
    const { id } = await open()
    await expect(cases.tell(id, telling(more.fact, more))).rejects.toMatchObject({ code: 'usage' })
    expect((await cases.show(id)).timeline).toHaveLength(1)
    expect(lines).toHaveLength(1)
  })

  it('says that there is no such case', async () => {
    await expect(cases.tell('C-2024-0009', telling({ kind: 'note' }))).rejects.toMatchObject({ code: 'not-found' })
    await expect(cases.show('__proto__')).rejects.toMatchObject({ code: 'not-found' })
  })

  it('counts past nine thousand nine hundred and ninety-nine in a year', async () => {
    await database.query.insertInto('cases').values(['C-2024-9999', 'C-2024-10000'].map((id) => (
      { id, title: '', severity: 'low', tlp: 'red', state: 'closed', outcome: null, assignee: null, opened_at: 0, changed_at: 0, closed_at: 0 }))).execute()
    expect((await open()).id).toBe('C-2024-10001')
  })
})

describe('clocks', () => {
  const first = 'pypihosted.example'
  const second = 'pythanhosted.example'
  /** Case A as its public report lists it; the complaint about the second domain comes before the host was told, by the clock it did not. */
  const story: Telling[] = [
    at('2024-03-05T01:09Z', { kind: 'milestone', of: 'uploaded', subject: null }),
    at('2024-03-05T06:17Z', { kind: 'milestone', of: 'reported', subject: null }, 'a research company reports'),
    at('2024-03-05T23:40Z', { kind: 'milestone', of: 'reported', subject: null }, 'an independent researcher reports'),
    at('2024-03-06T17:16Z', { kind: 'milestone', of: 'removed', subject: null }),
    at('2024-03-06T17:20Z', { kind: 'ticket', ticket: 'T-1', party: 'the first registrar', state: 'sent', subject: first }),
    at('2024-03-12T08:00Z', { kind: 'ticket', ticket: 'T-1', party: 'the first registrar', state: 'forwarded', subject: first }),
    at('2024-03-18', { kind: 'milestone', of: 'down', subject: first }),
    at('2024-03-25T18:30Z', { kind: 'ticket', ticket: 'T-3', party: 'the second registrar', state: 'sent', subject: second }),
    at('2024-03-25T17:05Z', { kind: 'ticket', ticket: 'T-2', party: 'the host', state: 'sent', subject: second }),
    at('2024-03-25T17:06Z', { kind: 'ticket', ticket: 'T-2', party: 'the host', state: 'acknowledged', subject: second }),
    at('2024-03-29T20:47Z', { kind: 'ticket', ticket: 'T-3', party: 'the second registrar', state: 'forwarded', subject: second }),
    at('2024-04-04', { kind: 'milestone', of: 'down', subject: second }),
  ]
  const told = async (lines_: readonly Telling[]) => {
    const { id } = await open()
    for (const line of lines_) await cases.tell(id, line)
    return clocksOf((await cases.show(id)).timeline, now).map((one) => `${one.step}${one.subject === null ? '' : ` [${one.subject}]`}: ${spell(one)}${one.to === null ? ' and running' : ''}${one.outOfOrder ? ' (out of order)' : ''}`)
  }
  const expected = [
    'upload → first report: 5 h 8 min', 'first report → quarantine: 31 days 5 h 43 min and running', 'first report → removal: 1 day 10 h 59 min', 'upload → removal: 1 day 16 h 7 min',
    'upload → recall: 31 days 10 h 51 min and running',
    `first complaint → down [${first}]: 11 to 13 days`, `first complaint → down [${second}]: 9 to 11 days`,
    'written to → first answer [the first registrar]: 5 days 14 h 40 min', 'written to → first answer [the host]: 10 days 18 h 55 min and running',
    'written to → first answer [the second registrar]: 4 days 2 h 17 min',
  ]

  it('are right to the minute, in whatever order the lines were told', async () => {
    expect(await told(story)).toEqual(expected)
    expect(await told([...story].reverse())).toEqual(expected)
  })

  it('say when steps are out of order, and start anew after a relapse', async () => {
    expect(await told([
      at('2024-03-05T06:00Z', { kind: 'milestone', of: 'uploaded', subject: null }), at('2024-03-05T05:00Z', { kind: 'milestone', of: 'reported', subject: null }),
      at('2024-03-01T00:00Z', { kind: 'milestone', of: 'registered', subject: first }), at('2024-03-02T00:00Z', { kind: 'milestone', of: 'down', subject: first }),
      at('2024-03-03T00:00Z', { kind: 'milestone', of: 'relapsed', subject: first }),
    ])).toEqual([
      'upload → first report: less than a minute (out of order)', 'first report → quarantine: 31 days 7 h and running', 'first report → removal: 31 days 7 h and running',
      'upload → removal: 31 days 6 h and running', 'upload → recall: 31 days 6 h and running', `registered → down [${first}]: 35 days 12 h and running`,
    ])
  })
})

describe('clocks of letters', () => {
  const ticket = (id: string, state: string, subject: string): Fact => ({ kind: 'ticket', ticket: id, party: 'Names Ltd', state, subject })
  it('are told apart where one party was written to twice, and count nothing that ended before', async () => {
    const { id } = await open()
    for (const one of [
      at('2024-03-06T10:00Z', ticket('T-1', 'sent', 'a.example')), at('2024-03-07T10:00Z', ticket('T-1', 'replied', 'a.example')), at('2024-03-08T10:00Z', ticket('T-2', 'sent', 'b.example')),
      at('2024-03-05T10:00Z', { kind: 'milestone', of: 'down', subject: 'b.example' }), at('2024-03-09T10:00Z', { kind: 'milestone', of: 'down', subject: 'a.example' }),
    ]) await cases.tell(id, one)
    expect(clocksOf((await cases.show(id)).timeline, now).map((one) => [one.step, one.subject, spell(one), one.outOfOrder])).toEqual([
      ['first complaint → down', 'a.example', '3 days', false], ['written to → first answer', 'Names Ltd, about a.example', '1 day', false], ['written to → first answer', 'Names Ltd, about b.example', '28 days 2 h', false],
    ])
  })
})
