/**
 * How long the first import of a feed takes, and the next sync when 200 records changed: OSV's archive, a folder for each package,
 * and a git checkout of it. `node bench/exchange/import.ts [--records 300000] [--changed 200]`
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { openDatabase } from '../../src/adapters/embedded/database.ts'
import { importFeed } from '../../src/intel/import.ts'
import type { FeedReport } from '../../src/intel/import.ts'
import { table } from '../quality/markdown.ts'
import { records, writeFlat, writeFolder, writeZip } from './records.ts'

const { values } = parseArgs({ options: { records: { type: 'string', default: '300000' }, changed: { type: 'string', default: '200' }, only: { type: 'string' }, source: { type: 'string' }, state: { type: 'string' } } })
const count = Number(values.records)
const step = Math.max(1, Math.floor(count / Number(values.changed)))
const isChanged = (at: number): boolean => at % step === 0 && at / step < Number(values.changed)
const root = values.source === undefined ? mkdtempSync(join(tmpdir(), 'sluice-bench-exchange-')) : ''
const git = (folder: string, ...args: string[]): void => void execFileSync('git', ['-C', folder, '-c', 'user.name=bench', '-c', 'user.email=bench@bench.example', ...args], { stdio: 'ignore', maxBuffer: 2 ** 30 })

interface Source { name: string; make(folder: string): string; change(folder: string): void }
const changed = (round: number) => records(count, round, isChanged)
const everything = function* () { for (const made of records(count, 0, (at) => !isChanged(at))) yield made; yield* changed(1) }
const sources: Source[] = [
  { name: 'OSV archive (all.zip)', make: (folder) => { writeZip(join(folder, 'all.zip'), records(count)); return folder }, change: (folder) => writeZip(join(folder, 'all.zip'), everything()) },
  { name: 'folder, a file each, three folders', make: (folder) => { writeFlat(folder, records(count)); return folder }, change: (folder) => writeFlat(folder, changed(1)) },
  { name: 'folder for each package', make: (folder) => { writeFolder(folder, records(count)); return folder }, change: (folder) => writeFolder(folder, changed(1)) },
  {
    name: 'git checkout of the same',
    make: (folder) => { writeFolder(folder, records(count)); git(folder, 'init', '-q'); git(folder, 'add', '-A'); return folder },
    change: (folder) => { writeFolder(folder, changed(1)); git(folder, 'add', '-A') },
  },
]

interface Timed { report: FeedReport; seconds: number; cpuSeconds: number; rssMiB: number }

/** In a process of its own, as `sluice feed sync` is, so that what made the records does not count. */
function timed(source: string, state: string): Timed {
  return JSON.parse(execFileSync(process.execPath, [import.meta.filename, '--source', source, '--state', state], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })) as Timed
}

async function measure(source: string, state: string): Promise<Timed> {
  const database = await openDatabase(join(state, 'sluice.db'))
  await database.migrate()
  let rss = 0
  const watch = setInterval(() => { rss = Math.max(rss, process.memoryUsage.rss()) }, 20)
  const started = performance.now()
  const cpu = process.cpuUsage()
  const report = await importFeed({ database, source, name: 'bench', folder: state, manifest: join(state, 'bench.manifest') })
  const seconds = (performance.now() - started) / 1_000
  const { user, system } = process.cpuUsage(cpu)
  clearInterval(watch)
  await database.close()
  return { report: { ...report, skipped: [] }, seconds, cpuSeconds: (user + system) / 1e6, rssMiB: Math.max(rss, process.memoryUsage.rss()) / 2 ** 20 }
}

if (values.source !== undefined && values.state !== undefined) {
  console.log(JSON.stringify(await measure(values.source, values.state)))
  process.exit()
}

const rows: string[][] = []
try {
  for (const [index, source] of sources.entries()) {
    if (values.only !== undefined && !values.only.split(',').includes(String(index))) continue
    const home = join(root, String(index))
    execFileSync('mkdir', ['-p', join(home, 'feed'), join(home, 'state')])
    const where = source.make(join(home, 'feed'))
    const first = timed(where, join(home, 'state'))
    const same = timed(where, join(home, 'state'))
    source.change(join(home, 'feed'))
    const next = timed(where, join(home, 'state'))
    const told = ({ report: { imported, updated, unchanged, skippedTotal } }: Timed): string => `${imported} new, ${updated} changed, ${unchanged} the same, ${skippedTotal} skipped`
    const took = ({ seconds, cpuSeconds }: Timed): string => `${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s)`
    rows.push([source.name, took(first), told(first), took(next), told(next), took(same), `${Math.round(first.rssMiB)} / ${Math.round(next.rssMiB)} MiB`, `${(statSync(join(home, 'state', 'sluice.db')).size / 2 ** 20).toFixed(0)} MiB`])
    console.error(rows.at(-1)?.join(' | '))
    rmSync(home, { recursive: true })
  }
} finally {
  rmSync(root, { recursive: true, force: true })
}
console.log(`${count.toLocaleString('en')} records; ${cpus().length} processors, load ${loadavg()[0]?.toFixed(1)}, Node ${process.version}\n`)
console.log(table(['source', 'first import: clock (processor, all threads)', 'of it', `next sync, ${values.changed} changed`, 'of it', 'sync, nothing changed', 'RSS, first / next', 'database'], rows))
