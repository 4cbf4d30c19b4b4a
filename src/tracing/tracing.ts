import type { Act, Process } from './act.ts'
import { actOf } from './acts.ts'
import type { Found } from './acts.ts'
import { isBoring, isNothing, isOurs } from './boring.ts'
import type { Ours, Quiet } from './boring.ts'
import { Budget } from './budget.ts'
import { kept } from './paths.ts'
import { Processes, toProcess } from './processes.ts'
import type { Live } from './processes.ts'
import { pidOf } from './strace/arguments.ts'
import type { Call, Ending } from './strace/lines.ts'
import { StraceReader } from './strace/reader.ts'

export interface TracingOptions {
  /** Epoch milliseconds from which `at` counts; absent: the first line's. */
  begin?: number
  /** The command that is meant: nothing before its exec is told (what sets up a cell comes first). Absent: everything is. */
  command?: readonly string[]
  quiet?: Quiet
  /** Scales how much is kept; 1 by default. */
  keep?: number
  /** Decoys, by their paths: acts on them are kept however much else there is. */
  planted?: ReadonlySet<string>
  /** Called with each act that is kept, as soon as it is known. */
  onAct?(act: Act, process: Process): void
}

export interface Traced {
  /** By time. */
  acts: Act[]
  /**
   * Datagram sockets that were given an address. The C library does so for every name, to learn which of its own addresses it
   * would use (RFC 6724); whether anything went out, only the wire tells.
   */
  routes: Act[]
  processes: Process[]
  /** Of each process its number inside the cell, for hooks tell that one. */
  inner: ReadonlyMap<number, number>
  dropped: Record<string, number>
  /** Lines that were no strace line. */
  unreadable: number
  /** False: `command` never ran. */
  began: boolean
}

/** Calls of threads that nobody is known to have made, until their maker's clone comes back. */
const MOST_HELD = 50_000

const MOST_PROCESSES = 20_000
const MOST_ROUTES = 10_000
/** Milliseconds between asking for IPv4 and for IPv6 addresses. */
const BOTH_FAMILIES = 20

const CLONES: ReadonlySet<string> = new Set(['clone', 'clone3', 'fork', 'vfork'])

const NOTHING_QUIET: Quiet = { folders: [] }

/** strace's output, piece by piece, to acts and processes. */
export class Tracing {
  readonly #options: TracingOptions
  readonly #reader: StraceReader
  readonly #processes = new Processes(MOST_PROCESSES)
  readonly #budget: Budget
  readonly #acts: Act[] = []
  readonly #routes: Act[] = []
  /** When a process last asked for a name: resolvers ask for both kinds of addresses at once. */
  readonly #asked = new Map<string, number>()
  /** Clones that are under way, by their maker's thread: whether a thread comes of it, and whose calls were seen already. */
  readonly #making = new Map<number, { thread: boolean; made: Live | null }>()
  readonly #held = new Map<number, (Call | Ending)[]>()
  readonly #tried = new Map<Live, Act>()
  #heldCount = 0
  #begin: number | null
  #began: boolean

  constructor(options: TracingOptions = {}) {
    this.#options = options
    this.#begin = options.begin ?? null
    this.#began = options.command === undefined
    this.#budget = new Budget(options.keep, options.planted)
    this.#reader = new StraceReader({
      begun: (tid, name, args) => void (CLONES.has(name) && this.#making.set(tid, { thread: isThread(args), made: null })),
      call: (call) => this.#met(call),
      ending: (ending) => this.#met(ending),
      signal: (_tid, at, text) => this.#signal(text, at),
    })
  }

  push(chunk: Uint8Array): void {
    this.#reader.push(chunk)
  }

  end(): Traced {
    this.#reader.end()
    this.#releaseAll()
    for (const act of this.#tried.values()) this.#keep(act)
    const begin = this.#begin ?? 0
    const processes = this.#processes.list()
    const dropped = { ...this.#budget.dropped, ...(this.#processes.dropped > 0 ? { process: this.#processes.dropped } : {}) }
    return {
      acts: this.#acts.sort((a, b) => a.at - b.at), routes: this.#routes,
      processes: this.#began ? processes.map((process) => toProcess(process, begin)) : [],
      inner: new Map(processes.map(({ pid, inner }) => [pid, inner])),
      dropped, unreadable: this.#reader.unreadable, began: this.#began,
    }
  }

  /** In the order of the trace, but nothing of a thread before it is known whose it is. */
  #met(event: Call | Ending): void {
    this.#begin ??= event.at
    if (this.#processes.of(event.tid) || !this.#orphan(event)) return this.#take(event)
    // Whoever only ends is nobody new.
    if ('what' in event && !this.#held.has(event.tid)) return
    const waiting = this.#held.get(event.tid)
    if (waiting) waiting.push(event)
    else this.#held.set(event.tid, [event])
    if (++this.#heldCount > MOST_HELD) this.#releaseAll()
  }

  /** Whether its maker may still turn up. With one clone under way it is that one's: what it made is taken at once. */
  #orphan(event: Call | Ending): boolean {
    if (this.#making.size !== 1 || this.#held.size > 0 || 'what' in event) return this.#making.size > 0
    const [maker, making] = [...this.#making][0] as [number, { thread: boolean; made: Live | null }]
    const process = this.#processes.of(maker)
    if (!process || making.made) return true
    making.made = this.#processes.child(process, { inner: event.tid, outer: event.tid }, { thread: making.thread, at: event.at })
    return false
  }

  #take(event: Call | Ending): void {
    if ('what' in event) return event.what === 'superseded' ? undefined : this.#processes.ended(event.tid, event.at, event)
    if (event.name === 'exit_group') return this.#processes.exits(event.tid, event.at, exitCode(event.args))
    const process = this.#processes.of(event.tid) ?? this.#processes.root(event.tid, event.at)
    if (CLONES.has(event.name)) return this.#cloned(event, process)
    this.#act(event, process)
  }

  #cloned(call: Call, process: Live): void {
    const early = this.#making.get(call.tid)?.made
    this.#making.delete(call.tid)
    const made = pidOf(call.result)
    if (made && made.inner > 0) {
      if (early && early !== process) this.#processes.renumber(early, made.inner)
      else if (!early) this.#processes.child(process, made, { thread: isThread(call.args), at: call.at })
      this.#release(made.outer)
    }
    const flags = /\bCLONE_(?:UNTRACED|NEW\w{2,8})\b/.exec(call.args)?.[0]
    if (flags) this.#found(call, process, { kind: 'refused', target: flags })
    if (this.#making.size === 0) this.#releaseAll()
  }

  #release(tid: number): void {
    const waiting = this.#held.get(tid)
    if (!waiting) return
    this.#held.delete(tid)
    this.#heldCount -= waiting.length
    for (const event of waiting) this.#take(event)
  }

  #releaseAll(): void {
    for (const tid of this.#held.keys()) this.#release(tid)
  }

  #act(call: Call, process: Live): void {
    const executes = call.name === 'execve' || call.name === 'execveat'
    const found = actOf(call, process, this.#processes)
    if (executes && !this.#began && !call.result.startsWith('-1') && isCommand(process.argv, this.#options.command)) {
      this.#began = true
      this.#processes.beginWith(process)
    }
    if (found) this.#found(call, process, found)
  }

  #found(call: Call, process: Live, { route, appends, ...found }: Found): void {
    if (!this.#began || process.outside) return
    const quiet = this.#options.quiet ?? NOTHING_QUIET
    if (isNothing(found.target)) return
    const watcher = isOurs(found.target, quiet.ours) || found.other !== undefined && isOurs(found.other, quiet.ours)
    if (watcher && isHooksOwn(found, process, { ours: quiet.ours as Ours, appends: appends === true, tid: call.tid })) return
    const error = call.result.startsWith('-1 ') ? /^-1 ([A-Z][A-Z0-9]{1,30})\b/.exec(call.result)?.[1] : undefined
    const injected = call.result.endsWith(' (INJECTED)') && found.kind !== 'sleep'
    if (found.kind === 'read' && !watcher && isBoring(found.target, quiet, error === undefined)) return
    const act: Act = {
      ...found, target: kept(found.target), ...(found.other === undefined ? {} : { other: kept(found.other) }), at: call.at - (this.#begin ?? 0), pid: process.pid, done: error === undefined && !injected && !call.open || error === 'EINPROGRESS',
      ...(error === undefined || error === 'EINPROGRESS' ? {} : { error }), seen: ['call'], by: null,
      ...(watcher ? { watcher: true as const } : {}),
    }
    if (found.kind === 'exec') return this.#executed(act, process)
    if (found.kind === 'resolve' && this.#again(act)) return
    if (route) return void (this.#routes.length < MOST_ROUTES && this.#routes.push(act))
    this.#keep(act, process)
  }

  /** Shells try each folder of PATH: failures count only where no success follows. */
  #executed(act: Act, process: Live): void {
    if (act.error === 'ENOENT' && this.#tried.size < MOST_PROCESSES) return void this.#tried.set(process, act)
    this.#tried.delete(process)
    this.#keep(act, process)
  }

  #again({ pid, target, at }: Act): boolean {
    const key = `${pid} ${target}`
    const before = this.#asked.get(key)
    if (this.#asked.size > MOST_ROUTES) this.#asked.clear()
    this.#asked.set(key, at)
    return before !== undefined && at - before < BOTH_FAMILIES
  }

  #keep(act: Act, process?: Live): void {
    if (!this.#budget.admits(act)) return
    this.#acts.push(act)
    if (process) this.#options.onAct?.(act, toProcess(process, this.#begin ?? 0))
  }

  /** A parent hears how its child ended also where the child's own last line is missing. */
  #signal(text: string, at: number): void {
    const child = /^SIGCHLD \{si_signo=SIGCHLD, si_code=CLD_(EXITED|KILLED|DUMPED), si_pid=(\d{1,10}), si_uid=\d+, si_status=(\w{1,16})[,}]/.exec(text)
    const process = child && this.#processes.byInner(Number(child[2]))
    if (!process || process.signal !== null || (process.ended !== null && process.exit !== null)) return
    process.ended ??= at
    if (child[1] === 'EXITED') process.exit ??= Number(child[3])
    else process.signal = child[3] as string
  }
}

/**
 * Programs load hooks, which read their key, once in each thread that loads them, and open their log for appending. Whoever did not load
 * them has no business there.
 */
function isHooksOwn({ kind, target }: Pick<Act, 'kind' | 'target'>, process: Live, { ours, appends, tid }: { ours: Ours; appends: boolean; tid: number }): boolean {
  if (kind === 'read' && target !== ours.log && target !== ours.key) {
    process.hooked ||= /\.(?:cjs|pyc?)$/.test(target) && !READERS.test(process.program)
    return true
  }
  if (!process.hooked) return false
  if (kind === 'write') return target === ours.log && appends
  if (kind !== 'read' || target !== ours.key || !process.readers || process.readers.has(tid)) return false
  process.readers.add(tid)
  return true
}

/** They read whatever they are told to, and load nothing. A script is called by its own name here, so that interpreters cannot be told by theirs. */
const READERS = /\/(?:(?:ba|da|z|k|c|tc|fi)?sh|cat|tac|head|tail|dd|cp|mv|tar|gzip|od|xxd|hexdump|base(?:32|64)|strings|sed|e?grep|[gmn]?awk|cut|sort|tee|less|more|find|xargs|busybox|perl|ruby|php|lua|curl|wget|rsync)$/

const exitCode = (args: string): number | null => {
  const code = /^\d{1,10}/.exec(args)?.[0]
  return code === undefined ? null : Number(code) & 255
}

const isThread = (args: string): boolean => /\bCLONE_THREAD\b/.test(args)

function isCommand(argv: readonly string[], command: readonly string[] | undefined): boolean {
  return command !== undefined && argv.length === Math.min(command.length, 1024)
    && argv.every((part, i) => part === command[i] || (part.length >= 256 && (command[i] as string).startsWith(part)))
}
