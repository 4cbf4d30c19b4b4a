import type { Shown } from './edits.ts'
import { wordsOf } from './forms.ts'
import type { Blindness } from './forms.ts'

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
    const more = added(mine, theirs)
    const less = added(theirs, mine)
    if (more && less) return `\`${one}\` has ${more} where \`${other}\` has ${less}`
    if (more) return `\`${one}\` adds ${more} to \`${other}\``
    return less ? `\`${one}\` leaves out ${less} of \`${other}\`` : `\`${one}\` is \`${other}\` with something hung on`
  },
}

/** The words, or the beginning or end of one, that only the first has. */
function added(one: string, other: string): string | null {
  const theirs = new Set(wordsOf(other))
  const only = wordsOf(one).filter((word) => !theirs.has(word))
  if (only.length === 0) return null
  const [first] = only
  const holds = (word: string): boolean => first !== undefined && first.length > word.length && (first.startsWith(word) || first.endsWith(word))
  const host = only.length === 1 ? [...theirs].find(holds) : undefined
  if (host !== undefined && first) return `\`${first.startsWith(host) ? first.slice(host.length) : first.slice(0, -host.length)}\``
  return only.map((word) => `\`${word}\``).join(' and ')
}
