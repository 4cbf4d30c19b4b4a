import { joined, readLine } from './lines.ts'
import type { Call, Ending } from './lines.ts'

export interface Listener {
  /** A call that will come back later: what a new thread needs to know of its maker. */
  begun?(tid: number, name: string, args: string): void
  call(call: Call): void
  ending?(ending: Ending): void
  /** `SIGCHLD {si_signo=SIGCHLD, …}`. */
  signal?(tid: number, at: number, text: string): void
}

/** argv alone may take 1,024 arguments of 4,096 bytes, four characters each. */
const LONGEST_LINE = 20 * 1024 * 1024

/** Threads that wait in a call at once; more than a machine has are no honest trace. */
const MOST_OPEN = 100_000

/**
 * Reads a trace as it grows, in pieces of any size. Linear in what it is given; keeps no more than one line and one begun call a
 * thread. What cannot be read is counted in `unreadable`, never thrown.
 */
export class StraceReader {
  readonly #listener: Listener
  readonly #begun = new Map<number, { tid: number; at: number; name: string; args: string }>()
  /** Programs executed by a thread other than the first: the call comes back under another number. */
  readonly #moved = new Map<number, { tid: number; at: number; name: string; args: string }>()
  #rest = ''
  #skipping = false
  lines = 0
  unreadable = 0

  constructor(listener: Listener) {
    this.#listener = listener
  }

  push(chunk: Uint8Array): void {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1')
    let from = 0
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
      const piece = text.slice(from, end)
      from = end + 1
      if (this.#skipping) this.#skipping = false
      else this.#line(this.#rest === '' ? piece : this.#rest + piece)
      this.#rest = ''
    }
    if (this.#skipping) return
    this.#rest += text.slice(from)
    if (this.#rest.length > LONGEST_LINE) {
      this.#unreadable()
      this.#rest = ''
      this.#skipping = true
    }
  }

  /** The trace is over: a last line without an end is cut, and calls that never came back are told as such. */
  end(): void {
    if (this.#rest !== '' && !this.#skipping) this.#line(this.#rest)
    this.#rest = ''
    for (const begun of [...this.#begun.values(), ...this.#moved.values()]) this.#listener.call({ ...begun, result: '?', open: true })
    this.#begun.clear()
    this.#moved.clear()
  }

  #unreadable(): void {
    this.lines++
    this.unreadable++
  }

  #line(line: string): void {
    if (line === '') return
    const read = readLine(line)
    if (read === null) return this.#unreadable()
    this.lines++
    switch (read.what) {
      case 'call': return this.#listener.call(read.call)
      case 'begun':
        if (this.#begun.size < MOST_OPEN) this.#begun.set(read.tid, read)
        else this.unreadable++
        return this.#listener.begun?.(read.tid, read.name, read.args)
      case 'resumed': return this.#resumed(read)
      case 'moved':
        if (this.#moved.size < MOST_OPEN) this.#moved.set(read.to, read)
        else this.unreadable++
        return
      case 'ending': return this.#ended(read.ending)
      case 'signal': return this.#listener.signal?.(read.tid, read.at, read.text)
    }
  }

  #resumed({ tid, name, rest }: { tid: number; name: string; rest: string }): void {
    const moved = name.startsWith('exec') ? this.#moved.get(tid) : undefined
    if (moved) {
      // With --seccomp-bpf, strace 6.1 prints a nonsensical errno where such an exec succeeded: the old threads are gone, so it did.
      this.#moved.delete(tid)
      return this.#listener.call({ tid, at: moved.at, name: moved.name, args: moved.args, result: '0', open: false })
    }
    const begun = this.#begun.get(tid)
    this.#begun.delete(tid)
    const call = begun?.name === name ? joined(begun, rest) : null
    if (call) this.#listener.call(call)
    else this.unreadable++
  }

  #ended(ending: Ending): void {
    const begun = this.#begun.get(ending.tid)
    if (begun && ending.what !== 'superseded') {
      this.#begun.delete(ending.tid)
      this.#listener.call({ ...begun, result: '?', open: true })
    }
    this.#listener.ending?.(ending)
  }
}
