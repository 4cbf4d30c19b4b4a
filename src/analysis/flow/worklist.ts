import type { Desk } from '../desk.ts'
import { NOWHERE, nothing } from './tree.ts'
import type { Node } from './tree.ts'
import { Scope } from './value.ts'
import type { Cell, Reader, Value } from './value.ts'

const STEPS = 60_000_000
/** From here on, code is only walked for the first time: everything is read, but not again for what is learnt later. */
const AGAIN_UNTIL = 2_000_000
const AGAIN = 4
const CALLS = 40

/** A function's body or a file's top level, as it is walked. */
export interface Stretch {
  body: readonly Node[]
  scope: Scope
  returns: Cell | null
  walked: boolean
  /** What its last statement was worth. */
  last?: Value
  /** What led to it first; the desk knows what that means. Null only outside of all code. */
  cause: unknown
}

/** A statement of a stretch: what it reads is known, so that it alone is walked again. Variables know no order. */
export interface Part extends Reader {
  statement: Node
  of: Stretch
  times: number
}

const part = (statement: Node, of: Stretch): Part => ({ stale: false, statement, of, times: 0 })

/**
 * Which statements are walked, and again when something they read has changed, a few times at most; and what was spent on it.
 * `evaluate` walks one.
 */
export class Worklist {
  readonly #desk: Desk
  readonly #evaluate: (statement: Node, scope: Scope, returns: Cell | null) => Value
  #stale: Part[] = []
  #calls = 0
  /** The statement at hand: it is told when what it reads changes. */
  current: Part = part(nothing(NOWHERE), { body: [], scope: new Scope(null, {}), returns: null, walked: true, cause: null })
  /** One for each node that is looked at, and for what costs as much. */
  steps = 0
  /** How deep in the statement at hand. */
  depth = 0

  constructor(desk: Desk, evaluate: (statement: Node, scope: Scope, returns: Cell | null) => Value) {
    this.#desk = desk
    this.#evaluate = evaluate
  }

  get spent(): boolean {
    return this.steps > STEPS
  }

  /** Statements are being walked for the sake of too many others. */
  get crowded(): boolean {
    return this.#calls > CALLS
  }

  /** Walks again what has changed, until nothing has. */
  settle(): void {
    while (this.#stale.length > 0) {
      const wave = this.#stale
      let done = 0
      this.#stale = []
      try {
        for (const next of wave) {
          done++
          next.stale = false
          if (next.times < AGAIN) this.#step(next)
        }
      } finally {
        // Nesting that is too deep ends one statement, not those that wait.
        if (done < wave.length) this.#stale = [...wave.slice(done), ...this.#stale]
      }
    }
  }

  /** Chains of calls may be as long as the code: the far end is walked later. */
  walkOrWait(stretch: Stretch): void {
    if (this.#calls < CALLS) this.walk(stretch)
    else {
      stretch.walked = true
      for (const statement of stretch.body) this.again(part(statement, stretch))
    }
  }

  walk(stretch: Stretch): void {
    stretch.walked = true
    for (const statement of stretch.body) this.#step(part(statement, stretch))
  }

  again(one: Part): void {
    if (one.stale || one.of.cause === null || (one.times > 0 && this.steps > AGAIN_UNTIL)) return
    one.stale = true
    this.#stale.push(one)
  }

  #step(one: Part): void {
    const before = this.current
    const { depth } = this
    this.current = one
    one.times++
    this.#calls++
    this.depth = 0
    this.#desk.because(one.of.cause)
    try {
      one.of.last = this.#evaluate(one.statement, one.of.scope, one.of.returns)
    } finally {
      this.current = before
      this.#calls--
      this.depth = depth
      if (before.of.cause !== null) this.#desk.because(before.of.cause)
    }
  }
}
