import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import { canonical } from './entry.ts'
import type { LedgerEntry } from './entry.ts'
import { trace } from './trace.ts'
import type { TraceLine } from './trace.ts'

let folder: string
let database: Database
const digest = `sha256:${'a'.repeat(64)}` as const
const npm = { tool: 'npm', version: '11.0.0', userAgent: 'npm/11.0.0', ci: null } as const

const story: Partial<LedgerEntry>[] = [
  { kind: 'index', name: 'left-pad', client: npm, token: 'ann' },
  { kind: 'decided', name: 'left-pad', version: '1.0.0', digest },
  { kind: 'served', name: 'left-pad', version: '1.0.0', digest, client: npm, token: 'ann', address: '192.0.2.1' },
  { kind: 'served', name: 'left-pad', version: '1.1.0', client: npm, token: 'bob', address: '192.0.2.2' },
  { kind: 'served', name: 'left-pad', version: '1.0.0', digest, client: npm, token: 'ann', address: '192.0.2.1' },
  { kind: 'denied', name: 'left-pad', version: '1.0.0', token: 'bob', address: '192.0.2.2' },
  { kind: 'served', name: '__proto__', version: '1.0.0', token: 'eve' },
  { kind: 'served', ecosystem: 'pypi', name: 'left-pad', version: '1.0.0', token: 'eve' },
  { kind: 'recalled', name: 'left-pad' },
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-trace-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  await database.appendLedger(story.map((entry, index) => canonical({ at: new Date(1000 * (index + 1)), kind: 'served', ecosystem: 'npm', ...entry })))
})

afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const seqs = (lines: readonly TraceLine[]): number[] => lines.map((line) => line.seq)

describe('trace', () => {
  it.each([
    ['a package', { ecosystem: 'npm', name: 'left-pad' }, {}, [1, 2, 3, 4, 5, 6, 9]],
    ['a version, with what concerns every version', { ecosystem: 'npm', name: 'left-pad', versions: ['1.0.0'] }, {}, [1, 2, 3, 5, 6, 9]],
    ['bytes', { digest }, {}, [2, 3, 5]],
    ['deliveries only', { ecosystem: 'npm', name: 'left-pad' }, { kinds: ['served'] }, [3, 4, 5]],
    ['a time on', { ecosystem: 'npm', name: 'left-pad' }, { since: new Date(5000) }, [5, 6, 9]],
    ['an unlucky name', { ecosystem: 'npm', name: '__proto__' }, {}, [7]],
    ['a quote', { ecosystem: 'npm', name: `' or 1=1 --` }, {}, []],
  ] as const)('finds the lines about %s', async (_, query, options, expected) => {
    expect(seqs((await trace(database, query, options)).lines)).toEqual(expected)
  })

  it('pages by cursor without losing or repeating a line', async () => {
    const seen: number[] = []
    let cursor: string | null | undefined
    do {
      const page = await trace(database, { ecosystem: 'npm', name: 'left-pad' }, { limit: 3, ...(cursor ? { cursor } : {}) })
      seen.push(...seqs(page.lines))
      expect(page.receivers.length > 0).toBe(cursor === undefined)
      cursor = page.next
    } while (cursor)
    expect(seen).toEqual([1, 2, 3, 4, 5, 6, 9])
  })

  it('sums up who received it, first and last', async () => {
    const { receivers } = await trace(database, { ecosystem: 'npm', name: 'left-pad' }, { kinds: ['served', 'denied'] })
    expect(receivers).toEqual([
      { kind: 'denied', token: 'bob', address: '192.0.2.2', client: null, count: 1, first: new Date(6000), last: new Date(6000) },
      { kind: 'served', token: 'ann', address: '192.0.2.1', client: 'npm 11.0.0', count: 2, first: new Date(3000), last: new Date(5000) },
      { kind: 'served', token: 'bob', address: '192.0.2.2', client: 'npm 11.0.0', count: 1, first: new Date(4000), last: new Date(4000) },
    ])
  })

  it('gives entries back as they were written', async () => {
    const { lines } = await trace(database, { digest }, { kinds: ['served'], limit: 1 })
    expect(lines[0]?.entry).toEqual({ at: new Date(3000), ecosystem: 'npm', ...story[2], client: { tool: 'npm', version: '11.0.0', userAgent: 'npm/11.0.0' }, caller: expect.stringMatching(/^[0-9a-f]{64}$/) })
  })

  it.each(['x', '-1', '1; drop table ledger', '9'.repeat(30)])('refuses the cursor %j', async (cursor) => {
    await expect(trace(database, { digest }, { cursor })).rejects.toMatchObject({ code: 'usage' })
  })
})
