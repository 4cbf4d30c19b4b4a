import type { Process } from './act.ts'

/** A process while it is followed. */
export interface Live extends Omit<Process, 'parent'> {
  /** As its own namespace numbers it. */
  inner: number
  /** The nearest ancestor that is recorded. */
  up: Live | null
  recorded: boolean
  /** It was there before what is watched began, or comes of one that was. */
  outside: boolean
  /** Whether it still has a thread. */
  alive: boolean
  /** Descriptors that are files in memory, and what they are called. */
  memory: ReadonlyMap<number, string>
  /** Where connected datagram sockets lead, by descriptor. */
  peers: ReadonlyMap<number, string>
  /** How often it executed something. */
  execs: number
  /** It loaded the watcher's hooks, and so has their log open and read what they sign with. */
  hooked: boolean
  /** Threads that have read what hooks sign with: each that loads them does so once. null: a fork, which goes on with what was read. */
  readers: Set<number> | null
}

/** Numbers come round again; the second owner of one gets this much added, which no kernel gives out itself (PID_MAX_LIMIT is 2^22). */
const ROUND = 1 << 22

const MOST_DESCRIPTORS = 64

/** Who descends from whom, threads counted as their process. */
export class Processes {
  readonly #threads = new Map<number, Live>()
  readonly #rounds = new Map<number, number>()
  readonly #inner = new Map<number, Live>()
  #all: Live[] = []
  readonly #most: number
  dropped = 0

  constructor(most: number) {
    this.#most = most
  }

  of(tid: number): Live | undefined {
    return this.#threads.get(tid)
  }

  /** A process whose maker is not known, or was not watched. */
  root(tid: number, at: number): Live {
    const known = this.#threads.get(tid)
    if (known) return known
    return this.#add(tid, {
      pid: this.#unique(tid), inner: tid, up: null, recorded: true, outside: false, argv: [], program: '', cwd: null, started: at, ended: null, exit: null, signal: null,
      alive: true, memory: new Map(), peers: new Map(), execs: 0, hooked: false, readers: new Set(),
    })
  }

  /** What a thread made, when its `clone` came back. */
  child(of: Live, made: { inner: number; outer: number }, options: { thread: boolean; at: number }): Live {
    if (options.thread) {
      this.#threads.set(made.outer, of)
      return of
    }
    const { argv, program, cwd, memory, peers, outside, hooked } = of
    return this.#add(made.outer, {
      pid: this.#unique(made.outer), inner: made.inner, up: of.recorded ? of : of.up, recorded: true, outside, argv, program, cwd, started: options.at, ended: null, exit: null, signal: null,
      alive: true, memory, peers, execs: 0, hooked, readers: null,
    })
  }

  /** A thread is over; its process is when its leader is. */
  ended(tid: number, at: number, { exit, signal }: { exit: number | null; signal: string | null }): void {
    const process = this.#threads.get(tid)
    if (!process) return
    this.#threads.delete(tid)
    process.readers?.delete(tid)
    if (process.pid % ROUND !== tid) return
    process.ended ??= at
    process.exit ??= exit
    process.signal ??= signal
    process.alive = false
  }

  /** By its number in its own namespace: the latest that had it. */
  byInner(inner: number): Live | undefined {
    return this.#inner.get(inner)
  }

  /** Forgets all that was before this one, which has no parent from now on. */
  beginWith(first: Live): void {
    for (const other of this.#threads.values()) other.outside = other !== first
    first.up = null
    first.recorded = true
    this.#all = [first]
    this.#inner.clear()
    this.#inner.set(first.inner, first)
  }

  /** Its number inside, where it was known before its maker heard it. */
  renumber(process: Live, inner: number): void {
    process.inner = inner
    if (process.recorded) this.#inner.set(inner, process)
  }

  /** `exit_group`: the whole process ends, whatever its threads still say. */
  exits(tid: number, at: number, code: number | null): void {
    const process = this.#threads.get(tid)
    if (!process) return
    process.exit = code
    process.ended = at
    process.alive = false
  }

  list(): readonly Live[] {
    return this.#all
  }

  static remember(map: ReadonlyMap<number, string>, fd: number, what: string): ReadonlyMap<number, string> {
    return map.size >= MOST_DESCRIPTORS && !map.has(fd) ? map : new Map(map).set(fd, what)
  }

  #add(tid: number, process: Live): Live {
    this.#threads.set(tid, process)
    if (process.outside) return process
    process.recorded = this.#all.length < this.#most
    if (!process.recorded) this.dropped++
    else {
      this.#all.push(process)
      this.#inner.set(process.inner, process)
    }
    return process
  }

  #unique(tid: number): number {
    const round = this.#rounds.get(tid) ?? 0
    this.#rounds.set(tid, round + 1)
    return tid + round * ROUND
  }
}

/** As records have it. */
export function toProcess({ pid, up, argv, program, cwd, started, ended, exit, signal }: Live, begin: number): Process {
  return { pid, parent: up?.pid ?? null, argv, program, cwd, started: started - begin, ended: ended === null ? null : ended - begin, exit, signal }
}
