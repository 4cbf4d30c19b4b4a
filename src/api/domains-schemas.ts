import { z } from '@hono/zod-openapi'
import { instant } from './schemas.ts'

const name = z.string().min(1).max(2_000).describe('a domain, URL, IP address or AS number, defanged or not')
const text = (most: number) => z.string().trim().min(1).max(most)

/** What requests about names of attackers may hold. */
export const DomainBodies = {
  check: z.strictObject({ names: z.array(name).min(1).max(2_000), protect: z.array(z.string().min(1).max(253)).max(200).optional().describe('hosts to protect besides') }),
  candidates: z.object({ host: name }),
  name: z.object({ name }),
  watch: z.strictObject({ name, because: text(300) }),
  evidence: z.strictObject({ name, says: text(2_000), from: text(200).describe('whose page, letter or picture it is'), url: z.string().max(1_000).optional(), at: instant.describe('when it was so') }),
}

const imitation = z.object({
  of: z.string(), sure: z.boolean(), ways: z.array(z.object({ kind: z.string(), says: z.string(), sure: z.boolean() })),
})
const state = z.enum(['up', 'parked', 'down', 'unknown'])
const kept = z.object({
  target: z.string(), because: z.string(), by: z.string(), firstAt: instant, dueAt: instant.nullable().describe('null: not looked at by the clock'), checkedAt: instant.nullable(), state, reasons: z.array(z.string()),
  stateSince: instant, downAt: instant.nullable().describe('when it was first seen to be down'), failures: z.number(),
})
const source = z.enum(['rdap', 'dns', 'certificates', 'passive-dns', 'evidence'])
const contact = z.object({ name: z.string().nullable(), organisation: z.string().nullable(), emails: z.array(z.string()), phones: z.array(z.string()), urls: z.array(z.string()), country: z.string().nullable() }).nullable()
const events = z.array(z.object({ action: z.string(), at: instant }))
const domainRecord = z.object({
  name: z.string(), handle: z.string().nullable(), registrar: z.object({ name: z.string().nullable(), ianaId: z.string().nullable(), url: z.string().nullable() }).nullable(), abuse: contact, registrant: contact,
  statuses: z.array(z.string()), events, nameServers: z.array(z.string()), signed: z.boolean().nullable(), redacted: z.array(z.string()), odd: z.array(z.string()),
})
const networkRecord = z.object({
  range: z.string(), handle: z.string().nullable(), name: z.string().nullable(), type: z.string().nullable(), parent: z.string().nullable(), country: z.string().nullable(), holder: contact, abuse: contact,
  statuses: z.array(z.string()), events, odd: z.array(z.string()),
})
const asked = { servers: z.array(z.string()), problems: z.array(z.string()) }
const registration = z.union([
  z.object({ outcome: z.literal('found'), kind: z.literal('domain'), record: domainRecord, ...asked }), z.object({ outcome: z.literal('found'), kind: z.literal('network'), record: networkRecord, ...asked }),
  z.object({ outcome: z.literal('absent'), ...asked }), z.object({ outcome: z.literal('unanswered'), why: z.string(), ...asked }),
])
const answers = z.record(z.string(), z.object({ outcome: z.enum(['found', 'no-data', 'no-name', 'failed']), records: z.array(z.string()), why: z.string().nullable() }))
const facts = z.object({
  rdap: registration.optional(), dns: z.object({ host: answers, domain: answers, wildcard: z.boolean().nullable() }).optional(),
  certificates: z.object({ certificates: z.array(z.object({ serial: z.string(), names: z.array(z.string()), issuer: z.string(), from: z.string(), to: z.string() })), cut: z.boolean() }).optional(),
  'passive-dns': z.object({ records: z.array(z.object({ name: z.string(), type: z.string(), data: z.array(z.string()), first: z.string().nullable(), last: z.string().nullable() })), cut: z.boolean() }).optional(),
})
const report = z.object({
  target: z.string(), state, reasons: z.array(z.string()), knownSince: instant.nullable(), imitations: z.array(imitation), changes: z.array(z.string()), relapse: z.boolean(),
  looked: z.object({ at: instant, facts, networks: z.array(z.object({ address: z.string(), registration })), retryAt: instant.nullable(), problems: z.array(z.string()) }),
}).openapi('DomainReport')

/** What answers about names of attackers hold. */
export const DomainAnswers = {
  checked: z.array(z.object({
    name: z.string(), shown: z.string(), standing: z.enum(['own', 'allowed', 'imitates', 'resembles', 'none', 'no-name']), imitations: z.array(imitation), remarks: z.array(z.string()),
  }).openapi('CheckedDomain')),
  candidates: z.array(z.object({ kind: z.string(), host: z.string() })),
  report,
  history: z.object({
    target: z.string(), kept: kept.nullable(), looks: z.number().describe('observations of this gate'),
    happenings: z.array(z.object({ kind: z.string(), says: z.string(), at: instant, after: instant.nullable().describe('the look before: it happened since'), source, by: z.string().nullable(), digest: z.string() })),
  }).openapi('DomainHistory'),
  kept: kept.openapi('WatchedDomain'),
  list: z.array(kept),
  unwatched: z.object({ removed: z.literal(true) }),
  told: z.object({ kept: z.literal(true) }),
  siblings: z.array(z.object({ target: z.string(), score: z.number().describe('0 to 0.95; never a proof'), reasons: z.array(z.object({ kind: z.string(), says: z.string(), weight: z.number() })) })),
  rechecked: z.object({ reports: z.array(report), problems: z.array(z.string()) }),
}

export type DomainAnswer<Name extends keyof typeof DomainAnswers> = z.output<(typeof DomainAnswers)[Name]>
