import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, Server } from 'node:http'
import { hostname } from 'node:os'
import { BlockList } from 'node:net'
import type { AddressInfo } from 'node:net'
import type { Command } from 'commander'
import { createApi } from '../api/api.ts'
import { createOtherwise } from '../api/otherwise.ts'
import { Pages } from '../api/pages.ts'
import { createTaxii } from '../api/taxii.ts'
import type { Config } from '../config.ts'
import { watchConfig } from '../config/watch.ts'
import { SluiceError, sentence } from '../core/errors.ts'
import { callerAddress, originOf } from '../gateway/asker.ts'
import { ReportDoor } from '../incident/reports/door.ts'
import { createMetrics } from '../gateway/metrics.ts'
import { createGateway } from '../gateway/server.ts'
import { globalsOf } from './globals.ts'
import type { Opened, Surroundings } from './opened.ts'

/** How long a shutdown waits for requests that are being answered. */
const GRACE = 30_000

export function up(program: Command, surroundings: Surroundings): void {
  program.command('up')
    .description('run the gate: /npm/, /pypi/simple/ and /go/, the API and the pages, until a signal ends it')
    .option('--host <address>', 'address to listen on')
    .option('--port <number>', 'port to listen on (0: any free one)', portOf)
    .action(async (options: { host?: string; port?: number }, command: Command) => {
      const { config, data } = globalsOf(command)
      const opened = await surroundings.open({
        quiet: false, upstreams: true,
        ...(config === undefined ? {} : { config }),
        overrides: { ...options, ...(data === undefined ? {} : { data }) },
      })
      try {
        await serve(opened, surroundings)
      } finally {
        await opened.app.close()
        opened.log.info('closed')
      }
    })
}

async function serve(opened: Opened, { out }: Surroundings): Promise<void> {
  const { app, log } = opened
  const { server: settings, data } = opened.config()
  const access = { tokens: app.tokens, anonymous: settings.anonymous }
  const certificate = await certificateOf(settings.tls)
  const gatewaySettings = {
    publicUrl: settings.publicUrl?.replace(/\/$/, '') ?? null, trusted: blockList(settings.trustForwarded), tls: certificate !== null,
    ...(certificate ? { isName: nameCheck(certificate.cert) } : {}),
  }
  const metrics = createMetrics(app.families)
  const pages = new Pages(app.operator)
  const onDefect = (thrown: unknown): void => log.error({ err: thrown }, sentence(thrown))
  const reportDoor = new ReportDoor(app.incidents, opened.config().response.reports, (request) => callerAddress(request, gatewaySettings))
  const api = createApi({ operator: app.operator, lookout: app.lookout, exchange: app.exchange, domains: app.domains, incidents: app.incidents, reportDoor, reviews: app.reviews, screening: app.screening, inventory: app.inventory, hosts: app.hosts, hostIngest: app.hostIngest, hunter: app.hunter, recalls: app.recalls, recallBook: app.recallBook, evidence: app.evidence, downloads: app.downloads, sandbox: app.sandbox.desk, ...access, parsePolicy: opened.parsePolicy, onDefect })
  const originFor = (request: IncomingMessage): string => originOf(request, gatewaySettings)
  const gateway = createGateway({
    door: app.door, passage: app.passage, metrics, log, ...access, ...gatewaySettings,
    certificate,
    otherwise: createOtherwise({ api, reportDoor, taxii: createTaxii({ exchange: app.exchange, ...access, onDefect, originOf: originFor }), pages, metrics, ...access, onDefect, originOf: originFor }),
  })
  await app.follow()
  await listen(gateway, settings)
  const { port } = gateway.address() as AddressInfo
  const origin = gatewaySettings.publicUrl ?? `${settings.tls ? 'https' : 'http'}://${shownHost(settings.host)}:${port}`
  announce(opened, origin, out)
  log.info({ origin, data, policy: app.context.policy().id }, 'the gate is open')

  const watching = watchConfig({
    current: opened.config(),
    load: opened.reload,
    onChange: (config, restart) => {
      if (restart.length > 0) log.warn({ restart }, 'changed settings that need a restart')
      app.setPolicy(config.policy).catch((thrown: unknown) => log.error({ err: thrown }, 'policy not recorded'))
    },
    onError: (thrown) => log.error({ error: sentence(thrown) }, 'the changed configuration is not valid; the old one stays in force'),
  })
  await signal()
  log.info('closing: no new requests, waiting for those under way')
  watching.stop()
  await drain(gateway)
}

/** Throws `usage` with the reason in words. */
async function listen(gateway: Server, { host, port }: Config['server']): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    gateway.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'something listens there already' : sentence(cause)
      reject(new SluiceError('usage', `cannot listen on ${host}:${port}: ${why}`, { cause, hint: 'choose another address with --host and --port' }))
    })
    gateway.listen(port, host, resolve)
  })
}

/** Takes no new connections, lets every request that was begun finish, and gives up on those that take too long. */
async function drain(gateway: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => gateway.close(() => resolve()))
  // A connection that becomes idle after its answer would otherwise be kept alive for more requests.
  const tidy = setInterval(() => gateway.closeIdleConnections(), 50)
  const timeout = AbortSignal.timeout(GRACE)
  await Promise.race([closed, new Promise((resolve) => timeout.addEventListener('abort', resolve))])
  clearInterval(tidy)
  gateway.closeAllConnections()
}

/** An address that stands for all of them is none a client can use. */
function shownHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname()
  return host.includes(':') ? `[${host}]` : host
}

const LOOPBACK = /^(?:localhost|127\..*|::1)$/

/** The first words a person sees: what is on, what is off and why, and what to do next. */
function announce({ found, config }: Opened, origin: string, out: Surroundings['out']): void {
  const lines = (['npm', 'pypi', 'go'] as const).map((ecosystem) => {
    const source = found[ecosystem]
    return `  ${ecosystem.padEnd(5)} ${source.on ? `${origin}/${ecosystem}/${ecosystem === 'pypi' ? 'simple/' : ''}   (upstream from ${source.from})` : `off: ${source.why}; ${source.remedy}`}`
  })
  const { host, anonymous } = config().server
  const tokens = anonymous === 'never' || (anonymous === 'loopback' && !LOOPBACK.test(host))
    ? `  ${anonymous === 'never' ? 'clients' : 'other machines'} need a token: sluice token create NAME\n` : ''
  out.write(`\nSluice is open at ${origin}\n${lines.join('\n')}\n\n${tokens}  ${origin}/ says what to put into each client; sluice doctor checks this machine\n\n`)
}

function portOf(text: string): number {
  const port = Number(text)
  if (!/^\d{1,5}$/.test(text) || port > 65_535) throw new SluiceError('usage', `--port ${text.slice(0, 40)} is no port`, { hint: 'a number from 0 to 65535' })
  return port
}

async function certificateOf(tls: Config['server']['tls']): Promise<{ key: Uint8Array; cert: Uint8Array } | null> {
  if (!tls) return null
  const read = (file: string): Promise<Buffer> => readFile(file).catch((cause: unknown) => {
    throw new SluiceError('config-invalid', `cannot read ${file}: ${sentence(cause)}`, { hint: 'server.tls names a certificate and its key as PEM files', cause })
  })
  return { key: await read(tls.key), cert: await read(tls.cert) }
}

/** Exact names only: with a wildcard, whoever asks could choose among endless names. */
function nameCheck(cert: Uint8Array): (host: string) => boolean {
  const certificate = new X509Certificate(cert)
  return (host) => certificate.checkHost(host, { wildcards: false }) !== undefined
}

function blockList(networks: readonly string[]): BlockList | null {
  if (networks.length === 0) return null
  const list = new BlockList()
  for (const network of networks) {
    const [address = '', bits] = network.split('/')
    const family = address.includes(':') ? 'ipv6' : 'ipv4'
    if (bits === undefined) list.addAddress(address, family)
    else list.addSubnet(address, Number(bits), family)
  }
  return list
}

/**
 * Resolves at the first SIGINT or SIGTERM; a later one ends the process at once. A terminal and a parent process may both
 * pass one Ctrl-C on, so what comes within a moment is the same one.
 */
function signal(): Promise<void> {
  return new Promise((resolve) => {
    let first: number | null = null
    const heard = (): void => {
      if (first !== null && performance.now() - first > 1_000) process.exit(1)
      first ??= performance.now()
      resolve()
    }
    for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, heard)
  })
}
