import type { OrderRequest } from '../admission/orders.ts'
import type { Scope } from '../access/tokens.ts'
import type { Answer } from '../api/schemas.ts'
import type { Digest } from '../core/types.ts'
import type { CallerQuery } from '../ledger/callers.ts'
import type { Head } from '../ledger/chain.ts'
import type { EntryKind } from '../ledger/entry.ts'
import type { Person } from '../ledger/forget.ts'
import type { Had } from '../ledger/tracer.ts'
import type { DownloadsDesk } from './downloads-desk.ts'
import type { SandboxDesk } from './sandbox-desk.ts'
import type { HuntDesk } from './hunt-desk.ts'
import type { InventoryDesk } from './inventory-desk.ts'
import type { HostsDesk } from './hosts-desk.ts'
import type { ReviewsDesk } from './reviews-desk.ts'
import type { RecallDesk } from './recall-desk.ts'
import type { DomainDesk } from './domains-desk.ts'
import type { IncidentDesk } from './incident-desk.ts'
import type { ExchangeDesk } from './exchange-desk.ts'
import type { WatchDesk } from './watch-desk.ts'

/** What was asked about: `npm:left-pad@1.3.0` as people write it, or exact bytes. */
export type Wanted = { package: string } | { digest: Digest }

/** A trace as it is asked for: all in the words of `TraceAsked`, as people write them. */
export interface TraceWanted extends CallerQuery {
  package?: string | undefined
  range?: string | undefined
  digest?: Digest | undefined
  indicator?: string | undefined
  campaign?: string | undefined
  actor?: string | undefined
}

/** `cursor`: `next` of the page before. */
export interface TraceSpan {
  kinds: readonly (EntryKind | Had)[] | undefined
  since: Date | undefined
  until?: Date | undefined
  cursor: string | undefined
}

/**
 * Where an operator's commands are carried out: in a data folder, or at a running gate. Both answer in the words of the API,
 * so that a command prints the same from either.
 */
export interface Desk {
  /** `the data folder …` or `the gate at …`, for sentences. */
  readonly where: string
  /** URL under which clients reach the gate, without `/` at the end. */
  readonly origin: string
  readonly watch: WatchDesk
  readonly exchange: ExchangeDesk
  readonly domains: DomainDesk
  readonly incidents: IncidentDesk
  readonly recalls: RecallDesk
  readonly reviews: ReviewsDesk
  readonly hunt: HuntDesk
  readonly inventory: InventoryDesk
  readonly hosts: HostsDesk
  readonly downloads: DownloadsDesk
  readonly sandbox: SandboxDesk
  status(): Promise<Answer<'status'>>
  checkup(): Promise<Answer<'checkup'>>
  order(request: { package: string } & Pick<OrderRequest, 'action' | 'because' | 'digest' | 'expiresAt'>): Promise<Answer<'order'>>
  orders(): Promise<Answer<'orders'>>
  trace(asked: TraceWanted, options: TraceSpan): Promise<Answer<'trace'>>
  forget(person: Person, because: string): Promise<Answer<'forgot'>>
  policy(): Promise<Answer<'policy'>>
  /** `text` of a whole `sluice.yaml`. */
  testPolicy(text: string, since: Date): Promise<Answer<'replay'>>
  head(): Promise<Head>
  verifyLedger(head: Head | null, progress: (lines: number) => void): Promise<Answer<'verification'>>
  importFeed(path: string, progress: (done: number) => void): Promise<Answer<'feed'>>
  scan(target: string, options: { file: string | undefined; progress: (says: string) => void }): Promise<Answer<'scan'>>
  tokens(): Promise<Answer<'tokens'>>
  createToken(wanted: { name: string; scopes: readonly Scope[]; expiresAt: Date | null; host?: string | undefined }): Promise<Answer<'newToken'>>
  /** False when there is no such token, or it was revoked before. */
  revokeToken(id: string): Promise<boolean>
  close(): Promise<void>
}
