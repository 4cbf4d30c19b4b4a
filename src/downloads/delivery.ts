import type { Agent } from '../core/client.ts'
import type { EcosystemId } from '../core/types.ts'

/**
 * What a delivery most likely was for. `mirror`: copies or passes on, so who got it from there is not known; `scanner`: looked at
 * it for reasons of its own, among them indexes and updaters; `ci`: a build; `person`: somebody at a machine; `unknown`: nobody can say.
 */
export type DeliveryClass = 'mirror' | 'scanner' | 'ci' | 'person' | 'unknown'
export const CLASSES: readonly DeliveryClass[] = ['person', 'ci', 'unknown', 'mirror', 'scanner']

/** Who asked, as far as it was told and is still kept. */
export interface Caller {
  /** The same for the same caller. */
  key: string
  /** One machine or one person, by a host or user name; a token or an address may be shared by many. */
  named: boolean
  token: string | null
  user: string | null
  host: string | null
  address: string | null
  job: string | null
}

/** One delivery of bytes, or several that are alike where only their number is told. */
export interface Delivery {
  /** Milliseconds since 1970. */
  at: number
  ecosystem: EcosystemId
  name: string
  version: string | null
  file: string | null
  agent: Agent
  /** null: never known, or forgotten since. */
  caller: Caller | null
  /** Only a range of the file, as clients ask for that read an archive's metadata alone. */
  part: boolean
  times: number
  /** ISO 3166-1 alpha-2 as the source tells it; undefined: to be found by the address; null: not known. */
  country?: string | null
  /** null: this gate; else what the numbers were imported from. */
  source: string | null
}

/** Something a caller did that may tell what it is: read an index document, received a file or a document beside one. */
export interface Visit {
  at: number
  contact: 'index' | 'file' | 'beside'
  ecosystem: EcosystemId
  name: string
  version: string | null
  file: string | null
  caller: string
  agent: Agent
  /** When upstream published it, where that is known. */
  publishedAt?: number | null
}

/** Whose habits are one: a caller with one tool. Many may stand behind an address, and then with other tools. */
export const habitKey = (caller: string, agent: Agent): string => `${caller}\u0000${agent.tool}`
