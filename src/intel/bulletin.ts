import type { Advisory, EcosystemId } from '../core/types.ts'
import type { IndicatorKind } from './indicator.ts'
import type { Tlp } from './tlp.ts'

/**
 * Something that is told to others: packages that are malicious, what points to them, and what ties them together. Every
 * format in `write/` is made of this, and of nothing else.
 */
export interface Bulletin {
  /** Stays the same however often it is told, and belongs to one matter of one publisher: ids are made of it. */
  key: string
  title: string
  /** Plain text or Markdown. */
  text: string
  tlp: Tlp
  created: Date
  modified: Date
  /** Taken back. */
  withdrawn: Date | null
  packages: readonly BulletinPackage[]
  indicators: readonly BulletinIndicator[]
  campaign: { id: string; name: string; firstSeen: Date | null; lastSeen: Date | null } | null
  references: readonly BulletinReference[]
}

export interface BulletinPackage {
  ecosystem: EcosystemId
  name: string
  /** As in `Advisory`: none of either is every version. */
  versions: readonly string[]
  ranges: Advisory['ranges']
  /** Files of these versions as the registry has them. */
  files: readonly { name: string; sha256: string }[]
}

export interface BulletinIndicator {
  type: IndicatorKind
  value: string
  says: string
}

interface BulletinReference {
  kind: 'advisory' | 'article' | 'report' | 'evidence' | 'web'
  url: string
}

/** Who says it. `id` makes the ids of one publisher differ from those of all others. */
export interface Publisher {
  id: string
  name: string
}

/** Whether packages of it are malicious in every version. */
export const everyVersion = ({ versions, ranges }: BulletinPackage): boolean =>
  versions.length === 0 && (ranges.length === 0 || ranges.some(({ introduced, fixed, lastAffected }) => introduced === '0' && fixed === undefined && lastAffected === undefined))
