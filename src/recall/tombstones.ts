import type { Selectable } from 'kysely'
import type { ExposureSubject } from '../core/exposure.ts'
import type { Exposure } from '../core/exposure.ts'
import type { Digest, EcosystemId } from '../core/types.ts'
import type { Tables } from '../ports/database.ts'

/**
 * Why something was taken back: a person's order, one that a program gave for a reason of its own (`hunt`, `upstream`, …),
 * an advisory, a verdict on a second look, a deny rule of the policy.
 */
type RecallCause = string

/** One matter that people are told of once. */
export interface RecallView {
  id: string
  ecosystem: EcosystemId
  name: string
  cause: RecallCause
  /** What it rests on: the id of an order or advisory, a digest, a policy, or what a program named. */
  reference: string
  because: string
  by: string
  at: Date
  subjects: readonly ExposureSubject[]
  /** How many had met it then; null: not counted yet. */
  totals: Exposure['totals'] | null
  /** Never served, and nobody ordered it: nobody was told. */
  quiet: boolean
  toldAt: Date | null
}

/**
 * What is still to be done for a file that was taken back. It is denied from the moment of the decision on, whatever the step.
 *
 *     decided → recorded (in the ledger) → withdrawn (bytes are evidence) → lifting → lifted (bytes are back)
 */
export type Step = 'decided' | 'recorded' | 'withdrawn' | 'lifting' | 'lifted'

/** Steps in which a recall is in force. The index `tombstones_open` allows one such row a file and digest. */
export const OPEN: readonly Step[] = ['decided', 'recorded', 'withdrawn']
/** Steps after which something remains to be done. */
export const PENDING: readonly Step[] = ['decided', 'recorded', 'lifting']

/** One file that was taken back. */
export interface Tombstone {
  seq: number
  recall: string
  ecosystem: EcosystemId
  name: string
  version: string
  file: string
  digest: Digest
  size: number
  step: Step
  /** Whether its bytes are in the evidence store; false: the gate had none any more; null: not moved yet. */
  kept: boolean | null
  at: Date
  /** When the ruling that it rests on, or that lifted it, ends by itself. */
  until: Date | null
  attempt: number
  /** Why the next step failed last time. */
  problem: string | null
  lifted: { at: Date; because: string; by: string } | null
}

export function recallOf(row: Selectable<Tables['recalls']>): RecallView {
  return {
    id: row.id, ecosystem: row.ecosystem as EcosystemId, name: row.name, cause: row.cause, reference: row.reference, because: row.because, by: row.by,
    at: new Date(Number(row.at)), subjects: JSON.parse(row.subjects) as ExposureSubject[],
    totals: row.totals === null ? null : JSON.parse(row.totals) as Exposure['totals'],
    quiet: Number(row.quiet) === 1, toldAt: dateOf(row.told_at),
  }
}

export function tombstoneOf(row: Selectable<Tables['tombstones']>): Tombstone {
  return {
    seq: Number(row.seq), recall: row.recall, ecosystem: row.ecosystem as EcosystemId, name: row.name, version: row.version, file: row.file,
    digest: row.digest as Digest, size: Number(row.size), step: row.step as Step, kept: row.kept === null ? null : Number(row.kept) === 1,
    at: new Date(Number(row.at)), until: dateOf(row.until_at), attempt: Number(row.attempt), problem: row.problem,
    lifted: row.lifted_at === null ? null : { at: new Date(Number(row.lifted_at)), because: row.lifted_because ?? '', by: row.lifted_by ?? '' },
  }
}

const dateOf = (at: number | null): Date | null => (at === null ? null : new Date(Number(at)))
