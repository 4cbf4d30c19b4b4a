import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Writable } from 'node:stream'
import { createApi } from '../../src/api/api.ts'
import { createOtherwise } from '../../src/api/otherwise.ts'
import { Pages } from '../../src/api/pages.ts'
import { createTaxii } from '../../src/api/taxii.ts'
import type { Anonymous } from '../../src/access/access.ts'
import type { App } from '../../src/app.ts'
import { readFolder } from '../../src/adapters/embedded/reading.ts'
import { createHostTransport } from '../../src/adapters/host-transport.ts'
import { run } from '../../src/cli/program.ts'
import type { ConfigOptions, Surroundings } from '../../src/cli/opened.ts'
import { loadConfig } from '../../src/config.ts'
import type { Config } from '../../src/config.ts'
import { ecosystems } from '../../src/ecosystems/index.ts'
import { createMetrics } from '../../src/gateway/metrics.ts'
import { ReportDoor } from '../../src/incident/reports/door.ts'
import { startGate } from './gate.ts'
import type { GateOptions } from './gate.ts'

export interface Ran {
  code: number
  out: string
  err: string
  /** `out` as JSON. */
  json(): never
}

export interface CliOptions {
  /** What the registries are, and the rest of a gate; `data` is the data folder the commands work on. */
  gate?: GateOptions & { data: string }
  env?: Record<string, string>
  tty?: boolean
}

/** Runs the command line in this process, with the gate of a test behind it instead of adapters chosen by main. */
export async function sluice(args: readonly string[], { gate, env = {}, tty = false }: CliOptions = {}): Promise<Ran> {
  const out = new Sink(tty)
  const err = new Sink(tty)
  const configure = ({ config, overrides }: ConfigOptions, changes: { text?: string } = {}): Config => loadConfig({
    ...changes, overrides: { ...(gate ? { data: gate.data } : {}), ...overrides }, env, cwd: gate?.data ?? '/nonexistent',
    canonical: (ecosystem, raw) => ecosystems[ecosystem].canonicalName(raw), ...(config === undefined ? {} : { file: config }),
  })
  const surroundings: Surroundings = {
    env, out, err, configure,
    clients: () => ({ npm: () => Promise.resolve('http://127.0.0.1:4880/npm/'), pip: () => Promise.resolve(null), go: () => Promise.resolve(null) }),
    settings(options) {
      const config = configure(options)
      return { data: config.data, policy: config.policy, config: config.file === null ? null : config }
    },
    read: (data) => Promise.resolve(readFolder(data)),
    ownHosts: () => Promise.resolve(Object.values(gate?.sources ?? {}).flatMap(({ url }) => (url === null ? [] : [new URL(url).hostname]))),
    hostTransport: ({ host: { server }, network }) => Promise.resolve(server === null ? null : createHostTransport({ ...server, way: network })),
    async open(options) {
      const config = configure(options)
      const started = await startGate({ ...gate, data: config.data })
      const off = { on: false, why: 'a test', remedy: 'none' } as const
      return {
        app: { ...started.app, close: () => started.close() },
        found: { npm: off, pypi: off, go: off, elapsedMs: 0 },
        log: started.app.context.log, config: () => config, reload: () => config,
        parsePolicy: (text) => configure(options, { text }).policy,
      }
    },
  }
  const code = await run(args, surroundings)
  return { code, out: out.text, err: err.text, json: () => JSON.parse(out.text) as never }
}

class Sink extends Writable {
  text = ''
  readonly isTTY: boolean

  constructor(isTTY: boolean) {
    super()
    this.isTTY = isTTY
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += chunk.toString()
    done()
  }
}

/** API, pages, metrics and health of a gate on loopback. */
export async function startApi(app: App, anonymous: Anonymous = 'loopback'): Promise<{ origin: string; close(): Promise<void> }> {
  const { operator, lookout, exchange, domains, incidents, recalls, recallBook, evidence, reviews, hunter, screening, inventory, hosts, hostIngest, downloads, tokens, sandbox } = app
  const parsePolicy = (text: string) => loadConfig({ text, env: {}, cwd: '/nonexistent', canonical: (ecosystem, raw) => ecosystems[ecosystem].canonicalName(raw) }).policy
  const onDefect = (thrown: unknown): void => { throw thrown }
  const reportDoor = new ReportDoor(incidents, 'token', ({ socket }) => socket.remoteAddress ?? 'unknown')
  const api = createApi({ reportDoor, operator, lookout, exchange, domains, incidents, recalls, recallBook, evidence, reviews, hunter, screening, inventory, hosts, hostIngest, downloads, sandbox: sandbox.desk, tokens, anonymous, parsePolicy, onDefect })
  const server = createServer(createOtherwise({ api, reportDoor, taxii: createTaxii({ exchange, tokens, anonymous, onDefect, originOf: () => 'http://gate.example' }), pages: new Pages(operator), metrics: createMetrics({}), tokens, anonymous, onDefect, originOf: () => 'http://gate.example' }))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => {
      server.close(() => resolve())
      server.closeAllConnections()
    }),
  }
}
