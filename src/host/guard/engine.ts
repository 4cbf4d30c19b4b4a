import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { SluiceError } from '../../core/errors.ts'
import { followByBpf } from '../watch/bpf.ts'
import type { BpfFollowing } from '../watch/bpf.ts'
import type { Listener } from '../watch/followed.ts'
import { proc } from '../watch/proc.ts'
import { processors } from '../watch/questions.ts'
import { Tree } from '../watch/tree.ts'
import { straceAttached, straced, StraceFollowing } from './strace.ts'

export type GuardEngine = 'bpftrace' | 'strace'

/** How the command is watched. */
export interface Watching {
  engine: GuardEngine
  /** What is to be started so that the command is watched. */
  wrap(command: readonly string[]): string[]
  /** Numbers of the kernel's of what is known to live, given what was started. */
  living(started: number): number[]
  /** The kernel's number of the command's own process, given what was started. */
  rootOf(started: number): number | null
  /** Not to be stopped with the tree, although they may descend from what was started. */
  own(started: number): number[]
  /** Resolves when everything until now is told. */
  drained(): Promise<void>
  /** Processor time that watching took, milliseconds, beside this process's own; null: not known. */
  cost(): number | null
  stop(): Promise<void>
  /** What was seen and had no room; known when it is stopped. */
  unkept(): number
}

export interface EngineOptions {
  listener: Listener
  command: readonly string[]
  path: string
  root: boolean
  strace: boolean
}

/** bpftrace costs next to nothing and needs root; strace needs neither and costs. Throws `sandbox-unavailable` with each one's reason. */
export async function startEngine(wanted: GuardEngine | 'auto', options: EngineOptions): Promise<Watching> {
  const reasons: string[] = []
  if (wanted !== 'strace') {
    if (options.root) {
      try {
        return await byBpf(options)
      } catch (thrown) {
        reasons.push(thrown instanceof Error ? thrown.message : String(thrown))
      }
    } else reasons.push('bpftrace needs root')
  }
  if (wanted !== 'bpftrace') {
    if (options.strace) return byStrace(options)
    reasons.push('strace is not installed')
  }
  throw new SluiceError('sandbox-unavailable', `the command cannot be watched: ${reasons.join('; ')}`, { hint: 'install strace, or run as root with bpftrace installed; sluice doctor says more' })
}

async function byBpf({ listener, path }: EngineOptions): Promise<Watching> {
  const tree = new Tree({ listener, proc })
  const following: BpfFollowing = await followByBpf({ follow: { children: process.pid, asked: { by: process.pid, processors: processors() } }, path, sink: tree, named: (address, name) => { tree.named(address, name) }, root: () => undefined })
  return {
    engine: 'bpftrace',
    wrap: (command) => [...command],
    living: () => tree.living().map(({ kernel }) => kernel),
    rootOf: (started) => started,
    own: () => [following.pid],
    drained: () => following.drained(),
    cost: () => spent(following.pid),
    stop: () => following.stop(),
    unkept: () => 0,
  }
}

function byStrace({ listener, command }: EngineOptions): Watching {
  const following = new StraceFollowing(listener, command)
  return {
    engine: 'strace',
    wrap: (all) => straced(following.pipe, all),
    // Also those that have done nothing yet.
    living: (started) => [...following.living(), ...proc.traced(started)],
    // Before its first act was read, the command is the first that strace traces.
    rootOf: (started) => following.root ?? proc.traced(started)[0] ?? null,
    own: (started) => [started],
    drained: () => Promise.resolve(),
    cost: () => null,
    stop: () => following.finish(),
    unkept: () => following.unkept,
  }
}

/** When the engine is gone midway: strace on what lives, as long as it lives. Resolves once it is attached; null: it cannot be. */
export function followOn(listener: Listener, pids: readonly number[], path: string): { child: ChildProcess; following: StraceFollowing } | null {
  if (pids.length === 0) return null
  try {
    const following = new StraceFollowing(listener)
    const [command, ...args] = straceAttached(following.pipe, pids) as [string, ...string[]]
    const child = spawn(command, args, { stdio: 'ignore', detached: true, env: { PATH: path } })
    child.on('error', () => undefined)
    return { child, following }
  } catch {
    return null
  }
}

/** User and system time of a process in milliseconds, at 100 ticks a second (USER_HZ). */
function spent(pid: number): number | null {
  const ticks = proc.stat(pid)?.ticks
  return ticks === undefined ? null : ticks * 10
}
