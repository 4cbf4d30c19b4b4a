import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { SluiceError } from '../core/errors.ts'
import { identityOf } from '../core/identity.ts'
import { systemClock } from '../ports/clock.ts'
import type { Database } from '../ports/database.ts'
import type { Upstream } from '../ports/upstream.ts'
import type { Pool } from '../workers/pool.ts'
import { onDisk } from './feeds/testing.ts'
import { Identities } from './identities.ts'

const MIB = 2 ** 20

/** Answers packuments of these sizes, and counts how many bytes are on their way at once. */
function registry(sizes: Readonly<Record<string, number>>): { upstream: Upstream; most: () => number; asked: string[] } {
  let [now, most] = [0, 0]
  const asked: string[] = []
  const fetch: Upstream['fetch'] = async (url, { limit = 0 } = {}) => {
    const name = new URL(url).pathname.slice(1)
    const size = sizes[name]
    asked.push(name)
    const held = Math.min(size ?? 0, limit)
    now += held
    most = Math.max(most, now)
    await wait(2)
    now -= held
    const body = size === undefined ? Readable.from([]) : size > limit
      ? Readable.from((async function* () { yield Buffer.alloc(1); throw new SluiceError('upstream-too-large', 'too large') })())
      : Readable.from([Buffer.from(JSON.stringify({ name, description: `of ${size}` }))])
    return { status: size === undefined ? 404 : 200, headers: {}, url, body }
  }
  return { upstream: { fetch, close: () => Promise.resolve() }, most: () => most, asked }
}

function reader(database: Database, upstream: Upstream): Identities {
  const pool = { run: () => Promise.reject(new Error('none of these is large once read')) } as unknown as Pool
  return new Identities({ database, upstream, pool, clock: systemClock, base: () => 'http://npm.registry.example/', rankOf: () => null })
}

it('holds one large document at a time, whatever a flood sends, and reads all of them once', async () => {
  const disk = await onDisk()
  try {
    const sizes = Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`large-${at}`, 60 * MIB]))
    const { upstream, most, asked } = registry({ ...sizes, small: 1_000, endless: 1_000 * MIB })
    const identities = reader(await disk.open(), upstream)
    const found = await Promise.all([...Object.keys(sizes), 'small', 'absent'].map((name) => identities.of('npm', name, 60_000)))
    expect(found.map((one) => one?.description ?? null)).toEqual([...Object.keys(sizes).map(() => `of ${60 * MIB}`), 'of 1000', null])
    // Each once with the usual limit, and one of them whole.
    expect(most()).toBeLessThan((12 * 4 + 61) * MIB)
    await expect(identities.of('npm', 'endless', 60_000)).rejects.toMatchObject({ code: 'upstream-too-large' })
    const before = asked.length
    await identities.saved()
    expect(await identities.of('npm', 'large-3', 60_000)).toEqual({ ...identityOf('npm', 'large-3', { description: `of ${60 * MIB}` }) })
    expect(asked.length).toBe(before)
  } finally {
    await disk.remove()
  }
})
