import { z } from '@hono/zod-openapi'
import { delivered, ecosystem, instant } from './schemas.ts'

const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)

/** What requests about recalls and evidence may hold. */
export const RecallBodies = {
  list: z.object({ open: z.enum(['true', 'false']).optional().transform((value) => value === 'true').describe('only those in force for some file'), limit: z.coerce.number().int().min(1).max(1_000).optional() }),
  id: z.object({ id: z.string().min(1).max(100) }),
  show: z.object({ limit: z.coerce.number().int().min(1).max(10_000).optional().describe('of those who met it') }),
  settle: z.strictObject({ package: z.string().min(3).max(600) }),
  piece: z.object({ digest: z.string().min(8).max(80).describe('or its first eight hex digits at least') }),
  export: z.strictObject({
    digests: z.array(digest).min(1).max(200), because: z.string().min(1).max(300).describe('who gets it, and why; kept in the ledger'),
    format: z.enum(['age', 'zip']).describe('age: for the recipients; zip: AES-256 with the password "infected", as analysts exchange samples'),
    recipients: z.array(z.string().min(10).max(4_000)).max(20).optional().describe('age1…; with age'),
  }),
}

const contacts = ['index', 'denied', 'served', 'locked', 'installed', 'ran'] as const
const totals = z.object(Object.fromEntries(contacts.map((contact) => [contact, z.number()])) as Record<(typeof contacts)[number], z.ZodNumber>)
const subject = z.object({ ecosystem, name: z.string(), version: z.string().nullable(), digest: z.string().nullable() })
const recall = z.object({
  id: z.string(), ecosystem, name: z.string(), cause: z.string().describe('order, advisory, verdict, policy, or what a program calls it'), reference: z.string(),
  because: z.string(), by: z.string(), at: instant, subjects: z.array(subject), totals: totals.nullable().describe('who had met it then; null: being counted'),
  quiet: z.boolean().describe('never served, so nobody was told'), toldAt: instant.nullable(),
})
const file = z.object({
  seq: z.number(), recall: z.string(), ecosystem, name: z.string(), version: z.string(), file: z.string(), digest: z.string(), size: z.number(),
  step: z.enum(['decided', 'recorded', 'withdrawn', 'lifting', 'lifted']), kept: z.boolean().nullable().describe('whether its bytes are evidence'), at: instant,
  attempt: z.number(), problem: z.string().nullable(), lifted: z.object({ at: instant, because: z.string(), by: z.string() }).nullable(),
})
const text = z.string().nullable()
const met = z.object({
  contact: z.enum(contacts), subject: z.object({ ecosystem, name: z.string(), version: text }), token: text, user: text, host: text, address: text, job: text, client: text,
  service: text, source: text, path: z.array(z.string()), count: z.number(), first: instant, last: instant, delivered,
})
const clearing = z.object({ client: z.string(), commands: z.array(z.string()), says: text })
const piece = z.object({
  digest: z.string(), size: z.number(),
  files: z.array(z.object({ ecosystem, name: z.string(), version: z.string(), file: z.string(), at: instant, recall: z.string(), cause: z.string(), because: z.string() })),
})

/** What answers about recalls and evidence hold. */
export const RecallAnswers = {
  list: z.array(recall.extend({ files: z.number(), open: z.number() })),
  show: z.object({
    recall, files: z.array(file), exposure: z.object({ met: z.array(met), totals, complete: z.boolean() }).describe('as of now'), clear: z.array(clearing),
  }).openapi('Recall'),
  files: z.array(z.object({ ecosystem, name: z.string(), version: z.string(), file: z.string(), digest: z.string(), size: z.number().nullable(), sha512: z.string().nullable().describe('hex'), recall: z.string() })),
  settled: z.object({ settled: z.boolean().describe('false: it takes longer') }),
  evidence: z.array(piece),
  piece: piece.extend({
    hashes: z.record(z.string(), z.string()), origins: z.array(z.object({ upstream: z.string(), publishedAt: instant.nullable(), firstSeenAt: instant })),
    verdicts: z.array(z.object({ file: z.string(), level: z.string(), score: z.number(), rules: z.string(), findings: z.array(z.unknown()), judgedAt: instant })),
    custody: z.array(z.object({ seq: z.number(), hash: z.string(), at: instant, what: z.string(), by: text, because: text })),
  }).openapi('Evidence'),
}

export type RecallAnswer<Name extends keyof typeof RecallAnswers> = z.output<(typeof RecallAnswers)[Name]>
