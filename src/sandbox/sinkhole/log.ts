import { createHash, type Hash } from 'node:crypto'
import type { SinkholeLimits } from './options.ts'
import { SAMPLE_BYTES, type Seen, type SeenBody } from './seen.ts'

/** Of lines, each with and without secrets: none takes the room of another. */
const KINDS = 10

/** Writes what was seen, up to a limit; counts what it had to leave out, and says so when it is asked to settle. */
export class SeenLog {
  readonly #write: (line: string) => void
  readonly #limits: SinkholeLimits
  readonly #written = new Map<string, { lines: number; bytes: number }>()
  readonly #lost = new Map<string, number>()
  readonly #told = new Map<string, number>()
  /** Of bodies that are being kept at the moment. */
  held = 0

  constructor(write: (line: string) => void, limits: SinkholeLimits) {
    this.#write = write
    this.#limits = limits
  }

  /** What found a planted secret has a limit of its own, so that nobody can flood it away. */
  add(seen: Seen): void {
    const kind = 'honey' in seen && seen.honey.length > 0 ? `${seen.kind} with secrets` : seen.kind
    const written = this.#written.get(kind) ?? { lines: 0, bytes: 0 }
    this.#written.set(kind, written)
    const line = `${JSON.stringify(seen)}\n`
    if (written.lines >= this.#limits.lines || written.bytes + line.length > this.#limits.seenBytes / KINDS) {
      this.lose(`lines of ${kind}`)
      return
    }
    written.lines++
    written.bytes += line.length
    this.#write(line)
  }

  lose(what: string, count = 1): void {
    this.#lost.set(what, (this.#lost.get(what) ?? 0) + count)
  }

  /** One line for everything that was left out since the last time. */
  settle(): void {
    for (const [what, count] of this.#lost) {
      const since = count - (this.#told.get(what) ?? 0)
      if (since > 0) this.#write(`${JSON.stringify({ kind: 'lost', at: Date.now(), what, count: since } satisfies Seen)}\n`)
      this.#told.set(what, count)
    }
  }

  /** What was left out so far, for people. */
  cut(): string[] {
    return [...this.#lost].map(([what, count]) => `${what}: ${count} more`)
  }

  tap(): Tap {
    return new Tap(this, this.#limits)
  }
}

/** Takes bytes that come in: all are counted and hashed, the beginning is kept. */
export class Tap {
  readonly #log: SeenLog
  readonly #limits: SinkholeLimits
  readonly #hash: Hash = createHash('sha256')
  #kept = Buffer.alloc(0)
  #keptBytes = 0
  size = 0

  constructor(log: SeenLog, limits: SinkholeLimits) {
    this.#log = log
    this.#limits = limits
  }

  take(bytes: Buffer): void {
    this.size += bytes.length
    this.#hash.update(bytes)
    const room = Math.min(this.#limits.bodyBytes - this.#keptBytes, this.#limits.heldBytes - this.#log.held, bytes.length)
    if (room < bytes.length) this.#log.lose('bytes of bodies not searched', bytes.length - Math.max(0, room))
    if (room <= 0) return
    this.#grow(this.#keptBytes + room)
    bytes.copy(this.#kept, this.#keptBytes, 0, room)
    this.#keptBytes += room
    this.#log.held += room
  }

  kept(): Buffer {
    return this.#kept.subarray(0, this.#keptBytes)
  }

  /** To be called once. `sample` stands for the beginning where it says more than the bytes themselves. */
  close(sample?: Buffer): SeenBody {
    const text = (sample ?? this.kept()).subarray(0, SAMPLE_BYTES).toString('base64')
    this.#log.held -= this.#keptBytes
    this.#kept = Buffer.alloc(0)
    this.#keptBytes = 0
    return { size: this.size, sha256: this.#hash.digest('hex'), sample: text }
  }

  /** Doubling: bytes that drip in one by one cost no more than others. */
  #grow(needs: number): void {
    if (needs <= this.#kept.length) return
    const larger = Buffer.allocUnsafe(Math.max(1_024, needs, this.#kept.length * 2))
    this.#kept.copy(larger, 0, 0, this.#keptBytes)
    this.#kept = larger
  }
}
