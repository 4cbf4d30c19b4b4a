import { afterEach, describe, expect, it } from 'vitest'
import type { Digest, Order } from '../src/core/types.ts'
import { startFakeNpm } from './fakes/npm.ts'
import { startFakePypi } from './fakes/pypi.ts'
import type { FakePypi } from './fakes/pypi.ts'
import { startGate } from './harness/gate.ts'
import type { Gate, GateOptions } from './harness/gate.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const DAY = 86_400_000

async function pypiGate(options: GateOptions = {}): Promise<{ pypi: FakePypi; gate: Gate; status(file: string): Promise<number> }> {
  const pypi = await startFakePypi([{ name: 'up', files: [
    { version: '1.0.0', kind: 'sdist', uploadTime: '2020-01-01T00:00:00Z' }, { version: '2024.1.5', kind: 'sdist', uploadTime: '2020-01-01T00:00:00Z' },
    { version: '3.0', kind: 'sdist', uploadTime: new Date().toISOString() },
  ] }])
  open.push(pypi)
  const gate = await startGate({ sources: { pypi: { url: pypi.index, sumdb: null } }, origins: [pypi.files.url], ...options })
  open.push(gate)
  return { pypi, gate, status: async (file) => (await fetch(`${gate.origin}/pypi/files/up/${file}`)).status }
}

const say = (gate: Gate, action: Order['action'], about: { version?: string; digest?: Digest }, more: { ecosystem?: 'npm' | 'pypi' | 'go'; name?: string; expiresAt?: Date } = {}) =>
  gate.app.operator.order({ ecosystem: 'pypi', name: 'up', version: null, digest: null, action, because: 'SEC-1', by: 'ann', expiresAt: null, ...about, ...more })

describe('orders', () => {
  it.each([
    ['1.0', 'up-1.0.0.tar.gz'], ['v1.0.0', 'up-1.0.0.tar.gz'], ['2024.01.05', 'up-2024.1.5.tar.gz'],
  ])('mean a version however it is written: %s', async (version, file) => {
    const { gate, status } = await pypiGate()
    expect(await status(file)).toBe(200)
    await say(gate, 'recall', { version })
    expect(await status(file)).toBe(403)
    const page = await (await fetch(`${gate.pypi}up/`)).text()
    expect(page).toMatch(new RegExp(`/${file}#[^\n]*hidden by Sluice: recalled`))
    await say(gate, 'release', { version })
    expect(await status(file)).toBe(200)
  })

  it('are traced to who received the version, however it is written', async () => {
    const { gate, status } = await pypiGate()
    expect(await status('up-1.0.0.tar.gz')).toBe(200)
    const { receivers } = await gate.app.operator.trace({ ecosystem: 'pypi', name: 'Up', version: '1.0' }, { kinds: ['served'] })
    expect(receivers).toMatchObject([{ kind: 'served', count: 1 }])
  })

  it('and scans and traces take names a package can have', async () => {
    const { gate } = await pypiGate()
    const { operator } = gate.app
    for (const name of ['', '../up', 'a b', '-']) {
      await expect(say(gate, 'recall', {}, { name })).rejects.toMatchObject({ code: 'usage' })
      await expect(operator.trace({ ecosystem: 'pypi', name })).rejects.toMatchObject({ code: 'usage' })
    }
    await expect(operator.scan('go:nodot@v1.0.0')).rejects.toMatchObject({ code: 'usage' })
    expect(await operator.orders()).toEqual([])
  })

  it.each([
    ['go', 'example.test/mod', '1.2.3', 'v1.2.3'], ['npm', '@acme/x', 'v1.2.3', '1.2.3'], ['pypi', 'Some_Thing', 'V1.0-RC1', '1.0rc1'],
  ] as const)('are kept as %s writes them: %s %s', async (ecosystem, name, version, written) => {
    const { gate } = await pypiGate()
    expect(await say(gate, 'recall', { version }, { ecosystem, name })).toMatchObject({ version: written })
  })

  it('are in the order in which they were given, though the clock was set back', async () => {
    let now = Date.parse('2026-01-02T00:00:00Z')
    const npm = await startFakeNpm([{ name: 'up', version: '1.0.0' }])
    const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, clock: { now: () => new Date(now) } })
    open.push(npm, gate)
    const about = { ecosystem: 'npm', name: 'up' } as const
    await say(gate, 'release', {}, about)
    now -= DAY
    await say(gate, 'recall', {}, about)
    expect((await fetch(`${gate.npm}up/-/up-1.0.0.tgz`)).status).toBe(403)
    expect((await gate.app.operator.orders()).map(({ action }) => action)).toEqual(['recall', 'release'])
  })

  it('release bytes that are too young by the digest the index promises', async () => {
    const { pypi, gate, status } = await pypiGate({ policy: { minimumAge: { npm: 0, pypi: DAY, go: 0 } } })
    const file = 'up-3.0.tar.gz'
    expect(await status(file)).toBe(403)
    await say(gate, 'release', { digest: `sha256:${'0'.repeat(64)}` })
    expect(await status(file)).toBe(403)
    await say(gate, 'release', { digest: `sha256:${pypi.file('up', file).hashes['sha256']}` })
    expect(await status(file)).toBe(200)
  })

  it('that have ended before they began are refused', async () => {
    const { gate } = await pypiGate()
    await expect(say(gate, 'hold', { version: '1.0.0' }, { expiresAt: new Date(Date.now() - 1) })).rejects.toMatchObject({ code: 'usage' })
    expect(await gate.app.operator.orders()).toEqual([])
  })
})
