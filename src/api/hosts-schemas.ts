import { z } from '@hono/zod-openapi'
import { ecosystem, instant } from './schemas.ts'

const host = z.string().min(1).max(255)

export const HostBodies = {
  host: z.object({ host }),
  delivered: z.strictObject({ packages: z.array(z.strictObject({ ecosystem, name: z.string().min(1).max(500), version: z.string().max(256).nullable() })).max(5_000) }),
  show: z.object({ gone: z.stringbool().optional().describe('also what it has no longer') }),
  events: z.object({
    host: host.optional(), kind: z.enum(['installed', 'removed', 'ran', 'act', 'alarm', 'blocked', 'session', 'lost']).optional(),
    before: z.coerce.number().int().min(1).optional().describe('`seq` of the last one of the page before'), limit: z.coerce.number().int().min(1).max(1_000).optional(),
  }),
}

const summary = z.object({
  name: z.string(), firstAt: instant, lastAt: instant, completeAt: instant.nullable().describe('when it told all it has for the last time'), packages: z.number(), events: z.number(),
  refused: z.number().describe('events not taken'), unkept: z.number().describe('packages there was no room for'),
})
const version = z.string().nullable()

export const HostAnswers = {
  taken: z.object({
    spool: z.string(), known: z.boolean().describe('false: nothing of this spool was there before'), upTo: z.number().nullable().describe('the highest place in it; all of it may be dropped'), taken: z.number(), duplicates: z.number(),
    ended: z.number().describe('what an inventory that told all did not find again'), refused: z.array(z.object({ sequence: z.number().nullable(), says: z.string() })), refusedTotal: z.number(),
  }).openapi('HostEventsTaken'),
  forwarded: z.object({
    hosts: z.array(z.object({ name: z.string(), taken: z.number(), duplicates: z.number() })), refused: z.array(z.string()), refusedTotal: z.number(),
  }).openapi('HostEventsForwarded'),
  delivered: z.array(z.enum(['here', 'elsewhere', 'never'])).describe('in the order asked for: delivered to the machine that the token speaks for, to somebody else, or to nobody'),
  hosts: z.array(summary),
  status: z.object({ hosts: z.number(), packages: z.number(), events: z.number(), refused: z.number(), lastAt: instant.nullable() }).openapi('HostsStatus'),
  host: summary.extend({
    tokens: z.array(z.string()).describe('which speak for it'), problems: z.array(z.object({ at: instant, says: z.string() })), complete: z.boolean().describe('false: it has more than are listed'),
    items: z.array(z.object({
      ecosystem, name: z.string(), version, place: z.string(), digest: z.string().nullable(), source: z.string(), firstAt: instant, lastAt: instant, goneAt: instant.nullable(),
      delivered: z.enum(['here', 'elsewhere', 'never']).describe('what the ledger says: delivered to this machine, to somebody else, or to nobody'),
    })),
    runs: z.array(z.object({ ecosystem, name: z.string(), version, source: z.string(), place: z.string().nullable(), firstAt: instant, lastAt: instant, count: z.number() })),
  }).openapi('Host'),
  events: z.array(z.object({
    seq: z.number(), host: z.string(), at: instant, receivedAt: instant, clock: z.string().nullable().describe('late or future: by the machine\'s clock'),
    event: z.looseObject({ id: z.string(), kind: z.string(), source: z.string(), says: z.string(), user: z.string().nullable(), place: z.string().nullable() }),
  })),
  removed: z.object({ removed: z.literal(true) }),
}

/** An answer as it travels: plain JSON, instants as text. */
export type HostAnswer<Name extends keyof typeof HostAnswers> = z.output<(typeof HostAnswers)[Name]>
