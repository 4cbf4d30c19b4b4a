import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openDatabase } from '../../adapters/embedded/database.ts'
import { createUpstream } from '../../adapters/upstream.ts'
import { wayOut } from '../../adapters/upstream/testing.ts'
import type { Database } from '../../ports/database.ts'
import type { Upstream } from '../../ports/upstream.ts'

export interface Bench {
  database: Database
  upstream: Upstream
  clock: { at: Date; now(): Date }
  /** Milliseconds that a server has, for its head and from byte to byte. Only who waits for that to be over makes it short. */
  patience: { ms: number }
  close(): Promise<void>
}

/** A database of its own, a clock that is set, and a way out that trusts loopback servers, as if the operator had named them. */
export async function bench(...named: string[]): Promise<Bench> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-domains-'))
  const database = await openDatabase(join(folder, 'sluice.db'))
  await database.migrate()
  const patience = { ms: 20_000 }
  const upstream = createUpstream({ way: () => wayOut({ headTimeout: patience.ms, stallTimeout: patience.ms, origins: named.map((base) => ({ base, authorization: null, alsoAllow: [] })) }) })
  const clock = { at: new Date('2024-03-12T08:00:00Z'), now: () => clock.at }
  return {
    database, upstream, clock, patience,
    async close() {
      await upstream.close()
      await database.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}
