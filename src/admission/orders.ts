import { randomUUID } from 'node:crypto'
import type { Kysely, Selectable } from 'kysely'
import { SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { Digest, EcosystemId, Order } from '../core/types.ts'
import type { Tables } from '../ports/database.ts'
import type { Context } from './context.ts'
import { named } from './names.ts'
import { Revisions } from './revisions.ts'

export interface OrderRequest {
  ecosystem: EcosystemId
  name: string
  version: string | null
  digest: Digest | null
  action: Order['action']
  because: string
  by: string
  expiresAt: Date | null
}

export type OrderContext = Pick<Context, 'database' | 'ledger' | 'clock' | 'revisions'>

/**
 * A person's word on a package: hold it, release it, recall it. It stands above policy and verdict (`orderInForce` says which
 * of several counts); every gate follows within a second. The order is in the ledger before this resolves; what a recall or a
 * release does besides (`recall/recalls.ts`) follows from the change that is recorded with it. `alongside` writes in the same transaction.
 * Throws `usage`: no reason, an end that has passed, a name no package can have.
 */
export async function order(
  context: OrderContext, request: OrderRequest, alongside?: (tx: Kysely<Tables>, made: Order) => Promise<void>,
): Promise<Order> {
  const because = oneLine(request.because, 300)
  if (because === '') throw new SluiceError('usage', `a ${request.action} needs a reason`, { hint: 'say why with --because "…": every client that is refused reads it' })
  const at = context.clock.now()
  const { expiresAt } = request
  if (expiresAt && expiresAt <= at) throw new SluiceError('usage', `a ${request.action} that ended at ${expiresAt.toISOString()} would do nothing`, { hint: 'name an end that is still to come, or none' })
  const { name, version } = named(request)
  const row = {
    id: randomUUID(), ecosystem: request.ecosystem, name, version, digest: request.digest, action: request.action,
    because, by: oneLine(request.by, 100), at: at.getTime(), expires_at: expiresAt?.getTime() ?? null,
  }
  const made = await context.database.transaction(async (tx) => {
    const { seq } = await tx.insertInto('orders').values(row).returning('seq').executeTakeFirstOrThrow()
    await Revisions.record(tx, { kind: row.action, ecosystem: row.ecosystem, name, at })
    const ordered = orderOf({ ...row, seq })
    await alongside?.(tx, ordered)
    return ordered
  })
  context.revisions.bump(made.ecosystem, name)
  await context.ledger.append({
    at, kind: made.action === 'recall' ? 'recalled' : 'order', ecosystem: made.ecosystem, name, version: made.version, digest: made.digest,
    order: made.id, by: made.by, because: `${made.action}: ${because}`, ...(made.expiresAt ? { until: made.expiresAt } : {}),
  })
  return made
}

/** Orders in force or expired, the latest first. */
export async function listOrders(context: Pick<Context, 'database'>, limit = 200): Promise<Order[]> {
  const rows = await context.database.query.selectFrom('orders').selectAll().orderBy('seq', 'desc').limit(limit).execute()
  return rows.map(orderOf)
}

export function orderOf(row: Selectable<Tables['orders']>): Order {
  return {
    id: row.id, seq: Number(row.seq), ecosystem: row.ecosystem as EcosystemId, name: row.name, version: row.version, digest: row.digest as Digest | null,
    action: row.action as Order['action'], because: row.because, by: row.by, at: new Date(Number(row.at)),
    expiresAt: row.expires_at === null ? null : new Date(Number(row.expires_at)),
  }
}
