import { UNKNOWN_FIELD } from '../constant.ts'
import type { Bindings, Constant } from '../constant.ts'

/** How a statement ended: `break`, `continue` and `return` go on outwards until somebody takes them. */
export const NEXT = 0
export const BREAK = 1
export const CONTINUE = 2
export const RETURN = 3
export type Signal = typeof NEXT | typeof BREAK | typeof CONTINUE | typeof RETURN

/** One run of a function, or of the top level of a unit. */
export class Frame {
  scope: Bindings
  readonly args: readonly (Constant | undefined)[]
  readonly self: Constant | undefined
  signal: Signal = NEXT
  /** The label that a `break` or `continue` names. */
  label: string | null = null
  result: Constant | undefined
  /** It may have returned before, with something else. */
  doubtful = false
  /** The loop at hand may have been left. */
  loopDoubtful = false
  /** What a generator has given so far; undefined items make the whole unknown. */
  yields: (Constant | undefined)[] | null = null
  #arguments: Map<string, Constant> | null = null

  constructor(scope: Bindings, args: readonly (Constant | undefined)[], self: Constant | undefined) {
    this.scope = scope
    this.args = args
    this.self = self
  }

  /** Whoever a `break` or `continue` was meant for has taken it. */
  arrive(): void {
    this.signal = NEXT
    this.label = null
  }

  /** JavaScript's `arguments`: a record, because code keeps all kinds of things in it. */
  get arguments(): Map<string, Constant> {
    this.#arguments ??= new Map<string, Constant>([...this.args.map((arg, index) => [String(index), arg ?? UNKNOWN_FIELD] as const), ['length', this.args.length]])
    return this.#arguments
  }
}

/** Thrown when the steps are used up: so often that a stack trace each time would cost more than the steps. */
const SPENT = new Error('no steps are left')

/** Steps left, shared by everything that is run; a window gives some of them to one piece of work. */
export class Budget {
  #left: number
  /** Characters, and eight for each item, that may still be made: what was thrown away since counts as well. */
  #room = 128_000_000
  constructor(steps: number) {
    this.#left = steps
  }

  get left(): number {
    return this.#left
  }

  spend(steps: number): void {
    if ((this.#left -= steps) < 0) throw SPENT
  }

  /** Pays for reading or copying this many characters or items. */
  pay(value: Constant | undefined): void {
    if (typeof value === 'string' || value instanceof Uint8Array) this.spend(value.length >> 8)
    else if (Array.isArray(value)) this.spend(value.length >> 3)
    else if (value instanceof Map) this.spend(value.size >> 3)
  }

  /** Pays for what was made, and for the room it takes. */
  payNew(value: Constant | undefined): void {
    this.pay(value)
    if (typeof value === 'string' || value instanceof Uint8Array) this.#room -= value.length
    else if (Array.isArray(value)) this.#room -= 8 * value.length
    else if (value instanceof Map) this.#room -= 16 * value.size
    if (this.#room < 0) throw SPENT
  }

  /** Undefined when the window, or the stack, was too small for it. */
  within<T>(steps: number, work: () => T): T | undefined {
    const window = Math.max(0, Math.min(this.#left, Math.floor(steps)))
    const reserve = Math.max(0, this.#left) - window
    this.#left = window
    try {
      return work()
    } catch (thrown) {
      if (thrown === SPENT || thrown instanceof RangeError) return undefined
      throw thrown
    } finally {
      this.#left = Math.max(0, this.#left) + reserve
    }
  }
}
