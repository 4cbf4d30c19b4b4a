import { z } from '@hono/zod-openapi'
import { ecosystem, instant } from './schemas.ts'

const severity = z.enum(['low', 'medium', 'high', 'critical'])
const kind = z.enum(['changed', 'placeholder', 'quarantined', 'unpublished', 'removed', 'yanked', 'retracted', 'deprecated', 'archived'])
const outcome = z.enum(['malicious', 'harmless', 'held'])
const text = z.string().nullable()

/** What requests about reviews may hold. */
export const ReviewBodies = {
  list: z.object({
    state: z.enum(['open', 'noted', 'closed', 'all']).optional().describe('absent: open'), limit: z.coerce.number().int().min(1).max(1_000).optional(),
  }),
  id: z.object({ id: z.string().min(6).max(100).describe('or its beginning') }),
  close: z.strictObject({ outcome: outcome.describe('malicious: recalled; harmless: released; held: held by a person from now on'), because: z.string().min(1).max(300) }),
  recheck: z.strictObject({ ecosystem, name: z.string().min(1).max(1_000) }),
}

const review = z.object({
  id: z.string(), ecosystem, name: z.string(), matter: z.enum(['removed', 'changed', 'note']), kind, state: z.enum(['open', 'noted', 'closed']), severity,
  versions: z.array(z.string()).nullable().describe('null: every version'), says: z.string(),
  evidence: z.object({
    looks: z.array(z.object({ url: z.string(), status: z.number(), digest: z.string().describe('SHA-256 of what came'), at: instant })),
    lines: z.array(z.object({ about: z.string(), says: z.string(), before: text, after: text })).describe('what stood in the document before, and now'),
    bytes: z.array(z.object({ file: z.string(), first: text.describe('digest of what was first seen, which is what is kept to be served'), now: text.describe('digest of what upstream sends now, kept as evidence'), level: text, says: z.string(), added: z.array(z.string()), removed: z.array(z.string()) })),
  }),
  alarm: text, noticedAt: instant, openedAt: instant, changedAt: instant, backAt: instant.nullable().describe('since when upstream has everything again'), closedAt: instant.nullable(),
  outcome: z.enum(['malicious', 'harmless', 'held', 'returned']).nullable(), because: text, by: text,
})
const met = z.object({
  contact: z.enum(['index', 'denied', 'served', 'locked', 'installed', 'ran']), subject: z.object({ ecosystem, name: z.string(), version: text }), token: text, user: text, host: text, address: text,
  job: text, client: text, service: text, source: text, path: z.array(z.string()), count: z.number(), first: instant, last: instant,
})

/** What answers about reviews hold. */
export const ReviewAnswers = {
  list: z.array(review.openapi('Review')),
  review: review.extend({
    exposure: z.object({ met: z.array(met), totals: z.object({ index: z.number(), denied: z.number(), served: z.number(), locked: z.number(), installed: z.number(), ran: z.number() }), complete: z.boolean() }),
  }).openapi('ReviewDetail'),
  closed: z.object({ review, orders: z.number().describe('orders that were given for it') }),
  rechecked: z.object({
    ecosystem, name: z.string(), result: z.enum(['as it was', 'nothing had', 'gone', 'doubted', 'found', 'trouble']), says: z.string(), reviews: z.array(review), again: instant.nullable(),
  }).openapi('Recheck'),
  status: z.object({
    running: z.boolean(), budget: z.number(), packages: z.number(), recent: z.number(), due: z.number(), unseen: z.number(), doubted: z.number(),
    oldestLook: instant.nullable(), lastPass: instant.nullable(), looked: z.number().nullable(), bytes: z.number().nullable(),
    registries: z.array(z.object({ ecosystem, state: z.enum(['answering', 'in trouble', 'doubted']), problem: text, pausedUntil: instant.nullable() })), openReviews: z.number(),
  }).openapi('RecheckStatus'),
}

export type ReviewAnswer<Name extends keyof typeof ReviewAnswers> = z.output<(typeof ReviewAnswers)[Name]>
