import { slip } from '../core/edits.ts'
import type { Shown } from '../core/edits.ts'
import { look } from '../core/lookalikes.ts'
import { BLIND, core, letters, shape, sound, stem, trimmed, wordsOf } from './forms.ts'
import { SHAPED, SOUNDING, STEMMED } from './keys.ts'
import { STRENGTH } from './kinds.ts'
import type { SquatKind, Told } from './kinds.ts'
import { sayings } from './sayings.ts'

/** The ways in which a name imitates another, and how telling they are, 0 to 1. */
export interface Ways {
  kinds: Told[]
  strength: number
  /** How well the names' likeness is explained, about 1 at best: a plural says little against a name, but is surely one. */
  plain: number
}

/** Shorter than this, two names have one sound or one bare name by accident. */
const SHORTEST = 4
/** What needs two explanations at once is more often an accident than what needs one. */
const JOINT = 0.8
/** The very words in another order: measures of likeness see little of it, and nothing explains it better. */
const SAME_WORDS = 1.4
/** A single explanation is at least so good. */
const PLAIN = 0.85

/**
 * Whether the form by which the index proposed a name is really the same: one form each, where `ways` looks at all. `form`
 * as in `keys.ts`; what was found by its spelling is told by `ways` itself.
 */
export function holds(form: number, one: string, other: string): boolean {
  if (form === SHAPED) return shape(one) === shape(other) || trimmed(one).some((rest) => shape(rest) === shape(other))
  if (form === STEMMED) return stem(one) === stem(other)
  if (form === SOUNDING) return sound(one) === sound(other)
  if (slip(one, other, NOBODY) !== null) return true
  return trimmed(one).includes(other) || core(one) === other || slip(core(one), other, NOBODY) !== null
}

const NOBODY: Shown = { one: '', other: '' }

/**
 * The ways in which one element of a name imitates another; null: it does not. Exact: what the index proposes is true only
 * when this says so. `shown` is what the sentences call them.
 */
export function ways(one: string, other: string, shown: Shown): Ways | null {
  if (one === other) return null
  const found = letters(one) === letters(other) && letters(one).length >= SHORTEST ? [single(told('delimiter', one, other, shown))] : misspelt(one, other, shown)
  for (const way of [reworded(one, other, shown), sounding(one, other, shown)]) if (way !== null) found.push(way)
  if (found.length === 0) found.push(...underneath(one, other, shown))
  if (found.length === 0) return null
  return {
    kinds: found.flatMap(({ kinds }) => kinds),
    strength: Math.max(...found.map(({ strength }) => strength)),
    plain: Math.max(...found.map(({ plain }) => plain)),
  }
}

function misspelt(one: string, other: string, shown: Shown): Ways[] {
  const slipped = slip(one, other, shown)
  return [...alike(one, other, shown).map((way) => single(way)), ...(slipped?.kinds ?? []).map((way) => single(way, slipped?.doubt))]
}

const told = (kind: keyof typeof sayings, one: string, other: string, shown: Shown): Told => ({ kind, says: sayings[kind](one, other, shown) })

/** One way that is explanation enough. */
export const single = (way: Told, doubt = 1): Ways => ({ kinds: [way], strength: STRENGTH[way.kind] * doubt, plain: Math.max(PLAIN, STRENGTH[way.kind]) })

function joint(kinds: Told[]): Ways {
  const less = JOINT ** (kinds.length - 1)
  return { kinds, strength: Math.min(...kinds.map(({ kind }) => STRENGTH[kind])) * less, plain: PLAIN * less }
}

function alike(one: string, other: string, shown: Shown): Told[] {
  if (onlyVersions(one, other)) return []
  if (look(one) === look(other)) return [{ kind: 'look-alike', says: `\`${shown.one}\` is spelt to look like \`${shown.other}\`` }]
  return shape(one) === shape(other) && letters(other).length >= SHORTEST
    ? [{ kind: 'look-alike', says: `\`${shown.one}\` looks like \`${shown.other}\` but for what stands between the words` }] : []
}

/** Digits that differ from digits look like nothing else. */
const onlyVersions = (one: string, other: string): boolean => one.replace(/[0-9]/g, '0') === other.replace(/[0-9]/g, '0')

/** A well-known name with something hung on, or misspelt besides, or with other delimiters. */
function underneath(one: string, other: string, shown: Shown): Ways[] {
  const combo = told('combo', one, other, shown)
  const rests = trimmed(one)
  if (rests.includes(other)) return [joint([combo])]
  if (rests.some((rest) => shape(rest) === shape(other)) && other.length > SHORTEST) return [joint([combo, told('delimiter', one, other, shown)])]
  const bare = core(one)
  if (bare === other) return [joint([combo])]
  if (bare === one || bare.length <= SHORTEST) return []
  const slipped = slip(bare, other, shown)
  if (slipped === null) return []
  return [{ kinds: [...slipped.kinds, combo], strength: UNDERNEATH * slipped.doubt * (bare.length > 6 ? 1 : JOINT), plain: UNDERNEATH }]
}

/** A misspelt name that something is hung on as well: twice the effort to be overlooked. */
const UNDERNEATH = 0.55

/** What of words was changed: each difference without which the bare names would not be one. */
function reworded(one: string, other: string, shown: Shown): Ways | null {
  if (wordsOf(one).toSorted().join('-') === wordsOf(other).toSorted().join('-')) {
    return wordsOf(one).join('-') === wordsOf(other).join('-') ? null : { ...joint([told('order', one, other, shown)]), plain: SAME_WORDS }
  }
  const bare = stem(one)
  if (bare.length < SHORTEST - 1 || bare !== stem(other)) return null
  const needed = BLIND.filter((seeing) => stem(one, seeing) !== stem(other, seeing))
  return joint((needed.length === 0 ? ['combo' as const] : needed).map((kind) => told(kind, one, other, shown)))
}

function sounding(one: string, other: string, shown: Shown): Ways | null {
  if (look(one) === look(other) || letters(one) === letters(other) || Math.min(one.length, other.length) <= SHORTEST) return null
  const code = sound(one)
  if (code.length < SHORTEST || code !== sound(other)) return null
  const only = one.length === other.length && consonants(one) === consonants(other)
  const kind: SquatKind = only ? 'vowel' : 'sound'
  const says = only ? `\`${shown.one}\` has other vowels than \`${shown.other}\`` : `\`${shown.one}\` sounds like \`${shown.other}\``
  return single({ kind, says })
}

const consonants = (text: string): string => text.replace(/[aeiouy]/g, '*')
