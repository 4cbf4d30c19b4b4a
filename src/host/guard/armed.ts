import type { Act } from '../../tracing/act.ts'
import { LONGEST } from '../watch/script.ts'
import type { Followed, Listener } from '../watch/followed.ts'

/** Lets through what happens from the moment on at which the command itself is executed: what sets it up is ours, and no news. */
export class Armed implements Listener {
  readonly #next: Listener
  readonly #command: readonly string[]
  #root: Followed | null = null
  #since = 0

  constructor(next: Listener, command: readonly string[]) {
    this.#next = next
    this.#command = command
  }

  /** The process that is the command; null: it has not begun. */
  get root(): Followed | null {
    return this.#root
  }

  process(process: Followed): void {
    if (this.#isOurs(process)) this.#next.process(process)
  }

  act(act: Act, by: Followed): void {
    if (this.#root === null && act.kind === 'exec' && this.#isCommand(act.argv ?? [])) {
      this.#root = by
      this.#since = act.at
      this.#next.process(by)
    }
    // What is told late may have been before.
    if (this.#isOurs(by) && act.at >= this.#since) this.#next.act(act, by)
  }

  ended(process: Followed): void {
    if (this.#isOurs(process)) this.#next.ended?.(process)
  }

  lost(count: number, why: string): void {
    this.#next.lost(count, why)
  }

  died(why: string): void {
    this.#next.died(why)
  }

  /** Children of what sets up the command end before it begins; whatever is seen later belongs to it. */
  #isOurs(process: Followed): boolean {
    return this.#root !== null && (process === this.#root || process.started >= this.#root.started)
  }

  /** What the kernel was told; ten arguments of 199 bytes are all that may be known of it. */
  #isCommand(argv: readonly string[]): boolean {
    const same = (one: string, told: string | undefined): boolean => told !== undefined && (one === told || (Buffer.byteLength(one) >= LONGEST - 1 && told.startsWith(one)))
    return argv.length > 0 && argv.length >= Math.min(10, this.#command.length) && argv.every((one, index) => same(one, this.#command[index]))
  }
}
