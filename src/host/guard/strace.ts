import { spawnSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SluiceError } from '../../core/errors.ts'
import type { Act, Process } from '../../tracing/act.ts'
import { STRACE_OPTIONS, TRACED } from '../../tracing/strace/calls.ts'
import { Tracing } from '../../tracing/tracing.ts'
import { Attribution } from '../watch/attribution.ts'
import type { Followed, Listener } from '../watch/followed.ts'
import { proc } from '../watch/proc.ts'

/** Numbers of later owners have rounds of this added, see Processes. */
const ROUND = 1 << 22
const MOST = 50_000
/** An installation of thousands of packages writes as many manifests, which tell what was installed. */
const KEEP = 20

/** Reads what strace writes while it writes it, and tells it as the other engines do. strace waits for us: nothing is lost. */
export class StraceFollowing {
  readonly engine = 'strace'
  /** What strace is to write to: a pipe with a name. */
  readonly pipe: string
  readonly #folder: string
  readonly #socket: Socket
  readonly #tracing: Tracing
  readonly #processes = new Map<number, Followed>()
  readonly #listener: Listener
  readonly #attribution = new Attribution(proc)
  readonly #closed: Promise<void>
  /** Keeps the pipe open until strace is over: without a writer it would end at once. */
  #writer: number | null
  /** Seen, and more of one kind than is kept; known when it is finished. */
  unkept = 0
  /** The kernel's number of the process that the command is; null: it has not begun. */
  root: number | null = null

  /** `command`: nothing before it is executed is told; absent: all is (strace was attached). */
  constructor(listener: Listener, command?: readonly string[]) {
    this.#listener = listener
    this.#folder = mkdtempSync(join(tmpdir(), 'sluice-trace-'))
    this.pipe = join(this.#folder, 'trace')
    const made = spawnSync('mkfifo', ['-m', '600', this.pipe], { encoding: 'utf8' })
    if (made.status !== 0) throw new SluiceError('sandbox-unavailable', `no pipe can be made in ${this.#folder}: ${made.error?.message ?? made.stderr.trim()}`)
    const reader = openSync(this.pipe, constants.O_RDONLY | constants.O_NONBLOCK)
    this.#writer = openSync(this.pipe, constants.O_WRONLY | constants.O_NONBLOCK)
    this.#socket = new Socket({ fd: reader, readable: true, writable: false })
    this.#tracing = new Tracing({ keep: KEEP, ...(command === undefined ? {} : { command }), onAct: (act, process) => { this.#act(act, process) } })
    this.#socket.on('data', (chunk) => { this.#tracing.push(chunk) })
    this.#socket.on('error', () => undefined)
    this.#closed = new Promise((resolve) => this.#socket.once('close', () => { resolve() }))
  }

  /** What follows those processes of which the kernel's numbers are known. */
  living(): number[] {
    return [...this.#processes.keys()].map((pid) => pid % ROUND)
  }

  /** strace is over: reads what is left in the pipe. */
  async finish(): Promise<void> {
    if (this.#writer !== null) closeSync(this.#writer)
    this.#writer = null
    await this.#closed
    const { dropped, unreadable } = this.#tracing.end()
    this.unkept = Object.values(dropped).reduce((sum, count) => sum + count, 0)
    if (unreadable > 0) this.#listener.lost(unreadable, 'lines of strace that could not be read')
    rmSync(this.#folder, { recursive: true, force: true })
  }

  #act(act: Act, process: Process): void {
    const known = this.#processes.get(process.pid)
    const by = known ?? this.#meet(process)
    if (known === undefined || act.kind === 'exec') {
      Object.assign(by, { argv: process.argv, program: process.program, cwd: process.cwd ?? by.cwd })
      this.#attribution.settle(by)
      this.#listener.process(by)
    }
    this.#listener.act(act, by)
  }

  #meet(process: Process): Followed {
    const up = process.parent === null ? null : this.#processes.get(process.parent) ?? null
    const by: Followed = { ...process, kernel: process.pid % ROUND, up, package: up?.package ?? null, place: up?.place ?? null, lifecycle: up?.lifecycle ?? null }
    if (this.#processes.size >= MOST) this.#processes.delete(this.#processes.keys().next().value as number)
    this.#processes.set(process.pid, by)
    this.root ??= by.kernel
    return by
  }
}

/** strace around a command. */
export const straced = (pipe: string, command: readonly string[]): string[] => ['strace', ...STRACE_OPTIONS, '-o', pipe, '-e', `trace=${TRACED.join(',')}`, '--', ...command]

/** strace on processes that run already; calls of those they start from now on, too. Filters of the kernel cannot be put on these. */
export const straceAttached = (pipe: string, pids: readonly number[]): string[] =>
  ['strace', ...STRACE_OPTIONS.filter((option) => option !== '--seccomp-bpf'), '-o', pipe, '-e', `trace=${TRACED.join(',')}`, ...pids.flatMap((pid) => ['-p', String(pid)])]
