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
 * An entry of `canonical` in two: who asked, and the rest, which becomes a line's `entry` once the caller's commitment stands in it.
 * `facts` is null where nobody asked. Throws SluiceError `ledger-broken` when the text is not an entry.
 */
export function part(entry: string): { facts: Facts | null; at: number; rest(mark: string | null): { entry: string; columns: EntryColumns } } {
  const value = parseObject(entry)
  const facts = factsIn(value)
  return {
    facts,
    at: columnsFrom(value).at,
    rest(mark) {
      if (mark === null) return { entry, columns: columnsFrom(value) }
      const rest: Record<string, unknown> = {}
      let placed = false
      for (const key of Object.keys(value)) {
        if (!placed && key > 'caller') {
          rest['caller'] = mark
          placed = true
        }
        if (key !== 'address' && key !== 'client' && key !== 'forwarded' && key !== 'token') rest[key] = value[key]
      }
      return { entry: JSON.stringify(rest), columns: columnsFrom(rest) }
    },
  }
}

/** The commitment to a line's caller; null where it has none. The text must be an entry. */
export const markIn = (entry: string): string | null => text(parseObject(entry)['caller'])

/**
 * The only source of the copied columns: appending and verifying both use it. Throws SluiceError `ledger-broken` when
 * the text is not an entry.
 */
export const columnsOf = (entry: string): EntryColumns => columnsFrom(parseObject(entry))

function columnsFrom(value: Record<string, unknown>): EntryColumns {
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

function factsIn({ address, client, forwarded, token }: Record<string, unknown>): Facts | null {
  const { ci, userAgent } = objectOf(client)
  const told = objectOf(forwarded)
  const all = {
    address, agent: userAgent, ci, client: clientOf(client), forwarded: told['address'], host: told['host'], job: told['job'], token, url: told['url'], user: told['user'],
  }
  const known = Object.entries(all).filter(([, fact]) => typeof fact === 'string' && fact !== '')
  return known.length > 0 ? Object.fromEntries(known) : null
}

const objectOf = (value: unknown): Record<string, unknown> => (typeof value === 'object' && value !== null ? value as Record<string, unknown> : {})

function clientOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null
  const { tool, version } = value as Record<string, unknown>
  if (typeof tool !== 'string') return null
  return typeof version === 'string' ? `${tool} ${version}` : tool
}

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null)
