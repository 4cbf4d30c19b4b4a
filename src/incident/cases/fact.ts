import { z } from 'zod'
import { TLP_WORDS } from '../../intel/tlp.ts'

/**
 * What a line of a case's timeline may say. A case is nothing but its lines: its state is read off them (`fold.ts`), so that
 * none of it can change without a line that says who changed it.
 */

const line = (longest: number) => z.string().trim().min(1).max(longest)
const ecosystem = z.enum(['npm', 'pypi', 'go'])
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)

export const severity = z.enum(['low', 'medium', 'high', 'critical'])
/** Traffic Light Protocol 2.0 (FIRST). */
export const tlp = z.enum(TLP_WORDS)
/** How it ended, in TheHive's words. `impact`: somebody here received it, or somebody else is known to have run it. */
export const outcome = z.enum(['with-impact', 'without-impact', 'false-positive', 'legitimate', 'unknown'])
/** What clocks are read from. */
export const milestone = z.enum(['uploaded', 'registered', 'reported', 'quarantined', 'recalled', 'removed', 'down', 'relapsed', 'published'])
export const observableType = z.enum(['domain', 'url', 'ip', 'email', 'hash', 'wallet', 'webhook', 'account', 'repository'])

/** What tasks, evidence and observables are called by within their case. */
const key = line(80)

export const fact = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('opened'), title: line(200), severity, tlp, cause: z.enum(['person', 'report', 'rule', 'campaign']) }),
  z.strictObject({ kind: z.literal('set'), title: line(200).optional(), severity: severity.optional(), tlp: tlp.optional(), assignee: line(100).nullable().optional() }),
  z.strictObject({ kind: z.literal('closed'), outcome }),
  z.strictObject({ kind: z.literal('reopened') }),
  z.strictObject({ kind: z.literal('package'), ecosystem, name: line(500), version: line(256).nullable(), digest: digest.nullable() }),
  z.strictObject({ kind: z.literal('campaign'), campaign: line(100) }),
  z.strictObject({ kind: z.literal('observable'), type: observableType, value: line(2_000), role: line(100).nullable(), tlp }),
  z.strictObject({ kind: z.literal('observable-dropped'), type: observableType, value: line(2_000) }),
  z.strictObject({ kind: z.literal('task'), task: key, title: line(300), due: z.iso.datetime().nullable(), assignee: line(100).nullable() }),
  z.strictObject({ kind: z.literal('task-done'), task: key }),
  z.strictObject({ kind: z.literal('task-dropped'), task: key }),
  z.strictObject({ kind: z.literal('evidence'), digest, name: line(300), size: z.int().min(0), mediaType: line(100), nature: z.enum(['document', 'sample', 'internal']), tlp }),
  z.strictObject({ kind: z.literal('custody'), digest, to: line(200), purpose: line(300) }),
  z.strictObject({ kind: z.literal('related'), case: key, relation: z.enum(['same-actor', 'same-campaign', 'duplicate', 'follows', 'related']) }),
  /** `subject`: what it happened to, where a case has several (the second of two domains); null: the packages. */
  z.strictObject({ kind: z.literal('milestone'), of: milestone, subject: line(500).nullable() }),
  z.strictObject({ kind: z.literal('ticket'), ticket: key, party: line(200), state: line(40), subject: line(500).nullable() }),
  z.strictObject({ kind: z.literal('note') }),
  /** An earlier line was wrong: what it should have said, or that it should not be there. It stays readable as it was. */
  z.strictObject({ kind: z.literal('corrected'), event: line(100), at: z.iso.datetime().optional(), says: line(2_000).optional(), withdrawn: z.literal(true).optional() }),
])

export type Fact = z.output<typeof fact>
export type Severity = z.output<typeof severity>
export type Tlp = z.output<typeof tlp>
export type Outcome = z.output<typeof outcome>
export type Milestone = z.output<typeof milestone>

/** How exactly the time of an event is known: some sources tell only the day. Then `at` is its beginning. */
export type Precision = 'minute' | 'day'

/** One line of a timeline, as it was told. */
export interface CaseEvent {
  id: string
  case: string
  /** In the order in which lines were told, over all cases. */
  seq: number
  /** When it happened, UTC. */
  at: Date
  precision: Precision
  toldAt: Date
  /** Who or what knows it: a person, a server that answered, a file. */
  source: string
  /** Who wrote it down. */
  by: string
  says: string
  fact: Fact
}

/** A line as it stands now: corrected by later ones, and by which. */
export interface TimelineLine extends CaseEvent {
  corrections: readonly { by: string; toldAt: Date; says: string }[]
  /** The last correction says that it should not be there. */
  withdrawn: boolean
}
