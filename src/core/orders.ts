import { listed } from './affects.ts'
import type { CompareVersions } from './affects.ts'
import type { Digest, Order } from './types.ts'

/** A file as orders may name it. */
export interface Named {
  version: string
  /** Of the bytes the gate has judged; null: none yet. */
  judged: Digest | null
  /** Of the bytes the index promises; null: it promises no SHA-256. */
  pledged: Digest | null
}

/**
 * The order that counts for a file, and when that changes by itself: the latest by `seq`, because clocks can be set back.
 *
 * A recall that names a version or bytes is lifted only by a later release that names a version or bytes, too: whoever
 * releases, or holds, a whole package need not have thought of the one version somebody took back.
 */
export function orderInForce(orders: readonly Order[], file: Named, now: Date, compareVersions: CompareVersions): { order: Order; until: Date | null } | null {
  const speaking = orders.filter((order) => speaks(order, file, now, compareVersions)).sort((a, b) => a.seq - b.seq)
  let recall: Order | null = null
  let lift: Order | null = null
  for (const order of speaking) {
    if (order.version === null && order.digest === null) continue
    if (order.action === 'recall') [recall, lift] = [order, null]
    else if (order.action === 'release') lift = order
  }
  if (recall && !lift) return { order: recall, until: recall.expiresAt }
  const latest = speaking.at(-1)
  // A recall is back as soon as the release that lifts it has expired.
  return latest ? { order: latest, until: earliest([latest.expiresAt, recall && lift ? lift.expiresAt : null]) } : null
}

function speaks(order: Order, file: Named, now: Date, compareVersions: CompareVersions): boolean {
  if (order.expiresAt && order.expiresAt <= now) return false
  if (order.version !== null && !listed([order.version], file.version, compareVersions)) return false
  if (order.digest === null) return true
  // A release is for the bytes that would be served; what refuses refuses whichever of the two it names.
  if (order.action === 'release') return order.digest === (file.judged ?? file.pledged)
  return order.digest === file.judged || order.digest === file.pledged
}

/** null: never. */
export function earliest(dates: readonly (Date | null)[]): Date | null {
  return dates.reduce((first, date) => (first === null || (date !== null && date < first) ? date : first), null)
}
