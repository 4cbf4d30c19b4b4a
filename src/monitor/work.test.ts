import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import { WorkList } from './work.ts'
import type { WorkClass, WorkItem, WorkLimits } from './work.ts'

let folder: string
let database: Database
let now: number
const clock = { now: () => new Date(now) }
const item = (name: string, urgency: WorkClass = 2, crowd = name): WorkItem =>
  ({ ecosystem: 'pypi', name, class: urgency, crowd, facts: { version: '1.0', account: null, there: true, at: '2026-01-01T00:00:00.000Z' } })
const list = (limits?: Partial<WorkLimits>): WorkList => new WorkList(database, clock, limits)
const add = (work: WorkList, ...items: WorkItem[]): Promise<void> => database.transaction((tx) => work.add(tx, items))

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-work-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  now = 1_000_000
})

afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

describe('packages that wait to be looked into', () => {
  it('wait once, however often they are spoken of, and become more urgent, never less', async () => {
    const work = list()
    await add(work, item('a', 3), item('b', 2))
    await add(work, item('a', 1), item('b', 3))
    expect((await work.take('pypi', 10)).map(({ name, class: urgency }) => [name, urgency]).sort()).toEqual([['a', 1], ['b', 2]])
    expect((await work.status()).waiting).toEqual({ npm: 0, pypi: 2, go: 0 })
  })

  it('are taken once, survive a restart, and go when they are done', async () => {
    const work = list()
    await add(work, item('a'), item('b'))
    const [first] = await work.take('pypi', 1)
    expect((await work.take('pypi', 5)).map(({ name }) => name)).not.toContain(first?.name)
    await work.done(first as WorkItem)
    expect((await list().take('pypi', 5)).map(({ name }) => name)).toEqual([first?.name === 'a' ? 'b' : 'a'])
  })

  it('are looked at again when the feed speaks of them meanwhile', async () => {
    const work = list()
    await add(work, item('a'))
    const [taken] = await work.take('pypi', 1)
    await add(work, { ...item('a'), facts: { version: '2.0', account: null, there: true, at: '2026-01-02T00:00:00.000Z' } })
    await work.done(taken as WorkItem)
    expect((await work.take('pypi', 1)).map(({ facts }) => facts.version)).toEqual(['2.0'])
  })

  it('take turns: a flood waits for itself', async () => {
    const work = list()
    await add(work, ...Array.from({ length: 3_000 }, (_, at) => item(`flood-${at}`, 1, 'flood')))
    now += 1_000
    await add(work, item('alone', 1), item('new', 2), item('old', 3), item('ours', 0))
    const names = (await work.take('pypi', 20)).map(({ name }) => name)
    expect(names).toEqual(expect.arrayContaining(['alone', 'new', 'old', 'ours']))
    expect(names.filter((name) => name.startsWith('flood'))).toHaveLength(16)
  })

  it('come back later when they could not be looked at, and are given up at last', async () => {
    const work = list({ attempts: 2 })
    await add(work, item('a'))
    expect(await work.failed((await work.take('pypi', 1))[0] as WorkItem)).toBe(true)
    expect(await work.take('pypi', 1)).toEqual([])
    now += 3_600_000
    expect(await work.failed((await work.take('pypi', 1))[0] as WorkItem)).toBe(false)
    expect(await work.status()).toMatchObject({ waiting: { pypi: 0 }, dropped: 1 })
  })

  it('are tried for longer where they are urgent: a registry may be in trouble for hours', async () => {
    const work = list({ attempts: 2 })
    await add(work, item('ours', 0))
    let tries = 1
    for (; await work.failed((await work.take('pypi', 1))[0] as WorkItem); tries++) now += 3_600_000
    expect(tries).toBe(8)
  })

  it('are bounded: the least urgent are left out and counted, ours only where there is a flood of them, too', async () => {
    const work = list({ waiting: 10 })
    await add(work, ...Array.from({ length: 10 }, (_, at) => item(`x${at}`, 1)))
    await add(work, item('late', 1), item('ours', 0))
    expect(await work.status()).toMatchObject({ waiting: { pypi: 11 }, dropped: 1 })
    await add(work, ...Array.from({ length: 50 }, (_, at) => item(`acme-${at}`, 0)))
    expect(await work.status()).toMatchObject({ waiting: { pypi: 20 }, dropped: 42 })
  })
})
