import type { EcosystemId } from '../core/types.ts'
import { Buckets } from './buckets.ts'
import { keysOf } from './keys.ts'
import type { Keys } from './keys.ts'
import type { Protected } from './kinds.ts'
import { Pack } from './pack.ts'
import { apart, partsOf } from './parts.ts'
import type { Parts } from './parts.ts'

/** Of one bucket no more are looked at: the first are the most popular. */
const DEEP = 24
/** Of one name no more are looked at, however it was chosen. */
const MOST = 1_000

/** An unchanging index over some names. What it proposes has to be checked: it answers too much rather than too little. */
export class Segment {
  readonly #ecosystem: EcosystemId
  readonly #pack: Pack
  readonly #names: Buckets
  readonly #holders: Buckets
  /** The first name of each holder, and the holders by number. */
  readonly #held = new Map<string, number>()
  readonly #holderNames: readonly string[]

  constructor(ecosystem: EcosystemId, names: Iterable<Protected>) {
    this.#ecosystem = ecosystem
    this.#pack = new Pack()
    for (const one of names) {
      const parts = partsOf(ecosystem, one.name)
      if (parts !== null) this.#pack.add(parts.name === one.name ? one : { ...one, name: parts.name })
    }
    const order = this.#pack.order()
    this.#names = Buckets.build(order, (item) => {
      const parts = this.#parts(item)
      if (parts.holder !== null && !this.#held.has(parts.holder)) this.#held.set(parts.holder, item)
      return keysOf(parts)
    }, order.length * 20)
    this.#holderNames = [...this.#held.keys()]
    this.#holders = Buckets.build(this.#holderNames.keys(), (at) => keysOf(holderParts(ecosystem, this.#holderNames[at] ?? '')), this.#held.size * 20)
  }

  get size(): number {
    return this.#pack.size
  }

  find(name: string): Protected | null {
    return this.#pack.find(name)
  }

  *names(): Generator<Protected> {
    for (let item = 0; item < this.#pack.size; item++) yield this.#pack.get(item)
  }

  /** What may be imitated by a name with these keys, the most popular of each key first. */
  candidates(asked: Keys, visit: (candidate: Parts, form: number, whole: () => Protected) => void): void {
    propose(this.#names, asked, (item, form) => visit(this.#parts(item), form, () => this.#pack.get(item)))
  }

  /** Holders whose name a holder's may imitate, each with the best known name it holds. */
  holders(asked: Keys, holder: string, visit: (holder: string, known: Protected) => void): void {
    propose(this.#holders, asked, (at) => {
      const found = this.#holderNames[at]
      const known = found === undefined || found === holder ? null : this.heldBy(found)
      if (found !== undefined && known !== null) visit(found, known)
    })
  }

  /** The best known name that a holder holds. */
  heldBy(holder: string): Protected | null {
    const item = this.#held.get(holder)
    return item === undefined ? null : this.#pack.get(item)
  }

  #parts(item: number): Parts {
    return apart(this.#ecosystem, this.#pack.name(item))
  }
}

/** What lies in the buckets of a name, with the form that it is said to share; once for each form. */
function propose(buckets: Buckets, { keys, forms }: Keys, visit: (item: number, form: number) => void): void {
  const seen = new Set<number>()
  for (let at = 0; at < keys.length; at++) {
    const form = forms[at] as number
    for (const item of buckets.read(keys[at] as number, DEEP)) {
      const once = item * FORMS + form
      if (seen.has(once)) continue
      if (seen.size >= MOST) return
      seen.add(once)
      visit(item, form)
    }
  }
}

const FORMS = 8

export const holderParts = (ecosystem: EcosystemId, holder: string): Parts => ({ ecosystem, name: holder, elements: holder.split('/'), holder: null })
