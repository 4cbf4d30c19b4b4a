import type { Act, Process } from '../../tracing/act.ts'
import type { HostPackage } from '../events/event.ts'

/** A process of a watched tree, as it is known so far. `pid` is ours, see Process. */
export interface Followed extends Process {
  /** The kernel's number: for signals, and for `/proc` while it lives. */
  kernel: number
  up: Followed | null
  /** Whose code it runs; null: the project's own, or a tool's. */
  package: HostPackage | null
  /** The folder or file that tells so. */
  place: string | null
  /** `postinstall` and the like, as npm and its kind name it; null: none. */
  lifecycle: string | null
}

/** What is made of observations. */
export interface Listener {
  /** It was started, or runs another program now. */
  process(process: Followed): void
  act(act: Act, by: Followed): void
  ended?(process: Followed): void
  lost(count: number, why: string): void
  died(why: string): void
}

/** One step up at a time, itself first; ends in a cycle of forged parents, too. */
export function* lineage(process: Followed): Generator<Followed> {
  let steps = 0
  for (let at: Followed | null = process; at !== null && steps < 256; at = at.up, steps++) yield at
}
