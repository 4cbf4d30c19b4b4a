import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { startGate } from '../../test/harness/gate.ts'
import { digestOf, packages } from './recheck-upstream.ts'

const HELP = `taskset -c 0 node bench/watch/recheck.ts [--packages N]
  A gate that had files of N packages (20,000: 60 % npm, 30 % PyPI, 10 % Go) looks back at all of them, twice, from an upstream on
  loopback in a process of its own (on the other core, where there is one). The gate and its workers share the one core.`

const { values } = parseArgs({ options: { packages: { type: 'string', default: '20000' }, help: { type: 'boolean', default: false } } })
if (values.help) {
  console.log(HELP)
  process.exit()
}
const count = Number(values.packages)
const AT_ONCE = 4
const DAY = 86_400_000

const server = fork(fileURLToPath(new URL('./recheck-upstream.ts', import.meta.url)), [String(count)])
const { base } = await new Promise<{ base: string }>((resolve) => server.once('message', resolve as (message: unknown) => void))
let now = Date.now()
const gate = await startGate({
  sources: { npm: { url: `${base}npm/`, sumdb: null }, pypi: { url: `${base}pypi/simple/`, sumdb: null }, go: { url: `${base}go/`, sumdb: null } },
  recheck: { budget: 1e9, recent: DAY, rest: DAY }, workers: { size: 1 }, clock: { now: () => new Date(now) },
})
const { database } = gate.app.context
const rows = packages(count).flatMap(({ ecosystem, name, versions }, at) => versions.slice(-1 - at % 3).map((version) => ({
  ecosystem, name, version, file: ecosystem === 'npm' ? `${name}-${version}.tgz` : ecosystem === 'pypi' ? `${name}-${version}.tar.gz` : `${version}.zip`,
  digest: `sha256:${digestOf('sha256', name, version)}`, size: 48_123, upstream: base, source: 'public', published_at: null, first_seen_at: now - 60 * DAY,
  hashes: JSON.stringify({ sha256: digestOf('sha256', name, version), sha1: digestOf('sha1', name, version) }), purged: 0,
})))
for (let from = 0; from < rows.length; from += 1_000) await database.query.insertInto('artifacts').values(rows.slice(from, from + 1_000)).execute()
await gate.app.reviews.enrol()

const sent = async (): Promise<number> => Number(await (await fetch(`${base}-/count`)).text())
async function pass(label: string): Promise<string> {
  const [began, cpu, before] = [performance.now(), process.cpuUsage(), await sent()]
  let done = 0
  let peak = 0
  const loop = async (): Promise<void> => {
    while (await gate.app.reviews.turn() > 0) {
      done++
      if (done % 500 === 0) peak = Math.max(peak, process.memoryUsage().rss)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, loop))
  const seconds = (performance.now() - began) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  const bytes = await sent() - before
  return `| ${label} | ${done.toLocaleString('en')} | ${seconds.toFixed(1)} | ${Math.round(done / seconds * 3_600).toLocaleString('en')} | ${((user + system) / 1_000 / done).toFixed(2)} | ${(bytes / 1e6).toFixed(0)} | ${(bytes / done / 1e3).toFixed(1)} | ${Math.round(peak / 1_048_576)} |`
}

console.log('| pass | packages | s | packages/h | CPU ms/package, without workers | MB on the wire | kB/package | RSS, MiB |')
console.log('|---|---|---|---|---|---|---|---|')
console.log(await pass('the first: every document is read'))
now += 2 * DAY
console.log(await pass('the next: nothing has changed'))
const { openReviews, doubted, unseen } = await gate.app.reviews.status()
console.log(`\n${openReviews} reviews, ${doubted} doubted, ${unseen} not looked at`)
await gate.close()
server.disconnect()
