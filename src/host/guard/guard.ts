import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { isCode, sentence } from '../../core/errors.ts'
import type { Severity } from '../../core/types.ts'
import type { Act } from '../../tracing/act.ts'
import { lineage } from '../watch/followed.ts'
import type { Followed } from '../watch/followed.ts'
import { proc } from '../watch/proc.ts'
import { atLeast } from './alarm.ts'
import type { Alarm, Judge } from './alarm.ts'
import { Armed } from './armed.ts'
import { followOn, startEngine } from './engine.ts'
import type { GuardEngine, Watching } from './engine.ts'
import type { Honey } from './honey.ts'
import { prepareMasks } from './masks.ts'
import type { Masks, MaskSettings } from './masks.ts'
import { CANNOT, reportedAlarm, summed } from './report.ts'
import type { GuardReport, Leftover, Stopped } from './report.ts'
import { clientName } from './places.ts'
import { packageKey, Session } from './session.ts'
import { beginning, endTree, freezeTree, treeOf } from './stop.ts'
import type { Rooted } from './stop.ts'

export interface GuardOptions {
  command: readonly [string, ...string[]]
  folder: string
  home: string
  env: Readonly<Record<string, string | undefined>>
  engine: GuardEngine | 'auto'
  /** From which severity on the command is ended; null: never. */
  stopAt: Severity | null
  /** What happens where it cannot be watched, or not any more. */
  fail: 'stop' | 'go-on'
  /** What happens to processes that are left when the command is over. */
  leftovers: 'stop' | 'leave'
  /** Milliseconds in which they may end by themselves. */
  graceMs: number
  mask: MaskSettings
  judges: readonly Judge[]
  user: { root: boolean; uid: number; gid: number }
  strace: boolean
  onAlarm(alarm: Alarm): void
  /** A sentence about the watching itself. */
  say(line: string): void
  /** What is planted, and known again; absent: nothing is. */
  honey?: Pick<Honey, 'mark'> | undefined
  /** Who is told beside the report. */
  heard?: { process(process: Followed): void; act(act: Act, by: Followed): void; alarm(alarm: Alarm, stopped: boolean): void } | undefined
}

/** Exit codes of our own. */
const STOPPED = 97
export const UNWATCHED = 98

/** Runs a command, watched. Its standard streams, signals and exit code are its own. Throws `usage` where it cannot be started. */
export async function guard(options: GuardOptions): Promise<{ report: GuardReport; code: number; session: Session }> {
  return new Guarded(options).run()
}

class Guarded {
  readonly #options: GuardOptions
  readonly #client: string
  readonly #session: Session
  readonly #masks: Masks
  readonly #armed: Armed
  readonly #startedAt = new Date()
  readonly #cpu = process.cpuUsage()
  readonly #alarms: ReturnType<typeof reportedAlarm>[] = []
  #watching: Watching | null = null
  #on: ReturnType<typeof followOn> = null
  #child: ChildProcess | null = null
  #stopped: Stopped | null = null
  #says: string | null = null
  #unwatched = false

  constructor(options: GuardOptions) {
    this.#options = options
    const { judges, folder, home, env, user, command, honey } = options
    this.#client = clientName({ argv: command, program: command[0] })
    this.#masks = prepareMasks(options.mask, { client: this.#client, folder, home, env, user })
    const heard = options.heard
    this.#session = new Session({
      judges, folder, home, ours: this.#masks.folder ?? undefined, onAlarm: (alarm) => { this.#alarm(alarm) }, onTold: (act, by) => { heard?.act(act, by) },
    })
    this.#armed = new Armed({
      process: (process) => {
        this.#session.process(process)
        heard?.process(process)
      },
      act: (act, by) => { this.#session.act(honey?.mark(act) ?? act, by) },
      lost: (count, why) => { this.#session.lost(count, why) },
      died: (why) => { this.#died(why) },
    }, options.command)
  }

  async run(): Promise<{ report: GuardReport; code: number; session: Session }> {
    const { command, env, fail, say } = this.#options
    const masks = this.#masks
    const before = performance.now()
    try {
      this.#watching = await startEngine(this.#options.engine, { listener: this.#armed, command, path: env['PATH'] ?? '', root: this.#options.user.root, strace: this.#options.strace })
    } catch (thrown) {
      if (!isCode(thrown, 'sandbox-unavailable') || fail === 'stop') {
        masks.close()
        throw thrown
      }
      this.#says = sentence(thrown)
      say(`not watched: ${this.#says}`)
    }
    const readyMs = performance.now() - before
    try {
      const began = performance.now()
      const { exit, signal } = await this.#spawn(masks.wrap(this.#watching?.wrap(command) ?? [...command]), masks.env)
      const elapsedMs = performance.now() - began
      // strace ends last, unless the command ended it: what it watched lives on, and is ended whatever policy says.
      if (this.#watching?.engine === 'strace' && signal !== null && this.#stopped === null && treeOf(this.#rooted()).length > 0) this.#escaped(`strace was ended by ${signal}`)
      const over = performance.now()
      await this.#watching?.drained()
      const leftovers = await this.#leftovers()
      const engineCpuMs = this.#watching?.cost() ?? null
      await this.#watching?.stop()
      await this.#endOn()
      this.#session.settle()
      const drainMs = performance.now() - over
      const report: GuardReport = {
        ...this.#summary(leftovers), elapsedMs: Math.round(elapsedMs), exit, signal,
        overhead: { readyMs: Math.round(readyMs), drainMs: Math.round(drainMs), cpuMs: Math.round(this.#cpuMs()), engineCpuMs }, masked: masks.report,
      }
      return { report, code: this.#codeOf(exit, signal), session: this.#session }
    } finally {
      masks.close()
    }
  }

  /** A Ctrl-C on a terminal reaches the command by itself; what is sent to us alone is passed on. */
  async #spawn(argv: readonly string[], env: Record<string, string>): Promise<{ exit: number | null; signal: string | null }> {
    const [command, ...args] = argv as [string, ...string[]]
    const child = spawn(command, args, { stdio: 'inherit', cwd: this.#options.folder, env })
    this.#child = child
    const passed: NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGINT', 'SIGQUIT']
    const handlers = passed.map((name) => [name, () => {
      if ((name === 'SIGINT' || name === 'SIGQUIT') && process.stdin.isTTY) return
      const root = this.#watching?.rootOf(child.pid ?? 0)
      if (root) kill(root, name)
    }] as const)
    for (const [name, handler] of handlers) process.on(name, handler)
    const stop = this.#watching?.engine === 'strace' ? this.#watchLeft() : null
    try {
      return await new Promise((resolve) => {
        child.once('error', (thrown: NodeJS.ErrnoException) => {
          resolve({ exit: thrown.code === 'ENOENT' ? 127 : 126, signal: null })
          this.#options.say(`cannot start ${command}: ${thrown.message}`)
        })
        child.once('exit', (exit, signal) => { resolve({ exit, signal }) })
      })
    } finally {
      stop?.()
      for (const [name, handler] of handlers) process.off(name, handler)
    }
  }

  /** strace ends with the last process only; what is left when the command's own is over gets its time, and is ended. */
  #watchLeft(): () => void {
    const timer = setInterval(() => {
      const root = this.#watching?.rootOf(0) ?? null
      if (root === null || this.#child?.exitCode !== null || proc.stat(root) !== null) return
      const others = treeOf(this.#rooted())
      if (others.length === 0) return
      clearInterval(timer)
      void this.#endLeft(others)
    }, 50)
    return () => { clearInterval(timer) }
  }

  readonly #left: Leftover[] = []

  async #endLeft(pids: readonly number[]): Promise<void> {
    const { graceMs, leftovers } = this.#options
    const deadline = Date.now() + graceMs
    while (Date.now() < deadline && treeOf(this.#rooted()).length > 0) await new Promise((resolve) => setTimeout(resolve, 50))
    const still = treeOf(this.#rooted())
    if (still.length === 0) return
    const stop = leftovers === 'stop' || this.#watching?.engine === 'strace'
    this.#left.push(...still.slice(0, 200).map((pid) => ({ pid, argv: (proc.argv(pid) ?? []).slice(0, 16), ended: stop })))
    if (stop) endTree(this.#rooted())
    this.#options.say(`${still.length} of ${pids.length} processes ${still.length === 1 ? 'was' : 'were'} left behind${stop ? ' and ended' : ', and run on unwatched'}`)
  }

  async #leftovers(): Promise<Leftover[]> {
    if (this.#watching?.engine === 'bpftrace') {
      const left = treeOf(this.#rooted())
      if (left.length > 0) {
        await this.#endLeft(left)
        await this.#watching.drained()
      }
    }
    return this.#left
  }

  #rooted(): Rooted {
    const started = this.#child?.pid ?? 0
    const own = this.#watching?.own(started) ?? []
    const on = this.#on?.child.pid
    return {
      known: () => [started, ...(this.#watching?.living(started) ?? [])],
      protect: new Set([process.pid, process.ppid, 1, ...own, ...(on === undefined ? [] : [on])]),
      since: beginning(process.pid),
    }
  }

  #alarm(alarm: Alarm): void {
    this.#alarms.push(reportedAlarm(alarm, lineage(alarm.by)))
    this.#options.onAlarm(alarm)
    const { stopAt, heard } = this.#options
    const stops = stopAt !== null && this.#stopped === null && atLeast(alarm.severity, stopAt)
    if (stops) this.#stop(`${alarm.by.package === null ? alarm.by.program : packageKey(alarm.by.package)} ${alarm.says}`)
    heard?.alarm(alarm, stops)
  }

  #stop(because: string): void {
    const rooted = this.#rooted()
    freezeTree(rooted)
    const processes = treeOf(rooted).slice(0, 200).map((pid) => ({ pid, argv: (proc.argv(pid) ?? []).slice(0, 16), ended: true }))
    this.#stopped = { because, processes, ...endTree(rooted) }
    this.#options.say(`stopped: ${because}; ${this.#stopped.killed} ended`)
  }

  #died(why: string): void {
    this.#session.died(why)
    this.#says = why
    const { fail, env, say } = this.#options
    if (fail === 'stop') {
      this.#unwatched = true
      say(`${why}; the command is stopped, as policy says`)
      if (this.#stopped === null) this.#stop(why)
      return
    }
    this.#on = this.#options.strace ? followOn(this.#session, treeOf(this.#rooted()), env['PATH'] ?? '') : null
    say(`${why}; ${this.#on === null ? 'the command goes on unwatched' : 'strace follows what runs'}`)
  }

  #escaped(why: string): void {
    this.#session.died(why)
    this.#says = why
    this.#unwatched = true
    this.#stop(why)
  }

  async #endOn(): Promise<void> {
    if (this.#on === null) return
    const { child, following } = this.#on
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM')
      await new Promise((resolve) => child.once('exit', resolve))
    }
    await following.finish()
  }

  #codeOf(exit: number | null, signal: string | null): number {
    if (this.#unwatched) return UNWATCHED
    if (this.#stopped !== null) return STOPPED
    return exit ?? 128 + (SIGNALS[signal ?? ''] ?? 0)
  }

  #cpuMs(): number {
    const { user, system } = process.cpuUsage(this.#cpu)
    return (user + system) / 1000
  }

  #summary(leftovers: readonly Leftover[]) {
    const { command, folder } = this.#options
    const session = this.#session
    const changes = session.changes()
    const engine = this.#watching?.engine ?? null
    const lost = Object.fromEntries(session.lostBy)
    return {
      command, folder, client: this.#client, startedAt: this.#startedAt, stopped: this.#stopped, leftovers, alarms: this.#alarms, ...summed(session),
      installed: changes.filter(({ what }) => what === 'installed'), removed: changes.filter(({ what }) => what === 'removed'),
      watched: {
        engine, says: this.#says, cannot: engine === null ? [] : CANNOT[engine], events: session.events, lost,
        lostTotal: Object.values(lost).reduce((sum, one) => sum + one, 0), unlisted: session.unlisted + (this.#watching?.unkept() ?? 0),
      },
    }
  }
}

const SIGNALS: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGILL: 4, SIGTRAP: 5, SIGABRT: 6, SIGBUS: 7, SIGFPE: 8, SIGKILL: 9, SIGUSR1: 10, SIGSEGV: 11, SIGUSR2: 12, SIGPIPE: 13, SIGALRM: 14, SIGTERM: 15 }

function kill(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name)
  } catch {
    // It is over.
  }
}
