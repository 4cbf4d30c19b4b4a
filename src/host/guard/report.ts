import type { GuardEngine } from './engine.ts'
import type { Alarm } from './alarm.ts'
import type { MaskedVariable } from './mask.ts'
import { packageKey } from './session.ts'
import type { Count, Session } from './session.ts'
import type { Shadow } from './shadow.ts'
import type { Change } from '../watch/installs.ts'

/** What a guarded command did. Names and paths come from what ran: not safe for a terminal as they are. */
export interface GuardReport {
  command: readonly string[]
  folder: string
  client: string
  startedAt: Date
  elapsedMs: number
  exit: number | null
  signal: string | null
  /** Why it was ended by the guard; null: it was not. */
  stopped: Stopped | null
  watched: { engine: GuardEngine | null; says: string | null; cannot: readonly string[]; events: number; lost: Readonly<Record<string, number>>; lostTotal: number; unlisted: number }
  overhead: { readyMs: number; drainMs: number; cpuMs: number; engineCpuMs: number | null }
  processes: number
  packages: readonly { package: string; place: string | null; lifecycles: readonly string[]; processes: number }[]
  alarms: readonly ReportedAlarm[]
  ran: readonly Count[]
  read: readonly Count[]
  wrote: readonly Count[]
  reached: readonly Count[]
  asked: readonly Count[]
  installed: readonly Change[]
  removed: readonly Change[]
  masked: { variables: readonly MaskedVariable[]; files: readonly Shadow[]; forHooks: readonly Shadow[]; kept: readonly { path: string; why: string }[]; says: readonly string[] }
  leftovers: readonly Leftover[]
}

export interface Leftover {
  pid: number
  argv: readonly string[]
  ended: boolean
}

export interface Stopped {
  because: string
  /** What ran at that moment. */
  processes: readonly Leftover[]
  killed: number
  left: number
}

export interface ReportedAlarm {
  at: number
  rule: string
  severity: string
  says: string
  package: string | null
  place: string | null
  lifecycle: string | null
  act: { kind: string; target: string; done: boolean }
  /** The process and those it came from, innermost first. */
  lineage: readonly { pid: number; argv: readonly string[] }[]
}

/** What each engine cannot see, said in every report. */
export const CANNOT: Readonly<Record<GuardEngine, readonly string[]>> = {
  bpftrace: [
    'paths and arguments beyond 199 bytes are cut (arguments are completed from /proc while the process lives)',
    'what a thread changes in memory between the call and its reading by us',
    'what is done by io_uring is not seen; that it is set up is', 'content of files and connections',
  ],
  strace: ['io_uring is seen as set up, not what it does', 'content of files; of connections the first 1,024 bytes of each send'],
}

export function reportedAlarm({ rule, severity, says, act, by }: Alarm, lineage: Iterable<{ pid: number; argv: readonly string[] }>): ReportedAlarm {
  return {
    at: Math.round(act.at), rule, severity, says, package: by.package === null ? null : packageKey(by.package), place: by.place, lifecycle: by.lifecycle,
    act: { kind: act.kind, target: act.target, done: act.done }, lineage: [...lineage].slice(0, 16).map(({ pid, argv }) => ({ pid, argv: argv.slice(0, 16) })),
  }
}

export const summed = (session: Session) => ({
  processes: session.processes,
  packages: [...session.packages.values()].map(({ package: one, place, lifecycles, processes }) => ({ package: packageKey(one), place, lifecycles: [...lifecycles], processes })),
  ran: [...session.ran.values()], read: [...session.read.values()], wrote: [...session.wrote.values()], reached: [...session.reached.values()], asked: [...session.asked.values()],
})
