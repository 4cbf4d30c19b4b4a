import { Worker } from 'node:worker_threads'
import { sentence, SluiceError } from '../core/errors.ts'
import type { Job, ResultOf } from './jobs.ts'
import { heapLimits, watchMemory } from './limits.ts'
import type { PoolLimits } from './limits.ts'
import type { Answer } from './worker.ts'

export interface Task {
  job: Job
  timeMs: number
  transfer: ArrayBuffer[]
  resolve(result: ResultOf<Job>): void
  reject(error: SluiceError): void
}

/**
 * One worker thread and the one task it may have. It takes tasks until one ends badly or nobody needs it; then it is dead,
 * and `ended` is called once the thread is gone.
 */
export class CrewMember {
  readonly #worker: Worker
  readonly #limits: PoolLimits
  readonly #free: () => void
  #task: Task | null = null
  #stopWatching: () => void = () => {}
  #alive = true

  constructor(options: { script: URL; limits: PoolLimits; free: () => void; ended: () => void }) {
    this.#limits = options.limits
    this.#free = options.free
    this.#worker = new Worker(options.script, { resourceLimits: heapLimits(options.limits), env: {}, stdin: false })
    this.#worker.on('message', (answer: Answer) => this.#answered(answer))
    this.#worker.on('messageerror', (error) => this.#die(crashed(error)))
    this.#worker.on('error', (error: NodeJS.ErrnoException) => {
      this.#die(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? tooMuch(this.#limits) : crashed(error))
    })
    this.#worker.on('exit', (code) => {
      this.#die(new SluiceError('worker-crashed', `the worker ended with code ${code}`))
      // Only now is its place free, so that no more threads than the pool's size ever hold memory.
      options.ended()
    })
    this.#worker.unref()
  }

  /** Has a task, or is on its way out. */
  get busy(): boolean {
    return this.#task !== null || !this.#alive
  }

  take(task: Task): void {
    this.#task = task
    this.#worker.ref()
    try {
      this.#worker.postMessage(task.job, task.transfer)
    } catch (thrown) {
      const says = `the job cannot be sent to a worker: ${sentence(thrown)}`
      this.#finish()?.reject(new SluiceError('worker-crashed', says, { cause: thrown }))
      this.#free()
      return
    }
    const timer = setTimeout(() => this.#die(new SluiceError('worker-timeout', `took longer than ${task.timeMs} ms`)), task.timeMs)
    const stop = watchMemory(this.#worker, this.#limits, () => this.#die(tooMuch(this.#limits)))
    this.#stopWatching = () => {
      clearTimeout(timer)
      stop()
    }
  }

  /** Ends the thread; a task it still has fails. */
  async end(): Promise<void> {
    this.#die(new SluiceError('worker-crashed', 'the worker pool was closed'))
    await this.#worker.terminate()
  }

  #answered(answer: Answer): void {
    const task = this.#finish()
    if (answer.ok) task?.resolve(answer.result)
    else task?.reject(new SluiceError(answer.code, answer.message, answer.hint === undefined ? {} : { hint: answer.hint }))
    if (this.#alive) this.#free()
  }

  #finish(): Task | null {
    const task = this.#task
    this.#task = null
    this.#stopWatching()
    this.#stopWatching = () => {}
    if (this.#alive) this.#worker.unref()
    return task
  }

  #die(error: SluiceError): void {
    if (!this.#alive) return
    this.#alive = false
    this.#finish()?.reject(error)
    void this.#worker.terminate()
  }
}

const crashed = (cause: Error): SluiceError => new SluiceError('worker-crashed', sentence(cause), { cause })

const tooMuch = ({ memoryMb }: PoolLimits): SluiceError => new SluiceError('worker-memory', `needed more than ${memoryMb} MB of memory`)
