import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { ExposureSubject, Met } from '../core/exposure.ts'
import type { Database } from '../ports/database.ts'
import { link } from './chain.ts'
import { canonical } from './entry.ts'
import type { LedgerEntry } from './entry.ts'
import { exposureOf } from './exposure.ts'

const DAY = 86_400_000
const START = Date.parse('2026-03-02T00:00:00Z')
const digest = (letter: string) => `sha256:${letter.repeat(64)}` as const
const npm = { tool: 'npm', version: '11.0.0', userAgent: 'npm/11.0.0', ci: null } as const
const ann = { token: 'web', client: npm, address: '192.0.2.1', forwarded: { user: 'ann', host: 'ann-laptop' } }
const bob = { token: 'web', client: npm, address: '192.0.2.2', forwarded: { user: 'bob', host: 'bob-laptop' } }
const job = { token: 'ci', client: npm, address: '10.0.0.9', forwarded: { job: 'build 7', url: 'https://ci.example/7', address: '198.51.100.7' } }

/** By days from the start. */
const story: readonly [day: number, Partial<LedgerEntry>][] = [
  [0, { kind: 'index', name: 'up', ...ann }],
  [0, { kind: 'served', name: 'up', version: '1.0.0', file: 'up-1.0.0.tgz', digest: digest('a'), ...ann }],
  [9, { kind: 'served', name: 'up', version: '1.0.0', file: 'up-1.0.0.tgz', digest: digest('a'), ...ann }],
  [10, { kind: 'served', name: 'up', version: '1.0.0', file: 'up-1.0.0.tgz', digest: digest('a'), ...job }],
  [11, { kind: 'served', name: 'up', version: '2.0.0', file: 'up-2.0.0.tgz', digest: digest('b'), ...bob }],
  [12, { kind: 'denied', name: 'up', version: '1.0.0', ...bob }],
  [11.5, { kind: 'denied', name: 'up', version: '2.0.0', ...job }],
  [13, { kind: 'decided', name: 'up', version: '1.0.0', digest: digest('a') }],
  [14, { kind: 'served', name: 'down', version: '1.0.0', file: 'down-1.0.0.tgz', digest: digest('a'), ...bob }],
  [15, { kind: 'served', ecosystem: 'pypi', name: 'up', version: '1.0', file: 'up-1.0.whl', digest: digest('c'), ...ann }],
  [16, { kind: 'served', ecosystem: 'pypi', name: 'up', version: '1.0', file: 'up-1.0.tar.gz', digest: digest('d'), ...bob }],
]

let folder: string
let database: Database

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-exposure-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  await database.appendLedger(story.map(([day, entry]) => canonical({ at: new Date(START + day * DAY), kind: 'served', ecosystem: 'npm', ...entry })))
  await database.query.insertInto('services').values({ id: 's1', name: 'shop', added_at: START }).execute()
  await database.query.insertInto('inventories').values({
    id: 'i1', service: 's1', source: 'web/package-lock.json', format: 'package-lock', digest: 'x', revision: null, packages: 2, problems: '[]', by: 'ci', first_at: START, last_at: START + DAY,
  }).execute()
  await database.query.insertInto('inventory_items').values([
    { inventory: 'i1', ecosystem: 'npm', name: 'up', version: '1.0.0', direct: 0, path: '["express","side"]', digests: '["sha512:00"]', first_at: START, last_at: START + DAY, gone_at: null },
    { inventory: 'i1', ecosystem: 'pypi', name: 'up', version: '1.0.0', direct: 1, path: '[]', digests: JSON.stringify([digest('c')]), first_at: START, last_at: START + DAY, gone_at: null },
  ]).execute()
})

afterAll(async () => {
  await database.close()
  await rm(folder, { recursive: true })
})

const subject = (wanted: Partial<ExposureSubject>): ExposureSubject => ({ ecosystem: 'npm', name: 'up', version: null, digest: null, ...wanted })
const brief = ({ contact, subject: { version }, user, job: ci, service, count }: Met): string => `${contact} ${version} ${user ?? ci ?? service} ${count}`
const ask = async (subjects: readonly ExposureSubject[], options?: Parameters<typeof exposureOf>[2]) => (await exposureOf(database, subjects, options)).met.map(brief)

describe('exposure', () => {
  it.each<[string, Partial<ExposureSubject>[], string[]]>([
    ['a package', [{}], ['locked 1.0.0 shop 1', 'served 2.0.0 bob 1', 'served 1.0.0 build 7 1', 'served 1.0.0 ann 2', 'denied 1.0.0 bob 1', 'denied 2.0.0 build 7 1', 'index null ann 1']],
    ['a version', [{ version: '1.0.0' }], ['locked 1.0.0 shop 1', 'served 1.0.0 build 7 1', 'served 1.0.0 ann 2', 'denied 1.0.0 bob 1', 'index null ann 1']],
    ['bytes, wherever they went', [{ version: '1.0.0', digest: digest('a') }], ['locked 1.0.0 shop 1', 'served 1.0.0 bob 1', 'served 1.0.0 build 7 1', 'served 1.0.0 ann 2', 'denied 1.0.0 bob 1', 'index null ann 1']],
    ['one file of two', [{ ecosystem: 'pypi', version: '1.0', digest: digest('c') }], ['locked 1.0.0 shop 1', 'served 1.0 ann 1']],
    ['a file that no lockfile has', [{ ecosystem: 'pypi', version: '1.0', digest: digest('d') }], ['served 1.0 bob 1']],
    ['a version written otherwise', [{ ecosystem: 'pypi', version: '1.0.0' }], ['locked 1.0.0 shop 1', 'served 1.0.0 bob 1', 'served 1.0.0 ann 1']],
    ['bytes and their version, once', [{ version: '2.0.0', digest: digest('b') }, { version: '2.0.0' }], ['served 2.0.0 bob 1', 'denied 2.0.0 build 7 1', 'index null ann 1']],
    ['nothing known', [{ name: '__proto__', version: '1.0.0' }, { name: `' or 1=1` }], []],
    ['nothing', [], []],
  ])('names who met %s', async (_, subjects, expected) => {
    expect(await ask(subjects.map(subject))).toEqual(expected)
  })

  it('knows who met it over several periods as one, with first and last', async () => {
    const { met } = await exposureOf(database, [subject({ version: '1.0.0' })])
    expect(met.find(({ user, contact }) => user === 'ann' && contact === 'served')).toEqual({
      contact: 'served', subject: { ecosystem: 'npm', name: 'up', version: '1.0.0' }, token: 'web', user: 'ann', host: 'ann-laptop', address: '192.0.2.1', job: null, client: 'npm 11.0.0',
      service: null, source: null, path: [], count: 2, first: new Date(START), last: new Date(START + 9 * DAY),
    })
    expect(met.find(({ job: ci }) => ci !== null)).toMatchObject({ address: '198.51.100.7' })
    expect(met.find(({ contact }) => contact === 'locked')).toMatchObject({ service: 'shop', source: 'web/package-lock.json', path: ['express', 'side'] })
  })

  it('keeps to a time', async () => {
    expect(await ask([subject({})], { since: new Date(START + 10 * DAY), until: new Date(START + 11.5 * DAY) })).toEqual(['served 2.0.0 bob 1', 'served 1.0.0 build 7 1'])
  })

  it('counts all, also where it lists the gravest only', async () => {
    const found = await exposureOf(database, [subject({})], { limit: 2 })
    expect(found.met.map(brief)).toEqual(['locked 1.0.0 shop 1', 'served 2.0.0 bob 1'])
    expect(found).toMatchObject({ complete: false, totals: { index: 1, denied: 2, served: 3, locked: 1, installed: 0, ran: 0 } })
  })

  it('counts machines that say they have it, or ran it, and says what came past the gate', async () => {
    const at = (day: number): number => START + day * DAY
    const host = (id: string, name: string) => ({ id, name, first_at: at(0), last_at: at(9), complete_at: null, events: 1, refused: 0, unkept: 0, problems: '[]' })
    await database.query.insertInto('hosts').values([host('h1', 'ann-laptop'), host('h2', 'build-7')]).execute()
    const had = (of: string, name: string, version: string, more: object = {}) => ({ host: of, ecosystem: 'npm', name, version, place: '/srv/a', place_hash: `${name}${version}`, digest: null, source: 'inventory', session: null, first_at: at(1), last_at: at(20), said_at: at(20), gone_at: null, ...more })
    await database.query.insertInto('host_packages').values([
      had('h1', 'up', '1.0.0'), had('h1', 'up', '1.0.0', { place: '/srv/b', place_hash: 'b', gone_at: at(21) }), had('h2', 'up', '1.0.0', { gone_at: at(22), last_at: at(2) }), had('h2', 'up', '6.6.6'), had('h2', 'up', '1.0.0', { place_hash: 'c', digest: digest('e') }), had('h2', 'down', ''),
    ]).execute()
    await database.query.insertInto('host_runs').values({ host: 'h1', ecosystem: 'npm', name: 'up', version: '1.0.0', source: 'guard', digest: null, place: '/srv/a', first_at: at(1), last_at: at(3), count: 4 }).execute()
    const machines = async (wanted: Partial<ExposureSubject>, options?: Parameters<typeof exposureOf>[2]) =>
      (await exposureOf(database, [subject(wanted)], { contacts: ['installed', 'ran'], ...options })).met.map(({ contact, host: machine, subject: { version }, count, delivered, source }) => `${contact} ${version} ${machine} ${count} ${delivered} ${source}`)
    expect(await machines({ version: '1.0.0' })).toEqual(['ran 1.0.0 ann-laptop 4 here guard: /srv/a', 'installed 1.0.0 ann-laptop 2 here inventory: /srv/a and 1 more', 'installed 1.0.0 build-7 2 elsewhere inventory: /srv/a and 1 more'])
    expect(await machines({ version: '6.6.6' })).toEqual(['installed 6.6.6 build-7 1 never inventory: /srv/a'])
    expect(await machines({ version: '9.9.9' })).toEqual([])
    expect(await machines({ name: 'down' })).toEqual(['installed null build-7 1 never inventory: /srv/a'])
    expect(await machines({ name: 'down', version: '1.0.0' })).toEqual([])
    expect(await machines({ version: '1.0.0', digest: digest('e') }, { contacts: ['installed'] })).toHaveLength(2)
    expect(await machines({ version: '1.0.0' }, { callers: { host: 'build-7' } })).toEqual(['installed 1.0.0 build-7 2 elsewhere inventory: /srv/a and 1 more'])
    expect(await machines({ version: '1.0.0' }, { callers: { user: 'ann' } })).toEqual([])
    expect(await machines({ version: '1.0.0' }, { since: new Date(at(21)) })).toEqual([])
    expect((await exposureOf(database, [subject({ version: '1.0.0' })], { limit: 1 })).totals).toMatchObject({ installed: 2, ran: 1, locked: 1 })
    for (const table of ['hosts', 'host_packages', 'host_runs'] as const) await database.query.deleteFrom(table).execute()
  })

  it('answers for thousands of subjects', async () => {
    const many = Array.from({ length: 3_000 }, (_, index) => subject({ name: `none-${index}`, version: '1.0.0' }))
    expect(await ask([...many, subject({ version: '2.0.0' })])).toHaveLength(3)
  })

  it('reads lines from before callers', async () => {
    const entry = JSON.stringify({ ...bob, at: new Date(START), kind: 'served', ecosystem: 'go', name: 'go.example/old', version: 'v1.0.0' })
    const { seq, hash } = await database.query.selectFrom('ledger').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirstOrThrow()
    await database.query.insertInto('ledger').values({
      seq: seq + 1, prev: hash, hash: link(hash, entry), entry, at: START, kind: 'served', ecosystem: 'go', name: 'go.example/old', version: 'v1.0.0', file: null, digest: null,
      token: 'web', address: '192.0.2.2', client: 'npm 11.0.0', caller: null,
    }).execute()
    expect(await ask([subject({ ecosystem: 'go', name: 'go.example/old', version: 'v1.0.0' })])).toEqual(['served v1.0.0 bob 1'])
  })
})
