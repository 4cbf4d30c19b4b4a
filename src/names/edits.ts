import { VOWEL } from './forms.ts'
import { areNeighbours } from './keyboard.ts'
import type { SquatKind, Told } from './kinds.ts'

/** Names as they are shown in a sentence: the imitation and what it imitates. */
export interface Shown {
  one: string
  other: string
}

/** What made `other` into `one` where that is a single slip: a letter more, less or another one, two swapped, one moved. */
export function slips(one: string, other: string, { one: q, other: t }: Shown): Told[] {
  if (one === other || Math.abs(one.length - other.length) > 1) return []
  const least = Math.min(one.length, other.length)
  let from = 0
  while (from < least && one[from] === other[from]) from++
  let end = 0
  while (end < least - from && one[one.length - 1 - end] === other[other.length - 1 - end]) end++
  const mine = one.slice(from, one.length - end)
  const theirs = other.slice(from, other.length - end)
  const told = (kind: SquatKind, what: string): Told => ({ kind, says: `\`${q}\` ${what} \`${t}\`` })
  if (/^[0-9]?$/.test(mine) && /^[0-9]?$/.test(theirs) && !/[a-z]/.test(one.slice(one.length - end).split('-', 1)[0] ?? '')) {
    return [told('version', 'differs by a number from')]
  }
  if (ofPlural(mine, theirs, one.slice(one.length - end))) return [told('plural', 'differs in singular and plural from')]
  if (mine === '' && theirs.length === 1) return [told('omission', `leaves out ${letter(theirs)} of`)]
  if (theirs === '' && mine.length === 1) {
    const doubled = other[from - 1] === mine || other[from] === mine
    return [doubled ? told('repetition', `repeats ${letter(mine)} of`) : told('insertion', `adds ${letter(mine)} to`)]
  }
  if (mine.length === 1 && theirs.length === 1) return replaced(mine, theirs, told)
  if (mine.length === 2 && mine[0] === theirs[1] && mine[1] === theirs[0]) return [told('swap', 'swaps two letters of')]
  return mine.length <= 4 && moved(mine, theirs) ? [told('swap', 'moves a letter of')] : []
}

function replaced(mine: string, theirs: string, told: (kind: SquatKind, what: string) => Told): Told[] {
  const to = `${letter(mine)} instead of ${letter(theirs)} in`
  const found: Told[] = []
  if (areNeighbours(mine, theirs)) found.push(told('keyboard', `has the neighbouring key ${to}`))
  if (VOWEL.test(mine) && VOWEL.test(theirs)) found.push(told('vowel', `has the vowel ${to}`))
  if (isBitFlip(mine, theirs)) found.push(told('bit-flip', `differs by one flipped bit, ${to},`))
  return found.length > 0 ? found : [told('replacement', `has ${to}`)]
}

/** An s at the end of a word, there or not. */
const ofPlural = (mine: string, theirs: string, after: string): boolean => mine + theirs === 's' && !/^[a-z0-9]/.test(after)

/** One bit of a byte changed in memory or on the wire turns one letter into another (bitsquatting, Dinaburg 2011). */
function isBitFlip(a: string, b: string): boolean {
  const bits = a.charCodeAt(0) ^ b.charCodeAt(0)
  return bits !== 0 && (bits & (bits - 1)) === 0
}

/** One of few letters stands elsewhere among the others. */
const moved = (a: string, b: string): boolean =>
  a.length === b.length && a.length > 2 && (a.slice(1) + (a[0] as string) === b || b.slice(1) + (b[0] as string) === a)

const NAMED: Readonly<Record<string, string>> = { '-': 'a dash', '_': 'an underscore', '.': 'a dot', '/': 'a slash', '~': 'a tilde' }
const letter = (sign: string): string => NAMED[sign] ?? `\`${sign}\``
