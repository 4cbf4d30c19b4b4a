import { text } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Dependencies } from '../src/admission/dependencies.ts'
import { GATE_BASES } from '../src/sandbox/plan/get.ts'
import { startFakeGo } from './fakes/go.ts'
import type { FakeGo } from './fakes/go.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startFakePypi } from './fakes/pypi.ts'
import type { FakePypi } from './fakes/pypi.ts'
import { fakeRunner, SANDBOX_POLICY } from './fakes/runner.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

/** What runs get of what a package depends on: what this gate would serve, from where it would have it, and nobody's download. */
const npmBase = String(GATE_BASES.npm)
const young = new Date(Date.now() - 3_600_000)
let npm: FakeNpm
let own: FakeNpm
let pypi: FakePypi
let go: FakeGo
let gate: Gate
let dependencies: Dependencies

beforeAll(async () => {
  npm = await startFakeNpm([
    { name: 'dep', version: '1.0.0' }, { name: 'dep', version: '1.1.0' }, { name: 'fresh', version: '1.0.0', publishedAt: young },
    { name: 'hooked', version: '1.0.0', manifest: { scripts: { postinstall: 'node a.js' } }, files: { 'a.js': '' }, publishedAt: young },
    { name: '@acme/tool', version: '6.6.6' },
  ])
  own = await startFakeNpm([{ name: '@acme/tool', version: '1.0.0' }])
  pypi = await startFakePypi([{ name: 'dep', files: [{ version: '1.0.0' }, { version: '1.1.0' }] }])
  go = await startFakeGo([{ name: 'example.com/dep', version: 'v1.0.0' }, { name: 'example.com/dep', version: 'v1.1.0' }])
  const runner = fakeRunner()
  runner.stop()
  gate = await startGate({
    sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null }, go: { url: go.url, sumdb: null } }, origins: [pypi.files.url, own.url], sandbox: runner,
    policy: {
      mode: 'observe', minimumAge: { npm: 7 * 86_400_000, pypi: 0, go: 0 }, sandbox: SANDBOX_POLICY,
      private: [{ ecosystem: 'npm', pattern: '@acme/tool', registry: own.url }, { ecosystem: 'npm', pattern: '@acme/*', registry: null }],
    },
  })
  for (const [ecosystem, name, version] of [['npm', 'dep', '1.1.0'], ['pypi', 'dep', '1.1.0'], ['go', 'example.com/dep', 'v1.1.0']] as const) {
    await gate.app.operator.order({ ecosystem, name, version, digest: null, action: 'recall', because: 'it steals', by: 'ann', expiresAt: null })
  }
  dependencies = new Dependencies(gate.app.context)
})

afterAll(async () => {
  for (const one of [gate, npm, own, pypi, go]) await one.close()
})

const ask = async (url: string, accept = 'application/vnd.npm.install-v1+json'): Promise<{ status: number; text: string }> => {
  const answer = await dependencies.fetch(url, { headers: { accept } })
  return { status: answer.status, text: await text(answer.body) }
}
const versions = async (name: string): Promise<string[]> => Object.keys((JSON.parse((await ask(`${npmBase}${name}`)).text) as { versions: object }).versions)
async function filesOf(name: string): Promise<{ url: string; yanked: string | boolean }[]> {
  const base = `${GATE_BASES.pypi}${name}/`
  const page = JSON.parse((await ask(base, 'application/vnd.pypi.simple.v1+json')).text) as { files: { url: string; yanked: string | boolean }[] }
  return page.files.map(({ url, yanked }) => ({ url: new URL(url, base).href, yanked }))
}

describe('what is condemned here', () => {
  it('is taken by nobody, and refused with the reason, although clients are only observed', async () => {
    expect(await versions('dep')).toEqual(['1.0.0'])
    const files = await filesOf('dep')
    expect(files.map(({ yanked }) => yanked)).toEqual([false, expect.stringContaining('it steals')])
    expect((await ask(`${GATE_BASES.go}example.com/dep/@v/list`)).text.trim()).toBe('v1.0.0')
    for (const url of [String(files[1]?.url), `${npmBase}dep/-/dep-1.1.0.tgz`, `${npmBase}dep/1.1.0`, `${GATE_BASES.go}example.com/dep/@v/v1.1.0.zip`]) {
      await expect(dependencies.fetch(url)).rejects.toMatchObject({ code: 'forbidden', message: expect.stringContaining('it steals') as string })
    }
  })
})

it('has the rest, byte for byte, by links that lead back to it', async () => {
  const { dist } = (JSON.parse((await ask(`${npmBase}dep`)).text) as { versions: Record<string, { dist: { tarball: string } }> }).versions['1.0.0'] as { dist: { tarball: string } }
  expect(dist.tarball).toBe(`${npmBase}dep/-/dep-1.0.0.tgz`)
  const { body } = await dependencies.fetch(dist.tarball)
  expect(Buffer.concat(await Array.fromAsync(body as AsyncIterable<Buffer>)).equals(npm.tarball('dep', '1.0.0'))).toBe(true)
  expect((await dependencies.fetch(String((await filesOf('dep'))[0]?.url))).status).toBe(200)
  for (const end of ['info', 'mod', 'zip']) expect((await dependencies.fetch(`${GATE_BASES.go}example.com/dep/@v/v1.0.0.${end}`)).status).toBe(200)
  expect((await ask(`${npmBase}nobody`)).status).toBe(404)
})

it('takes private names from their own registry, or not at all', async () => {
  expect(await versions('@acme%2ftool')).toEqual(['1.0.0'])
  await expect(dependencies.fetch(`${npmBase}@acme%2fother`)).rejects.toMatchObject({ code: 'upstream-off' })
  expect([...npm.requests].filter(({ path }) => path.includes('acme'))).toEqual([])
})

it('waits neither for age nor for runs that are still to come', async () => {
  expect(await versions('fresh')).toEqual(['1.0.0'])
  await gate.app.operator.scan('npm:hooked@1.0.0')
  await expect.poll(async () => (await gate.app.sandbox.desk.status()).held).toBe(1)
  expect(await versions('hooked')).toEqual(['1.0.0'])
})

it('leads nowhere else', async () => {
  for (const url of [npm.url, 'https://dependencies.invalid/', `${npmBase}-/ping`, 'https://dependencies.invalid/constructor/x', `${npm.url}dep`]) {
    const answer = await dependencies.fetch(url).then(({ status }) => status, (thrown: { code?: string }) => thrown.code)
    expect([404, 'forbidden']).toContain(answer)
  }
})

it('is nobody\'s download', async () => {
  const { query } = gate.app.context.database
  expect(await query.selectFrom('ledger').select('kind').where('kind', 'in', ['served', 'index', 'denied']).execute()).toEqual([])
  expect(await query.selectFrom('artifacts').select('name').where('name', 'in', ['dep', 'fresh', 'example.com/dep']).execute()).toEqual([])
})
