import { describe, expect, it } from 'vitest'
import type { FeedEvent } from '../../core/watch.ts'
import type { Polled } from './polled.ts'
import { polling } from './polling.ts'

function world(packages: Record<string, string[] | null>) {
  const kept = new Map<string, Polled>()
  const asked: string[] = []
  const broken = new Set<string>()
  const open = (batch = 3) => polling({
    ecosystem: 'npm', batch,
    names: () => Promise.resolve(Object.keys(packages)),
    releases: (name) => {
      asked.push(name)
      if (broken.has(name)) return Promise.reject(new Error('out of reach'))
      return Promise.resolve(packages[name]?.map((version) => ({ version, publishedAt: new Date(1_700_000_000_000) })) ?? null)
    },
    store: { of: (name) => Promise.resolve(kept.get(name) ?? null), keep: (name, polled) => Promise.resolve(void kept.set(name, polled)) },
  })
  return { packages, asked, broken, open }
}
const said = (events: readonly FeedEvent[]): string[] => events.map(({ kind, name, version }) => `${kind} ${name} ${version}`)

describe('polling', () => {
  it('says what came and went since the last look, and nothing of the first', async () => {
    const { packages, open } = world({ a: ['1.0.0', '1.1.0'], b: ['2.0.0'], c: null })
    const feed = open()
    let { events, cursor } = await feed.read(await feed.start(), 100)
    expect(events).toEqual([])
    packages['a'] = ['1.1.0', '1.2.0']
    packages['b'] = null
    packages['c'] = ['0.0.1']
    ;({ events, cursor } = await feed.read(cursor, 100))
    expect(said(events)).toEqual(['published a 1.2.0', 'removed a 1.0.0', 'removed b null', 'published c 0.0.1'])
    expect(events[0]?.at).toEqual(new Date(1_700_000_000_000))
    expect((await feed.read(cursor, 100)).events).toEqual([])
  })

  it('says the same with the same marks after a crash, and other marks when a version comes back', async () => {
    const { packages, open } = world({ a: ['1.0.0'] })
    const first = open()
    const { cursor } = await first.read('0', 100)
    await first.read(cursor, 100)
    packages['a'] = ['1.0.0', '2.0.0']
    const { events } = await open().read('7 a', 100)
    const again = open()
    const { events: repeated, cursor: after } = await again.read('7 a', 100)
    expect(repeated).toEqual(events)
    expect(said(events)).toEqual(['published a 2.0.0'])
    packages['a'] = ['1.0.0']
    const { events: gone, cursor: then } = await again.read(after, 100)
    packages['a'] = ['1.0.0', '2.0.0']
    const { events: back } = await again.read(then, 100)
    expect(said([...gone, ...back])).toEqual(['removed a 2.0.0', 'published a 2.0.0'])
    expect(back[0]?.mark).not.toBe(events[0]?.mark)
  })

  it('asks in turn, a few at a time, and goes on where it was', async () => {
    const { asked, open } = world(Object.fromEntries(['e', 'd', 'c', 'b', 'a'].map((name) => [name, ['1.0.0']])))
    let cursor = '0'
    for (const feed of [open(), open(), open(2)]) ({ cursor } = await feed.read(cursor, 100))
    expect(asked).toEqual(['a', 'b', 'c', 'd', 'e', 'a', 'b', 'c'])
  })

  it('passes by what cannot be asked for, and fails when nothing can', async () => {
    const { packages, broken, open } = world({ a: ['1.0.0'], b: ['1.0.0'] })
    const feed = open()
    const { cursor } = await feed.read('0', 100)
    packages['a'] = packages['b'] = ['2.0.0']
    broken.add('a')
    const page = await feed.read(cursor, 100)
    expect(said(page.events)).toEqual(['published b 2.0.0', 'removed b 1.0.0'])
    expect(page.problem).toBe('1 of 2 packages could not be asked for: out of reach')
    broken.add('b')
    await expect(feed.read(page.cursor, 100)).rejects.toThrow('none of 2 packages could be asked for')
  })

  it('has nothing to do without names', async () => {
    expect(await world({}).open().read('0', 100)).toMatchObject({ events: [], problem: null })
  })
})
