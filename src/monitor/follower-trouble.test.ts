import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { SluiceError } from '../core/errors.ts'
import type { FeedEvent } from '../core/watch.ts'
import type { Database } from '../ports/database.ts'
import { Refusal } from './feeds/ask.ts'
import type { Feed } from './feeds/feed.ts'
import { handClock, onDisk, scripted, scriptedEvents as events } from './feeds/testing.ts'
import { storedStatuses } from './follower-status.ts'
import { createFollower } from './follower.ts'
import type { Follower, FollowerOptions } from './follower.ts'
import { EventLog } from './log.ts'

let disk: Awaited<ReturnType<typeof onDisk>>
let database: Database
let log: EventLog
const clock = handClock()
beforeEach(async () => {
  disk = await onDisk()
  database = await disk.open()
  clock.at = Date.parse('2026-03-01T00:00:00Z')
  log = new EventLog(database, clock)
})
afterEach(() => disk.remove())

const follow = (feed: Feed | null, more: Partial<FollowerOptions> = {}): Follower => createFollower({
  ecosystem: 'npm', log, clock, logger: { warn: vi.fn<() => void>(), info: vi.fn<() => void>() },
  lease: { hold: () => Promise.resolve(true), release: () => Promise.resolve() }, random: () => 0.5,
  choose: () => Promise.resolve({ feed, because: 'a test', refused: [], provisional: false }), ...more,
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
    ['times in the future', { events: events(60, { at: new Date('2030-01-01') }) }, 'lying', '100% of its times lie in the future, or the clock of this machine is late'],
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
    const follower = follow(scripted(...Array.from({ length: 5 }, () => ({ events: events(1) })), {}))
    for (let turn = 0; turn < 5; turn++) {
      clock.at += 60_000
      await follower.turn()
    }
    clock.at += 29 * 60_000
    await follower.turn()
    expect(follower.status()).toMatchObject({ state: 'following' })
    clock.at += 2 * 60_000
    await follower.turn()
    expect(follower.status()).toMatchObject({ state: 'lagging', problem: 'nothing new for 31 minutes' })
  })

  it('is not the silence of a small registry', async () => {
    const follower = follow(scripted({ events: events(1) }, {}))
    await follower.turn()
    clock.at += 5 * 3_600_000
    await follower.turn()
    expect(follower.status()).toMatchObject({ state: 'following' })
    const slow = follow(scripted(...Array.from({ length: 6 }, () => ({ events: events(1) })), {}))
    for (let turn = 0; turn < 7; turn++) {
      clock.at += 8 * 3_600_000
      await slow.turn()
    }
    expect(slow.status()).toMatchObject({ state: 'following' })
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
