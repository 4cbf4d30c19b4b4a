import { isAbsolute, join } from 'node:path'
import { SluiceError } from '../../core/errors.ts'
import type { Backend, Cell, CellCommand, CellOptions, CellRun } from './cell.ts'
import { machineCgroups, makeFence, sweepFences } from './cgroup.ts'
import { Launched } from './launch.ts'
import { probeBubblewrap } from './probe.ts'
import { findTool, PACKAGES, planMounts } from './tools.ts'
import type { Tool } from './protocol.ts'

const SINKHOLE = join(import.meta.dirname, '../sinkhole/sinkhole.ts')

const open = (options: CellOptions): Promise<Cell> => openCell(options, SINKHOLE)

/** Namespaces and strace, without any right that its user does not have. */
export const bubblewrap: Backend = { name: 'bubblewrap', probe: () => probeBubblewrap(open), open }

/** `sinkhole` is a module that exports `openSinkhole`. */
export async function openCell(options: CellOptions, sinkhole: string): Promise<Cell> {
  check(options)
  options.signal?.throwIfAborted()
  const tools = toolsOr()
  const planned = planMounts(options.mounts)
  const bound = planned.filter(({ kind }) => kind === 'bind')
  const cgroups = machineCgroups()
  sweepFences(cgroups)
  const fence = makeFence(options.limits, Math.random().toString(36).slice(2, 10), cgroups)
  const mirror = mirrorOf(options.sinkhole)
  const launched = new Launched({ paths: [...bound.map(({ from }) => from), ...(mirror === null ? [] : [mirror])], groups: fence.folders, tools })
  const abort = (): void => void launched.close()
  options.signal?.addEventListener('abort', abort, { once: true })
  const close = (): Promise<void> => {
    options.signal?.removeEventListener('abort', abort)
    return launched.close()
  }
  // What the launch brings to the stage first: this program and its Node.
  const at = (n: number): string => join(launched.stage, 'mounts', String(n + 2))
  const mounts = planned.map(({ from, to, kind, target }) => ({ to, kind, target: kind === 'link' ? target : at(bound.findIndex((one) => one.from === from && one.to === to)) }))
  const { limits, files, host } = options
  const answers = mirror === null ? options.sinkhole : { ...options.sinkhole as object, mirror: at(bound.length) }
  try {
    await launched.ask({
      ask: 'open', opening: {
        stage: launched.stage, mounts, options: { limits, files, host, sinkhole: answers }, tools,
        sinkhole: sinkhole.replace(APP, join(launched.stage, 'mounts/0')),
      },
    })
  } catch (thrown) {
    await close()
    options.signal?.throwIfAborted()
    throw thrown
  }
  return new BubblewrapCell(launched, close)
}

const APP = join(import.meta.dirname, '../../..')

class BubblewrapCell implements Cell {
  readonly #launched: Launched
  readonly close: () => Promise<void>

  constructor(launched: Launched, close: () => Promise<void>) {
    this.#launched = launched
    this.close = close
  }

  async run(command: CellCommand): Promise<CellRun> {
    checkCommand(command)
    const run = await this.#launched.ask({ ask: 'run', command })
    const outside = (path: string | null): string | null => path === null ? null : this.#launched.outside(path)
    return { ...run, trace: outside(run.trace), hooks: outside(run.hooks), wire: this.#launched.outside(run.wire) }
  }

  list(folders: readonly string[]) {
    return this.#launched.ask({ ask: 'list', folders })
  }

  read(paths: readonly string[], most: number) {
    return this.#launched.ask({ ask: 'read', paths, most })
  }
}

/** A folder of this machine that the sinkhole reads. */
function mirrorOf(sinkhole: unknown): string | null {
  const mirror = typeof sinkhole === 'object' && sinkhole !== null && 'mirror' in sinkhole ? sinkhole.mirror : null
  return typeof mirror === 'string' ? mirror : null
}

function toolsOr(): Record<Tool | 'unshare' | 'setpriv', string> {
  const found = Object.keys(PACKAGES).map((name) => [name, findTool(name)] as const)
  const missing = found.filter(([, path]) => path === null).map(([name]) => name)
  if (missing.length > 0) throw new SluiceError('sandbox-unavailable', `the sandbox needs ${missing.join(', ')}`, { hint: 'sluice doctor says what to install' })
  return Object.fromEntries(found) as Record<Tool | 'unshare' | 'setpriv', string>
}

function check({ host, mounts, files, limits }: CellOptions): void {
  const wrong = !/^[a-z0-9][a-z0-9-]{0,62}$/i.test(host.name) ? `host name ${host.name}` : !/^[a-z_][a-z0-9_-]{0,31}$/.test(host.user) ? `user ${host.user}`
    : [host.home, ...mounts.flatMap(({ from, to }) => [from, to]), ...files.map(({ path }) => path)].find((path) => !isAbsolute(path) || /[\0\n]/.test(path))
      ?? Object.entries(limits).find(([, value]) => !Number.isInteger(value) || value < 1)?.join(' ')
  if (wrong !== undefined) throw new SluiceError('usage', `no cell can be made with ${JSON.stringify(wrong)}`)
}

/** A shell passes on only variables that could be its own. */
function checkCommand({ argv, cwd, env }: CellCommand): void {
  const wrong = argv[0].startsWith('-') || argv[0] === '' ? argv[0] : [...argv, cwd, ...Object.values(env)].find((word) => word.includes('\0'))
    ?? Object.keys(env).find((name) => !/^[A-Za-z_][A-Za-z0-9_]*$/.test(name))
  if (wrong !== undefined) throw new SluiceError('usage', `no command of a cell can have ${JSON.stringify(wrong)}`)
}
