import type { Incidents } from '../face.ts'
import { Limits } from './limits.ts'

/** Who may report packages: nobody, whoever may read, or everybody who reaches the gate. */
export type Reporting = 'off' | 'token' | 'everyone'

type Said = Parameters<Incidents['report']>[0]

/** A person writes few reports an hour, a program that has a token some hundred. */
const STRANGERS = { burst: 5, perHour: 10 }
const KNOWN = { burst: 60, perHour: 600 }

/** Where reports come in, whichever way they are written: who speaks, and how much in a while. */
export class ReportDoor {
  readonly open: Reporting
  readonly #incidents: Incidents
  readonly #strangers = new Limits(STRANGERS)
  readonly #known = new Limits(KNOWN)

  constructor(incidents: Incidents, open: Reporting) {
    this.#incidents = incidents
    this.open = open
  }

  /** `caller` is a token's name, null a stranger. `wait` is in seconds. Throws `usage` for what is not enough to go by. */
  async take(said: Said, { caller, address, isMachine, now }: { caller: string | null; address: string; isMachine: boolean; now: number }): Promise<{ reference: string; says: string } | { wait: number }> {
    const wait = caller === null ? this.#strangers.take(address, now) : this.#known.take(caller, now)
    if (wait > 0) return { wait: Math.ceil(wait / 1_000) }
    return this.#incidents.report(said, { id: caller ?? `anonymous at ${address}`, isMachine })
  }
}
