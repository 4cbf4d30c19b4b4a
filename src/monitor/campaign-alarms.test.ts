import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import { Revisions } from '../admission/revisions.ts'
import type { Notice, Outcome } from '../campaigns/notices.ts'
import { canonical } from '../ledger/entry.ts'
import type { Database } from '../ports/database.ts'
import { Alarms } from './alarms.ts'
import { CampaignAlarms } from './campaign-alarms.ts'
import { Suspicions } from './suspicions.ts'

let folder: string
let database: Database
let alarms: Alarms
let suspicions: Suspicions
let told: number
let decided: string[]
let failing: boolean
const NOW = new Date('2026-01-01T00:00:00Z')
const clock = { now: () => NOW }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-campaign-alarms-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  told = 0
  decided = []
  failing = false
  alarms = new Alarms({ database, clock, notifier: { deliverDue: () => Promise.resolve(), notify: () => Promise.resolve(void told++) } })
  suspicions = new Suspicions({
    database, clock, revisions: new Revisions(database),
    ledger: { append: ({ action, name }) => (failing ? Promise.reject(new Error('killed')) : Promise.resolve((decided.push(`${action} ${name}`), undefined as never))) },
  })
})

afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

const following = (): CampaignAlarms => new CampaignAlarms({ database, alarms, suspicions, clock })

/** A campaign as the engine stores it; its members are `name`, `name!` a malicious one, `name.` one that is not. */
async function campaign(id: string, members: readonly string[], { reasons = ['8 of 10 imitate protected names'], targets = ['requests'], declared = true, into = null as string | null, tie = 'account' } = {}): Promise<void> {
  const row = {
    into_id: into, founded_at: 1, changed_at: 1, declared_at: declared ? 1 : null, announced: 5, size: members.length, malicious: members.filter((one) => one.endsWith('!')).length, ill: 0, copied: 0, flood: null,
    habits: JSON.stringify({ targets: targets.map((one) => [one, 1]) }), reasons: JSON.stringify(reasons.map((says) => ({ kind: 'imitates', says }))),
  }
  await database.query.insertInto('campaigns').values({ id, ...row }).onConflict((conflict) => conflict.column('id').doUpdateSet(row)).execute()
  for (const [at, written] of members.entries()) {
    const malicious = written.endsWith('!') ? 1 : written.endsWith('.') ? 0 : null
    const member = {
      campaign: id, account: 'flooder', emails: '[]', versions: '["1.0"]', marks: '[]', ties: JSON.stringify([{ kind: tie, value: 'flooder', weight: 1, since: NOW }]), near: 0, sketch: null, malicious, imitates: null, copied: null, first_at: at, last_at: at,
    }
    await database.query.insertInto('campaign_members').values({ ecosystem: 'pypi', name: nameOf(written), ...member })
      .onConflict((conflict) => conflict.columns(['ecosystem', 'name']).doUpdateSet(member)).execute()
  }
}
const nameOf = (written: string): string => written.replace(/[!.]$/, '')
const outcome = (name: string, of: string | null, notices: Partial<Notice>[] = [], change: Outcome['change'] = 'joined'): Outcome =>
  ({ ecosystem: 'pypi', name, campaign: of, change, size: 0, notices: notices.map((one) => ({ campaign: of ?? '', change: 'alert', size: 0, reasons: [], ...one })) })
const seen = (name: string) => ({ ecosystem: 'pypi', name, version: '1.0', at: NOW } as const)
const follow = (one: Outcome, all = following()) => all.followAll([one], [seen(one.name)])
const held = async (): Promise<string[]> => (await database.query.selectFrom('suspicions').select('name').where('kind', '=', 'campaign').orderBy('name').execute()).map(({ name }) => name)
const single = (subject: string, ...names: string[]) => alarms.raise({
  subject, kind: 'imitation', severity: 'medium', title: subject, campaign: null, packages: names.map((name) => ({ ...seen(name), says: '', signals: [] })),
})

describe('a campaign', () => {
  it('is one alarm, which takes over the alarms of its members alone', async () => {
    await single('imitates pypi:requests', 'a', 'b')
    await single('twin pypi:a', 'a')
    await single('twin pypi:b', 'b', 'stranger')
    await single('private npm:@acme/x', 'a')
    await campaign('c1', ['a', 'b', 'c', 'd', 'e'])
    expect(await follow(outcome('e', 'c1', [{ change: 'alert' }]))).toEqual(['c1'])
    expect((await alarms.list({ open: true })).map(({ subject }) => subject).sort()).toEqual(['campaign c1', 'private npm:@acme/x', 'twin pypi:b'])
    expect(await alarms.find((await alarms.list()).find(({ subject }) => subject === 'imitates pypi:requests')?.id ?? '')).toMatchObject({ campaign: 'c1' })
  })

  it('is told of at doublings, however often something joins', async () => {
    const all = following()
    const before = told
    for (const size of [5, 10, 20, 40]) {
      await campaign('c1', Array.from({ length: size }, (_, at) => `x${at}`))
      await follow(outcome('x0', 'c1', [{ change: 'grew' }]), all)
      await follow(outcome('x1', 'c1'), all)
    }
    expect([told - before, (await alarms.list()).length, (await alarms.list())[0]?.size]).toEqual([4, 1, 40])
  })

  it('has its alarm after a crash before that was raised, and none again once a person closed it', async () => {
    await campaign('c1', ['a', 'b', 'c', 'd', 'e'])
    await follow(outcome('e', 'c1'))
    const [alarm] = await alarms.list({ open: true })
    expect([alarm?.subject, told]).toEqual(['campaign c1', 1])
    await alarms.close(alarm?.id ?? '')
    await follow(outcome('e', 'c1'))
    expect(await alarms.list({ open: true })).toEqual([])
  })

  it('is one of many in one alarm, where there are more than can be told one by one', async () => {
    const all = following()
    for (let at = 0; at < 60; at++) {
      await campaign(`c${at}`, [`a${at}`, `b${at}`, `x${at}`])
      await follow(outcome(`x${at}`, `c${at}`, [{ change: 'alert' }]), all)
    }
    const open = await alarms.list({ open: true })
    expect([open.length, open.find(({ subject }) => subject === 'many campaigns')?.size]).toEqual([41, 20])
    expect(told).toBeLessThan(50)
  })

  it('that nobody spoke of speaks for nobody', async () => {
    await campaign('c1', ['a!', 'b!', 'c'], { declared: false })
    expect(await follow(outcome('c', 'c1', [{ change: 'alert' }]))).toEqual([null])
    expect([await alarms.list(), await held(), await follow(outcome('z', null))]).toEqual([[], [], [null]])
  })

  it('that was taken in by another has no alarm of its own any more', async () => {
    await campaign('c2', ['a', 'b', 'c'])
    await follow(outcome('a', 'c2', [{ change: 'alert' }]))
    await campaign('c1', ['a', 'b', 'c', 'd', 'e', 'f'])
    await campaign('c2', [], { into: 'c1' })
    await follow(outcome('f', 'c1', [{ campaign: 'c1', change: 'merged', absorbed: 'c2' }], 'merged'))
    expect((await alarms.list({ open: true })).map(({ subject }) => subject)).toEqual(['campaign c1'])
  })
})

describe('members of a campaign', () => {
  it('are held once several are malicious: those that are known, and who joins; the ledger has each once', async () => {
    const all = following()
    await campaign('c1', ['a!', 'b', 'c'])
    await follow(outcome('a', 'c1'), all)
    expect(await held()).toEqual([])
    await campaign('c1', ['a!', 'b!', 'c'])
    await follow(outcome('b', 'c1'), all)
    expect(await held()).toEqual(['a', 'b', 'c'])
    await campaign('c1', ['a!', 'b!', 'c!', 'd'])
    await follow(outcome('d', 'c1'), all)
    await follow(outcome('c', 'c1'), following())
    expect([await held(), decided]).toEqual([['a', 'b', 'c', 'd'], ['hold a', 'hold b', 'hold c', 'hold d']])
  })

  it('that were delivered here before are told of, once', async () => {
    const line = (name: string, kind: string): Promise<unknown> => database.appendLedger([canonical({ at: NOW, kind: kind as 'served', ecosystem: 'pypi', name, version: '1.0', file: `${name}.whl` })])
    for (const name of ['a', 'c', 'c', 'elsewhere']) await line(name, 'served')
    await line('b', 'denied')
    await campaign('c1', ['a!', 'b!', 'c'])
    for (let turn = 0; turn < 2; turn++) await follow(outcome('b', 'c1'))
    const [received, ...more] = (await alarms.list()).filter(({ subject }) => subject === 'received c1')
    expect([more, received?.severity, received?.packages.map(({ name, signals }) => [name, signals[0]])]).toEqual([[], 'critical', [
      ['a', 'delivered here once: sluice trace pypi:a'], ['c', 'delivered here 2 times: sluice trace pypi:c'],
    ]])
  })

  it.each<[string, string[], string[]]>([
    ['one verdict may be wrong', ['a!', 'b', 'c'], []],
    ['more turned out otherwise', ['a!', 'b!', 'c.', 'd.', 'e'], []],
    ['more turned out malicious', ['a!', 'b!', 'c!', 'd.', 'e'], ['a', 'b', 'c', 'd', 'e']],
  ])('are held or not: %s', async (_, members, expected) => {
    await campaign('c1', members)
    await follow(outcome('a', 'c1'))
    expect(await held()).toEqual(expected)
  })

  it('are held again by who takes over again after another process freed them', async () => {
    const all = following()
    await campaign('c1', ['a!', 'b!', 'c'])
    await follow(outcome('a', 'c1'), all)
    await database.query.deleteFrom('suspicions').execute()
    all.forget()
    await follow(outcome('a', 'c1'), all)
    expect(await held()).toEqual(['a', 'b', 'c'])
  })

  it.each(['email', 'code', 'indicator'])('are free once they are found clean, where nothing but what anybody can copy ties them: %s', async (tie) => {
    const all = following()
    await campaign('c1', ['a!', 'b!', 'c!', 'd', 'e'], { tie })
    await follow(outcome('d', 'c1'), all)
    expect(await held()).toEqual(['a', 'b', 'c', 'd', 'e'])
    await campaign('c1', ['a!', 'b!', 'c!', 'd.', 'e'], { tie })
    await follow(outcome('d', 'c1'), all)
    expect(await held()).toEqual(['a', 'b', 'c', 'e'])
    await follow(outcome('a', 'c1'), following())
    expect([await held(), decided.at(-1)]).toEqual([['a', 'b', 'c', 'e'], 'serve d'])
  })

  it('are not held where the reasons for the campaign are gone', async () => {
    await campaign('c1', ['a!', 'b!', 'c'], { reasons: [] })
    await follow(outcome('a', 'c1'))
    expect(await held()).toEqual([])
  })

  it('are all held after an error or a crash half-way', async () => {
    const all = following()
    await campaign('c1', ['a!', 'b!', ...Array.from({ length: 600 }, (_, at) => `m${at}`)])
    failing = true
    await expect(follow(outcome('a', 'c1'), all)).rejects.toThrow('killed')
    failing = false
    await follow(outcome('a', 'c1'), all)
    expect((await held()).length).toBe(602)
  })

  it('that another campaign brings along are held with the others', async () => {
    const all = following()
    await campaign('c1', ['a!', 'b!', 'c'])
    await follow(outcome('a', 'c1'), all)
    await campaign('c1', ['a!', 'b!', 'c', 'd', 'e', 'f'])
    await follow(outcome('f', 'c1', [], 'merged'), all)
    expect(await held()).toEqual(['a', 'b', 'c', 'd', 'e', 'f'])
  })

  it('are free when they leave, and all when it turns out that they were not malicious', async () => {
    const all = following()
    await campaign('c1', ['a!', 'b!', 'c', 'd'])
    await follow(outcome('a', 'c1'), all)
    await database.query.updateTable('campaign_members').set({ campaign: null }).where('name', '=', 'd').execute()
    await follow(outcome('d', null), all)
    expect([await held(), decided.at(-1)]).toEqual([['a', 'b', 'c'], 'serve d'])
    await campaign('c1', ['a!', 'b.', 'c'])
    await follow(outcome('b', 'c1'), all)
    expect(await held()).toEqual([])
  })

  it('that left while nothing watched, or with others, are free', async () => {
    await campaign('c1', ['a!', 'b!', 'c', 'd'])
    await follow(outcome('a', 'c1'))
    await database.query.updateTable('campaign_members').set({ campaign: null }).where('name', 'in', ['c', 'd']).execute()
    expect(await following().freeWhoLeft()).toBe(2)
    expect(await held()).toEqual(['a', 'b'])
    await database.query.updateTable('campaign_members').set({ campaign: null }).where('name', '=', 'b').execute()
    await follow(outcome('z', null, [{ campaign: 'c1', change: 'split' }]))
    expect(await held()).toEqual(['a'])
  })
})
