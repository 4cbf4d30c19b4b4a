import { createHash } from 'node:crypto'
import { isCode, sentence } from '../core/errors.ts'
import type { Upstream } from '../ports/upstream.ts'

/** What stands at an address of an attacker's, as a look of ours finds it. Nothing of it is kept but its hash. */
export type Content =
  /** `cut`: there was more than is read; the hash is of what was. */
  | { outcome: 'there'; status: number; sha256: string; size: number; cut: boolean }
  /** Its server says that it is not there (RFC 9110 §15.5.5, §15.5.11; RFC 7725). */
  | { outcome: 'gone'; status: number }
  /** Nothing follows: a server in trouble, one that asks for a login, none that answers. */
  | { outcome: 'unknown'; why: string }

const MOST = 8 * 1024 * 1024
const GONE: ReadonlySet<number> = new Set([404, 410, 451])

/**
 * One look at an address, through the way out that never reaches inner addresses. Whoever runs the server sees it: it is done only where the
 * organisation switched it on. Never rejects.
 */
export async function lookAtContent(upstream: Pick<Upstream, 'fetch'>, url: string, timeout = 15_000): Promise<Content> {
  try {
    const { status, body } = await upstream.fetch(url, { limit: MOST * 2, timeout, headers: { 'user-agent': 'Mozilla/5.0', accept: '*/*' } })
    if (status !== 200) {
      body.on('error', () => undefined).destroy()
      return GONE.has(status) ? { outcome: 'gone', status } : { outcome: 'unknown', why: `it answered ${status}` }
    }
    const hash = createHash('sha256')
    let size = 0
    for await (const chunk of body) {
      const bytes = (chunk as Buffer).subarray(0, MOST - size)
      hash.update(bytes)
      size += bytes.length
      if (size >= MOST) break
    }
    return { outcome: 'there', status, sha256: hash.digest('hex'), size, cut: size >= MOST }
  } catch (thrown) {
    return { outcome: 'unknown', why: isCode(thrown, 'upstream-too-large') ? 'it is larger than is read' : sentence(thrown) }
  }
}

/** What was seen at the last looks; as it is kept with a ticket. */
export interface Seen {
  at: number
  outcome: Content['outcome']
  sha256: string | null
  /** How many looks in a row found it gone. */
  gone: number
}

/** So many looks have to find it gone: a server that is moved says so once. */
const SURE = 2

/** What a look says after those before it. `state`: what to tell the ticket; null: nothing new. `changed`: other bytes stand there: for a person to judge. Pure. */
export function settle(before: Seen | null, now: Content, at: Date): { seen: Seen; state: 'gone' | 'there' | null; changed: string | null } {
  if (now.outcome === 'unknown') return { seen: before ?? { at: at.getTime(), outcome: 'unknown', sha256: null, gone: 0 }, state: null, changed: null }
  if (now.outcome === 'gone') {
    const gone = (before?.gone ?? 0) + 1
    return { seen: { at: at.getTime(), outcome: 'gone', sha256: before?.sha256 ?? null, gone }, state: gone === SURE ? 'gone' : null, changed: null }
  }
  const other = before?.sha256 != null && before.sha256 !== now.sha256
  return {
    seen: { at: at.getTime(), outcome: 'there', sha256: now.sha256, gone: 0 }, state: (before?.gone ?? 0) >= SURE ? 'there' : null,
    changed: other ? `other content stands there now: sha256 ${now.sha256.slice(0, 16)}… instead of ${before.sha256?.slice(0, 16) ?? ''}…` : null,
  }
}
