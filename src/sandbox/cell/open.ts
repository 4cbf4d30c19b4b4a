import { isAbsolute, join } from 'node:path'
import { SluiceError } from '../../core/errors.ts'
import type { Cell, CellCommand, CellOptions, CellRun } from './cell.ts'
import { machineCgroups, makeFence, sweepFences } from './cgroup.ts'
import { Launched } from './launch.ts'
import type { BackendName } from './protocol.ts'
import { planMounts, toolsOf } from './tools.ts'

const SINKHOLE = join(import.meta.dirname, '../sinkhole/sinkhole.ts')
const APP = join(import.meta.dirname, '../../..')

/**
 * A cell of either backend: both stand in the same namespaces with the same warden, which differ in what it starts a command with.
 * `sinkhole` is a module that exports `openSinkhole`. Throws SluiceError `sandbox-unavailable`, and `usage` for what cannot be meant.
 */
export async function openCell(backend: BackendName, options: CellOptions, sinkhole = SINKHOLE): Promise<Cell> {
  check(options)
  options.signal?.throwIfAborted()
  const tools = toolsOf(backend)
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
        stage: launched.stage, mounts, options: { limits, files, host, sinkhole: answers }, tools, backend,
        sinkhole: sinkhole.replace(APP, join(launched.stage, 'mounts/0')),
      },
    })
  } catch (thrown) {
    await close()
    options.signal?.throwIfAborted()
    throw thrown
  }
  return new LaunchedCell(launched, close)
}

class LaunchedCell implements Cell {
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

  async list(folders: readonly string[], onCut?: (says: string) => void) {
    const { files, cut } = await this.#launched.ask({ ask: 'list', folders })
    if (cut !== null) onCut?.(cut)
    return files
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
