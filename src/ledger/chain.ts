import { hash } from 'node:crypto'
import type { Tables } from '../ports/database.ts'
import { SluiceError } from '../core/errors.ts'
import type { Facts } from './caller.ts'

/**
 * The chain of the ledger. Line n is bound to all lines before it:
 *
 *     hash(n) = hex(sha256(hash(n-1) + "\n" + entry(n)))      hash(0) = 64 zeros
 *
 * with `entry` the canonical JSON of `entry.ts` in UTF-8 and hashes in lower-case hex. `seq` counts from 1 without gaps.
 * Whoever knows one hash can therefore tell whether anything before it was changed.
 */
export const GENESIS = '0'.repeat(64)

export interface Head {
  seq: number
  hash: string
}

export function link(prev: string, entry: string): string {
  return hash('sha256', `${prev}\n${entry}`)
}

/** What is copied out of an entry for queries. */
export type EntryColumns = Omit<Tables['ledger'], 'seq' | 'prev' | 'hash' | 'entry' | 'caller'>

/**
 * What `canonical` gives, taken apart: who asked as the JSON of `Facts`, null where nobody did, the copied columns, and the line itself
 * once its caller's commitment is known. Throws SluiceError `ledger-broken` when the text is not an entry.
 */
export function part(entry: string): { facts: string | null; columns: EntryColumns; line(mark: string): string } {
  const tab = entry.indexOf('\t')
  if (tab < 0) return { facts: null, columns: columnsOf(entry), line: () => entry }
  const rest = entry.slice(0, tab)
  return { facts: entry.slice(tab + 1), columns: columnsOf(rest), line: (mark) => rest.replace(UNMARKED, `"caller":"${mark}"`) }
}

/**
 * Where the commitment goes. No text of a client can look like it, as quotes inside of JSON strings are escaped, and the only member of any
 * other object that could has its place behind it.
 */
const UNMARKED = '"caller":""'

/** The commitment to a line's caller; null where it has none. The text must be an entry. */
export const markIn = (entry: string): string | null => text(parseObject(entry)['caller'])

/**
 * The only source of the copied columns: appending and verifying both use it. Throws SluiceError `ledger-broken` when
 * the text is not an entry.
 */
export function columnsOf(entry: string): EntryColumns {
  const value = parseObject(entry)
  const at = typeof value.at === 'string' ? Date.parse(value.at) : Number.NaN
  if (Number.isNaN(at)) throw new SluiceError('ledger-broken', 'a ledger entry without a time')
  if (typeof value.kind !== 'string') throw new SluiceError('ledger-broken', 'a ledger entry without a kind')
  return {
    at,
    kind: value.kind,
    ecosystem: text(value.ecosystem),
    name: text(value.name),
    version: text(value.version),
    file: text(value.file),
    digest: text(value.digest),
    token: text(value.token),
    address: text(value.address),
    client: clientOf(value.client),
  }
}

function parseObject(entry: string): Record<string, unknown> {
  let value: unknown
  try {
    value = JSON.parse(entry)
  } catch (cause) {
    throw new SluiceError('ledger-broken', 'a ledger entry that is not JSON', { cause })
  }
  if (typeof value !== 'object' || value === null) throw new SluiceError('ledger-broken', 'a ledger entry that is not an object')
  return value as Record<string, unknown>
}

/** Who asked, as a line says that is from before callers had rows of their own. */
export function factsIn(entry: string): Facts {
  const { address, client, forwarded, token } = parseObject(entry)
  const { ci, userAgent } = objectOf(client)
  const told = objectOf(forwarded)
  const all = {
    address, agent: userAgent, ci, client: clientOf(client), forwarded: told['address'], host: told['host'], job: told['job'], token, url: told['url'], user: told['user'],
  }
  return Object.fromEntries(Object.entries(all).filter(([, fact]) => typeof fact === 'string' && fact !== ''))
}

const objectOf = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? value as Record<string, unknown> : {})

function clientOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  const { tool, version } = value as Record<string, unknown>
  if (typeof tool !== 'string') return null
  return typeof version === 'string' ? `${tool} ${version}` : tool
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
