import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../adapters/embedded/database.ts'
import { createUpstream } from '../../adapters/upstream.ts'
import { wayOut } from '../../adapters/upstream/testing.ts'
import type { FeedEvent } from '../../core/watch.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database } from '../../ports/database.ts'
import type { Upstream } from '../../ports/upstream.ts'
import type { Feed, FeedPage } from './feed.ts'

/** What tests and benches of the watch stand on. Loopback only. */

/** The real way out to fakes. `hosts` lets names of no host stand for them; others do not resolve. `patience`: milliseconds that a fake has. */
export function toFakes(fakes: readonly { url: string }[], hosts: Readonly<Record<string, string>> = {}, patience = 20_000): Upstream {
  const bases = fakes.map(({ url }) => url)
  const upstream = createUpstream({ way: () => wayOut({ origins: bases.map((base) => ({ base, authorization: null, alsoAllow: [] })), headTimeout: patience, stallTimeout: patience }) })
  return {
    ...upstream,
    fetch: (target, options) => {
      const url = new URL(target)
      const stands = hosts[url.hostname]
      if (stands === undefined && url.hostname !== '127.0.0.1') url.hostname = 'nowhere.invalid'
      return upstream.fetch(stands === undefined ? url.href : new URL(url.pathname.slice(1) + url.search, stands).href, options)
    },
  }
}

export interface HandClock extends Clock {
  at: number
}

export function handClock(at = Date.now()): HandClock {
  const clock = { at, now: () => new Date(clock.at) }
  return clock
}

/** A database that can be opened again, as after a restart. */
export async function onDisk(): Promise<{ open(): Promise<Database>; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-watch-'))
  const opened: Database[] = []
  return {
    async open() {
      const database = await openDatabase(join(folder, 'sluice.db'))
      await database.migrate()
      opened.push(database)
      return database
    },
    async remove() {
      await Promise.all(opened.map((database) => database.close().catch(() => null)))
      await rm(folder, { recursive: true })
    },
  }
}

export const manyNames = (count: number, prefix = 'p'): string[] => Array.from({ length: count }, (_, at) => `${prefix}${at}`)

/** A feed that sends what it is told, without any network; the last page again and again. */
export function scripted(...pages: (Partial<FeedPage> | Error)[]): Feed {
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
let marks = 0
/** Each call's are others. */
export const scriptedEvents = (count: number, more: Partial<FeedEvent> = {}): FeedEvent[] =>
  manyNames(count).map((name) => ({ ecosystem: 'npm', mark: `${name} ${marks++}`, name, version: null, kind: 'changed', at: null, account: null, ...more }))
