import { SluiceError } from '../core/errors.ts'
import { oneLine } from '../core/text.ts'
import type { Order } from '../core/types.ts'
import { named } from './names.ts'
import { order, orderOf } from './orders.ts'
import type { OrderContext, OrderRequest } from './orders.ts'
import { Revisions } from './revisions.ts'

/** What a program knows that makes it take something back. `kind` is a word of its own, `reference` what it will call this by later. */
export interface ProgramCause {
  kind: string
  reference: string
}

export type RecallRequest = Omit<OrderRequest, 'action' | 'expiresAt'> & { cause: ProgramCause }

/**
 * Takes back a package, a version, or exact bytes, for a program's reason. Denied on every gate within a second; what was served
 * or stored is withdrawn, traced and told by `recall/recalls.ts`, from the order that is durable when this resolves.
 * The same cause again for the same thing changes nothing. Throws `usage` as `order` does.
 */
export async function recall(context: OrderContext, { cause, ...request }: RecallRequest): Promise<Order> {
  const reason = { kind: oneLine(cause.kind, 40), reference: oneLine(cause.reference, 300) }
  if (reason.kind === '' || reason.reference === '') throw new SluiceError('usage', 'a recall by a program needs a cause')
  const { name, version } = named(request)
  const before = await ordersOf(context, reason)
  const same = before.find((one) => one.ecosystem === request.ecosystem && one.name === name && one.version === version && one.digest === request.digest)
  if (same) return same
  return order(context, { ...request, action: 'recall', expiresAt: null }, async (tx, { id }) => {
    await tx.insertInto('recall_causes').values({ order_id: id, ...reason }).execute()
  })
}

/**
 * Ends what `recall` ordered for this cause, and nothing else: other causes and people's words stand. Bytes come back, and
 * people are told, as after `release`. How many recalls ended.
 */
export async function endRecall(context: OrderContext, { cause, because, by }: { cause: ProgramCause; because: string; by: string }): Promise<number> {
  const at = context.clock.now()
  const ending = await ordersOf(context, cause)
  for (const { id, ecosystem, name, version, digest } of ending) {
    await context.database.transaction(async (tx) => {
      await tx.updateTable('orders').set({ expires_at: at.getTime() }).where('id', '=', id).execute()
      await Revisions.record(tx, { kind: 'release', ecosystem, name, at })
    })
    context.revisions.bump(ecosystem, name)
    await context.ledger.append({ at, kind: 'order', ecosystem, name, version, digest, order: id, by, because: `recall ended: ${oneLine(because, 300)}` })
  }
  return ending.length
}

/** Recalls in force that a program ordered for this cause. */
async function ordersOf({ database, clock }: OrderContext, { kind, reference }: ProgramCause): Promise<Order[]> {
  const rows = await database.query.selectFrom('orders').innerJoin('recall_causes', 'recall_causes.order_id', 'orders.id').selectAll('orders')
    .where('recall_causes.reference', '=', reference).where('recall_causes.kind', '=', kind)
    .where((is) => is.or([is('expires_at', 'is', null), is('expires_at', '>', clock.now().getTime())])).execute()
  return rows.map(orderOf)
}
