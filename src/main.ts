import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { access, constants, mkdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { run } from './cli/program.ts'
import type { ConfigOptions, Opened, OpenOptions, Settings } from './cli/opened.ts'
import { environment } from './config/environment.ts'
import type { Config } from './config.ts'
import type { Upstreams } from './config/discover.ts'
import { withoutFile } from './config/without-file.ts'
import { sentence, SluiceError } from './core/errors.ts'
import { systemClock } from './ports/clock.ts'
import type { Parts } from './app.ts'
import type { Origin } from './ports/upstream.ts'
import type { ReadFolder } from './ports/rows.ts'
import type { RunsPackages } from './sandbox/gate/runs-packages.ts'

/** Loads when it is called: what is not needed for a command would take longer to load than the command may last. */
const require = createRequire(import.meta.url)

function configure({ config, overrides }: ConfigOptions, changes: { text?: string } = {}): Config {
  const { loadConfig } = require('./config.ts') as typeof import('./config.ts')
  const { ecosystems } = require('./ecosystems/index.ts') as typeof import('./ecosystems/index.ts')
  return loadConfig({
    ...changes, overrides,
    env: environment(),
    canonical: (ecosystem, raw) => ecosystems[ecosystem].canonicalName(raw),
    ...(config === undefined ? {} : { file: config }),
  })
}

/** The only file that chooses adapters: embedded storage in the data folder, HTTP upstream, the machine's clock. */
async function open(options: OpenOptions): Promise<Opened> {
  // Loaded here, so that commands that open nothing begin at once.
  const { discoverUpstreams, originsOf } = await import('./config/discover.ts')
  const [{ openBlobs }, { openDatabase }, { openQueue }, { createNotifier }, { receiversOf }, { createUpstream }, { assemble }, { createLog }, { createCarrier }, { createMailer }, { createResolver }, { unkept }] = await Promise.all([
    import('./adapters/embedded/blobs.ts'), import('./adapters/embedded/database.ts'), import('./adapters/embedded/queue.ts'),
    import('./adapters/notifier.ts'), import('./adapters/receivers/index.ts'), import('./adapters/upstream.ts'), import('./app.ts'), import('./gateway/log.ts'),
    import('./incident/carrier.ts'), import('./adapters/mail.ts'), import('./adapters/resolver.ts'), import('./ledger/forget.ts'),
  ])
  let config = configure(options)
  const log = createLog(options.quiet ? 'warn' : config.log.level)
  for (const warning of config.warnings) log.warn(warning)
  await makeFolder(config.data)
  const found = options.upstreams ? await discoverUpstreams(config, { env: environment() }) : UNASKED
  let trusted: readonly Origin[] = []
  const upstream = createUpstream({ way: () => ({ ...config.network, origins: [...originsOf(config, found), ...trusted] }) })
  const database = await openDatabase(join(config.data, 'sluice.db'), { unkept: unkept(config.privacy.keep) })
  await database.migrate()
  const { examine, rules, cache, notify } = config
  const queue = openQueue(database, systemClock, { attempts: 10 })
  const app = await assemble({
    database, upstream, log,
    blobs: await openBlobs(join(config.data, 'blobs')),
    evidence: await openBlobs(join(config.data, 'evidence')),
    queue,
    notifier: createNotifier({ log, receivers: receiversOf(notify, { upstream, clock: systemClock }), clock: systemClock, queue }),
    clock: systemClock,
    data: config.data,
    sources: { npm: sourceOf(found.npm), pypi: sourceOf(found.pypi), go: sourceOf(found.go) },
    policy: config.policy,
    limits: {
      patience: examine.patience, indexPatience: 30_000, fresh: 60_000, stale: 600_000, revalidation: 3_000, document: 120_000, memory: cache.memory,
      indexSize: 256 * 1024 * 1024, artifactSize: 4 * 1024 * 1024 * 1024,
    },
    rules: rules.yara === null ? null : { folder: rules.yara, timeMs: rules.timeLimit },
    domains: { settings: config.domains, resolver: createResolver({ servers: config.domains.resolvers }) },
    watch: config.watch.on ? { budget: config.watch.budget, feeds: { npm: config.upstreams.npm.feed, pypi: config.upstreams.pypi.feed, go: config.upstreams.go.feed } } : null,
    recheck: config.watch.recheck,
    nameLists: config.names,
    retention: config.privacy.keep,
    hosts: config.machines,
    hunt: config.hunt,
    exchange: { settings: { ...config.exchange, feeds: config.feeds }, trust: (origins) => { trusted = origins } },
    downloads: config.downloads,
    ...sandboxOf(config, found),
    response: {
      sender: config.response.sender, ownDomains: config.domains.protect, publisher: publisherOf(config), looksAtContent: config.response.looksAtContent,
      carry: createCarrier({ sender: config.response.sender, outbox: join(config.data, 'outbox'), mailer: config.response.sendMail && notify.mail ? createMailer(notify.mail) : null }),
    },
    workers: { size: examine.workers, timeMs: examine.timeLimit, memoryMb: Math.round(examine.memoryLimit / 1024 / 1024) },
  })
  return {
    app, found, log,
    config: () => config,
    reload(file) {
      config = configure({ ...options, config: file })
      return config
    },
    parsePolicy: (text) => configure(options, { text }).policy,
  }
}

/** What was run before is still kept as long as the configuration says. */
const RUNS_NOTHING: RunsPackages = {
  versions: '', probe: () => Promise.resolve([]),
  run: () => Promise.reject(new SluiceError('sandbox-unavailable', 'the sandbox is off')), judge: () => Promise.reject(new SluiceError('sandbox-unavailable', 'the sandbox is off')),
}

/** Packages are run in processes of their own; nothing of that is loaded here. */
function sandboxOf({ sandbox, data }: Config, found: Upstreams): Pick<Parts, 'sandbox'> {
  if (sandbox.mode === 'off') return { sandbox: { settings: sandbox, runs: RUNS_NOTHING } }
  const { Apart } = require('./sandbox/gate/apart.ts') as typeof import('./sandbox/gate/apart.ts')
  const base = (one: Upstreams['npm']): string | null => (one.on ? one.url : null)
  const { PATH: path = '', TMPDIR: temporary } = environment()
  const bases = { npm: base(found.npm), pypi: base(found.pypi), go: base(found.go) }
  return { sandbox: { settings: sandbox, runs: new Apart({ bases, path, temporary, cache: join(data, 'sandbox'), backend: sandbox.backend }) } }
}

/** Who says what is told to others. */
function publisherOf({ response, exchange }: Config): { id: string; name: string } {
  return { id: response.sender?.domain ?? exchange.publisher, name: response.sender?.organisation ?? exchange.publisher }
}

/** What a check needs of the configuration. Without a file nothing is read that could be wrong. */
function settings(options: ConfigOptions): Settings {
  const { config: file, overrides } = options
  const plain = withoutFile({ file, env: environment(), data: overrides.data })
  if (plain) return { ...plain, config: null }
  const config = configure(options)
  return { data: config.data, policy: config.policy, config: config.file === null ? null : config }
}

/** Tables of an older version are migrated first. */
async function read(data: string, options: ConfigOptions): Promise<ReadFolder | null> {
  const { readFolder } = await import('./adapters/embedded/reading.ts')
  const folder = readFolder(data)
  if (folder || !existsSync(join(data, 'sluice.db'))) return folder
  await (await open({ ...options, overrides: { ...options.overrides, data }, quiet: true, upstreams: false })).app.close()
  return readFolder(data)
}

async function ownHosts(options: ConfigOptions): Promise<string[]> {
  const { discoverUpstreams } = await import('./config/discover.ts')
  const { npm, pypi, go } = await discoverUpstreams(configure(options), { env: environment() })
  return [npm, pypi, go].flatMap((one) => (one.on ? [new URL(one.url).hostname] : []))
}

/** Throws `storage` with a sentence when nothing can be written there. */
async function makeFolder(data: string): Promise<void> {
  try {
    await makeFolders(data)
    await access(data, constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new SluiceError('storage', `the data folder ${data} cannot be written: ${sentence(cause)}`, { cause, hint: 'check its owner and mode, or choose another with --data' })
  }
}

/** Step by step: Node's own recursive mkdir never ends where a file system answers ENOENT for a folder it has (procfs). */
async function makeFolders(folder: string): Promise<void> {
  const make = (): Promise<void> => mkdir(folder, { mode: 0o700 })
  try {
    await make()
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException
    if (code === 'EEXIST' && (await stat(folder)).isDirectory()) return
    if (code !== 'ENOENT' || dirname(folder) === folder) throw thrown
    await makeFolders(dirname(folder))
    await make()
  }
}

const notAsked = { on: false, why: 'this command does not ask the registries', remedy: 'nothing to do' } as const
const UNASKED: Upstreams = { npm: notAsked, pypi: notAsked, go: notAsked, elapsedMs: 0 }

function sourceOf(found: Upstreams['npm']) {
  return found.on ? { url: found.url, sumdb: found.sumdb?.name ?? null } : { url: null, why: `${found.why}; ${found.remedy}` }
}

// Whoever reads may have read enough (`sluice … | head`): that is no failure, and changes no exit code.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EPIPE') throw thrown
  })
}

process.exitCode = await run(process.argv.slice(2), {
  open, read, configure, settings, ownHosts,
  env: environment(),
  clients: () => (require('./config/clients.ts') as typeof import('./config/clients.ts')).installedClients(environment()),
  hostTransport: async ({ host: { server }, network }) => (server === null ? null : (await import('./adapters/host-transport.ts')).createHostTransport({ ...server, way: network })),
  out: process.stdout, err: process.stderr,
})
