import { existsSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import type { Act } from '../../tracing/act.ts'
import { kernelEvents } from './kernel-events.ts'
import type { Followed, Listener } from './followed.ts'
import { onPath } from './on-path.ts'
import type { Proc } from './proc.ts'

/** A /proc of a test's own. */
export const fakeProc = (more: Partial<Proc> = {}): Proc => ({
  argv: () => null, environment: () => null, folder: () => null, descriptor: () => null, stat: () => null, user: () => 0, program: () => null, nameServers: () => [], traced: () => [], ...more,
})

export interface Recorded extends Listener {
  acts: (Act & { of: string | null })[]
  processes: Followed[]
  lostCount: number
  dead: string[]
}

/** Remembers what it is told. */
export function recorder(): Recorded {
  const recorded: Recorded = {
    acts: [], processes: [], lostCount: 0, dead: [],
    process: (one) => { recorded.processes.push(one) },
    act: (act, by) => { recorded.acts.push({ ...act, of: by.package === null ? null : `${by.package.name}@${by.package.version}` }) },
    lost: (count) => { recorded.lostCount += count },
    died: (why) => { recorded.dead.push(why) },
  }
  return recorded
}

/** Whether bpftrace can follow anything here; said once where it cannot. */
export function hasBpftrace(): boolean {
  const why = process.getuid?.() !== 0 ? 'this is not root' : !onPath('bpftrace', process.env['PATH']) ? 'bpftrace is not installed' : kernelEvents().size === 0 ? 'tracefs cannot be mounted'
    : spawnSync('bpftrace', ['-e', 'BEGIN { exit() }'], { timeout: 20_000, stdio: 'ignore' }).status === 0 ? null : 'the kernel does not let it'
  if (why !== null) process.stderr.write(`skipped what needs bpftrace: ${why}\n`)
  return why === null
}

export function hasStrace(): boolean {
  const works = onPath('strace', process.env['PATH']) && spawnSync('strace', ['-f', '-o', '/dev/null', 'true'], { timeout: 20_000, stdio: 'ignore' }).status === 0
  if (!works) process.stderr.write('skipped what needs strace: it is not installed, or may not trace here\n')
  return works
}

export const onLinux = existsSync('/proc/self/stat')

/** Waits for something to become true; rejects with what was waited for. */
export async function until(what: string, is: () => boolean, ms = 15_000): Promise<void> {
  for (const end = Date.now() + ms; !is();) {
    if (Date.now() > end) throw new Error(`waited for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
