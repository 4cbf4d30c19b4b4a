import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import { rankActors, showActor, uploadsOf } from './actors.ts'
import { Campaigns } from './campaigns.ts'
import type { Sighting } from './sighting.ts'
import { Watchlist } from './watchlist.ts'

const NOW = new Date('2026-03-01T00:00:00Z')
const clock = { now: () => NOW }
const HOUR = 3_600_000

let folder: string
let database: Database
let campaigns: Campaigns
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-actors-'))
  database = await openDatabase(join(folder, 'test.db'))
  await database.migrate()
  campaigns = await Campaigns.open(database, clock)
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const seen = (ecosystem: Sighting['ecosystem'], name: string, more: Partial<Sighting>): Sighting => ({
  ecosystem, name, version: '1.0.0', at: new Date(NOW.getTime() - HOUR), account: null, emails: [], indicators: [], sketch: null, files: [],
  imitates: null, description: '', readme: null, metadataFrom: null, dependencies: [], malicious: null, known: false, ...more,
})

describe('actors', () => {
  it('are ranked by what they published that is malicious, at each registry', async () => {
    const mallory = { account: 'Mallory', emails: ['m@mail.example'] }
    const outcomes = await campaigns.observe([
      seen('npm', 'a', { ...mallory, malicious: true, at: new Date(NOW.getTime() - 50 * HOUR) }), seen('npm', 'b', { ...mallory, malicious: true }), seen('npm', 'c', { ...mallory, malicious: true }), seen('npm', 'd', mallory),
      seen('pypi', 'a', { emails: ['m@mail.example'], malicious: true }), seen('npm', 'e', { account: 'eve', malicious: true }), seen('npm', 'f', { account: 'honest', malicious: false }),
      seen('go', 'forge.example/trudy/mod', { malicious: true }),
    ])
    const campaign = outcomes[2]?.campaign
    expect((await rankActors(database, { ecosystem: 'npm' })).map(({ actor, malicious, packages }) => [actor, malicious, packages])).toEqual([['m@mail.example', 3, 4], ['mallory', 3, 4], ['eve', 1, 1]])
    expect(await rankActors(database, { limit: 1 })).toEqual([{
      ecosystem: 'npm', actor: 'm@mail.example', malicious: 3, packages: 4, firstSeen: new Date(NOW.getTime() - 50 * HOUR), lastSeen: new Date(NOW.getTime() - HOUR), campaigns: [campaign],
    }])
    expect((await rankActors(database, { ecosystem: 'go' }))[0]?.actor).toBe('forge.example/trudy')
    expect(await showActor(database, 'npm', 'EVE')).toMatchObject({ actor: 'eve', malicious: 1, campaigns: [] })
    expect(await showActor(database, 'npm', 'nobody')).toBeNull()
  })

  it('are judged by the last word on each package, also where it names nobody', async () => {
    await campaigns.observe([seen('npm', 'e', { malicious: false }), seen('npm', 'd', { account: 'mallory' })])
    expect((await showActor(database, 'npm', 'eve'))?.malicious).toBe(0)
    await campaigns.observe([seen('npm', 'e', { account: 'eve', malicious: true }), seen('npm', 'e', { account: 'eve', version: '2.0.0' })])
    expect((await showActor(database, 'npm', 'eve'))?.malicious).toBe(1)
    await campaigns.observe([seen('npm', 'late', { malicious: true }), seen('npm', 'late', { account: 'Later' })])
    expect(await showActor(database, 'npm', 'later')).toMatchObject({ malicious: 1, packages: 1 })
    await campaigns.observe([seen('npm', 'old', { account: 'Veteran', known: true }), seen('npm', 'old', { malicious: true })])
    await (await Campaigns.open(database, clock)).observe([seen('npm', 'old', { malicious: false })])
    expect(await showActor(database, 'npm', 'veteran')).toMatchObject({ malicious: 0, packages: 1 })
    expect((await uploadsOf(database, 'npm', 'mallory')).map(({ name, malicious }) => [name, malicious])).toEqual([['b', true], ['c', true], ['d', false], ['a', true]])
  })
})

describe('the watch-list', () => {
  it('knows accounts at their registry and addresses everywhere, after a restart and from other processes', async () => {
    const list = await Watchlist.open(database, clock)
    const other = await Watchlist.open(database, clock)
    expect(list.isWatched('npm', { account: 'mallory', emails: [] })).toBeNull()
    await list.add({ ecosystem: 'npm', actor: ' Mallory ', because: 'case 7', by: 'ann' })
    await list.add({ ecosystem: 'npm', actor: 'M@mail.example', because: 'case 7', by: 'ann' })
    expect(list.isWatched('npm', { account: 'MALLORY', emails: [] })).toEqual({ ecosystem: 'npm', actor: 'mallory', because: 'case 7', by: 'ann', at: NOW })
    expect(list.isWatched('pypi', { account: 'mallory', emails: [] })).toBeNull()
    expect(list.isWatched('pypi', { account: null, emails: ['x@mail.example', 'm@MAIL.example'] })?.actor).toBe('m@mail.example')
    expect(other.isWatched('npm', { account: 'mallory', emails: [] })).toBeNull()
    await other.refresh()
    expect(other.list().map(({ actor }) => actor)).toEqual(['m@mail.example', 'mallory'])
    expect([await other.remove('npm', 'MALLORY'), await other.remove('npm', 'mallory')]).toEqual([true, false])
    expect(other.isWatched('npm', { account: 'mallory', emails: [] })).toBeNull()
    expect(other.isWatched('npm', { account: '__proto__', emails: ['constructor'] })).toBeNull()
  })
})
