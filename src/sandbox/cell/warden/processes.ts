import { readdirSync, readFileSync } from 'node:fs'

/** Everything that lives beside the warden: its pid namespace holds nothing but the cell. */
export interface Living {
  pid: number
  parent: number
  threads: number
  zombie: boolean
  /** Bytes that are its own: not of files, not shared. */
  memory: number
}

const PAGE = 4096

export function living(): Living[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^[1-9]\d*$/.test(name) || name === '1' || name === String(process.pid)) return []
    try {
      return [readOne(name)]
    } catch {
      return []
    }
  })
}

/** proc_pid_stat(5): the program's name may hold blanks and brackets, so what follows is counted from the last bracket. */
function readOne(pid: string): Living {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const [, resident, shared] = readFileSync(`/proc/${pid}/statm`, 'latin1').split(' ')
  return {
    pid: Number(pid),
    parent: Number(fields[1]),
    threads: Number(fields[17]),
    zombie: fields[0] === 'Z' || fields[0] === 'X',
    memory: Math.max(0, Number(resident) - Number(shared)) * PAGE,
  }
}

/** strace, and bwrap before and after it split. */
const AROUND_THE_BOX = 3

/** Of the cell besides the box: RLIMIT_NPROC counts them too, for a limit holds in the namespaces around the one it was set in. */
export function ownThreads(): number {
  const warden = Number(/^Threads:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))?.[1] ?? 1)
  return warden + AROUND_THE_BOX + 1 + living().length
}

/** The first process of the box: pid 1 in its own namespace. null: not there yet, or gone. */
export function firstOf(box: readonly Living[]): number | null {
  for (const { pid } of box) {
    try {
      const numbers = /^NSpid:\s+(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1'))?.[1]?.split(/\s+/) ?? []
      if (numbers.length > 1 && numbers.at(-1) === '1') return pid
    } catch {
      continue
    }
  }
  return null
}

export function descendants(all: readonly Living[], of: number): Living[] {
  const children = Map.groupBy(all, ({ parent }) => parent)
  const found: Living[] = []
  const queue = [of]
  for (let pid = queue.pop(); pid !== undefined; pid = queue.pop()) {
    for (const child of children.get(pid) ?? []) {
      found.push(child)
      queue.push(child.pid)
    }
  }
  return found
}

/** Ends everything but the warden and the first process of its namespace, and waits until it is gone. */
export async function endAll(patienceMs: number): Promise<boolean> {
  const until = performance.now() + patienceMs
  for (;;) {
    try {
      process.kill(-1, 'SIGKILL')
    } catch {
      return true
    }
    if (living().every(({ zombie }) => zombie)) return true
    if (performance.now() > until) return false
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
