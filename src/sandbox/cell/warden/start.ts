import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { CellCommand, Limits } from '../cell.ts'
import { NETWORK } from '../network.ts'
import type { Opening } from '../protocol.ts'
import { HOOKS } from '../inside.ts'
import { boxArguments, firstScript } from './box.ts'
import type { BoxLook } from './box.ts'
import { seccompProgram } from './filter.ts'
import { ENDED, gvisorArguments, gvisorScript, writeBundle } from './gvisor.ts'
import { retell } from './gvisor-log.ts'
import { ownThreads } from './processes.ts'
import { straceArguments } from './strace.ts'

/** What commands of one cell have in common. */
export interface Place {
  backend: Opening['backend']
  look: BoxLook
  limits: Limits
  tools: Opening['tools']
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

export interface Started {
  child: ChildProcess
  /** Calls back once, when the command itself has ended, with its code as a shell tells it: 128 and a signal's number included. */
  onEnd(tell: (code: number) => void): void
  /** Whether its processes can be told apart from here; else it ends itself when they have. */
  seesInside: boolean
}

interface Files {
  number: number
  /** null: it is not traced. */
  trace: string | null
  outputs: [number, number]
}

interface Starter {
  /** How the file ends that the trace is first written to. */
  trace: string
  start(place: Place, command: CellCommand, files: Files): Started
  /** Where the trace is, as strace writes it. */
  traceOf(path: string, startedAt: number): Promise<string>
}

const MB = 1024 * 1024

const around = ({ tools, limits }: Place, more: readonly string[], threads = 0): string[] =>
  [tools.prlimit, `--nproc=${limits.processes + threads + ownThreads()}`, '--core=0', '--msgqueue=65536', ...more, '--']

/** Of gVisor's own, three programs in Go. */
const SENTRY_THREADS = 100

/** When memory runs out it is the box that goes, never its warden. */
function first(child: ChildProcess): ChildProcess {
  try {
    writeFileSync(`/proc/${child.pid}/oom_score_adj`, '900')
  } catch {
    // It has ended already, and says so itself.
  }
  return child
}

const bubblewrap: Starter = {
  trace: 'trace',
  traceOf: async (path) => path,
  start(place, command, { trace, outputs }) {
    const { tools, look, log } = place
    writeFileSync(join(log, 'filter'), seccompProgram(command.traced))
    const filter = openSync(join(log, 'filter'), 'r')
    const words = [
      `--net=${NETWORK.netns}`, '--', ...(trace === null ? [] : [tools.strace as string, ...straceArguments(trace, command), '--']), ...around(place, [`--fsize=${place.limits.fileMb * MB}`]), tools.bwrap as string, ...boxArguments(look, command),
    ]
    const child = first(spawn(tools.nsenter, words, { stdio: ['pipe', ...outputs, 'pipe', filter], env: {}, cwd: '/' }))
    closeSync(filter)
    child.stdin?.on('error', () => {})
    child.stdin?.write(firstScript(command))
    const status = child.stdio[3]
    status?.on('error', () => {})
    let told = ''
    return {
      child, seesInside: true,
      onEnd: (tell) => status?.on('data', (chunk: Buffer) => {
        const before = told
        told = (told + chunk.toString('latin1')).slice(0, 8)
        if (!before.includes('\n') && /^\d{1,3}\n/.test(told)) tell(Number.parseInt(told, 10))
      }),
    }
  },
}

const gvisor: Starter = {
  trace: 'boot',
  traceOf: async (path, startedAt) => {
    const told = path.replace(/boot$/, 'trace')
    await retell(path, told, startedAt)
    rmSync(path)
    return told
  },
  start(place, command, { number, trace, outputs }) {
    const { tools, look, log, hooks, limits } = place
    const bundle = join(log, `bundle-${number}`)
    writeBundle(bundle, look, command, limits)
    writeFileSync(join(bundle, 'script'), gvisorScript(command, HOOKS))
    const script = openSync(join(bundle, 'script'), 'r')
    const pattern = trace === null ? null : join(dirname(trace), `${number}.%COMMAND%`)
    const words = [`--net=${NETWORK.netns}`, '--', ...around(place, [], SENTRY_THREADS), tools.runsc as string, ...gvisorArguments({ bundle, state: join(log, 'state'), trace: pattern }, `cell-${number}`)]
    const child = first(spawn(tools.nsenter, words, { stdio: [script, ...outputs], env: { TZ: 'UTC' }, cwd: '/' }))
    closeSync(script)
    return {
      child, seesInside: false,
      onEnd(tell) {
        const look = (): void => {
          const code = endedAs(join(hooks, ENDED))
          if (code === null) return
          clearInterval(timer)
          rmSync(join(hooks, ENDED))
          tell(code)
        }
        const timer = setInterval(look, 50)
        child.on('exit', () => {
          look()
          clearInterval(timer)
        })
      },
    }
  },
}

/** null: not yet. The package can write it too, and only shortens how long it is watched. */
function endedAs(path: string): number | null {
  try {
    const code = /^(\d{1,3})\n/.exec(readFileSync(path, 'latin1').slice(0, 8))?.[1]
    return code === undefined ? null : Number(code)
  } catch {
    return null
  }
}

export const starters: Readonly<Record<Opening['backend'], Starter>> = { bubblewrap, gvisor }
