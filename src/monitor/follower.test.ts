import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FakeServer } from '../../test/fakes/http.ts'
import { startFakeNpmFeed } from '../../test/fakes/npm-feed.ts'
import type { FakeNpmFeed } from '../../test/fakes/npm-feed.ts'
import { startFakePypiFeed } from '../../test/fakes/pypi-feed.ts'
import type { Database } from '../ports/database.ts'
import type { Feed, FeedPage } from './feeds/feed.ts'
import { npmChanges } from './feeds/npm-changes.ts'
import { pypiChangelog } from './feeds/pypi-changelog.ts'
import { pypiRss } from './feeds/pypi-rss.ts'
import { pypiSerials, serialsOf } from './feeds/pypi-serials.ts'
import { handClock, manyNames as many, onDisk, scripted, scriptedEvents as events, toFakes } from './feeds/testing.ts'
import { storedStatuses } from './follower-status.ts'
import { createFollower } from './follower.ts'
import type { Follower, FollowerOptions } from './follower.ts'
import { Lease } from './log-lease.ts'
import { EventLog } from './log.ts'

let disk: Awaited<ReturnType<typeof onDisk>>
let database: Database
let log: EventLog
const clock = handClock()
const running: FakeServer[] = []
beforeEach(async () => {
  disk = await onDisk()
  database = await disk.open()
  clock.at = Date.parse('2026-03-01T00:00:00Z')
  log = new EventLog(database, clock)
})
afterEach(async () => {
  await Promise.all(running.splice(0).map((fake) => fake.close()))
  await disk.remove()
})
const logger = { warn: vi.fn<() => void>(), info: vi.fn<() => void>() }

const follow = (feed: Feed | null, more: Partial<FollowerOptions> = {}): Follower => createFollower({
  ecosystem: feed?.ecosystem ?? 'npm', log, clock, logger, lease: { hold: () => Promise.resolve(true), release: () => Promise.resolve() }, random: () => 0.5,
  choose: () => Promise.resolve({ feed, because: 'a test', refused: [], provisional: false }), ...more,
})
const npm = async (): Promise<{ fake: FakeNpmFeed; feed: () => Feed }> => {
  const fake = await startFakeNpmFeed()
  running.push(fake)
  const upstream = toFakes([fake])
  return { fake, feed: () => npmChanges({ base: fake.url, upstream, clock }) }
}
const logged = async (): Promise<string[]> => (await log.since(0, 1_000_000)).map(({ name }) => name)
describe('following', () => {
  it('begins at the present and keeps what comes from then on', async () => {
    const { fake, feed } = await npm()
    fake.change('old')
    const heard: number[] = []
    const follower = follow(feed(), { onEvents: (_, added) => heard.push(added) })
    expect(await follower.turn()).toBe(5_000)
    fake.change('a', 'b')
    await follower.turn()
    expect(await logged()).toEqual(['a', 'b'])
    expect(heard).toEqual([2])
    expect(follower.status()).toMatchObject({ ecosystem: 'npm', state: 'following', events: 2, rejected: 0, duplicates: 0, cursor: String(fake.seq), problem: null, chosenBecause: 'a test', lastReadAt: clock.now() })
    expect(await storedStatuses(database, clock.now())).toEqual([{ ...follower.status(), events: 0 }])
    const later = new Date(clock.at + 2 * 3_600_000)
    expect(await storedStatuses(database, later)).toMatchObject([{ state: 'off', problem: 'nothing follows this feed since 2026-03-01T00:00:00.000Z' }])
  })

  it('takes a burst of 20,000 in turns, each event once', async () => {
    const { fake, feed } = await npm()
    const follower = follow(feed())
    await follower.turn()
    fake.change(...many(20_000))
    const pauses: number[] = []
    while (pauses.at(-1) !== 5_000) {
      pauses.push(await follower.turn())
      if (pauses.length === 1) expect(follower.status()).toMatchObject({ state: 'behind', events: 5_000 })
    }
    expect(pauses).toEqual([50, 50, 50, 50, 5_000])
    expect(await logged()).toEqual(many(20_000))
    expect(follower.status()).toMatchObject({ state: 'following', events: 20_000, duplicates: 0 })
  })

  it('takes 20,000 of PyPI\'s journal, too', async () => {
    const fake = await startFakePypiFeed()
    running.push(fake)
    const follower = follow(pypiChangelog({ url: `${fake.url}pypi`, upstream: toFakes([fake]), clock }))
    await follower.turn()
    for (const name of many(20_000)) fake.act(name, '1.0', 'new release', clock.now())
    await follower.turn()
    expect(await logged()).toEqual(many(20_000))
    expect(follower.status()).toMatchObject({ lastEventAt: clock.now(), lagMs: 0 })
  })

  it('loses nothing when it dies between reading and writing, or after writing', async () => {
    const { fake, feed } = await npm()
    await follow(feed()).turn()
    fake.change(...many(2_500))
    const append = vi.spyOn(log, 'append').mockRejectedValueOnce(new Error('killed'))
    const first = follow(feed())
    await first.turn()
    expect(await logged()).toEqual([])
    append.mockImplementationOnce(async (page) => {
      await EventLog.prototype.append.call(log, page)
      throw new Error('killed after the commit')
    })
    await follow(feed()).turn()
    expect(await logged()).toEqual(many(1_000))
    log = new EventLog(await disk.open(), clock)
    const last = follow(feed())
    await last.turn()
    expect(await logged()).toEqual(many(2_500))
    expect(last.status()).toMatchObject({ events: 1_500, duplicates: 0 })
  })

  it('keeps each event single when two follow at once', async () => {
    const { fake, feed } = await npm()
    await follow(feed()).turn()
    fake.change(...many(3_000))
    const followers = [follow(feed()), follow(feed()), createFollower({
      ecosystem: 'npm', log: new EventLog(await disk.open(), clock), clock, logger, lease: { hold: () => Promise.resolve(true), release: () => Promise.resolve() },
      choose: () => Promise.resolve({ feed: feed(), because: 'another process', refused: [], provisional: false }),
    })]
    for (let turn = 0; turn < 3; turn++) await Promise.all(followers.map((follower) => follower.turn()))
    expect(await logged()).toEqual(many(3_000))
  })

  it('reads a rewound feed again without repeating an event, and shows it', async () => {
    const { fake, feed } = await npm()
    const follower = follow(feed())
    await follower.turn()
    fake.change(...many(50))
    await follower.turn()
    fake.rewind(fake.seq - 20)
    fake.change('new')
    await follower.turn()
    expect(await logged()).toEqual([...many(50), 'new'])
    expect(follower.status()).toMatchObject({ state: 'lying', problem: expect.stringContaining('went back'), duplicates: 30 })
    clock.at += 3_601_000
    fake.change('later')
    await follower.turn()
    expect(follower.status()).toMatchObject({ state: 'following', problem: null })
  })

  it('survives whatever happens on the way, event by event', async () => {
    const { fake, feed } = await npm()
    let follower = follow(feed(), { pace: { limit: 7, pages: 2 } })
    await follower.turn()
    const faults = [{ status: 503 }, { status: 429, headers: { 'retry-after': '1' } }, { truncate: 30 }, { drop: true }, { body: '{"results":[' }, { body: 'busy', contentType: 'text/html' }] as const
    let random = 42
    const next = (below: number): number => (random = (random * 1_103_515_245 + 12_345) % 2 ** 31) % below
    let count = 0
    for (let step = 0; step < 120; step++) {
      if (next(3) > 0) fake.change(...Array.from({ length: next(12) }, () => `p${count++}`))
      if (next(4) === 0) fake.behaviour.set(next(8) === 0 ? '/' : '/_changes', { ...(faults[next(faults.length)] as (typeof faults)[number]), times: 1 })
      if (next(6) === 0) follower = follow(feed(), { pace: { limit: 1 + next(20), pages: 1 + next(3) } })
      fake.backwards = next(5) === 0
      await follower.turn()
    }
    fake.behaviour.clear()
    for (let turn = 0; turn < 200 && (await logged()).length < count; turn++) await follower.turn()
    const all = await logged()
    expect(all).toHaveLength(count)
    expect(new Set(all)).toEqual(new Set(many(count)))
  })

  it('goes on with another of PyPI\'s feeds where the last one was', async () => {
    const fake = await startFakePypiFeed()
    running.push(fake)
    const ways = { upstream: toFakes([fake]), clock }
    const serials = { url: `${fake.url}simple/`, ...ways }
    const feeds = [pypiChangelog({ url: `${fake.url}pypi`, ...ways }), pypiRss({ base: `${fake.url}rss/`, serials: serialsOf(serials), ...ways }), pypiSerials(serials), pypiChangelog({ url: `${fake.url}pypi`, ...ways })]
    await follow(feeds[0] as Feed).turn()
    const told: (string | null)[] = []
    for (const [at, feed] of feeds.entries()) {
      clock.at += 3_600_000
      fake.release(`p${at}`, '1.0', clock.now())
      const follower = follow(feed)
      await follower.turn()
      told.push(follower.status().problem)
    }
    expect(told).toEqual([null, null, null, null])
    expect([...new Set(await logged())]).toEqual(['p0', 'p1', 'p2', 'p3'])
  })

  it('goes on with another feed from its present, and says what was not seen', async () => {
    const { fake, feed } = await npm()
    await follow(scripted({ events: events(1) })).turn()
    fake.change('before')
    const follower = follow(feed())
    await follower.turn()
    fake.change('after')
    await follower.turn()
    expect(await logged()).toEqual(['p0', 'after'])
    expect(await log.position('npm')).toMatchObject({ feed: feed().id })
    expect(follower.status().problem).toBe('another feed is followed now: what happened from 2026-03-01T00:00:00.000Z to 2026-03-01T00:00:00.000Z was not seen')
  })
})

describe('which process follows', () => {
  it('is the one that holds the lease', async () => {
    const { fake, feed } = await npm()
    const leases = [new Lease(database, clock), new Lease(database, clock)] as const
    const [one, two] = [follow(feed(), { lease: leases[0] }), follow(feed(), { lease: leases[1] })]
    await one.turn()
    const asked = fake.requests.length
    expect(await two.turn()).toBe(5_000)
    expect(fake.requests).toHaveLength(asked)
    expect(two.status()).toMatchObject({ state: 'off', problem: 'another process on the same data follows the feeds' })
    fake.change('a')
    await one.stop()
    await two.turn()
    expect(await logged()).toEqual(['a'])
    expect(two.status().state).toBe('following')
  })

  it('is none where the watch is off, and polling is called so', async () => {
    const off = follow(null)
    expect(await off.turn()).toBe(900_000)
    expect(off.status()).toMatchObject({ state: 'off', feed: null, problem: null })
    await follow(scripted({})).turn()
    await off.turn()
    expect(await storedStatuses(database)).toMatchObject([{ state: 'off' }])
    const polls = follow({ ...scripted({}), polls: true })
    expect(await polls.turn()).toBe(30_000)
    expect(polls.status().state).toBe('polling')
  })

  it('looks for a better feed after a while', async () => {
    const { feed } = await npm()
    const choose = vi.fn<FollowerOptions['choose']>()
      .mockResolvedValueOnce({ feed: { ...scripted({}), polls: true }, because: 'nothing else', refused: [], provisional: true })
      .mockResolvedValue({ feed: feed(), because: 'found', refused: [], provisional: false })
    const follower = follow(null, { choose })
    await follower.turn()
    await follower.turn()
    expect(choose).toHaveBeenCalledTimes(1)
    clock.at += 901_000
    await follower.turn()
    await follower.turn()
    expect(choose.mock.calls).toEqual([[null], ['scripted']])
    expect(follower.status()).toMatchObject({ chosenBecause: 'found', state: 'following' })
  })
})

describe('the loop', () => {
  it('turns until it is stopped, and stops while it sleeps', async () => {
    const { fake, feed } = await npm()
    fake.change('old')
    const slept: number[] = []
    const follower = follow(feed(), {
      sleep: (ms, signal) => {
        slept.push(ms)
        fake.change(`n${slept.length}`)
        return slept.length < 4 ? Promise.resolve() : new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))))
      },
    })
    follower.start()
    follower.start()
    await vi.waitFor(() => expect(slept).toHaveLength(4), 50_000)
    await follower.stop()
    await follower.stop()
    expect(await logged()).toEqual(['n1', 'n2', 'n3'])
  })

  it('stops without waiting for what is being read, and does not write it', async () => {
    let release: (page: FeedPage) => void = () => undefined
    const script = scripted({})
    const follower = follow({ ...script, read: () => new Promise((resolve) => { release = resolve }) })
    follower.start()
    await vi.waitFor(async () => expect(await log.position('npm')).not.toBeNull(), 50_000)
    await follower.stop()
    release({ events: events(1), cursor: '1', more: true, headAt: null, rejected: 0, rewound: false, problem: null })
    await new Promise((resolve) => setImmediate(resolve))
    expect(await logged()).toEqual([])
  })
})
