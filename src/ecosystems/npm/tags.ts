import { comparePrecedence, inOrder, isPrerelease } from './versions.ts'

/**
 * Dist-tags that only point at what is shown. A tag whose version is hidden moves to the highest shown version that is not
 * higher than it (of a stable one: to a stable one if there is any), else to the highest shown stable one, else it is
 * dropped. `latest` exists whenever anything is shown: package managers break without it.
 */
export function pointTags(tags: ReadonlyMap<string, string>, shown: readonly string[]): Map<string, string> {
  const visible = new Set(shown)
  const ordered = new Ladder(shown)
  const pointed = new Map<string, string>()
  for (const [tag, version] of tags) {
    const target = visible.has(version) ? version : ordered.insteadOf(version)
    if (target !== null) pointed.set(tag, target)
  }
  const highest = pointed.has('latest') ? null : ordered.highest ?? shown.at(-1)
  if (highest) pointed.set('latest', highest)
  return pointed
}

/** Sorted when first needed: most documents hide nothing. */
class Ladder {
  readonly #shown: readonly string[]
  #all: readonly string[] | null = null
  #stable: readonly string[] = []

  constructor(shown: readonly string[]) {
    this.#shown = shown
  }

  get highest(): string | null {
    const all = this.#sorted()
    return this.#stable.at(-1) ?? all.at(-1) ?? null
  }

  insteadOf(version: string): string | null {
    const all = this.#sorted()
    const lower = isPrerelease(version) ? notAbove(all, version) : notAbove(this.#stable, version) ?? notAbove(all, version)
    return lower ?? this.#stable.at(-1) ?? null
  }

  #sorted(): readonly string[] {
    if (this.#all === null) {
      this.#all = inOrder(this.#shown)
      this.#stable = this.#all.filter((version) => !isPrerelease(version))
    }
    return this.#all
  }
}

/** The last of an ordered list that is not higher than `version`. */
function notAbove(ordered: readonly string[], version: string): string | null {
  let low = 0
  let high = ordered.length
  while (low < high) {
    const middle = (low + high) >> 1
    const order = comparePrecedence(ordered[middle] as string, version)
    if (order === null) return null
    if (order <= 0) low = middle + 1
    else high = middle
  }
  return ordered[low - 1] ?? null
}
