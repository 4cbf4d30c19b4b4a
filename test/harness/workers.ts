import { SluiceError } from '../../src/core/errors.ts'
import { createPool } from '../../src/workers/pool.ts'
import type { Pool } from '../../src/workers/pool.ts'

let shared: Pool | null = null

/**
 * Workers that outlive the gate they are lent to: starting them takes longer than most tests. When it is closed its jobs fail, as those of
 * a pool of its own would. Idle workers keep no process alive, and end with it.
 */
export function sharedPool(): Pool {
  const pool = shared ??= createPool({ size: 3, limits: { timeMs: 60_000, memoryMb: 512 }, idleMs: 600_000 })
  const { promise: closed, reject } = Promise.withResolvers<never>()
  closed.catch(() => undefined)
  return {
    run: (job, options) => Promise.race([pool.run(job, options), closed]),
    stats: () => pool.stats(),
    close() {
      reject(new SluiceError('worker-closed', 'the worker pool was closed'))
      return Promise.resolve()
    },
  }
}
