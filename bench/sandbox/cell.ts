import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { chooseBackend } from '../../src/sandbox/cell/backends.ts'
import type { BackendName } from '../../src/sandbox/cell/backends.ts'
import type { Cell, CellRun } from '../../src/sandbox/cell/cell.ts'
import { Tools } from '../../src/sandbox/plan/tools.ts'

/**
 * What isolating and tracing cost: making a cell and closing it, one command in it, and an install of about 300 packages, which
 * npm fetched before into a cache, so that neither side waits for a network. Bare is the same command on the machine itself.
 */
const HELP = `node bench/sandbox/cell.ts [--rounds N] [--backend bubblewrap|gvisor] [--no-install]`

const { values } = parseArgs({ options: { rounds: { type: 'string', default: '7' }, backend: { type: 'string' }, 'no-install': { type: 'boolean', default: false }, help: { type: 'boolean', default: false } } })
const rounds = Number(values.rounds)
const LIMITS = { memoryMb: 2_048, processes: 512, diskMb: 2_048, fileMb: 512, outputMb: 16, traceMb: 256 }
/** Well known, and together about 300 packages. */
const PROJECT = { name: 'bench', version: '1.0.0', private: true, dependencies: { express: '4.21.2', webpack: '5.97.1', 'webpack-cli': '6.0.1', eslint: '9.17.0', mocha: '11.0.1', axios: '1.7.9', typescript: '5.7.2' } }

const median = (times: number[]): number => times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)] as number
const ms = (time: number): string => time >= 1_000 ? `${(time / 1_000).toFixed(2)} s` : `${Math.round(time)} ms`
const timed = async (what: () => unknown): Promise<number> => {
  const begun = performance.now()
  await what()
  return performance.now() - begun
}

async function several(what: () => Promise<number> | number): Promise<number> {
  const times: number[] = []
  for (let round = 0; round < rounds; round++) times.push(await what())
  return median(times)
}

type Row = Record<'what' | 'bare' | 'untraced' | 'traced' | 'traced : bare', string>

const table = (rows: readonly Row[]): string =>
  ['| | bare | in a cell | in a cell, traced | traced : bare |', '| --- | --- | --- | --- | --- |', ...rows.map((one) => `| ${Object.values(one).join(' | ')} |`)].join('\n')

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(`${HELP}\n`)
  const { backend, probe } = await chooseBackend((values.backend as BackendName | undefined) ?? null)
  const node = await new Tools('/usr/local/bin:/usr/bin').node()
  const folder = mkdtempSync(join(tmpdir(), 'bench-cell-'))
  chmodSync(folder, 0o755)
  const open = (mounts: { from: string; to: string }[] = []): Promise<Cell> =>
    backend.open({ limits: LIMITS, mounts: [...node.mounts, ...mounts], files: [], host: { name: 'laptop', user: 'ana', home: '/home/ana' }, sinkhole: { seed: 'bench' } })
  const run = async (cell: Cell, argv: readonly [string, ...string[]], traced: boolean): Promise<CellRun> => {
    const ran = await cell.run({ argv, cwd: '/home/ana', env: { PATH: '/usr/bin:/bin', HOME: '/home/ana' }, timeMs: 300_000, graceMs: 0, traced })
    if (ran.exit !== 0) throw new Error(`${argv.join(' ')}: ${ran.status} ${ran.exit ?? ran.signal}: ${Buffer.from(ran.stderr).toString()}`)
    return ran
  }
  try {
    let openMs = 0
    let closeMs = 0
    const opens: number[] = []
    const closes: number[] = []
    for (let round = 0; round < rounds; round++) {
      let cell: Cell | null = null
      opens.push(await timed(async () => {
        cell = await open()
      }))
      closes.push(await timed(() => (cell as Cell | null)?.close()))
    }
    openMs = median(opens)
    closeMs = median(closes)
    const rows: Row[] = [{ what: 'a cell, with its sinkhole', bare: '', untraced: `${ms(openMs)} to open`, traced: `${ms(closeMs)} to close`, 'traced : bare': '' }]
    const cell = await open()
    for (const argv of [['true'], [node.node, '-e', '0']] as [string, ...string[]][]) {
      const bare = await several(() => timed(() => spawnSync(argv[0], argv.slice(1))))
      const [untraced, traced] = [await several(async () => timed(() => run(cell, argv, false))), await several(async () => timed(() => run(cell, argv, true)))]
      rows.push(row(argv.length === 1 ? 'true' : 'node -e 0', bare, untraced, traced))
    }
    await cell.close()
    if (!values['no-install']) rows.push(await install(folder, node.node, node.npm, open, run))
    process.stdout.write(`${table(rows)}\n\n${probe.version}, ${rounds} rounds, medians${probe.weaker.length > 0 ? `; ${probe.weaker.join('; ')}` : ''}\n`)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const row = (what: string, bare: number, untraced: number, traced: number): Row =>
  ({ what, bare: ms(bare), untraced: ms(untraced), traced: ms(traced), 'traced : bare': `${(traced / bare).toFixed(2)}×, ${ms(traced - bare)} more` })

async function install(folder: string, node: string, npm: string, open: (mounts: { from: string; to: string }[]) => Promise<Cell>, run: (cell: Cell, argv: readonly [string, ...string[]], traced: boolean) => Promise<CellRun>): Promise<Row> {
  const project = join(folder, 'project')
  execFileSync('mkdir', ['-p', project])
  writeFileSync(join(project, 'package.json'), JSON.stringify(PROJECT))
  const flags = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts', '--no-omit-lockfile-registry-resolved']
  execFileSync(node, [npm, 'install', ...flags, '--cache', join(folder, 'cache')], { cwd: project, stdio: 'inherit' })
  const packages = Object.keys((JSON.parse(readFileSync(join(project, 'package-lock.json'), 'utf8')) as { packages: object }).packages).length - 1
  execFileSync('rm', ['-rf', join(project, 'node_modules')])
  execFileSync('chmod', ['-R', 'a+rX', folder])
  // On a disk in memory, as the cell's is.
  const bareFolder = mkdtempSync('/dev/shm/bench-cell-')
  cpSync(folder, bareFolder, { recursive: true })
  const words = [npm, 'ci', '--offline', ...flags]
  const bare = await several(() => timed(() => execFileSync(node, [...words, '--cache', join(bareFolder, 'cache')], { cwd: join(bareFolder, 'project'), stdio: 'inherit' })))
  rmSync(bareFolder, { recursive: true })
  const cell = await open([{ from: folder, to: '/opt/given' }])
  await run(cell, ['sh', '-c', 'cp -r /opt/given/cache /opt/given/project ~/'], false)
  const script = ['sh', '-c', `cd ~/project && exec ${[node, ...words].join(' ')} --cache ~/cache`] as const
  const untraced = await several(async () => timed(() => run(cell, script, false)))
  let size = 0
  const traced = await several(async () => timed(async () => {
    const { trace } = await run(cell, script, true)
    size = trace === null ? 0 : statSync(trace).size
  }))
  await cell.close()
  return row(`npm ci of ${packages} packages, ${(size / 1e6).toFixed(1)} MB of trace`, bare, untraced, traced)
}

await main()
