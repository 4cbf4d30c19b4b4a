import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Watchlist } from '../campaigns/watchlist.ts'
import { SluiceError } from '../core/errors.ts'
import type { RawIdentity } from '../core/identity.ts'
import { DAY, World } from './testing.ts'

let world: World

beforeEach(async () => { world = await World.open() })
afterEach(() => world.close())

describe('what a feed speaks of', () => {
  it('becomes alarms, holds and examinations, and nothing waits any more', async () => {
    const watch = await world.start()
    await world.twin()
    await world.publish('pypi', 'reqests', world.fresh())
    await world.publish('pypi', 'acme-billing', world.fresh())
    await world.publish('pypi', 'a-rain-gauge', world.fresh())
    await world.run(watch)
    expect(await world.alarms()).toEqual(['imitates pypi:requests 1', 'private npm:@acme/billing 1', 'twin pypi:corp-streaming 1'])
    expect(world.lines.sort()).toEqual(['hold pypi:acme-billing', 'hold pypi:corp-streaming'])
    expect(await world.jobs()).toEqual(['examine pypi 0: acme-billing@7.3.1', 'examine pypi 0: corp-streaming@4.14.0', 'examine pypi 0: reqests@7.3.1', 'examine pypi 2: a-rain-gauge@7.3.1'])
    expect([await world.waiting(), world.notices.length]).toEqual([[], 3])
  })

  it('is examined in its newest versions, so that a harmless one hides none before it', async () => {
    const releases = ['1.0.0', '1.0.1', '1.0.2', '1.0.3'].map((version, at) => ({ version, at: new Date(world.now - (4 - at) * 1_000) }))
    await world.publish('pypi', 'reqests', world.fresh({ releases }), { version: '1.0.3' })
    await world.publish('pypi', 'a-rain-gauge', world.fresh({ releases }), { version: '1.0.3' })
    await world.run(await world.start())
    expect(await world.jobs()).toEqual(['examine pypi 0: reqests@1.0.1', 'examine pypi 0: reqests@1.0.2', 'examine pypi 0: reqests@1.0.3', 'examine pypi 2: a-rain-gauge@1.0.3'])
  })

  it('is told of, and not held, where only a pattern says that it is ours', async () => {
    await world.publish('pypi', 'acme-anything', world.fresh())
    await world.run(await world.start())
    expect([await world.alarms(), world.lines]).toEqual([['private npm:@acme/* 1'], []])
  })

  it('goes first where somebody who is watched published it before, whoever the feed says it was', async () => {
    const watchlist = await Watchlist.open(world.database, world.clock)
    await watchlist.add({ ecosystem: 'npm', actor: 'bad@mail.example', because: 'case 7', by: 'ann' })
    for (const [actor, name] of [['bad@mail.example', 'theirs'], ['somebody', 'ordinary']] as const) {
      await world.database.query.insertInto('uploads').values({ ecosystem: 'pypi', actor, name, first_at: 1, last_at: 1, malicious: 0 }).execute()
    }
    for (const name of ['ordinary', 'theirs']) await world.publish('pypi', name, world.fresh())
    await (await world.start()).readEvents()
    expect(await world.database.query.selectFrom('watch_work').select(['name', 'class']).orderBy('name').execute()).toEqual([{ name: 'ordinary', class: 2 }, { name: 'theirs', class: 0 }])
  })

  it.each(['ledger', 'campaigns', 'notifier', 'queue'] as const)('is told once, and wholly, when the watch is killed at the %s', async (step) => {
    await world.twin()
    await world.publish('pypi', 'reqests', world.fresh())
    const first = await world.start()
    await first.readEvents()
    world.killedAt = step
    await first.lookInto('pypi')
    // A restart, and the time after which failed ones are tried again.
    world.now += 3_600_000
    const second = await world.start()
    await world.run(second)
    expect(await world.alarms()).toEqual(['imitates pypi:requests 1', 'twin pypi:corp-streaming 1'])
    expect([...new Set(world.notices.map(({ id }) => id))]).toHaveLength(2)
    expect(world.notices).toHaveLength(2)
    expect([[...new Set(world.lines)], await world.waiting()]).toEqual([['hold pypi:corp-streaming'], []])
    expect((await world.jobs()).map((job) => job.replace(/^\S+ /, ''))).toEqual(['pypi 0: corp-streaming@4.14.0', 'pypi 0: reqests@7.3.1'])
  })

  it('is read again, and changes nothing, where the events were read twice', async () => {
    const watch = await world.start()
    await world.twin()
    await world.run(watch)
    await world.database.query.updateTable('settings').set({ value: '0' }).where('key', '=', 'events read by watch').execute()
    await world.run(await world.start())
    expect([await world.alarms(), world.notices.length, world.lines.length]).toEqual([['twin pypi:corp-streaming 1'], 1, 1])
  })

  it('is looked at again where the registry does not show it yet', async () => {
    const watch = await world.start()
    await world.publish('pypi', 'reqests', null)
    await world.run(watch)
    expect([await world.alarms(), await world.waiting()]).toEqual([[], ['reqests']])
    world.registry.set('pypi:reqests', world.fresh())
    world.now += 120_000
    await world.run(watch)
    expect([await world.alarms(), await world.waiting()]).toEqual([['imitates pypi:requests 1'], []])
  })

  it('is spoken of as far as is known where another registry is in trouble, and as a twin later', async () => {
    const watch = await world.start()
    await world.twin()
    world.registry.set('npm:corp-streaming', new Error('upstream answered 500'))
    await world.run(watch)
    expect([await world.alarms(), await world.waiting(), world.warnings]).toEqual([[], ['corp-streaming'], [expect.objectContaining({ error: expect.stringContaining('npm could not be asked') })]])
    world.registry.set('npm:corp-streaming', world.old('4.14.0'))
    world.now += 120_000
    await world.run(watch)
    expect([await world.alarms(), await world.waiting()]).toEqual([['twin pypi:corp-streaming 1'], []])
  })

  it.each([['upstream-too-large', ['private npm:@acme/billing 1']], ['upstream-unreachable', []]] as const)('hides no name of ours behind a document that cannot be read: %s', async (code, alarms) => {
    const watch = await world.start()
    await world.publish('pypi', 'acme-billing', null)
    world.registry.set('pypi:acme-billing', new SluiceError(code, 'no'))
    await world.run(watch)
    expect([await world.alarms(), await world.waiting()]).toEqual([alarms, ['acme-billing']])
  })

  it.each<[string, Partial<RawIdentity>]>([
    ['a repository that anybody can name', { repositories: ['https://github.com/corp/streaming'] }], ['the version it copied taken back', { releases: [{ version: '1.0.0', at: new Date(Date.UTC(2026, 0, 1)) }] }],
  ])('is held as a twin whatever its next release says: %s', async (_, more) => {
    const watch = await world.start()
    await world.twin()
    world.registry.set('npm:corp-streaming', { ...world.old('4.14.0'), repositories: ['https://github.com/corp/streaming'] })
    await world.run(watch)
    const held = async () => (await world.database.query.selectFrom('suspicions').select(['kind', 'holds']).execute())
    expect(await held()).toEqual([{ kind: 'twin', holds: 1 }])
    await world.publish('pypi', 'corp-streaming', world.fresh({ releases: [{ version: '4.14.0', at: new Date(world.now) }], ...more }))
    await world.run(watch)
    expect([await held(), world.lines]).toEqual([[{ kind: 'twin', holds: 1 }], ['hold pypi:corp-streaming']])
    world.registry.set('npm:corp-streaming', { ...world.old('4.14.0'), readme: 'pip install corp-streaming' })
    world.now += 2 * DAY
    await world.publish('pypi', 'corp-streaming', world.fresh({ releases: [{ version: '4.14.0', at: new Date(world.now) }], ...more }))
    await world.run(watch)
    expect(world.lines).toEqual(['hold pypi:corp-streaming', 'serve pypi:corp-streaming'])
  })

  it('is held for a name of ours however long it waits, and is not where it was there all along', async () => {
    const watch = await world.start()
    await world.publish('pypi', 'acme-long', world.old('1.0.0'))
    const patient = (): RawIdentity => world.fresh({ releases: Array.from({ length: 6 }, (_, at) => ({ version: `1.${at}`, at: new Date(Date.UTC(2026, 0, 1 + at)) })) })
    await world.publish('pypi', 'acme-billing', patient())
    await world.run(watch)
    world.now += 200 * DAY
    await world.publish('pypi', 'acme-billing', patient())
    await world.run(watch)
    expect(await world.database.query.selectFrom('suspicions').select(['name', 'holds']).orderBy('name').execute()).toEqual([{ name: 'acme-billing', holds: 1 }, { name: 'acme-long', holds: 0 }])
    expect(world.lines).toEqual(['hold pypi:acme-billing'])
  })

  it('is given up where its registry stays in trouble, and keeps nobody waiting', async () => {
    const watch = await world.start()
    await world.publish('pypi', 'broken', null)
    world.registry.set('pypi:broken', new Error('upstream answered 500'))
    await world.publish('pypi', 'reqests', world.fresh())
    for (let turn = 0; turn < 6; turn++) {
      await world.run(watch)
      world.now += 6 * 3_600_000
    }
    expect([await world.alarms(), await world.waiting()]).toEqual([['imitates pypi:requests 1'], []])
  })

  it('is new although it was asked about before it was there', async () => {
    const watch = await world.start()
    await world.publish('npm', 'reqeusts-client', world.fresh())
    await world.run(watch)
    expect(world.asked).toContain('pypi:reqeusts-client')
    await world.publish('pypi', 'reqeusts-client', world.fresh())
    await watch.readEvents()
    expect(await world.database.query.selectFrom('watch_work').select('class').execute()).not.toEqual([{ class: 3 }])
  })

  it('asks no public registry about a private name, whatever a stranger\'s resembles', async () => {
    // Known by name, because somebody here installed it: then it is among those of which every spelling is looked for.
    await world.database.query.insertInto('names_used').values({ ecosystem: 'npm', name: '@acme/billing', source: 'package-lock.json', at: world.now }).execute()
    const watch = await world.start()
    await world.publish('pypi', 'acme-billing', world.fresh())
    await world.run(watch)
    expect(await world.alarms()).toEqual(['private npm:@acme/billing 1'])
    expect(world.asked).toEqual(['pypi:acme-billing', 'npm:acme-billing'])
  })

  it('is read once, whatever clock dated its verdict, and whoever wrote it last', async () => {
    const watch = await world.start()
    const verdict = { ecosystem: 'npm', name: 'ahead', version: '1.0.0', digest: 'sha256:00', level: 'malicious', score: 9, findings: '[]', missing: '[]', runs: '[]', rules: 'r', elapsed_ms: 1 }
    await world.database.query.insertInto('verdicts').values([
      { ...verdict, file: 'a.tgz', judged_at: world.now - 1 }, { ...verdict, file: 'b.tgz', judged_at: world.now + DAY },
    ] as never).execute()
    expect([await watch.readVerdicts(), await watch.readVerdicts()]).toEqual([2, 0])
    // Another process dates its verdict before what was read, and is done later; one of those above is judged anew.
    await world.database.query.insertInto('verdicts').values({ ...verdict, file: 'c.tgz', judged_at: world.now - 2 * DAY } as never).execute()
    await world.database.query.deleteFrom('judgements').where('file', '=', 'a.tgz').execute()
    await world.database.query.insertInto('judgements').values(['c.tgz', 'a.tgz'].map((file) => ({ ecosystem: 'npm', name: 'ahead', file }))).execute()
    expect([await (await world.start()).readVerdicts(), await watch.readVerdicts()]).toEqual([2, 0])
  })

  it('is read on from where a cursor by the time was', async () => {
    const verdict = { ecosystem: 'npm', name: 'before', version: '1.0.0', digest: 'sha256:00', level: 'malicious', score: 9, findings: '[]', missing: '[]', runs: '[]', rules: 'r', elapsed_ms: 1 }
    await world.database.query.insertInto('verdicts').values([1, 2, 3].map((day) => ({ ...verdict, file: `${day}.tgz`, judged_at: world.now - day * DAY })) as never).execute()
    await world.database.query.insertInto('settings').values({ key: 'verdicts seen by the watch', value: JSON.stringify({ at: world.now - 2 * DAY, ecosystem: 'npm', name: 'before', file: '2.tgz' }) }).execute()
    const watch = await world.start()
    expect([await watch.readVerdicts(), await watch.readVerdicts()]).toEqual([2, 0])
  })

  it('is no private name that has appeared when it is gone', async () => {
    const watch = await world.start()
    await world.publish('pypi', 'acme-gone', null, { kind: 'removed' })
    await world.run(watch)
    expect([await world.alarms(), await world.waiting()]).toEqual([[], []])
    await world.publish('pypi', 'acme-quick', null)
    await world.run(watch)
    expect(await world.alarms()).toEqual(['private npm:@acme/* 1'])
  })

  it.each([
    ['a word of the language', '__proto__'], ['another', 'constructor'], ['without end', 'a'.repeat(5_000)], ['commands to a terminal', 'x\u0000\u001b[2Jy'], ['a picture', '🦀'],
  ])('may have an absurd name: %s', async (_, name) => {
    const watch = await world.start()
    await world.publish('npm', name, world.fresh(), { at: new Date(world.now + 400 * DAY), account: '__proto__' })
    await world.publish('npm', 'reeact', world.fresh())
    await world.run(watch)
    expect(await world.waiting()).toEqual([])
    expect(world.asked).toContain('npm:reeact')
  })
})

describe('a twin', () => {
  it('stays held whatever is released after it, there or here', async () => {
    const watch = await world.start()
    await world.twin()
    await world.run(watch)
    for (let release = 0; release < 5; release++) {
      world.now += DAY
      world.registry.set('npm:corp-streaming', { ...world.old('4.14.0'), releases: [...world.old('4.14.0').releases ?? [], ...Array.from({ length: release + 1 }, (_, at) => ({ version: `5.${at}.0`, at: new Date(world.now) }))] })
      await world.publish('pypi', 'corp-streaming', world.fresh({ releases: [{ version: '4.14.0', at: new Date(world.now - DAY) }, ...Array.from({ length: release + 3 }, (_, at) => ({ version: `4.14.${at + 1}`, at: new Date(world.now) }))] }))
      await world.run(watch)
    }
    world.now += 60 * DAY
    await world.publish('pypi', 'corp-streaming', world.fresh({ releases: [{ version: '4.14.0', at: new Date(world.now - 65 * DAY) }] }))
    await world.run(watch)
    expect([world.lines, await world.alarms()]).toEqual([['hold pypi:corp-streaming'], ['twin pypi:corp-streaming 1']])
  })

  it('is free where the other says that it is the same', async () => {
    const watch = await world.start()
    await world.twin()
    await world.run(watch)
    world.registry.set('npm:corp-streaming', { ...world.old('4.14.0'), readme: 'pip install corp-streaming' })
    world.now += DAY
    await world.publish('pypi', 'corp-streaming', world.fresh({ releases: [{ version: '4.14.0', at: new Date(world.now - DAY) }] }))
    await world.run(watch)
    expect(world.lines).toEqual(['hold pypi:corp-streaming', 'serve pypi:corp-streaming'])
  })
})

describe('somebody who is watched', () => {
  it('is spoken of at every upload, once each, and of who else may upload it is said so', async () => {
    await (await Watchlist.open(world.database, world.clock)).add({ ecosystem: 'npm', actor: 'mallory', because: 'case 7', by: 'ann' })
    const watch = await world.start()
    await world.publish('npm', 'harmless', world.fresh({ publisher: 'Mallory' }), { version: '1.0.0' })
    await world.run(watch)
    await world.publish('npm', 'harmless', world.fresh({ publisher: 'Mallory' }), { version: '1.0.0' })
    await world.run(watch)
    expect(await world.alarms()).toEqual(['actor npm mallory 1'])
    await world.publish('npm', 'harmless', world.fresh({ publisher: 'Mallory' }), { version: '1.0.1' })
    await world.publish('npm', 'shared', world.fresh({ accounts: ['mallory', 'ann'], publisher: 'ann' }))
    await world.run(watch)
    expect(await world.alarms()).toEqual(['actor npm mallory 3'])
    const { facts } = await world.database.query.selectFrom('alarms').select('facts').executeTakeFirstOrThrow()
    expect((JSON.parse(facts) as { packages: { says: string }[] }).packages.map(({ says }) => says)).toContain('npm:shared names among its people mallory, who is watched: case 7')
  })
})

describe('stopping', () => {
  it('waits neither for a registry that does not answer nor for an examination, and loses neither', async () => {
    const watch = await world.start()
    await world.publish('pypi', 'slow', world.fresh())
    const answer = Promise.withResolvers<never>()
    answer.promise.catch(() => null)
    world.answers = answer.promise
    await watch.readEvents()
    watch.start()
    while (!world.asked.includes('pypi:slow')) await new Promise((resolve) => setTimeout(resolve, 5))
    await watch.stop(10)
    answer.reject(new Error('the connection was closed'))
    expect(await world.waiting()).toEqual(['slow'])
    world.answers = null
    const next = await world.start()
    await world.run(next)
    expect(await world.waiting()).toEqual([])
  })
})

describe('a flood', () => {
  it('of imitations of one name is one alarm, however many there are', async () => {
    const watch = await world.start()
    const squats = [...'aeiouxyz'].flatMap((letter) => Array.from({ length: 7 }, (_, at) => `${'requests'.slice(0, at + 1)}${letter}${'requests'.slice(at + 1)}`))
    for (const [at, name] of squats.entries()) await world.publish('pypi', name, world.fresh({ accounts: [`a${at}`], publisher: `a${at}`, description: `thing ${at}` }))
    await world.run(watch)
    expect(await world.alarms()).toEqual([expect.stringMatching(/^imitates pypi:requests (?:4[1-9]|5\d)$/)])
  })

  it('of names under a private pattern becomes one alarm past some dozens', async () => {
    const watch = await world.start()
    for (let at = 0; at < 60; at++) await world.publish('npm', `@acme/n${at}`, world.fresh({ accounts: [`a${at}`], publisher: `a${at}`, description: `thing ${at}` }))
    await world.run(watch)
    const all = await world.alarms()
    expect(all).toHaveLength(41)
    expect(all).toContain('many private-name npm 20')
  })

  it('of imitations of everything becomes one alarm past some dozens', async () => {
    await world.database.query.insertInto('popular').values(Array.from({ length: 60 }, (_, at) => ({ ecosystem: 'pypi', name: `victim-number-${String.fromCharCode(97 + at % 26)}${at}-${'xyz'.repeat(at % 3 + 1)}`, rank: at + 10 }))).execute()
    const victims = (await world.database.query.selectFrom('popular').select('name').where('ecosystem', '=', 'pypi').where('rank', '>=', 10).orderBy('rank').execute()).map(({ name }) => name)
    const watch = await world.start()
    for (const [at, name] of victims.entries()) await world.publish('pypi', name.replace('victim', 'vlctim'), world.fresh({ accounts: [`a${at}`], publisher: `a${at}`, description: `thing ${at}` }))
    await world.run(watch)
    const all = await world.alarms()
    expect(all.length).toBeLessThanOrEqual(41)
    const packages = all.reduce((sum, one) => sum + Number(one.split(' ').at(-1)), 0)
    expect(packages).toBeGreaterThanOrEqual(60)
    expect(await world.waiting()).toEqual([])
  })
})
