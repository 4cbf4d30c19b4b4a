import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startFakePypi } from './fakes/pypi.ts'
import type { FakePypi } from './fakes/pypi.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

const DAY = 86_400_000
const NOW = Date.parse('2026-01-10T00:00:00Z')
const YOUNG = new Date(NOW - DAY / 2)

let npm: FakeNpm
let pypi: FakePypi
let gate: Gate

beforeAll(async () => {
  npm = await startFakeNpm([
    { name: 'up', version: '1.0.0', publishedAt: new Date('2025-01-01T00:00:00Z'), manifest: { description: 'the old one' } },
    { name: 'up', version: '2.0.0', publishedAt: YOUNG, tags: ['latest', 'next'] },
    { name: 'fresh', version: '1.0.0', publishedAt: YOUNG },
  ])
  pypi = await startFakePypi([{ name: 'up', files: [
    { version: '1.0', kind: 'sdist', uploadTime: '2025-01-01T00:00:00Z' }, { version: '2.0', kind: 'sdist', uploadTime: YOUNG.toISOString() },
  ] }])
  gate = await startGate({
    sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null } }, origins: [pypi.files.url],
    policy: { minimumAge: { npm: DAY, pypi: DAY, go: 0 }, private: [{ ecosystem: 'npm', pattern: 'ours', registry: null }] },
    clock: { now: () => new Date(NOW) },
  })
})

afterAll(async () => {
  await gate.close()
  await npm.close()
  await pypi.close()
})

const ask = async (url: string, init: RequestInit = {}) => {
  const response = await fetch(url, init)
  const text = await response.text()
  return { status: response.status, etag: response.headers.get('etag'), json: text === '' ? null : JSON.parse(text) as Record<string, unknown> }
}
const traced = async (ecosystem: 'npm' | 'pypi', name: string) =>
  (await gate.app.operator.trace({ ecosystem, name }, { kinds: ['index', 'denied'] })).lines.map(({ entry }) => entry)

describe('parts of index documents go through the door', () => {
  it.each([
    ['up/1.0.0', 'manifest 1.0.0'],
    ['up/latest', 'manifest latest'],
    ['up/next', 'manifest next'],
  ])('%s is a manifest, rendered once and in a worker, and in the ledger', async (path, variant) => {
    const run = vi.spyOn(gate.app.context.pool, 'run')
    const found = await ask(gate.npm + path)
    expect(found).toMatchObject({ status: 200, json: { name: 'up', version: '1.0.0', description: 'the old one', dist: { tarball: `${gate.npm}up/-/up-1.0.0.tgz` } } })
    expect((await ask(gate.npm + path, { headers: { 'if-none-match': found.etag as string } })).status).toBe(304)
    expect((await ask(gate.npm + path, { method: 'HEAD' })).status).toBe(200)
    expect(run.mock.calls.flatMap(([job]) => (job.kind === 'index' ? [job.variant] : []))).toEqual([variant])
    run.mockRestore()
    const lines = (await traced('npm', 'up')).filter((entry) => entry.variant === variant)
    expect(lines).toMatchObject([{ kind: 'index', client: { tool: 'node' } }])
  })

  it('a hidden version is refused with its own reason, in the ledger too', async () => {
    const { status, json } = await ask(`${gate.npm}up/2.0.0`)
    expect(status).toBe(403)
    expect(json).toMatchObject({ reason: 'too-young', error: expect.stringMatching(/^up@2\.0\.0: .*\/packages\/npm\/up/) as string })
    expect((await traced('npm', 'up')).filter(({ kind }) => kind === 'denied')).toMatchObject([{ version: '2.0.0', reason: 'too-young', action: 'hold' }])
  })

  it.each([['up/3.0.0'], ['up/nosuchtag'], ['up/constructor'], ['fresh/9.9.9'], ['nosuch/1.0.0']])('%s is not found', async (path) => {
    expect(await ask(gate.npm + path)).toMatchObject({ status: 404, json: { reason: 'unknown-package' } })
  })

  it('dist-tags lead to what may be had', async () => {
    expect(await ask(`${gate.npm}-/package/up/dist-tags`, { headers: { 'user-agent': 'pnpm/10.0.0 npm/? node/v24' } }))
      .toMatchObject({ status: 200, json: { latest: '1.0.0', next: '1.0.0' } })
    expect((await traced('npm', 'up')).filter((entry) => entry.variant === 'tags')).toMatchObject([{ kind: 'index', client: { tool: 'pnpm' } }])
  })

  it.each(['fresh/latest', 'fresh/1.0.0', '-/package/fresh/dist-tags', 'fresh'])('where all is hidden, %s says why', async (path) => {
    expect(await ask(gate.npm + path)).toMatchObject({ status: 403, json: { reason: 'too-young' } })
  })

  it.each(['ours/1.0.0', '-/package/ours/dist-tags'])('%s is private, and nobody is asked', async (path) => {
    expect(await ask(gate.npm + path)).toMatchObject({ status: 403, json: { reason: 'private' } })
    expect(npm.count('/ours')).toBe(0)
  })

  it('one version of a project is what its page says of it', async () => {
    const json = gate.pypi.replace('/simple/', '/pypi/up')
    expect(await ask(`${json}/1.0/json`)).toMatchObject({ status: 200, json: { info: { version: '1.0', yanked: false }, urls: [{ packagetype: 'sdist' }] } })
    expect(await ask(`${json}/2.0/json`)).toMatchObject({ status: 200, json: { info: { version: '2.0', yanked: true, yanked_reason: expect.stringContaining('hidden by Sluice') as string } } })
    expect(await ask(`${json}/3.0/json`)).toMatchObject({ status: 404, json: { error: expect.stringContaining('version not found: 3.0') as string } })
    expect((await traced('pypi', 'up')).map(({ kind, variant }) => `${kind} ${variant}`).toSorted()).toEqual(['index legacy 1.0', 'index legacy 2.0'])
  })
})
