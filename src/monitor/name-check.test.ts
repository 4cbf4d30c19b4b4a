import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Watchlist } from '../campaigns/watchlist.ts'
import { identityOf } from '../core/identity.ts'
import type { RawIdentity } from '../core/identity.ts'
import type { Policy } from '../core/policy.ts'
import type { EcosystemId } from '../core/types.ts'
import { ProtectedNames } from '../names/protected.ts'
import type { Database } from '../ports/database.ts'
import { exposedNames } from './exposed.ts'
import { onDisk } from './feeds/testing.ts'
import type { Identities } from './identities.ts'
import { checkName } from './name-check.ts'

const NOW = new Date('2026-01-01T00:00:00Z')
const clock = { now: () => NOW }
const ago = (days: number): Date => new Date(NOW.getTime() - days * 86_400_000)

let disk: Awaited<ReturnType<typeof onDisk>>
let database: Database
let names: ProtectedNames
let [asked, registry]: [string[], Map<string, RawIdentity | Error>] = [[], new Map()]

beforeEach(async () => {
  disk = await onDisk()
  database = await disk.open()
  for (const [ecosystem, popular] of Object.entries({ npm: ['react', 'lodash'], pypi: ['requests'], go: ['github.com/gorilla/mux'] })) {
    await database.query.insertInto('popular').values(popular.map((name, at) => ({ ecosystem, name, rank: at + 1 }))).execute()
  }
  const ours = [['npm', '@acme/billing'], ['npm', '@acme/*'], ['pypi', 'acme-tools'], ['go', 'git.acme.example/x']] as const
  names = new ProtectedNames({ database, clock, policy: () => ({ id: 'p', private: ours.map(([ecosystem, pattern]) => ({ ecosystem, pattern, registry: null })) }) as unknown as Policy })
  await names.ready()
  ;[asked, registry] = [[], new Map()]
})
afterEach(() => disk.remove())

const identities = {
  of(ecosystem: EcosystemId, name: string) {
    asked.push(`${ecosystem}:${name}`)
    const found = registry.get(`${ecosystem}:${name}`)
    return found instanceof Error ? Promise.reject(found) : Promise.resolve(found ? identityOf(ecosystem, name, found) : null)
  },
} as unknown as Identities
const check = async (ecosystem: EcosystemId, name: string, look = true) => checkName({ identities, names, clock, watchlist: await Watchlist.open(database, clock), isOn: () => look }, { ecosystem, name })
const releases = (count: number, first: number): RawIdentity => ({ accounts: ['somebody'], releases: Array.from({ length: count }, (_, at) => ({ version: `1.${at}`, at: ago(first - at / count) })) })

describe('a name', () => {
  it('that resembles a protected one is an alarm by itself, and no registry is asked where that is not wanted', async () => {
    expect(await check('npm', 'raect', false)).toMatchObject({ level: 'alarm', meant: 'react', looked: false, because: [expect.stringContaining('`raect` swaps two letters of `react`'), expect.anything()] })
    expect(asked).toEqual([])
    expect((await check('npm', 'raect', false)).because.join()).not.toContain('history')
  })

  it('is cleared by who it is', async () => {
    registry.set('npm:raect', releases(60, 2_000))
    registry.set('npm:react', releases(60, 1_000))
    expect(await check('npm', 'raect')).toMatchObject({ level: 'none', looked: true, meant: null, problem: null })
  })

  it('is an alarm with its history where it is new, and where the target cannot be asked', async () => {
    registry.set('npm:raect', releases(1, 1))
    registry.set('npm:react', new Error('upstream answered 500'))
    const found = await check('npm', 'raect')
    expect(found).toMatchObject({ level: 'alarm', looked: true, meant: 'react', because: expect.arrayContaining(['1 release, the first of 2025-12-31']) })
    expect(new Set(found.because).size).toBe(found.because.length)
    expect(found.because.join()).not.toContain('likeness')
  })

  it('that nobody has is worth a look: whoever takes it has the installs', async () => {
    expect(await check('pypi', 'something-quite-else')).toMatchObject({ level: 'note', meant: null, because: ['the registry has no something-quite-else: whoever registers it has your installs'] })
  })

  it('is judged by itself where its registry is in trouble, which is said', async () => {
    registry.set('npm:raect', new Error('upstream answered 500 for raect'))
    expect(await check('npm', 'raect')).toMatchObject({ level: 'alarm', looked: false, problem: 'upstream answered 500 for raect' })
    registry.set('npm:fine-thing', releases(1, 1))
    registry.set('pypi:fine-thing', new Error('no route'))
    expect(await check('npm', 'fine-thing')).toMatchObject({ level: 'none', looked: true, problem: 'pypi could not be asked about this name: no route' })
  })

  it.each([['npm', '@acme/billing'], ['npm', '@acme/never-used'], ['pypi', 'Acme.Tools']] as const)('of ours is asked of no public registry: %s:%s', async (ecosystem, name) => {
    expect(await check(ecosystem, name)).toMatchObject({ level: 'none', protected: 'private', looked: false })
    expect(asked).toEqual([])
  })

  it('that somebody else has, and is called as ours elsewhere, is an alarm', async () => {
    registry.set('pypi:acme-billing', releases(1, 1))
    expect(await check('pypi', 'acme-billing')).toMatchObject({ level: 'alarm', because: expect.arrayContaining([expect.stringContaining('which is npm:@acme/billing here')]) })
  })

  it.each([['npm', '../x'], ['npm', ''], ['pypi', 'a b'], ['go', 'nodot'], ['npm', '\u001b[2J'], ['npm', 'x'.repeat(10_000)]] as const)('that no package can have is bad usage: %s %j', async (ecosystem, name) => {
    const failed = await check(ecosystem, name).catch((thrown: unknown) => thrown as Error)
    expect(failed).toMatchObject({ code: 'usage', message: expect.stringContaining(`no ${ecosystem} package can be called`) })
    expect((failed as Error).message).not.toContain('\u001b')
    expect((failed as Error).message.length).toBeLessThan(200)
  })
})

describe('exposed names', () => {
  const exposed = async (isOn: (ecosystem: EcosystemId) => boolean = () => true) => {
    const seen: string[] = []
    const all = await exposedNames({ names, identities, isOn, progress: (done, of) => seen.push(`${done}/${of}`) })
    return { seen, all: all.map(({ mine, ecosystem, name, state, says }) => `${mine.ecosystem}:${mine.name} at ${ecosystem} as ${name}: ${state}, ${says}`).sort() }
  }

  it('are free, taken or not known, at every registry where they could be', async () => {
    registry.set('pypi:acme-tools', { ...releases(2, 9), publisher: 'mallory', description: 'a \u001b[2Jthing' })
    registry.set('npm:acme-tools', new Error('upstream answered 500'))
    const { all, seen } = await exposed()
    expect(all).toEqual([
      'npm:@acme/billing at npm as @acme/billing: free, free to whoever owns the scope @acme', 'npm:@acme/billing at pypi as acme-billing: free, free: anybody can register it',
      'pypi:acme-tools at npm as acme-tools: unknown, upstream answered 500', 'pypi:acme-tools at pypi as acme-tools: taken, belongs to mallory; 2 releases; a  [2Jthing',
    ])
    expect(seen).toEqual(['4/4'])
  })

  it('are not asked of a registry that is off', async () => {
    expect((await exposed((ecosystem) => ecosystem === 'npm')).all).toHaveLength(2)
    expect(asked.every((one) => one.startsWith('npm:'))).toBe(true)
  })
})
