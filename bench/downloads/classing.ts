/**
 * How fast deliveries are told apart: `node bench/downloads/classing.ts [--lines 1000000] [--callers 5000]`. First without a database,
 * then from the ledger of an embedded one, for everything in it and for one package of it.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import { clientOf, readAgent } from '../../src/core/client.ts'
import { classifier } from '../../src/downloads/classify.ts'
import { Countries } from '../../src/downloads/countries.ts'
import { habitKey } from '../../src/downloads/delivery.ts'
import type { Delivery } from '../../src/downloads/delivery.ts'
import { Downloads } from '../../src/downloads/downloads.ts'
import { Habits } from '../../src/downloads/habits.ts'
import { Tally } from '../../src/downloads/tally.ts'
import { canonical } from '../../src/ledger/entry.ts'

const { values } = parseArgs({ options: { lines: { type: 'string', default: '1000000' }, callers: { type: 'string', default: '5000' } } })
const [lines, callers] = [Number(values.lines), Number(values.callers)]
const BEGIN = Date.UTC(2026, 9, 1)
const DAY = 86_400_000

const AGENTS = [
  'npm/11.0.0 node/v24.0.0 linux x64 workspaces/false', 'npm/11.0.0 node/v24.0.0 linux x64 workspaces/false ci/github-actions', 'pnpm/10.34.0 npm/? node/v24.0.0 linux x64',
  'pip/24.0 {"ci":null,"cpu":"x86_64","implementation":{"name":"CPython","version":"3.12.1"},"installer":{"name":"pip","version":"24.0"},"python":"3.12.1"}',
  'pip/24.0 {"ci":true,"cpu":"x86_64","implementation":{"name":"CPython","version":"3.12.1"},"installer":{"name":"pip","version":"24.0"},"python":"3.12.1"}',
  'bandersnatch/6.6.0 (cpython 3.11.7-final0, Linux x86_64)', 'curl/8.5.0', 'Mozilla/5.0 (X11; Linux x86_64) Firefox/126.0', 'Go-http-client/2.0', '',
]
const packageOf = (index: number): string => `package-${(index * 7_919) % 20_000}`
const addressOf = (who: number): string => `${1 + (who % 223)}.${(who >> 3) & 255}.${who & 255}.7`

function deliveryAt(index: number): Delivery {
  const who = (index * 31) % callers
  const name = packageOf(index)
  return {
    at: BEGIN + Math.floor((index / lines) * 30 * DAY), ecosystem: 'npm', name, version: `1.${index % 10}.0`, file: `${name}-1.${index % 10}.0.tgz`, agent: readAgent(AGENTS[who % AGENTS.length]),
    caller: { key: addressOf(who), named: false, token: null, user: null, host: null, address: addressOf(who), job: null }, part: false, times: 1, source: null,
  }
}

const rows: string[][] = []
const timed = async (what: string, count: number, work: () => Promise<unknown> | unknown): Promise<void> => {
  const [processor, started] = [process.cpuUsage(), performance.now()]
  await work()
  const seconds = (performance.now() - started) / 1_000
  const { user, system } = process.cpuUsage(processor)
  rows.push([what, count.toLocaleString('en'), `${seconds.toFixed(2)} s`, `${((user + system) / 1e6).toFixed(2)} s`, `${Math.round(count / seconds).toLocaleString('en')}/s`, `${Math.round(process.memoryUsage().rss / 1e6)} MB`])
}

const countries = await new Countries({ configured: null, data: '/nonexistent' }).open()
await timed('in memory: habits, classes, countries, tally', lines, () => {
  const habits = new Habits()
  for (let index = 0; index < lines; index += 1) {
    const { at, ecosystem, name, version, file, agent, caller } = deliveryAt(index)
    habits.see({ at, contact: 'file', ecosystem, name, version, file, caller: caller?.key ?? '', agent })
  }
  const [tally, classify] = [new Tally(), classifier([])]
  for (let index = 0; index < lines; index += 1) {
    const delivery = deliveryAt(index)
    tally.add(delivery, classify(delivery, habits.of(habitKey(delivery.caller?.key ?? '', delivery.agent), delivery)), countries.of(delivery.caller?.address ?? ''))
  }
  tally.result()
})

const folder = mkdtempSync(join(tmpdir(), 'sluice-classing-'))
const database = await openDatabase(join(folder, 'sluice.db'))
await database.migrate()
for (let from = 0; from < lines; from += 5_000) {
  await database.appendLedger(Array.from({ length: Math.min(5_000, lines - from) }, (_, offset) => {
    const { at, ecosystem, name, version, file, caller } = deliveryAt(from + offset)
    const who = ((from + offset) * 31) % callers
    return canonical({ at: new Date(at), kind: 'served', ecosystem, name, version, file, client: clientOf(AGENTS[who % AGENTS.length]), address: caller?.address, action: 'serve', reason: 'clean', because: 'nothing found', policy: 'f00d', status: 200, bytes: 48_211, request: `r${from + offset}` })
  }))
}
const downloads = new Downloads({
  database, data: folder, rules: [], countries: null, clock: { now: () => new Date() }, upstream: { fetch: () => Promise.reject(new Error('nothing is asked')), close: () => Promise.resolve() },
})
await timed('the whole ledger', lines, () => downloads.read('everything'))
await timed('one day of it', Math.round(lines / 30), () => downloads.read('everything', { since: new Date(BEGIN + 20 * DAY), until: new Date(BEGIN + 21 * DAY) }))
await timed('one package of it, with what its receivers did besides', Math.round(lines / 20_000), () => downloads.read({ ecosystem: 'npm', name: packageOf(1), version: null }))
await database.close()
rmSync(folder, { recursive: true, force: true })

const HEADS = ['what', 'deliveries', 'time', 'processor', 'speed', 'memory in all']
process.stdout.write([HEADS, HEADS.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |\n`).join(''))
