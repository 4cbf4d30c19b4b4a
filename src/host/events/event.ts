import type { Digest, EcosystemId } from '../../core/types.ts'
import type { Act } from '../../tracing/act.ts'

/** A package as a machine has it. */
export interface HostPackage {
  ecosystem: EcosystemId
  /** Canonical. */
  name: string
  version: string | null
  /** Of the artifact, where the machine knows it. */
  digest: Digest | null
}

/** What a machine tells of itself. Everything in it was said by somebody who may lie: the server believes only what it can check. */
export interface HostEvent {
  /** A UUID that the machine made: the same event sent twice counts once. */
  id: string
  /** By the machine's clock. */
  at: Date
  /** The machine's name for itself; who sent it is the token's business. */
  host: string
  user: string | null
  /**
   * `installed`, `removed`: found by inventory or seen as it happened; `ran`: the package's code was executed (hook, import,
   * command); `act`: something watched was done; `alarm`: an act that policy minds; `blocked`: and it was stopped;
   * `session`: a watched command began or ended; `lost`: so many were not seen or not kept.
   */
  kind: 'installed' | 'removed' | 'ran' | 'act' | 'alarm' | 'blocked' | 'session' | 'lost'
  /** Which package did it or is meant; null: not known. */
  package: HostPackage | null
  /** Where it lies, or which file did it. */
  place: string | null
  /** One watched command, or one inventory: what belongs together. */
  session: string | null
  act: Omit<Act, 'sample'> | null
  process: { pid: number; parent: number | null; program: string; argv: readonly string[] } | null
  /** One sentence for people. */
  says: string
  /** Who saw it: `inventory`, `guard`, `watch`, `falco`, `osquery`. */
  source: string
  /** Of `lost`. */
  count?: number
}
