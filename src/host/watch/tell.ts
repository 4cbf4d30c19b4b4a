import { randomUUID } from 'node:crypto'
import type { Act } from '../../tracing/act.ts'
import type { Alarm } from '../guard/alarm.ts'
import { packageKey } from '../guard/session.ts'
import type { HostEvent, HostPackage } from '../events/event.ts'
import { oneLine } from '../../core/text.ts'
import type { Followed } from './followed.ts'
import type { Change } from './installs.ts'

export interface TellOptions {
  host: string
  user: string | null
  source: 'guard' | 'watch'
  /** Whether what is no alarm is told, too. */
  acts: boolean
  /** Epoch milliseconds that acts count from. */
  began: number
  push(events: readonly HostEvent[]): void
}

/** Events of one session; what is beyond is counted. */
const MOST = 20_000
/** Acts that are news without being alarms, when a package's code does them. */
const WORTH: ReadonlySet<Act['kind']> = new Set(['read', 'connect', 'send', 'resolve', 'listen', 'request', 'write', 'link', 'rename'])

/** Makes one session's events out of what was seen in it. */
export class Teller {
  readonly session = randomUUID()
  readonly #options: TellOptions
  readonly #ran = new Set<string>()
  #count = 0
  #over = 0

  constructor(options: TellOptions) {
    this.#options = options
  }

  began(root: Pick<Followed, 'argv' | 'cwd'>): void {
    this.#push({ kind: 'session', place: root.cwd, says: `${shown(root.argv)} began` })
  }

  ended(root: Pick<Followed, 'argv' | 'cwd'>, says: string): void {
    this.lost(this.#over, 'more events than one session tells')
    this.#over = 0
    this.#count = 0
    this.#push({ kind: 'session', place: root.cwd, says: `${shown(root.argv)} ${says}` })
  }

  /** Of each package the first process, and each first of another program. */
  process(process: Followed): void {
    if (process.package === null) return
    const key = `${packageKey(process.package)} ${process.program}`
    if (this.#ran.has(key) || this.#ran.size >= MOST) return
    this.#ran.add(key)
    this.#push({
      kind: 'ran', package: process.package, place: process.place, process: processOf(process), at: this.#at(process.started),
      says: `${packageKey(process.package)} ran ${shown(process.argv)}${process.lifecycle === null ? '' : ` (${process.lifecycle})`}`,
    })
  }

  act(act: Act, by: Followed): void {
    if (!this.#options.acts || by.package === null || !WORTH.has(act.kind)) return
    this.#push({ kind: 'act', ...this.#of(act, by), says: `${packageKey(by.package)}: ${act.kind} ${act.target}` })
  }

  alarm({ says, severity, act, by }: Alarm, stopped: boolean): void {
    this.#push({ kind: stopped ? 'blocked' : 'alarm', ...this.#of(act, by), says: `${severity}: ${by.package === null ? by.program : packageKey(by.package)} ${says}` })
  }

  changes(changes: readonly Change[]): void {
    for (const { what, package: of, place } of changes) this.#push({ kind: what, package: of, place, says: `${packageKey(of)} was ${what}` })
  }

  lost(count: number, why: string): void {
    if (count > 0) this.#push({ kind: 'lost', count, says: `${count} events were lost: ${why}` }, true)
  }

  #of(act: Act, by: Followed): Partial<HostEvent> {
    const { sample: _, ...plain } = act
    return { package: by.package, place: by.place, act: { ...plain, at: Math.max(0, act.at) }, process: processOf(by), at: this.#at(act.at) }
  }

  #at(ms: number): Date {
    return new Date(this.#options.began + Math.max(0, ms))
  }

  #push(event: Partial<HostEvent> & Pick<HostEvent, 'kind' | 'says'>, always = false): void {
    if (++this.#count > MOST && !always && event.kind !== 'alarm' && event.kind !== 'blocked') return void this.#over++
    const { host, user, source } = this.#options
    const none: { package: HostPackage | null; place: null; act: null; process: null } = { package: null, place: null, act: null, process: null }
    this.#options.push([{ ...none, id: randomUUID(), at: new Date(), host, user, session: this.session, source, ...event, says: oneLine(event.says, 500) }])
  }
}

const shown = (argv: readonly string[]): string => oneLine(argv.slice(0, 12).join(' '), 300) || 'a program'

const processOf = ({ pid, parent, program, argv }: Followed): NonNullable<HostEvent['process']> => ({ pid, parent, program, argv: argv.slice(0, 64) })
