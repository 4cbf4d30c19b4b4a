import { slips } from './edits.ts'
import type { Shown } from './edits.ts'
import { BLIND, core, letters, shape, sound, stem, wordsOf } from './forms.ts'
import type { Blindness } from './forms.ts'
import type { Told } from './kinds.ts'
import { skeleton } from './lookalikes.ts'
import { sayings } from './sayings.ts'

/** Shorter than this, two names have one sound or one bare name by accident. */
const SHORTEST = 4

/**
 * The ways in which one element of a name imitates another; none: it does not. Exact: what the index proposes is true only
 * when this says so. `shown` is what the sentences call them.
 */
export function ways(one: string, other: string, shown: Shown): Told[] {
  if (one === other) return []
  const told = [...alike(one, other, shown), ...slips(one, other, shown)]
  if (told.length === 0) told.push(...slipsUnderneath(one, other, shown))
  return [...told, ...reworded(one, other, shown, told), ...sounding(one, other, shown, told)]
}

function alike(one: string, other: string, shown: Shown): Told[] {
  const same = skeleton(one) === skeleton(other)
  if (same) return [{ kind: 'look-alike', says: `\`${shown.one}\` is spelt to look like \`${shown.other}\`` }]
  if (letters(one) === letters(other)) return []
  return shape(one) === shape(other) && letters(other).length >= SHORTEST
    ? [{ kind: 'look-alike', says: `\`${shown.one}\` looks like \`${shown.other}\` but for what stands between the words` }] : []
}

/** A slip in a name that something is hung on, or whose delimiters went as well. */
function slipsUnderneath(one: string, other: string, shown: Shown): Told[] {
  const bare = core(one)
  if (bare !== one && bare.length > SHORTEST && bare !== other) {
    const found = slips(bare, other, shown)
    if (found.length > 0) return [...found, { kind: 'combo', says: sayings.combo(one, other, shown) }]
  }
  return []
}

/** What of words was changed: each difference without which the bare names would not be one. */
function reworded(one: string, other: string, shown: Shown, told: readonly Told[]): Told[] {
  const bare = stem(one)
  if (bare.length < 3 || bare !== stem(other)) return []
  const needed = BLIND.filter((seeing) => stem(one, seeing) !== stem(other, seeing))
  // A misspelling that is one slip is told as that slip, too; a dash that is one letter less is no omission.
  return needed.filter((kind) => !(kind === 'delimiter' && needed.length > 1 && wordsOf(one).length !== wordsOf(other).length && hungOn(needed)))
    .filter((kind) => !told.some((known) => known.kind === kind))
    .map((kind) => ({ kind, says: sayings[kind](one, other, shown) }))
}

const hungOn = (needed: readonly Blindness[]): boolean => needed.includes('combo') || needed.includes('version')

function sounding(one: string, other: string, shown: Shown, told: readonly Told[]): Told[] {
  if (told.some(({ kind }) => kind === 'look-alike') || letters(one) === letters(other) || Math.min(one.length, other.length) <= SHORTEST) return []
  const code = sound(one)
  if (code.length < SHORTEST || code !== sound(other)) return []
  if (told.length === 0 && one.length === other.length && consonants(one) === consonants(other)) {
    return [{ kind: 'vowel', says: `\`${shown.one}\` has other vowels than \`${shown.other}\`` }]
  }
  return [{ kind: 'sound', says: `\`${shown.one}\` sounds like \`${shown.other}\`` }]
}

const consonants = (text: string): string => text.replace(/[aeiouy]/g, '*')
