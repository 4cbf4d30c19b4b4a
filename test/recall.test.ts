import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Notice } from '../src/ports/notifier.ts'
import type { Digest } from '../src/core/types.ts'
import { startFakeNpm } from './fakes/npm.ts'
import type { FakeNpm } from './fakes/npm.ts'
import { startGate } from './harness/gate.ts'
import type { Gate, GateOptions } from './harness/gate.ts'

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

async function npmGate(options: GateOptions = {}): Promise<{ npm: FakeNpm; gate: Gate; notices: Notice[]; get(name: string, version?: string): Promise<number> }> {
  const npm = await startFakeNpm([{ name: 'up', version: '1.0.0' }, { name: 'up', version: '2.0.0' }, { name: 'twin', version: '1.0.0' }])
  open.push(npm)
  const notices: Notice[] = []
  const gate = await startGate({ sources: { npm: { url: npm.url, sumdb: null } }, onNotice: (notice) => notices.push(notice), ...options })
  open.push(gate)
  return { npm, gate, notices, get: async (name, version = '1.0.0') => (await fetch(`${gate.npm}${name}/-/${name}-${version}.tgz`)).status }
}

const order = (gate: Gate, action: 'recall' | 'release' | 'hold', about: { name?: string; version?: string; digest?: Digest; expiresAt?: Date } = {}) =>
  gate.app.operator.order({ ecosystem: 'npm', name: 'up', version: null, digest: null, action, because: 'SEC-1', by: 'ann', expiresAt: null, ...about })
const rows = async (gate: Gate) => gate.app.context.database.query.selectFrom('artifacts').selectAll().orderBy('name').orderBy('version').execute()
const tombstones = async (gate: Gate) => gate.app.context.database.query.selectFrom('tombstones').selectAll().orderBy('seq').execute()
const lines = async (gate: Gate, name = 'up') => (await gate.app.operator.trace({ ecosystem: 'npm', name }, { kinds: ['recalled', 'purged', 'restored'] })).lines.map(({ entry }) => `${entry.kind} ${entry.file ?? ''}`)
const settled = (gate: Gate, name = 'up') => expect(gate.app.recalls.settle('npm', name)).resolves.toBe(true)

describe('a recall', () => {
  it('takes back what was served: bytes become evidence, the ledger and people are told, once', async () => {
    const { gate, notices, npm, get } = await npmGate()
    expect([await get('up'), await get('up', '2.0.0')]).toEqual([200, 200])
    const [artifact] = await rows(gate)
    const digest = artifact?.digest as Digest
    const { blobs, evidence } = gate.app.context
    await order(gate, 'recall', { version: '1.0.0' })
    expect(await get('up')).toBe(403)
    await settled(gate)
    expect({ blob: await blobs.has(digest), evidence: await evidence.has(digest) }).toEqual({ blob: false, evidence: true })
    expect((await rows(gate)).map(({ version, purged }) => [version, purged])).toEqual([['1.0.0', 1], ['2.0.0', 0]])
    expect(await lines(gate)).toEqual(['recalled ', 'recalled up-1.0.0.tgz', 'purged up-1.0.0.tgz'])
    expect(notices).toMatchObject([{ kind: 'recalled', title: 'npm up 1.0.0 recalled', data: { served: 1, by: 'ann' } }])
    const asked = npm.count(npm.tarballPath('up', '1.0.0'))
    expect([await get('up'), await get('up', '2.0.0')]).toEqual([403, 200])
    expect(npm.count(npm.tarballPath('up', '1.0.0'))).toBe(asked)
    await gate.app.recalls.tick()
    expect(notices).toHaveLength(1)
  })
})
void vi
