import { z } from '@hono/zod-openapi'
import { ecosystem, instant } from './schemas.ts'

/** What requests to hunt may hold. */
export const HuntBodies = {
  hunt: z.strictObject({
    what: z.string().max(10_000).optional().describe('an indicator, defanged or not, or an expression: behaviour:exfiltration and trigger:install'),
    like: z.strictObject({ sketch: z.string().max(1_000), least: z.number().min(0).max(1), sha256: z.string().regex(/^[0-9a-f]{64}$/).optional() }).optional().describe('code that is alike, as the sketch that sluice hunt --like makes of it'),
    yara: z.strictObject({ text: z.string().min(1).max(1_000_000), within: z.int().min(1_000).max(840_000) }).optional().describe('YARA rules to run over what is stored, and for how many milliseconds at most'),
    limit: z.int().min(1).max(5_000).optional(),
  }),
  query: z.object({ what: z.string().min(1).max(10_000).describe('as above'), limit: z.coerce.number().int().min(1).max(5_000).optional() }),
}

const subject = z.object({ ecosystem, name: z.string(), version: z.string() })
const contact = z.enum(['index', 'denied', 'served', 'locked', 'installed', 'ran'])
const text = z.string().nullable()

/** What answers about hunts hold. */
export const HuntAnswers = {
  hunt: z.object({
    files: z.number(), versions: z.number(),
    hits: z.array(subject.extend({
      file: z.string(), digest: text, level: z.enum(['clean', 'suspicious', 'malicious', 'undetermined']), score: z.number(), judgedAt: instant,
      served: z.number().describe('deliveries, as far as the ledger was counted'),
      why: z.array(z.object({ what: z.string(), file: z.string().describe('empty: the whole'), line: z.number(), excerpt: z.string() })),
      ruling: z.object({ action: z.enum(['serve', 'hold', 'quarantine']), reason: z.string(), because: z.string() }),
    })),
    more: z.number().describe('files that were found and are not listed'),
    complete: z.boolean(), notes: z.array(z.string()).describe('why it is not complete'), looked: z.number(),
    exposure: z.object({
      met: z.array(z.object({
        contact, subject: subject.extend({ version: text }), token: text, user: text, host: text, address: text, job: text, client: text, service: text, source: text,
        path: z.array(z.string()), count: z.number(), first: instant, last: instant,
      })),
      totals: z.object({ index: z.number(), denied: z.number(), served: z.number(), locked: z.number(), installed: z.number(), ran: z.number() }), complete: z.boolean(),
    }).nullable().describe('who met these versions; null: too many versions'),
    subjects: z.array(subject).describe('every version that was found'),
  }).openapi('Hunt'),
  retro: z.object({
    indexed: z.boolean(), indicators: z.number().describe('changes of known indicators still to be matched'), held: z.number().describe('files that are held for a known indicator'),
    outdated: z.number().describe('files that were judged by other detectors than today\'s'), unswept: z.number().describe('files over which changed rules are still to be run'),
    judged: z.number(), left: z.number(),
    sweep: z.object({ running: z.boolean(), names: z.array(z.string()), scanned: z.number(), matched: z.number(), failed: z.number() }),
  }).openapi('Retro'),
}

export type HuntWire = z.output<typeof HuntAnswers.hunt>
export type RetroWire = z.output<typeof HuntAnswers.retro>
