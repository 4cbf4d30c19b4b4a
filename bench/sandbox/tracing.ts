/**
 * What it costs to see: strace's output read, and hooks in Node and Python processes. `node bench/sandbox/tracing.ts
 * [--project FOLDER]`; the folder has a package-lock.json, and `npm ci` is measured on copies of it, from npm's cache.
 */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { availableParallelism, loadavg, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { HOOK_FILES, hookEnvironment } from '../../src/sandbox/hooks/environment.ts'
import { gather } from '../../src/tracing/gather.ts'
import { STRACE_OPTIONS, TRACED } from '../../src/tracing/strace/calls.ts'
import { StraceReader } from '../../src/tracing/strace/reader.ts'
import { Tracing } from '../../src/tracing/tracing.ts'

const { values } = parseArgs({ options: { project: { type: 'string' }, rounds: { type: 'string', default: '7' } } })
const rounds = Number(values.rounds)
const work = mkdtempSync(join(tmpdir(), 'bench-tracing-'))
const log = join(work, 'session.log')
/** Settings of this machine's clients stay: where the registry is, and whom to trust. */
const PLAIN = Object.fromEntries(Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined && !/^(?:NODE_OPTIONS|PYTHONPATH)$/.test(entry[0])))
const hooked = { ...PLAIN, ...hookEnvironment({ folder: HOOK_FILES, file: log, timeRuns: false }) }
const traced = (out: string): string[] => ['strace', ...STRACE_OPTIONS, '-o', out, '-e', `trace=${TRACED.join(',')}`]

/** Milliseconds of processor, ours and of processes that have ended: they say more than the clock where other work runs. */
function spent(): number {
  const own = process.cpuUsage()
  const [children = 0, system = 0] = readFileSync('/proc/self/stat', 'latin1').split(') ')[1]?.split(' ').slice(13, 15).map(Number) ?? []
  return (own.user + own.system) / 1000 + (children + system) * 10
}

/** Of one run, by the clock the fastest, by the processor the mean. */
function timed(run: () => void, times = rounds): { clock: number; processor: number } {
  const before = spent()
  const took = Array.from({ length: times }, () => {
    const began = performance.now()
    run()
    return performance.now() - began
  })
  return { clock: Math.min(...took), processor: (spent() - before) / times }
}

function command(argv: readonly string[], env: Record<string, string>, cwd = work): void {
  rmSync(log, { force: true })
  const { status, stderr } = spawnSync(argv[0] as string, argv.slice(1), { env, cwd, encoding: 'utf8', maxBuffer: 1e9 })
  if (status !== 0) throw new Error(`${argv.join(' ').slice(0, 200)}: ${stderr.slice(-500)}`)
}

const round = (value: number): number => Math.round(value * 10) / 10

function reading(name: string, file: string): Record<string, unknown> {
  const one = readFileSync(file)
  const times = Math.max(1, Math.ceil(20e6 / one.length))
  const feed = (into: { push(chunk: Uint8Array): void }): void => {
    for (let i = 0; i < times; i++) for (let from = 0; from < one.length; from += 65_536) into.push(one.subarray(from, from + 65_536))
  }
  let lines = 0
  const reader = timed(() => {
    const into = new StraceReader({ call: () => undefined })
    feed(into)
    lines = into.lines
  }, 3)
  const all = timed(() => {
    const into = new Tracing()
    feed(into)
    into.end()
  }, 3)
  const mb = one.length * times / 1e6
  return { trace: name, MB: round(mb), lines, 'lines read, MB/s': Math.round(mb / reader.processor * 1000), 'acts and processes, MB/s': Math.round(mb / all.processor * 1000) }
}

function starting(): Record<string, unknown>[] {
  const trace = join(work, 'start.trace')
  const programs: [string, string[]][] = [['node -e 0', [process.execPath, '-e', '0']], ['python3 -c pass', ['python3', '-c', 'pass']]]
  return programs.flatMap(([name, argv]) => {
    if (spawnSync(argv[0] as string, ['--version']).error) return []
    const ways: [string, string[], Record<string, string>][] = [['bare', argv, PLAIN], ['hooks', argv, hooked], ['strace', [...traced(trace), ...argv], PLAIN], ['hooks and strace', [...traced(trace), ...argv], hooked]]
    return ways.map(([how, words, env]) => {
      const { clock, processor } = timed(() => command(words, env))
      return { program: name, how, 'clock, ms': round(clock), 'processor, ms': round(processor) }
    })
  })
}

function calling(): Record<string, unknown>[] {
  const loops: [string, string, number][] = [
    ['process.env.X, told', 'process.env["X" + i % 2000]', 10_000], ['process.env.X, again', 'process.env.HOME', 1_000_000],
    ['readFileSync, told', 'try { fs.readFileSync("/nowhere/" + i) } catch {}', 10_000], ['readFileSync of an installed file', 'try { fs.readFileSync("/nowhere/node_modules/x/" + i) } catch {}', 10_000],
    ['setTimeout, short', 'clearTimeout(setTimeout(() => {}, 1))', 100_000],
  ]
  return loops.map(([name, body, times]) => {
    const source = `const fs = require("fs"); const t = process.cpuUsage(); for (let i = 0; i < ${times}; i++) { ${body} } const u = process.cpuUsage(t); process.stdout.write(String((u.user + u.system) / ${times}))`
    const each = (env: Record<string, string>): number => Math.min(...Array.from({ length: 3 }, () => {
      rmSync(log, { force: true })
      return Number(spawnSync(process.execPath, ['-e', source], { env, cwd: work, encoding: 'utf8' }).stdout)
    }))
    return { call: name, 'bare, µs of processor': round(each(PLAIN)), 'hooks': round(each(hooked)) }
  })
}

async function installing(project: string): Promise<Record<string, unknown>[]> {
  const trace = join(work, 'install.trace')
  const argv = ['npm', 'ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error']
  const fresh = (): void => {
    rmSync(join(work, 'node_modules'), { recursive: true, force: true })
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(project, file), join(work, file))
  }
  fresh()
  command(argv, PLAIN)
  const measured = (how: string, words: readonly string[], env: Record<string, string>) => {
    const times = Array.from({ length: Math.min(3, rounds) }, () => {
      fresh()
      return timed(() => command(words, env), 1)
    })
    return { how, 'clock, s': round(Math.min(...times.map(({ clock }) => clock)) / 1000), 'processor, s': round(Math.min(...times.map(({ processor }) => processor)) / 1000) }
  }
  const table: Record<string, unknown>[] = [
    measured('bare', argv, PLAIN), measured('hooks', argv, hooked), measured('strace', [...traced(trace), ...argv], PLAIN), measured('hooks and strace', [...traced(trace), ...argv], hooked),
  ]
  const startedAt = Date.now() - 600_000
  const began = performance.now()
  const wire = join(work, 'package.json')
  const { acts, processes, dropped } = await gather({ run: { trace, hooks: existsSync(log) ? log : null, wire, startedAt }, command: argv, disk: [], finder: null }, { places: {} })
  table.push({ how: `joined: ${round(statSync(trace).size / 1e6)} MB of trace, ${processes.length} processes, ${acts.length} acts, dropped ${JSON.stringify(dropped)}`, 'clock, s': round((performance.now() - began) / 1000) })
  table.push(reading('of that npm ci', trace))
  return table
}

try {
  console.log(`${new Date().toISOString().slice(0, 16)}Z, Node ${process.version}, ${availableParallelism()} cores, load ${loadavg().map(round).join(' ')}; of ${rounds} rounds`)
  console.table([reading('one of everything', resolve(import.meta.dirname, '../../src/tracing/golden.samples/calls.trace'))])
  console.table(starting())
  console.table(calling())
  if (values.project) console.table(await installing(resolve(values.project)))
} finally {
  rmSync(work, { recursive: true, force: true })
}
