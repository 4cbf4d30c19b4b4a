// What watching an install costs: `npm ci` of some 300 packages, bare and guarded, in turns: from npm's own cache, or with --cold from
// the registry into an empty one.
//   node bench/host/guard.ts [rounds] [--cold]
// The packages come through the npm of this machine as it is configured, from the cache once, before anything is measured. With --cold
// they come each time: let npm_config_registry be a gate of your own, which has them after the first.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import type { GuardReport } from '../../src/host/guard/report.ts'

const PROJECT = { name: 'bench', version: '1.0.0', private: true, dependencies: { eslint: '9', webpack: '5', jest: '29' } }
const MAIN = resolve(import.meta.dirname, '../../src/main.ts')
const COLD = process.argv.includes('--cold')
const QUIET = [...(COLD ? [] : ['--offline']), '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', '--omit-lockfile-registry-resolved=false']

interface Run {
  wall: number
  cpu: number
  report: GuardReport | null
}

const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-guard-'))
const rounds = Number(process.argv.slice(2).find((word) => /^\d+$/.test(word)) ?? 5)
const cache = COLD ? ['--cache', join(folder, 'cache')] : []

/** Times are taken inside, by the shell around npm alone: what the guard takes before and after is in its report. */
function install(engine: 'bare' | 'bpftrace' | 'strace'): Run {
  for (const name of ['node_modules', 'cache']) rmSync(join(folder, name), { recursive: true, force: true })
  // What the run before left to be written is not this one's.
  spawnSync('sync')
  const timed = ['bash', '-c', `TIMEFORMAT='TIMED %R %U %S'; time npm ci ${[...QUIET, ...cache].join(' ')}`]
  const guard = [process.execPath, MAIN, 'guard', '--quiet', '--engine', engine, '--mask-files', 'keep', '--mask-env', 'keep', '--report', join(folder, 'report.json'), '--', ...timed]
  const [command, ...args] = (engine === 'bare' ? timed : guard) as [string, ...string[]]
  const { status, stderr } = spawnSync(command, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  const [, wall, user, system] = /TIMED ([\d.]+) ([\d.]+) ([\d.]+)/.exec(stderr) ?? []
  if (status !== 0 || wall === undefined) throw new Error(`npm ci by ${engine} ended with ${status}: ${stderr.slice(-500)}`)
  return { wall: Number(wall), cpu: Number(user) + Number(system), report: engine === 'bare' ? null : JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as GuardReport }
}

const median = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN
const percent = (now: number, bare: number): string => `${now >= bare ? '+' : ''}${(((now - bare) / bare) * 100).toFixed(1)}%`

try {
  writeFileSync(join(folder, 'package.json'), JSON.stringify(PROJECT))
  const first = spawnSync('npm', ['install', ...QUIET.filter((word) => word !== '--offline')], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'ignore', 'pipe'] })
  if (first.status !== 0) throw new Error(`npm install failed: ${first.stderr.slice(-500)}`)
  const packages = Object.keys((JSON.parse(readFileSync(join(folder, 'package-lock.json'), 'utf8')) as { packages: object }).packages).length - 1
  install('bare')

  const engines = ['bare', ...(process.getuid?.() === 0 ? ['bpftrace' as const] : []), 'strace'] as const
  const runs = new Map<string, Run[]>(engines.map((engine) => [engine, []]))
  for (let round = 0; round < rounds; round++) for (const engine of engines) runs.get(engine)?.push(install(engine))

  const bare = runs.get('bare') as Run[]
  const [wall, cpu] = [median(bare.map((run) => run.wall)), median(bare.map((run) => run.cpu))]
  console.log(`npm ci of ${packages} packages ${COLD ? 'into an empty cache' : 'from the cache'}, ${rounds} rounds in turns, medians; load ${loadavg()[0]?.toFixed(1)}`)
  console.log('engine    wall s            processor s       begin s  end s  guard cpu s  events  lost')
  for (const [engine, all] of runs) {
    const [took, spent] = [median(all.map((run) => run.wall)), median(all.map((run) => run.cpu))]
    const of = (pick: (report: GuardReport) => number): string => (engine === 'bare' ? '-' : median(all.map(({ report }) => pick(report as GuardReport))).toFixed(2))
    console.log([
      engine.padEnd(9), `${took.toFixed(2)} ${engine === 'bare' ? '' : percent(took, wall)}`.padEnd(17), `${spent.toFixed(2)} ${engine === 'bare' ? '' : percent(spent, cpu)}`.padEnd(17),
      of(({ overhead }) => overhead.readyMs / 1000).padEnd(8), of(({ overhead }) => overhead.drainMs / 1000).padEnd(6), of(({ overhead }) => (overhead.cpuMs + (overhead.engineCpuMs ?? 0)) / 1000).padEnd(12),
      of(({ watched }) => watched.events).replace(/\.00$/, '').padEnd(7), of(({ watched }) => watched.lostTotal).replace(/\.00$/, ''),
    ].join(' '))
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
