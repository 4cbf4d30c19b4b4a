import { afterEach, describe, expect, it } from 'vitest'
import { startFakeGoFeed } from '../../../test/fakes/go-feed.ts'
import type { FakeGoFeed } from '../../../test/fakes/go-feed.ts'
import type { FakeServer } from '../../../test/fakes/http.ts'
import { startFakeNpmFeed } from '../../../test/fakes/npm-feed.ts'
import { startFakePypiFeed } from '../../../test/fakes/pypi-feed.ts'
import type { FeedEvent } from '../../core/watch.ts'
import type { Feed, FeedPage } from './feed.ts'
import { goIndex } from './go-index.ts'
import { npmChanges } from './npm-changes.ts'
import { pypiChangelog } from './pypi-changelog.ts'
import { pypiRss } from './pypi-rss.ts'
import { pypiSerials, serialsOf } from './pypi-serials.ts'
import { handClock, toFakes } from './testing.ts'

const running: FakeServer[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((fake) => fake.close()))
})
const keep = <T extends FakeServer>(fake: T): T => {
  running.push(fake)
  return fake
}
const clock = handClock(Date.parse('2026-03-01T12:00:00Z'))

/** Reads until the feed says there is no more. */
async function drain(feed: Feed, cursor: string, limit = 1_000): Promise<{ events: FeedEvent[]; cursor: string; pages: FeedPage[] }> {
  const pages: FeedPage[] = []
  for (let at = cursor; ; at = pages.at(-1)?.cursor ?? at) {
    pages.push(await feed.read(at, limit))
    if (pages.length > 200) throw new Error('the feed never ends')
    if (!pages.at(-1)?.more) return { events: pages.flatMap(({ events }) => events), cursor: pages.at(-1)?.cursor ?? at, pages }
  }
}
const names = (events: readonly FeedEvent[]): string[] => events.map(({ name }) => name)
const many = (count: number, prefix = 'p'): string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`)

describe('npm\'s changes', () => {
  const start = async (options?: { under: string }, patience?: number) => {
    const fake = keep(await startFakeNpmFeed(options))
    return { fake, feed: npmChanges({ base: new URL(options?.under.slice(1) ?? '', fake.url).href, upstream: toFakes([fake], {}, patience), clock }) }
  }

  it('begin at the present and go on from there', async () => {
    const { fake, feed } = await start({ under: '/registry/' })
    fake.change('old')
    const cursor = await feed.start()
    fake.change('a', '@b/c')
    fake.remove('d')
    const { events, cursor: next } = await drain(feed, cursor)
    expect(events.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['changed a', 'changed @b/c', 'removed d'])
    expect(await drain(feed, next)).toMatchObject({ events: [], cursor: next })
  })

  it('come in pages, over numbers that are missing, and from servers that send less than was asked', async () => {
    const { fake, feed } = await start()
    const cursor = await feed.start()
    fake.change(...many(250))
    fake.skip(100_000)
    fake.change(...many(250, 'q'))
    expect(names((await drain(feed, cursor, 90)).events)).toEqual([...many(250), ...many(250, 'q')])
    fake.cap = 120
    expect((await drain(feed, cursor, 1_000)).events).toHaveLength(500)
  })

  it('are read whole when they come back to front', async () => {
    const { fake, feed } = await start()
    const cursor = await feed.start()
    fake.backwards = true
    fake.change(...many(500))
    expect(new Set(names((await drain(feed, cursor, 100)).events))).toEqual(new Set(many(500)))
  })

  it.each([false, true])('go back with a database that was restored (echoes: %s)', async (echoes) => {
    const { fake, feed } = await start()
    await feed.start()
    fake.change(...many(30))
    fake.echoes = echoes
    fake.skip(50_000)
    const { cursor } = await drain(feed, String(fake.seq - 10))
    fake.rewind(fake.seq - 20)
    fake.change('new')
    const { events, pages } = await drain(feed, cursor)
    expect(pages[0]).toMatchObject({ rewound: true, cursor: String(fake.seq - 10_000), problem: expect.stringContaining('went back') })
    expect(names(events)).toEqual(['new'])
  })

  it('stay where they are while one of many servers is behind', async () => {
    const { fake, feed } = await start()
    fake.change(...many(5))
    fake.behaviour.set('/_changes', { body: JSON.stringify({ results: [], last_seq: fake.seq - 4 }) })
    expect(await feed.read(String(fake.seq), 10)).toMatchObject({ cursor: String(fake.seq), rewound: false, more: false, problem: expect.stringContaining('is behind') })
  })

  it('go back when it is not one of many', async () => {
    const { fake, feed } = await start()
    fake.change(...many(5))
    fake.behaviour.set('/_changes', { body: JSON.stringify({ results: [], last_seq: 600 }) })
    const pages: FeedPage[] = []
    for (let read = 0; read < 20; read++) pages.push(await feed.read(String(fake.seq), 10))
    expect(pages.map(({ rewound }) => rewound)).toEqual([...Array.from({ length: 19 }, () => false), true])
    expect(await feed.start()).toBe('600')
  })

  it('do not run in circles when `since` is ignored', async () => {
    const { fake, feed } = await start()
    fake.change(...many(20))
    fake.ignoresSince = true
    expect(await feed.read(String(fake.seq), 10)).toMatchObject({ cursor: String(fake.seq), more: false, problem: expect.stringContaining('repeats') })
  })

  it.each([
    ['a refusal', { status: 429, headers: { 'retry-after': '30' } }, { code: 'upstream-status', status: 429, pause: 30_000 }],
    ['trouble', { status: 503 }, { code: 'upstream-status', status: 503, pause: null }],
    ['half a page', { truncate: 20 }, { code: 'upstream-truncated' }],
    ['half a document', { body: '{"results":[{"seq":1,' }, { code: 'feed-invalid' }],
    ['a web page', { body: '<html>', contentType: 'text/html' }, { code: 'feed-invalid' }],
    ['no end', { endless: true }, { code: 'feed-invalid' }],
    ['silence', { until: new Promise<void>(() => undefined) }, { code: 'upstream-slow' }],
  ] as const)('say what is wrong: %s', async (what, bad, expected) => {
    const { fake, feed } = await start(undefined, what === 'silence' ? 500 : undefined)
    fake.change('a')
    fake.behaviour.set('/_changes', bad)
    await expect(feed.read('1', 10)).rejects.toMatchObject(expected)
  })
})

describe('PyPI\'s journal', () => {
  const start = async () => {
    const fake = keep(await startFakePypiFeed())
    return { fake, feed: pypiChangelog({ url: `${fake.url}pypi`, upstream: toFakes([fake]), clock }) }
  }

  it('begins at the present and goes on from there', async () => {
    const { fake, feed } = await start()
    fake.release('old', '1.0')
    const cursor = await feed.start()
    fake.release('A_b', '2.0', new Date(1_700_000_000_000))
    fake.act('c', null, 'remove project', new Date(1_700_000_001_000))
    const { events, pages } = await drain(feed, cursor)
    expect(events.map(({ kind, name, version }) => `${kind} ${name} ${version}`)).toEqual(['changed a-b null', 'published a-b 2.0', 'changed a-b 2.0', 'removed c null'])
    expect(pages[0]?.headAt).toEqual(new Date(1_700_000_001_000))
  })

  it('goes back with a database that was restored, and reads what is new there', async () => {
    const { fake, feed } = await start()
    const cursor = await feed.start()
    for (const name of many(20)) fake.act(name, '1', 'new release')
    const { cursor: end } = await drain(feed, cursor)
    fake.rewind(fake.serial - 15)
    fake.act('other', '1', 'new release')
    const { events, pages } = await drain(feed, end)
    expect(pages[0]).toMatchObject({ rewound: true, more: true })
    expect(names(events)).toEqual([...many(5), 'other'])
  })

  it('comes in pieces where it is more than is taken at once', async () => {
    const { fake } = await start()
    const feed = pypiChangelog({ url: `${fake.url}pypi`, upstream: toFakes([fake]), clock, pageLimit: 20_000 })
    const cursor = await feed.start()
    for (const name of many(300)) fake.act(name, '1', 'new release')
    const { events, pages } = await drain(feed, cursor)
    expect(pages.length).toBeGreaterThan(3)
    expect(names(events)).toEqual(many(300))
    fake.behaviour.set('/pypi', { endless: true })
    await expect(feed.read(cursor, 1)).rejects.toMatchObject({ code: 'feed-invalid' })
  })

  it('knows how long it is asked to wait', async () => {
    const { fake, feed } = await start()
    fake.tooMany = { times: 1, seconds: 42 }
    await expect(feed.start()).rejects.toMatchObject({ status: 429, pause: 42_000 })
    expect(await feed.start()).toBe(String(fake.serial))
  })
})

describe('PyPI\'s RSS', () => {
  const start = async (withSerials: boolean) => {
    const fake = keep(await startFakePypiFeed())
    const ways = { upstream: toFakes([fake]), clock }
    const serials = withSerials ? serialsOf({ url: `${fake.url}simple/`, ...ways }) : null
    return { fake, feed: pypiRss({ base: `${fake.url}rss/`, serials, ...ways }) }
  }
  const at = (second: number): Date => new Date(clock.at + second * 1_000)

  it('tells releases and projects that are new', async () => {
    const { fake, feed } = await start(true)
    fake.release('old', '1.0', at(-3_600))
    const cursor = await feed.start()
    fake.release('fresh', '1.0', at(5))
    fake.release('old', '1.1', at(6))
    const { events, cursor: next } = await drain(feed, cursor)
    const marks = [`rss fresh  ${at(5).getTime()}`, `rss fresh 1.0 ${at(5).getTime()}`, `rss old 1.1 ${at(6).getTime()}`]
    expect(events.map(({ mark }) => mark)).toEqual(marks)
    expect((await drain(feed, next)).events.map(({ mark }) => mark)).toEqual(marks)
    expect((await drain(feed, next)).pages[0]?.problem).toBeNull()
    // Removed, and registered by somebody else with the same version: that is another event.
    fake.release('fresh', '1.0', at(60))
    expect((await drain(feed, next)).events.map(({ mark }) => mark)).toContain(`rss fresh 1.0 ${at(60).getTime()}`)
  })

  it.each([true, false])('sees a gap (list of projects: %s)', async (withSerials) => {
    const { fake, feed } = await start(withSerials)
    fake.release('old', '1.0', at(-3_600))
    const cursor = await feed.start()
    many(150).forEach((name, second) => fake.release(name, '1.0', at(second + 1)))
    const { events, pages } = await drain(feed, cursor)
    expect(pages[0]?.problem).toMatch(withSerials ? /made up for/ : /is lost/)
    expect(new Set(names(events)).size).toBe(withSerials ? 150 : 100)
    expect((await drain(feed, pages[0]?.cursor ?? '')).pages[0]?.problem).toBeNull()
  })

  it('closes gaps that follow on each other together', async () => {
    const { fake, feed } = await start(true)
    let cursor = await feed.start()
    const burst = async (from: number): Promise<FeedPage> => {
      for (let at = from; at < from + 150; at++) fake.release(`p${at}`, '1.0', new Date(clock.at + (at - from) * 1_000))
      clock.at += 150_000
      const page = await feed.read(cursor, 1_000)
      cursor = page.cursor
      return page
    }
    fake.release('old', '1.0', at(-3_600))
    const began = clock.at
    const pages: FeedPage[] = []
    for (let round = 0; round < 4; round++) pages.push(await burst(round * 200))
    clock.at += 600_000
    pages.push(await feed.read(cursor, 1_000))
    expect(fake.count('/simple/', 'GET')).toBe(2)
    expect(pages.map(({ problem }) => /it will be|made up/.exec(problem ?? '')?.[0])).toEqual(['made up', 'it will be', 'it will be', 'it will be', 'made up'])
    expect(new Set(pages.flatMap(({ events }) => names(events)).filter((name) => name !== 'old')).size).toBe(600)
    clock.at = began
  })

  it('does not follow times in the future', async () => {
    const { fake, feed } = await start(false)
    fake.release('old', '1.0', at(-3_600))
    const cursor = await feed.start()
    fake.release('late', '1.0', at(86_400 * 365))
    fake.release('now', '1.0', at(5))
    const { events, cursor: next } = await drain(feed, cursor)
    expect(names(events)).toContain('late')
    expect(JSON.parse(next)).toMatchObject({ at: at(5).getTime() })
  })
})

describe('PyPI\'s serials', () => {
  it('tell which projects changed, once each, and cost nothing while there is nothing', async () => {
    const fake = keep(await startFakePypiFeed())
    const feed = pypiSerials({ url: `${fake.url}simple/`, upstream: toFakes([fake]), clock })
    fake.release('old', '1.0')
    const cursor = await feed.start()
    expect(await drain(feed, cursor)).toMatchObject({ events: [] })
    expect(fake.count('/simple/', 'GET')).toBe(0)
    fake.release('b', '1.0')
    fake.release('a', '1.0')
    expect(names((await drain(feed, cursor)).events)).toEqual(['b', 'a'])
    const end = fake.serial
    fake.rewind(end - 3)
    expect((await feed.read(String(end), 10))).toMatchObject({ rewound: true, cursor: String(end - 3 - 10_000) })
  })
})

describe('Go\'s index', () => {
  const start = async () => {
    const fake = keep(await startFakeGoFeed())
    return { fake, feed: goIndex({ url: `${fake.url}index`, upstream: toFakes([fake]), clock }) }
  }
  const later = (microseconds: number): string => {
    const at = clock.at * 1000 + microseconds
    return `${new Date(Math.floor(at / 1e6) * 1000).toISOString().slice(0, 19)}.${String(at % 1e6).padStart(6, '0')}Z`
  }
  const fill = (fake: FakeGoFeed, count: number, time: (at: number) => string): string[] =>
    many(count, 'code.example/m').map((path, at) => {
      fake.add(path, 'v1.0.0', time(at))
      return path
    })

  it('begins a little before the present and tells each version once', async () => {
    const { fake, feed } = await start()
    fake.add('code.example/old', 'v1.0.0', later(-3_600e6))
    const cursor = await feed.start()
    const paths = fill(fake, 50, (at) => later(at))
    const { events, cursor: next } = await drain(feed, cursor, 20)
    expect(names(events)).toEqual(paths)
    expect(await drain(feed, next)).toMatchObject({ events: [], cursor: next })
  })

  it('begins where it is told', async () => {
    const { fake, feed } = await start()
    fake.add('code.example/old', 'v1.0.0', later(-86_400e6))
    expect(names((await drain(feed, await feed.since?.(new Date(clock.at - 2 * 86_400e3)) ?? '')).events)).toEqual(['code.example/old'])
  })

  it('gets past more modules of one time than a page holds', async () => {
    const { fake, feed } = await start()
    const cursor = await feed.start()
    const same = fill(fake, 1_500, () => later(7))
    fake.add('code.example/after', 'v1.0.0', later(8))
    const { events, pages } = await drain(feed, cursor, 100)
    expect(new Set(names(events))).toEqual(new Set([...same, 'code.example/after']))
    expect(pages.every(({ problem }) => problem === null)).toBe(true)
  })

  it('says so when even the largest page holds only one time', async () => {
    const { fake, feed } = await start()
    const cursor = await feed.start()
    fill(fake, 3_000, () => later(7))
    fake.add('code.example/after', 'v1.0.0', later(8))
    const { events, pages } = await drain(feed, cursor, 2_000)
    expect(names(events)).toContain('code.example/after')
    expect(pages.some(({ problem }) => problem?.includes('are skipped'))).toBe(true)
  })

  it('is not led into the future', async () => {
    const { fake, feed } = await start()
    const cursor = await feed.start()
    fake.add('code.example/a', 'v1.0.0', later(5))
    fill(fake, 30, () => later(86_400e6 * 365))
    const page = await feed.read(cursor, 10)
    expect(page).toMatchObject({ cursor: later(5), problem: expect.stringContaining('future') })
    expect(await feed.read(page.cursor, 10)).toMatchObject({ cursor: later(5), more: false })
    fake.add('code.example/b', 'v1.0.0', later(6))
    expect(names((await feed.read(page.cursor, 10)).events)).toContain('code.example/b')
  })

  it('goes on after lines that are broken', async () => {
    const { fake, feed } = await start()
    const cursor = await feed.start()
    fake.line('{"Path":', later(1))
    fake.line('{"Path":"../..","Version":"v1.0.0","Timestamp":"x"}', later(2))
    fake.add('code.example/a', 'v1.0.0', later(3))
    expect(await feed.read(cursor, 10)).toMatchObject({ rejected: 2, events: [{ name: 'code.example/a' }], cursor: later(3) })
  })

  it('knows a web page for none', async () => {
    const { fake, feed } = await start()
    fake.behaviour.set('/index', { body: '<html>\nnot here\n</html>', contentType: 'text/html' })
    await expect(feed.start()).rejects.toMatchObject({ code: 'feed-invalid' })
  })
})
