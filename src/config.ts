import { existsSync, readFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { SluiceError, sentence } from './core/errors.ts'
import type { Policy } from './core/policy.ts'
import type { EcosystemId } from './core/types.ts'
import type { ClassRule } from './downloads/classify.ts'
import type { Retention } from './ledger/forget.ts'
import type { FeedSetting } from './intel/sync/feeds.ts'
import type { Tlp } from './intel/tlp.ts'
import type { Origin, WayOut } from './ports/upstream.ts'
import { ECOSYSTEMS } from './config/packages.ts'
import type { Canonical } from './config/packages.ts'
import { notifyOf } from './config/notify.ts'
import type { NotifySettings } from './config/notify.ts'
import { policyOf } from './config/policy.ts'
import { hostOf } from './config/host.ts'
import type { HostSettings } from './config/host.ts'
import { machinesOf } from './config/machines.ts'
import { sandboxOf } from './config/sandbox.ts'
import type { SandboxSettings } from './config/sandbox.ts'
import { complaints, invalid, placed } from './config/problems.ts'
import type { Complaint } from './config/problems.ts'
import { documentSchema, RDAP_LISTS } from './config/schema.ts'
import type { Document } from './config/schema.ts'
import { generalWayOut, originAt } from './config/way-out.ts'
import type { Env, Surroundings } from './config/way-out.ts'
import { defaultExamine } from './config/without-file.ts'
import { parseYaml } from './config/yaml.ts'

export interface Config {
  /** Absolute; null: no file, defaults only. */
  file: string | null
  server: {
    host: string
    port: number
    /** Ends in `/`. */
    publicUrl: string | null
    /** Absolute paths. */
    tls: { cert: string; key: string } | null
    anonymous: 'loopback' | 'always' | 'never'
    /** Addresses and networks in CIDR notation. */
    trustForwarded: readonly string[]
  }
  /** Absolute path. */
  data: string
  /** What the file says of upstreams; `discoverUpstreams` finds the rest. */
  upstreams: Readonly<Record<EcosystemId, UpstreamSetting>>
  network: Omit<WayOut, 'origins'>
  /** Private registries, feeds, and the webhook's receiver. */
  origins: readonly Origin[]
  policy: Policy
  watch: { on: boolean; budget: number; recheck: { budget: number; recent: number; rest: number; window: number; confirm: number } }
  /** Where lists of popular names are: an http or https URL, or an absolute path; null: none is named. */
  names: Readonly<Record<EcosystemId, string | null>>
  domains: DomainSettings
  /** Files judged again behind clients' backs, a minute. */
  hunt: { budget: number }
  /** `countries`: absolute path; null: built in. */
  downloads: { countries: string | null; rules: readonly ClassRule[] }
  /** Advisories and indicators of others. `location`: a URL or an absolute path; `every` in milliseconds. */
  feeds: readonly FeedSetting[]
  exchange: { publisher: string; tlp: Tlp; share: Tlp }
  examine: { patience: number; timeLimit: number; memoryLimit: number; workers: number }
  sandbox: SandboxSettings
  host: HostSettings
  /** Milliseconds that is kept what machines tell. */
  machines: ReturnType<typeof machinesOf>
  /** `yara`: absolute path of the folder; null: no rules besides the detectors. */
  rules: { yara: string | null; timeLimit: number }
  cache: { memory: number }
  log: { level: 'debug' | 'info' | 'warn' | 'error' }
  privacy: { keep: Retention }
  response: { sender: { organisation: string; contact: string; domain: string } | null; sendMail: boolean; looksAtContent: boolean; reports: 'off' | 'token' | 'everyone' }
  notify: NotifySettings
  /** `file:line:column: …`, for the log and doctor. */
  warnings: readonly string[]
}

/** Whose names are protected, and where names are looked up. URLs of services have `{domain}` in them; null: not asked. */
interface DomainSettings {
  protect: readonly string[]
  allow: readonly string[]
  rdap: string | null
  /** `address` or `address:port`; empty: the machine's. */
  resolvers: readonly string[]
  /** Milliseconds. */
  recheck: number
  certificates: string | null
  passiveDns: string | null
}

export interface UpstreamSetting {
  /** null: the file does not say. */
  url: string | 'off' | null
  /** As GOSUMDB says it; null: the file does not say. */
  sumdb: string | null
  /** null: the file does not say. */
  feed: string | 'off' | null
  /** Its settings once the URL is known. */
  origin: Origin
}

export interface LoadOptions {
  /** Absent: `SLUICE_CONFIG`, then `sluice.yaml` in `cwd` where there is one. */
  file?: string
  /** The file's content where it is not to be read: a policy somebody wants to try. */
  text?: string
  env: Env
  cwd?: string
  overrides?: { host?: string; port?: number; data?: string }
  canonical: Canonical
  now?: Date
}

/** Reads, checks and resolves the configuration. Throws ConfigError (`config-invalid`) with all problems at once. */
export function loadConfig(options: LoadOptions): Config {
  const { env, cwd = process.cwd(), overrides = {}, now = new Date() } = options
  const file = fileOf(options, cwd)
  const parsed = parseYaml(options.text ?? (file === null ? '' : read(file)), file ?? 'sluice.yaml')
  const checked = documentSchema.safeParse(parsed.value)
  if (!checked.success) throw invalid(file ?? 'sluice.yaml', placed(complaints(documentSchema, checked.error.issues, parsed.value), parsed))
  const document = checked.data

  const found: Complaint[] = []
  const warnings: string[] = []
  const around: Surroundings = { env, folder: file === null ? cwd : dirname(file), complain: (complaint) => void found.push(complaint) }
  const warn = (path: readonly PropertyKey[], message: string): void => {
    const { line, column } = parsed.place(path)
    warnings.push(`${file}:${line}:${column}: ${message}`)
  }
  const server = serverOf(document.server, { ...around, overrides })
  const data = overrides.data ?? env['SLUICE_DATA']
  const config: Config = {
    file,
    server,
    data: data ? resolve(cwd, data) : resolve(around.folder, document.data),
    upstreams: {
      npm: upstreamOf('npm', document, around), pypi: upstreamOf('pypi', document, around), go: upstreamOf('go', document, around),
    },
    network: generalWayOut(document.network, around, (message) => void warnings.push(message)),
    origins: [...privateOrigins(document, around), ...feedOrigins(document, around), ...intelOrigins(document, around), ...domainOrigins(document.domains, around), ...(document.notify.webhook ? [originAt(document.notify.webhook, {}, [], around)] : [])],
    policy: policyOf(document.policy, { runs: document.sandbox.mode !== 'off', canonical: options.canonical, now, complain: around.complain, warn }),
    watch: { on: document.watch.mode === 'on', budget: document.watch.budget, recheck: document.watch.recheck },
    names: { npm: listAt(document.names.npm, around), pypi: listAt(document.names.pypi, around), go: listAt(document.names.go, around) },
    domains: domainsOf(document.domains),
    hunt: document.hunt,
    downloads: { countries: document.downloads.countries === undefined ? null : resolve(around.folder, document.downloads.countries), rules: document.downloads.classes },
    feeds: document.feeds.map(({ name, url, path, format, tlp, every }) => ({ name, location: url ?? resolve(around.folder, path ?? ''), format: format ?? null, tlp, every })),
    exchange: document.exchange,
    examine: {
      patience: document.examine.patience,
      timeLimit: document.examine.time_limit,
      memoryLimit: document.examine.memory_limit,
      workers: document.examine.workers === 'auto' ? defaultExamine().workers : document.examine.workers,
    },
    sandbox: sandboxOf(document.sandbox),
    host: hostOf(document.host, around),
    machines: machinesOf(document.machines),
    rules: { yara: document.rules.yara === undefined ? null : resolve(around.folder, document.rules.yara), timeLimit: document.rules.time_limit },
    cache: { memory: document.cache.memory },
    log: { level: document.log.level },
    privacy: document.privacy,
    response: responseOf(document.response),
    notify: notifyOf(document.notify, around),
    warnings,
  }
  if (found.length > 0) throw invalid(file ?? 'environment', placed(found, parsed))
  return config
}

function responseOf({ organisation, contact, send_mail: sendMail, look_at_content: looksAtContent, reports }: Document['response']): Config['response'] {
  return { sendMail, looksAtContent, reports, sender: organisation === undefined || contact === undefined ? null : { organisation, contact, domain: contact.slice(contact.indexOf('@') + 1).toLowerCase() } }
}

function fileOf({ file, env }: LoadOptions, cwd: string): string | null {
  const named = file ?? env['SLUICE_CONFIG']
  if (named) return resolve(cwd, named)
  const usual = resolve(cwd, 'sluice.yaml')
  return existsSync(usual) ? usual : null
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (thrown) {
    throw new SluiceError('config-invalid', `cannot read the configuration: ${sentence(thrown)}`, { hint: 'name a readable file with --config', cause: thrown })
  }
}

function serverOf(document: Document['server'], around: Surroundings & { overrides: NonNullable<LoadOptions['overrides']> }): Config['server'] {
  const { env, folder, overrides } = around
  const said = env['SLUICE_PORT']
  const port = overrides.port ?? (said ? Number(said) : document.port)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) {
    around.complain({ path: ['server', 'port'], message: `the port given on the command line or in SLUICE_PORT is "${said ?? port}"`, remedy: 'a number from 0 to 65535' })
  }
  return {
    host: overrides.host ?? env['SLUICE_HOST'] ?? document.host,
    port,
    publicUrl: document.public_url === undefined ? null : document.public_url.replace(/\/*$/, '/'),
    tls: document.tls ? { cert: resolve(folder, document.tls.cert), key: resolve(folder, document.tls.key) } : null,
    anonymous: document.anonymous,
    trustForwarded: document.trust_forwarded,
  }
}

function upstreamOf(ecosystem: EcosystemId, document: Document, around: Surroundings): UpstreamSetting {
  const entry: Document['upstreams']['go'] = document.upstreams[ecosystem]
  return { url: entry.url ?? null, sumdb: entry.sumdb ?? null, feed: entry.feed ?? null, origin: originAt(entry.url ?? '', entry, ['upstreams', ecosystem], around) }
}

const listAt = (named: string | undefined, { folder }: Surroundings): string | null =>
  (named === undefined ? null : /^https?:\/\//.test(named) ? named : resolve(folder, named))

function privateOrigins(document: Document, around: Surroundings): Origin[] {
  return ECOSYSTEMS.flatMap((ecosystem) => document.policy.private[ecosystem].flatMap((entry, index) =>
    entry.registry === undefined ? [] : [originAt(entry.registry, entry, ['policy', 'private', ecosystem, index], around)]))
}

/** A feed of advisories may be on a private address, and may want to know who asks. */
const intelOrigins = (document: Document, around: Surroundings): Origin[] => document.feeds.flatMap((entry, index) =>
  (entry.url === undefined ? [] : [originAt(new URL('.', entry.url).href, entry, ['feeds', index], around)]))

/** A feed the operator names may be where registries are not: on a private address, without https. It gets no credentials. */
const feedOrigins = (document: Document, around: Surroundings): Origin[] => ECOSYSTEMS.flatMap((ecosystem) => {
  const { feed } = document.upstreams[ecosystem]
  return feed === undefined || feed === 'off' ? [] : [originAt(feed, {}, [], around)]
})

const domainsOf = ({ protect, allow, rdap, resolvers, recheck, certificates, passive_dns: passive }: Document['domains']): DomainSettings => ({
  protect, allow, rdap: rdap === 'off' ? null : rdap, resolvers, recheck, certificates: certificates?.url ?? null, passiveDns: passive?.url ?? null,
})

/** Services that the operator names may be on private addresses; an RDAP server that one of them names may not. */
function domainOrigins({ rdap, certificates, passive_dns: passive }: Document['domains'], around: Surroundings): Origin[] {
  const named = [['certificates', certificates], ['passive_dns', passive]] as const
  return [
    ...(rdap === 'off' || rdap === RDAP_LISTS ? [] : [originAt(rdap, {}, [], around)]),
    ...named.flatMap(([key, entry]) => (entry === undefined ? [] : [originAt(new URL(entry.url.replaceAll('{domain}', 'domain')).href, entry, ['domains', key], around)])),
  ]
}
