import type { WorkClass } from './work.ts'

/** Packages of one class and crowd that wait. */
export interface Crowd {
  class: WorkClass
  crowd: string
  left: number
  since: number
  /** When it last had a turn; 0: never. */
  served: number
}

/** Of each eight turns, how many a class has where all of them wait: urgent ones first, none starves. */
const TURNS: readonly WorkClass[] = [0, 1, 0, 2, 1, 0, 2, 3]

/** Whose turns are next, `from` this place in the order of classes on. Within a class every crowd has one before any has another. */
export function chooseTurns(waiting: readonly Crowd[], count: number, from: number): { turns: Crowd[]; next: number } {
  const rounds = new Map([...Map.groupBy(waiting, (one) => one.class)].map(([urgency, crowds]) => [urgency, new Rounds(crowds)]))
  const turns: Crowd[] = []
  let at = from
  for (; turns.length < count && rounds.size > 0; at++) {
    const urgency = TURNS[at % TURNS.length] as WorkClass
    const one = rounds.get(urgency)?.next()
    if (one) turns.push(one)
    else rounds.delete(urgency)
  }
  return { turns, next: at % TURNS.length }
}

/**
 * Whoever waited longest for a turn comes first. Among those that had none yet that is in turn the smallest crowd and the oldest: a flood
 * is large or many, and whoever is neither shall not wait for all of it.
 */
class Rounds {
  #left: Crowd[]
  #orders: readonly (readonly Crowd[])[]
  #places: [number, number] = [0, 0]
  readonly #had = new Set<Crowd>()
  #turn = 0

  constructor(crowds: readonly Crowd[]) {
    // What is counted down here is nobody else's.
    this.#left = crowds.map((one) => ({ ...one }))
    this.#orders = [
      this.#left.toSorted((a, b) => a.served - b.served || a.left - b.left || a.since - b.since),
      this.#left.toSorted((a, b) => a.served - b.served || a.since - b.since),
    ]
  }

  next(): Crowd | null {
    for (let tried = 0; tried < 2; tried++) {
      const which = (this.#turn++ % 2) as 0 | 1
      const order = this.#orders[which] as readonly Crowd[]
      for (let at = this.#places[which]; at < order.length; at++) {
        const one = order[at] as Crowd
        if (this.#had.has(one)) continue
        this.#places[which] = at + 1
        this.#had.add(one)
        one.left--
        return one
      }
      this.#places[which] = order.length
    }
    this.#left = this.#left.filter(({ left }) => left > 0)
    if (this.#left.length === 0) return null
    this.#had.clear()
    this.#places = [0, 0]
    this.#orders = this.#orders.map((order) => order.filter(({ left }) => left > 0))
    return this.next()
  }
}
