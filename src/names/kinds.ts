import type { Likeness } from './likeness.ts'

/** A name that imitations are measured against. */
export interface Protected {
  /** Canonical. */
  name: string
  /** Popular in its registry, used by this organisation, or the organisation's own. */
  why: 'popular' | 'used' | 'private'
  /** 1: the most popular; null: not among the popular ones. */
  rank: number | null
}

/** The ways in which a name imitates another, and how telling each is: 1 would be never by accident. */
export const STRENGTH = {
  'look-alike': 0.95, swap: 0.9, host: 0.9, omission: 0.85, repetition: 0.85, keyboard: 0.85, case: 0.8, 'bit-flip': 0.75, insertion: 0.75, vowel: 0.75,
  delimiter: 0.7, replacement: 0.7, misspelling: 0.7, scope: 0.65, brand: 0.68, order: 0.65, alias: 0.62, plural: 0.6, number: 0.6, invented: 0.55,
  sound: 0.55, version: 0.5, combo: 0.45,
} as const

export type SquatKind = keyof typeof STRENGTH

/** One way, and the sentence that tells a person about it. */
export interface Told {
  kind: SquatKind
  says: string
}

export interface Imitation {
  target: Protected
  /** The most telling first; never empty. */
  kinds: readonly Told[]
  likeness: Likeness
  /** How much this says by itself, 0 to 1: the kinds, the names' length, and what is imitated. Private names weigh most. */
  weight: number
  /** Only who holds the imitated name can publish this one: it is in the same scope, or under the same owner. */
  sameHolder: boolean
}

/** Below five letters nearly every name is a letter away from another one. */
const BY_LENGTH = [0.1, 0.1, 0.15, 0.25, 0.5, 0.8, 0.95]

/** What it means that this is imitated: anybody's rarely used name is imitated by accident most often. */
function standing({ why, rank }: Protected): number {
  if (why === 'private') return 1
  const popular = rank === null ? 0 : Math.min(0.98, Math.max(0, 1 - 0.08 * Math.log10(rank)))
  return Math.max(why === 'used' ? 0.85 : 0.5, popular)
}

/** `strength` of the ways, `length` of what is imitated. */
export const weightOf = (strength: number, target: Protected, length: number): number => strength * (BY_LENGTH[length] ?? 1) * standing(target)

/** The most telling first, each kind once. */
export function ordered(kinds: readonly Told[]): Told[] {
  const seen = new Set<SquatKind>()
  return kinds.toSorted((a, b) => STRENGTH[b.kind] - STRENGTH[a.kind]).filter(({ kind }) => !seen.has(kind) && seen.add(kind))
}
