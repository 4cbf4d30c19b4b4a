import type { Shown } from '../core/edits.ts'
import { wordsOf } from './forms.ts'
import type { Blindness } from './forms.ts'
import { AFFIXES } from './words.ts'

type Saying = (one: string, other: string, shown: Shown) => string

/** What a difference of words is called, as a sentence for people. */
export const sayings: Readonly<Record<Blindness | 'delimiter', Saying>> = {
  delimiter: (_one, _other, { one, other }) => `\`${one}\` sets dashes, dots or underscores otherwise than \`${other}\``,
  order: (_one, _other, { one, other }) => `\`${one}\` has the words of \`${other}\` in another order`,
  plural: (_one, _other, { one, other }) => `\`${one}\` and \`${other}\` differ in singular and plural`,
  misspelling: (_one, _other, { one, other }) => `\`${one}\` is a common misspelling of \`${other}\``,
  number: (_one, _other, { one, other }) => `\`${one}\` writes a number otherwise than \`${other}\``,
  version: (_one, _other, { one, other }) => `\`${one}\` differs from \`${other}\` in a version number at its end`,
  combo: (mine, theirs, { one, other }) => {
    const [more, less] = [added(mine, theirs), added(theirs, mine)]
    if (more && less && !more.startsWith(less) && !more.endsWith(less) && !less.startsWith(more) && !less.endsWith(more)) return replaced(one, other, more, less)
    if (more && less) return glued(one, other, more, less)
    if (more) return `\`${one}\` adds \`${more}\` to \`${other}\``
    return less ? `\`${one}\` leaves out \`${less}\` of \`${other}\`` : `\`${one}\` is \`${other}\` with something hung on`
  },
}

const replaced = (one: string, other: string, more: string, less: string): string => `\`${one}\` has \`${more}\` where \`${other}\` has \`${less}\``

/** One has a word that the other has with something more, without a delimiter between. */
function glued(one: string, other: string, more: string, less: string): string {
  if (AFFIXES.has(more) && AFFIXES.has(less)) return replaced(one, other, more, less)
  const [long, short] = more.length > less.length ? [more, less] : [less, more]
  const rest = long.startsWith(short) ? long.slice(short.length) : long.slice(0, -short.length)
  return long === more ? `\`${one}\` adds \`${rest}\` to \`${other}\`` : `\`${one}\` leaves out \`${rest}\` of \`${other}\``
}

/** The words that only the first has; empty: none. */
function added(one: string, other: string): string {
  const theirs = new Set(wordsOf(other))
  return wordsOf(one).filter((word) => !theirs.has(word)).join('-')
}
