import type { Context } from '../../admission/context.ts'
import { order } from '../../admission/orders.ts'
import { SluiceError } from '../../core/errors.ts'
import { oneLine } from '../../core/text.ts'
import type { Digest, Order } from '../../core/types.ts'
import { hadOf } from './subjects.ts'
import type { Outcome, Review, Reviews } from './reviews.ts'

const ACTIONS: Readonly<Record<Exclude<Outcome, 'returned'>, Order['action']>> = { malicious: 'recall', harmless: 'release', held: 'hold' }

export interface Closing {
  outcome: Exclude<Outcome, 'returned'>
  because: string
  by: string
}

/**
 * What a person, or policy, makes of a review: an order for each version it is about, or for the whole package, and then it is closed.
 * May be repeated after a crash: an order that was given for it is not given twice. Throws `usage`, `not-found`.
 */
export async function closeReview(context: Context, reviews: Reviews, review: Review, { outcome, because, by }: Closing): Promise<{ review: Review; orders: number }> {
  const reason = oneLine(because, 250)
  if (reason === '') throw new SluiceError('usage', 'closing a review needs a reason', { hint: 'say why with --because "…": every client that is refused reads it' })
  if (review.state === 'closed') throw new SluiceError('not-found', `the review ${review.id} is closed`, { hint: 'sluice reviews lists those that are open' })
  const wanted = review.state === 'noted' && outcome === 'harmless' ? [] : await subjectsOf(context, review, outcome)
  const said = `${reason} (review ${review.id.slice(0, 8)})`
  const { ecosystem, name } = review
  const given = await context.database.query.selectFrom('orders').select(['version', 'digest']).where('ecosystem', '=', ecosystem).where('name', '=', name).where('because', '=', said).execute()
  const missing = wanted.filter(({ version, digest }) => !given.some((one) => one.version === version && one.digest === digest))
  for (const subject of missing) await order(context, { ecosystem, name, ...subject, action: ACTIONS[outcome], because: said, by, expiresAt: null })
  await reviews.close(review, { outcome, because: reason, by })
  return { review: await reviews.find(review.id) ?? review, orders: wanted.length }
}

/**
 * Other bytes: a release is for those that were first seen and no others; a recall for whatever has the name. Where the whole package
 * is gone, a release names each version that is known here, because another package may come under its name.
 */
async function subjectsOf({ database }: Context, { ecosystem, name, versions, matter, evidence }: Review, outcome: Closing['outcome']): Promise<{ version: string | null; digest: Digest | null }[]> {
  if (versions === null && outcome !== 'harmless') return [{ version: null, digest: null }]
  const had = await hadOf(database, ecosystem, name)
  if (matter === 'changed' && outcome === 'harmless') {
    const files = new Set(evidence.lines.map(({ about }) => about))
    return had.flatMap(({ version, file, bytes }) => (bytes && file !== null && files.has(file) ? [{ version, digest: bytes.digest }] : []))
  }
  const all = versions ?? [...new Set(had.map(({ version }) => version))]
  return all.map((version) => ({ version, digest: null }))
}
