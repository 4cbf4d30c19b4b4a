import { readFileSync } from 'node:fs'
import { sentence } from '../../core/errors.ts'
import type { Alarm, Judge } from '../guard/alarm.ts'
import type { Sender } from '../spool/sender.ts'
import type { Spool } from '../spool/spool.ts'
import type { HostEvent } from '../events/event.ts'
import { auditProblem, clearAuditRules, followByAudit } from './audit.ts'
import { followByBpf } from './bpf.ts'
import type { Listener } from './followed.ts'
import { followManagers, managerIn } from './managers.ts'
import type { EngineName, Following } from './observation.ts'
import { followByPolling } from './poll.ts'
import { proc } from './proc.ts'
import { Sessions } from './sessions.ts'
import { Tree } from './tree.ts'

export interface WatchOptions {
  host: string
  engine: 'auto' | 'bpftrace' | 'audit' | 'poll'
  /** Programs besides the known ones. */
  programs: readonly string[]
  acts: boolean
  path: string
  root: boolean
  judges(): readonly Judge[]
  /** null: nobody is told, and nothing waits. */
  out: { spool: Spool; sender: Sender } | null
  onAlarm(alarm: Alarm): void
  onEvent?(event: HostEvent): void
  say(line: string): void
  /** auditd's settings where they are elsewhere. */
  auditSettings?: string
}

/** Where a watch stands; written to the state file, shown by `sluice host watch --status`. */
export interface WatchState {
  pid: number
  engine: EngineName | null
  /** Why the better engines are not used. */
  says: readonly string[]
  cannot: readonly string[]
  startedAt: Date
  at: Date
  sessions: { now: number; begun: number }
  alarms: number
  lost: Readonly<Record<string, number>>
  spool: { pending: number; sent: number; refused: number; lastSentAt: Date | null; trouble: string | null } | null
}

/** What is not seen, whatever happens, by engine. */
const CANNOT: Readonly<Record<EngineName, readonly string[]>> = {
  bpftrace: ['processes that ran before the watch began', 'a client that is called by another name, unless host.watch.programs names it', 'paths beyond 199 bytes are cut', 'what is done by io_uring', 'content of files and connections'],
  audit: ['files, but for credentials in the homes of users', 'names that are looked up', 'removals and changes of files', 'processes that ran before the watch began', 'io_uring'],
  poll: ['files and connections', 'processes that live for less than a fifth of a second', 'what is no program that is started'],
  strace: [],
}
const TICK_MS = 1_000
const RESTARTS = 3

/** Follows package managers on this machine until it is stopped. Throws `sandbox-unavailable` where the named engine does not work. */
export class HostWatch {
  readonly #options: WatchOptions
  readonly #sessions: Sessions
  readonly #startedAt = new Date()
  #following: (Following & { lost?(): number }) | null = null
  #auditLost = 0
  #says: string[] = []
  #restarts = 0
  #stopped = false
  #timer: NodeJS.Timeout | null = null

  constructor(options: WatchOptions) {
    this.#options = options
    const users = new Users()
    this.#sessions = new Sessions({
      host: options.host, acts: options.acts, began: Date.now(), proc, judges: () => options.judges(), onAlarm: options.onAlarm,
      userName: (uid) => users.name(uid), home: (uid) => users.home(uid), push: (events) => { this.#push(events) },
    })
  }

  async start(): Promise<void> {
    if (this.#options.root) clearAuditRules(this.#options.path)
    await this.#follow()
    this.#timer = setInterval(() => { this.#tick() }, TICK_MS)
  }

  async stop(): Promise<void> {
    this.#stopped = true
    if (this.#timer) clearInterval(this.#timer)
    await this.#following?.stop()
    this.#sessions.endAll('is followed no more: the watch ended')
    this.#tellDropped()
  }

  state(): WatchState {
    const { out } = this.#options
    const engine = this.#following?.engine ?? null
    return {
      pid: process.pid, engine, says: this.#says, cannot: engine === null ? ['everything'] : CANNOT[engine], startedAt: this.#startedAt, at: new Date(),
      sessions: { now: this.#sessions.size, begun: this.#sessions.begun }, alarms: this.#sessions.alarms, lost: Object.fromEntries(this.#sessions.lost_),
      spool: out && { pending: out.spool.pending, ...out.sender.state },
    }
  }

  /** The best engine that works, or the one that is named. Each begins with a tree of its own: numbers of an engine that died may be somebody else's. */
  async #follow(): Promise<void> {
    const { engine, path, programs, root, auditSettings } = this.#options
    const says: string[] = []
    const listener: Listener = { process: (one) => { this.#sessions.process(one) }, act: (act, by) => { this.#sessions.act(act, by) }, ended: (one) => { this.#sessions.ended(one) }, lost: (count, why) => { this.#sessions.lost(count, why) }, died: (why) => { this.#died(why) } }
    const tree = new Tree({ listener, proc })
    const begin = (pid: number, at: number): void => { this.#sessions.root(tree.root(pid, at, proc.folder(pid))) }
    const isManager = (argv: readonly string[]): boolean => managerIn(argv, programs) !== null
    if (engine === 'auto' || engine === 'bpftrace') {
      try {
        if (!root) throw new Error('bpftrace needs root')
        this.#following = await followByBpf({ follow: followManagers(programs), path, sink: tree, named: (address, name) => { tree.named(address, name) }, root: begin })
        return void (this.#says = says)
      } catch (thrown) {
        if (engine === 'bpftrace') throw thrown
        says.push(sentence(thrown))
      }
    }
    if (engine === 'auto' || engine === 'audit') {
      const problem = root ? auditProblem(auditSettings) : 'audit rules need root'
      if (problem === null || engine === 'audit') {
        this.#following = followByAudit({ tree, proc, isManager, root: begin, homes: new Users().homes(), ...(auditSettings === undefined ? {} : { settings: auditSettings }) })
        return void (this.#says = says)
      }
      says.push(`audit rules do not help here: ${problem}`)
    }
    this.#following = followByPolling({ tree, proc, isManager, root: begin })
    this.#says = says
  }

  #died(why: string): void {
    if (this.#stopped) return
    this.#following = null
    this.#sessions.lost(1, why)
    this.#sessions.endAll('is followed no more: what followed it ended')
    this.#options.say(why)
    const next = ++this.#restarts > RESTARTS ? 'poll' : this.#options.engine
    void (async () => {
      try {
        if (next === 'poll') Object.assign(this.#options, { engine: 'poll' })
        await this.#follow()
        this.#options.say(`followed again by ${this.state().engine}`)
      } catch (thrown) {
        this.#options.say(`nothing is followed: ${sentence(thrown)}`)
      }
    })()
  }

  #tick(): void {
    this.#sessions.tick()
    const lost = this.#following?.lost?.() ?? 0
    if (lost > this.#auditLost) this.#sessions.lost(lost - this.#auditLost, 'the kernel\'s audit queue was full')
    this.#auditLost = lost
    this.#tellDropped()
    this.#options.out?.sender.wake()
  }

  #tellDropped(): void {
    const dropped = this.#options.out?.spool.takeDropped() ?? 0
    if (dropped > 0) this.#sessions.lost(dropped, 'the spool was full')
  }

  #push(events: readonly HostEvent[]): void {
    for (const event of events) this.#options.onEvent?.(event)
    this.#options.out?.spool.append(events)
  }
}

/** passwd(5), read once: who owns a number, and where they live. */
class Users {
  readonly #all = new Map<number, { name: string; home: string }>()

  constructor() {
    try {
      for (const line of readFileSync('/etc/passwd', 'utf8').split('\n').slice(0, 20_000)) {
        const [name, , uid, , , home] = line.split(':')
        if (name && uid && home?.startsWith('/')) this.#all.set(Number(uid), { name, home })
      }
    } catch {
      // Then numbers do.
    }
  }

  name(uid: number): string {
    return this.#all.get(uid)?.name ?? String(uid)
  }

  home(uid: number): string {
    return this.#all.get(uid)?.home ?? '/'
  }

  homes(): string[] {
    return [...new Set([...this.#all].filter(([uid]) => uid === 0 || uid >= 1000).map(([, { home }]) => home))].filter((home) => home !== '/' && home !== '/nonexistent').slice(0, 200)
  }
}
