import type { Sketch } from '../analysis/sketch.ts'
import type { EcosystemId } from '../core/types.ts'
import type { Campaign } from './campaign.ts'
import { accountOf, publisherOf } from './marks.ts'
import type { Mark } from './marks.ts'
import { keyOf } from './sighting.ts'
import type { Sighting } from './sighting.ts'

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

const VERSIONS = 20

export function newMember(sighting: Sighting): Member {
  const at = sighting.at.getTime()
  return {
    key: keyOf(sighting), ecosystem: sighting.ecosystem, name: sighting.name, publisher: publisherOf(sighting), account: null, emails: [], versions: [],
    first: at, last: at, marks: [], near: 0, malicious: null, imitates: null, copied: null, known: false, campaign: null, sketch: null,
  }
}

/** Takes over what a sighting adds; what it does not say stays as it was. */
export function update(member: Member, sighting: Sighting): void {
  const at = sighting.at.getTime()
  const { version } = sighting
  member.first = Math.min(member.first, at)
  member.last = Math.max(member.last, at)
  if (version !== null && member.versions.at(-1) !== version) {
    member.versions = [...member.versions.filter((each) => each !== version), version].slice(-VERSIONS)
  }
  member.malicious = sighting.malicious ?? member.malicious
  member.imitates = sighting.imitates ?? member.imitates
  member.copied = sighting.metadataFrom ?? member.copied
  member.known ||= sighting.known
  member.account ??= accountOf(sighting)
  if (member.emails.length === 0) member.emails = sighting.emails
  if (member.publisher === member.key) member.publisher = publisherOf(sighting)
}
