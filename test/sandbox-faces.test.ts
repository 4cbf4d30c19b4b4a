import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createMetrics } from '../src/gateway/metrics.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { fakeRunner, SANDBOX_POLICY } from './fakes/runner.ts'
import type { FakeRunner } from './fakes/runner.ts'
import { sluice, startApi } from './harness/cli.ts'
import type { Ran } from './harness/cli.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

/** What people and programs see of the sandbox in a gate: on the command line and over the API, in the same words. */
const HOOK = { manifest: { scripts: { postinstall: 'node setup.js' } }, files: { 'setup.js': "console.log('thanks')" }, publishedAt: new Date() }
const soon = <T>(look: () => T) => expect.poll(look)

let npm: FakeNpm
let gate: Gate
let runner: FakeRunner
let api: { origin: string; close(): Promise<void> }
let data: string
let token: string

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-sandbox-faces-'))
  npm = await startFakeNpm([{ name: 'bad', version: '1.0.0', ...HOOK }, { name: 'good', version: '1.0.0', ...HOOK }, { name: 'plain', version: '1.0.0' }])
  runner = fakeRunner()
  runner.sees.set('bad', { does: 'critical', reaches: ['drop.attacker.example'] })
  gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, sandbox: runner, policy: { sandbox: SANDBOX_POLICY }, data })
  api = await startApi(gate.app)
  token = (await gate.app.tokens.create({ name: 'ann', scopes: ['admin', 'audit'], expiresAt: null })).secret
  for (const name of ['bad', 'good', 'plain']) await gate.app.operator.scan(`npm:${name}@1.0.0`)
  await vi.waitUntil(async () => (await gate.app.sandbox.desk.status()).runs['completed'] === 2, { timeout: 50_000 })
})

afterAll(async () => {
  await api.close()
  await gate.close()
  await npm.close()
  await rm(data, { recursive: true, force: true })
})

const remote = (...args: string[]): Promise<Ran> => sluice([...args, '--server', api.origin], { env: { SLUICE_TOKEN: token } })
const local = (...args: string[]): Promise<Ran> => sluice(args, { gate: { data } })

describe('lists', () => {
  it('what was run, and what that did', async () => {
    const listed = await remote('sandbox', 'list')
    expect(listed.out).toContain('npm:bad@1.0.0')
    expect(listed.out).toContain('sends the npm token it read to drop.attacker.example')
    expect((await remote('sandbox', 'list', 'npm:good@1.0.0', '--json')).json()).toMatchObject([{ ref: { name: 'good' }, reason: 'first-hooks', status: 'completed', backend: 'fake', phases: [{ phase: 'install', acts: 2 }] }])
    expect(await remote('sandbox', 'list', '--status', 'failed')).toMatchObject({ code: 0, out: '', err: expect.stringContaining('Nothing was run yet') })
    expect((await local('sandbox', 'list', '--json')).json()).toEqual((await remote('sandbox', 'list', '--json')).json())
  })

  it('what waits', async () => {
    runner.stop()
    await gate.app.sandbox.desk.ask({ ecosystem: 'npm', name: 'plain', version: '1.0.0' }, { by: 'ann' })
    await soon(async () => (await gate.app.sandbox.desk.status()).running).toBe(1)
    const waits = await remote('sandbox', 'waiting')
    expect(waits.out).toMatch(/npm:plain@1\.0\.0 .* served .* ann asked for it/)
    runner.go()
    await soon(async () => (await remote('sandbox', 'waiting')).err).toContain('Nothing waits for a run.')
  })
})

describe('shows', () => {
  it('everything that was seen in a run, also by the beginning of its id', async () => {
    const [run] = await gate.app.sandbox.desk.list({ package: { ecosystem: 'npm', name: 'bad', version: null } })
    const shown = await remote('sandbox', 'show', run?.id.slice(0, 8) ?? '')
    expect(shown.out).toContain('drop[.]attacker[.]example')
    expect(shown.out).toContain('malicious')
    const found = (await remote('sandbox', 'show', run?.id ?? '', '--json')).json() as { record: { phases: { acts: { kind: string; sample?: string }[]; stdout: string }[] } }
    expect(found.record.phases[0]?.acts.map(({ kind }) => kind)).toEqual(['read', 'request'])
    expect(Buffer.from(found.record.phases[0]?.stdout ?? '', 'base64').toString()).toBe('done\n')
    expect(await remote('sandbox', 'show', '00000000')).toMatchObject({ code: 1, err: expect.stringContaining('there is no run 00000000') })
    expect(await remote('sandbox', 'show', '%%')).toMatchObject({ code: 2 })
  })
})

describe('runs', () => {
  it('what somebody asks for, and says what it did', async () => {
    const harmless = await remote('sandbox', 'run', 'npm:plain@1.0.0')
    expect([harmless.code, harmless.out]).toEqual([0, expect.stringContaining('npm:plain@1.0.0')])
    const harmful = await remote('sandbox', 'run', 'npm:bad@1.0.0', '--json')
    expect([harmful.code, (harmful.json() as { run: { reason: string } }[])[0]?.run.reason]).toEqual([1, 'asked'])
    expect((await remote('sandbox', 'run', 'npm:plain@1.0.0', '--no-wait')).out).toContain('1 file of npm:plain@1.0.0 will be run')
  })

  it('nothing that is not here, and nothing without the right to', async () => {
    expect(await remote('sandbox', 'run', 'npm:unknown@1.0.0')).toMatchObject({ code: 1, err: expect.stringContaining('sluice scan npm:unknown@1.0.0 examines it') })
    expect(await remote('sandbox', 'run', 'npm:plain')).toMatchObject({ code: 2 })
    const { secret } = await gate.app.tokens.create({ name: 'bob', scopes: ['read'], expiresAt: null })
    for (const args of [['list'], ['run', 'npm:plain@1.0.0']]) expect((await sluice(['sandbox', ...args, '--server', api.origin], { env: { SLUICE_TOKEN: secret } })).code).not.toBe(0)
    expect((await fetch(`${api.origin}/api/v1/sandbox`)).status).toBe(200)
  })
})

it('stands in status and metrics', async () => {
  expect((await remote('status')).out).toMatch(/sandbox {5}1; \d+ runs, \d+ of 100 this hour/)
  expect((await remote('status', '--json')).json()).toMatchObject({ sandbox: { mode: 'auto', works: true, backends: [{ backend: 'fake' }] } })
  await soon(async () => (await createMetrics(gate.app.families).render()).text).toMatch(/sluice_sandbox_works 1\n[^]*sluice_sandbox_runs_total\{status="completed"\} [2-9]/)
})
