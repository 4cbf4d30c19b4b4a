import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sluice, startApi } from './harness/cli.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'

let data: string
let npm: FakeNpm
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>
const secrets = { read: '', inventory: '', audit: '', admin: '' }

beforeAll(async () => {
  data = await mkdtemp(join(tmpdir(), 'sluice-screening-'))
  npm = await startFakeNpm(['1.0.0', '1.1.0', '1.2.0', '2.0.0'].map((version) => ({ name: 'left-pad', version, files: { 'index.js': 'module.exports = 1\n' } })))
  gate = await startGate({ data, sources: { npm: { url: npm.url, sumdb: null } } })
  api = await startApi(gate.app)
  for (const scope of ['read', 'inventory', 'audit', 'admin'] as const) secrets[scope] = (await gate.app.tokens.create({ name: scope, scopes: [scope], expiresAt: null })).secret
  await fetch(`${gate.npm}left-pad`).then((answer) => answer.text())
  await gate.app.operator.order({ ecosystem: 'npm', name: 'left-pad', version: '1.1.0', digest: null, action: 'recall', because: 'SEC-1', by: 'ann', expiresAt: null })
})

afterAll(async () => {
  await api.close()
  await gate.close()
  await npm.close()
  await rm(data, { recursive: true, force: true })
})

async function ask(scope: keyof typeof secrets, method: string, path: string, body?: unknown) {
  const raw = body instanceof Uint8Array
  const answer = await fetch(`${api.origin}/api/v1/${path}`, {
    method, headers: { authorization: `Bearer ${secrets[scope]}`, ...(raw ? { 'content-type': 'application/octet-stream' } : body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: raw ? Buffer.from(body) : JSON.stringify(body) }),
  })
  return { status: answer.status, body: JSON.parse(await answer.text()) as never }
}

const lock = (packages: Readonly<Record<string, string>>): string => JSON.stringify({
  lockfileVersion: 3, packages: { '': { dependencies: packages }, ...Object.fromEntries(Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version }])) },
})

describe('a check by the API', () => {
  it('names the nearest version from the index document that was seen', async () => {
    const { status, body } = await ask('read', 'POST', 'check', { packages: [{ ecosystem: 'npm', name: 'left-pad', version: '1.1.0', range: '^1.0.0' }, { ecosystem: 'npm', name: 'left-pad', version: '1.2.0' }, { ecosystem: 'pypi', name: 'Un_Known', version: '1' }] })
    expect([status, body]).toMatchObject([200, {
      basis: { advisories: 0, updatedAt: null }, packages: [{ name: 'left-pad', version: '1.1.0', against: [{ kind: 'recalled', says: 'recalled: SEC-1 (ann)' }], safe: { version: '1.2.0', inRange: true, from: 'index' }, unsafe: null }],
    }])
  })

  it.each<[string, unknown, number]>([
    ['nothing', { packages: [] }, 200], ['another registry', { packages: [{ ecosystem: 'cargo', name: 'x' }] }, 400], ['a name of no end', { packages: [{ ecosystem: 'npm', name: 'x'.repeat(501) }] }, 400],
    ['names that no package has', { packages: [{ ecosystem: 'npm', name: '__proto__', version: 'constructor' }, { ecosystem: 'npm', name: '\u0000' }, { ecosystem: 'go', name: '../..', version: '\ud800' }] }, 200],
    ['too many', { packages: Array.from({ length: 5_001 }, (_, at) => ({ ecosystem: 'npm', name: `p${at}` })) }, 400], ['something else', { packages: [], more: 1 }, 400],
  ])('of %s', async (_what, body, status) => expect((await ask('read', 'POST', 'check', body)).status).toBe(status))
})

describe('the inventory by the API', () => {
  it('is told with a token for that, and read in a worker process', async () => {
    const body = { revision: 'abc', files: [{ path: 'package-lock.json', text: lock({ 'left-pad': '1.1.0' }) }] }
    expect((await ask('read', 'PUT', 'inventory/checkout', body)).status).toBe(401)
    expect((await ask('audit', 'PUT', 'inventory/checkout', body)).status).toBe(401)
    expect(await ask('inventory', 'PUT', 'inventory/checkout', body)).toMatchObject({ status: 200, body: { files: [{ source: 'package-lock.json', packages: 1, added: 1 }], refused: [] } })
    expect(await ask('inventory', 'PUT', 'inventory/team%2Fweb/file?path=web%2Fpackage-lock.json&revision=def', new TextEncoder().encode(lock({ 'left-pad': '1.2.0' })))).toMatchObject({ status: 200, body: { service: 'team/web', files: [{ source: 'web/package-lock.json' }] } })
    expect((await ask('inventory', 'GET', 'inventory')).status).toBe(401)
    expect(await ask('audit', 'GET', 'locked?package=npm:left-pad%401.1.0')).toMatchObject({ status: 200, body: [{ service: 'checkout', source: 'package-lock.json', version: '1.1.0', goneAt: null }] })
    expect(await ask('audit', 'GET', 'inventory/team%2Fweb')).toMatchObject({ body: { files: [{ revision: 'def', by: 'inventory' }] } })
    expect(await ask('audit', 'GET', 'inventory/nobody')).toMatchObject({ status: 404 })
  })

  it('refuses what is not whole, and what is larger than any', async () => {
    expect(await ask('inventory', 'PUT', 'inventory/checkout', { files: [{ path: 'package-lock.json', text: lock({ a: '1.0.0' }).slice(0, 60) }] })).toMatchObject({ status: 200, body: { files: [], refused: [{ source: 'package-lock.json', line: 1 }] } })
    expect(await ask('audit', 'GET', 'locked?package=npm:left-pad%401.1.0')).toMatchObject({ body: [{ service: 'checkout' }] })
    expect((await ask('inventory', 'PUT', 'inventory/checkout', { files: [{ path: 'x', text: 'y', base64: 'y' }] })).status).toBe(400)
    expect((await ask('inventory', 'PUT', 'inventory/a%00b', { files: [{ path: 'package-lock.json', text: lock({}) }] })).status).toBe(400)
  })

  it('is the same from the command line, of a data folder and of a gate', async () => {
    const here = (...args: string[]) => sluice(['inventory', ...args], { gate: { data } })
    const there = (...args: string[]) => sluice(['inventory', ...args, '--server', api.origin], { env: { SLUICE_TOKEN: secrets.admin } })
    for (const args of [['list'], ['show', 'checkout'], ['show', 'checkout', '--json'], ['who', 'npm:left-pad'], ['who', 'npm:left-pad@1.1.0', '--ever', '--json'], ['who', 'npm:nothing'], ['show', 'nobody'], ['remove', 'nobody']]) {
      const [local, remote] = [await here(...args), await there(...args)]
      expect([args, remote.code, remote.out, remote.err]).toEqual([args, local.code, local.out, local.err])
      expect(local.out + local.err).not.toBe('')
    }
    expect((await there('who', 'npm:left-pad')).out).toMatch(/checkout +npm:left-pad@1\.1\.0 +package-lock\.json +direct/)
    expect((await there('remove', 'checkout')).out).toBe('checkout: 1 package until now\n')
    expect((await there('who', 'npm:left-pad@1.1.0')).err).toContain('--ever asks for all times')
    expect((await here('who', 'npm:left-pad@1.1.0', '--ever')).out).toContain('checkout')
  })
})
