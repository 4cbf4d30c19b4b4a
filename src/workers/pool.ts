import { sentence, SluiceError } from '../core/errors.ts'
import { CrewMember } from './crew.ts'
import type { Task } from './crew.ts'
import type { Job, ResultOf } from './jobs.ts'
import type { PoolLimits } from './limits.ts'
import { Reaper } from './reaper.ts'

/** `demand`: somebody waits for it. `ahead`: work done before anybody asks. */
type Priority = 'demand' | 'ahead'

export interface Pool {
  /**
   * Rejects with SluiceError: the job's own, `worker-timeout`, `worker-memory`, `worker-crashed`, or `worker-busy` when
   * too many jobs wait already. Other jobs are unharmed. Time counts from when a worker has the job; one that met the limit of
   * memory in a worker that had done others before is tried once more in a new one.
   */
  run<J extends Job>(job: J, options?: { timeMs?: number; priority?: Priority }): Promise<ResultOf<J>>
  stats(): PoolStats
  /** Ends every worker. Jobs that run or wait fail with `worker-crashed`. */
  close(): Promise<void>
}

interface PoolStats {
  workers: number
  busy: number
  waiting: Readonly<Record<Priority, number>>
  /** Since the pool was made. */
  done: number
  failed: number
  /** Workers that ended before their time: too slow, too large, crashed. */
  lost: number
}

export interface PoolOptions {
  /** Worker processes at most. Work ahead leaves one of them free where there are several. */
  size: number
  limits: PoolLimits
  script?: URL
  /** Jobs that may wait, of each priority. */
  queue?: number
  /** How long a worker without a job stays, so that its memory goes back. */
  idleMs?: number
}

/** Worker processes, started when there is work, one job each at a time. */
export function createPool(options: PoolOptions): Pool {
  return new ProcessPool({ script: new URL('./worker.ts', import.meta.url), queue: 1000, idleMs: 30_000, ...options })
}

class ProcessPool implements Pool {
  readonly #options: Required<PoolOptions>
  readonly #crew = new Map<CrewMember, { priority: Priority; idle: NodeJS.Timeout | undefined }>()
  /** Ended to make room for a new one. */
  readonly #replaced = new WeakSet<CrewMember>()
  readonly #waiting: Record<Priority, Task[]> = { demand: [], ahead: [] }
  readonly #counts = { done: 0, failed: 0, lost: 0 }
  readonly #reaper = new Reaper()
  #closed = false

  constructor(options: Required<PoolOptions>) {
    this.#options = options
  }

  run<J extends Job>(job: J, options: { timeMs?: number; priority?: Priority } = {}): Promise<ResultOf<J>> {
    const { timeMs = this.#options.limits.timeMs, priority = 'demand' } = options
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new SluiceError('worker-closed', 'the worker pool was closed'))
        return
      }
      if (this.#waiting[priority].length >= this.#options.queue) {
        const hint = 'try again later, or raise the number of workers'
        reject(new SluiceError('worker-busy', `${this.#options.queue} jobs are waiting already`, { hint }))
        return
      }
      const task: Task = {
        job, timeMs, fresh: false,
        resolve: (result) => {
          this.#counts.done += 1
          resolve(result as ResultOf<J>)
        },
        reject: (error) => {
          if (error.code === 'worker-memory' && !task.fresh && !this.#closed) {
            task.fresh = true
            this.#waiting[priority].unshift(task)
            return
          }
          this.#counts.failed += 1
          reject(error)
        },
      }
      this.#waiting[priority].push(task)
      this.#assign()
    })
  }

  stats(): PoolStats {
    const { demand, ahead } = this.#waiting
    return { workers: this.#crew.size, busy: this.#busy().length, waiting: { demand: demand.length, ahead: ahead.length }, ...this.#counts }
  }

  async close(): Promise<void> {
    this.#closed = true
    for (const task of [...this.#waiting.demand.splice(0), ...this.#waiting.ahead.splice(0)]) {
      task.reject(new SluiceError('worker-closed', 'the worker pool was closed'))
    }
    await Promise.all([...this.#crew.keys()].map((member) => member.end()))
    this.#reaper.close()
  }

  #assign(): void {
    for (let next = this.#next(); next !== null && !this.#closed; next = this.#next()) {
      const [task] = this.#waiting[next] as [Task]
      const member = this.#freeMember(task)
      if (!member) return
      this.#waiting[next].shift()
      if (member instanceof SluiceError) {
        task.reject(member)
        continue
      }
      const state = this.#crew.get(member)
      clearTimeout(state?.idle)
      this.#crew.set(member, { priority: next, idle: undefined })
      task.fresh ||= member.unused
      member.take(task)
    }
  }

  #next(): Priority | null {
    if (this.#waiting.demand.length > 0) return 'demand'
    if (this.#waiting.ahead.length === 0) return null
    const ahead = this.#busy().filter((state) => state.priority === 'ahead').length
    return ahead < Math.max(1, this.#options.size - 1) ? 'ahead' : null
  }

  #busy(): { priority: Priority }[] {
    return [...this.#crew].filter(([member]) => member.busy).map(([, state]) => state)
  }

  /** A worker without a job, a new one where there is room, null where there is none, or why it cannot be started. */
  #freeMember({ fresh }: Task): CrewMember | null | SluiceError {
    const idle = [...this.#crew.keys()].filter((member) => !member.busy)
    const fit = idle.find((member) => !fresh || member.unused)
    if (fit) return fit
    if (this.#crew.size >= this.#options.size) {
      if (fresh && ![...this.#crew.keys()].some((member) => member.ending) && idle[0]) {
        this.#replaced.add(idle[0])
        void idle[0].end()
      }
      return null
    }
    try {
      return this.#hire()
    } catch (cause) {
      return new SluiceError('worker-crashed', `cannot start a worker: ${sentence(cause)}`, { cause })
    }
  }

  #hire(): CrewMember {
    const member: CrewMember = new CrewMember({
      script: this.#options.script, limits: this.#options.limits,
      free: () => this.#freed(member),
      ended: () => this.#ended(member),
    })
    this.#crew.set(member, { priority: 'demand', idle: undefined })
    this.#watchOver()
    return member
  }

  #freed(member: CrewMember): void {
    this.#assign()
    const state = this.#crew.get(member)
    if (!state || member.busy) return
    state.idle = setTimeout(() => void member.end(), this.#options.idleMs)
    state.idle.unref()
  }

  #ended(member: CrewMember): void {
    const state = this.#crew.get(member)
    clearTimeout(state?.idle)
    if (state && state.idle === undefined && !this.#replaced.has(member) && !this.#closed) this.#counts.lost += 1
    this.#crew.delete(member)
    this.#watchOver()
    this.#assign()
  }

  /** None of them may outlive this process. */
  #watchOver(): void {
    this.#reaper.watch([...this.#crew.keys()].flatMap(({ pid }) => pid ?? []))
  }
}
