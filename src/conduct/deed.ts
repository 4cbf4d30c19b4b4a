import type { PlaceKind } from '../analysis/places.ts'
import type { Trust } from '../detectors/kit/hosts.ts'
import type { PassName, PhaseName } from '../sandbox/record.ts'
import type { Act, Process } from '../tracing/act.ts'
import type { Hook } from './about.ts'

/** A tool that packages are installed or built with, as it is usually called. */
export type Tool = string

/** On whose account something was done: the package's own code, or a tool that does its job, be it for the package. */
export type Whose = 'package' | 'tool'

/** An act with what surrounds it: who did it, when, and what it touched. */
export interface Deed {
  act: Act
  /** Unique in a record: pids are so only within their phase. */
  key: string
  process: Process | null
  pass: PassName
  /** The moment for those who use the package: a file that nothing of it loads is loaded by who asks for that file. */
  phase: PhaseName
  /** The phase of the run, where that is another. */
  during: PhaseName
  /** Place among all deeds of its pass: what comes later has a higher one. */
  order: number
  whose: Whose
  /** Which tool did it, also where it did so on the package's behalf. */
  tool: Tool | null
  /** The hook it descends from, where that is known. */
  hook: Hook | null
  /** What the path of a file act is, or what a network act asks. */
  place: PlaceKind | null
  /** Of network acts: the name that was asked for, or the address where there was none. */
  host: string | null
  trust: Trust | null
  /** It only fetches something from the domain that bears its project's name. */
  fromMaker: boolean
  /** The process that the package began with; null: it is a tool's own. */
  top: number | null
  /** Pids of the process and its ancestors, nearest first. */
  line: readonly number[]
}

export const NETWORK: ReadonlySet<Act['kind']> = new Set(['connect', 'send', 'request', 'resolve'])
export const isNetwork = ({ act }: Deed): boolean => NETWORK.has(act.kind)
/** Bytes of the package's choice went out, names that were asked for included. */
export const isSending = ({ act }: Deed): boolean => act.kind === 'send' || act.kind === 'request' || act.kind === 'resolve'
export const isFile = ({ act }: Deed): boolean => act.kind === 'read' || act.kind === 'write' || act.kind === 'delete' || act.kind === 'rename' || act.kind === 'link' || act.kind === 'mode'

/** What a stranger's host is: not the registry's, not the project's own, not this machine. */
export const isStrange = ({ trust }: Deed): boolean => trust === 'foreign' || trust === 'hostile' || trust === 'unknown'

/** Whether one deed came before another, in the same pass. */
export const isBefore = (a: Deed, b: Deed): boolean => a.pass === b.pass && a.order < b.order
/** Whether they were done by one process, by one that the other came from, or both by what one hook started. */
export const isKin = (a: Deed, b: Deed): boolean => a.pass === b.pass && a.phase === b.phase && (a.top !== null && a.top === b.top || a.line.includes(b.act.pid) || b.line.includes(a.act.pid))
