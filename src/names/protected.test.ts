import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Policy, PrivateName } from '../core/policy.ts'
import type { EcosystemId } from '../core/types.ts'
import { createLedger } from '../ledger/append.ts'
import type { Ledger } from '../ledger/append.ts'
import type { Database } from '../ports/database.ts'
import { LISTS, ProtectedNames } from './protected.ts'

let folder: string
let database: Database
let ledger: Ledger
let policy: Policy
let queries: number
let fails: boolean
const NOW = new Date('2026-06-01T00:00:00Z')

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-protected-'))
  database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  ledger = createLedger({ database, onHead: () => undefined })
  ours()
  queries = 0
  fails = false
  // Few popular names, so that each test builds its indexes in no time.
  await popular('npm', ['react', 'lodash', 'core-js', 'core-util-is', 'core-decorators', 'config'])
  await popular('pypi', ['requests', 'redis', 'data-tools', 'data-io', 'data-kit', 'config'])
  await popular('go', ['github.com/gorilla/mux'])
})

afterEach(async () => {
  await ledger.close()
  await database.close()
  await rm(folder, { recursive: true, force: true })
})

const popular = async (ecosystem: EcosystemId, names: readonly string[]): Promise<void> => {
  await database.query.deleteFrom('popular').where('ecosystem', '=', ecosystem).execute()
  await database.query.insertInto('popular').values(names.map((name, at) => ({ ecosystem, name, rank: at + 1 }))).execute()
}
function ours(...entries: [EcosystemId, string][]): void {
  policy = { id: JSON.stringify(entries), private: entries.map(([ecosystem, pattern]): PrivateName => ({ ecosystem, pattern, registry: null, ...(ecosystem === 'go' ? { paths: true } : {}) })) } as unknown as Policy
}
const names = (): ProtectedNames => new ProtectedNames({
  clock: { now: () => NOW }, policy: () => policy,
  database: new Proxy(database, {
    get(target, key) {
      if (key === 'query') {
        queries++
        if (fails) throw new Error('the disk is gone')
      }
      return Reflect.get(target, key) as unknown
    },
  }),
})
const ready = async (): Promise<ProtectedNames> => {
  const all = names()
  await all.ready()
  return all
}
const asked = (kind: 'served' | 'index' | 'denied', ecosystem: EcosystemId, name: string, at = NOW) =>
  ledger.append({ at, kind, ecosystem, name, ...(kind === 'index' ? {} : { version: '1.0', file: `${name}-1.0` }) })

describe('names of this organisation', () => {
  it.each<[string, [EcosystemId, string], [EcosystemId, string], string | null]>([
    ['a scope is a word elsewhere', ['npm', '@acme/*'], ['pypi', 'acme-billing'], 'npm:@acme/*'],
    ['a scope is itself at its own registry', ['npm', '@acme/*'], ['npm', '@acme/billing'], 'npm:@acme/billing'],
    ['a name under a scope', ['npm', '@acme/billing'], ['pypi', 'acme-billing'], 'npm:@acme/billing'],
    ['dots and underscores are dashes there', ['npm', '@acme/bill_ing.js'], ['pypi', 'acme-bill-ing-js'], 'npm:@acme/bill_ing.js'],
    ['the other way', ['pypi', 'acme-*'], ['npm', 'acme-billing'], 'pypi:acme-*'],
    ['not what only begins alike', ['npm', '@acme/*'], ['pypi', 'acmetool'], null],
    ['too little is literal', ['npm', '@ab/*'], ['pypi', 'ab-tool'], null],
    ['nothing is literal', ['npm', '*'], ['pypi', 'requests'], null],
    ['an ordinary word', ['npm', '@data/*'], ['pypi', 'data-anything'], null],
    ['an ordinary word, the other way', ['pypi', 'core-*'], ['npm', 'core-anything'], null],
    ['what is popular there is nobody\'s', ['npm', 'config'], ['pypi', 'config'], null],
    ['what is popular there is ours at our own', ['npm', 'config'], ['npm', 'config'], 'npm:config'],
    ['a path covers what is below it', ['go', 'git.acme.example/team'], ['go', 'git.acme.example/team/mod/v2'], 'go:git.acme.example/team/mod/v2'],
    ['a path means nothing elsewhere', ['go', 'git.acme.example/team'], ['npm', 'team'], null],
    ['nothing is asked of absurd names', ['npm', '@acme/*'], ['pypi', '__proto__'], null],
  ])('%s', async (_, pattern, [ecosystem, name], expected) => {
    ours(pattern)
    const mine = (await ready()).mine(ecosystem, name)
    expect(mine && `${mine.ecosystem}:${mine.name}`).toBe(expected)
  })

  it('count by the latest that was done with each: delivered, or only asked for, and within half a year', async () => {
    ours(['npm', 'internal-*'])
    const ago = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000)
    for (const [kind, name, days] of [['served', 'once', 300], ['index', 'once', 1], ['served', 'still', 300], ['served', 'still', 100], ['index', 'internal-old', 300], ['denied', 'internal-new', 100]] as const) await asked(kind, 'npm', name, ago(days))
    const all = await ready()
    expect(['once', 'still', 'internal-old', 'internal-new'].map((name) => all.protectedAs('npm', name)?.why ?? null)).toEqual([null, 'used', null, 'private'])
  })

  it('are those that clients asked for, too, and their namesakes', async () => {
    ours(['npm', 'internal-*'])
    await asked('denied', 'npm', 'internal-x')
    await asked('index', 'npm', 'unrelated')
    const all = await ready()
    expect(all.privateNames()).toEqual([{ ecosystem: 'npm', name: 'internal-x' }])
    expect(all.protectedAs('npm', 'internal-x')?.why).toBe('private')
    expect(all.protectedAs('npm', 'unrelated')).toBeNull()
    expect(all.mine('pypi', 'internal-x')).toMatchObject({ ecosystem: 'npm' })
    expect(all.isPrivate('npm', 'internal-other')).toBe(true)
    expect(all.isPrivate('pypi', 'internal-x')).toBe(false)
  })

  it('change with the policy, and those of the one before are forgotten', async () => {
    ours(['npm', '@acme/billing'])
    const all = await ready()
    expect([all.mine('pypi', 'acme-billing') !== null, all.counts().npm.private]).toEqual([true, 1])
    ours(['npm', '@other/thing'])
    await all.catchUp()
    expect([all.mine('pypi', 'acme-billing'), all.protectedAs('npm', '@acme/billing'), all.counts().npm.private]).toEqual([null, null, 1])
    expect(all.mine('pypi', 'other-thing')).toEqual({ ecosystem: 'npm', name: '@other/thing' })
  })

  it('are found among thousands without comparing each', async () => {
    ours(...Array.from({ length: 5_000 }, (_, at): [EcosystemId, string] => ['npm', `@acme/part-${at}`]))
    const all = await ready()
    expect(all.mine('pypi', 'acme-part-4999')).toEqual({ ecosystem: 'npm', name: '@acme/part-4999' })
    expect(all.mine('pypi', 'acme-part-5000')).toBeNull()
  })
})

describe('names that are used here', () => {
  it('become protected with the next look, and a doubt about them ends', async () => {
    const all = await ready()
    expect((await all.near('pypi', 'reqests'))?.target).toBe('requests')
    await asked('served', 'pypi', 'reqests')
    await asked('served', 'pypi', 'our-favourite')
    await all.catchUp()
    expect(all.protectedAs('pypi', 'our-favourite')).toMatchObject({ why: 'used' })
    expect(await all.near('pypi', 'reqests')).toBeNull()
    expect(all.check('pypi', 'our-favourit')[0]?.target).toMatchObject({ name: 'our-favourite', why: 'used' })
  })

  it('are those of lockfiles, too, also where they are read while the indexes are built anew', async () => {
    const learn = (name: string) => database.query.insertInto('names_used').values({ ecosystem: 'pypi', name, source: 'uv.lock', at: NOW.getTime() }).execute()
    const all = await ready()
    await learn('from-a-lockfile')
    await asked('served', 'pypi', 'from-the-ledger')
    await Promise.all([all.catchUp(), all.rebuild(), all.catchUp()])
    await all.catchUp()
    expect([all.protectedAs('pypi', 'from-a-lockfile')?.why, all.protectedAs('pypi', 'from-the-ledger')?.why]).toEqual(['used', 'used'])
  })

  it('are not those of long ago, nor what was refused', async () => {
    await asked('served', 'pypi', 'long-ago', new Date('2025-01-01'))
    await asked('denied', 'pypi', 'refused-one')
    const all = await ready()
    expect([all.protectedAs('pypi', 'long-ago'), all.protectedAs('pypi', 'refused-one')]).toEqual([null, null])
  })

  it('become private ones where a pattern covers them, without a new index', async () => {
    ours(['npm', 'internal-*'])
    const all = await ready()
    await asked('denied', 'npm', 'internal-late')
    await all.catchUp()
    expect([all.protectedAs('npm', 'internal-late')?.why, all.mine('pypi', 'internal-late')?.name, all.counts().npm.private]).toEqual(['private', 'internal-late', 1])
  })

  it('cost a few questions where nothing changed, however many there are', async () => {
    await Promise.all(Array.from({ length: 3_000 }, (_, at) => asked('served', 'npm', `used-${at}`)))
    const all = await ready()
    await all.catchUp()
    queries = 0
    await all.catchUp()
    expect(queries).toBeLessThanOrEqual(5)
    expect(all.protectedAs('npm', 'used-2999')?.why).toBe('used')
  })
})

describe('popular names', () => {
  it('are those that were imported, also by another process', async () => {
    const all = await ready()
    expect(all.counts().pypi).toEqual({ popular: 6, imported: true, private: 0 })
    expect([all.rankOf('pypi', 'redis'), all.rankOf('npm', 'redis'), all.rankOf('pypi', '__proto__')]).toEqual([2, null, null])
    await popular('pypi', ['something-else'])
    await all.catchUp()
    expect(all.rankOf('pypi', 'redis')).toBe(2)
    await database.query.insertInto('settings').values({ key: LISTS, value: 'another' }).execute()
    await all.catchUp()
    expect([all.rankOf('pypi', 'redis'), all.rankOf('pypi', 'something-else')]).toEqual([null, 1])
  })

  it('are the built-in ones where none were', async () => {
    await database.query.deleteFrom('popular').where('ecosystem', '=', 'go').execute()
    const { go } = (await ready()).counts()
    expect(go.imported).toBe(false)
    expect(go.popular).toBeGreaterThan(500)
  })

  it('answer nothing before they are read, and are read again after that failed', async () => {
    const all = names()
    expect([all.check('pypi', 'reqests'), all.mine('pypi', 'x'), all.privateNames(), all.counts().npm.popular]).toEqual([[], null, [], 0])
    fails = true
    await expect(all.ready()).rejects.toThrow('the disk is gone')
    fails = false
    await all.ready()
    expect((await all.near('pypi', 'reqests'))?.target).toBe('requests')
  })

  it('are the old ones when building anew fails', async () => {
    const all = await ready()
    fails = true
    await expect(all.rebuild()).rejects.toThrow('the disk is gone')
    fails = false
    await all.ready()
    expect((await all.near('pypi', 'reqests'))?.target).toBe('requests')
  })
})
