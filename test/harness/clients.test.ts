import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installClients, NPM_CLIENTS, PYTHON_CLIENTS, runClient } from './clients.ts'
import type { ClientName, Gate } from './clients.ts'
import { installed, projectFolder, writeProject } from './projects.ts'
import { goRoutes, npmRoutes, pypiRoutes, serveStatic } from './static-registry.ts'
import type { Route, StaticRegistry } from './static-registry.ts'

const VERSIONS: readonly [ClientName, RegExp][] = [
  ['npm', /^\d+\.\d+\.\d+$/m], ['npm12', /^12\.2\.0$/m], ['npm10', /^10\.9\.9$/m], ['pnpm12', /^12\.21\.0$/m],
  ['pnpm10', /^10\.34\.9$/m], ['yarn1', /^1\.22\.22$/m], ['yarn4', /^4\.18\.1$/m], ['bun', /^1\.4\.5$/m],
  ['pip', /^pip \d/m], ['uv', /^uv 0\.13\.8/m], ['poetry', /version 2\.5\.1/m], ['go', /^go version go1\./m],
]

const npmWish = { client: NPM_CLIENTS, wanted: { tiny: '^1.0.0' }, gets: 'tiny@1.1.0' }
const pythonWish = { client: PYTHON_CLIENTS, wanted: { 'tiny-py': '>=1,<2' }, gets: 'tiny-py@1.1.0' }
const goWish = { client: ['go'] as const, wanted: { 'tiny.example/lib': 'latest' }, gets: 'tiny.example/lib@v1.1.0' }
const INSTALLS = [npmWish, pythonWish, goWish].flatMap(({ client, ...rest }) => client.map((name) => ({ client: name, ...rest })))

describe('real clients', () => {
  let registry: StaticRegistry
  let gate: Gate
  let folder: string

  beforeAll(async () => {
    await installClients()
    folder = await mkdtemp(join(tmpdir(), 'sluice-clients-'))
    registry = await tinyRegistry()
    gate = { npm: `${registry.origin}/npm/`, pypi: `${registry.origin}/pypi/simple/`, go: `${registry.origin}/go` }
  }, 300_000)

  afterAll(async () => {
    await registry.close()
    await rm(folder, { recursive: true, force: true })
  })

  it.each(VERSIONS)('%s is the version that is pinned', async (client, version) => {
    const cwd = await projectFolder(folder, `version-${client}`)
    const outcome = await runClient(client, client === 'go' ? ['version'] : ['--version'], { cwd })
    expect(outcome).toMatchObject({ code: 0 })
    expect(outcome.text).toMatch(version)
  })

  it.each(INSTALLS)('$client resolves and installs through its registry setting alone', async ({ client, wanted, gets }) => {
    const cwd = await projectFolder(folder, client)
    const before = await readdir(homedir())
    registry.asked.length = 0
    const outcome = await runClient(client, await writeProject(client, cwd, wanted, gate), { cwd, gate })
    expect(outcome.code, outcome.text).toBe(0)
    expect(await installed(client, cwd)).toEqual([gets])
    expect(registry.asked.length).toBeGreaterThan(1)
    expect(await readdir(homedir())).toEqual(before)
  }, 120_000)

  it.each(['npm12', 'pnpm12', 'yarn1', 'yarn4', 'bun', 'pip', 'uv', 'poetry'] as const)('%s sends its token', async (client) => {
    const cwd = await projectFolder(folder, `token-${client}`)
    const { wanted } = NPM_CLIENTS.some((name) => name === client) ? npmWish : pythonWish
    registry.headers.length = 0
    const outcome = await runClient(client, await writeProject(client, cwd, wanted, gate), { cwd, gate, token: 'sl_secret' })
    expect(outcome.code).toBe(0)
    const sent = registry.headers.map((headers) => headers.authorization ?? 'none')
    const basic = `Basic ${Buffer.from('token:sl_secret').toString('base64')}`
    expect(sent.some((value) => value === 'Bearer sl_secret' || value === basic)).toBe(true)
  }, 120_000)

  it('kills a client that hangs, with everything it started', async () => {
    const cwd = await projectFolder(folder, 'hang')
    const outcome = await runClient('npm12', ['exec', '--offline', '--call', 'sleep 600 & sleep 600'], { cwd, timeoutMs: 3_000 })
    expect(outcome).toMatchObject({ code: null, timedOut: true })
  })
})

async function tinyRegistry(): Promise<StaticRegistry> {
  const versions = ['1.0.0', '1.1.0', '2.0.0']
  const npm: Route[] = []
  const registry = await serveStatic((origin) => [
    (request) => npm.map((route) => route(request)).find((answer) => answer !== undefined),
    ...pypiRoutes(origin, 'tiny-py', versions),
    ...goRoutes('tiny.example/lib', ['v1.0.0', 'v1.1.0']),
  ])
  npm.push(...await npmRoutes(registry.origin, 'tiny', versions))
  return registry
}
