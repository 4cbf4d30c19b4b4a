import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../../adapters/embedded/database.ts'
import type { GivenFile } from '../../host/lockfiles/index.ts'
import { readEach } from '../../host/lockfiles/index.ts'
import { bytesOf } from '../../host/lockfiles/testing.ts'
import type { Database } from '../../ports/database.ts'
import type { Pool } from '../../workers/pool.ts'
import { Inventory } from './inventory.ts'

const DAY = 86_400_000
const START = Date.parse('2026-05-01T00:00:00Z')
let folder: string
let database: Database
let inventory: Inventory
let now: number

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-inventory-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  now = START
  // What a worker does, without one.
  const pool = { run: (job: { files: readonly GivenFile[] }) => Promise.resolve(readEach(job.files)) } as unknown as Pool
  inventory = new Inventory({ database, clock: { now: () => new Date(now) }, pool })
})

afterEach(async () => {
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

const lock = (packages: Readonly<Record<string, string>>): string => JSON.stringify({
  lockfileVersion: 3, packages: { '': { dependencies: { top: '*' } }, 'node_modules/top': { version: '1.0.0', dependencies: packages }, ...Object.fromEntries(Object.entries(packages).map(([name, version]) => [`node_modules/${name}`, { version, integrity: 'sha512-AAAA' }])) },
})
const add = (text: string, more: Partial<Parameters<Inventory['add']>[0]> = {}) =>
  inventory.add({ service: 'checkout', files: [{ path: 'package-lock.json', bytes: bytesOf(text) }], revision: 'abc', by: 'ci', complete: false, ...more })
const had = async (spec: string, when: Date | 'now' | 'ever') => {
  const [name = '', version = null] = spec.split('@')
  return (await inventory.who({ ecosystem: 'npm', name, version }, when)).map((one) => `${one.service} ${one.source} ${one.version} ${one.path.join('>')} ${(one.firstAt.getTime() - START) / DAY}-${(one.lastAt.getTime() - START) / DAY}-${one.goneAt === null ? '' : (one.goneAt.getTime() - START) / DAY}`)
}
const on = (day: number): Date => new Date(START + day * DAY + 1)

describe('what a service has', () => {
  it('is told with the way in, and answers who had it on a day', async () => {
    expect(await add(lock({ evil: '1.0.1' }))).toEqual({ service: 'checkout', files: [{ source: 'package-lock.json', format: 'package-lock 3', packages: 2, added: 2, gone: 0 }], refused: [], ended: [] })
    now += DAY
    expect((await add(lock({ evil: '1.0.1' }))).files).toMatchObject([{ added: 0, gone: 0 }])
    now += DAY
    expect((await add(lock({ evil: '1.0.2' }))).files).toMatchObject([{ added: 1, gone: 1 }])
    now += DAY
    await add(lock({ evil: '1.0.1' }))
    expect(await had('evil@1.0.1', 'ever')).toEqual(['checkout package-lock.json 1.0.1 top 3-3-', 'checkout package-lock.json 1.0.1 top 0-1-2'])
    expect(await had('evil@1.0.1', on(1))).toEqual(['checkout package-lock.json 1.0.1 top 0-1-2'])
    expect(await had('evil@1.0.1', on(2))).toEqual([])
    expect(await had('evil', on(2))).toEqual(['checkout package-lock.json 1.0.2 top 2-2-3'])
    expect(await had('evil', 'now')).toEqual(['checkout package-lock.json 1.0.1 top 3-3-'])
    expect(await had('__proto__', 'ever')).toEqual([])
  })

  it.each([
    ['cut off', lock({ evil: '1.0.1', other: '2.0.0' }).slice(0, -60)], ['with a conflict', `<<<<<<< HEAD\n${lock({})}`], ['of another kind of value', '{ "lockfileVersion": 3, "packages": [] }'],
  ])('stays as it was where the file is broken: %s', async (_what, text) => {
    await add(lock({ evil: '1.0.1' }))
    now += DAY
    const { files, refused } = await add(text)
    expect([files, refused]).toEqual([[], [{ source: 'package-lock.json', line: expect.any(Number) as number, says: expect.any(String) as string }]])
    expect(await had('evil@1.0.1', 'now')).toEqual(['checkout package-lock.json 1.0.1 top 0-0-'])
  })

  it('ends where a file that was known has no package any more, not where it cannot be understood', async () => {
    await add(lock({ evil: '1.0.1' }))
    now += DAY
    await expect(add('{ "lockfileVersion": 99, "packagez": {} }')).rejects.toMatchObject({ code: 'usage' })
    expect(await had('evil', 'now')).toHaveLength(1)
    expect((await add('{ "lockfileVersion": 3, "packages": { "": {} } }')).files).toMatchObject([{ packages: 0, gone: 2 }])
    expect([await had('evil', 'now'), await had('evil', 'ever')]).toEqual([[], ['checkout package-lock.json 1.0.1 top 0-0-1']])
  })

  it('takes what is whole beside what is broken', async () => {
    const { files, refused } = await add('', { files: [{ path: 'a/package-lock.json', bytes: bytesOf('{ "packages') }, { path: './b/go.mod', bytes: bytesOf('module x.example/y\nrequire z.example/w v1.0.0\n') }, { path: 'x.txt', bytes: bytesOf('') }] })
    expect(files.map(({ source, packages }) => [source, packages])).toEqual([['b/go.mod', 1]])
    expect(refused.map(({ source }) => source).sort()).toEqual(['a/package-lock.json', 'x.txt'])
  })

  it('ends in files that are no longer told of, where these are all', async () => {
    await add(lock({ evil: '1.0.1' }))
    now += DAY
    const told = await add('', { files: [{ path: 'new/package-lock.json', bytes: bytesOf(lock({ fine: '1.0.0' })) }], complete: true })
    expect(told.ended).toEqual(['package-lock.json'])
    expect(await had('evil', 'now')).toEqual([])
    expect(await had('evil', 'ever')).toEqual(['checkout package-lock.json 1.0.1 top 0-0-1'])
    now += DAY
    // The same file again is a change, because it was gone.
    expect((await add(lock({ evil: '1.0.1' }))).files).toMatchObject([{ added: 2 }])
  })

  it('is listed, shown and removed', async () => {
    await add(lock({ evil: '1.0.1' }))
    expect(await inventory.services()).toMatchObject([{ name: 'checkout', files: 1, packages: 2 }])
    expect(await inventory.show('checkout', null)).toMatchObject({ complete: true, files: [{ source: 'package-lock.json', revision: 'abc', by: 'ci' }], items: [{ name: 'evil', direct: false, path: ['top'] }, { name: 'top', direct: true, path: [] }] })
    await expect(inventory.show('nobody', null)).rejects.toMatchObject({ code: 'not-found' })
    await expect(inventory.remove('checkout', { source: 'x', forget: false })).rejects.toMatchObject({ code: 'not-found' })
    now += DAY
    expect(await inventory.remove('checkout', { source: null, forget: false })).toEqual({ ended: 2 })
    expect(await had('evil', 'ever')).toEqual(['checkout package-lock.json 1.0.1 top 0-0-1'])
    await inventory.remove('checkout', { source: null, forget: true })
    expect([await inventory.services(), await had('evil', 'ever')]).toEqual([[], []])
  })

  it.each<[string, Partial<Parameters<Inventory['add']>[0]>, RegExp]>([
    ['a name that is none', { service: 'a\u0000b' }, /a service needs a name/], ['no files', { files: [] }, /no files were given/],
    ['a manifest alone', { files: [{ path: 'package.json', bytes: bytesOf('{ "dependencies": { "a": "1.0.0" } }') }] }, /none of these files says which versions/],
  ])('is not told by %s', async (_what, more, says) => {
    await expect(add(lock({}), more)).rejects.toThrow(says)
  })

  it('takes a lockfile of twenty thousand packages, and the next one that differs by one', async () => {
    const packages = (last: string) => Object.fromEntries(Array.from({ length: 20_000 }, (_, at) => [`p${at}`, at === 19_999 ? last : '1.0.0']))
    expect((await add(lock(packages('1.0.0')))).files).toMatchObject([{ packages: 20_001, added: 20_001 }])
    now += DAY
    expect((await add(lock(packages('2.0.0')))).files).toMatchObject([{ added: 1, gone: 1 }])
  })
})
