import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import { readFolder } from '../../src/adapters/embedded/reading.ts'
import { loadConfig } from '../../src/config.ts'
import { ecosystems } from '../../src/ecosystems/index.ts'
import { writeOsvZip } from './osv-zip.ts'
import { folderScreener } from '../../src/screening/folder.ts'
import { gather } from '../../src/screening/gather.ts'
import { screen } from '../../src/screening/screen.ts'

/*
 * How long `sluice check` takes for a lockfile of 1,500 packages, offline, with 300,000 advisories in the data folder: the whole
 * process with everything in the operating system's cache, and the part of it that is not starting up. Beside it, where it is
 * there, OSV-Scanner 1.9 offline on the same lockfile and the same advisories: node bench/screening/check.ts FOLDER [OSV_SCANNER]
 * It runs where no sluice.yaml is, as pipelines do; with one, reading the configuration costs some 150 ms more. Processor time is of the whole process; it says more than the clock where other work runs.
 */

const PACKAGES = 1_500
const ADVISORIES = 300_000
const RUNS = 15

const folder = process.argv[2] ?? '/tmp/sluice-bench-check'
const scanner = process.argv[3] ?? null
const root = fileURLToPath(new URL('../..', import.meta.url))
const lockfile = join(folder, 'package-lock.json')
const data = join(folder, 'data')

mkdirSync(folder, { recursive: true })
writeFileSync(lockfile, lock())
if (!existsSync(join(data, 'sluice.db'))) await fill()

const pinned = join(root, 'node_modules', '.bin', 'node')
const command = [join(root, 'bin', 'sluice.mjs'), 'check', lockfile, '--data', data]
const rows: Row[] = [
  { what: 'whole process, pinned Node', ...measured(() => run(pinned, command)) },
  { what: 'whole process, `node bin/sluice.mjs` under another Node, which starts the pinned one', ...measured(() => run('node', command)) },
  { what: 'the check itself, in a process that runs', ...await measuredInside() },
]
if (scanner) {
  const database = join(folder, 'osv')
  if (!existsSync(join(database, 'osv-scanner', 'npm', 'all.zip'))) {
    mkdirSync(join(database, 'osv-scanner', 'npm'), { recursive: true })
    writeOsvZip(join(database, 'osv-scanner', 'npm', 'all.zip'), osvRecords())
  }
  rows.push({ what: 'OSV-Scanner, offline, whole process', ...measured(() => run(scanner, ['scan', '--experimental-offline', '--experimental-local-db-path', database, '--lockfile', lockfile, '--format', 'json']), { runs: 3, before: 1 }) })
}

console.log(`${PACKAGES} packages, ${ADVISORIES.toLocaleString('en')} advisories, ${RUNS} runs after 3; ${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}, load ${readFileSync('/proc/loadavg', 'utf8').split(' ', 1)[0]}\n`)
console.log('| what | best ms | median ms | best processor ms |\n|---|---|---|---|')
for (const { what, best, median, cpu } of rows) console.log(`| ${what} | ${best.toFixed(0)} | ${median.toFixed(0)} | ${cpu.toFixed(0)} |`)
const [first, last] = [rows[0], rows.at(-1)]
if (scanner && first && last) console.log(`\nOSV-Scanner takes ${(last.median / first.median).toFixed(1)} times as long by the clock (medians), and ${(last.cpu / first.cpu).toFixed(1)} times the processor.`)

interface Times { ms: number; cpu: number }
type Row = { what: string; best: number; median: number; cpu: number }

/** Processor time as the shell's `times` tells of its children. */
function run(file: string, args: readonly string[]): Times {
  const start = performance.now()
  const ran = spawnSync('bash', ['-c', '"$@" > /dev/null; code=$?; times; exit $code', 'bash', file, ...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 })
  const ms = performance.now() - start
  if (ran.error || ran.status !== 1) throw new Error(`${file} ended with ${ran.status}, 1 was due: ${ran.stderr?.toString().slice(-500)}`)
  const children = ran.stdout.toString().trim().split('\n').at(-1) ?? ''
  const cpu = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce((sum, [, minutes, seconds]) => sum + Number(minutes) * 60_000 + Number(seconds) * 1_000, 0)
  return { ms, cpu }
}

function measured(work: () => Times, { runs = RUNS, before = 3 } = {}): Omit<Row, 'what'> {
  return summary(Array.from({ length: runs + before }, work).slice(before))
}

async function measuredInside(): Promise<Omit<Row, 'what'>> {
  const { policy } = loadConfig({ text: '', env: {}, cwd: folder, canonical: (ecosystem, raw) => ecosystems[ecosystem].canonicalName(raw) })
  const times: Times[] = []
  for (let at = 0; at < RUNS + 3; at++) {
    const start = performance.now()
    const used = process.cpuUsage()
    const open = readFolder(data)
    if (!open) throw new Error(`${data} holds no data`)
    const found = await screen(gather([lockfile], { trees: false }), folderScreener({ folder: open, where: data, policy, now: new Date(), gate: () => null, listed: () => [] }))
    open.close()
    const { user, system } = process.cpuUsage(used)
    times.push({ ms: performance.now() - start, cpu: (user + system) / 1_000 })
    if (found.packages !== PACKAGES || found.finds.length === 0) throw new Error(`${found.packages} packages, ${found.finds.length} finds`)
  }
  return summary(times.slice(3))
}

function summary(times: readonly Times[]): Omit<Row, 'what'> {
  const sorted = times.map(({ ms }) => ms).toSorted((a, b) => a - b)
  return { best: sorted[0] ?? 0, median: sorted[Math.floor(sorted.length / 2)] ?? 0, cpu: Math.min(...times.map(({ cpu }) => cpu)) }
}

/** A tree in which each package asks for three others, as npm 7 and later write it. */
function lock(): string {
  const entry = (at: number) => ({
    version: `${at % 9}.${at % 17}.${at % 5}`, resolved: `https://gate.example/npm/pkg-${at}/-/pkg-${at}-${at % 9}.${at % 17}.${at % 5}.tgz`, integrity: `sha512-${Buffer.alloc(64, at % 251).toString('base64')}`, license: 'MIT',
    dependencies: Object.fromEntries([1, 2, 3].map((step) => at * 3 + step).filter((next) => next < PACKAGES).map((next) => [`pkg-${next}`, `^${next % 9}.0.0`])), engines: { node: '>=18' },
  })
  const packages = Object.fromEntries(Array.from({ length: PACKAGES }, (_, at) => [`node_modules/pkg-${at}`, entry(at)]))
  return `${JSON.stringify({ name: 'bench', lockfileVersion: 3, requires: true, packages: { '': { name: 'bench', dependencies: { 'pkg-0': '^0.0.0' } }, ...packages } }, null, 2)}\n`
}

/** Nine tenths are about other packages, as in life; of the lockfile's every tenth package has a dozen, and five are hit. */
async function fill(): Promise<void> {
  const database = await openDatabase(join(data, 'sluice.db'))
  await database.migrate()
  for (let from = 0; from < ADVISORIES; from += 1_000) {
    await database.transaction(async (tx) => void await tx.insertInto('advisories').values(Array.from({ length: 1_000 }, (_, at) => rowOf(from + at)) as never).execute())
  }
  await database.close()
}

function rowOf(at: number) {
  const own = at < PACKAGES
  const name = own ? `pkg-${Math.floor(at / 10) * 10}` : `other-${at % 120_000}`
  const hit = own && at < 5
  return {
    id: `${at % 3 === 0 ? 'GHSA' : 'MAL'}-${at}`, ecosystem: at % 3 === 1 && !own ? 'pypi' : 'npm', name, malicious: at % 3 === 0 ? 0 : 1, summary: `Something is wrong with ${name}, and this sentence says what`,
    versions: JSON.stringify(hit ? ['0.0.0'] : ['90.0.1', '90.0.2']), ranges: JSON.stringify(hit ? [] : [{ introduced: '80.0.0', fixed: '90.0.3' }]), severity: 'high', url: `https://advisories.example/${at}`, source: 'bench',
    modified: 1_780_000_000_000 + at, withdrawn: null,
  }
}

/** The same, as OSV writes it; of npm alone, because a scanner reads no other for this lockfile. */
function* osvRecords(): Generator<{ id: string }> {
  for (let at = 0; at < ADVISORIES; at++) {
    const { id, ecosystem, name, summary, versions, ranges, url, modified } = rowOf(at)
    if (ecosystem !== 'npm') continue
    const events = (JSON.parse(ranges) as { introduced: string; fixed: string }[]).map(({ introduced, fixed }) => ({ type: 'SEMVER', events: [{ introduced }, { fixed }] }))
    const affected = [{ package: { ecosystem: 'npm', name }, versions: JSON.parse(versions) as string[], ranges: events }]
    const record = { id, schema_version: '1.6.0', modified: new Date(modified).toISOString(), summary, affected, references: [{ type: 'ADVISORY', url }] }
    yield record
  }
}
