import { afterEach, describe, expect, it, vi } from 'vitest'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startGate } from './harness/gate.ts'
import type { Gate, GateOptions } from './harness/gate.ts'

/** What the gate learnt under one state of the world must not outlive that state. */
const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const HOUR = 3_600_000

async function fake(...versions: Parameters<FakeNpm['addVersion']>[0][]): Promise<FakeNpm> {
  const npm = await startFakeNpm(versions)
  open.push(npm)
  return npm
}

async function gateTo(npm: FakeNpm, options: GateOptions = {}): Promise<Gate> {
  const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, ...options })
  open.push(gate)
  return gate
}

const versions = async (gate: Gate, name: string): Promise<string[] | number> => {
  const response = await fetch(`${gate.npm}${name}`, { headers: { accept: 'application/vnd.npm.install-v1+json' } })
  const body = await response.json() as { versions?: Record<string, unknown> }
  return response.status === 200 ? Object.keys(body.versions ?? {}) : response.status
}
const bytes = async (gate: Gate, name: string, version: string): Promise<number> => {
  const response = await fetch(`${gate.npm}${name}/-/${name}-${version}.tgz`)
  await response.arrayBuffer()
  return response.status
}

describe('a name that becomes private', () => {
  it('is not served from what the public upstream once sent, nor asked there again', async () => {
    const npm = await fake({ name: 'acme-x', version: '9.9.9' })
    const own = await fake({ name: 'acme-x', version: '1.0.0' })
    const gate = await gateTo(npm, { origins: [own.url] })
    expect([await versions(gate, 'acme-x'), await bytes(gate, 'acme-x', '9.9.9')]).toEqual([['9.9.9'], 200])
    await gate.app.setPolicy({ ...gate.app.context.policy(), id: 'private', private: [{ ecosystem: 'npm', pattern: 'acme-*', registry: own.url }] })
    npm.clear()
    expect(await versions(gate, 'acme-x')).toEqual(['1.0.0'])
    await own.close()
    open.splice(open.indexOf(own), 1)
    expect(await bytes(gate, 'acme-x', '9.9.9')).not.toBe(200)
    expect(await versions(gate, 'acme-x')).toEqual(['1.0.0'])
    expect(npm.requests).toEqual([])
  })
})

describe('upstream', () => {
  it('that deleted a package is believed at every request', async () => {
    const npm = await fake({ name: 'up', version: '1.0.0' })
    const gate = await gateTo(npm, { limits: { fresh: 0, stale: 0 } })
    expect(await versions(gate, 'up')).toEqual(['1.0.0'])
    npm.removeVersion('up', '1.0.0')
    for (const _ of [1, 2, 3]) expect(await versions(gate, 'up')).toBe(404)
  })

  it('that removes a version while it is admitted has it held', async () => {
    const npm = await fake({ name: 'up', version: '1.0.0' }, { name: 'up', version: '1.1.0' })
    const gate = await gateTo(npm, { limits: { fresh: 0, stale: 0 } })
    const answered = Promise.withResolvers<void>()
    npm.behaviour.set(npm.tarballPath('up', '1.1.0'), { until: answered.promise })
    const asked = bytes(gate, 'up', '1.1.0')
    await vi.waitUntil(() => npm.requests.some(({ path }) => path === npm.tarballPath('up', '1.1.0')), 50_000)
    npm.removeVersion('up', '1.1.0')
    expect(await versions(gate, 'up')).toEqual(['1.0.0'])
    answered.resolve()
    expect(await asked).toBe(403)
    expect(await bytes(gate, 'up', '1.1.0')).toBe(403)
  })

  it('whose complete document fails once does not hide the package for good', async () => {
    let now = Date.now()
    const npm = await fake({ name: 'up', version: '1.0.0' }, { name: 'up', version: '1.1.0', publishedAt: new Date(now) })
    const gate = await gateTo(npm, {
      policy: { minimumAge: { npm: 24 * HOUR, pypi: 0, go: 0 } }, limits: { fresh: 1_000, stale: 10_000 }, clock: { now: () => new Date(now) },
    })
    const answered = Promise.withResolvers<void>()
    npm.behaviour.set('/up', { until: answered.promise, times: 1 })
    const asked = versions(gate, 'up')
    await vi.waitUntil(() => npm.requests.length === 1, 50_000)
    npm.behaviour.set('/up', { status: 503, times: 1 })
    answered.resolve()
    expect(await asked).toBe(403)
    expect(npm.requests.length).toBe(2)
    now += 5_000
    expect([await versions(gate, 'up'), await bytes(gate, 'up', '1.0.0')]).toEqual([['1.0.0'], 200])
  })
})

describe('a policy', () => {
  it('with a longer minimum age does not lose the age of what is old', async () => {
    const now = Date.now()
    const npm = await fake({ name: 'up', version: '1.0.0' }, { name: 'up', version: '1.1.0', publishedAt: new Date(now - 30 * HOUR) })
    const gate = await gateTo(npm, { policy: { minimumAge: { npm: 24 * HOUR, pypi: 0, go: 0 } } })
    expect([await bytes(gate, 'up', '1.0.0'), await bytes(gate, 'up', '1.1.0')]).toEqual([200, 200])
    await gate.app.setPolicy({ ...gate.app.context.policy(), id: 'longer', minimumAge: { npm: 48 * HOUR, pypi: 0, go: 0 } })
    expect([await bytes(gate, 'up', '1.0.0'), await bytes(gate, 'up', '1.1.0')]).toEqual([200, 403])
    expect(await versions(gate, 'up')).toEqual(['1.0.0'])
  })
})

describe('a recall', () => {
  it('counts for a request made while an index is being built', async () => {
    const npm = await fake({ name: 'up', version: '1.0.0' }, { name: 'up', version: '1.1.0' })
    const gate = await gateTo(npm)
    const answered = Promise.withResolvers<void>()
    npm.behaviour.set('/up', { until: answered.promise })
    const before = versions(gate, 'up')
    await vi.waitUntil(() => npm.count('/up') > 0, 50_000)
    await gate.app.operator.order({ ecosystem: 'npm', name: 'up', version: '1.1.0', digest: null, action: 'recall', because: 'bad', by: 'ann', expiresAt: null })
    const after = versions(gate, 'up')
    answered.resolve()
    expect(await after).toEqual(['1.0.0'])
    expect(await before).toEqual(['1.0.0'])
  })
})

describe('a gate that is closed', () => {
  it('leaves no verdict on what it was examining', async () => {
    const npm = await fake({ name: 'up', version: '1.0.0' })
    // Workers of its own, which have to start first: they are seen at work.
    const first = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, workers: { size: 1 } })
    npm.behaviour.set(npm.tarballPath('up', '1.0.0'), { delay: 200 })
    const asked = bytes(first, 'up', '1.0.0').catch(() => 0)
    const { pool } = first.app.context
    await expect.poll(() => npm.count(npm.tarballPath('up', '1.0.0')), { interval: 5 }).toBe(1)
    await expect.poll(() => pool.stats().busy, { interval: 5 }).toBe(1)
    await pool.close()
    expect(await asked).not.toBe(200)
    const rows = await first.app.context.database.query.selectFrom('verdicts').select('level').execute()
    expect(rows.filter(({ level }) => level !== 'clean')).toEqual([])
    await first.close()
  })
})
