import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installClients } from '../../test/harness/clients.ts'
import { coldRow, loadRow, memoryRow, warmRow } from './rows.ts'
import type { Pair } from './rows.ts'
import type { Contestant } from './process.ts'
import { record, section, table } from './report.ts'
import type { Row } from './report.ts'
import { installApplication, LOADS, runLoad } from './scenarios.ts'
import type { Install } from './scenarios.ts'
import { ledgerLines, startSluice } from './sluice.ts'
import { machineRegistry, startUpstream } from './upstream.ts'
import type { Load } from './wrk.ts'
import { startVerdaccio, VERSION } from './verdaccio.ts'

const HELP = `node bench/speed/run.ts [--scenario ID]… [--seconds N] [--only verdaccio|sluice] [--write]
  scenarios: ${LOADS.map(({ id }) => id).join(' ')} warm cold (default: all)
  --write    put the result into bench/RESULTS.md`

const { values } = parseArgs({
  options: {
    scenario: { type: 'string', multiple: true }, seconds: { type: 'string', default: '15' },
    only: { type: 'string' }, write: { type: 'boolean', default: false }, help: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const wants = (id: string): boolean => !values.scenario || values.scenario.includes(id)
const say = (line: string): void => void process.stderr.write(`bench: ${line}\n`)
const cache = fileURLToPath(new URL('../.cache/', import.meta.url))

async function main(): Promise<void> {
  requireWrk()
  mkdirSync(cache, { recursive: true })
  if (wants('warm') || wants('cold')) await installClients()
  const work = mkdtempSync(join(tmpdir(), 'sluice-bench-'))
  const upstream = await startUpstream(join(cache, 'upstream'))
  const rows: Row[] = []
  const add = (row: Row): void => {
    rows.push(row)
    say(table([row]).split('\n').at(-1) ?? '')
  }
  try {
    const servers = await startBoth(work, upstream.url)
    for (const scenario of LOADS.filter(({ id }) => wants(id))) {
      const before = servers.sluice ? ledgerLines(join(work, 'sluice')) : 0
      const result = await inTurns(servers, (server) => runLoad(scenario, server, seconds), mean)
      const delivered = servers.sluice ? ledgerLines(join(work, 'sluice')) - before : 0
      add(loadRow(scenario, result, delivered))
    }
    if (wants('warm')) {
      say('installing the application once through each server, so that it is warm')
      for (const server of [servers.verdaccio, servers.sluice]) if (server) await installApplication(server.npm)
      add(warmRow(await inTurns(servers, (server) => installApplication(server.npm), meanInstall)))
    }
    add(memoryRow(servers))
    for (const server of [servers.verdaccio, servers.sluice]) await server?.stop()
    if (wants('cold')) add(await cold(work))
  } finally {
    upstream.close()
    rmSync(work, { recursive: true, force: true, maxRetries: 5 })
  }
  process.stdout.write(`${table(rows)}\n`)
  const versions = `Verdaccio ${VERSION} with @verdaccio/package-filter (minAgeDays: 1), Node ${process.version}`
  const command = `node bench/speed/run.ts ${process.argv.slice(2).join(' ')}`.trim()
  if (values.write) record(fileURLToPath(new URL('../RESULTS.md', import.meta.url)), section(rows, { command, seconds, versions }))
}

async function startBoth(work: string, upstream: string): Promise<Pair<Contestant>> {
  const data = (name: string): string => {
    mkdirSync(join(work, name))
    return join(work, name)
  }
  const verdaccio = values.only === 'sluice' ? undefined : await startVerdaccio({ cache, data: data('verdaccio'), upstream })
  const sluice = values.only === 'verdaccio' ? undefined : await startSluice({ data: data('sluice'), upstream })
  return { verdaccio, sluice }
}

/** A B B A, so that neither profits from going first. */
async function inTurns<T>(servers: Pair<Contestant>, measure: (server: Contestant) => Promise<T>, together: (results: T[]) => T): Promise<Pair<T>> {
  const results = { verdaccio: [] as T[], sluice: [] as T[] }
  for (const name of ['verdaccio', 'sluice', 'sluice', 'verdaccio'] as const) {
    const server = servers[name]
    if (!server) continue
    for (const each of [servers.verdaccio, servers.sluice]) await each?.idle()
    results[name].push(await measure(server))
  }
  return {
    verdaccio: servers.verdaccio && together(results.verdaccio),
    sluice: servers.sluice && together(results.sluice),
  }
}

/** The real registry, empty servers, one run each; the first visitor may have to wait for the registry's own caches. */
async function cold(work: string): Promise<Row> {
  const registry = machineRegistry()
  say('installing the application directly')
  const direct = await installApplication(registry, 'network')
  const result: Pair<Install> = { verdaccio: undefined, sluice: undefined }
  mkdirSync(join(work, 'cold'))
  const servers = await startBoth(join(work, 'cold'), registry)
  for (const name of ['sluice', 'verdaccio'] as const) {
    const server = servers[name]
    if (!server) continue
    say(`installing the application through an empty ${name}`)
    result[name] = await installApplication(server.npm)
    await server.stop()
  }
  return coldRow(direct, result)
}

function mean(loads: Load[]): Load {
  const of = (key: keyof Load): number => loads.reduce((sum, load) => sum + load[key], 0) / loads.length
  return {
    requests: of('requests') * loads.length, errors: of('errors') * loads.length,
    perSecond: of('perSecond'), bytesPerSecond: of('bytesPerSecond'), p50: of('p50'), p99: of('p99'),
  }
}

const meanInstall = (installs: Install[]): Install => ({
  seconds: installs.reduce((sum, install) => sum + install.seconds, 0) / installs.length,
  packages: installs[0]?.packages ?? 0,
})

function requireWrk(): void {
  try {
    execFileSync('wrk', ['-v'], { stdio: 'ignore' })
  } catch (thrown) {
    // `wrk -v` ends with 1 although it works.
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') throw new Error('wrk is missing; on Debian: apt-get install wrk', { cause: thrown })
  }
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130))
if (values.help) process.stdout.write(`${HELP}\n`)
else await main()
