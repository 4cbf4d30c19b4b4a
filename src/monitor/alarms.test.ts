import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import type { Notice } from '../ports/notifier.ts'
import { Alarms } from './alarms.ts'
import type { AlarmPackage, Raising } from './alarms.ts'

let folder: string
let database: Database
let now: number
let notices: Notice[]
let crash: boolean
const clock = { now: () => new Date(now) }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-alarms-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  now = Date.UTC(2026, 0, 1)
  notices = []
  crash = false
})

afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

/** As after a start: nothing is kept in memory. */
const alarms = (): Alarms => new Alarms({
  database, clock,
  notifier: { deliverDue: () => Promise.resolve(), notify: (notice) => (crash ? Promise.reject(new Error('killed')) : Promise.resolve(void notices.push(notice))) },
})
const upload = (name: string, more: Partial<AlarmPackage> = {}): AlarmPackage =>
  ({ ecosystem: 'pypi', name, version: '1.0', says: `${name} imitates requests`, signals: ['one', 'two'], at: new Date(now), ...more })
const raising = (packages: readonly AlarmPackage[], more: Partial<Raising> = {}): Raising =>
  ({ subject: 'imitates pypi:requests', kind: 'imitation', severity: 'medium', title: 'imitations of requests', campaign: null, packages, ...more })
const raise = (...names: string[]) => alarms().raise(raising(names.map((name) => upload(name))))

describe('an alarm', () => {
  it('is one a matter, and people are told when it has doubled', async () => {
    for (let at = 0; at < 20; at++) await raise(`reqests-${at}`)
    expect(await alarms().list()).toMatchObject([{ size: 20, closedAt: null }])
    expect(notices.map(({ data }) => data['size'])).toEqual([1, 2, 4, 8, 16])
    expect(notices.map(({ title }) => title)).toEqual(['imitations of requests', ...[2, 4, 8, 16].map((size) => `imitations of requests (${size} packages now)`)])
  })

  it('does not change for a package that is in it already', async () => {
    await raise('a')
    now += 1_000
    expect(await raise('a')).toMatchObject({ size: 1, changedAt: new Date(now - 1_000) })
    expect(await alarms().raise(raising([upload('a', { version: '2.0' })]))).toMatchObject({ size: 2 })
    expect(await alarms().raise(raising([upload('b'), upload('b')]))).toMatchObject({ size: 3 })
  })

  it('keeps the first and the latest of 10,000 packages, and counts all', async () => {
    const alarm = await raise(...Array.from({ length: 10_000 }, (_, at) => `squat-${at}`))
    expect(alarm.size).toBe(10_000)
    expect(alarm.packages).toHaveLength(50)
    expect([alarm.packages[0]?.name, alarm.packages[19]?.name, alarm.packages[20]?.name, alarm.packages[49]?.name]).toEqual(['squat-0', 'squat-19', 'squat-9970', 'squat-9999'])
    expect(notices).toHaveLength(1)
  })

  it('that was closed and goes on is a new one', async () => {
    const { id } = await raise('a')
    expect(await alarms().close(id)).toBe(true)
    expect([await alarms().close(id), await alarms().close('none'), await alarms().isOpen('imitates pypi:requests')]).toEqual([false, false, false])
    const next = await raise('b')
    expect(next.id).not.toBe(id)
    expect([next.size, notices.length]).toEqual([1, 2])
    expect((await alarms().list({ open: true })).map((one) => one.id)).toEqual([next.id])
    expect((await alarms().find(id))?.closedAt).toEqual(new Date(now))
  })

  it('is told after a crash before people were, and under the same id after one that came later', async () => {
    crash = true
    await expect(raise('a')).rejects.toThrow('killed')
    crash = false
    await raise('a')
    expect(notices).toHaveLength(1)
    await database.query.updateTable('alarms').set({ facts: JSON.stringify({ ...JSON.parse((await database.query.selectFrom('alarms').select('facts').executeTakeFirstOrThrow()).facts) as object, told: 0 }) }).execute()
    await raise('a')
    expect(notices.map(({ id }) => id)).toEqual([notices[0]?.id, notices[0]?.id])
    await raise('a')
    expect(notices).toHaveLength(2)
  })

  it('grows graver, never less grave, and that alone tells nobody again', async () => {
    await alarms().raise(raising([upload('a')], { severity: 'high' }))
    expect(await alarms().raise(raising([upload('b')], { severity: 'low' }))).toMatchObject({ severity: 'high' })
    expect(await alarms().raise(raising([upload('b')], { severity: 'critical' }))).toMatchObject({ severity: 'critical', size: 2 })
    expect(notices).toHaveLength(2)
  })

  it('of a campaign has the campaign\'s size, and each package once', async () => {
    const campaign = (size: number, version: string) => alarms().raise(raising([upload('a', { version }), upload('b')], { kind: 'campaign', subject: 'campaign c1', campaign: 'c1', size }))
    expect((await campaign(5, '1.0')).packages).toHaveLength(2)
    expect(await campaign(10, '1.1')).toMatchObject({ size: 10, packages: [{ version: '1.0' }, {}] })
    expect(await campaign(7, '1.2')).toMatchObject({ size: 7 })
    expect(notices.map(({ data }) => data['size'])).toEqual([5, 10])
  })

  it('is one line of bounded text wherever strangers wrote it', async () => {
    const evil = `\u001b[2J\r\nX: y\u202e${'z'.repeat(100_000)}`
    const alarm = await alarms().raise(raising([upload(`__proto__${evil}`, { version: evil, says: evil, signals: Array.from({ length: 1_000 }, () => evil) })], { title: evil }))
    const [one] = alarm.packages
    expect(JSON.stringify(alarm).length).toBeLessThan(10_000)
    // eslint-disable-next-line no-control-regex -- control characters are what must not be there
    for (const text of [alarm.title, one?.name, one?.version, one?.says, ...one?.signals ?? []]) expect(text).not.toMatch(/[\u0000-\u001f\u202a-\u202e]/)
    expect(one?.signals).toHaveLength(12)
    expect(notices[0]?.text.length).toBeLessThanOrEqual(2_000)
  })

  it('is raised once by many at the same time', async () => {
    await Promise.all(Array.from({ length: 20 }, (_, at) => raise(`x${at}`)))
    expect(await alarms().list()).toMatchObject([{ size: 20 }])
  })

  it('lists the latest first, from a time on, and at most so many', async () => {
    for (const name of ['a', 'b', 'c']) {
      now += 1_000
      await alarms().raise(raising([upload(name)], { subject: name }))
    }
    expect((await alarms().list()).map(({ subject }) => subject)).toEqual(['c', 'b', 'a'])
    expect((await alarms().list({ since: new Date(now - 1_000), limit: 5 })).map(({ subject }) => subject)).toEqual(['c', 'b'])
    expect(await alarms().list({ limit: 1 })).toHaveLength(1)
  })
})

describe('folding into a campaign', () => {
  const members = (...names: string[]) => (packages: readonly { name: string }[]) => Promise.resolve(packages.every(({ name }) => names.includes(name)))

  it('closes what speaks of members alone', async () => {
    await raise('a', 'b')
    await alarms().raise(raising([upload('a'), upload('stranger')], { subject: 'twin pypi:a' }))
    await alarms().foldInto('c1', ['imitates pypi:requests', 'twin pypi:a', 'none'], members('a', 'b'))
    expect((await alarms().list()).map(({ subject, closedAt, campaign }) => [subject, closedAt !== null, campaign]).sort()).toEqual([['imitates pypi:requests', true, 'c1'], ['twin pypi:a', false, null]])
  })

  it('leaves what has more packages than are known', async () => {
    const names = Array.from({ length: 60 }, (_, at) => `x${at}`)
    await raise(...names)
    await alarms().foldInto('c1', ['imitates pypi:requests'], members(...names))
    expect(await alarms().list({ open: true })).toHaveLength(1)
  })

  it('looks under thousands of subjects', async () => {
    await raise('a')
    await alarms().foldInto('c1', [...Array.from({ length: 3_000 }, (_, at) => `twin pypi:${at}`), 'imitates pypi:requests'], members('a'))
    expect(await alarms().list({ open: true })).toEqual([])
  })
})
