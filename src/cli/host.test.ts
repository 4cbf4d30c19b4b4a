import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sluice, startApi } from '../../test/harness/cli.ts'
import { startFakeNpm } from '../../test/fakes/npm.ts'
import type { FakeNpm } from '../../test/fakes/npm.ts'
import { startGate } from '../../test/harness/gate.ts'
import type { Gate } from '../../test/harness/gate.ts'

let [root, data, home, secret, admin] = ['', '', '', '', '']
let npm: FakeNpm
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>

async function put(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(home, path)), { recursive: true })
    await writeFile(join(home, path), content)
  }
}
const manifest = (name: string, version: string, more: object = {}): string => JSON.stringify({ name, version, ...more })

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-host-'))
  ;[data, home] = [join(root, 'data'), join(root, 'home')]
  await mkdir(home)
  await writeFile(join(root, 'feed.json'), JSON.stringify([{ id: 'MAL-2026-1', modified: '2026-06-01T00:00:00Z', summary: 'about evil', affected: [{ package: { ecosystem: 'npm', name: 'evil' }, versions: ['1.0.1'] }] }]))
  npm = await startFakeNpm([{ name: 'left-pad', version: '1.3.0', files: { 'index.js': 'module.exports = 1\n' } }])
  gate = await startGate({ data, sources: { npm: { url: npm.url, sumdb: null } } })
  await gate.app.operator.importFeed(join(root, 'feed.json'))
  await fetch(`${gate.npm}left-pad/-/left-pad-1.3.0.tgz`).then((answer) => answer.arrayBuffer())
  api = await startApi(gate.app)
  secret = (await gate.app.tokens.create({ name: 'laptop', scopes: ['host'], expiresAt: null })).secret
  admin = (await gate.app.tokens.create({ name: 'admin', scopes: ['admin'], expiresAt: null })).secret
  await put({
    'app/node_modules/left-pad/package.json': manifest('left-pad', '1.3.0'), 'app/node_modules/evil/package.json': manifest('evil', '1.0.1', { scripts: { postinstall: 'node \u001b[31mx.js' } }),
    'app/node_modules/.package-lock.json': JSON.stringify({ packages: { 'node_modules/left-pad': { version: '1.3.0' }, 'node_modules/evil': { version: '1.0.1', resolved: 'https://elsewhere.example/evil.tgz' } } }),
  })
})

afterAll(async () => {
  await api.close()
  await gate.close()
  await npm.close()
  await rm(root, { recursive: true, force: true })
})

const env = () => ({ HOME: home, XDG_STATE_HOME: join(root, 'state'), PATH: '' })
const inventory = (...args: string[]) => sluice(['host', 'inventory', join(home, 'app'), ...args], { gate: { data }, env: env() })
const tell = (...args: string[]) => sluice(['host', 'inventory', ...args, '--tell', '--as', 'Laptop-7', '--server', api.origin], { env: { ...env(), SLUICE_TOKEN: secret } })

describe('sluice host inventory', () => {
  it('says what is there, what runs, what came past the gate, and what is known against it', async () => {
    const { code, out } = await inventory()
    expect(code).toBe(1)
    expect(out).toMatch(/node_modules +npm +2 +1 +1 +-/)
    expect(out).toMatch(/Code that runs by itself: 1 package\n {2}npm:evil@1\.0\.1 {2}postinstall: node x\.js/)
    expect(out).toMatch(/Past the gate: 1 package\n {2}npm:evil@1\.0\.1 {2}from https:\/\/elsewhere\.example\/evil\.tgz/)
    expect(out).toMatch(/Malicious: 1 package\n\nnpm:evil@1\.0\.1\n {2}MAL-2026-1 about evil/)
    expect(out).toMatch(/2 packages of 1 installed tree held against 1 advisory[^]*: 1 malicious\.\n$/)
    expect(out).not.toContain('\u001b')
    expect((await inventory('--fail-on', 'nothing')).code).toBe(0)
    expect((await inventory('--all')).out).toMatch(/npm:left-pad@1\.3\.0 +perhaps through the gate +npm/)
  })

  it('as JSON, CycloneDX and package URLs', async () => {
    expect((await inventory('--json')).json()).toMatchObject({ code: 1, trees: [{ kind: 'node', packages: [{ purl: 'pkg:npm/evil@1.0.1', origin: 'past', hooks: [{ name: 'postinstall' }] }, { purl: 'pkg:npm/left-pad@1.3.0', origin: 'perhaps' }] }], finds: [{ name: 'evil' }] })
    expect((await inventory('--format', 'cyclonedx')).json()).toMatchObject({ bomFormat: 'CycloneDX', components: [{ purl: 'pkg:npm/evil@1.0.1' }, { purl: 'pkg:npm/left-pad@1.3.0' }] })
    expect((await inventory('--format', 'purl')).out).toBe('pkg:npm/evil@1.0.1\npkg:npm/left-pad@1.3.0\n')
  })

  it('tells a gate, which then knows who has it', async () => {
    expect((await tell()).err).toMatch(/Told the gate as laptop-7: \d+ installed, 0 gone, everything, because it knew nothing of this machine\./)
    expect((await tell()).err).toContain('Told the gate as laptop-7: 0 installed, 0 gone.')
    const trace = await sluice(['trace', 'npm:evil', '--server', api.origin], { env: { SLUICE_TOKEN: admin } })
    expect(trace.out).toMatch(/laptop-7 inventory: \S+\/app\/node_modules\/evil .*installed past the gate/)
    const check = await sluice(['check', join(home, 'app'), '--server', api.origin], { env: { SLUICE_TOKEN: admin } })
    expect(check.out).toMatch(/on 1 machine, as they say: sluice trace npm:evil@1\.0\.1 --installed tells which/)
    await rm(join(home, 'app/node_modules/evil'), { recursive: true })
    expect((await tell()).err).toContain('Told the gate as laptop-7: 0 installed, 1 gone.')
    expect((await sluice(['trace', 'npm:evil', '--server', api.origin], { env: { SLUICE_TOKEN: admin } })).out).toContain('gone since')
    expect((await sluice(['hosts', 'show', 'laptop-7', '--json', '--data', data], { gate: { data } })).json()).toMatchObject({ packages: expect.any(Number) as number, tokens: ['laptop'] })
  })

  it.each<[string, string[], RegExp]>([
    ['no such folder', ['/no/such'], /there is no folder \/no\/such/], ['nobody to tell', ['--tell'], /--tell needs a gate to tell/], ['a name that is none', ['--as', 'a b'], /no machine can be called a b/], ['another kind', ['--fail-on', 'x'], /does not know "x"/],
  ])('exits with 2: %s', async (_what, args, says) => {
    const ran = await sluice(['host', 'inventory', ...args], { gate: { data }, env: env() })
    expect([ran.code, ran.out]).toEqual([2, ''])
    expect(ran.err).toMatch(says)
  })

  it('says what is installed also where nothing is known against packages', async () => {
    const ran = await sluice(['host', 'inventory', join(home, 'app')], { gate: { data: join(root, 'none') }, env: { ...env(), XDG_CACHE_HOME: join(root, 'none') } })
    expect(ran.code).toBe(2)
    expect(ran.out).toMatch(/node_modules +npm +1/)
    expect(ran.err).toContain('nothing is known here to hold packages against')
  })
})
