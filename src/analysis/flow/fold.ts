import { Bindings, Closure, Outside, UNDEFINED } from './constant.ts'
import type { Constant, FoldLanguage } from './constant.ts'
import { Budget, Frame } from './fold/frame.ts'
import { Machine } from './fold/machine.ts'
import type { Func, Node } from './tree.ts'

export type { Constant } from './constant.ts'
export { stepsFor, worthwhile } from './fold/worthwhile.ts'

export interface FolderOptions {
  /** Steps for everything this folder runs; one is about one node, or 256 characters. */
  steps: number
  language: FoldLanguage
  /** What calling something outside gives, where `pure.ts` does not know. */
  refer?: (ref: string, args: readonly Constant[]) => Constant | undefined
}

/** Share of the steps that preparing may use, that one statement may use of those, and that a function nobody called may use. */
const PREPARING = 0.75
const STATEMENT = 0.75
const UNCALLED = 80_000

/**
 * Undoes obfuscators: runs code as far as it works on constants, with the operations of `pure.ts` and nothing else. Never throws;
 * bounded in steps, in the size of what it makes and in depth.
 */
export class Folder {
  readonly #budget: Budget
  readonly #machine: Machine
  readonly #top = new Bindings(null)

  constructor({ steps, language, refer }: FolderOptions) {
    this.#budget = new Budget(steps)
    this.#machine = new Machine({ budget: this.#budget, language, refer: refer ?? (() => undefined), top: this.#top })
  }

  /**
   * Runs what stands at the top level of a unit as far as it is pure; what is not known stays unknown, and makes what it is
   * mixed with or passed to unknown. Functions that nobody called are run once, with nothing known of what they are given. With the unit's `text`, functions have theirs.
   */
  prepare(body: readonly Node[], text: string | null = null): void {
    this.#machine.unit = text
    this.#budget.within(this.#budget.left * PREPARING, () => {
      const frame = new Frame(this.#top, [], undefined)
      for (const statement of body) {
        this.#budget.within(this.#budget.left * STATEMENT, () => this.#machine.attempt(() => this.#machine.evaluate(statement, frame)))
        frame.signal = 0
      }
      for (let closure = this.#machine.uncalled(); closure; closure = this.#machine.uncalled()) {
        const run = closure
        this.#budget.within(Math.max(UNCALLED, this.#budget.left / 16), () => this.#machine.attempt(() => this.#machine.wander(run)))
        if (this.#budget.left < UNCALLED / 10) break
      }
    })
  }

  /** Steps that are left. */
  get left(): number {
    return this.#budget.left
  }

  /** The constant that calling this function of the unit gives for these arguments; undefined when it is not known or would take too long. */
  call(func: Func, args: readonly Constant[]): Constant | undefined {
    const closure = this.#machine.closureOf(func) ?? new Closure(func, this.#top)
    return told(this.#budget.within(this.#budget.left * STATEMENT, () => this.#machine.attempt(() => this.#machine.invoke(closure, args))))
  }

  /** What an expression was worth, when it was worth exactly one constant in everything that was run. Calls, joins and members are kept. */
  worth(node: Node): Constant | undefined {
    return told(this.#machine.worth(node))
  }
}

/** What is of use outside: `undefined` and functions of others are not. */
const told = (value: Constant | undefined): Constant | undefined => (value === UNDEFINED || value instanceof Outside ? undefined : value)
