import { UNKNOWN } from '../desk.ts'
import { DECODED, FETCHED, FILE_DECODED, FILE_FETCHED } from './value.ts'
import type { Value } from './value.ts'

/** Below this, a folded path says too little to be the same file. */
const SHORTEST = 3

/** Bits of a value that names a file with such content. */
export const namesFile = (bits: number): number => (bits & FETCHED ? FILE_FETCHED : 0) | (bits & DECODED ? FILE_DECODED : 0)

/** What files hold that were written under a name folded to text: a path may be put together twice, in two places. */
export class WrittenFiles {
  readonly #held = new Map<string, number>()

  mark(path: Value, bits: number): void {
    const names = namesFile(bits)
    if (!names) return
    for (const text of path.texts) {
      if (text.replaceAll(UNKNOWN, '').length >= SHORTEST) this.#held.set(text, (this.#held.get(text) ?? 0) | names)
    }
  }

  /** A value's own bits, with those of the file it names. */
  bits(value: Value): number {
    return value.texts.reduce((bits, text) => bits | (this.#held.get(text) ?? 0), value.origin)
  }
}
