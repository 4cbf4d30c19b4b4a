import { accessSync, constants, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { Limits } from './cell.ts'

/** Cgroups of one cell, v1 and v2 as the machine has them, and what none could be made for. */
export interface Fence {
  /** To be joined by the cell before it begins, and removed when it is over. */
  folders: readonly string[]
  limited: ReadonlySet<Controller>
}

export type Controller = 'memory' | 'pids' | 'cpu'

/** The warden with its sinkhole, the shells around it, and gVisor's own threads: no concern of the package. */
const OWN_MEMORY_MB = 384
const OWN_PROCESSES = 200
/** As much as two other processes get when all want some (cgroup v1), or as the gate itself (v2): there a group counts as one. */
const CPU_SHARES = '2048'
const CPU_WEIGHT = '100'

const PREFIX = 'sluice-cell-'

/** Where cgroups are mounted, and in which one this process is: `root` and `own` differ between machine and tests only. */
export interface Cgroups {
  root: string
  /** /proc/self/cgroup, see cgroups(7). */
  own: string
}

export const machineCgroups = (): Cgroups => ({ root: '/sys/fs/cgroup', own: readText('/proc/self/cgroup') })

interface Place {
  /** The folder below which a child can be made. */
  folder: string
  version: 1 | 2
  controllers: readonly Controller[]
}

/** v2 lets no group with processes pass on controllers, so there the child is made beside us where that is ours too. */
export function places({ root, own }: Cgroups): Place[] {
  return own.split('\n').flatMap((line): Place[] => {
    const [, , names, path] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? []
    if (names === undefined || path === undefined) return []
    if (names === '') {
      const mounted = [root, join(root, 'unified')].find((folder) => existsSync(join(folder, 'cgroup.controllers')))
      if (!mounted) return []
      const folder = [join(mounted, path), dirname(join(mounted, path))].find((at) => at.startsWith(mounted) && passedOn(at).length > 0 && writable(at))
      return folder ? [{ folder, version: 2, controllers: passedOn(folder) }] : []
    }
    const controllers = names.split(',').filter((name): name is Controller => name === 'memory' || name === 'pids' || name === 'cpu')
    const folder = join(root, names, path).replace(/\/$/, '')
    return controllers.length > 0 && writable(folder) ? [{ folder, version: 1, controllers }] : []
  })
}

const passedOn = (folder: string): Controller[] =>
  readText(join(folder, 'cgroup.subtree_control')).trim().split(/\s+/).filter((name): name is Controller => name === 'memory' || name === 'pids' || name === 'cpu')

function writable(folder: string): boolean {
  try {
    accessSync(folder, constants.W_OK)
    return true
  } catch {
    return false
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

/** Makes what can be made. What cannot is not in `limited`, and nothing is left of the attempt. */
export function makeFence(limits: Limits, id: string, cgroups: Cgroups): Fence {
  const folders: string[] = []
  const limited = new Set<Controller>()
  for (const { folder, version, controllers } of places(cgroups)) {
    const child = join(folder, `${PREFIX}${process.pid}-${id}`)
    try {
      mkdirSync(child)
      for (const controller of controllers) {
        for (const [file, value] of settings(controller, version, limits)) writeFileSync(join(child, file), value)
        if (controller === 'memory' && version === 2) withoutSwap(child)
      }
      folders.push(child)
      for (const controller of controllers) limited.add(controller)
    } catch {
      remove(child)
    }
  }
  return { folders, limited }
}

/** The disk is memory too, and so are records: what is written there counts here, and has its own limit. */
function settings(controller: Controller, version: 1 | 2, limits: Limits): [string, string][] {
  const bytes = String((limits.memoryMb + limits.diskMb + 6 * limits.traceMb + OWN_MEMORY_MB) * 1024 * 1024)
  if (controller === 'memory') return version === 1 ? [['memory.limit_in_bytes', bytes]] : [['memory.max', bytes]]
  if (controller === 'pids') return [['pids.max', String(limits.processes + OWN_PROCESSES)]]
  return version === 1 ? [['cpu.shares', CPU_SHARES]] : [['cpu.weight', CPU_WEIGHT]]
}

/** A kernel without swap has no such file, and needs none. */
function withoutSwap(folder: string): void {
  try {
    writeFileSync(join(folder, 'memory.swap.max'), '0')
  } catch {
    // The limit on memory stands.
  }
}

/** Of cells whose gate was ended by force together with whoever should have cleaned up. Only empty ones can be removed. */
export function sweepFences(cgroups: Cgroups): void {
  for (const { folder } of places(cgroups)) {
    for (const name of readdirSync(folder)) {
      const pid = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : 0
      if (pid > 0 && pid !== process.pid && !existsSync(`/proc/${pid}`)) remove(join(folder, name))
    }
  }
}

/** Of a fence that nobody joined. */
export const removeFence = ({ folders }: Fence): void => folders.forEach(remove)

function remove(folder: string): void {
  try {
    rmdirSync(folder)
  } catch {
    // Never made, or not empty yet.
  }
}
