import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../adapters/embedded/database.ts'
import { createUpstream } from '../../adapters/upstream.ts'
import { wayOut } from '../../adapters/upstream/testing.ts'
import type { Clock } from '../../ports/clock.ts'
import type { Database } from '../../ports/database.ts'
import type { Upstream } from '../../ports/upstream.ts'

/** What tests and benches of the watch stand on. Loopback only. */

/** The real way out to fakes. `hosts` lets names of no host stand for them; others do not resolve. */
export function toFakes(fakes: readonly { url: string }[], hosts: Readonly<Record<string, string>> = {}): Upstream {
  const bases = fakes.map(({ url }) => url)
  const upstream = createUpstream({ way: () => wayOut({ origins: bases.map((base) => ({ base, authorization: null, alsoAllow: [] })), headTimeout: 1_000, stallTimeout: 1_000 }) })
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
