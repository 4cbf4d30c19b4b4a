import type { Act } from '../../tracing/act.ts'
import type { Severity } from '../../core/types.ts'
import type { Followed } from '../watch/followed.ts'

/** An act that policy minds. */
export interface Alarm {
  /** Which rule says so. */
  rule: string
  severity: Severity
  /** One sentence without its subject: `reads the SSH keys in /home/u/.ssh`. */
  says: string
  act: Act
  by: Followed
}

/** Tells what is to be minded, as it happens. Constant memory, and no waiting: it runs beside what is watched. */
export interface Judge {
  /** A process that was started, or runs another program now. */
  meet?(process: Followed): void
  see(act: Act, by: Followed): readonly Alarm[]
  /** What it held back; asked at the end. */
  settle?(): readonly Alarm[]
}

const ORDER: readonly Severity[] = ['info', 'low', 'medium', 'high', 'critical']
export const atLeast = (severity: Severity, least: Severity): boolean => ORDER.indexOf(severity) >= ORDER.indexOf(least)

/** So many alarms, and after them only what is graver than all before: whoever makes thousands of small ones hides nothing behind them. */
export class Crowd {
  readonly #most: number
  #count = 0
  #gravest: Severity | null = null

  constructor(most: number) {
    this.#most = most
  }

  admits(severity: Severity): boolean {
    const isGraver = this.#gravest === null || !atLeast(this.#gravest, severity)
    if (this.#count >= this.#most && !isGraver) return false
    this.#count++
    if (isGraver) this.#gravest = severity
    return true
  }
}
