import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import { readFolder } from '../../src/adapters/embedded/reading.ts'
import { loadConfig } from '../../src/config.ts'
import { ecosystems } from '../../src/ecosystems/index.ts'
import { folderScreener } from '../../src/screening/folder.ts'
import { gather } from '../../src/screening/gather.ts'
import { screen } from '../../src/screening/screen.ts'

/*
 * How long `sluice check` takes for a lockfile of 1,500 packages, offline, with 300,000 advisories in the data folder: the whole
 * process with everything in the operating system's cache, and the part of it that is not starting up. Beside it, where it is
 * there, OSV-Scanner offline on the same lockfile: node bench/screening/check.ts FOLDER [OSV_SCANNER OSV_DATABASE_FOLDER]
 */

const PACKAGES = 1_500
const ADVISORIES = 300_000
const RUNS = 15

const folder = process.argv[2] ?? '/tmp/sluice-bench-check'
const scanner = process.argv[3] ?? null
const cache = process.argv[4] ?? null
const root = fileURLToPath(new URL('../..', import.meta.url))
const lockfile = join(folder, 'package-lock.json')
const data = join(folder, 'data')

mkdirSync(folder, { recursive: true })
writeFileSync(lockfile, lock())
if (!existsSync(join(data, 'sluice.db'))) await fill()

const pinned = join(root, 'node_modules', '.bin', 'node')
const command = [join(root, 'bin', 'sluice.mjs'), 'check', lockfile, '--data', data]
const rows: [string, number, number][] = [
  ['whole process, pinned Node', ...measured(() => run(pinned, command))],
  ['whole process, `node bin/sluice.mjs` under another Node', ...measured(() => run('node', command))],
  ['the check itself, in a process that runs', ...await measuredInside()],
]
if (scanner) rows.push(['OSV-Scanner, offline, whole process', ...measured(() => run(scanner, ['scan', 'source', '--offline', '--lockfile', lockfile], cache === null ? {} : { OSV_SCANNER_LOCAL_DB_CACHE_DIRECTORY: cache }))])

console.log(`${PACKAGES} packages, ${ADVISORIES.toLocaleString('en')} advisories, ${RUNS} runs after 3; ${cpus()[0]?.model}, ${availableParallelism()} cores, Node ${process.version}, load ${readFileSync('/proc/loadavg', 'utf8').split(' ', 1)[0]}\n`)
console.log('| what | median ms | 90% ms |\n|---|---|---|')
for (const [what, median, high] of rows) console.log(`| ${what} | ${median.toFixed(0)} | ${high.toFixed(0)} |`)
if (scanner) console.log(`\nOSV-Scanner takes ${((rows.at(-1)?.[1] ?? 0) / (rows[0]?.[1] ?? 1)).toFixed(1)} times as long.`)

function run(file: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): void {
  const ran = spawnSync(file, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 64 * 1024 * 1024 })
  if (ran.error || (ran.status ?? 2) > 1) throw new Error(`${file} ended with ${ran.status}: ${ran.stderr?.toString().slice(0, 500)}`)
}

function measured(work: () => void): [median: number, high: number] {
  const times = Array.from({ length: RUNS + 3 }, () => {
    const start = performance.now()
    work()
    return performance.now() - start
  }).slice(3)
  return summary(times)
}

async function measuredInside(): Promise<[median: number, high: number]> {
  const { policy } = loadConfig({ text: '', env: {}, cwd: folder, canonical: (ecosystem, raw) => ecosystems[ecosystem].canonicalName(raw) })
  const times: number[] = []
  for (let at = 0; at < RUNS + 3; at++) {
    const start = performance.now()
    const open = readFolder(data)
    if (!open) throw new Error(`${data} holds no data`)
    const found = await screen(gather([lockfile], { trees: false }), folderScreener({ folder: open, where: data, policy, now: new Date(), gate: () => null, listed: () => [] }))
    open.close()
    times.push(performance.now() - start)
    if (found.packages !== PACKAGES || found.finds.length === 0) throw new Error(`${found.packages} packages, ${found.finds.length} finds`)
  }
  return summary(times.slice(3))
}

function summary(times: readonly number[]): [median: number, high: number] {
  const sorted = times.toSorted((a, b) => a - b)
  return [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted[Math.floor(sorted.length * 0.9)] ?? 0]
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
  const rowOf = (at: number) => {
    const own = at < PACKAGES
    const name = own ? `pkg-${Math.floor(at / 10) * 10}` : `other-${at % 120_000}`
    const hit = own && at < 5
    return {
      id: `${at % 3 === 0 ? 'GHSA' : 'MAL'}-${at}`, ecosystem: at % 3 === 1 && !own ? 'pypi' : 'npm', name, malicious: at % 3 === 0 ? 0 : 1, summary: `Something is wrong with ${name}, and this sentence says what`,
      versions: JSON.stringify(hit ? ['0.0.0'] : ['90.0.1', '90.0.2']), ranges: JSON.stringify(hit ? [] : [{ introduced: '80.0.0', fixed: '90.0.3' }]), severity: 'high', url: `https://advisories.example/${at}`, source: 'bench',
      modified: 1_780_000_000_000 + at, withdrawn: null,
    }
  }
  for (let from = 0; from < ADVISORIES; from += 1_000) {
    await database.transaction(async (tx) => void await tx.insertInto('advisories').values(Array.from({ length: 1_000 }, (_, at) => rowOf(from + at)) as never).execute())
  }
  await database.close()
}

