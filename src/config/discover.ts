import { hostname, networkInterfaces } from 'node:os'
import type { Config, UpstreamSetting } from '../config.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Origin } from '../ports/upstream.ts'
import { installedClients } from './clients.ts'
import type { ClientSettings } from './clients.ts'
import { basic, variable } from './way-out.ts'
import type { Env } from './way-out.ts'

export type Found =
  | { on: true; url: string; from: string; sumdb: Sumdb | null; origin: Origin }
  | { on: false; why: string; remedy: string }

/** Go's checksum database. `key` is the verifier key where the setting has one. */
interface Sumdb {
  name: string
  key: string | null
  url: string
}

export interface Upstreams {
  npm: Found
  pypi: Found
  go: Found
  elapsedMs: number
}

interface Candidate {
  text: string | null
  from: string
}

/** Where one ecosystem's setting may stand, first to last; later ones are asked only when earlier ones do not do. */
type Candidates = readonly (() => Candidate | Promise<Candidate>)[]

/**
 * Finds each ecosystem's registry: configuration, environment, this machine's client, that client's built-in default.
 * An address of the gate itself never counts, so that a machine whose clients already use the gate does not loop.
 * URLs end in `/`.
 */
export async function discoverUpstreams(config: Config, options: { env: Env; clients?: ClientSettings }): Promise<Upstreams> {
  const { env, clients = installedClients(options.env) } = options
  const started = performance.now()
  const gate = gateTest(config.server)
  const [npm, pypi, go] = await Promise.all([
    find('npm', config.upstreams.npm, gate, [
      () => ({ text: env['SLUICE_NPM_UPSTREAM'] ?? null, from: 'SLUICE_NPM_UPSTREAM' }),
      () => ({ text: variable(env, 'npm_config_registry') ?? null, from: 'npm_config_registry' }),
      async () => ({ text: await clients.npm(false), from: 'npm\'s settings' }),
      async () => ({ text: await clients.npm(true), from: 'npm\'s default' }),
    ]),
    find('pypi', config.upstreams.pypi, gate, [
      () => ({ text: env['SLUICE_PYPI_UPSTREAM'] ?? null, from: 'SLUICE_PYPI_UPSTREAM' }),
      () => ({ text: env['PIP_INDEX_URL'] ?? null, from: 'PIP_INDEX_URL' }),
      async () => ({ text: await clients.pip(false), from: 'pip\'s settings' }),
      async () => ({ text: await clients.pip(true), from: 'pip\'s default' }),
    ]),
    findGo(config.upstreams.go, gate, env, clients),
  ])
  return { npm, pypi, go, elapsedMs: Math.round(performance.now() - started) }
}

async function findGo(setting: UpstreamSetting, gate: (url: URL) => boolean, env: Env, clients: ClientSettings): Promise<Found> {
  let asked: ReturnType<ClientSettings['go']> | undefined
  const settings = (): ReturnType<ClientSettings['go']> => (asked ??= clients.go(false))
  const found = await find('go', setting, gate, [
    () => ({ text: env['SLUICE_GO_UPSTREAM'] ?? null, from: 'SLUICE_GO_UPSTREAM' }),
    () => ({ text: firstProxy(env['GOPROXY']), from: 'GOPROXY' }),
    async () => ({ text: firstProxy((await settings())?.proxy), from: 'go\'s settings' }),
    async () => ({ text: firstProxy((await clients.go(true))?.proxy), from: 'go\'s default' }),
  ])
  if (!found.on) return found
  for (const said of [() => setting.sumdb, () => env['SLUICE_GO_SUMDB'], () => env['GOSUMDB'], async () => (await settings())?.sumdb]) {
    const text = await said()
    if (text === 'off') return found
    const sumdb = text ? readSumdb(text) : null
    if (sumdb && !gate(new URL(sumdb.url))) return { ...found, sumdb }
  }
  return found
}

async function find(ecosystem: EcosystemId, setting: UpstreamSetting, gate: (url: URL) => boolean, candidates: Candidates): Promise<Found> {
  const remedy = `set upstreams.${ecosystem}.url in sluice.yaml, or SLUICE_${ecosystem.toUpperCase()}_UPSTREAM`
  if (setting.url === 'off') return { on: false, why: 'switched off in sluice.yaml', remedy: `remove upstreams.${ecosystem}.url: off` }
  const passed: string[] = []
  for (const candidate of [() => ({ text: setting.url, from: 'sluice.yaml' }), ...candidates]) {
    const { text, from } = await candidate()
    if (text === null || text === '') continue
    if (text === 'off' && from.startsWith('SLUICE_')) return { on: false, why: `switched off by ${from}`, remedy: `unset ${from}` }
    const url = URL.parse(text.trim())
    if (!url || !/^https?:$/.test(url.protocol)) passed.push(`${from} is no http or https URL`)
    else if (gate(url)) passed.push(`${from} is this gate itself`)
    else return settled(url, from, setting.origin)
  }
  return { on: false, why: passed.length > 0 ? passed.join('; ') : 'no setting and no client on this machine names one', remedy }
}

/** Takes user and password out of the URL; what the configuration file says of credentials goes first. */
function settled(url: URL, from: string, origin: Origin): Found {
  const login = url.username ? basic(decodeURIComponent(url.username), decodeURIComponent(url.password)) : null
  const base = `${url.origin}${url.pathname.replace(/\/*$/, '/')}`
  return { on: true, url: base, from, sumdb: null, origin: { ...origin, base, authorization: origin.authorization ?? login } }
}

/** All origins the way out must know: upstreams, the checksum database, private registries. */
export function originsOf(config: Config, upstreams: Upstreams): Origin[] {
  const found = [upstreams.npm, upstreams.pypi, upstreams.go].flatMap((one) => {
    if (!one.on) return []
    return one.sumdb ? [one.origin, { ...one.origin, base: one.sumdb.url, authorization: null, alsoAllow: [] }] : [one.origin]
  })
  return [...found, ...config.origins]
}

/** GOPROXY is a list with `,` or `|`; the gate takes the first that is a URL. */
function firstProxy(list: string | undefined): string | null {
  return list?.split(/[,|]/).map((entry) => entry.trim()).find((entry) => /^https?:\/\//.test(entry)) ?? null
}

/** GOSUMDB: `name`, `name+hash+key`, either with a URL after a space (cmd/go, "Environment variables"). */
function readSumdb(text: string): Sumdb | null {
  const [verifier = '', address] = text.trim().split(/\s+/)
  const name = verifier.split('+')[0] as string
  const url = URL.parse(address ?? `https://${name}/`)
  if (!/^[A-Za-z0-9][A-Za-z0-9.\-/]*$/.test(name) || !url || !/^https?:$/.test(url.protocol)) return null
  return { name, key: verifier.includes('+') ? verifier : null, url: `${url.origin}${url.pathname.replace(/\/*$/, '/')}` }
}

/** Does a URL lead to this gate, by its public URL or by any address of this machine with its port? */
function gateTest(server: Config['server']): (url: URL) => boolean {
  const outside = server.publicUrl === null ? null : new URL(server.publicUrl)
  const names = new Set(['localhost', '127.0.0.1', '::1', '0.0.0.0', '::', hostname().toLowerCase(), server.host.toLowerCase()])
  for (const addresses of Object.values(networkInterfaces())) for (const { address } of addresses ?? []) names.add(address)
  return (url) => {
    if (outside && url.origin === outside.origin && url.pathname.startsWith(outside.pathname)) return true
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80))
    return port === server.port && names.has(url.hostname.replace(/^\[|\]$/g, '').toLowerCase())
  }
}
