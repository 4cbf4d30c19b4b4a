import type { Action, Client, EcosystemId, Reason } from '../core/types.ts'
import type { CallersTable } from '../ports/caller-tables.ts'
import { forgottenOf } from './caller.ts'
import type { Fact } from './caller.ts'

/** What happened: `head` notes that the head was handed to somebody who keeps it elsewhere, `forgotten` that who asked was forgotten. */
export type EntryKind =
  | 'served' | 'index' | 'denied' | 'decided' | 'order' | 'policy' | 'recalled' | 'purged' | 'restored' | 'exported' | 'feed' | 'head' | 'forgotten' | 'case'

/** Facts a proxy or CI runner states about itself in headers. Claims, kept as such. */
export interface Forwarded {
  /** The client's address as the proxy in front saw it. */
  address?: string | null | undefined
  host?: string | null | undefined
  user?: string | null | undefined
  /** CI job: its name or number, and its page. */
  job?: string | null | undefined
  url?: string | null | undefined
}

/**
 * One line of the ledger: who received what, when and why. It outlives the package and its rows, so that it needs no other table but for
 * who asked: client, token, address and forwarded are kept in `callers`, where they can be forgotten, and the line has a commitment to them.
 * Everything a client can influence is cut to a limit and freed of control characters.
 */
export interface LedgerEntry {
  at: Date
  kind: EntryKind
  ecosystem?: EcosystemId | null | undefined
  /** Canonical. */
  name?: string | null | undefined
  version?: string | null | undefined
  file?: string | null | undefined
  digest?: string | null | undefined
  action?: Action | null | undefined
  /** A decision's reason, or why the gate refused before deciding. */
  reason?: Reason | string | null | undefined
  /** One sentence a person understands. */
  because?: string | null | undefined
  /** Id of the decision, of the person's order and of the policy it follows. */
  decision?: string | null | undefined
  order?: string | null | undefined
  policy?: string | null | undefined
  /** The person or part of Sluice that acted; who *received* is told by token, address and client. */
  by?: string | null | undefined
  client?: Client | null | undefined
  /** The token's name; absent when anonymous. */
  token?: string | null | undefined
  /** Of the TCP peer. */
  address?: string | null | undefined
  forwarded?: Forwarded | null | undefined
  /** Id of the request, as shown to the client. */
  request?: string | null | undefined
  /** HTTP status answered. */
  status?: number | null | undefined
  /** Index variant. */
  variant?: string | null | undefined
  /** Bytes of the body, and the range as `START-END` when only a part. */
  bytes?: number | null | undefined
  range?: string | null | undefined
  until?: Date | null | undefined
  /** In observe mode: what would have been decided. */
  would?: { action: Action; reason: Reason; because: string } | null | undefined
  /** Numbers and names of lines about feeds, policies and heads; at most 16. */
  facts?: Readonly<Record<string, string | number | boolean>> | null | undefined
}

/** A line as it is read back. */
export interface ReadEntry extends LedgerEntry {
  /** The commitment to who asked. */
  caller?: string | undefined
  /** What was known of who asked and is not any more. */
  forgotten?: readonly Fact[] | undefined
}

/** What `readEntry` needs to know of a line's caller. */
export type CallerRow = Pick<CallersTable, Fact | 'proofs'>

/**
 * The canonical JSON: keys in code-unit order at every level, absent members left out, times as ISO 8601 in UTC with milliseconds. The
 * members below are therefore in alphabetical order. Who asked is not in it: it follows behind a tab, as the JSON of `Facts`, and where
 * somebody did, `caller` holds the place of the commitment. `part` in `chain.ts` puts it there; what is hashed is the JSON then.
 */
export function canonical(entry: LedgerEntry): string {
  const { would } = entry
  const facts = factsOf(entry)
  const json = JSON.stringify({
    action: entry.action ?? undefined,
    at: entry.at.toISOString(),
    because: clean(entry.because, 600),
    by: clean(entry.by, 128),
    bytes: entry.bytes ?? undefined,
    caller: facts === '{}' ? undefined : '',
    decision: clean(entry.decision, 128),
    digest: clean(entry.digest, 128),
    ecosystem: entry.ecosystem ?? undefined,
    facts: entry.facts ? sortedFacts(entry.facts) : undefined,
    file: clean(entry.file, 1_100),
    kind: entry.kind,
    name: clean(entry.name, 1_100),
    order: clean(entry.order, 128),
    policy: clean(entry.policy, 128),
    range: clean(entry.range, 64),
    reason: clean(entry.reason, 64),
    request: clean(entry.request, 64),
    status: entry.status ?? undefined,
    until: entry.until?.toISOString(),
    variant: clean(entry.variant, 64),
    version: clean(entry.version, 256),
    would: would ? { action: would.action, because: clean(would.because, 600), reason: would.reason } : undefined,
  })
  return facts === '{}' ? json : `${json}\t${facts}`
}

/** By the names of `Fact`, in their order; what is empty is not known. */
function factsOf({ address, client, forwarded, token }: LedgerEntry): string {
  const version = clean(client?.version, 64)
  return JSON.stringify({
    address: clean(address, 64) || undefined,
    agent: clean(client?.userAgent, 512) || undefined,
    ci: clean(client?.ci, 128) || undefined,
    client: client ? version ? `${client.tool} ${version}` : client.tool : undefined,
    forwarded: clean(forwarded?.address, 256) || undefined,
    host: clean(forwarded?.host, 256) || undefined,
    job: clean(forwarded?.job, 256) || undefined,
    token: clean(token, 128) || undefined,
    url: clean(forwarded?.url, 512) || undefined,
    user: clean(forwarded?.user, 128) || undefined,
  } satisfies { [F in Fact]: string | undefined })
}

/** Reads a line and who asked; null when the text is not one. */
export function readEntry(text: string, caller: CallerRow | null): ReadEntry | null {
  const entry = parseEntry(text)
  if (!entry || !caller) return entry
  const { address, agent, ci, client, token, forwarded, host, job, url, user } = caller
  const told = known({ address: forwarded, host, job, url, user })
  const forgotten = forgottenOf(caller)
  const [tool, version] = client?.split(' ', 2) ?? []
  return {
    ...entry, ...known({ address, token }),
    ...(tool === undefined && agent === null && ci === null ? {}
      : { client: { tool: (tool ?? 'unknown') as Client['tool'], ...known({ version: version ?? null, ci }), userAgent: agent ?? '' } as Client }),
    ...(Object.keys(told).length > 0 ? { forwarded: told } : {}),
    ...(forgotten.length > 0 ? { forgotten } : {}),
  }
}

const known = (facts: Readonly<Record<string, string | null>>): Record<string, string> =>
  Object.fromEntries(Object.entries(facts).flatMap(([fact, value]) => (value === null ? [] : [[fact, value]])))

/** Reads a line's own text, without who asked; null when it is not one. Members are as `canonical` wrote them, `at` and `until` as dates. */
export function parseEntry(text: string): ReadEntry | null {
  try {
    const { at, until, ...rest } = JSON.parse(text) as Record<string, unknown>
    const time = new Date(String(at))
    if (Number.isNaN(time.getTime())) return null
    const entry = { ...rest, at: time } as ReadEntry
    return typeof until === 'string' ? { ...entry, until: new Date(until) } : entry
  } catch {
    return null
  }
}

// Controls, invisible and direction-changing characters, line separators and lone surrogates: what could forge a line on
// a terminal or hide a part of a name.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u
const EVERY_UNPRINTABLE = new RegExp(UNPRINTABLE.source, 'gu')

function clean(value: string | null | undefined, limit: number): string | undefined {
  if (value === null || value === undefined) return undefined
  const text = value.length > limit ? `${value.slice(0, limit - 1)}…` : value
  return UNPRINTABLE.test(text) ? text.replace(EVERY_UNPRINTABLE, '\uFFFD') : text
}

function sortedFacts(facts: Readonly<Record<string, string | number | boolean>>): object {
  const pairs = Object.entries(facts).slice(0, 16).map(([key, value]) =>
    [clean(key, 64) ?? '', typeof value === 'string' ? clean(value, 256) : value] as const)
  pairs.sort(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(pairs)
}
