import { fork } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import type { Socket } from 'node:net'
import { setPriority } from 'node:os'
import { COMPILED } from '../config/compiled.ts'
import { sentence, SluiceError } from '../core/errors.ts'
import type { Job, ResultOf } from './jobs.ts'
import { nodeFlags, watchMemory } from './limits.ts'
import type { PoolLimits } from './limits.ts'
import type { Answer } from './worker.ts'

export interface Task {
  job: Job
  timeMs: number
  /** Must have a worker that has done nothing yet, or had one: what other jobs left in memory does not count against it. */
  fresh: boolean
  resolve(result: ResultOf<Job>): void
  reject(error: SluiceError): void
}

/**
 * On two busy cores the gateway's slowest answers take a third of the time when workers give way. Much more would starve
 * workers on a machine that has other things to do.
 */
const NICE = 5

/** Enough of what a dying process says to know why; V8's reason stands before a trace of a few kilobytes. */
const LAST_WORDS = 16 * 1024

/**
 * One worker process and the one task it may have. It takes tasks until one ends badly or nobody needs it; then it is dead,
 * and `ended` is called once the process is gone.
 */
export class CrewMember {
  readonly #process: ChildProcess
  readonly #limits: PoolLimits
  readonly #free: () => void
  readonly #gone: Promise<void>
  #task: Task | null = null
  #stopWatching: () => void = () => {}
  #lastWords = ''
  #alive = true
  #unused = true

  /** Throws what `fork` throws where the system has no room for another process. */
  constructor(options: { script: URL; limits: PoolLimits; free: () => void; ended: () => void }) {
    this.#limits = options.limits
    this.#free = options.free
    this.#process = fork(options.script, {
      serialization: 'advanced', execArgv: nodeFlags(options.limits), env: { NODE_COMPILE_CACHE: COMPILED },
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    })
    giveWay(this.#process.pid)
    this.#process.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString('latin1')).slice(-LAST_WORDS)
    })
    this.#process.on('message', (answer: Answer) => this.#answered(answer))
    this.#process.on('error', (error) => this.#die(crashed(error)))
    this.#gone = new Promise((resolve) => {
      // Only now is its place free, so that no more processes than the pool's size ever hold memory.
      this.#process.on('close', (code, signal) => {
        this.#die(this.#reason(code, signal))
        options.ended()
        resolve()
      })
    })
    this.#hold(false)
  }

  /** Has a task, or is on its way out. */
  get busy(): boolean {
    return this.#task !== null || !this.#alive
  }

  /** Is on its way out. */
  get ending(): boolean {
    return !this.#alive
  }

  /** Has had no task yet. */
  get unused(): boolean {
    return this.#unused
  }

  get pid(): number | undefined {
    return this.#process.pid
  }

  take(task: Task): void {
    this.#task = task
    this.#unused = false
    this.#hold(true)
    try {
      this.#process.send(task.job, (error) => {
        if (error) this.#die(crashed(error))
      })
    } catch (thrown) {
      const says = `the job cannot be sent to a worker: ${sentence(thrown)}`
      this.#finish()?.reject(new SluiceError('worker-crashed', says, { cause: thrown }))
      this.#free()
      return
    }
    const timer = setTimeout(() => this.#die(new SluiceError('worker-timeout', `took longer than ${task.timeMs} ms`)), task.timeMs)
    const stop = watchMemory(this.#process.pid ?? 0, this.#limits, () => this.#die(tooMuch(this.#limits)))
    this.#stopWatching = () => {
      clearTimeout(timer)
      stop()
    }
  }

  /** Ends the process; a task it still has fails. */
  async end(): Promise<void> {
    this.#die(new SluiceError('worker-closed', 'the worker pool was closed'))
    await this.#gone
  }

  #answered(answer: Answer): void {
    const task = this.#finish()
    if (answer.ok) task?.resolve(owned(answer.result))
    else task?.reject(new SluiceError(answer.code, answer.message, answer.hint === undefined ? {} : { hint: answer.hint }))
    if (this.#alive) this.#free()
  }

  #finish(): Task | null {
    const task = this.#task
    this.#task = null
    this.#stopWatching()
    this.#stopWatching = () => {}
    if (this.#alive) this.#hold(false)
    return task
  }

  #die(error: SluiceError): void {
    if (!this.#alive) return
    this.#alive = false
    this.#hold(true)
    this.#finish()?.reject(error)
    this.#process.kill('SIGKILL')
  }

  #reason(code: number | null, signal: NodeJS.Signals | null): SluiceError {
    if (/out of memory|process OOM/i.test(this.#lastWords)) return tooMuch(this.#limits)
    const why = this.#lastWords.split('\n').find((line) => /fatal error|check failed|error:/i.test(line))
    const how = signal === null ? `ended with code ${code}` : `was ended by ${signal}`
    return new SluiceError('worker-crashed', `the worker ${how}${why === undefined ? '' : `: ${sentence(why)}`}`)
  }

  /** Whether this process must stay for the worker: it need not for one without a task. */
  #hold(on: boolean): void {
    for (const handle of [this.#process, this.#process.channel, this.#process.stderr as Socket | null]) {
      if (on) handle?.ref()
      else handle?.unref()
    }
  }
}

/** Done before Node starts its threads, because on Linux each inherits its own. A process that ended already needs none. */
function giveWay(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, NICE)
  } catch {
    // Where the system does not let us, workers run like everything else.
  }
}

/** Byte arrays of a message are views of all of it; whoever keeps one would keep the others. */
function owned(result: ResultOf<Job>): ResultOf<Job> {
  const entries = Object.entries(result).map(([key, value]) => [key, value instanceof Uint8Array ? new Uint8Array(value) : value])
  return Object.fromEntries(entries) as ResultOf<Job>
}

const crashed = (cause: Error): SluiceError => new SluiceError('worker-crashed', sentence(cause), { cause })

const tooMuch = ({ memoryMb }: PoolLimits): SluiceError => new SluiceError('worker-memory', `needed more than ${memoryMb} MB of memory`)
