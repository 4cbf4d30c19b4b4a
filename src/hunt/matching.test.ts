import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { fill, isFilled } from './fill.ts'
import { DAY, HuntWorld } from './testing.ts'

let world: HuntWorld
beforeEach(async () => { world = await HuntWorld.open() })
afterEach(() => world.close())

const EVIL = ['url', 'https://files.evil.example/x'] as const
const run = async (): Promise<void> => {
  const matching = world.matching()
  while (await matching.next() > 0) { /* the next ones */ }
  await matching.review()
  await matching.reviewCommon()
}

describe('the index', () => {
  it('forgets what a file had before it was judged again', async () => {
    await world.judge({ name: 'one', indicators: [[...EVIL], ['email', 'a@b.example']], profile: { abilities: ['send<credentials> loaded'] } })
    const facts = async (): Promise<number> => (await world.database.query.selectFrom('facts').selectAll().execute()).length
    const before = await facts()
    expect([await world.hunt('evil.example'), await world.hunt('does:send<credentials>')]).toEqual([['one@1.0.0'], ['one@1.0.0']])
    await world.judge({ name: 'one', indicators: [['email', 'a@b.example']] })
    expect([await world.hunt('evil.example'), await world.hunt('does:send<credentials>'), await world.hunt('@b.example')]).toEqual([[], [], ['one@1.0.0']])
    expect(await facts()).toBeLessThan(before)
    expect(await world.database.query.selectFrom('judged_files').select('id').execute()).toHaveLength(1)
  })

  it('tells how little something takes by the verdict itself', async () => {
    await world.judge({ name: 'one', profile: { abilities: ['send called'] } })
    await world.judge({ name: 'two', profile: { abilities: ['send unasked'] } })
    expect([await world.hunt('does:send'), await world.hunt('"does:send unasked"'), await world.hunt('not "does:send unasked"')]).toEqual([['one@1.0.0', 'two@1.0.0'], ['two@1.0.0'], ['one@1.0.0']])
  })

  it('is made of older verdicts, goes on where it was killed, and holds what it finds in them', async () => {
    for (let at = 0; at < 100; at++) await world.judge({ name: `old-${at}`, indicators: at === 70 ? [[...EVIL]] : [] }, false)
    await world.known('domain', 'evil.example')
    await run()
    expect(await world.held()).toEqual([])
    await fill(world.context)
    world.killedAt = 'tables'
    await expect(fill(world.context)).rejects.toThrow('killed')
    expect(await isFilled(world.database.query)).toBe(false)
    while (await fill(world.context) > 0) { /* the next ones */ }
    expect([await isFilled(world.database.query), (await world.hunt('name:old-*')).length, await world.held()]).toEqual([true, 100, ['old-70@1.0.0 evil.example']])
  })

  it('knows actors by what they uploaded, published and wrote, and campaigns by their members', async () => {
    await world.judge({ name: 'published', profile: { publisher: 'Mallory' } })
    await world.judge({ name: 'uploaded' })
    await world.judge({ name: 'wrote', indicators: [['email', 'mallory@evil.example']] })
    const { query } = world.database
    await query.insertInto('uploads').values([['npm', 'mallory'], ['npm', 'mallory@evil.example'], ['pypi', 'mallory']].map(([ecosystem, actor]) => ({ ecosystem: ecosystem ?? '', actor: actor ?? '', name: ecosystem === 'npm' ? 'uploaded' : 'published', malicious: 0, first_at: 0, last_at: 0 }))).execute()
    await query.insertInto('campaigns').values(['old', 'new'].map((id) => ({ id, into_id: id === 'old' ? 'new' : null, founded_at: 0, changed_at: 0, declared_at: 1, announced: 1, size: 1, malicious: 0, ill: 0, copied: 0, flood: null, habits: '{}', reasons: '[]' }))).execute()
    await query.insertInto('campaign_members').values({ ecosystem: 'npm', name: 'wrote', campaign: 'new', account: null, emails: '[]', versions: '[]', marks: '[]', ties: '[]', near: 0, sketch: null, malicious: null, imitates: null, copied: null, first_at: 0, last_at: 0 }).execute()
    expect(await world.hunt('actor:npm/mallory')).toEqual(['published@1.0.0', 'uploaded@1.0.0'])
    expect(await world.hunt('actor:Mallory@evil.example')).toEqual(['uploaded@1.0.0', 'wrote@1.0.0'])
    expect([await world.hunt('campaign:old'), await world.hunt('campaign:new and not npm:wrote')]).toEqual([['wrote@1.0.0'], []])
  })
})

describe('what is newly known', () => {
  it('is said once, wherever it was killed in between', async () => {
    await world.judge({ name: 'one', indicators: [[...EVIL]] })
    await world.judge({ name: 'two', version: '2.0.0', indicators: [['ipv4', '203.0.113.9']] })
    await world.known('domain', 'evil.example')
    await world.known('ip', '203.0.113.0/28')
    for (const step of ['ledger', 'tables', 'tables', 'tables'] as const) {
      world.killedAt = step
      await world.matching().next().catch(() => null)
      world.killedAt = null
    }
    await run()
    expect(await world.held()).toEqual(['one@1.0.0 evil.example', 'two@2.0.0 203.0.113.0/28'])
    world.killedAt = 'notifier'
    await expect(world.tell()).rejects.toThrow('killed')
    while (await world.tell() > 0) { /* the next ones */ }
    expect(world.notices.map(({ title }) => title)).toEqual(['files that were judged here carry the domain evil[.]example', 'files that were judged here carry the address 203[.]0[.]113[.]0/28'])
    await run()
    expect([await world.tell(), world.notices.length, world.revisions.of('npm', 'one')]).toEqual([0, 2, expect.any(Number)])
  })

  it('holds for as long as one source says so', async () => {
    await world.judge({ name: 'one', indicators: [[...EVIL]] })
    await world.known('url', 'https://files.evil.example/x/')
    await world.known('url', 'https://files.evil.example/x/', { source: 'other', valid_until: world.now + DAY })
    await run()
    expect(await world.held()).toHaveLength(1)
    await world.known('url', 'https://files.evil.example/x/', { withdrawn: 1 })
    await run()
    expect(await world.held()).toHaveLength(1)
    world.now += 2 * DAY
    await run()
    expect([await world.held(), world.lines]).toEqual([[], ['hold one 1.0.0', 'serve one 1.0.0']])
  })

  it('lets go of what an indicator that was deleted held, and of a file that carries it no more', async () => {
    await world.known('domain', 'evil.example')
    await world.judge({ name: 'one', indicators: [[...EVIL]] })
    await world.judge({ name: 'two', indicators: [[...EVIL]] })
    expect(await world.held()).toHaveLength(2)
    await world.judge({ name: 'two' })
    expect(await world.held()).toEqual(['one@1.0.0 evil.example'])
    await world.database.query.deleteFrom('known_indicators').execute()
    await run()
    expect(await world.held()).toEqual([])
  })

  it.each([['md5', 'd1'.repeat(16)], ['webhook', 'https://discord.com/api/webhooks/1/ab***z'], ['email', 'Me@evil.example'], ['ipv6', '2001:db8::7'], ['wallet', '1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2'], ['onion', 'a.onion']])('%s is found both ways', async (type, value) => {
    const carried = type === 'md5' ? [] : [[type, value] as [string, string]]
    const hashes = { md5: 'd1'.repeat(16) }
    await world.judge({ name: 'before', indicators: carried, hashes })
    await world.known(type, value)
    await run()
    await world.judge({ name: 'after', indicators: carried, hashes })
    expect(await world.held()).toEqual([`after@1.0.0 ${value}`, `before@1.0.0 ${value}`])
  })

  it('says nothing of what only looks like it', async () => {
    await world.judge({ name: 'one', indicators: [['domain', 'notevil.example'], ['url', 'https://good.example/evil.example'], ['hash', 'a'.repeat(64)]] })
    await world.known('domain', 'evil.example')
    await world.known('url', 'https://evil.example')
    await world.known('email', 'x@evil.example')
    await world.known('sha256', 'a'.repeat(64))
    await run()
    expect(await world.held()).toEqual([])
  })

  it.each([
    ['domain', 'registry.example', 'registry'], ['domain', 'gmail.com', 'mail service'], ['domain', 'raw.githubusercontent.com', 'strangers share'], ['ip', '198.0.0.0/8', 'wide'], ['ip', '8.8.8.8', 'resolver'],
    ['sha256', 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'empty'], ['url', 'https://registry.example/', 'registry'], ['domain', 'co.uk', 'below it'], ['email', '@gmail.com', 'mail service'],
  ])('holds nothing for %s %s', async (type, value, why) => {
    expect(await world.common().why(type, value)).toContain(why)
  })

  it('holds nothing where too many established packages carry it, and few say nothing against it', async () => {
    for (let at = 0; at < 11; at++) await world.judge({ name: `old-${at}`, indicators: [['domain', 'www.popular.example'], ...(at < 9 ? [['domain', 'rare.example'] as [string, string]] : [])], publishedAt: world.now - 300 * DAY })
    for (let at = 0; at < 30; at++) await world.judge({ name: `young-${at}`, indicators: [['domain', 'flood.example']] })
    expect([await world.common().why('domain', 'popular.example'), await world.common().why('domain', 'rare.example'), await world.common().why('domain', 'flood.example')]).toEqual([expect.stringContaining('more than 10 packages'), null, null])
    await world.known('domain', 'popular.example')
    await world.known('domain', 'flood.example')
    await run()
    expect((await world.held()).length).toBe(30)
    expect((await world.alarms().list()).map(({ subject }) => subject)).toEqual(['common domain popular.example'])
  })
})

describe('what sources write in lower case', () => {
  it.each([
    ['wallet', '0x52908400098527886E0F7030069857D2E4169EE7', 'wallet'], ['url', 'https://files.evil.example/Payload', 'url'],
  ] as const)('is found in files with capitals, and stays held when it is said again: %s', async (type, value, kind) => {
    await world.judge({ name: 'before', indicators: [[type, value]] })
    await world.known(kind, value.toLowerCase())
    await run()
    await world.judge({ name: 'after', indicators: [[type, value]] })
    const held = [`after@1.0.0 ${value.toLowerCase()}`, `before@1.0.0 ${value.toLowerCase()}`]
    expect(await world.held()).toEqual(held)
    await world.known(kind, value.toLowerCase(), { source: 'other' })
    await run()
    expect(await world.held()).toEqual(held)
  })
})

it.each(['0x52908400098527886E0F7030069857D2E4169EE7', '0x52908400098527886e0f7030069857d2e4169ee7'])('finds an address of Ethereum however it is written: %s', async (value) => {
  await world.judge({ name: 'one', indicators: [['wallet', value]] })
  for (const written of [value.toLowerCase(), '0x52908400098527886E0F7030069857D2E4169EE7']) expect(await world.hunt(`wallet:${written}`)).toEqual(['one@1.0.0'])
})

it('reads verdicts that are too large to be read together', async () => {
  const code = { [`${'x'.repeat(3_000_000)}.js`]: 'aaaaaaaaaaaaaaaa' }
  for (let at = 0; at < 24; at++) await world.judge({ name: `large-${at}`, indicators: [[...EVIL]], profile: { code } })
  await world.known('url', EVIL[1])
  await run()
  expect(await world.held()).toHaveLength(24)
})
