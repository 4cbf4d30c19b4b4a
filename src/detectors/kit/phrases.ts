import { Spotter } from '../../analysis/spotter.ts'

/** A pattern for phrases in prose, and what no text that it finds is without. */
export interface Phrases {
  pattern: RegExp
  /** One of these: of each list of words at least one, in small letters. The rarest list stands first. */
  needs: readonly (readonly [readonly string[], ...(readonly string[])[]])[]
}

/** Which of some phrases a text may hold: by their rarest words, whatever their case, in one pass for all of them, and by the others where it has these. */
export function watch(phrases: readonly Phrases[]): (text: string) => boolean[] {
  const needs = phrases.flatMap((one, index) => one.needs.map(([rare, ...rest]) => ({ index, rare, rest })))
  const spotter = new Spotter(needs.map(({ rare }) => rare), { anyCase: true })
  return (text) => {
    const may = phrases.map(() => false)
    const found = spotter.in(text)
    if (!found.includes(1)) return may
    const lower = text.toLowerCase()
    needs.forEach(({ index, rest }, at) => {
      if (found[at] === 1) may[index] ||= rest.every((words) => words.some((word) => lower.includes(word)))
    })
    return may
  }
}
