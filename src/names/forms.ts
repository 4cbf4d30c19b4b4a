import { codes, look } from '../core/lookalikes.ts'
import { AFFIXES, GLUED_FIRST, GLUED_LAST, MISSPELT, NUMBERS, singular } from './words.ts'

/**
 * Forms of a name that are equal for names that imitate each other in some way. The index finds candidates by them (as
 * numbers, see `keys.ts`), the classifier tells by them which ways it was.
 */

/** Differences that `stem` can be blind to. */
export type Blindness = 'order' | 'plural' | 'misspelling' | 'number' | 'version' | 'combo'
export const BLIND: readonly Blindness[] = ['order', 'plural', 'misspelling', 'number', 'version', 'combo']

const DELIMITERS = /[-_.~/@+ ]+/
const VERSION_WORD = /^(?:v?[0-9]+|[0-9]+[a-z])$/
/** A number that ends a word and says which of its kind: `urllib3`, `lodash4`, but not `base64` or `sha256`. */
const VERSION_TAIL = /^(.*[a-z])v?[0-9]$/

export function wordsOf(text: string): string[] {
  return DELIMITERS.test(text) ? text.split(DELIMITERS).filter((word) => word !== '') : [text]
}

export const letters = (text: string): string => text.replace(/[-_.~/@+ ]+/g, '')

/** What looks the same when its delimiters are overlooked. */
export const shape = (text: string): string => look(letters(text))

interface Word { plain: string; hung: boolean }

/** The words that matter, each in one form, without what is hung on; all of them where nothing else would remain. */
function words(raw: readonly string[], normal: (word: string) => Word): string[] {
  const all = raw.map(normal)
  const some = all.filter(({ hung }) => !hung)
  return (some.length === 0 ? all : some).map(({ plain }) => plain)
}

/** The one form of a word but for what counts, and whether it is only hung on. */
export function normal(word: string, seeing: Blindness | null = null): Word {
  let plain = seeing === 'number' ? word : NUMBERS.get(word) ?? word
  const hung = (seeing !== 'version' && VERSION_WORD.test(plain)) || (seeing !== 'combo' && AFFIXES.has(plain))
  if (seeing !== 'version' && plain.length > 3) plain = VERSION_TAIL.exec(plain)?.[1] ?? plain
  if (seeing !== 'combo') plain = unglued(plain)
  if (seeing !== 'misspelling') plain = MISSPELT.get(plain) ?? plain
  return { plain: seeing === 'plural' ? plain : singular(plain), hung }
}

/** The bare name: its stems in the order of the alphabet; `seeing` names a difference that counts nevertheless. */
export function stem(text: string, seeing: Blindness | null = null): string {
  const bare = words(wordsOf(text), (word) => normal(word, seeing))
  return (seeing === 'order' ? bare : bare.toSorted()).join('-')
}

/** Without the words that are hung on, in the order they stand: what somebody may also have misspelt. */
export function core(text: string): string {
  const all = wordsOf(text)
  const some = all.filter((word) => !AFFIXES.has(word))
  return some.length === all.length || some.length === 0 ? all.map(unglued).join('-') : some.join('-')
}

/** What remains when one thing that is hung on, at either end, is taken away. */
export function trimmed(text: string): string[] {
  const all = wordsOf(text)
  if (all.length < 2) {
    const rest = unglued(text)
    return rest === text ? [] : [rest]
  }
  const hung = (word: string | undefined): boolean => word !== undefined && (AFFIXES.has(word) || VERSION_WORD.test(word))
  return [...(hung(all[0]) ? [all.slice(1).join('-')] : []), ...(hung(all.at(-1)) ? [all.slice(0, -1).join('-')] : [])]
}

function unglued(word: string): string {
  if (word.length < 6 || AFFIXES.has(word)) return word
  const first = GLUED_FIRST.find((affix) => word.startsWith(affix) && word.length - affix.length >= 4)
  if (first !== undefined) return word.slice(first.length)
  const last = GLUED_LAST.find((affix) => word.endsWith(affix) && word.length - affix.length >= 4)
  return last === undefined ? word : word.slice(0, -last.length)
}

/** Spellings of one consonant, the longer ones first; the sign that stands for it is none of the alphabet where it is a sound of its own. */
const SPELLINGS: readonly (readonly [string, string])[] = [
  ['tch', 'C'], ['sch', 'S'], ['ght', 't'], ['ph', 'f'], ['sh', 'S'], ['ch', 'C'], ['ck', 'k'], ['kh', 'k'], ['qu', 'kw'], ['wr', 'r'], ['wh', 'w'], ['th', 't'],
  ['dge', 'ja'], ['dgi', 'ja'], ['ce', 'sa'], ['ci', 'sa'], ['cy', 'sa'], ['ge', 'ja'], ['gi', 'ja'], ['c', 'k'], ['q', 'k'], ['x', 'ks'], ['z', 's'],
  ['a', 'a'], ['e', 'a'], ['i', 'a'], ['o', 'a'], ['u', 'a'], ['y', 'a'],
]
interface Spelling { spelt: string; heard: readonly number[] }

/** By the code of their first letter. */
const BY_FIRST: Spelling[][] = []
for (const [spelt, heard] of SPELLINGS) (BY_FIRST[spelt.charCodeAt(0)] ??= []).push({ spelt, heard: Array.from(heard, (sign) => sign.charCodeAt(0)) })
const A = 'a'.charCodeAt(0)

/**
 * How it sounds, roughly: spellings of one consonant as one sign (after Metaphone, Philips 1990), runs of vowels as one,
 * doubled sounds once, a last vowel not at all. Blind to which vowels stand there.
 */
export const sound = (text: string): string => String.fromCharCode(...codes.subarray(0, soundCodes(letters(text))))

/** The same of a text without delimiters, as codes, and how many. */
export function soundCodes(text: string): number {
  let size = 0
  for (let at = text.startsWith('kn') ? 1 : 0; at < text.length && size < codes.length - 2;) {
    const code = text.charCodeAt(at)
    const spelling = spellingAt(text, at, code)
    if (spelling === null) {
      if (code !== codes[size - 1] || size === 0) codes[size++] = code
      at++
      continue
    }
    for (const sign of spelling.heard) if (sign !== codes[size - 1] || size === 0) codes[size++] = sign
    at += spelling.spelt.length
  }
  return size > 3 && codes[size - 1] === A ? size - 1 : size
}

function spellingAt(text: string, at: number, code: number): Spelling | null {
  const possible = BY_FIRST[code]
  if (possible === undefined) return null
  for (const spelling of possible) if (spelling.spelt.length === 1 || text.startsWith(spelling.spelt, at)) return spelling
  return null
}
