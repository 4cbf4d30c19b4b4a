import { isAbsolute, normalize, resolve } from 'node:path'
import type { Act } from '../../tracing/act.ts'
import type { Followed, Listener } from './followed.ts'
import type { ExecSeen, FileSeen, Observation, OtherSeen, Sink } from './observation.ts'
import { Attribution } from './attribution.ts'
import type { Proc } from './proc.ts'

export interface TreeOptions {
  listener: Listener
  proc: Proc
  /** Processes that are known at once; those that ended are forgotten first. */
  most?: number
}

const MOST = 50_000
const NAMES = 4_096
/** Numbers come round again; the second owner of one gets this much added, which no kernel gives out itself (PID_MAX_LIMIT is 2^22). */
const ROUND = 1 << 22

/**
 * Makes processes and acts out of what an engine sees: who descends from whom, where relative paths lead, what an address was
 * resolved from, whose package a process runs. Takes observations of children before their parents'.
 */
export class Tree implements Sink {
  readonly #processes = new Map<number, Followed>()
  readonly #rounds = new Map<number, number>()
  readonly #names = new Map<string, string>()
  readonly #listener: Listener
  readonly #proc: Proc
  readonly #attribution: Attribution
  readonly #most: number
  readonly #nameServers: ReadonlySet<string>
  #dropped = 0

  constructor({ listener, proc, most = MOST }: TreeOptions) {
    this.#listener = listener
    this.#proc = proc
    this.#attribution = new Attribution(proc)
    this.#most = most
    this.#nameServers = new Set(proc.nameServers())
  }

  /** The process a tree begins with. */
  root(kernel: number, at: number, folder: string | null): Followed {
    const process = this.#processes.get(kernel) ?? this.#add(kernel, null, at)
    process.cwd ??= folder
    return process
  }

  /** By the kernel's number. */
  of(kernel: number): Followed | undefined {
    return this.#processes.get(kernel)
  }

  /** Those that have not ended. */
  living(): Followed[] {
    return [...this.#processes.values()].filter(({ ended }) => ended === null)
  }

  /** An address was found to be what a name stands for. */
  named(address: string, name: string): void {
    if (this.#names.size >= NAMES) this.#names.delete(this.#names.keys().next().value as string)
    this.#names.set(address, name)
  }

  see(seen: Observation): void {
    switch (seen.what) {
      case 'fork': return this.#fork(seen.child, this.#find(seen.pid, seen.at), seen.at)
      case 'exec': return this.#exec(this.#find(seen.pid, seen.at), seen)
      case 'exit': return this.#exit(seen)
      case 'folder': {
        const process = this.#find(seen.pid, seen.at)
        if (seen.path !== null) process.cwd = seen.path.startsWith('/proc/') ? this.#proc.folder(seen.pid) ?? process.cwd : this.#absolute(process, seen.path)
        return
      }
      case 'file': return this.#file(this.#find(seen.pid, seen.at), seen)
      case 'act': return this.#other(this.#find(seen.pid, seen.at), seen)
    }
  }

  lost(count: number, why: string): void {
    this.#listener.lost(count, why)
  }

  died(why: string): void {
    this.#listener.died(why)
  }

  #find(kernel: number, at: number): Followed {
    return this.#processes.get(kernel) ?? this.#add(kernel, null, at)
  }

  #add(kernel: number, up: Followed | null, at: number): Followed {
    if (this.#processes.size >= this.#most) this.#forget()
    const round = this.#rounds.get(kernel) ?? 0
    if (this.#rounds.size > this.#most * 4) this.#rounds.clear()
    this.#rounds.set(kernel, round + 1)
    const process: Followed = {
      pid: kernel + round * ROUND, kernel, up, parent: up?.pid ?? null, argv: up?.argv ?? [], program: up?.program ?? '', cwd: up?.cwd ?? this.#proc.folder(kernel),
      started: at, ended: null, exit: null, signal: null, package: up?.package ?? null, place: up?.place ?? null, lifecycle: up?.lifecycle ?? null,
    }
    this.#processes.set(kernel, process)
    return process
  }

  /** The oldest tenth goes, ended or not: memory is bounded whatever forks. */
  #forget(): void {
    let left = Math.ceil(this.#most / 10)
    for (const wanted of [true, false]) {
      for (const [kernel, { ended }] of this.#processes) {
        if (left <= 0) break
        if ((ended !== null) !== wanted) continue
        this.#processes.delete(kernel)
        left--
        if (!wanted) this.#dropped++
      }
    }
    if (this.#dropped > 0) this.#listener.lost(this.#dropped, 'more processes at once than are followed')
    this.#dropped = 0
  }

  #fork(child: number, up: Followed, at: number): void {
    const known = this.#processes.get(child)
    if (known === undefined || known.ended !== null) {
      this.#listener.process(this.#add(child, up, at))
      return
    }
    // Seen before its maker was: it gets what it would have begun with.
    if (known.up !== null || known === up) return
    known.up = up
    known.parent = up.pid
    known.cwd ??= up.cwd
    if (known.argv.length === 0) [known.argv, known.program] = [up.argv, up.program]
    if (known.package === null) [known.package, known.place, known.lifecycle] = [up.package, up.place, known.lifecycle ?? up.lifecycle]
  }

  #exec(process: Followed, { at, program, argv, told }: ExecSeen): void {
    const now = this.#proc.argv(process.kernel)
    process.program = this.#absolute(process, program)
    // What the kernel was told counts; /proc, which the process can rewrite, only where it goes on the same way or nothing else is known.
    const goesOn = now !== null && now.length >= argv.length && argv.every((one, index) => now[index] === one || (one.length >= 199 && now[index]?.startsWith(one) === true))
    process.argv = argv.length === 0 || goesOn ? now ?? argv : argv
    this.#attribution.settle(process, told)
    this.#listener.process(process)
    this.#listener.act({ kind: 'exec', at, pid: process.pid, target: process.program, argv: process.argv, done: true, seen: ['call'], by: null }, process)
    if (/(?:^|\/)memfd:|^\/proc\/(?:self|\d+)\/fd\/|^\/dev\/fd\//.test(program)) {
      this.#listener.act({ kind: 'memory', at, pid: process.pid, target: program, done: true, seen: ['call'], by: null }, process)
    }
  }

  #exit({ pid, at, exit, signal }: Extract<Observation, { what: 'exit' }>): void {
    const process = this.#processes.get(pid)
    if (process === undefined || process.ended !== null) return
    process.ended = at
    process.exit = exit
    process.signal = signal
    this.#listener.ended?.(process)
  }

  #file(process: Followed, { at, kind, folder, path, other, cut, error }: FileSeen): void {
    const target = this.#absolute(process, path, folder) + (cut ? '…' : '')
    this.#listener.act({
      kind, at, pid: process.pid, target, done: error === null, seen: ['call'], by: null,
      ...(error === null ? {} : { error }), ...(other === undefined ? {} : { other: this.#absolute(process, other) }),
    }, process)
  }

  #other(process: Followed, { at, kind, target, name, bytes, error }: OtherSeen): void {
    // Asking the machine's own name servers is told as the name that is asked for.
    if ((kind === 'connect' || kind === 'send') && this.#isNameServer(target)) return
    const of = kind === 'connect' || kind === 'send' ? this.#names.get(addressOnly(target)) : name
    const act: Act = {
      kind, at, pid: process.pid, target, done: error === null, seen: ['call'], by: null,
      ...(error === null ? {} : { error }), ...(of === undefined ? {} : { name: of }), ...(bytes === undefined ? {} : { bytes }),
    }
    this.#listener.act(act, process)
  }

  #isNameServer(target: string): boolean {
    return target.endsWith(':53') && this.#nameServers.has(addressOnly(target))
  }

  #absolute(process: Followed, path: string, folder: number | null = null): string {
    if (isAbsolute(path)) return normalize(path)
    const base = folder === null ? process.cwd : this.#proc.descriptor(process.kernel, folder)
    return base === null ? path : resolve(base, path)
  }
}

const addressOnly = (target: string): string => target.slice(0, target.lastIndexOf(':')).replace(/^\[(.*)\]$/, '$1')
