import type { DnsAnswer, DnsType } from '../../ports/resolver.ts'
import type { DomainRecord, NetworkRecord } from './rdap/records.ts'

/** What one source said of a target at one moment, as it is kept. Text of strangers: one line each, cut, never markup. */
export interface Facts {
  rdap: RegistrationFacts
  dns: DnsFacts
  certificates: CertificateFacts
  'passive-dns': PassiveFacts
  evidence: EvidenceFacts
}
export type Source = keyof Facts
export const SOURCES = ['rdap', 'dns', 'certificates', 'passive-dns', 'evidence'] as const satisfies readonly Source[]

export type RegistrationFacts =
  | { outcome: 'found'; kind: 'domain'; record: DomainRecord; servers: string[]; problems: string[] }
  | { outcome: 'found'; kind: 'network'; record: NetworkRecord; servers: string[]; problems: string[] }
  | { outcome: 'absent'; servers: string[]; problems: string[] }
  | { outcome: 'unanswered'; why: string; servers: string[]; problems: string[] }

export interface DnsFacts {
  /** Of the name itself. */
  host: Partial<Record<DnsType, DnsAnswer>>
  /** Of the registered domain. */
  domain: Partial<Record<DnsType, DnsAnswer>>
  /** Whether any name below the domain has addresses; null: not known. */
  wildcard: boolean | null
}

export interface CertificateFacts {
  /** The latest first. */
  certificates: { serial: string; names: string[]; issuer: string; from: string; to: string }[]
  /** There were more. */
  cut: boolean
}

export interface PassiveFacts {
  records: { name: string; type: string; data: string[]; first: string | null; last: string | null }[]
  cut: boolean
}

/** What a person brought: a screenshot's words, a letter, another service's page. */
interface EvidenceFacts {
  says: string
  from: string
  url: string | null
}

export interface Observation<S extends Source = Source> {
  seq: number
  target: string
  source: S
  /** When it was so. */
  at: Date
  /** When it was written down. */
  toldAt: Date
  digest: string
  facts: Facts[S]
  /** Who brought it; null: this gate saw it. */
  by: string | null
}
