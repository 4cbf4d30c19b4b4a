import { openSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { openCell } from './open.ts'
import type { Cell, CellCommand, CellOptions, CellRun, Limits, Mount } from './cell.ts'
import { machineCgroups, places } from './cgroup.ts'
import { probeCell } from './probe.ts'
import type { BackendName } from './protocol.ts'

const SINKHOLE = join(import.meta.dirname, 'warden/testing.ts')

export const LIMITS: Limits = { memoryMb: 512, processes: 200, diskMb: 64, fileMb: 64, outputMb: 1, traceMb: 16 }

/** Node, as `/opt/node`. */
const NODE: Mount = { from: process.execPath, to: '/opt/node' }

const open = (options: CellOptions, backend: BackendName = 'bubblewrap'): Promise<Cell> => openCell(backend, options, SINKHOLE)

/** Asked for once a file of tests: without it they are skipped, and say why. */
export async function cellsWork(backend: BackendName = 'bubblewrap'): Promise<boolean> {
  const { works, says } = await probeCell(backend, (options) => open(options, backend), () => [])
  if (!works) console.warn(`skipped: no cell can be made here by ${backend}: ${says}`)
  return works
}

export function openTestCell({ limits, files = [], mounts = [], backend = 'bubblewrap' }: { limits?: Partial<Limits>; files?: CellOptions['files']; mounts?: readonly Mount[]; backend?: BackendName } = {}): Promise<Cell> {
  return open({ limits: { ...LIMITS, ...limits }, mounts: [NODE, ...mounts], files, host: { name: 'laptop', user: 'ana', home: '/home/ana' }, sinkhole: {} }, backend)
}

/** A shell's lines, traced. */
export async function sh(cell: Cell, script: string, more: Partial<CellCommand> = {}): Promise<CellRun & { out: string; err: string }> {
  const env = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/home/ana', LANG: 'C.UTF-8' }
  const run = await cell.run({ argv: ['sh', '-c', script], cwd: '/home/ana', env, timeMs: 45_000, graceMs: 200, traced: true, ...more })
  return { ...run, out: Buffer.from(run.stdout).toString(), err: Buffer.from(run.stderr).toString() }
}

export const file = (path: string, text: string, mode = 0o644): CellOptions['files'][number] => ({ path, bytes: Buffer.from(text), mode })

/** By what a run says where its record is: the namespace that everything of one cell is in. It is held, so that no later one gets its number. */
export function namespaceOf({ wire }: CellRun): string {
  const path = `/proc/${/^\/proc\/(\d+)\//.exec(wire)?.[1]}/ns/ipc`
  openSync(path, 'r')
  return readlinkSync(path)
}

export function livingIn(namespace: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readlinkSync(`/proc/${pid}/ns/ipc`) === namespace
    } catch {
      return false
    }
  })
}

export const cgroupsOf = (pid: number): string[] =>
  places(machineCgroups()).flatMap(({ folder }) => readdirSync(folder).filter((name) => name.startsWith(`sluice-cell-${pid}-`)))

export const mountsHere = (): string => readFileSync('/proc/self/mountinfo', 'utf8')
