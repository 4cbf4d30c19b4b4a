import type { Observation, Sink } from './observation.ts'
import { readBpfLine } from './bpf-line.ts'
import type { Read, Told } from './bpf-line.ts'
import { readDns } from './dns.ts'

export interface AssembleOptions {
  sink: Sink
  /** A DNS answer: an address, and the name it was given for. */
  named(address: string, name: string): void
  /** A process begins a tree; it and what it starts are followed from now on. */
  root(pid: number, at: number): void
}

const MOST_ARGUMENTS = 64
const MOST_PENDING = 10_000

/**
 * Lines of the bpftrace program, in the order of time, into observations: arguments and variables go to their exec, second names to their first,
 * exit codes to their exit, packets become names.
 */
export class Assembler {
  readonly #arguments = new Map<number, string[]>()
  readonly #told = new Map<number, Record<string, string>>()
  readonly #codes = new Map<number, number>()
  readonly #first = new Map<number, Extract<Observation, { what: 'file' }>>()
  readonly #asked = new Map<number, string>()
  readonly #options: AssembleOptions
  unreadable = 0

  constructor(options: AssembleOptions) {
    this.#options = options
  }

  take(read: Told): void {
    const { sink } = this.#options
    switch (read.what) {
      case 'root': return this.#options.root(read.pid, read.at)
      case 'argument': return this.#argument(read)
      case 'variable': return this.#variable(read)
      case 'code': return void bounded(this.#codes).set(read.pid, read.code)
      case 'second': return this.#second(read)
      case 'packet': return this.#packet(read)
      case 'exec': {
        const told = this.#told.get(read.pid)
        sink.see({ ...read, argv: this.#arguments.get(read.pid) ?? [], ...(told === undefined ? {} : { told }) })
        this.#arguments.delete(read.pid)
        this.#told.delete(read.pid)
        return
      }
      case 'exit': {
        sink.see({ ...read, exit: this.#codes.get(read.pid) ?? null })
        for (const map of [this.#arguments, this.#told, this.#codes, this.#first, this.#asked]) map.delete(read.pid)
        return
      }
      case 'file':
        if (read.kind === 'rename' || read.kind === 'link') return void bounded(this.#first).set(read.pid, read)
        return sink.see(read)
      default: return sink.see(read)
    }
  }

  /** The first one begins another try: of those along PATH only the last is executed. */
  #argument({ pid, index, text }: Extract<Told, { what: 'argument' }>): void {
    if (index === 0) {
      bounded(this.#arguments).set(pid, [text])
      this.#told.delete(pid)
    } else if (index < MOST_ARGUMENTS) this.#arguments.get(pid)?.push(text)
  }

  #variable({ pid, name, value }: Extract<Told, { what: 'variable' }>): void {
    const told = this.#told.get(pid) ?? {}
    told[name] ??= value
    if (!this.#told.has(pid)) bounded(this.#told).set(pid, told)
  }

  /** Links are told with what they lead to first; the act's target is the name that came to be. */
  #second({ pid, path, cut }: Extract<Told, { what: 'second' }>): void {
    const first = this.#first.get(pid)
    this.#first.delete(pid)
    if (first === undefined) return
    this.#options.sink.see(first.kind === 'link' ? { ...first, path, other: first.path, cut } : { ...first, other: path })
  }

  #packet({ pid, at, answer, bytes }: Extract<Told, { what: 'packet' }>): void {
    const seen = readDns(bytes)
    if (seen === null) return
    for (const address of seen.addresses) this.#options.named(address, seen.name)
    // A and AAAA are asked for one after the other.
    if (answer || this.#asked.get(pid) === seen.name) return
    bounded(this.#asked).set(pid, seen.name)
    this.#options.sink.see({ what: 'act', at, pid, kind: 'resolve', target: seen.name, error: null })
  }
}

/** What never comes to its end does not stay. */
function bounded<V>(map: Map<number, V>): Map<number, V> {
  if (map.size >= MOST_PENDING) map.delete(map.keys().next().value as number)
  return map
}

const WINDOW_MS = 15

/** Processors have buffers of their own, read one after another: brings lines back into the order of time. */
export class Sorter {
  #held: Told[] = []
  #newest = 0

  push(read: Told): void {
    this.#held.push(read)
    if (read.at > this.#newest) this.#newest = read.at
  }

  get size(): number {
    return this.#held.length
  }

  /** What is old enough to have nothing before it any more, as far as the window goes. */
  get old(): number {
    return this.#newest - WINDOW_MS
  }

  /** How many there are of those that are counted, and no older than `at`. */
  since(at: number): number {
    let count = 0
    for (const read of this.#held) if (read.at >= at && isCounted(read)) count++
    return count
  }

  /** What is not younger than `until`. */
  due(until: number): Told[] {
    const sorted = this.#held.sort((a, b) => a.at - b.at)
    const from = sorted.findIndex(({ at }) => at > until)
    this.#held = from < 0 ? [] : sorted.slice(from)
    return from < 0 ? sorted : sorted.slice(0, from)
  }
}

/** Whether the program in the kernel counts such a line; see script.ts. */
export const isCounted = ({ what }: Told): boolean => what !== 'argument' && what !== 'variable'

/** One line of `bpftrace -f json`; `read` null: one of the program's that says nothing to us. */
export type Output = { what: 'line'; read: Read | null } | { what: 'lost'; count: number } | null

export function readOutput(line: string): Output {
  try {
    const { type, data } = JSON.parse(line) as { type?: unknown; data?: unknown }
    if (type === 'printf') return { what: 'line', read: typeof data === 'string' ? readBpfLine(data) : null }
    const events = (data as { events?: unknown } | null)?.events
    return type === 'lost_events' ? { what: 'lost', count: typeof events === 'number' ? events : 1 } : null
  } catch {
    return line.startsWith('{"type": "printf"') ? { what: 'line', read: null } : null
  }
}
