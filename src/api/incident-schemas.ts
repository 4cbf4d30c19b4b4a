import { z } from '@hono/zod-openapi'
import { fact, outcome, severity, tlp } from '../incident/cases/fact.ts'
import { ecosystem, instant } from './schemas.ts'

const words = (longest: number) => z.string().trim().min(1).max(longest)
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const flag = z.enum(['true', 'false']).optional().transform((value) => value === 'true')
const limit = z.coerce.number().int().min(1).max(1_000).optional()
const targetType = z.enum(['domain', 'url', 'ip', 'account', 'repository', 'webhook', 'package'])
const target = z.strictObject({ type: targetType, value: words(2_000) })
const party = z.strictObject({
  kind: z.enum(['registrar', 'domain-registry', 'host', 'cdn', 'code-host', 'service', 'package-registry', 'cert']), name: words(200), contact: z.email().nullable(), form: z.url().nullable(),
  mayReachSuspect: z.boolean().describe('whether what is written there may be read by whom it is about; true where nobody knows better'),
})
const form = z.enum(['cloudflare', 'urlhaus', 'threatfox', 'netcraft', 'pypi', 'npm', 'generic'])
const channel = z.enum(['mail', 'form', 'file'])

/** What requests about incidents may hold. */
export const IncidentBodies = {
  report: z.strictObject({
    kind: z.enum(['malware', 'spam', 'dependency-confusion', 'other']), package: z.string().min(3).max(600).describe('npm:NAME[@VERSION], pypi:NAME[==VERSION], go:MODULE[@VERSION] or a purl'),
    versions: z.array(words(200)).max(200).optional(), summary: z.string().max(20_000), link: z.string().max(2_100).optional().describe('to the file and line; malware needs one'),
    machine: z.boolean().optional().describe('a program reports: it is looked into, and counts for no quarantine'),
    contact: z.string().max(300).optional().describe('how to reach you; it goes into no letter and no export'),
  }),
  reports: z.object({ open: flag, limit }),
  decide: z.strictObject({ package: z.string().min(3).max(600), malicious: z.boolean() }),
  trust: z.strictObject({ observer: words(200), trusted: z.boolean() }),
  cases: z.object({ open: flag, limit }),
  open: z.strictObject({
    title: words(200).optional(), packages: z.array(z.string().min(3).max(600)).max(500).optional(), campaign: words(100).optional(), severity: severity.optional(), tlp: tlp.optional(), because: words(2_000),
  }),
  line: z.strictObject({ id: words(100).optional(), at: instant.optional(), precision: z.enum(['minute', 'day']).optional(), source: words(300).optional(), says: words(2_000), fact }),
  draft: z.strictObject({ target, party: party.optional(), channel: channel.optional(), form: form.optional() }),
  tickets: z.object({ case: words(80).optional(), due: flag }),
  approve: z.strictObject({ digest: z.string().regex(/^[0-9a-f]{64}$/).describe('of the text that was read') }),
  sent: z.strictObject({ receipt: words(500) }),
  reply: z.strictObject({ as: z.enum(['acknowledge', 'reply', 'forward', 'refuse', 'mitigate']).optional(), from: words(300).optional(), at: instant.optional(), text: z.string().max(200_000).optional(), mail: z.base64().max(14_000_000).optional().describe('a mail file, base64') }),
  close: z.strictObject({ because: words(300) }),
  id: z.object({ id: words(80) }),
  evidence: z.object({
    name: words(300), type: words(100).optional(), nature: z.enum(['document', 'sample', 'internal']).optional().describe('internal: from our own machines and logs, and so is what nothing is said of'), tlp: tlp.optional(), source: words(300).optional(),
  }),
  publish: z.strictObject({ tlp: tlp.optional().describe('who may read it; clear where nothing is said'), edited: z.string().max(1_500_000).optional().describe('the text as a person left it') }),
}

const report = z.object({
  id: z.string(), kind: z.string(), ecosystem, name: z.string(), versions: z.array(z.string()), summary: z.string(), link: z.string().nullable(),
  evidence: z.array(z.object({ name: z.string(), mediaType: z.string(), size: z.number(), digest: z.string() })), observer: z.string(), isMachine: z.boolean(), isTrusted: z.boolean(),
  contact: z.string().nullable(), state: z.string(), case: z.string().nullable(), at: instant, repeats: z.string().nullable().describe('an earlier one that this one only repeats'),
})
const brief = z.object({
  id: z.string(), title: z.string(), severity, tlp, state: z.enum(['open', 'closed']), outcome: outcome.nullable(), assignee: z.string().nullable(), openedAt: instant, changedAt: instant, closedAt: instant.nullable(),
})
const line = z.object({
  id: z.string(), case: z.string(), seq: z.number(), at: instant.describe('when it happened'), precision: z.string(), toldAt: instant, source: z.string(), by: z.string(), says: z.string(), fact,
  corrections: z.array(z.object({ by: z.string(), toldAt: instant, says: z.string() })), withdrawn: z.boolean(),
})
const exhibit = z.object({ digest, name: z.string(), size: z.number(), mediaType: z.string(), nature: z.string(), tlp, since: instant, source: z.string(), by: z.string(), custody: z.array(z.object({ to: z.string(), purpose: z.string(), by: z.string(), at: instant })) })
const clock = z.object({ step: z.string(), subject: z.string().nullable(), from: instant, to: instant.nullable().describe('null: it runs'), atLeast: z.number(), atMost: z.number().describe('milliseconds; apart where a source told only the day'), outOfOrder: z.boolean(), says: z.string() })
const task = z.object({ id: z.string(), title: z.string(), due: instant.nullable(), assignee: z.string().nullable(), state: z.string(), by: z.string().nullable(), at: instant.nullable() })
const ticket = z.object({
  id: z.string(), case: z.string(), party, target, channel, form: form.nullable(), state: z.string(), sentAt: instant.nullable(), reminded: z.number(), patience: z.object({ remind: z.number(), escalate: z.number() }),
  due: z.object({ turn: z.enum(['us', 'them']).nullable(), todo: z.string().nullable(), at: instant.nullable() }), createdAt: instant, changedAt: instant,
})
const attachment = z.object({ name: z.string(), mediaType: z.string(), text: z.string() })
const text = z.object({
  version: z.number(), rendering: z.string(), subject: z.string(), text: z.string(), attachments: z.array(attachment), digest: z.string(), writtenAt: instant, writtenBy: z.string(), approvedAt: instant.nullable(), approvedBy: z.string().nullable(),
  uncertain: z.boolean().describe('it began to go out, and nobody knows whether it did'), sentAt: instant.nullable(), receipt: z.string().nullable(),
})

/** What answers about incidents hold. */
export const IncidentAnswers = {
  thanks: z.object({ reference: z.string(), says: z.string() }).openapi('Thanks'),
  reports: z.array(report.openapi('Report')),
  report,
  decided: z.object({ reports: z.number() }),
  trusted: z.object({ trusted: z.boolean() }),
  observers: z.array(z.object({ id: z.string(), isMachine: z.boolean(), isTrusted: z.boolean(), reports: z.number(), right: z.number(), wrong: z.number(), accuracy: z.number().nullable() }).openapi('Observer')),
  cases: z.array(brief.openapi('CaseBrief')),
  case: brief.omit({ changedAt: true }).extend({
    cause: z.string(), packages: z.array(z.object({ ecosystem, name: z.string(), version: z.string().nullable(), digest: digest.nullable() })), campaigns: z.array(z.string()),
    observables: z.array(z.object({ type: z.string(), value: z.string(), role: z.string().nullable(), tlp, since: instant, source: z.string() })), tasks: z.array(task),
    evidence: z.array(exhibit),
    related: z.array(z.object({ case: z.string(), relation: z.string() })), timeline: z.array(line), clocks: z.array(clock),
    exposure: z.object({ index: z.number(), denied: z.number(), served: z.number(), locked: z.number(), installed: z.number(), ran: z.number() }).describe('how many met its packages in each way, here'),
    alike: z.array(z.object({ case: z.string(), title: z.string(), shares: z.array(z.string()) })).describe('other cases that share something with it'),
  }).openapi('Case'),
  line: line.omit({ corrections: true, withdrawn: true }).openapi('CaseLine'),
  exhibit: exhibit.openapi('Evidence'),
  verified: z.object({ ok: z.boolean(), problems: z.array(z.object({ event: z.string(), says: z.string() })) }),
  refreshed: z.object({ added: z.number() }),
  drafted: z.object({ tickets: z.array(ticket.openapi('Ticket')), missing: z.array(z.string()).describe('whom to write to that is not known') }),
  tickets: z.array(ticket),
  ticket: ticket.extend({ texts: z.array(text), mail: z.array(z.object({ at: instant, from: z.string(), step: z.string(), text: z.string(), digest: z.string() })) }).openapi('TicketDetail'),
  message: z.object({
    rendering: z.string(), subject: z.string(), text: z.string(), attachments: z.array(attachment), digest: z.string(), marked: z.string().describe('the text with what was taken out of it marked'), leftOut: z.array(z.string()),
    removed: z.array(z.object({ is: z.string(), times: z.number() })),
    filled: z.object({ form, fields: z.array(z.object({ name: z.string(), value: z.string() })), json: z.unknown(), beware: z.array(z.string()) }).nullable(),
  }).openapi('Message'),
  files: z.array(z.object({ name: z.string().describe('a path'), text: z.string() })),
  receipt: z.object({ gone: z.boolean().describe('false: it lies in the outbox, for a person to send'), receipt: z.string() }),
  done: z.object({ done: z.literal(true) }),
}

export type IncidentAnswer<Name extends keyof typeof IncidentAnswers> = z.output<(typeof IncidentAnswers)[Name]>
