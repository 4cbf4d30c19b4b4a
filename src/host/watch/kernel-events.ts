import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Where tracefs is; mounted there by the launcher where it is not, for bpftrace alone. */
const TRACING = '/sys/kernel/tracing'

/**
 * In a mount namespace of its own: tracefs, and instead of its list of all events the few we need. bpftrace reads it whole for each probe.
 * It is a batch job (SCHED_BATCH, sched(7)): it does not displace what it watches whenever a line is there, and reads many at a time.
 */
export const LAUNCHER = `mount -t tracefs nodev ${TRACING} 2>/dev/null; mount --bind "$1" ${TRACING}/available_events 2>/dev/null; shift; chrt --batch --pid 0 $$ >/dev/null 2>&1; exec "$@"`

export const privately = (script: string, ...args: readonly string[]): [string, ...string[]] => ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh', ...args]

let known: ReadonlySet<string> | null = null

/** The kernel's tracepoints as `category:name`; empty: they cannot be read here. */
export function kernelEvents(): ReadonlySet<string> {
  if (known !== null && known.size > 0) return known
  known = new Set(listed().split('\n').filter((line) => line !== ''))
  return known
}

function listed(): string {
  for (const path of [`${TRACING}/available_events`, '/sys/kernel/debug/tracing/available_events']) {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      continue
    }
  }
  const [command, ...args] = privately(`mount -t tracefs nodev ${TRACING} && cat ${TRACING}/available_events`)
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', timeout: 5_000, stdio: ['ignore', 'pipe', 'ignore'] })
  return status === 0 ? stdout : ''
}

const CALL = 'syscalls:sys_enter_'
export const callsOf = (events: ReadonlySet<string>): ReadonlySet<string> => new Set([...events].flatMap((event) => (event.startsWith(CALL) ? [event.slice(CALL.length)] : [])))

/** The tracepoints that a program names, as `available_events` lists them. */
export const eventsIn = (script: string): string[] => [...new Set([...script.matchAll(/\btracepoint:([a-z_]+:\w+)/g)].map(([, event]) => event as string))]
