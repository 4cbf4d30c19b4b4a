import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../adapters/embedded/database.ts'
import type { Database } from '../ports/database.ts'
import { Campaigns, rulingsOf } from './campaigns.ts'
import type { Bounds } from './engine.ts'
import { exportCampaign, membersCsv } from './export.ts'
import type { Outcome } from './notices.ts'
import { listCampaigns, membersOf, showCampaign } from './reading.ts'
import type { Sighting } from './sighting.ts'

const NOW = new Date('2026-03-01T00:00:00Z')
const HOUR = 3_600_000
const clock = { now: () => NOW }

let folder: string
let database: Database
let campaigns: Campaigns
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-campaigns-'))
  database = await openDatabase(join(folder, 'test.db'))
  await database.migrate()
})
beforeEach(async () => {
  for (const table of ['campaigns', 'campaign_members', 'campaign_rulings', 'uploads'] as const) await database.query.deleteFrom(table).execute()
  campaigns = await Campaigns.open(database, clock)
})
afterAll(async () => {
  await database.close()
  rmSync(folder, { recursive: true, force: true })
})

const reopened = (bounds: Partial<Bounds> = {}): Promise<Campaigns> => Campaigns.open(database, clock, bounds)

let hour = 0
const seen = (name: string, more: Partial<Sighting> = {}): Sighting => ({
  ecosystem: 'npm', name, version: '3.1.4', at: new Date(NOW.getTime() - 500 * HOUR + (hour += 1) * 60_000), account: null, emails: [], indicators: [], sketch: null, files: [],
  imitates: null, description: '', readme: null, metadataFrom: null, dependencies: [], malicious: null, known: false, ...more,
})
const several = (count: number, more: (index: number) => Partial<Sighting>, prefix = 'pkg'): Sighting[] =>
  Array.from({ length: count }, (_, index) => seen(`${prefix}-${index}`, more(index)))
const changes = (outcomes: readonly Outcome[]): string[] => outcomes.map(({ change }) => change)
const last = (outcomes: readonly Outcome[]): Outcome => outcomes.at(-1) as Outcome
const notices = (outcomes: readonly Outcome[]): string[] => outcomes.flatMap((outcome) => outcome.notices.map(({ change, size }) => `${change} ${size}`))
const domain = (value: string) => ({ indicators: [{ type: 'domain', value }] })

describe('another process', () => {
  const flood = (from: number, to: number): Sighting[] => several(to - from, (index) => ({ account: 'mallory', malicious: true, version: `9.${from + index}.9` }), `bad-${from}`)

  it('that takes over goes on from what the first one wrote, where it reads that before', async () => {
    const second = await reopened()
    await campaigns.observe(flood(0, 6))
    const [before] = await listCampaigns(database)
    await second.reload()
    await second.observe(flood(6, 7))
    expect(await listCampaigns(database)).toEqual([expect.objectContaining({ id: before?.id, size: 7, malicious: 7, declaredAt: before?.declaredAt })])
    expect(before).toMatchObject({ size: 6, malicious: 6 })
  })
})

describe('what ties', () => {
  it.each<[string, boolean, Partial<Sighting>]>([
    ['one account', true, { account: 'mallory' }],
    ['one address', true, { emails: ['m@mail.example'] }],
    ['one wallet, close in time', true, { indicators: [{ type: 'wallet', value: 'bc1qexample' }] }],
    ['one host, the same odd version, close in time', true, { ...domain('drop.example'), version: '99.0.0' }],
    ['a README and a host', true, { readme: 'r', ...domain('drop.example') }],
    ['copied metadata and a file', true, { metadataFrom: 'other', files: ['a'.repeat(64)] }],
    ['nothing', false, {}],
    ['the version, the target and the hour', false, { version: '99.0.0', imitates: 'react' }],
    ['a provider of mail', false, { version: '1.0.0' }],
    ['one file alone', false, { files: ['a'.repeat(64)] }],
    ['copied metadata alone', false, { metadataFrom: 'other' }],
    ['a description', false, { description: 'a package that does the usual things as usual' }],
    ['a file that both have and a description', true, { files: ['a'.repeat(64)], description: 'a package that does the usual things as usual' }],
    ['an address of nobody', false, { emails: ['noreply@mail.example', 'you@host.example', 'x@users.noreply.host.example'] }],
    ['a dependency that is popular', false, { dependencies: ['left-pad'] }],
  ])('%s: %s', async (what, ties, shared) => {
    const emails = what === 'a provider of mail' ? (index: number) => ({ emails: [`p${index}@mail.example`] }) : () => ({})
    const outcomes = await campaigns.observe(several(2, (index) => ({ ...shared, ...emails(index) })))
    expect(changes(outcomes)).toEqual(['none', ties ? 'founded' : 'none'])
    expect(new Set(outcomes.map(({ campaign }) => campaign === null)).size).toBe(ties ? 2 : 1)
  })

  it('takes what becomes known later, in pieces and twice', async () => {
    expect(changes(await campaigns.observe(several(3, () => ({}))))).toEqual(['none', 'none', 'none'])
    const later = several(3, () => ({ account: 'mallory' }))
    expect(changes(await campaigns.observe(later))).toEqual(['none', 'founded', 'joined'])
    expect(changes(await campaigns.observe(later))).toEqual(['none', 'none', 'none'])
    expect(await listCampaigns(database, { undeclared: true })).toMatchObject([{ size: 3 }])
  })

  it('is tied by a dropper and what it drops', async () => {
    const [, dependent] = await campaigns.observe([seen('payload', domain('drop.example')), seen('front', { dependencies: ['payload'], ...domain('drop.example') })])
    expect(dependent?.change).toBe('founded')
  })

  it('lets no established package found anything, but counts what it holds', async () => {
    const outcomes = await campaigns.observe([...several(20, (index) => ({ ...domain('ip-echo.example'), known: true, account: `a${index}` }), 'old'), ...several(3, () => ({ ...domain('ip-echo.example'), version: '99.0.0' }))])
    expect(outcomes.every(({ campaign }) => campaign === null)).toBe(true)
  })

  it('gives no weight to what strangers share', async () => {
    const outcomes = await campaigns.observe(several(40, (index) => ({ ...domain('ip-echo.example'), readme: 'template', files: ['a'.repeat(64)], account: `a${index}` })))
    expect(last(outcomes)).toMatchObject({ campaign: null, change: 'none' })
    const [one] = await campaigns.observe([seen('evil', { ...domain('ip-echo.example'), readme: 'template', files: ['a'.repeat(64)], malicious: true })])
    expect(one?.campaign).toBeNull()
    expect(await listCampaigns(database, { undeclared: true })).toEqual([])
  })
})

describe('when it speaks', () => {
  it('is silent about a suite of forty packages, with one wrong verdict and a name like another\'s', async () => {
    const outcomes = await campaigns.observe(several(40, (index) => ({
      account: 'suite-bot', readme: 'suite', ...domain('suite.example'), malicious: index === 7, imitates: index % 20 === 3 ? 'react' : null,
    }), '@suite/part'))
    expect(notices(outcomes)).toEqual([])
  })

  it('is silent about three hundred at once under one scope, and a build a day', async () => {
    expect(notices(await campaigns.observe(several(300, () => ({ account: 'types-bot' }), '@typings/of')))).toEqual([])
    expect(notices(await campaigns.observe(Array.from({ length: 200 }, (_, day) => seen('nightly', { account: 'ci', version: `1.0.${day}` }))))).toEqual([])
  })

  it('speaks at the third that imitates, and then at sizes that grow', async () => {
    const outcomes = await campaigns.observe(several(120, () => ({ account: 'mallory', imitates: 'react' })))
    expect(changes(outcomes).slice(0, 4)).toEqual(['none', 'founded', 'alert', 'joined'])
    expect(notices(outcomes)).toEqual(['alert 3', 'grew 5', 'grew 10', 'grew 25', 'grew 50', 'grew 100'])
    expect(outcomes[2]?.notices[0]?.reasons).toEqual([{ kind: 'imitates', says: '3 of 3 imitate protected names: react' }])
  })

  it('says later what could not be stored, once', async () => {
    let broken = true
    const failing: Database = { ...database, transaction: (work) => (broken ? Promise.reject(new Error('disk full')) : database.transaction(work)) }
    const trying = await Campaigns.open(failing, clock)
    const batch = several(3, () => ({ account: 'mallory', imitates: 'react' }))
    await expect(trying.observe(batch)).rejects.toThrow('disk full')
    await expect(trying.observe(batch)).rejects.toThrow('disk full')
    broken = false
    expect(notices(await trying.observe(batch))).toEqual(['alert 3'])
    expect(notices(await trying.observe(batch))).toEqual([])
    expect(await listCampaigns(database)).toMatchObject([{ size: 3 }])
  })

  it('speaks of a flood by one account, without any other sign', async () => {
    const outcomes = await campaigns.observe(several(150, (index) => ({ account: 'spammer', at: new Date(NOW.getTime() - HOUR) , description: `${index}` }), 'x').map((one, index) => ({ ...one, name: `${(index * 7919).toString(26)}-free` })))
    expect(notices(outcomes)[0]).toMatch(/^alert/)
    expect(outcomes.flatMap((outcome) => outcome.notices)[0]?.reasons[0]?.kind).toBe('flood')
    expect(last(outcomes).size).toBe(150)
  })

  it('speaks of malicious packages among many that are not, once there are several', async () => {
    await campaigns.observe(several(60, () => ({ account: 'victim' }), '@victim/lib'))
    const outcomes = await campaigns.observe(several(4, () => ({ account: 'victim', malicious: true }), '@victim/evil'))
    expect(notices(outcomes)).toEqual(['alert 3'])
    expect(last(outcomes).size).toBe(4)
  })
})

describe('ids', () => {
  const found = async (account: string, count = 3): Promise<string> => last(await campaigns.observe(several(count, () => ({ account, imitates: 'react' }), account))).campaign as string

  it('stay when campaigns merge: the larger keeps its own, the other becomes an alias', async () => {
    const [small, large] = [await found('a'), await found('b', 6)]
    expect(small).not.toBe(large)
    const [bridge] = await campaigns.observe([seen('bridge', { account: 'a', emails: ['both@mail.example'] })])
    expect(bridge?.campaign).toBe(small)
    const [merged] = await campaigns.observe([seen('b-0', { emails: ['both@mail.example'] })])
    expect(merged).toMatchObject({ campaign: large, change: 'merged', size: 10, notices: [{ change: 'merged', absorbed: small }, { change: 'grew' }] })
    expect(await showCampaign(database, small)).toMatchObject({ id: large, size: 10, aliases: [small] })
    expect((await membersOf(database, large)).map(({ name }) => name).sort()).toEqual(['a-0', 'a-1', 'a-2', 'b-0', 'b-1', 'b-2', 'b-3', 'b-4', 'b-5', 'bridge'])
  })

  it('stay with the larger part when a value turns out to be everybody\'s', async () => {
    const attack = (account: string, count: number) => several(count, () => ({ account, ...domain('service.example'), version: '99.0.0', malicious: true }), account)
    const [glued] = (await campaigns.observe([...attack('a', 4), ...attack('b', 3)])).slice(-1)
    expect(glued).toMatchObject({ size: 7 })
    const outcomes = await campaigns.observe(several(30, (index) => ({ account: `honest-${index}`, ...domain('service.example'), malicious: false }), 'honest'))
    expect(notices(outcomes)).toEqual(['split 4', 'alert 3'])
    expect((await membersOf(database, glued?.campaign as string)).map(({ name }) => name)).toEqual(['a-0', 'a-1', 'a-2', 'a-3'])
    expect((await listCampaigns(database)).map(({ size }) => size).sort()).toEqual([3, 4])
    expect(outcomes.every(({ campaign }) => campaign === null)).toBe(true)
  })

  it('stay with the larger part when a value is ruled out', async () => {
    const large = await found('b', 6)
    await found('a')
    await campaigns.observe([seen('a-0', { emails: ['both@mail.example'] }), seen('b-0', { emails: ['both@mail.example'] })])
    const said = await campaigns.ruleOut({ kind: 'email', value: 'both@mail.example', because: 'a list that all read', by: 'ann' })
    expect(said).toMatchObject([{ change: 'split', campaign: large, size: 6 }, { change: 'alert', size: 3 }])
    expect((await listCampaigns(database, { undeclared: true })).map(({ size }) => size).sort()).toEqual([3, 6])
    expect((await membersOf(database, large)).every(({ name }) => name.startsWith('b-'))).toBe(true)
    expect(await rulingsOf(database)).toMatchObject([{ kind: 'email', value: 'both@mail.example', by: 'ann' }])
    const later = await reopened()
    const outcomes = await later.observe([seen('a-9', { emails: ['both@mail.example'] }), seen('b-9', { emails: ['both@mail.example'] })])
    expect(changes(outcomes)).toEqual(['none', 'none'])
    await campaigns.reinstate({ kind: 'email', value: 'both@mail.example' })
    expect(await listCampaigns(database, { undeclared: true })).toMatchObject([{ id: large, size: 9 }])
    expect(await rulingsOf(database)).toEqual([])
    await expect(campaigns.ruleOut({ kind: 'colour', value: 'red', because: '', by: '' })).rejects.toMatchObject({ code: 'usage' })
  })

  it('stay when a value is ruled out elsewhere, or for a campaign that memory has forgotten', async () => {
    let now = NOW
    const id = await found('b', 4)
    await campaigns.observe([...several(2, () => ({ emails: ['both@mail.example'] }), 'x'), seen('b-0', { emails: ['both@mail.example'] })])
    expect(await showCampaign(database, id)).toMatchObject({ size: 6 })
    const forgetful = await Campaigns.open(database, { now: () => now }, { members: 0 })
    expect(forgetful.weight.packages).toBe(0)
    await database.query.insertInto('campaign_rulings').values({ mark: 'email:both@mail.example', because: 'a list', by: 'ann', at: 0 }).execute()
    now = new Date(NOW.getTime() + 2 * HOUR)
    await forgetful.observe([seen('unrelated')])
    expect(await showCampaign(database, id)).toMatchObject({ size: 4 })
    expect((await membersOf(database, id)).map(({ name }) => name)).toEqual(['b-0', 'b-1', 'b-2', 'b-3'])
    await forgetful.ruleOut({ kind: 'account', value: 'npm:b', because: 'a shared robot', by: 'ann' })
    expect(await listCampaigns(database)).toEqual([])
  })

  it('stay through a restart, where memory holds all, little or nothing', async () => {
    const id = await found('mallory', 5)
    for (const members of [1_000, 2, 0]) {
      const again = await reopened({ members, perCampaign: members, families: 100 })
      const [more, same] = await again.observe([seen(`more-${members}`, { account: 'mallory' }), seen('mallory-1', { malicious: true })])
      expect([more?.campaign, same?.campaign]).toEqual([id, id])
    }
    const whole = await reopened()
    const [after] = await whole.observe([seen('more-0', { account: 'mallory' })])
    expect(after).toMatchObject({ campaign: id, size: 8 })
  })
})

describe('what is kept of a campaign', () => {
  it('can be shown and exported, with evidence, and no cell runs or leads anywhere', async () => {
    const outcomes = await campaigns.observe(several(3, (index) => ({
      account: '=mallory', emails: ['m@mail.example'], imitates: index === 0 ? 'react' : 'redux', malicious: true, metadataFrom: 'other',
      indicators: [{ type: 'url', value: 'http://192.0.2.7:8000/api' }, { type: 'wallet', value: 'bc1qexample' }],
    }), '+pkg'))
    const id = last(outcomes).campaign as string
    const shown = await showCampaign(database, id)
    expect(shown).toMatchObject({ size: 3, malicious: 3, targets: ['redux', 'react'], actors: [{ actor: '=mallory', members: 3 }, { actor: 'm@mail.example', members: 3 }] })
    expect(shown?.shared.find(({ kind }) => kind === 'account')).toMatchObject({ value: 'npm:=mallory', members: 3, weight: 1, since: outcomes[0] && expect.any(Date) })
    expect(shown?.shared.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['account', 'email', 'indicator', 'wallet', 'metadata', 'version', 'burst']))
    const exported = await exportCampaign(database, id, NOW)
    expect(exported).toMatchObject({ complete: true, members: { length: 3 } })
    expect(await exportCampaign(database, id, NOW, 2)).toMatchObject({ complete: false, members: { length: 2 } })
    expect(exported?.indicators).toEqual(expect.arrayContaining([{ type: 'host', value: '192.0.2.7', members: 3 }]))
    expect(JSON.parse(JSON.stringify(exported))).toMatchObject({ exportedAt: NOW.toISOString(), members: [{ name: '+pkg-0' }, { name: '+pkg-1' }, { name: '+pkg-2' }] })
    const csv = membersCsv(exported?.members ?? [])
    expect(csv.split('\r\n')).toHaveLength(5)
    expect(csv).toContain('"\'+pkg-0"')
    expect(csv).toContain('"\'=mallory"')
    expect(csv).toContain('192[.]0[.]2[.]7')
    expect(csv).not.toMatch(/192\.0\.2\.7|m@mail\.example/)
    expect(await exportCampaign(database, 'none', NOW)).toBeNull()
  })
})

describe('what is old', () => {
  it('is deleted, but for declared campaigns and what was malicious', async () => {
    await campaigns.observe([seen('alone'), ...several(3, () => ({ account: 'suite' }), 'suite'), ...several(3, () => ({ account: 'mallory', malicious: true }), 'evil')])
    const rows = async (table: 'campaign_members' | 'campaigns' | 'uploads') => (await database.query.selectFrom(table).selectAll().execute()).length
    expect([await rows('campaign_members'), await rows('campaigns'), await rows('uploads')]).toEqual([7, 2, 6])
    const later = await Campaigns.open(database, { now: () => new Date(NOW.getTime() + 200 * 24 * HOUR) })
    await later.observe([])
    await later.observe([seen('new', { at: new Date(NOW.getTime() + 199 * 24 * HOUR) })])
    expect([await rows('campaign_members'), await rows('campaigns'), await rows('uploads')]).toEqual([4, 1, 3])
    const [more] = await later.observe([seen('evil-2', { version: '9.0.0' })])
    expect(more).toMatchObject({ size: 3, change: 'none' })
  })
})

describe('bad input', () => {
  it('is cut to what can be looked at', async () => {
    const long = 'x'.repeat(1_000_000)
    const outcomes = await campaigns.observe([
      seen('__proto__', { account: '__proto__', emails: ['constructor', '\u202e@\u0000'], at: new Date('9999-01-01'), version: long, description: long }),
      seen(long, { indicators: Array.from({ length: 10_000 }, (_, index) => ({ type: long, value: `${index}` })), files: [long, 'zz'], dependencies: Array.from({ length: 5_000 }, (_, index) => `d${index}`) }),
      seen('constructor', { account: '__proto__', at: new Date(NaN), readme: '' }),
    ])
    expect(changes(outcomes)).toEqual(['none', 'none', 'founded'])
    const rows = await database.query.selectFrom('campaign_members').selectAll().execute()
    expect(rows).toHaveLength(3)
    expect(Math.max(...rows.map((row) => JSON.stringify(row).length))).toBeLessThan(20_000)
    expect(rows.every(({ first_at }) => Number(first_at) <= NOW.getTime())).toBe(true)
  })

  it('comes in any order, and batches that are given again change nothing', async () => {
    const all = several(30, (index) => ({ account: `a${index % 3}`, imitates: index % 3 === 0 ? 'react' : null }))
    await campaigns.observe(all.toReversed())
    const before = await listCampaigns(database, { undeclared: true })
    await campaigns.observe(all)
    await (await reopened()).observe([...all, ...all])
    const sizes = (some: typeof before): number[] => some.map(({ size }) => size)
    expect(sizes(await listCampaigns(database, { undeclared: true }))).toEqual(sizes(before))
    expect(sizes(before)).toEqual([10, 10, 10])
  })

  it('keeps memory in bounds through a flood, and the flood\'s one alarm useful', async () => {
    const bounded = await reopened({ members: 400, perCampaign: 100, families: 100 })
    const first = last(await bounded.observe(several(3, () => ({ account: 'other', imitates: 'vue' }), 'other'))).campaign
    const outcomes = await bounded.observe(several(3_000, (index) => ({ ...(index % 2 === 0 ? { account: 'flooder', imitates: 'react' } : { account: `a${index}` }), files: [String(index).padStart(64, '0')] }), 'flood'))
    expect(bounded.weight.packages).toBeLessThan(1_000)
    expect(bounded.weight.values).toBeLessThan(6_000)
    expect(notices(outcomes)).toEqual(['alert 3', 'grew 5', 'grew 10', 'grew 25', 'grew 50', 'grew 100', 'grew 250', 'grew 500', 'grew 1000'])
    const [flood, other] = await bounded.observe([seen('flood-0', { malicious: true }), seen('other-9', { account: 'other' })])
    expect(flood).toMatchObject({ campaign: outcomes[2]?.campaign, size: 1_500 })
    expect(other).toMatchObject({ campaign: first, size: 4 })
  })
})
