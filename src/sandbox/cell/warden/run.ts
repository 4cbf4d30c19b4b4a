import { closeSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { basename, join } from 'node:path'
import type { CellCommand, CellRun } from '../cell.ts'
import { TOLD } from '../inside.ts'
import { Drain } from './drain.ts'
import { endAll } from './processes.ts'
import { Capped, gather } from './record.ts'
import { starters } from './start.ts'
import type { Place, Started } from './start.ts'
import { Watch } from './watch.ts'

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
  writeFileSync(join(place.hooks, basename(TOLD)), '')
  const starter = starters[place.backend]
  const trace = command.traced ? new Capped(join(log, `${number}.${starter.trace}`), most) : null
  const out = new Drain(place.stdout)
  const err = new Drain(place.stderr)
  const startedAt = Date.now()
  const begun = performance.now()
  const box = starter.start(place, command, { number, trace: trace?.path ?? null, outputs: [out.writer, err.writer] })
  closeSync(out.writer)
  closeSync(err.writer)
  const watch = new Watch(limits, place.disk, box.child.pid as number)
  const ended = await untilOver(box, command, watch, () => trace?.check())
  const elapsedMs = performance.now() - begun
  const everything = await endAll(LEAVE_MS)
  const [stdout, stderr] = await Promise.all([out.end(), err.end()])
  const lost = await place.settle()
  trace?.end()
  const told = trace === null ? null : await starter.traceOf(trace.path, startedAt)
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
    elapsedMs, stdout, stderr, startedAt, trace: told, hooks: hooks.path, wire, cut,
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

/** Ends the box when its time is over, when nothing of it is left, or when it takes more than it may. */
function untilOver({ child, onEnd, seesInside }: Started, command: CellCommand, watch: Watch, each: () => void): Promise<Ended> {
  return new Promise((resolve) => {
    const until = performance.now() + command.timeMs
    let code: number | null = null
    let late = false
    let graceUntil = Number.POSITIVE_INFINITY
    const tick = (): void => {
      each()
      const healthy = watch.look()
      if (code === null && performance.now() > until) late = true
      const done = code !== null && seesInside && watch.others === 0
      if (!healthy || late || performance.now() > graceUntil || done) kill(watch.first ?? child.pid)
      if (performance.now() > Math.min(until, graceUntil) + LEAVE_MS) kill(child.pid)
    }
    let timer = setInterval(tick, LOOK_EVERY_MS)
    onEnd((told) => {
      code = told
      graceUntil = performance.now() + command.graceMs
      clearInterval(timer)
      timer = setInterval(tick, LOOK_EVERY_MS / 4)
      tick()
    })
    const finish = (): void => {
      clearInterval(timer)
      resolve({ code, late })
    }
    child.on('error', finish)
    child.on('exit', finish)
  })
}

function kill(pid: number | undefined): void {
  if (!pid) return
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // Gone already.
  }
}
