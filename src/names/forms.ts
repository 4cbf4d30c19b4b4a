import { skeleton } from './lookalikes.ts'
import { AFFIXES, GLUED_FIRST, GLUED_LAST, MISSPELT, NUMBERS, singular } from './words.ts'

/**
 * Forms of a name that are equal for names that imitate each other in some way. The index finds candidates by them, the
 * classifier tells by them which ways it was.
 */

/** Differences that `stem` can be blind to. */
export type Blindness = 'delimiter' | 'order' | 'plural' | 'misspelling' | 'number' | 'version' | 'combo'
export const BLIND: readonly Blindness[] = ['delimiter', 'order', 'plural', 'misspelling', 'number', 'version', 'combo']

const DELIMITERS = /[-_.~/@+ ]+/
const VERSION_WORD = /^(?:v?[0-9]+|[0-9]+[a-z]?)$/
/** A number that ends a word and says which of its kind: `urllib3`, `lodash4`, but not `base64` or `sha256`. */
const VERSION_TAIL = /^(.*[a-z])v?[0-9]$/

export const wordsOf = (text: string): string[] => text.split(DELIMITERS).filter((word) => word !== '')
export const letters = (text: string): string => wordsOf(text).join('')

/** What looks the same when its delimiters are overlooked. */
export const shape = (text: string): string => skeleton(letters(text))

/** The bare name: words in one form, without what is hung on it, in the order of the alphabet; `seeing` names what counts nevertheless. */
export function stem(text: string, seeing: Blindness | null = null): string {
  let parts = wordsOf(text)
  if (seeing !== 'version') parts = bare(parts.map(withoutTail), (word) => VERSION_WORD.test(word))
  if (seeing !== 'combo') parts = bare(parts, (word) => AFFIXES.has(word)).map(unglued)
  if (seeing !== 'misspelling') parts = parts.map((word) => MISSPELT.get(word) ?? word)
  if (seeing !== 'plural') parts = parts.map(singular)
  if (seeing !== 'number') parts = parts.map((word) => NUMBERS.get(word) ?? word)
  if (seeing !== 'order') parts.sort()
  return parts.join(seeing === 'delimiter' ? '-' : '')
}

/** Without the words that are hung on, in the order they stand: what somebody may also have misspelt. */
export function core(text: string): string {
  return bare(wordsOf(text), (word) => AFFIXES.has(word)).map(unglued).join('-')
}

/** All words but these; all of them where nothing else would remain. */
function bare(parts: string[], hung: (word: string) => boolean): string[] {
  const rest = parts.filter((word) => !hung(word))
  return rest.length === 0 ? parts : rest
}

const withoutTail = (word: string): string => (word.length < 4 ? word : VERSION_TAIL.exec(word)?.[1] ?? word)

function unglued(word: string): string {
  if (word.length < 6 || AFFIXES.has(word)) return word
  const first = GLUED_FIRST.find((affix) => word.startsWith(affix) && word.length - affix.length >= 4)
  if (first !== undefined) return word.slice(first.length)
  const last = GLUED_LAST.find((affix) => word.endsWith(affix) && word.length - affix.length >= 4)
  return last === undefined ? word : word.slice(0, -last.length)
}

/**
 * How it sounds, roughly: spellings of one consonant as one sign (after Metaphone, Philips 1990), runs of vowels as one,
 * doubled letters once. Blind to which vowels stand there.
 */
export function sound(text: string): string {
  const spoken = letters(text)
    .replace(/ph/g, 'f').replace(/gh(?=t)/g, '').replace(/sch|sh/g, 'S').replace(/tch|ch/g, 'C').replace(/ck|q(?:u)?|kh/g, 'k').replace(/c(?=[eiy])/g, 's').replace(/c/g, 'k')
    .replace(/x/g, 'ks').replace(/z/g, 's').replace(/dg(?=[eiy])|g(?=[ei])/g, 'j').replace(/^kn/g, 'n').replace(/wr/g, 'r').replace(/wh/g, 'w').replace(/th/g, 't')
    .replace(/[aeiouy]+/g, 'a')
  return `${spoken.replace(/(.)\1+/g, '$1').replace(/(?<=...)a$/, '')}`
}

export const VOWEL = /^[aeiouy]$/
