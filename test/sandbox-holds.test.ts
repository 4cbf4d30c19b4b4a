import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { RunReason } from '../src/core/cascade.ts'
import { SluiceError } from '../src/core/errors.ts'
import { unanswered } from '../src/sandbox/gate/runs.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeVersion } from './fakes/npm-package.ts'
import { fakeRunner, SANDBOX_POLICY } from './fakes/runner.ts'
import { startGate } from './harness/gate.ts'
import type { Gate, GateOptions } from './harness/gate.ts'

/** What is held goes on being held, and what was seen is not forgotten, whatever a package or a machine does. */
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const HOOK: Partial<FakeVersion> = { manifest: { scripts: { postinstall: 'node setup.js' } }, files: { 'setup.js': "console.log('thanks')" }, publishedAt: new Date() }
const soon = <T>(look: () => T) => expect.poll(look)

async function world(names: readonly string[], options: GateOptions): Promise<Gate> {
  const npm = await startFakeNpm(names.map((name) => ({ name, version: '1.0.0', ...HOOK })))
  open.push(npm)
  return begin({ sources: { npm: { url: npm.url, sumdb: null } }, limits: { patience: 300 }, ...options, policy: { sandbox: SANDBOX_POLICY, ...options.policy } })
}

async function begin(options: GateOptions): Promise<Gate> {
  const gate = await startGate(options)
  open.push(gate)
  return gate
}

async function get(gate: Gate, name: string): Promise<{ status: number; says: string }> {
  await gate.app.operator.scan(`npm:${name}@1.0.0`)
  const response = await fetch(`${gate.npm}${name}/-/${name}-1.0.0.tgz`)
  const text = await response.text()
  return { status: response.status, says: response.status === 200 ? '' : (JSON.parse(text) as { error: string }).error }
}

async function judgeAgain({ app: { door } }: Gate, name: string): Promise<void> {
  const found = await door.settling.find('npm', name, `${name}-1.0.0.tgz`)
  if ('absent' in found) throw new Error('not there')
  await door.settling.admit(found)
}

const level = async ({ app }: Gate, name: string) => (await app.context.database.query.selectFrom('verdicts').select('level').where('name', '=', name).executeTakeFirstOrThrow()).level
const wants = ({ app }: Gate, name: string) => app.context.database.query.selectFrom('sandbox_wants').selectAll().where('name', '=', name).executeTakeFirstOrThrow()

async function folder(): Promise<string> {
  const data = await mkdtemp(join(tmpdir(), 'sluice-holds-'))
  open.push({ close: () => rm(data, { recursive: true, force: true }) })
  return data
}

async function ended(gate: Gate): Promise<void> {
  await gate.close()
  open.splice(open.indexOf(gate), 1)
}

describe('a package that ends its cell', () => {
  it('is left after three tries, and nobody else waits for it or is freed by it', async () => {
    let now = Date.now()
    const runner = fakeRunner({ budget: { anHour: 100, atOnce: 1 } })
    const gate = await world(['bad', 'good'], { sandbox: runner, clock: { now: () => new Date(now) }, policy: { sandbox: { ...SANDBOX_POLICY, unavailable: 'serve-by-static' } } })
    runner.sees.set('bad', { throws: new SluiceError('sandbox-unavailable', 'the cell ended by itself') })
    await get(gate, 'bad')
    await soon(async () => (await gate.app.sandbox.desk.list()).map(({ status }) => status)).toEqual(['failed'])
    runner.stop()
    expect((await get(gate, 'good')).says).toContain('being run in the sandbox')
    await soon(() => runner.begun.at(-1)?.ref.name).toBe('good')
    expect((await wants(gate, 'good')).problem).toBeNull()
    expect((await get(gate, 'bad')).says).toContain('waiting for its turn to be run in the sandbox, 1 before it, try again in a few minutes: ')
    runner.go()
    await soon(async () => (await get(gate, 'good')).status).toBe(200)
    for (let tries = 2; tries <= 3; tries++) {
      now += 120_000
      await soon(async () => (await gate.app.sandbox.desk.list({ status: 'failed' })).length).toBe(tries)
    }
    expect(await wants(gate, 'bad')).toMatchObject({ state: 'left', holds: 1, problem: 'the cell ended by itself' })
  })
})

describe('a gate that is started anew', () => {
  it('holds what waits where nothing isolates any more, although that worked before', async () => {
    const data = await folder()
    const npm = await startFakeNpm([{ name: 'up', version: '1.0.0', ...HOOK }])
    open.push(npm)
    let ahead = 0
    const options = (works: boolean): GateOptions => {
      const sandbox = Object.assign(fakeRunner(), { works })
      sandbox.stop()
      return { data, clock: { now: () => new Date(Date.now() + ahead) }, sources: { npm: { url: npm.url, sumdb: null } }, limits: { patience: 300 }, sandbox, policy: { sandbox: SANDBOX_POLICY } }
    }
    const before = await begin(options(true))
    expect((await get(before, 'up')).says).toContain('being run in the sandbox')
    await soon(async () => (await before.app.sandbox.desk.status()).running).toBe(1)
    await ended(before)
    const after = await begin(options(false))
    // Until then the one that ended might be another gate that is only slow.
    expect((await get(after, 'up')).says).toContain('being run in the sandbox')
    ahead = 10 * 60_000
    await soon(async () => (await get(after, 'up')).says).toContain('waits for the sandbox (nothing isolates packages on this machine)')
    expect((await after.app.operator.checkup()).find(({ name }) => name === 'sandbox')?.says).toContain('is held')
  })

  it('keeps what was seen where the sandbox is off by now, however often the code is judged again', async () => {
    const data = await folder()
    const npm = await startFakeNpm([{ name: 'up', version: '1.0.0', ...HOOK }])
    open.push(npm)
    const runner = fakeRunner()
    runner.sees.set('up', { does: 'critical' })
    const options: GateOptions = { data, sources: { npm: { url: npm.url, sumdb: null } }, limits: { patience: 300 } }
    const before = await begin({ ...options, sandbox: runner, policy: { sandbox: SANDBOX_POLICY } })
    await get(before, 'up')
    await soon(() => level(before, 'up')).toBe('malicious')
    await ended(before)
    const after = await begin(options)
    await judgeAgain(after, 'up')
    expect(await level(after, 'up')).toBe('malicious')
    expect((await fetch(`${after.npm}up/-/up-1.0.0.tgz`)).status).toBe(403)
  })
})

describe('what is judged again', () => {
  const policy = (firstHooks: 'hold' | 'behind') => ({ sandbox: { ...SANDBOX_POLICY, firstHooks } })

  it.each([['for nobody', false], ['for a person', true]])('is held from then on where it was to be run behind clients\' backs, %s', async (_for, asked) => {
    const runner = fakeRunner()
    const gate = await world(['up'], { sandbox: runner, policy: policy('behind') })
    runner.stop()
    await gate.app.operator.scan('npm:up@1.0.0')
    if (asked) await gate.app.sandbox.desk.ask({ ecosystem: 'npm', name: 'up', version: '1.0.0' }, { by: 'ann' })
    expect(await wants(gate, 'up')).toMatchObject({ holds: 0, state: 'waiting' })
    await gate.app.setPolicy({ ...gate.app.context.policy(), id: 'stricter', ...policy('hold') })
    await judgeAgain(gate, 'up')
    expect(await wants(gate, 'up')).toMatchObject({ holds: 1, state: 'waiting', by: asked ? 'ann' : null })
    expect((await get(gate, 'up')).says).toContain('being run in the sandbox')
    runner.go()
    await soon(async () => (await get(gate, 'up')).status).toBe(200)
  })

  it('is what it was seen to be, although another run saw less', async () => {
    const runner = fakeRunner()
    const gate = await world(['up'], { sandbox: runner })
    runner.sees.set('up', { does: 'critical' })
    await get(gate, 'up')
    await soon(() => level(gate, 'up')).toBe('malicious')
    const again = async (runs: number): Promise<void> => {
      await gate.app.sandbox.desk.ask({ ecosystem: 'npm', name: 'up', version: '1.0.0' }, { by: 'ann' })
      await soon(async () => (await gate.app.sandbox.desk.list()).filter(({ status }) => status !== 'running')).toHaveLength(runs)
    }
    runner.sees.delete('up')
    await again(2)
    expect(await level(gate, 'up')).toBe('malicious')
    // Nor has a newer sandbox that sees nothing, to its end or not.
    runner.versionOf.runner = 'fake@2'
    runner.sees.set('up', { missing: ['laptop, import: out of time'], reaches: ['second.attacker.example'] })
    await again(3)
    runner.sees.delete('up')
    await again(4)
    expect(await level(gate, 'up')).toBe('malicious')
    const row = await gate.app.context.database.query.selectFrom('verdicts').select(['indicators', 'score']).where('name', '=', 'up').executeTakeFirstOrThrow()
    expect(JSON.parse(row.indicators ?? '[]')).toEqual(expect.arrayContaining([expect.objectContaining({ value: 'second.attacker.example' })]))
    // A newer judge reads the old record anew: a mistake of the judge does not outlast it.
    runner.versionOf.judge = 'judge@2'
    runner.forgives = true
    await again(5)
    expect(await level(gate, 'up')).not.toBe('malicious')
  })
})

describe('a clock that was ahead', () => {
  it('uses up no budget and puts off no run', async () => {
    const YEAR = 365 * 86_400_000
    let ahead = YEAR
    const runner = fakeRunner({ budget: { anHour: 2, atOnce: 2 } })
    const gate = await world(['one', 'two', 'three'], { sandbox: runner, clock: { now: () => new Date(Date.now() + ahead) }, policy: { sandbox: { ...SANDBOX_POLICY, young: 10 * YEAR } } })
    for (const name of ['one', 'two']) await get(gate, name)
    await soon(async () => (await gate.app.sandbox.desk.list({ status: 'completed' })).length).toBe(2)
    await get(gate, 'three')
    await soon(async () => (await wants(gate, 'three')).problem).toContain('is used up')
    ahead = 0
    await soon(() => runner.begun.length).toBe(3)
  })
})

it('writes nothing, and leaves no record, where somebody else has the claim by now', async () => {
  const runner = fakeRunner()
  const gate = await world(['up'], { sandbox: runner })
  const { database: { query }, evidence } = gate.app.context
  runner.stop()
  await get(gate, 'up')
  await soon(() => runner.begun.length).toBe(1)
  await query.updateTable('sandbox_runs').set({ owner: 'another' }).execute()
  runner.go()
  await gate.app.sandbox.loop?.idle()
  expect(await wants(gate, 'up')).toMatchObject({ holds: 1, state: 'waiting' })
  expect(await Array.fromAsync(evidence.list())).toEqual([])
})

it('runs on when a line of the ledger cannot be written', async () => {
  const runner = fakeRunner()
  const gate = await world(['one', 'two'], { sandbox: runner })
  const { ledger } = gate.app.context
  const append = ledger.append.bind(ledger)
  ledger.append = (line) => (line.facts?.['run'] === undefined ? append(line) : Promise.reject(new Error('no')))
  await get(gate, 'one')
  await soon(() => runner.begun.length).toBe(1)
  await get(gate, 'two')
  await soon(() => runner.begun.length).toBe(2)
  ledger.append = append
})

describe('what is missing of a run', () => {
  const seen = (['install', 'import'] as const).map((phase) => ({ pass: 'laptop' as const, phase, status: 'completed' as const, says: null, elapsedMs: 1, acts: 0, processes: 0 }))
  it.each<[RunReason, string, boolean]>([
    ['first-hooks', 'laptop, execute: there was no time for everything', true],
    ['suspicious', 'laptop, execute: there was no time for everything', false],
    ['first-hooks', 'not fetched: x, execute: y', false],
    ['first-hooks', 'ci: could not be prepared: a, execute: b', false],
    ['first-hooks', 'laptop, import: hooks: more than 1 MiB, execute: ', false],
  ])('of %s: %s', (reason, line, answered) => {
    expect(unanswered(reason, { missing: [line], phases: seen }) === null).toBe(answered)
  })
})

