import type { ArtifactRef, Difference, Digest, EcosystemId, FoundIndicator, Guarded, Learned, Outside, Pledge, Profile, Run, Trigger } from '../core/types.ts'
import type { Policy } from '../core/policy.ts'
import type { Ruling, Standing } from '../core/decide.ts'
import type { Mark, Once, Presence, Statement } from '../core/presence.ts'
import type { Identity } from '../core/watch.ts'
import type { GivenFile } from '../host/lockfiles/index.ts'
import type { ProjectFile } from '../host/lockfiles/project-file.ts'
import type { UserRules } from '../yara/rules.ts'

/**
 * What worker processes are asked to do. A worker that dies or runs over its limits fails its job, not the gate.
 * Messages are structured clones; the byte arrays of a result own their memory.
 */

/** Unpack, gather facts, run every detector. */
export interface ExamineJob {
  kind: 'examine'
  ref: ArtifactRef
  digest: Digest
  size: number
  publishedAt: Date | null
  firstSeenAt: Date
  upstream: string
  /** A path to open read-only, or the bytes. */
  source: string | Uint8Array
  outside: Outside
  pledge: Pledge
  /** The organisation's own rules as the gate has them. */
  userRules?: UserRules
}

export interface ExamineResult {
  runs: Run[]
  learned: Learned | null
  /** What the model was asked with: see src/learning/features.ts. */
  features: Record<string, number>
  indicators: FoundIndicator[]
  profile: Profile
  /** What its code looks like, short enough to be kept; null: too little code. */
  sketch: string | null
  /** Against `outside.previous`; null without one. */
  difference: Difference | null
  missing: string[]
  triggers: Trigger[]
  /** Files and bytes unpacked. */
  files: number
  bytes: number
}

/** Like `examine`, for an archive or a folder on this machine whose registry and name nobody has said. */
export interface LocalJob {
  kind: 'local'
  /** Absolute; opened read-only. */
  path: string
  /** null: told by what is in it. */
  ecosystem: EcosystemId | null
  /** Of a folder only these files, relative to it. */
  files?: readonly string[]
  /** Where it is known from elsewhere than from its files. */
  name?: string
  version?: string
  /** Hosts that are the registries' own, as far as this machine is told of them; null: not asked for yet. */
  ownHosts: readonly string[] | null
  guarded?: Guarded
  now: Date
  userRules?: UserRules
}

export interface LocalResult extends ExamineResult {
  /** As the manifest declares it, the name canonical; where it says nothing, the file's own name and no version. */
  ref: ArtifactRef
  digest: Digest
  /** Paths that were left out on purpose, for the person to know. */
  left: string[]
  /** The registries' hosts were looked at and are not known yet: the same job with them may come to something else. */
  wantsHosts: boolean
}

/** Parse an upstream index document once and render the wanted variants for one base URL. */
export interface IndexJob {
  kind: 'index'
  ecosystem: EcosystemId
  name: string
  /** zstd-compressed upstream body. */
  raw: Uint8Array | string
  contentType: string
  documentBase: string
  /** Absolute URL of the ecosystem at the gate. */
  base: string
  /** null: only the releases. */
  variant: string | null
  /** Content coding of the answer. */
  encoding: Encoding
  policy: Policy
  /** Everything the gate already knows of this package. */
  standing: Standing
  now: Date
}

export interface IndexResult {
  contentType: string
  /** Encoded as asked. */
  body: Uint8Array
  /** Size before encoding. */
  size: number
  /** Strong, of the decoded body, quotes included. */
  etag: string
  /** One JSON line per release: `["file", Release]\n`, searched as bytes so that big packages cost no objects. */
  releases: Uint8Array
  /** When some hidden release becomes visible by age; null when nothing waits. */
  changesAt: Date | null
  hidden: number
  shown: number
  /** Where nothing is shown: the highest release and why it is hidden. */
  nothing: { version: string; ruling: Ruling } | null
  /** Where a variant is about one version that cannot be had: which, and why it is hidden; null: there is none. `body` is empty then. */
  lacks: { version: string; ruling: Ruling | null } | null
  /** Releases held only because the document does not say how old they are; a complete document may. */
  undated: number
}

/** Read who a package says it is out of its registry's document. */
interface IdentityJob {
  kind: 'identity'
  ecosystem: EcosystemId
  name: string
  body: Uint8Array
}

/** Read what upstream says today of versions that were had from it. */
interface PresenceJob {
  kind: 'presence'
  ecosystem: EcosystemId
  name: string
  body: Uint8Array
  /** The index document, the body of a 404, or the document in which owners take versions back. */
  part: 'index' | 'absence' | 'retractions'
  contentType: string
  base: string
  wanted: readonly Once[]
}

/** What was asked for; the others are null. */
export interface PresenceResult {
  presence: Presence | null
  statement: Statement | null
  marks: readonly (Mark | null)[] | null
}

/** Run rules over the files of one artifact, and nothing else. */
export interface MatchJob {
  kind: 'match'
  ref: ArtifactRef
  /** A path to open read-only, or the bytes. */
  source: string | Uint8Array
  rules: UserRules
}

export interface MatchResult {
  run: Run
}

/** Read manifests, lockfiles and SBOMs that somebody sent. */
interface ProjectJob {
  kind: 'project'
  files: readonly GivenFile[]
}

interface ProjectResult {
  files: ProjectFile[]
  unread: { path: string; says: string }[]
}

export type Encoding = 'identity' | 'gzip' | 'zstd'

export type Job = ExamineJob | LocalJob | IndexJob | IdentityJob | PresenceJob | MatchJob | ProjectJob
export type ResultOf<J extends Job> =
  J extends ExamineJob ? ExamineResult : J extends MatchJob ? MatchResult : J extends ProjectJob ? ProjectResult : J extends LocalJob ? LocalResult : J extends IdentityJob ? Identity : J extends PresenceJob ? PresenceResult : IndexResult
