import { z } from '@hono/zod-openapi'
import { delivered, ecosystem, instant } from './schemas.ts'

const classes = z.enum(['mirror', 'scanner', 'ci', 'person', 'unknown'])
const byClass = <S extends z.ZodType>(schema: S) => z.object({ mirror: schema, scanner: schema, ci: schema, person: schema, unknown: schema })
const row = z.object({ value: z.string(), deliveries: z.number(), classes: byClass(z.number()) })
const source = z.string().min(1).max(100)

/** What is asked: one of package, digest and campaign; none: everything. */
const about = z.object({
  package: z.string().min(3).max(600).optional().describe('npm:NAME[@VERSION], pypi:NAME[==VERSION], go:MODULE[@VERSION] or a purl'),
  digest: z.string().regex(/^sha256:[0-9a-f]{64}$/).optional(), campaign: z.string().min(1).max(200).optional(),
  since: instant.optional(), until: instant.optional().describe('not included'),
})

/** What requests about deliveries may hold. */
export const DownloadsBodies = {
  about,
  csv: about.extend({ by: z.enum(['class', 'country', 'client', 'day', 'package', 'caller']).optional() }),
  import: z.object({ source: source.describe('what the table is called; one of that name is replaced'), ecosystem: ecosystem.optional().describe('of rows that name none; else pypi') }),
  source: z.object({ source }),
}

const imported = z.object({ source, rows: z.number(), downloads: z.number(), first: instant.nullable(), last: instant.nullable(), by: z.string(), at: instant })

/** What answers about deliveries hold. */
export const DownloadsAnswers = {
  read: z.object({
    about: z.string(), subjects: z.array(z.string()), since: instant.nullable(), until: instant.nullable(), sources: z.array(z.string()).describe('imported tables whose numbers are in these'), ledger: z.boolean().describe('whether the deliveries of this gate are'),
    deliveries: z.number(), documents: z.number().describe('read beside a package, which nobody has of them; in no other number'),
    classes: byClass(z.object({ deliveries: z.number(), callers: z.number() })),
    interval: z.object({ least: z.number(), most: z.number(), says: z.array(z.string()) }).describe('how many machines may have run it, as far as deliveries tell'),
    first: instant.nullable(), last: instant.nullable(),
    countries: z.array(row), clients: z.array(row), days: z.array(row), hours: z.array(row).describe('empty where there are too many'), packages: z.array(row.extend({ first: instant, last: instant })),
    reasons: z.array(z.object({ class: classes, because: z.string(), by: z.enum(['configuration', 'agent', 'behaviour', 'nothing']), deliveries: z.number() })),
    receivers: z.array(z.object({
      class: classes, because: z.string(), client: z.string(), country: z.string().nullable(), token: z.string().nullable(), user: z.string().nullable(), host: z.string().nullable(),
      address: z.string().nullable(), job: z.string().nullable(), deliveries: z.number(), first: instant, last: instant,
    })),
    machines: z.object({
      installed: z.number(), ran: z.number(),
      met: z.array(z.object({
        contact: z.enum(['index', 'denied', 'served', 'locked', 'installed', 'ran']), subject: z.object({ ecosystem, name: z.string(), version: z.string().nullable() }), host: z.string().nullable(), source: z.string().nullable(), count: z.number(), first: instant, last: instant, delivered,
      })),
    }).optional().describe('what machines say, which is a claim'),
    complete: z.boolean().describe('false: there was more than is listed'), countriesAsOf: instant, at: instant,
  }).openapi('Downloads'),
  imported,
  imports: z.array(imported.openapi('DownloadImport')),
  forgotten: z.object({ removed: z.literal(true) }),
  countries: z.object({ asOf: instant, file: z.string() }),
}

export type DownloadsAnswer<K extends keyof typeof DownloadsAnswers> = z.output<(typeof DownloadsAnswers)[K]>
