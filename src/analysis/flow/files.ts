import { UNKNOWN } from '../desk.ts'
import { DECODED, FETCHED, FILE_DECODED, FILE_FETCHED, UNTAINTED, mixed, taint } from '../taint.ts'
import type { Taint } from '../taint.ts'
import type { Value } from './value.ts'

/** Below this, a folded path says too little to be the same file. */
const SHORTEST = 3

/** What a value holds that names a file with such content. */
export const naming = ({ bits, trail }: Taint): Taint =>
  taint((bits & FETCHED ? FILE_FETCHED : 0) | (bits & DECODED ? FILE_DECODED : 0), trail)

/** What a file holds that is named by such a value. */
export const named = ({ bits, trail }: Taint): Taint =>
  taint((bits & FILE_FETCHED ? FETCHED : 0) | (bits & FILE_DECODED ? DECODED : 0), trail)

/** What files hold that were written under a name folded to text: a path may be put together twice, in two places. */
export class WrittenFiles {
  readonly #held = new Map<string, Taint>()

  mark(path: Value, content: Taint): void {
    const names = naming(content)
    if (names.bits === 0) return
    for (const text of path.texts) {
      if (text.replaceAll(UNKNOWN, '').length >= SHORTEST) this.#held.set(text, mixed(this.#held.get(text) ?? UNTAINTED, names))
    }
  }

  /** What a value holds itself, and the file it names. */
  holds(value: Value): Taint {
    let held: Taint = value
    if (this.#held.size > 0) for (const text of value.texts) held = mixed(held, this.#held.get(text) ?? UNTAINTED)
    return held
  }
}
