import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { FeedEvent } from '../core/watch.ts'
import type { Database } from '../ports/database.ts'
import { handClock, onDisk } from './feeds/testing.ts'
import { Lease } from './log-lease.ts'
import { EventLog } from './log.ts'

const event = (mark: string, more: Partial<FeedEvent> = {}): FeedEvent =>
  ({ ecosystem: 'npm', mark, name: mark.split(' ').at(-1) as string, version: null, kind: 'changed', at: null, account: null, ...more })
const events = (from: number, to: number): FeedEvent[] => Array.from({ length: to - from }, (_, at) => event(`${from + at} p${from + at}`))

let disk: Awaited<ReturnType<typeof onDisk>>
let database: Database
const clock = handClock()
beforeEach(async () => {
  disk = await onDisk()
  database = await disk.open()
  clock.at = Date.parse('2026-03-01T00:00:00Z')
})
afterEach(() => disk.remove())

describe('the event log', () => {
  const begun = async (limits = {}): Promise<EventLog> => {
    const log = new EventLog(database, clock, limits)
    await log.begin('npm', 'feed', '0', {})
    return log
  }
  const append = (log: EventLog, from: string, cursor: string, list: readonly FeedEvent[]) =>
    log.append({ ecosystem: 'npm', feed: 'feed', from, cursor, events: list, state: { at: cursor } })
  const marks = async (log: EventLog): Promise<string[]> => (await log.since(0, 100_000)).map(({ mark }) => mark)

  it('keeps events in order, with everything they say', async () => {
    const log = await begun()
    const full = event('5 a', { version: '1.0.0', kind: 'published', at: new Date(1_700_000_000_123), account: 'somebody' })
    expect(await append(log, '0', '5', [event('4 b'), full])).toEqual({ added: 2, duplicates: 0 })
    const [first, second] = await log.since(0, 10)
    expect(second).toEqual({ ...full, seq: expect.any(Number), seenAt: clock.now() })
    expect(await log.since(first?.seq ?? 0, 10)).toEqual([second])
    expect(await log.position('npm')).toEqual({ feed: 'feed', cursor: '5', checkedAt: clock.now(), state: { at: '5' } })
  })

  it('drops what it knows, of one page and of earlier ones, but of its own ecosystem only', async () => {
    const log = await begun()
    await append(log, '0', '3', events(0, 3))
    expect(await append(log, '3', '5', [...events(1, 5), ...events(4, 5)])).toEqual({ added: 2, duplicates: 3 })
    await log.begin('go', 'index', 'x', {})
    expect(await log.append({ ecosystem: 'go', feed: 'index', from: 'x', cursor: 'y', state: {}, events: [{ ...event('1 p1'), ecosystem: 'go' }] })).toEqual({ added: 1, duplicates: 0 })
    expect(await marks(log)).toEqual([...events(0, 5).map(({ mark }) => mark), '1 p1'])
  })

  it('writes nothing where another has moved on', async () => {
    const log = await begun()
    await append(log, '0', '2', events(0, 2))
    expect(await append(log, '0', '9', events(5, 9))).toBe('moved')
    expect(await log.append({ ecosystem: 'npm', feed: 'another', from: '2', cursor: '9', events: events(5, 9), state: {} })).toBe('moved')
    expect(await log.append({ ecosystem: 'pypi', feed: 'feed', from: '2', cursor: '9', events: [], state: {} })).toBe('moved')
    expect(await marks(log)).toEqual(['0 p0', '1 p1'])
    expect(await log.position('npm')).toMatchObject({ cursor: '2' })
  })

  it('keeps neither events nor cursor of what failed', async () => {
    const log = await begun()
    const bad = { ...event('7 x'), name: null as unknown as string }
    await expect(append(log, '0', '7', [...events(0, 1_500), bad])).rejects.toMatchObject({ code: 'storage' })
    expect(await marks(log)).toEqual([])
    expect(await log.position('npm')).toMatchObject({ cursor: '0' })
    expect(await append(log, '0', '1', events(0, 1))).toMatchObject({ added: 1 })
  })

  it('holds times that are none, and absurd ones', async () => {
    const log = await begun()
    await append(log, '0', '1', [event('1 a', { at: new Date(Number.NaN) }), event('2 b', { at: new Date(8.64e15) })])
    expect((await log.since(0, 10)).map(({ at }) => at)).toEqual([null, new Date(8.64e15)])
  })

  it('lets consumers begin at the present and go on where they were', async () => {
    const log = await begun()
    await append(log, '0', '3', events(0, 3))
    const start = await log.readBy('names')
    expect(await log.since(start, 10)).toEqual([])
    await append(log, '3', '6', events(3, 6))
    const [first] = await log.since(start, 10)
    await log.done('names', first?.seq ?? 0)
    const again = new EventLog(await disk.open(), clock)
    expect((await again.since(await again.readBy('names'), 10)).map(({ mark }) => mark)).toEqual(['4 p4', '5 p5'])
    await expect(log.done('names', 0)).rejects.toMatchObject({ code: 'usage' })
  })

  it('prunes what is old or too much, and nothing a consumer has not read', async () => {
    const log = await begun({ keepMs: 1_000, keepRows: 15 })
    await log.readBy('names')
    await append(log, '0', '10', events(0, 10))
    clock.at += 5_000
    await append(log, '10', '20', events(10, 20))
    expect(await log.prune()).toBe(0)
    await log.done('names', (await log.since(0, 100)).at(3)?.seq ?? 0)
    expect(await log.prune()).toBe(4)
    await log.readBy('clusters')
    await log.done('names', (await log.since(0, 100)).at(-1)?.seq ?? 0)
    expect(await log.prune()).toBe(6)
    await append(log, '20', '40', events(20, 40))
    await log.done('names', (await log.since(0, 100)).at(-1)?.seq ?? 0)
    await log.forget('clusters')
    expect(await log.prune()).toBe(15)
    expect(await marks(log)).toEqual(events(25, 40).map(({ mark }) => mark))
  })

  it('gives no number twice, also when everything was pruned', async () => {
    const log = await begun({ keepMs: 0 })
    await append(log, '0', '3', events(0, 3))
    const last = (await log.since(0, 10)).at(-1)?.seq ?? 0
    clock.at += 1
    expect(await log.prune()).toBe(3)
    await append(log, '3', '4', events(3, 4))
    expect((await log.since(0, 10))[0]?.seq).toBe(last + 1)
  })

  it('is full when consumers are too far behind', async () => {
    const log = await begun({ unread: 5 })
    expect(await log.isFull()).toBe(false)
    await log.readBy('names')
    await append(log, '0', '6', events(0, 6))
    expect(await log.isFull()).toBe(true)
    await log.done('names', (await log.since(0, 1))[0]?.seq ?? 0)
    expect(await log.isFull()).toBe(false)
  })

  it('takes appends of several at once', async () => {
    const log = await begun()
    const results = await Promise.all([append(log, '0', '5', events(0, 5)), append(log, '0', '7', events(3, 7)), append(log, '5', '9', events(3, 9))])
    expect(results).toEqual([{ added: 5, duplicates: 0 }, 'moved', { added: 4, duplicates: 2 }])
  })
})

describe('the lease', () => {
  it('is one process\'s until it lets go or is gone', async () => {
    const [one, two] = [new Lease(database, clock, 30_000), new Lease(await disk.open(), clock, 30_000)]
    expect([await one.hold(), await two.hold()]).toEqual([true, false])
    clock.at += 25_000
    expect([await one.hold(), await two.hold()]).toEqual([true, false])
    clock.at += 25_000
    expect(await two.hold()).toBe(false)
    clock.at += 6_000
    expect([await two.hold(), await one.hold()]).toEqual([true, false])
    await one.release()
    expect(await one.hold()).toBe(false)
    await two.release()
    expect(await one.hold()).toBe(true)
  })

  it('is given to one of many who ask at once', async () => {
    const leases = await Promise.all(Array.from({ length: 4 }, async () => new Lease(await disk.open(), clock)))
    expect((await Promise.all(leases.map((lease) => lease.hold()))).filter(Boolean)).toHaveLength(1)
  })

  it('tells whoever has it again after another that time has passed', async () => {
    const [one, two] = [new Lease(database, clock, 30_000), new Lease(await disk.open(), clock, 30_000)]
    expect([await one.hold(), one.term]).toEqual([true, 1])
    clock.at += 25_000
    expect([await one.hold(), one.term]).toEqual([true, 1])
    clock.at += 40_000
    expect([await two.hold(), two.term]).toEqual([true, 1])
    expect([await one.hold(), one.term]).toEqual([false, 1])
    await two.release()
    expect([await one.hold(), one.term]).toEqual([true, 2])
  })

  it('is taken from a clock that was wrong, and from what cannot be read', async () => {
    const later = new Lease(database, handClock(clock.at + 365 * 86_400_000), 30_000)
    await later.hold()
    expect(await new Lease(database, clock, 30_000).hold()).toBe(true)
    await database.query.updateTable('settings').set({ value: 'nonsense' }).where('key', '=', 'watch lease').execute()
    expect(await new Lease(database, clock, 30_000).hold()).toBe(true)
  })
})
