import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import { openQueue } from '../adapters/embedded/queue.ts'
import { SluiceError } from '../core/errors.ts'
import type { Database } from '../ports/database.ts'
import { Ahead } from './ahead.ts'
import type { AheadItem } from './ahead.ts'
import { Budget } from './budget.ts'

let [folder, now] = ['', 0]
let database: Database
let examined: string[]
let fails: (name: string) => Error | null
const clock = { now: () => new Date(now) }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-ahead-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  ;[now, examined, fails] = [Date.UTC(2026, 0, 1), [], () => null]
})

afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

const ahead = (perMinute = 600): Ahead => new Ahead({
  clock, budget: new Budget(perMinute, clock), queue: openQueue(database, clock), log: { warn: () => undefined },
  examine({ ecosystem, name }) {
    examined.push(`${ecosystem}:${name}`)
    const thrown = fails(name)
    return thrown ? Promise.reject(thrown) : Promise.resolve()
  },
})
const item = (name: string, more: Partial<AheadItem> = {}): AheadItem => ({ ecosystem: 'npm', name, version: '1.0', urgency: 2, crowd: name, campaign: null, ...more })
const addAll = async (work: Ahead, items: readonly AheadItem[]): Promise<number> => {
  let taken = 0
  for (const one of items) taken += Number(await work.add(one))
  return taken
}
const run = async (work: Ahead): Promise<void> => { while (await work.turn() > 0) { /* the next one */ } }

describe('a budget', () => {
  it('is so many a minute; what is not used is lost', () => {
    const budget = new Budget(3, clock)
    expect([budget.take(), budget.take(), budget.take(), budget.take()]).toEqual([true, true, true, false])
    now += 20_000
    expect([budget.left, budget.take(), budget.left]).toEqual([true, true, false])
    now += 12 * 3_600_000
    expect([budget.take(), budget.take(), budget.take(), budget.take(), budget.status.used]).toEqual([true, true, true, false, 7])
  })

  it('gives nothing for a clock that goes back, and a minute\'s worth at most for one that jumps', () => {
    const budget = new Budget(2, clock)
    budget.take()
    budget.take()
    now -= 3_600_000
    expect(budget.left).toBe(false)
    now += 10 * 365 * 86_400_000
    expect([budget.take(), budget.take(), budget.take()]).toEqual([true, true, false])
  })
})

describe('examining ahead of demand', () => {
  it('stays within its budget', async () => {
    const work = ahead(5)
    await addAll(work, Array.from({ length: 40 }, (_, at) => item(`p${at}`)))
    await run(work)
    expect(examined).toHaveLength(5)
    now += 60_000
    await run(work)
    expect(examined).toHaveLength(10)
    expect(await work.status()).toEqual({ waiting: 30, perMinute: 5, used: 10 })
  })

  it('takes turns between registries, and what is urgent first', async () => {
    const work = ahead(12)
    await addAll(work, Array.from({ length: 50 }, (_, at) => item(`new-${at}`)))
    await addAll(work, [item('alarm', { urgency: 0 }), item('p', { ecosystem: 'pypi', urgency: 2 }), item('g', { ecosystem: 'go', urgency: 2 })])
    await run(work)
    expect(examined[0]).toBe('npm:alarm')
    expect(examined).toEqual(expect.arrayContaining(['pypi:p', 'go:g']))
  })

  it('is not held up by a flood of alarms', async () => {
    const work = ahead(20)
    await addAll(work, Array.from({ length: 100 }, (_, at) => item(`flood-${at}`, { urgency: 0 })))
    await addAll(work, [item('note', { urgency: 1 }), item('new'), item('other', { ecosystem: 'pypi' })])
    await run(work)
    expect(examined).toEqual(expect.arrayContaining(['npm:note', 'npm:new', 'pypi:other']))
  })

  it('takes a dozen an hour of what is alike, whatever it is called for, and everything of what is ours', async () => {
    const work = ahead()
    const many = (more: Partial<AheadItem>): AheadItem[] => Array.from({ length: 30 }, (_, at) => item(`x${at}-${JSON.stringify(more).length}`, more))
    expect(await addAll(work, many({ crowd: 'flooder' }))).toBe(12)
    expect(await addAll(work, many({ crowd: 'twins', urgency: 0 }))).toBe(12)
    expect(await addAll(work, many({ campaign: 'c1', crowd: null }))).toBe(12)
    expect(await addAll(work, many({ crowd: null, urgency: 0 }))).toBe(30)
    now += 3_600_001
    expect(await addAll(work, many({ crowd: 'flooder', version: '2.0' }))).toBe(12)
  })

  it.each([0, 1, 2] as const)('has no room for more packages than it will ever reach (urgency %i), but for ours', async (urgency) => {
    const work = ahead()
    expect(await addAll(work, Array.from({ length: 2_100 }, (_, at) => item(`p${at}`, { urgency })))).toBe(2_000)
    expect(await work.add(item('other', { urgency: urgency === 0 ? 1 : 0 }))).toBe(true)
    expect(await work.add(item('ours', { urgency, crowd: null }))).toBe(true)
  })

  it('goes on after a restart, and knows a package once', async () => {
    await addAll(ahead(), [item('a'), item('a'), item('b')])
    const work = ahead()
    await run(work)
    expect(examined.sort()).toEqual(['npm:a', 'npm:b'])
    expect(await work.turn()).toBe(0)
  })

  it('tries again later, a few times; what is gone is gone', async () => {
    const work = ahead()
    fails = (name) => (name === 'gone' ? new SluiceError('not-found', 'no such version') : name === 'broken' ? new Error('upstream answered 500') : null)
    await addAll(work, [item('gone'), item('broken'), item('fine')])
    for (let turn = 0; turn < 8; turn++) {
      await run(work)
      now += 3_600_000
    }
    expect(examined.sort()).toEqual(['npm:broken', 'npm:broken', 'npm:broken', 'npm:fine', 'npm:gone'])
    expect((await work.status()).waiting).toBe(0)
  })

  it('keeps what it was at when the process ends', async () => {
    fails = () => new SluiceError('worker-closed', 'the gate stops')
    await addAll(ahead(), [item('a')])
    await run(ahead())
    fails = () => null
    now += 20 * 60_000
    await run(ahead())
    expect(examined).toEqual(['npm:a', 'npm:a'])
  })
})
