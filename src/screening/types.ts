import type { Judged, Standing } from '../core/decide.ts'
import type { Advisory, Digest, EcosystemId, Reason, Release } from '../core/types.ts'

/** A version of a package as a project has it. */
export interface Asked {
  ecosystem: EcosystemId
  /** Canonical. */
  name: string
  /** null: only a range is known; what is said is then said of every version. */
  version: string | null
  /** What the project, or whoever needs it, asked for; to look for another version in it. */
  range: string | null
  /** As in `Dependency.digests`. */
  digests: readonly string[]
}

/**
 * What is against a package, the gravest first: malicious by an advisory or a verdict, taken back by a person, denied by policy,
 * on a list somebody gave, held for now, vulnerable.
 */
export const KINDS = ['malicious', 'recalled', 'denied', 'listed', 'held', 'vulnerable'] as const
export type Kind = (typeof KINDS)[number]

export interface Against {
  kind: Kind
  /** As in rulings; `listed` for lists that were given. */
  reason: Reason | 'listed'
  /** Of the advisory or the list's entry. */
  id: string | null
  says: string
  severity: Advisory['severity']
  url: string | null
  /** Whose word it is: the advisories' source, the list. */
  source: string | null
  /** Of a verdict: where in the package. */
  at: { file: string; line: number; says: string } | null
  /** Why it does not count here: a person released it, or policy allows it. null: it counts. */
  accepted: string | null
}

/** Where the nearest version that nothing speaks against is known from. */
export interface Safe {
  version: string
  inRange: boolean | null
  /** `served`: judged here; `index`: the registry's index document as last seen; `advisory`: only the advisory says that it is there. */
  from: 'served' | 'index' | 'advisory'
}

export interface Assessed {
  ecosystem: EcosystemId
  name: string
  version: string | null
  against: Against[]
  safe: Safe | null
  /** Why no version can be named. */
  unsafe: string | null
  /** On how many machines it is installed, by what machines say. */
  machines: number
}

/** Everything known of a package that an answer may depend on. */
export interface Known {
  standing: Standing
  files: readonly KnownFile[]
  /** Beginning of the evidence of verdicts, by file name. */
  evidence: ReadonlyMap<string, NonNullable<Against['at']>>
}

export interface KnownFile {
  file: string
  version: string
  digest: Digest
  publishedAt: Date | null
  judged: Judged['level'] | null
}

/** What a check rests on, so that it can say how much that is. */
export interface Basis {
  /** All of them; 0 where each is withdrawn. */
  advisories: number
  /** Of which there are any: who knows of one says nothing of another. */
  ecosystems: readonly EcosystemId[]
  /** How new they are: when the feed that was not read for longest was last read to its end, or the date of the one that came in last; null: not known. */
  updatedAt: Date | null
  policy: { id: string; mode: 'observe' | 'enforce' }
}

export interface Knowledge {
  basis(): Promise<Omit<Basis, 'policy'>>
  /** In the order asked for. */
  of(packages: readonly { ecosystem: EcosystemId; name: string }[]): Promise<Known[]>
  /** On how many machines each is installed now, in the order asked for. */
  machines(packages: readonly { ecosystem: EcosystemId; name: string; version: string | null }[]): Promise<number[]>
  /** The index document as last seen; null: none, or it cannot be read. */
  releases(ecosystem: EcosystemId, name: string): Promise<readonly Release[] | null>
}
