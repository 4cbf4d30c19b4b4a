import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pino } from 'pino'
import { afterEach, expect, it } from 'vitest'
import { openBlobs } from '../adapters/embedded/blobs.ts'
import { openDatabase } from '../adapters/embedded/database.ts'
import { openQueue } from '../adapters/embedded/queue.ts'
import { createNotifier } from '../adapters/notifier.ts'
import type { Context } from '../admission/context.ts'
import { order } from '../admission/orders.ts'
import { Revisions } from '../admission/revisions.ts'
import type { Digest } from '../core/types.ts'
import { createLedger } from '../ledger/append.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Database } from '../ports/database.ts'
import { Recalls } from './recalls.ts'

const folders: string[] = []
afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true })
})

const NONE = { met: [], totals: { index: 0, denied: 0, served: 1, locked: 0, installed: 0, ran: 0 }, complete: true }
const POLICY = {
  id: 'test', mode: 'enforce' as const, minimumAge: { npm: 0, pypi: 0, go: 0 }, suspicious: 'hold' as const, undetermined: 'hold' as const, suspected: 'hold' as const,
  allow: [], deny: [], private: [], advisories: { holdFrom: null },
}

/** Everything a process does to its storage passes here; past the `limit`th time nothing works any more, as after `kill -9`. */
class Fuse {
  used = 0
  readonly limit: number
  /** The one that blows it: done before the process is gone, or not. */
  readonly after: boolean
  constructor(limit: number, after: boolean) {
    this.limit = limit
    this.after = after
  }

  async pass<T>(work: () => Promise<T>): Promise<T> {
    const nth = ++this.used
    if (nth > this.limit || (nth === this.limit && !this.after)) throw new Error('the process is gone')
    const done = await work()
    if (nth === this.limit) throw new Error('the process is gone')
    return done
  }

  blobs(inner: Blobs): Blobs {
    return {
      ...inner, put: (...all) => this.pass(() => inner.put(...all)), delete: (...all) => this.pass(() => inner.delete(...all)), read: (...all) => this.pass(() => inner.read(...all)),
    }
  }

  database(inner: Database): Database {
    const query = new Proxy(inner.query, {
      get: (target, key) => {
        if ((key === 'updateTable' || key === 'insertInto') && ++this.used >= this.limit) throw new Error('the process is gone')
        const value = Reflect.get(target, key) as unknown
        return typeof value === 'function' ? value.bind(target) as unknown : value
      },
    })
    return { ...inner, query, transaction: (work) => this.pass(() => inner.transaction(work)), appendLedger: (entries) => this.pass(() => inner.appendLedger(entries)) }
  }
}

/** A process on this folder. */
async function start(folder: string, fuse: Fuse, now: () => Date) {
  const clock = { now }
  const real = await openDatabase(join(folder, 'sluice.db'))
  await real.migrate()
  const database = fuse.database(real)
  const ledger = createLedger({ database })
  const queue = openQueue(database, clock)
  const log = pino({ level: 'silent' })
  const context = {
    database, ledger, clock, log, policy: () => POLICY, near: () => Promise.resolve(null), revisions: new Revisions(database), limits: { artifactSize: 1_000_000 },
    blobs: fuse.blobs(await openBlobs(join(folder, 'blobs'))), evidence: fuse.blobs(await openBlobs(join(folder, 'evidence'))),
    notifier: createNotifier({ log, queue, clock, receivers: [{ name: 'test', topic: 'test', send: () => Promise.reject(new Error('not now')) }] }),
  } as unknown as Context
  return {
    context, database: real, recalls: new Recalls({ context, exposureOf: () => Promise.resolve(NONE), settled: 0 }),
    close: async () => {
      await ledger.close()
      await real.close()
    },
  }
}

const never = (): Fuse => new Fuse(Number.POSITIVE_INFINITY, false)

it.each([['before', false], ['after', true]])('a process killed %s any one of its writes leaves a recall that the next one ends, told once', { timeout: 120_000 }, async (_, after) => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-crash-'))
  folders.push(folder)
  let time = Date.parse('2026-01-02T03:04:05Z')
  const now = (): Date => new Date(time)
  const next = await start(folder, never(), now)
  let crashes = 0
  for (let limit = 1, blown = true; blown; limit++) {
    const name = `up${limit}`
    const { digest } = await next.context.blobs.put(Readable.from([Buffer.from(name)]), { limit: 100 })
    await next.database.query.insertInto('artifacts').values({
      ecosystem: 'npm', name, file: 'up-1.0.0.tgz', version: '1.0.0', digest, size: 5, upstream: 'https://registry.example/', source: 'public', published_at: null, first_seen_at: 1, hashes: '{}', purged: 0,
    }).execute()
    blown = false
    for (const [action, expected] of [['recall', { blob: false, evidence: true, purged: 1, step: 'withdrawn' }], ['release', { blob: true, evidence: false, purged: 0, step: 'lifted' }]] as const) {
      await order(next.context, { ecosystem: 'npm', name, version: '1.0.0', digest: null, action, because: 'SEC-1', by: 'ann', expiresAt: null })
      const fuse = new Fuse(limit, after)
      const doomed = await start(folder, fuse, now)
      blown = await doomed.recalls.tick().then(() => fuse.used >= limit, () => true) || blown
      await doomed.close()
      for (let turn = 0; turn < 2; turn++) {
        time += 3_600_000
        await next.recalls.tick()
      }
      expect({ limit, action, ...(await stateOf(next, name, digest)) }).toEqual({ limit, action, ...expected })
      // The next process to begin finds the lease free.
      await next.recalls.stop()
    }
    const counts = await next.database.query.selectFrom('ledger').select(['kind', ({ fn }) => fn.countAll<number>().as('count')]).where('digest', '=', digest).groupBy('kind').orderBy('kind').execute()
    expect({ limit, counts }).toEqual({ limit, counts: ['purged', 'recalled', 'restored'].map((kind) => ({ kind, count: 1 })) })
    const told = await next.database.query.selectFrom('jobs').select('key').where('payload', 'like', `%"name":"${name}"%`).execute()
    expect({ limit, told: told.map(({ key }) => key.split('-')[0]).toSorted() }).toEqual({ limit, told: ['lifted', 'recall'] })
    if (blown) crashes++
  }
  await next.close()
  // Fewer than a recall and a release have writes would mean that no crash was tried in the middle.
  expect(crashes).toBeGreaterThan(8)
})

async function stateOf({ context, database }: Awaited<ReturnType<typeof start>>, name: string, digest: Digest) {
  const { purged } = await database.query.selectFrom('artifacts').select('purged').where('name', '=', name).executeTakeFirstOrThrow()
  const { step } = await database.query.selectFrom('tombstones').select('step').where('name', '=', name).executeTakeFirstOrThrow()
  return { blob: await context.blobs.has(digest), evidence: await context.evidence.has(digest), purged, step }
}
