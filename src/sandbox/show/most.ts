import { isStrange } from '../../conduct/deed.ts'
import type { Deed } from '../../conduct/deed.ts'

/** How telling a line is, and of what kind: of each kind the first come before more of any other, so that no flood hides what is rare. */
export interface Weight {
  class: string
  weight: number
}

/** So many of a kind come first. */
const FIRST = 25

/** A planted secret says most; then what nobody needs and what is somebody's own; then what is started; then everything else. */
export function weightOf(deed: Deed): Weight {
  const { act, place, tool } = deed
  const kind = `${act.kind} ${place ?? deed.trust ?? ''}`
  if (act.honey !== undefined && act.honey.length > 0) return { class: `${kind} with secrets`, weight: 6 }
  if (act.watcher === true || RARE.has(act.kind)) return { class: kind, weight: 5 }
  if (place !== null && !USUAL.has(place) || isStrange(deed)) return { class: kind, weight: act.kind === 'resolve' ? 3 : 4 }
  if (act.kind === 'exec') return { class: kind, weight: tool === null ? 3 : 1 }
  return { class: kind, weight: act.kind === 'environment' || act.kind === 'sleep' || !act.done ? 1 : 2 }
}

const RARE: ReadonlySet<string> = new Set(['memory', 'inject', 'code', 'listen', 'refused'])
const USUAL: ReadonlySet<string> = new Set(['temporary', 'home', 'package-code', 'system'])

export interface Weighed<T> {
  line: T
  weight: Weight
  /** Index of the line it stands under; -1: none. */
  above: number
}

/** In their order, the most telling with all they stand under, no more than `most`. */
export function mostTelling<T>(all: readonly Weighed<T>[], most: number): T[] {
  if (all.length <= most) return all.map(({ line }) => line)
  const counts = new Map<string, number>()
  const order = all.map(({ weight }, index) => {
    const count = counts.get(weight.class) ?? 0
    counts.set(weight.class, count + 1)
    return { index, weight: weight.weight, isFirst: count < FIRST }
  }).sort((a, b) => Number(b.isFirst) - Number(a.isFirst) || b.weight - a.weight || a.index - b.index)
  const kept = new Set<number>()
  for (const { index } of order) {
    const way: number[] = []
    for (let at = index; at >= 0 && !kept.has(at); at = all[at]?.above ?? -1) way.push(at)
    if (kept.size + way.length <= most) for (const at of way) kept.add(at)
  }
  return all.filter((_one, index) => kept.has(index)).map(({ line }) => line)
}
