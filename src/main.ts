import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import pino from 'pino'
import { openBlobs } from './adapters/embedded/blobs.ts'
import { openDatabase } from './adapters/embedded/database.ts'
import { createNotifier } from './adapters/notifier.ts'
import { createUpstream } from './adapters/upstream.ts'
import { assemble } from './app.ts'
import { run } from './cli/program.ts'
import type { Opened, OpenOptions } from './cli/opened.ts'
import { environment, loadConfig } from './config.ts'
import { discoverUpstreams, originsOf } from './config/discover.ts'
import { ecosystems } from './ecosystems/index.ts'
import { systemClock } from './ports/clock.ts'

/** The only file that chooses adapters: embedded storage in the data folder, HTTP upstream, the machine's clock. */
async function open(options: OpenOptions): Promise<Opened> {
  const env = environment()
  const load = (changes: { text?: string } = {}) => loadConfig({
    ...changes,
    env,
    canonical: (ecosystem, raw) => ecosystems[ecosystem].canonicalName(raw),
    overrides: options.overrides,
    ...(options.config === undefined ? {} : { file: options.config }),
  })
  let config = load()
  const log = pino({ level: options.quiet ? 'warn' : config.log.level, redact: ['authorization', '*.authorization', 'req.headers'] }, pino.destination(2))
  for (const warning of config.warnings) log.warn(warning)
  await mkdir(config.data, { recursive: true, mode: 0o700 })
  const found = await discoverUpstreams(config, { env })
  const upstream = createUpstream({ way: () => ({ ...config.network, origins: originsOf(config, found) }) })
  const database = await openDatabase(join(config.data, 'sluice.db'))
  await database.migrate()
  const { examine, cache, notify } = config
  const app = await assemble({
    database, upstream, log,
    blobs: await openBlobs(join(config.data, 'blobs')),
    notifier: createNotifier({ log, upstream, webhook: notify.webhook }),
    clock: systemClock,
    data: config.data,
    sources: { npm: sourceOf(found.npm), pypi: sourceOf(found.pypi), go: sourceOf(found.go) },
    policy: config.policy,
    limits: {
      patience: examine.patience, fresh: 60_000, stale: 600_000, revalidation: 3_000, memory: cache.memory,
      indexSize: 256 * 1024 * 1024, artifactSize: 4 * 1024 * 1024 * 1024,
    },
    workers: { size: examine.workers, timeMs: examine.timeLimit, memoryMb: Math.round(examine.memoryLimit / 1024 / 1024) },
  })
  return {
    app, found, log,
    config: () => config,
    reload() {
      config = load()
      return config
    },
    parsePolicy: (text) => load({ text }).policy,
  }
}

function sourceOf(found: Awaited<ReturnType<typeof discoverUpstreams>>['npm']) {
  return found.on ? { url: found.url, sumdb: found.sumdb?.name ?? null } : { url: null, why: `${found.why}; ${found.remedy}` }
}

process.exitCode = await run(process.argv.slice(2), { open, out: process.stdout, err: process.stderr })
