import type { Act } from '../../tracing/act.ts'
import type { Alarm, Judge } from '../guard/alarm.ts'
import { Session } from '../guard/session.ts'
import { lineage } from './followed.ts'
import type { Followed, Listener } from './followed.ts'
import type { Proc } from './proc.ts'
import { Teller } from './tell.ts'
import type { TellOptions } from './tell.ts'

export interface SessionsOptions extends Omit<TellOptions, 'user' | 'source'> {
  proc: Proc
  judges(): readonly Judge[]
  /** What a user's number is called. */
  userName(uid: number): string
  home(uid: number): string
  onAlarm?(alarm: Alarm): void
}

interface Live {
  root: Followed
  session: Session
  teller: Teller
  living: Set<number>
  /** Milliseconds of the clock since nothing of it lives; null: something does. */
  emptySince: number | null
}

const MOST = 500
/** The last events of processes may come after their end. */
const SETTLE_MS = 1_000

/** One session for each tree that a package manager began; what is of no known tree goes to the session of its own first process. */
export class Sessions implements Listener {
  readonly #options: SessionsOptions
  readonly #live = new Map<Followed, Live>()
  lost_ = new Map<string, number>()
  dead: string | null = null
  begun = 0
  alarms = 0

  constructor(options: SessionsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#live.size
  }

  root(process: Followed): void {
    if (!this.#find(process)) this.#begin(process)
  }

  process(process: Followed): void {
    const live = this.#find(process) ?? this.#begin(process)
    live.living.add(process.pid)
    live.emptySince = null
    live.session.process(process)
    live.teller.process(process)
  }

  act(act: Act, by: Followed): void {
    const live = this.#find(by) ?? this.#begin(by)
    live.session.act(act, by)
  }

  ended(process: Followed): void {
    const live = this.#find(process)
    live?.living.delete(process.pid)
    if (live?.living.size === 0) live.emptySince = Date.now()
  }

  lost(count: number, why: string): void {
    this.lost_.set(why, (this.lost_.get(why) ?? 0) + count)
    const [any] = this.#live.values()
    if (any) any.teller.lost(count, why)
  }

  died(why: string): void {
    this.dead = why
  }

  /** To be called every second or so: ends sessions of which nothing is left, tells what came and went in the others. */
  tick(): void {
    const now = Date.now()
    for (const live of this.#live.values()) {
      if (live.emptySince !== null && now - live.emptySince > SETTLE_MS) this.#end(live, 'ended')
      else live.teller.changes(live.session.changes())
    }
  }

  endAll(says: string): void {
    for (const live of this.#live.values()) this.#end(live, says)
  }

  #find(process: Followed): Live | undefined {
    for (const one of lineage(process)) {
      const live = this.#live.get(one)
      if (live) return live
    }
    return undefined
  }

  #begin(root: Followed): Live {
    const [oldest] = this.#live.values()
    if (oldest && this.#live.size >= MOST) this.#end(oldest, 'is followed no more: there are too many')
    const uid = this.#options.proc.user(root.kernel)
    const { host, acts, began, push, userName, home, judges } = this.#options
    const teller = new Teller({ host, acts, began, push, source: 'watch', user: uid === null ? null : userName(uid) })
    const session = new Session({
      judges: judges(), folder: root.cwd ?? '/', home: uid === null ? '/root' : home(uid),
      onAlarm: (alarm) => {
        this.alarms++
        teller.alarm(alarm, false)
        this.#options.onAlarm?.(alarm)
      },
      onTold: (act, by) => { teller.act(act, by) },
    })
    const live = { root, session, teller, living: new Set([root.pid]), emptySince: null }
    this.#live.set(root, live)
    this.begun++
    teller.began(root)
    return live
  }

  #end(live: Live, says: string): void {
    this.#live.delete(live.root)
    live.session.settle()
    live.teller.changes(live.session.changes())
    live.teller.ended(live.root, `${says}: ${live.session.processes} processes, ${live.session.alarms.length} alarms`)
  }
}
