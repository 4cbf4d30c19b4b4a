import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFakeNpm } from '../fakes/npm.ts'
import type { FakeNpm } from '../fakes/npm.ts'
import { startFakePypi } from '../fakes/pypi.ts'
import type { FakePypi } from '../fakes/pypi.ts'
import { runClient } from '../harness/clients.ts'
import { startGate } from '../harness/gate.ts'
import type { Gate } from '../harness/gate.ts'

let npm: FakeNpm
let pypi: FakePypi
let gate: Gate
let cwd: string

beforeAll(async () => {
  npm = await startFakeNpm([{ name: 'colours', version: '1.0.0' }])
  pypi = await startFakePypi([{ name: 'colours', files: [{ version: '1.0', kind: 'wheel' }] }])
  gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null } }, origins: [pypi.files.url], anonymous: 'always' })
  cwd = await mkdtemp(join(tmpdir(), 'sluice-downloads-'))
  await writeFile(join(cwd, 'package.json'), '{"name":"project","version":"1.0.0"}')
})

afterAll(async () => {
  await gate.close()
  await Promise.all([npm.close(), pypi.close()])
  await rm(cwd, { recursive: true, force: true })
})

const ask = (path: string, agent: string, headers: Record<string, string> = {}) => fetch(`${gate.origin}${path}`, { headers: { 'user-agent': agent, ...headers } }).then((response) => response.arrayBuffer())

describe('what a gate delivered', () => {
  it('is told apart for real clients, mirrors, builds and parts', async () => {
    expect((await runClient('npm10', ['install', 'colours'], { cwd, gate: { npm: gate.npm } })).code).toBe(0)
    const tarball = '/npm/colours/-/colours-1.0.0.tgz'
    await ask(tarball, 'npm/11.0.0 node/v22.0.0 linux x64 workspaces/false ci/github-actions', { 'sluice-host': 'build-7.acme.example', 'sluice-ci-job': '4711' })
    await ask(tarball, 'verdaccio/6.0.5')
    await ask(tarball, 'curl/8.5.0', { range: 'bytes=0-9', 'npm-in-ci': 'false' })
    await ask('/npm/colours', 'npm/11.0.0 node/v22.0.0')
    const report = await gate.app.downloads.read({ ecosystem: 'npm', name: 'colours', version: '1.0.0' })
    expect(Object.fromEntries(Object.entries(report.classes).map(([kind, { deliveries }]) => [kind, deliveries]))).toEqual({ person: 1, ci: 1, unknown: 1, mirror: 1, scanner: 0 })
    expect(report.interval).toMatchObject({ least: 2, most: 3 })
    expect(report.countries).toMatchObject([{ value: 'internal', deliveries: 4 }])
    expect(report.receivers.find((one) => one.class === 'ci')).toMatchObject({ host: 'build-7.acme.example', job: '4711', because: 'says npm 11.0.0 in CI (github-actions)' })
    expect(report.receivers.find((one) => one.class === 'person')?.client).toMatch(/^npm 10\./)
  }, 120_000)

  it('counts documents beside a package apart, as pip reads them', async () => {
    expect((await runClient('pip', ['download', 'colours', '--no-deps', '--dest', 'got'], { cwd, gate: { pypi: gate.pypi } })).code).toBe(0)
    const report = await gate.app.downloads.read({ ecosystem: 'pypi', name: 'colours', version: null })
    expect(report).toMatchObject({ deliveries: 1, classes: { person: { deliveries: 1 } }, clients: [{ value: 'pip' }] })
    expect(report.documents).toBeLessThanOrEqual(1)
  }, 120_000)
})
