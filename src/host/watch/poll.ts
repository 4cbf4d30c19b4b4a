import { readdirSync } from 'node:fs'
import type { Following } from './observation.ts'
import type { Proc } from './proc.ts'
import type { Tree } from './tree.ts'

export interface PollOptions {
  tree: Tree
  proc: Proc
  isManager(argv: readonly string[]): boolean
  root(pid: number, at: number): void
  everyMs?: number
}

/**
 * The engine that works everywhere on Linux: looks at /proc again and again. It sees processes that live long enough, what they were
 * told and where they work; no file, no connection.
 */
export function followByPolling({ tree, proc, isManager, root, everyMs = 200 }: PollOptions): Following {
  const began = Date.now()
  /** Processes by number, with when the kernel says they began, and what they were told last. */
  const known = new Map<number, { started: string; argv: string; followed: boolean }>()
  let first = true

  const look = (): void => {
    const at = Date.now() - began
    const now = new Set<number>()
    for (const entry of readdirSync('/proc')) {
      const pid = Number(entry)
      if (!Number.isInteger(pid)) continue
      const stat = proc.stat(pid)
      if (stat === null || stat.state === 'Z') continue
      now.add(pid)
      let one = known.get(pid)
      if (one !== undefined && one.started !== stat.started) gone(pid, at)
      if (one?.started !== stat.started) {
        const up = known.get(stat.parent)
        one = { started: stat.started, argv: '', followed: up?.followed === true }
        known.set(pid, one)
        if (one.followed) tree.see({ what: 'fork', at, pid: stat.parent, child: pid })
      }
      const argv = proc.argv(pid)
      if (argv === null || one === undefined || argv.join('\0') === one.argv) continue
      one.argv = argv.join('\0')
      if (!one.followed && !first && isManager(argv)) {
        one.followed = true
        root(pid, at)
      }
      if (one.followed) tree.see({ what: 'exec', at, pid, program: proc.program(pid) ?? argv[0] ?? '', argv })
    }
    for (const pid of known.keys()) if (!now.has(pid)) gone(pid, at)
    first = false
  }
  const gone = (pid: number, at: number): void => {
    if (known.get(pid)?.followed) tree.see({ what: 'exit', at, pid, exit: null, signal: null })
    known.delete(pid)
  }

  look()
  const timer = setInterval(look, everyMs)
  return {
    engine: 'poll',
    stop() {
      clearInterval(timer)
      return Promise.resolve()
    },
  }
}
