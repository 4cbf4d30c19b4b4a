import { spawnSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findLeftovers } from '../src/host/caches/index.ts'
import type { Sought } from '../src/host/caches/index.ts'
import type { Digest } from '../src/core/types.ts'
import { clearing } from '../src/recall/clearing.ts'
import { startFakeGo } from './fakes/go.ts'
import type { FakeGo } from './fakes/go.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startFakePypi } from './fakes/pypi.ts'
import type { FakePypi } from './fakes/pypi.ts'
import { installClients, runClient } from './harness/clients.ts'
import type { ClientName } from './harness/clients.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'
import { prepare } from './harness/settings.ts'

let npm: FakeNpm
let pypi: FakePypi
let go: FakeGo
let gate: Gate
let folder: string

beforeAll(async () => {
  await installClients()
  folder = await mkdtemp(join(tmpdir(), 'sluice-leftovers-'))
  npm = await startFakeNpm([{ name: 'up', version: '1.0.0' }, { name: 'up', version: '2.0.0' }, { name: 'up-and', version: '1.0.0' }, { name: '@acme/in', version: '1.0.0' }])
  pypi = await startFakePypi([
    { name: 'up-thing', files: [{ version: '1.0.0', kind: 'wheel', uploadTime: '2020-01-01T00:00:00Z' }] }, { name: 'other', files: [{ version: '1.0.0', kind: 'wheel', uploadTime: '2020-01-01T00:00:00Z' }] },
  ])
  go = await startFakeGo([{ name: 'example.test/Up', version: 'v1.0.0' }])
  gate = await startGate({
    sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null }, go: { url: go.url, sumdb: go.sumdb?.name ?? null } }, origins: [pypi.files.url], policy: { undetermined: 'serve' },
  })
}, 240_000)

afterAll(async () => {
  await gate.close()
  await Promise.all([npm.close(), pypi.close(), go.close()])
  await rm(folder, { recursive: true, force: true })
})

const about = (ecosystem: Sought['ecosystem'], name: string | null, version: string | null, more: Partial<Sought> = {}): Sought => ({ ecosystem, name, version, digest: null, sha512: null, size: null, ...more })

async function installed(client: ClientName, what: Record<string, string>): Promise<{ home: string; cwd: string; env: Record<string, string>; look: (sought: Sought) => ReturnType<typeof findLeftovers>; clear(command: string): number }> {
  const home = await mkdtemp(join(folder, `home-${client}-`))
  const cwd = await mkdtemp(join(folder, `work-${client}-`))
  const urls = { npm: gate.npm, pypi: gate.pypi, go: gate.go }
  const args: string[][] = []
  const more: Record<string, string> = {}
  if (client === 'pip') {
    // Without it pip keeps nothing that it gets over plain http.
    more['PIP_TRUSTED_HOST'] = '127.0.0.1'
    args.push(['install', ...Object.entries(what).map(([name, version]) => `${name}==${version}`)])
  } else if (client === 'uv') args.push(['pip', 'install', ...Object.entries(what).map(([name, version]) => `${name}==${version}`)])
  else if (client === 'go') {
    await writeFile(join(cwd, 'go.mod'), 'module example.test/work\n\ngo 1.19\n')
    args.push(['mod', 'download', ...Object.entries(what).map(([name, version]) => `${name}@${version}`)])
  } else {
    await writeFile(join(cwd, 'package.json'), JSON.stringify({ name: 'work', version: '1.0.0', license: 'MIT', dependencies: what }))
    if (client === 'yarn4') await writeFile(join(cwd, 'yarn.lock'), '')
    args.push(['install'])
  }
  for (const one of args) {
    const outcome = await runClient(client, one, { cwd, home, gate: urls, env: more })
    expect(outcome.code, outcome.text).toBe(0)
  }
  const { command, env } = prepare(client, { gate: urls, home, cwd })
  return {
    home, cwd, env, look: (sought) => findLeftovers([sought], { env, home, platform: 'linux' }),
    // The name of the client in what is printed, run as it is installed here.
    clear: (line) => spawnSync('sh', ['-c', `${client.replace(/\d+$/, '')}() { command ${command.map((part) => `'${part}'`).join(' ')} "$@"; }\n${line}`], { cwd, env: { ...env, ...more }, stdio: 'inherit' }).status ?? -1,
  }
}

describe('leftovers in the caches of real clients', () => {
  it.each(['npm', 'npm10', 'npm12', 'pnpm10', 'pnpm12', 'yarn1', 'yarn4', 'bun'] as const)('%s: found by name and version, and gone after what is printed was run', { timeout: 120_000 }, async (client) => {
    const { look, clear, cwd } = await installed(client, { 'up': '1.0.0', 'up-and': '1.0.0', '@acme/in': '1.0.0' })
    expect((await look(about('npm', 'up', '2.0.0'))).leftovers).toEqual([])
    expect((await look(about('npm', '@acme/in', null))).leftovers).toMatchObject([{ name: '@acme/in', version: '1.0.0' }])
    const { leftovers, looked, left } = await look(about('npm', 'up', '1.0.0'))
    expect(left).toEqual([])
    expect(looked.length).toBeGreaterThan(0)
    expect(leftovers).toMatchObject([{ name: 'up', version: '1.0.0', by: 'name' }])
    if (client.startsWith('pnpm')) await rm(join(cwd, 'node_modules'), { recursive: true })
    expect(clear(leftovers[0]?.clear ?? 'false')).toBe(0)
    // What pnpm has no command for is said where the commands are.
    if (client !== 'pnpm12') expect((await look(about('npm', 'up', '1.0.0'))).leftovers).toEqual([])
    expect((await look(about('npm', 'up-and', '1.0.0'))).leftovers.length).toBe(client.startsWith('pnpm') ? (await look(about('npm', 'up-and', '1.0.0'))).leftovers.length : 1)
  })

  it.each(['npm', 'npm12'] as const)('%s: found by the digest of its bytes alone', { timeout: 120_000 }, async (client) => {
    const { look } = await installed(client, { up: '1.0.0' })
    const { digest, hashes } = await gate.app.context.database.query.selectFrom('artifacts').selectAll().where('name', '=', 'up').where('version', '=', '1.0.0').executeTakeFirstOrThrow()
    const { sha512 = null } = JSON.parse(hashes) as { sha512?: string }
    expect(sha512).not.toBeNull()
    expect((await look(about(null, null, null, { digest: digest as Digest, sha512 }))).leftovers).toMatchObject([{ name: 'up', by: 'digest' }])
    expect((await look(about(null, null, null, { digest: digest as Digest, sha512: '00'.repeat(64) }))).leftovers).toEqual([])
  })

  it.each(['pip', 'uv'] as const)('%s: a wheel is found, and gone after what is printed was run', { timeout: 120_000 }, async (client) => {
    const { look, clear } = await installed(client, { 'up-thing': '1.0.0', 'other': '1.0.0' })
    expect((await look(about('pypi', 'up-thing', '1.0.1'))).leftovers).toEqual([])
    const { leftovers, left } = await look(about('pypi', 'up-thing', '1.0.0'))
    expect(left).toEqual([])
    expect(leftovers.length).toBeGreaterThan(0)
    expect(leftovers[0]).toMatchObject({ client, name: 'up-thing', version: '1.0.0' })
    const { digest, size } = await gate.app.context.database.query.selectFrom('artifacts').selectAll().where('name', '=', 'up-thing').where('file', 'like', '%.whl').executeTakeFirstOrThrow()
    if (client === 'pip') expect((await look(about('pypi', null, null, { digest: digest as Digest, size }))).leftovers).toHaveLength(1)
    for (const one of new Set(leftovers.map((leftover) => leftover.clear))) expect(clear(one)).toBe(0)
    expect((await look(about('pypi', 'up-thing', '1.0.0'))).leftovers).toEqual([])
  })

  it('go: zip and unpacked module are found, read-only as they are, and gone after what is printed was run', { timeout: 120_000 }, async () => {
    const { look, clear } = await installed('go', { 'example.test/Up': 'v1.0.0' })
    expect((await look(about('go', 'example.test/Up', 'v1.0.1'))).leftovers).toEqual([])
    expect((await look(about('go', 'example.test/up', 'v1.0.0'))).leftovers).toEqual([])
    for (const version of ['v1.0.0', null]) expect((await look(about('go', 'example.test/Up', version))).leftovers).toHaveLength(2)
    const { leftovers } = await look(about('go', 'example.test/Up', 'v1.0.0'))
    const { digest } = await gate.app.context.database.query.selectFrom('artifacts').selectAll().where('file', '=', 'v1.0.0.zip').executeTakeFirstOrThrow()
    expect((await look(about('go', null, null, { digest: digest as Digest }))).leftovers).toMatchObject([{ by: 'digest' }])
    for (const { clear: command } of leftovers) expect(clear(command)).toBe(0)
    expect((await look(about('go', 'example.test/Up', 'v1.0.0'))).leftovers).toEqual([])
  })
})

describe('what notices say to clear', () => {
  it.each([
    ['npm', 'npm', 'npm'], ['npm10', 'npm', 'npm'], ['npm12', 'npm', 'npm'], ['yarn1', 'npm', 'yarn 1'], ['yarn4', 'npm', 'yarn 2 and later'], ['bun', 'npm', 'bun'], ['pip', 'pypi', 'pip'], ['uv', 'pypi', 'uv'], ['go', 'go', 'go'],
  ] as const)('is there, and clears: %s', { timeout: 120_000 }, async (client, ecosystem, called) => {
    const [name, version] = ecosystem === 'npm' ? ['up', '1.0.0'] : ecosystem === 'pypi' ? ['up-thing', '1.0.0'] : ['example.test/Up', 'v1.0.0']
    const { look, clear } = await installed(client, { [name]: version })
    expect((await look(about(ecosystem, name, version))).leftovers).not.toEqual([])
    const { commands = [] } = clearing(ecosystem, [{ name, version }]).find((one) => one.client === called) ?? {}
    // Others' builds are in the build cache that the tests share; pip's first one complains where no wheel was built.
    for (const command of commands.filter((one) => one !== 'go clean -cache')) expect([0, ...(command.startsWith('pip cache remove') ? [1] : [])]).toContain(clear(command))
    expect((await look(about(ecosystem, name, version))).leftovers).toEqual([])
  })
})

describe('a look for leftovers', () => {
  it('follows no link below a cache, and changes nothing', async () => {
    const home = await mkdtemp(join(folder, 'links-'))
    const elsewhere = await mkdtemp(join(folder, 'elsewhere-'))
    await mkdir(join(elsewhere, 'up@1.0.0@@@1'))
    await mkdir(join(home, '.bun/install/cache'), { recursive: true })
    await symlink(elsewhere, join(home, '.bun/install/cache/@acme'))
    await symlink(join(elsewhere, 'up@1.0.0@@@1'), join(home, '.bun/install/cache/up@1.0.0@@@1'))
    await symlink('/', join(home, '.npm'))
    const report = await findLeftovers([about('npm', 'up', null), about('npm', '@acme/up', null)], { env: {}, home, platform: 'linux' })
    expect(report).toMatchObject({ leftovers: [], left: [] })
    expect(await readdir(elsewhere)).toEqual(['up@1.0.0@@@1'])
  })

  it('reads what is broken, hostile and endless without falling', async () => {
    const home = await mkdtemp(join(folder, 'hostile-'))
    const index = join(home, '.npm/_cacache/index-v5/aa/bb')
    await mkdir(index, { recursive: true })
    await writeFile(join(index, 'cc'), '\n0\t{"key":"x/up/-/up-1.0.0.tgz","integrity":"sha512-AAAA"}\n0\t{"key":\n0\t[]\n0\tnull\n\u0000')
    await writeFile(join(index, 'dd'), '\n0\t{"key":"http://h/up/-/up-1.0.0.tgz\';rm -rf $HOME;\'","integrity":"sha512-AAAA"}\n0\t{"key":"http://h/up/-/up-1.0.0.tgz?x=\'$(id)\'","integrity":"x"}')
    await mkdir(join(home, '.local/share/pnpm/store/v11'), { recursive: true })
    await writeFile(join(home, '.local/share/pnpm/store/v11/index.db'), 'not a database')
    const { leftovers, left } = await findLeftovers([about('npm', 'up', '1.0.0')], { env: {}, home, platform: 'linux' })
    expect(left).toMatchObject([expect.stringContaining('index.db') as string])
    expect(leftovers.map(({ clear }) => clear).toSorted()).toEqual([
      'npm cache clean \'http://h/up/-/up-1.0.0.tgz?x=\'\\\'\'$(id)\'\\\'\'\'', 'npm cache clean x/up/-/up-1.0.0.tgz',
    ])
  })
})
