import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../src/adapters/embedded/database.ts'
import { replay } from '../src/admission/replay.ts'
import { startFakeGo } from './fakes/go.ts'
import { startFakeNpm } from './fakes/npm.ts'
import { startFakePypi } from './fakes/pypi.ts'
import { OPEN_POLICY, startGate } from './harness/gate.ts'
import type { Gate } from './harness/gate.ts'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const DAY = 86_400_000
const NOW = new Date('2026-03-10T00:00:00Z')
const CURRENT = { ...OPEN_POLICY, minimumAge: { npm: 7 * DAY, pypi: 7 * DAY, go: 0 } }

const open: { close(): Promise<void> }[] = []
let gate: Gate

beforeAll(async () => {
  const young = new Date(NOW.getTime() - 3 * DAY)
  const npm = await startFakeNpm([
    { name: 'up', version: '1.0.0', publishedAt: new Date('2025-01-01T00:00:00Z') }, { name: 'up', version: '1.1.0', publishedAt: young },
  ])
  const pypi = await startFakePypi([{ name: 'up', files: [{ version: '1.0', kind: 'wheel', uploadTime: young.toISOString() }] }])
  const go = await startFakeGo([{ name: 'go.example/mod', version: 'v1.0.0' }])
  gate = await startGate({
    sources: { npm: { url: npm.url, sumdb: null }, pypi: { url: pypi.index, sumdb: null }, go: { url: go.url, sumdb: null } },
    origins: [pypi.files.url], policy: CURRENT, clock: { now: () => NOW },
  })
  open.push(npm, pypi, go, gate)
  const ask = async (path: string): Promise<number> => (await fetch(`${gate.origin}${path}`)).status
  expect(await ask('/npm/up/-/up-1.0.0.tgz')).toBe(200)
  expect([await ask('/npm/up/-/up-1.1.0.tgz'), await ask('/npm/up/-/up-1.1.0.tgz')]).toEqual([403, 403])
  expect(await ask('/pypi/files/up/up-1.0-py3-none-any.whl.metadata')).toBe(403)
  expect([await ask('/go/go.example/mod/@v/v1.0.0.mod'), await ask('/go/go.example/mod/@v/v1.0.0.info')]).toEqual([200, 200])
})

afterAll(async () => {
  for (const one of open.reverse()) await one.close()
})

const told = async (minimumAge: number) => {
  const { changes, ...counts } = await gate.app.operator.testPolicy({ ...CURRENT, id: 'new', minimumAge: { npm: minimumAge, pypi: minimumAge, go: 0 } }, new Date(0))
  return { ...counts, changes: changes.map(({ file, requests, was, would }) => `${file} ${requests}x: ${was.reason} → ${would.reason}`) }
}

describe('a changed policy against past traffic', () => {
  it('knows how old a file was that was refused for its age and never fetched', async () => {
    expect(await told(2 * DAY)).toEqual({ requests: 4, files: 3, unknown: 0, changes: [
      'up-1.1.0.tgz 2x: too-young → clean', expect.stringMatching(/^up-1\.0-py3-none-any\.whl\S* 1x: too-young → clean$/),
    ] })
    expect((await told(5 * DAY)).changes).toEqual([])
  })

  it('takes a ledger of more packages and files than one answer may hold', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-replay-'))
    const database = await openDatabase(join(folder, 'sluice.db'))
    await database.migrate()
    const lines = Array.from({ length: 1_203 }, (_, index) => JSON.stringify({
      at: NOW.toISOString(), ecosystem: 'npm', facts: { publishedAt: '2026-03-09T00:00:00.000Z' }, file: `f-${index}.tgz`,
      kind: 'denied', name: `name-${index % 601}`, version: `1.0.${index}`,
    }))
    await database.appendLedger(lines)
    const { files, requests, unknown, changes } = await replay({ database, near: () => Promise.resolve(null) }, { current: CURRENT, changed: { ...CURRENT, id: 'none', minimumAge: { npm: 0, pypi: 0, go: 0 } } }, new Date(0))
    expect([files, requests, unknown, changes.length]).toEqual([1_203, 1_203, 0, 1_203])
    await database.close()
    await rm(folder, { recursive: true, force: true })
  })
})
