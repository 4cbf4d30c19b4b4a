import { mkdtemp, rm } from 'node:fs/promises'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { openBlobs } from '../../src/adapters/embedded/blobs.ts'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import { createUpstream } from '../../src/adapters/upstream.ts'
import { assemble } from '../../src/app.ts'
import type { App, Parts } from '../../src/app.ts'
import type { Limits } from '../../src/admission/context.ts'
import type { PublicSource } from '../../src/admission/sources.ts'
import type { Anonymous } from '../../src/access/access.ts'
import type { Policy } from '../../src/core/policy.ts'
import { openQueue } from '../../src/adapters/embedded/queue.ts'
import type { WatchSettings } from '../../src/monitor/open.ts'
import { RECHECK_DEFAULTS } from '../../src/monitor/recheck/schedule.ts'
import type { RecheckSettings } from '../../src/monitor/recheck/schedule.ts'
import type { SandboxParts } from '../../src/sandbox/gate/room.ts'
import type { Notice } from '../../src/ports/notifier.ts'
import type { EcosystemId } from '../../src/core/types.ts'
import { createMetrics } from '../../src/gateway/metrics.ts'
import { createGateway } from '../../src/gateway/server.ts'
import type { Clock } from '../../src/ports/clock.ts'
import { sharedPool } from './workers.ts'

export interface GateOptions {
  sources?: Partial<Record<EcosystemId, PublicSource>>
  policy?: Partial<Policy>
  limits?: Partial<Limits>
  clock?: Clock
  anonymous?: Anonymous
  /** Origins besides the sources that may be reached although they are on loopback (file hosts, private registries). */
  origins?: readonly string[]
  /** Milliseconds until upstream's head must be there, and from byte to byte of those that it redirects to. */
  timeouts?: { head: number; strangers: number }
  data?: string
  rules?: { folder: string; timeMs: number }
  /** Absent: the feeds are not followed. */
  watch?: WatchSettings
  recheck?: Partial<RecheckSettings>
  nameLists?: Partial<Record<EcosystemId, string>>
  onNotice?: (notice: Notice) => void
  response?: Parts['response']
  /** Absent: those that all gates of a test file share. */
  workers?: Partial<{ size: number; timeMs: number; memoryMb: number }>
  /** Absent: who met a recall is counted at once, since nobody but the test asks. */
  recalls?: Parts['recalls']
  /** Absent: nothing is run. */
  sandbox?: SandboxParts
}

export interface Gate {
  app: App
  /** `http://127.0.0.1:PORT` */
  origin: string
  npm: string
  pypi: string
  go: string
  data: string
  close(): Promise<void>
}

export const OPEN_POLICY: Policy = {
  id: 'test', mode: 'enforce', minimumAge: { npm: 0, pypi: 0, go: 0 }, suspicious: 'hold', undetermined: 'hold', suspected: 'hold', removedUpstream: 'hold', quarantinedUpstream: 'hold', reports: { youngerThan: 86_400_000, observers: 2, trusted: 1 },
  allow: [], deny: [], private: [], advisories: { holdFrom: null },
}

const OFF: PublicSource = { url: null, why: 'off in this test' }

/** A whole gate on loopback over embedded storage in a temporary folder, its upstreams being the fakes it is given. */
export async function startGate(options: GateOptions = {}): Promise<Gate> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'sluice-gate-')))
  const log = pino({ level: 'silent' })
  const sources = { npm: OFF, pypi: OFF, go: OFF, ...options.sources }
  const bases = [...Object.values(sources).flatMap((source) => (source.url === null ? [] : [source.url])), ...(options.origins ?? [])]
  const database = await openDatabase(join(data, 'sluice.db'))
  await database.migrate()
  const clock = options.clock ?? { now: () => new Date() }
  const app = await assemble({
    database, log, data,
    blobs: await openBlobs(join(data, 'blobs')),
    evidence: await openBlobs(join(data, 'evidence')),
    upstream: createUpstream({ way: () => ({
      origins: bases.map((base) => ({ base, authorization: null, alsoAllow: options.origins ?? [], headTimeout: options.timeouts?.head ?? 20_000, stallTimeout: 10_000 })),
      proxy: { http: null, https: null, bypass: [] }, ca: [], headTimeout: 20_000, stallTimeout: options.timeouts?.strangers ?? 10_000,
    }) }),
    notifier: { notify: (notice) => Promise.resolve(options.onNotice?.(notice)), deliverDue: () => Promise.resolve() },
    domains: { settings: { protect: [], allow: [], rdap: null, recheck: 3_600_000, certificates: null, passiveDns: null }, resolver: { resolve: () => Promise.resolve({ outcome: 'failed', records: [], why: 'no DNS in tests' }) } },
    clock, queue: openQueue(database, clock, { attempts: 10 }),
    recheck: { ...RECHECK_DEFAULTS, ...options.recheck }, watch: options.watch ?? null, nameLists: { npm: null, pypi: null, go: null, ...options.nameLists }, downloads: { rules: [], countries: null },
    response: options.response ?? { sender: null, ownDomains: [], publisher: { id: 'acme.example', name: 'Acme' }, looksAtContent: false, carry: () => Promise.reject(new Error('no letters here')) },
    sources, policy: { ...OPEN_POLICY, ...options.policy },
    limits: {
      patience: 60_000, indexPatience: 60_000, fresh: 60_000, stale: 600_000, revalidation: 20_000, document: 60_000, memory: 64 * 1024 * 1024,
      indexSize: 128 * 1024 * 1024, artifactSize: 256 * 1024 * 1024, ...options.limits,
    },
    rules: options.rules ?? null,
    ...(options.sandbox ? { sandbox: options.sandbox } : {}),
    recalls: options.recalls ?? { settled: 0 },
    ...(options.workers ? {} : { pool: sharedPool() }),
    workers: { size: 2, timeMs: 60_000, memoryMb: 512, ...options.workers },
  })
  await app.follow()
  const server = createGateway({
    door: app.door, passage: app.passage, tokens: app.tokens, anonymous: options.anonymous ?? 'loopback', log,
    metrics: createMetrics({}), otherwise: (_request, response) => void response.writeHead(404).end(),
    certificate: null, publicUrl: null, trusted: null, tls: false,
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    app, origin, data, npm: `${origin}/npm/`, pypi: `${origin}/pypi/simple/`, go: `${origin}/go`,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
      await app.close()
      if (options.data === undefined) await rm(data, { recursive: true, force: true })
    },
  }
}
