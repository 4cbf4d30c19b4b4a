import { readFile } from 'node:fs/promises'

export interface PoolLimits {
  /** How long one job may run, once it has a worker. */
  timeMs: number
  /** JavaScript heap and byte arrays of one worker together, beyond what Node itself needs. */
  memoryMb: number
}

/** Node with all of our code loaded is resident with 60 to 90 MB, half of it shared between processes; the rest is its caches. */
const NODE_MB = 128
const EVERY_MS = 50

/**
 * Arguments for Node. A worker whose heap meets the limit aborts, which is all a worker may take with it. Small young
 * generations cost a little time and save much memory in workers that wait.
 */
export const nodeFlags = ({ memoryMb }: PoolLimits): string[] => [
  `--max-old-space-size=${memoryMb}`, '--max-semi-space-size=8', '--disable-warning=ExperimentalWarning',
]

/**
 * Looks at what a process holds resident and calls `exceeded` once when that is over the limit and Node's own need: byte
 * arrays are outside of the heap that V8 limits. Only Linux tells (proc(5), VmRSS); elsewhere only the heap is limited.
 * Returns the function that ends the watch.
 */
export function watchMemory(pid: number, { memoryMb }: PoolLimits, exceeded: () => void): () => void {
  if (process.platform !== 'linux') return () => {}
  const limit = (memoryMb + NODE_MB) * 1024
  let over = false
  let looking = false
  const look = async (): Promise<void> => {
    if (looking || over) return
    looking = true
    const resident = await residentKb(pid)
    looking = false
    if (over || resident <= limit) return
    over = true
    exceeded()
  }
  const timer = setInterval(() => void look(), EVERY_MS)
  timer.unref()
  return () => {
    over = true
    clearInterval(timer)
  }
}

/** 0 for a process that has ended; its exit says the rest. */
async function residentKb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '')
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0)
}
