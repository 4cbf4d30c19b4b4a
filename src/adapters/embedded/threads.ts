import { Worker } from 'node:worker_threads'
import { COMPILED } from '../../config/compiled.ts'
import { SluiceError, sentence } from '../../core/errors.ts'
import type { Answered, Asked, Operation, ThreadSettings } from './messages.ts'

/** Requests waiting for one thread; more means that the disk does not keep up, and memory must not pay for it. */
const WAITING = 20_000

interface Caller {
  resolve(result: Answered[2]): void
  reject(problem: SluiceError): void
}

/**
 * The main thread's end of a database thread. Requests made in one go (until the microtasks are done) cross in one message. A thread that
 * dies fails what it was asked and is started anew by the next request.
 */
export class DatabaseThread {
  readonly #settings: ThreadSettings
  readonly #callers = new Map<number, Caller>()
  #worker: Worker | null = null
  #outbox: Asked[] = []
  #lastId = 0
  #closed = false

  constructor(settings: ThreadSettings) {
    this.#settings = settings
  }

  /** Rejects with SluiceError `storage`. Operations are performed in the order of the calls. */
  ask(operation: Operation): Promise<Answered[2]> {
    if (this.#closed) return Promise.reject(new SluiceError('storage', 'the database is closed'))
    if (this.#callers.size >= WAITING) {
      return Promise.reject(new SluiceError('storage', `the database is behind: ${WAITING} requests are waiting`))
    }
    return this.#send(operation)
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    if (!this.#worker && this.#outbox.length === 0) return
    await this.#send({ kind: 'close' })
    await this.#worker?.terminate()
  }

  #send(operation: Operation): Promise<Answered[2]> {
    const { promise, resolve, reject } = Promise.withResolvers<Answered[2]>()
    this.#lastId += 1
    this.#callers.set(this.#lastId, { resolve, reject })
    if (this.#outbox.length === 0) process.nextTick(() => this.#post())
    this.#outbox.push([this.#lastId, operation])
    return promise
  }

  #post(): void {
    this.#worker ??= this.#start()
    this.#worker.ref()
    const outbox = this.#outbox
    this.#outbox = []
    try {
      this.#worker.postMessage(outbox, [])
    } catch (thrown) {
      // Something that cannot be cloned: tell its caller alone.
      if (outbox.length === 1) this.#settle([outbox[0]?.[0] ?? 0, sentence(thrown), null])
      else for (const asked of outbox) this.#postOne(asked)
    }
  }

  #postOne(asked: Asked): void {
    try {
      this.#worker?.postMessage([asked], [])
    } catch (thrown) {
      this.#settle([asked[0], sentence(thrown), null])
    }
  }

  #start(): Worker {
    const worker = new Worker(new URL('thread.ts', import.meta.url), {
      workerData: this.#settings,
      name: `database-${this.#settings.role}`,
      env: { NODE_COMPILE_CACHE: COMPILED },
      resourceLimits: { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 16 },
    })
    worker.on('message', (answers: readonly Answered[]) => {
      for (const answered of answers) this.#settle(answered)
      // An idle thread keeps no process alive.
      if (this.#callers.size === 0) worker.unref()
    })
    let problem = 'it stopped'
    worker.on('error', (thrown) => {
      problem = sentence(thrown)
    })
    worker.on('exit', () => {
      if (this.#worker !== worker) return
      this.#worker = null
      const unsent = new Set(this.#outbox.map(([id]) => id))
      for (const id of this.#callers.keys()) {
        if (!unsent.has(id)) this.#settle([id, `database ${this.#settings.role}: ${problem}`, null])
      }
    })
    return worker
  }

  #settle([id, problem, result]: Answered): void {
    const caller = this.#callers.get(id)
    this.#callers.delete(id)
    if (problem === null) caller?.resolve(result)
    else caller?.reject(new SluiceError('storage', problem))
  }
}
