import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import { canonical } from './entry.ts'
import type { LedgerEntry } from './entry.ts'
import { trace } from './trace.ts'
import type { TraceLine, TraceOptions, TraceSubject } from './trace.ts'
import { Tracer } from './tracer.ts'
import type { TraceAsked } from './tracer.ts'

let folder: string
let database: Database
const digest = `sha256:${'a'.repeat(64)}` as const
const WEEK = 7 * 86_400_000
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
  { kind: 'served', name: 'other', version: '1.0.0', client: npm, token: 'ann', address: '10.0.0.1', forwarded: { address: '2001:DB8:0::7', user: 'carl', host: 'box' } },
  { kind: 'served', at: new Date(WEEK + 1), name: 'other', version: '1.0.0', client: npm, token: 'ann', forwarded: { user: 'carl', host: 'box', job: 'build 7', url: 'https://ci.example/7' } },
]

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-trace-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  const at = { first_at: 1, last_at: 2 }
  await database.query.insertInto('services').values({ id: 's1', name: 'shop', added_at: 1 }).execute()
  await database.query.insertInto('inventories').values({ id: 'i1', service: 's1', source: 'package-lock.json', format: 'package-lock', digest: 'x', revision: null, packages: 1, problems: '[]', by: 'ci', ...at }).execute()
  await database.query.insertInto('inventory_items').values({ inventory: 'i1', ecosystem: 'npm', name: 'left-pad', version: '1.3.0', direct: 0, path: '["express"]', digests: '[]', gone_at: null, ...at }).execute()
  const campaign = { founded_at: 1, changed_at: 1, declared_at: 1, announced: 1, size: 1, malicious: 0, ill: 0, copied: 0, flood: null, habits: '{}', reasons: '[]' }
  await database.query.insertInto('campaigns').values([{ id: 'c1', into_id: null, ...campaign }, { id: 'c0', into_id: 'c1', ...campaign }]).execute()
  await database.query.insertInto('campaign_members').values({
    ecosystem: 'pypi', name: 'left-pad', campaign: 'c1', account: 'eve', emails: '[]', versions: '[]', marks: '[]', ties: '[]', near: 0, sketch: null, malicious: 1, imitates: null, copied: null, ...at,
  }).execute()
  await database.query.insertInto('uploads').values([{ ecosystem: 'pypi', actor: 'eve', name: 'left-pad', malicious: 1, ...at }, { ecosystem: 'npm', actor: 'eve', name: '__proto__', malicious: 0, ...at }]).execute()
  await database.appendLedger(story.map((entry, index) => canonical({ at: new Date(1000 * (index + 1)), kind: 'served', ecosystem: 'npm', ...entry })))
})

afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const tracer = () => new Tracer({ database, carriersOf: async (what) => (what === 'evil.example' ? [{ ecosystem: 'npm', name: 'left-pad', version: '1.1.0' }] : []) })
const seqs = (lines: readonly TraceLine[]): number[] => lines.map((line) => line.seq)

describe('trace', () => {
  it.each<[string, TraceSubject[] | null, TraceOptions, number[]]>([
    ['a package', [{ ecosystem: 'npm', name: 'left-pad' }], {}, [1, 2, 3, 4, 5, 6, 9]],
    ['a version, with what concerns every version', [{ ecosystem: 'npm', name: 'left-pad', versions: ['1.0.0'] }], {}, [1, 2, 3, 5, 6, 9]],
    ['bytes', [{ digest }], {}, [2, 3, 5]],
    ['deliveries only', [{ ecosystem: 'npm', name: 'left-pad' }], { kinds: ['served'] }, [3, 4, 5]],
    ['a time on', [{ ecosystem: 'npm', name: 'left-pad' }], { since: new Date(5000) }, [5, 6, 9]],
    ['a span of time', [{ ecosystem: 'npm', name: 'left-pad' }], { since: new Date(3000), until: new Date(6000) }, [3, 4, 5]],
    ['an unlucky name', [{ ecosystem: 'npm', name: '__proto__' }], {}, [7]],
    ['a quote', [{ ecosystem: 'npm', name: `' or 1=1 --` }], {}, []],
    ['several, one after the other', [{ ecosystem: 'pypi', name: 'left-pad' }, { ecosystem: 'npm', name: '__proto__' }, { digest }], {}, [7, 8, 2, 3, 5]],
    ['a token', null, { callers: { token: 'ann' } }, [1, 3, 5, 10, 11]],
    ['a user', null, { callers: { user: 'carl' } }, [10, 11]],
    ['a host, in a time', null, { callers: { host: 'box' }, since: new Date(WEEK) }, [11]],
    ['a job by its page', null, { callers: { job: 'https://ci.example/7' } }, [11]],
    ['a job by its name', null, { callers: { job: 'build 7' } }, [11]],
    ['an address', null, { callers: { address: '192.0.2.2' } }, [4, 6]],
    ['a network', null, { callers: { address: '192.0.2.0/30' } }, [3, 4, 5, 6]],
    ['a network behind a proxy', null, { callers: { address: '2001:db8::/32' } }, [10]],
    ['a client', null, { callers: { client: 'npm' } }, [1, 3, 4, 5, 10, 11]],
    ['a client of another version', null, { callers: { client: 'npm 11.0.1' } }, []],
    ['a token and a package', [{ ecosystem: 'npm', name: 'left-pad' }], { callers: { token: 'bob' } }, [4, 6]],
    ['nobody', null, { callers: { token: `' or 1=1 --` } }, []],
    ['a time alone', null, { since: new Date(8000), until: new Date(WEEK) }, [8, 9, 10]],
    ['everything', null, { limit: 3 }, [1, 2, 3]],
  ])('finds the lines about %s', async (_, subjects, options, expected) => {
    expect(seqs((await trace(database, subjects, options)).lines)).toEqual(expected)
  })

  it.each<[string, TraceSubject[] | null, TraceOptions]>([
    ['a package', [{ ecosystem: 'npm', name: 'left-pad' }], {}], ['several', [{ ecosystem: 'npm', name: 'left-pad' }, { ecosystem: 'pypi', name: 'left-pad' }, { digest }], {}],
    ['a caller of several weeks', null, { callers: { token: 'ann' } }], ['everything', null, {}],
  ])('pages through %s without losing or repeating a line', async (_, subjects, options) => {
    const all = seqs((await trace(database, subjects, options)).lines)
    for (const limit of [1, 2, 3]) {
      const seen: number[] = []
      for (let cursor: string | undefined; ;) {
        const page = await trace(database, subjects, { ...options, limit, cursor })
        expect(page.lines.length).toBeLessThanOrEqual(limit)
        seen.push(...seqs(page.lines))
        if (page.next === null) break
        cursor = page.next
      }
      expect(seen).toEqual(all)
    }
  })

  it('gives entries back as they were written', async () => {
    const { lines } = await trace(database, [{ digest }], { kinds: ['served'], limit: 1 })
    expect(lines[0]?.entry).toEqual({ at: new Date(3000), ecosystem: 'npm', ...story[2], client: { tool: 'npm', version: '11.0.0', userAgent: 'npm/11.0.0' }, caller: expect.stringMatching(/^[0-9a-f]{64}$/) })
  })

  it.each(['x', '-1', '1; drop table ledger', '9'.repeat(30), 'W10', 'WyJhIiwiYiJd'])('refuses the cursor %j', async (cursor) => {
    await expect(trace(database, [{ digest }], { cursor })).rejects.toMatchObject({ code: 'usage' })
  })

  it.each(['x', '192.0.2.1/33', '192.0.2', '::/129', '', '1'.repeat(1000)])('refuses the address %j', async (address) => {
    await expect(trace(database, null, { callers: { address } })).rejects.toMatchObject({ code: 'usage' })
  })
})

describe('the tracer', () => {
  it('sums up who met it, first and last', async () => {
    const { receivers } = await tracer().trace({ package: 'npm:left-pad' }, { kinds: ['served', 'denied'] })
    expect(receivers).toMatchObject([
      { kind: 'served', name: 'left-pad', version: '1.0.0', token: 'ann', address: '192.0.2.1', client: 'npm 11.0.0', count: 2, first: new Date(3000), last: new Date(5000) },
      { kind: 'served', version: '1.1.0', token: 'bob', address: '192.0.2.2', client: 'npm 11.0.0', count: 1, first: new Date(4000), last: new Date(4000) },
      { kind: 'denied', version: '1.0.0', token: 'bob', address: '192.0.2.2', client: null, count: 1, first: new Date(6000), last: new Date(6000) },
    ])
  })

  it('says so with the first page only', async () => {
    const first = await tracer().trace({ package: 'npm:left-pad' }, { limit: 2 })
    expect(first.receivers.length).toBeGreaterThan(0)
    expect(await tracer().trace({ package: 'npm:left-pad' }, { limit: 2, cursor: first.next ?? '' })).toMatchObject({ receivers: [], complete: true })
  })

  it('finds services that have it, beside who received it', async () => {
    const { lines, receivers } = await tracer().trace({ package: 'npm:left-pad', range: '^1.2.0' })
    expect(seqs(lines)).toEqual([1, 9])
    expect(receivers).toMatchObject([{ kind: 'locked', version: '1.3.0', service: 'shop', source: 'package-lock.json', path: ['express'] }, { kind: 'index' }])
    expect((await tracer().trace({ package: 'npm:left-pad' }, { kinds: ['locked'] })).receivers).toHaveLength(1)
  })

  it.each<[string, TraceAsked, number[]]>([
    ['a range', { package: 'npm:left-pad', range: '>=1.1.0 <2' }, [4]],
    ['a version written otherwise', { package: 'pypi:Left_Pad==1.0' }, [8]],
    ['an indicator', { indicator: 'evil.example' }, [4]],
    ['a campaign', { campaign: 'c1' }, [8]],
    ['a campaign by the id it had', { campaign: 'c0' }, [8]],
    ['an uploader', { actor: 'pypi:eve' }, [8]],
    ['an uploader anywhere', { actor: 'eve' }, [7, 8]],
    ['a digest', { digest }, [3, 5]],
    ['who and what', { package: 'npm:left-pad', address: '192.0.2.0/24', token: 'bob' }, [4]],
  ])('turns %s into lines', async (_, asked, expected) => {
    expect(seqs((await tracer().trace(asked, { kinds: ['served'] })).lines)).toEqual(expected)
  })

  it.each([['npm:none', '^1.2 || >=3 <4'], ['pypi:none', '>=1,<2,!=1.5'], ['go:go.example/none', '>=v1.0.0 <v1.3.0']])('takes the range of %s', async (spec, range) => {
    expect(await tracer().trace({ package: spec, range })).toMatchObject({ lines: [], receivers: [], complete: true })
  })

  it('sums up what a caller did', async () => {
    const { receivers } = await tracer().trace({ host: 'box' }, { kinds: ['served'] })
    expect(receivers).toMatchObject([{ kind: 'served', ecosystem: null, name: null, job: 'build 7' }, { kind: 'served', user: 'carl', address: '2001:DB8:0::7', count: 1 }])
  })

  it.each<[TraceAsked, string, RegExp]>([
    [{ package: 'npm:left-pad', digest }, 'usage', /one thing: package or digest/],
    [{ range: '^1' }, 'usage', /needs a package/],
    [{ package: 'npm:left-pad@1.0.0', range: '^1' }, 'usage', /not both/],
    [{ package: 'npm:left-pad', range: '!!' }, 'usage', /not a range of npm versions: !!/],
    [{ package: 'pypi:left-pad', range: 'latest' }, 'usage', /not a range of pypi versions: latest/],
    [{ package: 'pypi:-x-' }, 'usage', /no pypi package can be called -x-/],
    [{ campaign: 'none' }, 'not-found', /no campaign none/],
    [{ actor: 'npm:nobody' }, 'not-found', /npm:nobody/],
  ])('refuses %j', async (asked, code, message) => {
    await expect(tracer().trace(asked)).rejects.toMatchObject({ code, message: expect.stringMatching(message) })
  })
})
