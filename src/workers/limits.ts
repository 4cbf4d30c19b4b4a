import type { Worker } from 'node:worker_threads'

export interface PoolLimits {
  /** How long one job may run, once it has a worker. */
  timeMs: number
  /** JavaScript heap and byte arrays of one worker together. */
  memoryMb: number
}

const MB = 1024 * 1024
const EVERY_MS = 50
/** More than one allocation of V8 can be (an array of 2^27 numbers is 1 GB), a few times over. */
const HEADROOM_MB = 4096

/**
 * V8's own limit, far above ours on purpose: it ends a worker politely for small objects only. A large array or map that
 * meets it aborts the whole process, and the gate with it. `watchMemory` has to be there first.
 */
export function heapLimits({ memoryMb }: PoolLimits): { maxOldGenerationSizeMb: number; maxYoungGenerationSizeMb: number } {
  return { maxOldGenerationSizeMb: memoryMb + HEADROOM_MB, maxYoungGenerationSizeMb: 48 }
}

/**
 * Looks at a busy worker's heap, byte arrays and WebAssembly memory, and calls `exceeded` once when they are over the limit.
 * The worker is interrupted for it, so a loop that never yields is seen too. Returns the function that ends the watch.
 */
export function watchMemory(worker: Worker, { memoryMb }: PoolLimits, exceeded: () => void): () => void {
  let asking = false
  const look = async (): Promise<void> => {
    if (asking) return
    asking = true
    try {
      const { used_heap_size: heap, external_memory: outside } = await worker.getHeapStatistics()
      if (heap + outside > memoryMb * MB) exceeded()
    } catch {
      // The worker has ended; its exit says the rest.
    } finally {
      asking = false
    }
  }
  const timer = setInterval(() => void look(), EVERY_MS)
  timer.unref()
  return () => clearInterval(timer)
}
