import { afterEach, describe, expect, it } from 'vitest'
import type { SandboxPolicy } from '../src/core/cascade.ts'
import { SluiceError } from '../src/core/errors.ts'
import { eased, exhausted } from '../src/sandbox/gate/trouble.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeVersion } from './fakes/npm-package.ts'
import { fakeRunner, SANDBOX_POLICY } from './fakes/runner.ts'
import type { FakeRunner } from './fakes/runner.ts'
import { startGate } from './harness/gate.ts'
import type { Gate, GateOptions } from './harness/gate.ts'

/** What it means where nothing can be run, or not now, or not to its end. */
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const HOOK: Partial<FakeVersion> = { manifest: { scripts: { postinstall: 'node setup.js' } }, files: { 'setup.js': "console.log('thanks')" }, publishedAt: new Date() }
const soon = <T>(look: () => T) => expect.poll(look)

async function world(names: readonly string[], { runner = fakeRunner(), sandbox = {}, ...options }: { runner?: FakeRunner; sandbox?: Partial<SandboxPolicy> } & Omit<GateOptions, 'sandbox'> = {}): Promise<{ gate: Gate; runner: FakeRunner }> {
  const npm = await startFakeNpm(names.map((name) => ({ name, version: '1.0.0', ...HOOK })))
  open.push(npm)
  const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, sandbox: runner, limits: { patience: 300 }, ...options, policy: { sandbox: { ...SANDBOX_POLICY, ...sandbox }, ...options.policy } })
  open.push(gate)
  return { gate, runner }
}

const get = async (gate: Gate, name: string): Promise<{ status: number; says: string }> => {
  await gate.app.operator.scan(`npm:${name}@1.0.0`)
  const response = await fetch(`${gate.npm}${name}/-/${name}-1.0.0.tgz`)
  const text = await response.text()
  return { status: response.status, says: response.status === 200 ? '' : (JSON.parse(text) as { error: string }).error }
}
const missing = async (gate: Gate, name: string) => (await gate.app.operator.package('npm', name))?.files[0]?.missing
const check = async (gate: Gate) => (await gate.app.operator.checkup()).find(({ name }) => name === 'sandbox')
const nowhere = (mode: 'auto' | 'on'): FakeRunner => Object.assign(fakeRunner({ mode }), { works: false })

describe('where nothing isolates', () => {
  it('serves by static examination when that is all anybody asked for, and says what is missing', async () => {
    const { gate } = await world(['up'], { runner: nowhere('auto') })
    expect((await get(gate, 'up')).status).toBe(200)
    expect(await missing(gate, 'up')).toEqual(['sandbox: not run (nothing isolates packages on this machine): its first version here has install-hook postinstall: node setup.js'])
    expect((await gate.app.operator.scan('npm:up@1.0.0')).missing).toEqual(await missing(gate, 'up'))
    expect(await check(gate)).toMatchObject({ state: 'warning', says: expect.stringContaining('fake: it is not installed') as string, remedy: 'install it; or set sandbox.mode to off' })
    expect(await gate.app.sandbox.desk.status()).toMatchObject({ mode: 'auto', works: false, left: 1, waiting: 0 })
  })

  it('holds where it has to work, and where policy says so serves', async () => {
    const { gate } = await world(['up'], { runner: nowhere('on') })
    const held = await get(gate, 'up')
    expect(held.says).toContain('waits for the sandbox (nothing isolates packages on this machine)')
    expect(await check(gate)).toMatchObject({ state: 'failed', says: expect.stringContaining('is held, as policy.sandbox.unavailable says') as string })
    const policy = gate.app.context.policy()
    await gate.app.setPolicy({ ...policy, id: 'static', sandbox: { ...SANDBOX_POLICY, unavailable: 'serve-by-static' } })
    expect((await get(gate, 'up')).status).toBe(200)
    expect(await missing(gate, 'up')).toEqual([expect.stringContaining('sandbox: not run yet (nothing isolates packages on this machine)')])
  })

  it('runs what waited once something isolates', async () => {
    const runner = nowhere('on')
    let now = Date.now()
    const { gate } = await world(['up'], { runner, clock: { now: () => new Date(now) } })
    expect((await get(gate, 'up')).status).toBe(403)
    runner.works = true
    now += 2 * 60_000
    await soon(async () => (await get(gate, 'up')).status).toBe(200)
    expect(runner.begun).toHaveLength(1)
  })

  it('runs behind what was served meanwhile', async () => {
    const runner = nowhere('auto')
    let now = Date.now()
    const { gate } = await world(['up'], { runner, clock: { now: () => new Date(now) } })
    expect((await get(gate, 'up')).status).toBe(200)
    runner.works = true
    runner.stop()
    now += 2 * 60_000
    await soon(() => runner.begun.length).toBe(1)
    expect((await get(gate, 'up')).status).toBe(200)
    runner.go()
  })

  it('holds what waits when it ceases to work, also where it is optional', async () => {
    const { gate, runner } = await world(['one', 'two'])
    await soon(async () => (await get(gate, 'one')).status).toBe(200)
    runner.works = false
    await soon(async () => (await get(gate, 'two')).says).toContain('waits for the sandbox')
  })

  it('runs nothing where the sandbox is off, and holds nothing for it', async () => {
    const npm = await startFakeNpm([{ name: 'up', version: '1.0.0', ...HOOK }])
    open.push(npm)
    const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } } })
    open.push(gate)
    expect((await get(gate, 'up')).status).toBe(200)
    expect(await missing(gate, 'up')).toEqual([])
    expect(await check(gate)).toMatchObject({ state: 'off' })
  })
})

describe('within its budget', () => {
  it('holds what the hour has no room for, says so, and serves it where policy says so', async () => {
    const { gate, runner } = await world(['one', 'two'], { runner: fakeRunner({ budget: { anHour: 1, atOnce: 2 } }) })
    await get(gate, 'one')
    await soon(async () => (await get(gate, 'one')).status).toBe(200)
    await soon(async () => (await get(gate, 'two')).says).toContain('waits for the sandbox (the budget of 1 runs an hour is used up)')
    expect(await check(gate)).toMatchObject({ state: 'warning', says: expect.stringContaining('the budget of 1 runs an hour is used up') as string })
    const policy = gate.app.context.policy()
    await gate.app.setPolicy({ ...policy, id: 'static', sandbox: { ...SANDBOX_POLICY, unavailable: 'serve-by-static' } })
    expect((await get(gate, 'two')).status).toBe(200)
    expect(runner.begun).toHaveLength(1)
  })

  it('waits for its turn, and no longer for room, once the hour has some', async () => {
    let now = Date.now()
    const { gate, runner } = await world(['one', 'two', 'three'], { runner: fakeRunner({ budget: { anHour: 1, atOnce: 1 } }), clock: { now: () => new Date(now) }, sandbox: { unavailable: 'serve-by-static' } })
    const used = 'waits for the sandbox (the budget of 1 runs an hour is used up)'
    runner.stop()
    await gate.app.operator.scan('npm:one@1.0.0')
    await soon(() => runner.begun.length).toBe(1)
    await gate.app.operator.scan('npm:two@1.0.0')
    expect((await get(gate, 'two')).says).toContain('waiting for its turn to be run in the sandbox, 1 before it, try again in a few minutes: ')
    runner.go()
    // Served by static examination while there is no room; what is being run is still held.
    await soon(async () => (await get(gate, 'two')).status).toBe(200)
    await gate.app.setPolicy({ ...gate.app.context.policy(), id: 'held', sandbox: SANDBOX_POLICY })
    await soon(async () => (await get(gate, 'two')).says).toContain(used)
    await gate.app.operator.scan('npm:three@1.0.0')
    runner.stop()
    now += 61 * 60_000
    await soon(async () => (await get(gate, 'two')).says).toContain('being run in the sandbox')
    expect((await get(gate, 'three')).says).toContain('waiting for its turn to be run in the sandbox, 1 before it')
    expect((await gate.app.sandbox.desk.waiting()).map(({ ref, place }) => `${ref.name} ${place}`)).toEqual(['two 1', 'three 2'])
    runner.go()
    await soon(async () => (await get(gate, 'three')).says).toContain(used)
  })

  it('has no room for what is less urgent, which takes none from what people wait for and is to be tried again', async () => {
    const now = Date.now()
    const { gate } = await world(['one', 'two'], { runner: Object.assign(fakeRunner({ budget: { anHour: 4, atOnce: 1 } }), { works: false }) })
    for (const name of ['one', 'two']) await gate.app.operator.scan(`npm:${name}@1.0.0`)
    const { database } = gate.app.context
    await database.query.updateTable('sandbox_wants').set({ state: 'waiting', problem: null, urgency: 1, holds: 1 }).execute()
    await database.query.updateTable('sandbox_wants').set({ urgency: 0, due_at: now + 30_000 }).where('name', '=', 'one').execute()
    const run = { ecosystem: 'npm', name: 'x', version: '1', file: 'x', digest: 'sha256:x', reason: 'asked', status: 'completed', owner: '', lease_until: 0, backend: null, versions: '', started_at: now, elapsed_ms: null, says: null, runs: '[]', indicators: '[]', missing: '[]', phases: '[]', record: null, size: null, told: 1 }
    for (const id of ['a', 'b', 'c']) await database.query.insertInto('sandbox_runs').values({ ...run, id }).execute()
    expect((await exhausted({ database, now: new Date(now) }, 4)).map(({ name }) => name)).toEqual(['two'])
    expect((await eased({ database, now: new Date(now) }, 4)).packages).toEqual([])
  })

  it('keeps a part of the hour for people, whatever else is held', async () => {
    const names = ['one', 'two', 'three', 'four', 'five']
    const { gate, runner } = await world(names, { runner: fakeRunner({ budget: { anHour: 4, atOnce: 1 } }), limits: { patience: 60_000 } })
    for (const name of names) await gate.app.operator.scan(`npm:${name}@1.0.0`)
    await soon(async () => (await gate.app.sandbox.desk.waiting()).map(({ ref, problem }) => `${ref.name} ${problem}`)).toEqual(['four', 'five'].map((name) => `${name} the budget of 4 runs an hour is used up`))
    expect((await get(gate, 'five')).status).toBe(200)
    expect(runner.begun.map(({ ref }) => ref.name)).toEqual(['one', 'two', 'three', 'five'])
  })

  it('runs so many at a time, and what a client waits for first', async () => {
    const { gate, runner } = await world(['one', 'two', 'three'], { runner: fakeRunner({ budget: { anHour: 100, atOnce: 1 } }) })
    runner.stop()
    for (const name of ['one', 'two', 'three']) await gate.app.operator.scan(`npm:${name}@1.0.0`)
    await soon(() => runner.begun.length).toBe(1)
    expect((await get(gate, 'three')).status).toBe(403)
    expect((await gate.app.sandbox.desk.waiting()).map(({ ref, urgency }) => `${ref.name} ${urgency}`)).toEqual(['three 0', 'one 1', 'two 1'])
    runner.go()
    await soon(() => runner.begun.map(({ ref }) => ref.name)).toEqual(['one', 'three', 'two'])
  })

  it('leaves half of the hour to those who will wait', async () => {
    const { gate, runner } = await world(['one', 'two', 'three'], { runner: fakeRunner({ budget: { anHour: 2, atOnce: 1 } }), sandbox: { firstHooks: 'behind' } })
    for (const name of ['one', 'two', 'three']) expect((await get(gate, name)).status).toBe(200)
    await soon(async () => (await gate.app.sandbox.desk.status()).problem).toContain('is used up')
    expect(runner.begun).toHaveLength(1)
    await gate.app.sandbox.desk.ask({ ecosystem: 'npm', name: 'three', version: '1.0.0' }, { by: 'ann' })
    await soon(() => runner.begun.map(({ ref }) => ref.name)).toEqual(['one', 'three'])
  })
})

describe('what could not be run', () => {
  it('holds what could not be seen to its end, for a person', async () => {
    const { gate, runner } = await world(['up'])
    runner.sees.set('up', { missing: ['laptop, import: out of time'] })
    await get(gate, 'up')
    await soon(async () => (await get(gate, 'up')).says).toContain('could not be run in the sandbox (laptop, import: out of time)')
    expect(await missing(gate, 'up')).toEqual(['sandbox: not run (laptop, import: out of time): its first version here has install-hook postinstall: node setup.js'])
    expect(await gate.app.sandbox.desk.status()).toMatchObject({ left: 1, waiting: 0, runs: { incomplete: 1 } })
    const policy = gate.app.context.policy()
    await gate.app.setPolicy({ ...policy, id: 'static', sandbox: { ...SANDBOX_POLICY, unavailable: 'serve-by-static' } })
    expect((await get(gate, 'up')).status).toBe(200)
  })

  it('runs it once more after an hour, six and a day, and then leaves it', async () => {
    let now = Date.now()
    const { gate, runner } = await world(['up'], { clock: { now: () => new Date(now) } })
    runner.sees.set('up', { missing: ['laptop, before: this gate holds dependency 1.0.0'] })
    await get(gate, 'up')
    const begun = (times: number): Promise<void> => soon(async () => [runner.begun.length, (await gate.app.sandbox.desk.status()).left]).toEqual([times, 1])
    await begun(1)
    for (const [at, hours] of [1, 6, 24].entries()) {
      now += hours * 3_600_000 - 60_000
      expect(await gate.app.sandbox.loop?.turn()).toBe('nothing')
      expect(runner.begun).toHaveLength(at + 1)
      now += 120_000
      await begun(at + 2)
      expect((await get(gate, 'up')).says).toContain('could not be run in the sandbox (laptop, before: this gate holds dependency 1.0.0)')
    }
    now += 1_000 * 3_600_000
    expect(await gate.app.sandbox.loop?.turn()).toBe('nothing')
    expect(runner.begun).toHaveLength(4)
  })

  it('is free once a later run sees all of it', async () => {
    let now = Date.now()
    const { gate, runner } = await world(['up'], { clock: { now: () => new Date(now) } })
    runner.sees.set('up', { missing: ['laptop, before: this gate holds dependency 1.0.0'] })
    await get(gate, 'up')
    await soon(async () => (await gate.app.sandbox.desk.status()).left).toBe(1)
    runner.sees.delete('up')
    now += 3_700_000
    await soon(async () => (await get(gate, 'up')).status).toBe(200)
    expect(runner.begun).toHaveLength(2)
  })

  it('believes harm that was seen before the end', async () => {
    const { gate, runner } = await world(['up'])
    runner.sees.set('up', { missing: ['laptop, import: out of time'], does: 'critical' })
    await get(gate, 'up')
    await soon(async () => (await get(gate, 'up')).says).toContain('sends the npm token it read')
  })

  it('tries a run that fails three times, then leaves it', async () => {
    let now = Date.now()
    const { gate, runner } = await world(['up'], { clock: { now: () => new Date(now) } })
    runner.sees.set('up', { throws: new SluiceError('archive-invalid', 'not a gzip file') })
    await get(gate, 'up')
    for (let tries = 1; tries <= 3; tries++) {
      await soon(() => gate.app.sandbox.desk.list()).toHaveLength(tries)
      await soon(async () => (await gate.app.sandbox.desk.list()).every(({ status }) => status === 'failed')).toBe(true)
      now += 120_000
    }
    await soon(async () => (await get(gate, 'up')).says).toContain('could not be run in the sandbox (not a gzip file)')
    await gate.app.sandbox.desk.ask({ ecosystem: 'npm', name: 'up', version: '1.0.0' }, { by: 'ann' })
    runner.sees.delete('up')
    await soon(async () => (await get(gate, 'up')).status).toBe(200)
  })
})
