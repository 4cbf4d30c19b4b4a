import { wordsOf } from './forms.ts'
import type { Protected } from './kinds.ts'
import { AFFIXES } from './words.ts'

const FEWEST = 3
const SHORTEST = 4
const MOST = 100_000

/**
 * The word that an organisation puts in front of its private names, where it has such a habit: begun with by at least three
 * of them, and a third of all. Who publishes another name that begins so borrows its brand, whatever follows.
 */
export class OwnWords {
  readonly #names = new Set<string>()
  readonly #words = new Map<string, { count: number; first: Protected }>()

  add(name: Protected): void {
    if (name.why !== 'private' || this.#names.size >= MOST || this.#names.has(name.name)) return
    this.#names.add(name.name)
    const word = firstOf(name.name)
    const known = word === null ? undefined : this.#words.get(word)
    if (known) known.count++
    else if (word !== null) this.#words.set(word, { count: 1, first: name })
  }

  /** The word, and a private name that begins with it; null: the name begins with none. */
  borrowed(name: string): { word: string; target: Protected } | null {
    const word = firstOf(name)
    const known = word === null ? undefined : this.#words.get(word)
    return word !== null && known && known.count >= FEWEST && known.count * 3 >= this.#names.size && !this.#names.has(name) ? { word, target: known.first } : null
  }
}

/** Scopes and paths have their own ways of saying whose they are. */
function firstOf(name: string): string | null {
  if (name.startsWith('@') || name.includes('/')) return null
  const words = wordsOf(name.toLowerCase())
  const [word = ''] = words
  return words.length > 1 && word.length >= SHORTEST && !AFFIXES.has(word) ? word : null
}
