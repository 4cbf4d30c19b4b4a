import type { Digest, EcosystemId } from './types.ts'

/** What exposure is asked of: a package, one version of it, or exact bytes wherever they went. */
export interface ExposureSubject {
  ecosystem: EcosystemId
  /** Canonical. */
  name: string
  /** null: every version. */
  version: string | null
  /** Where it is known: deliveries are then those of these bytes. */
  digest: Digest | null
}

/**
 * How somebody met it, the gravest last: read its index document, was denied it, received its bytes from the gate, has it in a
 * lockfile or SBOM, has it installed, has run it. Receiving is not having, and none of them is "victim".
 */
export type Contact = 'index' | 'denied' | 'served' | 'locked' | 'installed' | 'ran'

/** What the ledger has of a version: a delivery to a machine, to somebody else only, or none. */
export type Delivered = 'here' | 'elsewhere' | 'never'

/** Who met a subject in one way, how often, first and last. What is not known, or was forgotten, is null. */
export interface Met {
  contact: Contact
  subject: Pick<ExposureSubject, 'ecosystem' | 'name' | 'version'>
  token: string | null
  user: string | null
  host: string | null
  address: string | null
  job: string | null
  /** Tool and version as the client calls itself. */
  client: string | null
  /** Of lockfiles, SBOMs and machines: the service it belongs to, and the file that says so. */
  service: string | null
  source: string | null
  /** One way from the project's own dependency to this; empty: direct, or not known. */
  path: readonly string[]
  count: number
  first: Date
  last: Date
  /** Of what machines say (`installed`, `ran`), which is a claim: what the ledger says of it. `never`: it came past the gate. */
  delivered?: Delivered
}

export interface Exposure {
  /** The gravest contact first, then the latest. */
  met: readonly Met[]
  /** How many of each there are in all, also when `met` was cut. */
  totals: Readonly<Record<Contact, number>>
  /** False: there are more than are listed. */
  complete: boolean
}
