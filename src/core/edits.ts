import { areNeighbours } from './keyboard.ts'

export type SlipKind = 'version' | 'plural' | 'omission' | 'repetition' | 'insertion' | 'keyboard' | 'vowel' | 'bit-flip' | 'replacement' | 'swap'

interface Told {
  kind: SlipKind
  /** The sentence that tells a person. */
  says: string
}

/** Names as they are shown in a sentence: the imitation and what it imitates. */
export interface Shown {
  one: string
  other: string
}

/** A slip, under each of the kinds it may be, and how much less it says here than elsewhere: 1 is nothing less. */
export interface Slip {
  kinds: readonly Told[]
  doubt: number
}

/** What made `other` into `one` where that is a single slip: a letter more, less or another one, two swapped, one moved. */
export function slip(one: string, other: string, { one: q, other: t }: Shown): Slip | null {
  if (one === other || Math.abs(one.length - other.length) > 1) return null
  const least = Math.min(one.length, other.length)
  let from = 0
  while (from < least && one[from] === other[from]) from++
  let end = 0
  while (end < least - from && one[one.length - 1 - end] === other[other.length - 1 - end]) end++
  const mine = one.slice(from, one.length - end)
  const theirs = other.slice(from, other.length - end)
  const [before, after] = [one.slice(0, from), one.slice(one.length - end)]
  const is = (doubt: number, kind: SlipKind, what: string): Slip => ({ kinds: [{ kind, says: `\`${q}\` ${what} \`${t}\`` }], doubt })
  if (ofVersion(mine, theirs, after)) return is(1, 'version', 'differs by a number from')
  if (ofPlural(mine, theirs, before, after)) return is(1, 'plural', 'differs in singular and plural from')
  if (mine === '' && theirs.length === 1) return is(derived(before, theirs, after), 'omission', `leaves out ${letter(theirs)} of`)
  if (theirs === '' && mine.length === 1) {
    const doubled = before.endsWith(mine) || after.startsWith(mine)
    if (doubled) return is(1, 'repetition', `repeats ${letter(mine)} of`)
    return is(from === 0 ? FIRST : derived(before, mine, after), 'insertion', `adds ${letter(mine)} to`)
  }
  if (mine.length === 1 && theirs.length === 1) {
    const told = (kind: SlipKind, what: string): Told => ({ kind, says: `\`${q}\` ${what} \`${t}\`` })
    return { kinds: replaced(mine, theirs, told), doubt: from === 0 ? FIRST : inShortWord(before, after) ? SHORT : 1 }
  }
  if (mine.length === 2 && mine[0] === theirs[1] && mine[1] === theirs[0]) return is(1, 'swap', 'swaps two letters of')
  return mine.length <= 4 && moved(mine, theirs) ? is(1, 'swap', 'moves a letter of') : null
}

/** People see another first letter; another name begins with it more often than not. */
const FIRST = 0.85
/** `cpu` and `gpu`, `sdk` and `cdk`: names of a family differ so. */
const SHORT = 0.7
/** `schedule` and `scheduler`, `distribute` and `distributed`. */
const DERIVED = 0.75

const derived = (before: string, letter: string, after: string): number =>
  (/^[rd]$/.test(letter) && before.endsWith('e') && !/^[a-z]/.test(after) ? DERIVED : 1)

function inShortWord(before: string, after: string): boolean {
  const word = (/[a-z0-9]*$/.exec(before)?.[0].length ?? 0) + 1 + (/^[a-z0-9]*/.exec(after)?.[0].length ?? 0)
  return word <= 3 && before.length + after.length > word
}

/** A digit at the end of a word, another one, or none. */
const ofVersion = (mine: string, theirs: string, after: string): boolean =>
  /^[0-9]?$/.test(mine) && /^[0-9]?$/.test(theirs) && !/^[0-9]*[a-z]/.test(after)

/** One letter for another one; more than one reason may be the likely one. */
function replaced(mine: string, theirs: string, told: (kind: SlipKind, what: string) => Told): Told[] {
  const to = `${letter(mine)} instead of ${letter(theirs)} in`
  const found: Told[] = []
  if (areNeighbours(mine, theirs)) found.push(told('keyboard', `has the neighbouring key ${to}`))
  if (VOWEL.test(mine) && VOWEL.test(theirs)) found.push(told('vowel', `has the vowel ${to}`))
  if (isBitFlip(mine, theirs)) found.push(told('bit-flip', `differs by one flipped bit, ${to},`))
  return found.length > 0 ? found : [told('replacement', `has ${to}`)]
}

/** An s at the end of a word, there or not. */
const ofPlural = (mine: string, theirs: string, before: string, after: string): boolean =>
  mine + theirs === 's' && !before.endsWith('s') && !/^[a-z0-9]/.test(after)

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

const VOWEL = /^[aeiouy]$/
