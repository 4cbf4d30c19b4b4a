import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { startFakeNpm } from '../fakes/npm.ts'
import type { FakeNpm } from '../fakes/npm.ts'
import { run as runProgram } from '../harness/run.ts'
import { NPM_CLIENTS } from '../harness/clients.ts'
import type { ClientName, NpmClient } from '../harness/clients.ts'
import { installed, projectFolder, writeProject } from '../harness/projects.ts'
import { frozen } from './attempts.ts'
import { advise, startBench } from './bench.ts'
import type { Bench } from './bench.ts'

const NO_TUF = fileURLToPath(new URL('no-tuf.cjs', import.meta.url))
const REAL_NPM: readonly NpmClient[] = ['npm', 'npm12', 'npm10']
const WANTED = { '@scope/tool': '^1.0.0', low: 'next', old: '<2' }
const INSTALLED = ['@scope/tool@1.0.0', 'low@1.1.0', 'low@2.0.0-rc.1', 'old@1.0.0']

let npm: FakeNpm
let bench: Bench
const projects = new Map<ClientName, Promise<string>>()
const homes = new Map<ClientName, string>()

beforeAll(async () => {
  npm = await startFakeNpm([
    { name: 'low', version: '1.0.0' }, { name: 'low', version: '1.1.0' }, { name: 'low', version: '2.0.0-rc.1', tags: ['next'] },
    { name: 'old', version: '1.0.0' }, { name: 'old', version: '2.0.0' },
    {
      name: '@scope/tool', version: '1.0.0', manifest: { bin: { tool: 'cli.js' }, dependencies: { low: '^1.0.0' } },
      files: { 'cli.js': '#!/usr/bin/env node\nconsole.log("tool ran with low " + require("low"))\n' },
    },
  ])
  bench = await startBench({ sources: { npm: { url: npm.url, sumdb: null } } })
  await advise(bench.gate, { id: 'GHSA-old1-old1-old1', ecosystem: 'npm', name: 'old', fixed: '2.0.0' })
  for (const client of NPM_CLIENTS) {
    homes.set(client, await projectFolder(bench.folder, `home-${client}`))
    const project = installAll(client)
    project.catch(() => {})
    projects.set(client, project)
  }
})

afterAll(async () => {
  await bench.close()
  await npm.close()
})

/** A project with everything installed, in a home that stays. */
async function installAll(client: NpmClient): Promise<string> {
  const cwd = await projectFolder(bench.folder, client)
  const args = await writeProject(client, cwd, WANTED, bench.gate)
  await bench.must(client, cwd, args, { home: homes.get(client) as string })
  return cwd
}

const projectOf = (client: NpmClient): Promise<string> => projects.get(client) as Promise<string>

describe.each(NPM_CLIENTS)('%s', (client) => {
  it('installs ranges, a scope, a dist-tag, and a program that runs', async () => {
    const cwd = await projectOf(client)
    expect(await installed(client, cwd)).toEqual(INSTALLED)
    const ran = await runProgram([join(cwd, 'node_modules/.bin/tool')], { cwd, env: { PATH: process.env['PATH'] ?? '' }, timeoutMs: 20_000 })
    expect(ran.text).toBe('tool ran with low 1\n')
  }, 120_000)

  it('installs what its lock file says', async () => {
    const cwd = await projectOf(client)
    const copy = await projectFolder(bench.folder, `${client}-frozen`)
    await runProgram(['cp', '-r', `${cwd}/.`, copy], { cwd, env: { PATH: process.env['PATH'] ?? '' }, timeoutMs: 20_000 })
    await rm(join(copy, 'node_modules'), { recursive: true, force: true })
    await bench.must(client, copy, frozen(client))
    expect(await installed(client, copy)).toEqual(INSTALLED)
  }, 120_000)
})

describe.each(REAL_NPM)('%s on its own', (client) => {
  const inProject = async (args: readonly string[], more: Parameters<Bench['run']>[3] = {}) => bench.run(client, await projectOf(client), args, more)

  it.each([
    { args: ['view', 'low', 'versions', '--json'], says: /"1\.0\.0",\s+"1\.1\.0",\s+"2\.0\.0-rc\.1"/ },
    { args: ['view', 'low@next', 'version'], says: /2\.0\.0-rc\.1/ },
    { args: ['search', 'scope'], says: /@scope\/tool/ },
    { args: ['ping'], says: /PONG \d+ms/ },
    { args: ['dist-tag', 'ls', 'low'], says: /latest: 1\.1\.0\nnext: 2\.0\.0-rc\.1/ },
    { args: ['outdated'], code: 1, says: /old\s+1\.0\.0\s+1\.0\.0\s+2\.0\.0/ },
    { args: ['pack', '@scope/tool', '--json'], says: /scope-tool-1\.0\.0\.tgz/ },
    { args: ['audit'], code: 1, says: /old {2}1\.0\.0\nSeverity: high\nGHSA-old1-old1-old1: prototype pollution/ },
    { args: ['view', 'absent'], code: 1, says: /E404/ },
  ])('$args', async ({ args, says, code = 0 }) => {
    const outcome = await inProject(args)
    expect(outcome.text).toMatch(says)
    expect(outcome.code).toBe(code)
  })

  it('knows whose token it has, and is not published through', async () => {
    const { secret } = await bench.gate.app.tokens.create({ name: `ci of ${client}`, scopes: ['read'], expiresAt: null })
    const outcome = await inProject(['whoami'], { token: secret })
    expect(outcome).toMatchObject({ code: 0, stdout: `ci of ${client}\n` })
    expect((await inProject(['whoami'], { token: 'sluice_wrong' })).code).toBe(1)
    const ours = await projectFolder(bench.folder, `${client}-publish`)
    await writeProject(client, ours, {})
    await runProgram(['sed', '-i', '/private/d', 'package.json'], { cwd: ours, env: { PATH: process.env['PATH'] ?? '' }, timeoutMs: 20_000 })
    expect((await bench.run(client, ours, ['publish'], { token: secret })).text).toMatch(/405.*does not take packages/)
  })

  it('verifies the registry\'s signatures with the keys the gate passes on', async () => {
    const outcome = await inProject(['audit', 'signatures'], { env: { NODE_OPTIONS: `--require ${NO_TUF}` } })
    expect(outcome.text).toMatch(/4 packages have verified registry signatures/)
    expect(outcome.code).toBe(0)
  })
})

describe('audits, answered from the gate\'s own advisories', () => {
  it.each([
    { client: 'pnpm12', args: ['audit'] }, { client: 'pnpm10', args: ['audit'] },
    { client: 'yarn4', args: ['npm', 'audit', '--recursive'] }, { client: 'bun', args: ['audit'] },
  ] as const)('$client', async ({ client, args }) => {
    const outcome = await bench.run(client, await projectOf(client), args)
    expect(outcome.text).toMatch(/prototype pollution/)
    expect(outcome.code).toBe(1)
  })

  it('never leave the gate', () => {
    expect(npm.requests.filter(({ method, path }) => method !== 'GET' || path.includes('audit') || path.includes('advisories'))).toEqual([])
  })
})

// pnpm 10 and yarn 1 take whole documents every time.
describe('a second install with a warm cache', () => {
  it.each(['npm12', 'npm10', 'pnpm12', 'yarn4', 'bun'] as const)('%s asks whether its documents still hold', async (client) => {
    const cwd = await projectOf(client)
    const copy = await projectFolder(bench.folder, `${client}-warm`)
    const asked = vi.spyOn(bench.gate.app.door, 'index')
    const args = await writeProject(client, copy, WANTED, bench.gate)
    await bench.must(client, copy, args, { home: homes.get(client) as string })
    expect(await installed(client, copy)).toEqual(await installed(client, cwd))
    const kinds = (await Promise.all(asked.mock.results.map(({ value }) => value as ReturnType<typeof bench.gate.app.door.index>))).map(({ kind }) => kind)
    asked.mockRestore()
    expect(kinds).toContain('unchanged')
    expect(kinds).not.toContain('index')
  })
})
