import { hash } from 'node:crypto'
import type { Tables } from '../ports/database.ts'
import { SluiceError } from '../core/errors.ts'

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
export type EntryColumns = Omit<Tables['ledger'], 'seq' | 'prev' | 'hash' | 'entry'>

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

function clientOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  const { tool, version } = value as Record<string, unknown>
  if (typeof tool !== 'string') return null
  return typeof version === 'string' ? `${tool} ${version}` : tool
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
