import { randomUUID } from 'node:crypto'
import { SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { Digest, EcosystemId, Order } from '../core/types.ts'
import { ecosystems } from '../ecosystems/index.ts'
import type { Context } from './context.ts'
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

type OrderContext = Pick<Context, 'database' | 'ledger' | 'clock' | 'revisions' | 'notifier'>

/**
 * A person's word on a package: hold it, release it, recall it. It stands above policy and verdict, the latest first; every
 * gate follows within a second. The order is in the ledger before this resolves.
 */
export async function order(context: OrderContext, request: OrderRequest): Promise<Order> {
  const because = oneLine(request.because, 300)
  if (because === '') throw new SluiceError('usage', `a ${request.action} needs a reason`, { hint: 'say why with --because "…": every client that is refused reads it' })
  const name = ecosystems[request.ecosystem].canonicalName(request.name)
  const at = context.clock.now()
  const made: Order = { ...request, name, because, by: oneLine(request.by, 100), id: randomUUID(), at }
  await context.database.transaction(async (tx) => {
    await tx.insertInto('orders').values({
      id: made.id, ecosystem: made.ecosystem, name, version: made.version, digest: made.digest, action: made.action,
      because, by: made.by, at: at.getTime(), expires_at: made.expiresAt?.getTime() ?? null,
    }).execute()
    await Revisions.record(tx, { kind: made.action, ecosystem: made.ecosystem, name, at })
  })
  context.revisions.bump(made.ecosystem, name)
  await context.ledger.append({
    at, kind: made.action === 'recall' ? 'recalled' : 'order', ecosystem: made.ecosystem, name, version: made.version, digest: made.digest,
    order: made.id, by: made.by, because: `${made.action}: ${because}`, ...(made.expiresAt ? { until: made.expiresAt } : {}),
  })
  if (made.action === 'recall') {
    await context.notifier.notify({
      kind: 'recalled', title: `${made.ecosystem} ${name}${made.version ? ` ${made.version}` : ''} recalled`, text: because, at,
      data: { ecosystem: made.ecosystem, name, version: made.version, by: made.by, order: made.id },
    })
  }
  return made
}

/** Orders in force or expired, newest first. */
export async function listOrders(context: Pick<Context, 'database'>, limit = 200): Promise<Order[]> {
  const rows = await context.database.query.selectFrom('orders').selectAll().orderBy('at', 'desc').limit(limit).execute()
  return rows.map((row) => ({
    id: row.id, ecosystem: row.ecosystem as EcosystemId, name: row.name, version: row.version, digest: row.digest as Digest | null,
    action: row.action as Order['action'], because: row.because, by: row.by, at: new Date(row.at),
    expiresAt: row.expires_at === null ? null : new Date(row.expires_at),
  }))
}
