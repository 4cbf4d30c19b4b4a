import type { Sketch } from '../analysis/sketch.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Campaign } from './campaign.ts'
import type { Mark } from './marks.ts'

/** A package as the engine keeps it. Times are milliseconds. */
export interface Member {
  key: string
  ecosystem: EcosystemId
  name: string
  publisher: string
  account: string | null
  emails: readonly string[]
  /** In the order seen, the newest last; at most 20. */
  versions: string[]
  first: number
  last: number
  marks: Mark[]
  /** How like the first of its family its code is, 0 to 1. */
  near: number
  malicious: boolean | null
  imitates: string | null
  copied: string | null
  known: boolean
  campaign: Campaign | null
  /** Of the first of a family only. */
  sketch: Sketch | null
}

/** Something about it speaks of intent, not only of likeness. */
export const isIll = ({ malicious, imitates, copied }: Member): boolean => malicious === true || imitates !== null || copied !== null

/** An established package that nothing is held against: it counts for how common a value is, and is tied to nobody. */
export const isBystander = ({ known, malicious }: Member): boolean => known && malicious !== true
