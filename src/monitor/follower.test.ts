import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { FakeServer } from '../../test/fakes/http.ts'
import { startFakeNpmFeed } from '../../test/fakes/npm-feed.ts'
import type { FakeNpmFeed } from '../../test/fakes/npm-feed.ts'
import { startFakePypiFeed } from '../../test/fakes/pypi-feed.ts'
import { SluiceError } from '../core/errors.ts'
import type { FeedEvent } from '../core/watch.ts'
import type { Database } from '../ports/database.ts'
import { Refusal } from './feeds/ask.ts'
import type { Feed, FeedPage } from './feeds/feed.ts'
import { npmChanges } from './feeds/npm-changes.ts'
import { pypiChangelog } from './feeds/pypi-changelog.ts'
import { handClock, onDisk, toFakes } from './feeds/testing.ts'
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
  ecosystem: feed?.ecosystem ?? 'npm', log, clock, logger, lease: { hold: () => Promise.resolve(true) }, random: () => 0.5,
  choose: () => Promise.resolve({ feed, because: 'a test', refused: [], provisional: false }), ...more,
})
const npm = async (): Promise<{ fake: FakeNpmFeed; feed: () => Feed }> => {
  const fake = await startFakeNpmFeed()
  running.push(fake)
  const upstream = toFakes([fake])
  return { fake, feed: () => npmChanges({ base: fake.url, upstream, clock }) }
}
const logged = async (): Promise<string[]> => (await log.since(0, 1_000_000)).map(({ name }) => name)
const many = (count: number, prefix = 'p'): string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`)

/** A feed that sends what it is told, without any network. */
function scripted(...pages: (Partial<FeedPage> | Error)[]): Feed {
  let read = 0
  return {
    id: 'scripted', ecosystem: 'npm', describe: () => 'a script', start: () => Promise.resolve('0'),
    read: (cursor) => {
      const next = pages[Math.min(read++, pages.length - 1)] ?? {}
      if (next instanceof Error) return Promise.reject(next)
      return Promise.resolve({ events: [], cursor: String(Number(cursor) + 1), more: false, headAt: null, rejected: 0, rewound: false, problem: null, ...next })
    },
  }
}
const events = (count: number, more: Partial<FeedEvent> = {}): FeedEvent[] =>
  many(count).map((name) => ({ ecosystem: 'npm', mark: `${name} ${Math.random()}`, name, version: null, kind: 'changed', at: null, account: null, ...more }))

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
    expect(await storedStatuses(database)).toMatchObject([{ ecosystem: 'npm', cursor: String(fake.seq), state: 'following', lastReadAt: clock.now() }])
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
      ecosystem: 'npm', log: new EventLog(await disk.open(), clock), clock, logger, lease: { hold: () => Promise.resolve(true) },
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

  it('goes on with another feed from its present', async () => {
    const { fake, feed } = await npm()
    await follow(scripted({ events: events(1) })).turn()
    fake.change('before')
    const follower = follow(feed())
    await follower.turn()
    fake.change('after')
    await follower.turn()
    expect(await logged()).toEqual(['p0', 'after'])
    expect(await log.position('npm')).toMatchObject({ feed: feed().id })
  })
})

describe('trouble', () => {
  it('is met with patience that doubles, and as long as upstream asks', async () => {
    const refusal = (pause: number | null): Error => new Refusal(429, pause)
    const follower = follow(scripted(refusal(null), refusal(null), refusal(null), refusal(40_000), refusal(1e12), ...Array.from({ length: 12 }, () => new Error('x')), {}))
    const pauses: number[] = []
    for (let turn = 0; turn < 18; turn++) pauses.push(await follower.turn())
    expect(pauses.slice(0, 7)).toEqual([1_500, 3_000, 6_000, 40_000, 3_600_000, 48_000, 96_000])
    expect(pauses.slice(-2)).toEqual([225_000, 5_000])
  })

  it('becomes visible after a few failures, and goes when it is over', async () => {
    const follower = follow(scripted(new SluiceError('upstream-unreachable', 'cannot reach it'), new Error('two'), new Error('three'), { events: events(1) }))
    await follower.turn()
    expect(follower.status()).toMatchObject({ state: 'following', problem: 'cannot reach it' })
    await follower.turn()
    await follower.turn()
    expect(follower.status()).toMatchObject({ state: 'unreachable', problem: 'three' })
    expect(await storedStatuses(database)).toMatchObject([{ state: 'unreachable', problem: 'three' }])
    await follower.turn()
    expect(follower.status()).toMatchObject({ state: 'following', problem: null, events: 1 })
  })

  it('with a page that is too large makes pages smaller', async () => {
    const asked: number[] = []
    const script = scripted(...Array.from({ length: 6 }, () => new SluiceError('upstream-too-large', 'too large')), {})
    const follower = follow({ ...script, read: (cursor, limit) => (asked.push(limit), script.read(cursor, limit)) })
    for (let turn = 0; turn < 8; turn++) await follower.turn()
    expect(asked).toEqual([1_000, 250, 62, 15, 3, 1, 1, 2])
  })

  it('never comes out of a turn', async () => {
    const nothing = follow(null, { choose: () => Promise.reject(new Error('no choice')) })
    expect(await nothing.turn()).toBe(1_500)
    expect(nothing.status()).toMatchObject({ feed: null, problem: 'no choice' })
    const follower = follow(scripted({ events: [{ ...events(1)[0], name: null } as unknown as FeedEvent] }))
    expect(await follower.turn()).toBe(1_500)
    await database.close()
    expect(await follower.turn()).toBeGreaterThan(0)
  })

  it.each([
    ['times in the future', { events: events(60, { at: new Date('2030-01-01') }) }, 'lying', '100% of its times lie in the future'],
    ['absurd items', { events: events(60), rejected: 40 }, 'lying', '40% of what it sends cannot be read'],
    ['a few of them', { events: events(60), rejected: 5 }, 'following', null],
    ['old news', { events: events(3), headAt: new Date('2026-02-27T22:00:00Z') }, 'lagging', 'its newest time is 1560 minutes ago'],
    ['a gap', { problem: 'something was skipped' }, 'following', 'something was skipped'],
  ] as const)('of the feed\'s own making: %s', async (_, page, state, problem) => {
    const follower = follow(scripted(page))
    await follower.turn()
    expect(follower.status()).toMatchObject({ state, problem })
  })

  it('is seen in packages that do not exist', async () => {
    const follower = follow(scripted({ events: events(60) }))
    await follower.turn()
    follower.looked(30, 2)
    follower.looked(40, 38)
    expect(follower.status()).toMatchObject({ state: 'lying', problem: '57% of the packages it speaks of do not exist' })
  })

  it('is silence, longer than is usual', async () => {
    const follower = follow(scripted({ events: events(1) }, { events: events(1) }, {}))
    await follower.turn()
    clock.at += 60_000
    await follower.turn()
    clock.at += 29 * 60_000
    await follower.turn()
    expect(follower.status()).toMatchObject({ state: 'following' })
    clock.at += 2 * 60_000
    await follower.turn()
    expect(follower.status()).toMatchObject({ state: 'lagging', problem: 'nothing new for 31 minutes' })
  })

  it('is what those who read the log do not keep up with', async () => {
    log = new EventLog(database, clock, { unread: 3 })
    await log.readBy('names')
    const follower = follow(scripted({ events: events(5) }, { events: events(4) }))
    await follower.turn()
    await follower.turn()
    expect(follower.status()).toMatchObject({ state: 'behind', events: 5 })
    await log.done('names', (await log.since(0, 10)).at(-1)?.seq ?? 0)
    await follower.turn()
    expect(follower.status()).toMatchObject({ events: 9 })
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
    await leases[0].release()
    await two.turn()
    expect(await logged()).toEqual(['a'])
    expect([one, two].map((follower) => follower.status().state)).toEqual(['following', 'following'])
    await one.turn()
    expect(one.status().state).toBe('off')
  })

  it('is none where the watch is off, and polling is called so', async () => {
    const off = follow(null)
    expect(await off.turn()).toBe(900_000)
    expect(off.status()).toMatchObject({ state: 'off', feed: null, problem: null })
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
    await vi.waitFor(() => expect(slept).toHaveLength(4))
    await follower.stop()
    await follower.stop()
    expect(await logged()).toEqual(['n1', 'n2', 'n3'])
  })

  it('does not write what it reads while it is being stopped', async () => {
    let release: (page: FeedPage) => void = () => undefined
    const script = scripted({})
    const follower = follow({ ...script, read: () => new Promise((resolve) => { release = resolve }) })
    follower.start()
    await vi.waitFor(async () => expect(await log.position('npm')).not.toBeNull())
    const stopped = follower.stop()
    release({ events: events(1), cursor: '1', more: true, headAt: null, rejected: 0, rewound: false, problem: null })
    await stopped
    expect(await logged()).toEqual([])
  })
})
