import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import type { CellCommand, CellRun, Limits } from '../cell.ts'
import { NETWORK } from '../network.ts'
import type { Tool } from '../protocol.ts'
import { boxArguments, firstScript } from './box.ts'
import type { BoxLook } from './box.ts'
import { Drain } from './drain.ts'
import { seccompProgram } from './filter.ts'
import { endAll, ownThreads } from './processes.ts'
import { Capped, gather } from './record.ts'
import { straceArguments } from './strace.ts'
import { Watch } from './watch.ts'

export interface Place {
  look: BoxLook
  limits: Limits
  tools: Readonly<Record<Tool, string>>
  /** Folders and files of the warden's own. */
  disk: string
  log: string
  hooks: string
  stdout: string
  stderr: string
  /** Bytes that records may still take: those of all commands are there until the cell is closed. */
  recordRoom(): number
  /** From now on what the sinkhole sees goes there. */
  record(path: string): void
  /** Everything the sinkhole saw is written; what it had to leave out so far, one line each. */
  settle(): Promise<readonly string[]>
}

const LOOK_EVERY_MS = 100
/** For strace and bwrap to go after the box went. */
const LEAVE_MS = 2_000

/** One command, from its start until nothing of it is left. */
export async function runCommand(place: Place, command: CellCommand, number: number): Promise<CellRun> {
  const { limits, log } = place
  const mb = 1024 * 1024
  const wire = join(log, `${number}.wire`)
  writeFileSync(wire, '')
  place.record(wire)
  const most = Math.max(mb, Math.min(limits.traceMb * mb, place.recordRoom()))
  const trace = command.traced ? new Capped(join(log, `${number}.trace`), most) : null
  const out = new Drain(place.stdout)
  const err = new Drain(place.stderr)
  const startedAt = Date.now()
  const begun = performance.now()
  const box = start(place, command, trace?.path ?? null, [out.writer, err.writer])
  closeSync(out.writer)
  closeSync(err.writer)
  const watch = new Watch(limits, place.disk, box.pid as number)
  const ended = await untilOver(box, command, watch, () => trace?.check())
  const elapsedMs = performance.now() - begun
  const everything = await endAll(LEAVE_MS)
  const [stdout, stderr] = await Promise.all([out.end(), err.end()])
  const lost = await place.settle()
  trace?.end()
  const hooks = gather(place.hooks, join(log, `${number}.hooks`), most)
  const code = ended.code
  const cut = [
    ...(out.size > limits.outputMb * mb ? [`stdout: ${out.size} bytes`] : []), ...(err.size > limits.outputMb * mb ? [`stderr: ${err.size} bytes`] : []),
    ...(trace?.over ? [`trace: more than ${Math.round(most / mb)} MiB`] : []), ...(hooks.over ? [`hooks: more than ${Math.round(most / mb)} MiB`] : []),
    ...lost.map((line) => `wire: ${line}`),
    ...(everything ? [] : ['processes: not all ended']),
  ]
  return {
    status: statusOf(ended, watch), exit: code !== null && signalOf(code) === null ? code : null, signal: code === null ? null : signalOf(code),
    elapsedMs, stdout, stderr, startedAt, trace: trace?.path ?? null, hooks: hooks.path, wire, cut,
  }
}

interface Ended {
  /** As a shell tells it, 128 and a signal's number included; null: it was ended. */
  code: number | null
  late: boolean
}

function statusOf({ code, late }: Ended, { strain }: Watch): CellRun['status'] {
  if (strain.memory) return 'memory'
  if (code === 0) return 'completed'
  if (strain.disk) return 'disk'
  if (strain.processes) return 'processes'
  return late ? 'time' : 'failed'
}

const signalOf = (code: number): string | null =>
  code <= 128 ? null : Object.entries(constants.signals).find(([, number]) => number === code - 128)?.[0] ?? null

function start({ tools, look, limits, log }: Place, command: CellCommand, trace: string | null, outputs: [number, number]): ChildProcess {
  const mb = 1024 * 1024
  const words = [
    `--net=${NETWORK.netns}`, '--', ...(trace === null ? [] : [tools.strace, ...straceArguments(trace, command), '--']),
    tools.prlimit, `--nproc=${limits.processes + ownThreads()}`, `--fsize=${limits.fileMb * mb}`, '--core=0', '--msgqueue=65536', '--',
    tools.bwrap, ...boxArguments(look, command),
  ]
  const filter = openFilter(log, command.traced)
  const child = spawn(tools.nsenter, words, { stdio: ['pipe', ...outputs, 'pipe', filter], env: {}, cwd: '/' })
  closeSync(filter)
  child.stdin?.on('error', () => {})
  child.stdin?.write(firstScript(command))
  try {
    // When memory runs out it is the box that goes, never its warden.
    writeFileSync(`/proc/${child.pid}/oom_score_adj`, '900')
  } catch {
    // It has ended already, and says so itself.
  }
  return child
}

function openFilter(log: string, traced: boolean): number {
  const path = join(log, 'filter')
  writeFileSync(path, seccompProgram(traced))
  return openSync(path, 'r')
}

/** Ends the box when its time is over, when nothing of it is left, or when it takes more than it may. */
function untilOver(box: ChildProcess, command: CellCommand, watch: Watch, each: () => void): Promise<Ended> {
  return new Promise((resolve) => {
    const until = performance.now() + command.timeMs
    let told = ''
    let code: number | null = null
    let late = false
    let graceUntil = Number.POSITIVE_INFINITY
    const end = (): void => {
      if (watch.first !== null) kill(watch.first)
      else kill(box.pid)
    }
    const tick = (): void => {
      each()
      const healthy = watch.look()
      if (code === null && performance.now() > until) late = true
      if (!healthy || late || performance.now() > graceUntil || (code !== null && watch.others === 0)) end()
      if (performance.now() > Math.min(until, graceUntil) + LEAVE_MS) kill(box.pid)
    }
    let timer = setInterval(tick, LOOK_EVERY_MS)
    const status = box.stdio[3]
    status?.on('error', () => {})
    status?.on('data', (chunk: Buffer) => {
      if (told.length > 8 || code !== null) return
      told += chunk.toString('latin1')
      const line = /^(\d{1,3})\n/.exec(told)?.[1]
      if (line === undefined) return
      code = Number(line)
      graceUntil = performance.now() + command.graceMs
      clearInterval(timer)
      timer = setInterval(tick, LOOK_EVERY_MS / 4)
      tick()
    })
    box.on('error', () => finish())
    box.on('exit', () => finish())
    const finish = (): void => {
      clearInterval(timer)
      resolve({ code, late })
    }
  })
}

function kill(pid: number | undefined | null): void {
  if (!pid) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
