import { z } from '@hono/zod-openapi'
import { INDICATOR_KINDS } from '../intel/indicator.ts'
import { FEED_KINDS } from '../intel/sync/feeds.ts'
import { TLP_WORDS } from '../intel/tlp.ts'
import { EXPORT_FORMATS } from '../intel/write/formats.ts'
import { instant } from './schemas.ts'

const tlp = z.enum(TLP_WORDS)
const leavingTlp = z.enum(['clear', 'green', 'amber', 'amber+strict'])
const kind = z.enum(INDICATOR_KINDS)
const said = z.string().nullable()

export const ExchangeBodies = {
  feedPage: z.object({ since: z.string().max(60).optional().describe('`next` of the page before; absent: from the beginning'), limit: z.coerce.number().int().min(1).max(2_000).default(1_000) }),
  name: z.object({ name: z.string().max(60) }),
  feed: z.strictObject({
    location: z.string().min(1).max(2_000), format: z.enum(FEED_KINDS).nullable().default(null), tlp: tlp.default('clear'), every: z.int().min(60_000).max(31 * 86_400_000).optional().describe('milliseconds'),
  }),
  sync: z.strictObject({ name: z.string().max(60).optional() }),
  export: z.object({ format: z.enum(EXPORT_FORMATS), since: instant.optional(), max_tlp: leavingTlp.optional() }),
  indicators: z.object({
    after: z.coerce.number().int().min(0).optional(), limit: z.coerce.number().int().min(1).max(5_000).default(1_000), source: z.string().max(200).optional(),
    like: z.string().max(500).optional(), withdrawn: z.stringbool().optional(),
  }),
  addIndicators: z.strictObject({ values: z.array(z.string().min(1).max(2_048)).min(1).max(1_000), type: kind.nullable().default(null), because: z.string().min(1).max(300), tlp: tlp.default('amber'), validUntil: instant.optional() }),
  withdraw: z.strictObject({ value: z.string().min(1).max(2_048) }),
}

const report = z.object({
  imported: z.number(), updated: z.number(), unchanged: z.number(), withdrawn: z.number(), indicators: z.number(), skippedTotal: z.number(),
  skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
})
const state = z.object({
  kind: z.enum(FEED_KINDS).nullable(), etag: said, lastModified: said, cursor: said, checkedAt: said, okAt: said, problem: said, failures: z.number(), nextAt: said,
  last: z.object({ at: z.string(), imported: z.number(), updated: z.number(), withdrawn: z.number(), indicators: z.number(), skipped: z.number() }).nullable(),
})
const feed = z.object({
  name: z.string(), location: z.string(), format: z.enum(FEED_KINDS).nullable(), tlp, every: z.number(), configured: z.boolean(), trusted: z.boolean(), by: z.string(), addedAt: instant, state,
})
const indicator = z.object({
  seq: z.number(), type: kind, value: z.string(), source: z.string(), record: said, says: z.string(), tlp, validUntil: instant.nullable(), withdrawn: instant.nullable(), modified: instant, addedAt: instant,
})

export const ExchangeAnswers = {
  feedPage: z.object({ records: z.array(z.record(z.string(), z.unknown())), next: z.string(), more: z.boolean() }).openapi('FeedPage'),
  feeds: z.array(feed.openapi('IntelFeed')),
  feed,
  removed: z.object({ removed: z.literal(true) }),
  synced: z.array(z.object({ name: z.string(), report: report.nullable(), problem: said, hint: said, elapsedMs: z.number() })),
  exported: z.object({ items: z.number(), kept: z.number().describe('items that may not leave at this level'), files: z.array(z.object({ path: z.string(), text: z.string() })) }).openapi('Exported'),
  indicators: z.array(indicator.openapi('KnownIndicator')),
  indicator,
  added: z.array(z.object({ type: kind, value: z.string() })),
}
export type ExchangeAnswer<Name extends keyof typeof ExchangeAnswers> = z.output<(typeof ExchangeAnswers)[Name]>
