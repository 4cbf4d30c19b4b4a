import { afterEach, describe, expect, it } from 'vitest'
import { startFakeGoFeed } from '../../../test/fakes/go-feed.ts'
import { startHttp } from '../../../test/fakes/http.ts'
import type { FakeServer } from '../../../test/fakes/http.ts'
import { startFakeNpmFeed } from '../../../test/fakes/npm-feed.ts'
import { startFakePypiFeed } from '../../../test/fakes/pypi-feed.ts'
import { derived } from './candidates.ts'
import { chooseFeed } from './choose.ts'
import type { Feed } from './feed.ts'
import { handClock, toFakes } from './testing.ts'

const running: FakeServer[] = []
afterEach(async () => {
  await Promise.all(running.splice(0).map((fake) => fake.close()))
})
const keep = <T extends FakeServer>(fake: T): T => {
  running.push(fake)
  return fake
}
const clock = handClock()
/** A registry without any feed. */
const bare = async () => keep(await startHttp((_, response) => void response.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"not found"}')))
const polling: Feed = { id: 'polling', ecosystem: 'npm', polls: true, describe: () => 'polls', start: () => Promise.resolve('0'), read: () => Promise.reject(new Error('not asked for')) }

describe('what may be there', () => {
  const ways = { upstream: toFakes([]), clock }
  it.each([
    ['npm', 'https://registry.x.example/', ['npm-changes https://registry.x.example/', 'npm-changes https://replicate.x.example/', 'npm-changes https://replicate.x.example/registry/']],
    ['npm', 'https://registry.example.org', ['npm-changes https://registry.example.org/', 'npm-changes https://replicate.example.org/', 'npm-changes https://replicate.example.org/registry/', 'npm-changes https://replicate.example.com/', 'npm-changes https://replicate.example.com/registry/']],
    ['npm', 'http://127.0.0.1:4873/', ['npm-changes http://127.0.0.1:4873/']],
    ['npm', 'http://[2001:db8::1]:4873/a/', ['npm-changes http://[2001:db8::1]:4873/a/']],
    ['npm', 'http://npm.example/', ['npm-changes http://npm.example/']],
    ['go', 'https://proxy.x.example/', ['go-index https://proxy.x.example/index', 'go-index https://index.x.example/index']],
    ['pypi', 'https://x.example/simple/', ['pypi-changelog https://x.example/pypi', 'pypi-rss https://x.example/rss/', 'pypi-serials https://x.example/simple/']],
    ['pypi', 'https://x.example', ['pypi-changelog https://x.example/pypi', 'pypi-rss https://x.example/rss/', 'pypi-serials https://x.example/simple/']],
  ] as const)('%s %s', (ecosystem, registry, expected) => {
    expect(derived(ecosystem, registry, ways).map(({ id }) => id)).toEqual(expected)
  })
})

describe('the choice', () => {
  it('is the first that speaks the format, and says what did not', async () => {
    const registry = await bare()
    const feed = keep(await startFakeNpmFeed({ under: '/registry/' }))
    const upstream = toFakes([registry, feed], { 'registry.x.example': registry.url, 'replicate.x.example': feed.url })
    const choice = await chooseFeed({ ecosystem: 'npm', registry: 'https://registry.x.example/', upstream, clock, polling })
    expect(choice).toMatchObject({ feed: { id: 'npm-changes https://replicate.x.example/registry/' }, because: 'found beside the upstream registry.x.example, after 2 that did not answer as a feed', provisional: false })
    expect(choice.refused.map(({ candidate, why }) => `${candidate}: ${why}`)).toEqual([
      'npm-changes https://registry.x.example/: the feed answered 404', 'npm-changes https://replicate.x.example/: the feed answered 404',
    ])
  })

  it.each([
    [{ xmlRpc: true, rss: true, serials: true }, 'pypi-changelog'], [{ xmlRpc: false, rss: true, serials: true }, 'pypi-rss'],
    [{ xmlRpc: false, rss: false, serials: true }, 'pypi-serials'], [{ xmlRpc: false, rss: false, serials: false }, 'polling'],
  ])('of PyPI with %o is %s', async (offers, kind) => {
    const fake = keep(await startFakePypiFeed())
    Object.assign(fake.offers, offers)
    const { feed } = await chooseFeed({ ecosystem: 'pypi', registry: `${fake.url}simple/`, upstream: toFakes([fake]), clock, polling })
    expect(feed?.id.split(' ')[0]).toBe(kind)
  })

  it('of Go is the index beside the proxy', async () => {
    const [proxy, index] = [await bare(), keep(await startFakeGoFeed())]
    const upstream = toFakes([proxy, index], { 'proxy.x.example': proxy.url, 'index.x.example': index.url })
    expect(await chooseFeed({ ecosystem: 'go', registry: 'https://proxy.x.example/', upstream, clock, polling: null }))
      .toMatchObject({ feed: { id: 'go-index https://index.x.example/index' } })
  })

  it('without any feed is polling, for now, in a sentence that says so', async () => {
    const registry = await bare()
    const choose = (fallback: Feed | null) => chooseFeed({ ecosystem: 'npm', registry: registry.url, upstream: toFakes([registry]), clock, polling: fallback })
    expect(await choose(polling)).toMatchObject({ feed: polling, provisional: true, because: expect.stringMatching(/no feed within reach \(tried 1\); the packages used here/) })
    expect(await choose(null)).toMatchObject({ feed: null, because: expect.stringContaining('nothing is watched') })
  })

  it.each([
    ['npm', 'https://feed.example/registry/_changes', 'npm-changes https://feed.example/registry/'], ['npm', 'https://feed.example/db', 'npm-changes https://feed.example/db/'],
    ['pypi', 'https://feed.example/pypi', 'pypi-changelog https://feed.example/pypi'], ['pypi', 'https://feed.example/rss/updates.xml', 'pypi-rss https://feed.example/rss/'],
    ['pypi', 'https://feed.example/simple', 'pypi-serials https://feed.example/simple/'], ['go', 'https://feed.example/index', 'go-index https://feed.example/index'],
  ] as const)('of a person counts without being asked for: %s %s', async (ecosystem, setting, id) => {
    expect(await chooseFeed({ ecosystem, registry: null, setting, upstream: toFakes([]), clock, polling: null })).toMatchObject({ feed: { id }, because: 'the configuration names it', provisional: false })
  })

  it('may be none', async () => {
    const rest = { ecosystem: 'npm', upstream: toFakes([]), clock, polling } as const
    expect(await chooseFeed({ ...rest, registry: 'https://registry.x.example/', setting: 'off' })).toMatchObject({ feed: null, provisional: false })
    expect(await chooseFeed({ ...rest, registry: null, why: 'nobody set one' })).toMatchObject({ feed: null, because: 'nobody set one' })
  })

  it('stays with the feed that has a cursor while it is only out of reach', async () => {
    const fake = keep(await startFakePypiFeed())
    const choose = () => chooseFeed({ ecosystem: 'pypi', registry: `${fake.url}simple/`, stored: `pypi-changelog ${fake.url}pypi`, upstream: toFakes([fake]), clock, polling })
    fake.behaviour.set('/pypi', { status: 503 })
    expect(await choose()).toMatchObject({ feed: { id: `pypi-changelog ${fake.url}pypi` }, provisional: true })
    fake.behaviour.set('/pypi', { status: 410 })
    expect(await choose()).toMatchObject({ feed: { id: `pypi-rss ${fake.url}rss/` } })
    fake.behaviour.clear()
    expect(await choose()).toMatchObject({ feed: { id: `pypi-changelog ${fake.url}pypi` }, because: 'it was followed before', provisional: false })
  })
})
