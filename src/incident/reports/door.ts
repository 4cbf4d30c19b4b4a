import type { IncomingMessage } from 'node:http'
import type { Incidents } from '../face.ts'
import { Limits } from './limits.ts'

/** Who may report packages: nobody, whoever may read, or everybody who reaches the gate. */
export type Reporting = 'off' | 'token' | 'everyone'

type Said = Parameters<Incidents['report']>[0]

/** A person writes few reports an hour, a program that has a token some hundred. */
const STRANGERS = { burst: 5, perHour: 10 }
const KNOWN = { burst: 60, perHour: 600 }
/** All strangers together: addresses are cheap, and somebody reads every report. */
const ALL_STRANGERS = { burst: 100, perHour: 200 }

/** Where reports come in, whichever way they are written: who speaks, and how much in a while. */
export class ReportDoor {
  readonly open: Reporting
  /** Whose address a request is from, behind whatever proxy. */
  readonly addressOf: (request: IncomingMessage) => string
  readonly #incidents: Incidents
  readonly #strangers = new Limits(STRANGERS)
  readonly #all = new Limits(ALL_STRANGERS)
  readonly #known = new Limits(KNOWN)

  constructor(incidents: Incidents, open: Reporting, addressOf: (request: IncomingMessage) => string) {
    this.#incidents = incidents
    this.open = open
    this.addressOf = addressOf
  }

  /** `caller` is a token's name, null a stranger. `wait` is in seconds. Throws `usage` for what is not enough to go by. */
  async take(said: Said, { caller, address, isMachine, now }: { caller: string | null; address: string; isMachine: boolean; now: number }): Promise<{ reference: string; says: string } | { wait: number }> {
    const wait = caller === null ? this.#strangers.take(networkOf(address), now) || this.#all.take('', now) : this.#known.take(caller, now)
    if (wait > 0) return { wait: Math.ceil(wait / 1_000) }
    return this.#incidents.report(said, { id: caller ?? `anonymous at ${address}`, isMachine })
  }
}

/** One who has an IPv6 address has 2^64 of them (RFC 6177). */
function networkOf(address: string): string {
  if (!address.includes(':')) return address
  const [head = '', tail] = address.split('%')[0]?.split('::') ?? []
  const groups = head === '' ? [] : head.split(':')
  const after = tail === undefined || tail === '' ? [] : tail.split(':')
  const whole = tail === undefined ? groups : [...groups, ...Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0'), ...after]
  return `${whole.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(':')}::/64`
}
