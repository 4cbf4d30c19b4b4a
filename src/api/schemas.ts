import { z } from '@hono/zod-openapi'
import { sandboxPolicy } from './sandbox-schemas.ts'

export const ecosystem = z.enum(['npm', 'pypi', 'go'])
const packageSpec = z.string().min(3).max(600).describe('npm:NAME[@VERSION], pypi:NAME[==VERSION], go:MODULE[@VERSION] or a purl')
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
export const instant = z.iso.datetime()
const action = z.enum(['serve', 'hold', 'quarantine'])
const level = z.enum(['clean', 'suspicious', 'malicious', 'undetermined'])
const kind = z.enum(['served', 'index', 'denied', 'decided', 'order', 'policy', 'recalled', 'purged', 'restored', 'exported', 'feed', 'head', 'case', 'forgotten'])
const traced = z.enum([...kind.options, 'locked', 'installed', 'ran'])
const fact = z.string().min(1).max(600).optional()
const head = z.object({ seq: z.number(), hash: z.string() })
export const delivered = z.enum(['here', 'elsewhere', 'never']).optional().describe('of what machines say: what the ledger says of it. never: it came past the gate')
const scope = z.enum(['read', 'inventory', 'host', 'audit', 'admin'])

/** What requests may hold. */
export const Bodies = {
  packageParams: z.object({ ecosystem, name: z.string().min(1).max(500).describe('with / written as %2F') }),
  traceQuery: z.object({
    package: packageSpec.optional(), range: z.string().min(1).max(500).optional().describe('versions of the package, as its manifests write ranges'), digest: digest.optional(),
    indicator: z.string().min(1).max(2_000).optional().describe('an indicator, or an expression as in hunts'), campaign: z.string().min(1).max(100).optional(),
    actor: z.string().min(1).max(300).optional().describe('ECOSYSTEM:ACCOUNT, or an address of mail'),
    token: fact, user: fact, host: fact, job: fact.describe('its name or its page'), address: fact.describe('an address, or a network like 192.0.2.0/24'),
    client: fact.describe('npm, or npm 11.0.0'),
    kind: z.union([traced, z.array(traced).max(20)]).optional().describe('may be repeated; absent: every kind'),
    since: instant.optional(), until: instant.optional().describe('not included'),
    limit: z.coerce.number().int().min(1).max(1_000).optional(), cursor: z.string().max(3_000).optional(),
  }),
  forget: z.strictObject({ token: fact, user: fact, host: fact, address: fact, because: z.string().min(1).max(300) })
    .refine(({ token, user, host, address }) => [token, user, host, address].some((one) => one !== undefined), 'say whom: token, user, host or address'),
  order: z.strictObject({
    package: packageSpec, digest: digest.optional(), action: z.enum(['hold', 'release', 'recall']),
    because: z.string().min(1).max(300), expiresAt: instant.optional(),
  }),
  policyTest: z.strictObject({ text: z.string().max(1_000_000).describe('a sluice.yaml'), since: instant }),
  verify: z.strictObject({ head: z.object({ seq: z.int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) }).optional() }),
  scan: z.strictObject({ package: packageSpec, file: z.string().min(1).max(500).optional() }),
  feedQuery: z.object({ name: z.string().regex(/^[\w.-]{1,100}$/).describe('what the records call their source') }),
  token: z.strictObject({
    name: z.string().min(1).max(80), scopes: z.array(scope).min(1).max(3), expiresAt: instant.optional(),
    host: z.string().min(1).max(255).optional().describe('with the scope host: the machine it speaks for, * for any; absent: the first it speaks of'),
  }),
  tokenParams: z.object({ id: z.string().min(1).max(40) }),
}

const place = z.object({ file: z.string(), lines: z.tuple([z.number(), z.number()]), excerpt: z.string(), says: z.string() })
const evidence = place.extend({
  role: z.enum(['trigger', 'source', 'transform', 'sink']).optional().describe('its part in the chain'),
  decodedFrom: place.optional().describe('the text in the file that the excerpt was decoded from'),
})
const change = z.object({
  of: z.enum(['trigger', 'ability', 'host', 'mark', 'binary', 'dependency', 'repository', 'publisher', 'provenance']), what: z.string(),
})
const finding = z.object({
  detector: z.string(), behaviour: z.string(), severity: z.enum(['info', 'low', 'medium', 'high', 'critical']), confidence: z.number(), title: z.string(),
  evidence: z.array(evidence),
})
const brief = z.object({ action, reason: z.string(), because: z.string() })
const ruling = brief.extend({ until: instant.nullable(), would: brief.optional() })
const order = z.object({
  id: z.string(), ecosystem, name: z.string(), version: z.string().nullable(), digest: z.string().nullable(),
  action: z.enum(['hold', 'release', 'recall']), because: z.string(), by: z.string(), at: instant, expiresAt: instant.nullable(),
})
const advisory = z.object({
  id: z.string(), ecosystem, name: z.string(), malicious: z.boolean(), summary: z.string(), versions: z.array(z.string()),
  ranges: z.array(z.object({ introduced: z.string(), fixed: z.string().optional(), lastAffected: z.string().optional() })),
  severity: z.enum(['critical', 'high', 'moderate', 'low']).nullable(), url: z.string().nullable(), source: z.string(),
  modified: instant, withdrawn: instant.nullable(),
})
const rule = z.object({
  ecosystem, name: z.string(), versions: z.array(z.string()), lifts: z.array(z.enum(['age', 'suspicious', 'undetermined', 'suspected', 'sandbox', 'advisories'])),
  because: z.string(), expires: instant.nullable(),
})
const said = z.string().nullish()
const line = z.object({
  at: instant, kind, ecosystem: ecosystem.nullish(), name: said, version: said, file: said, digest: said, action: action.nullish(), reason: said,
  because: said, decision: said, order: said, policy: said, by: said, token: said, address: said, request: said, status: z.number().nullish(),
  client: z.object({ tool: z.string(), version: z.string().nullable().optional(), userAgent: z.string(), ci: z.string().nullable().optional() }).nullish(),
  forwarded: z.object({ address: said, host: said, user: said, job: said, url: said }).nullish().describe('claims of the client or of a proxy'),
  variant: said, bytes: z.number().nullish(), range: said, until: instant.nullish(), would: brief.nullish(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).nullish(),
  caller: said.describe('the commitment to who asked'), forgotten: z.array(z.string()).nullish().describe('what was known of who asked, and is not any more'),
})
const token = z.object({
  id: z.string(), name: z.string(), scopes: z.array(scope), createdAt: instant, expiresAt: instant.nullable(), revokedAt: instant.nullable(), host: z.string().nullable(),
})
export const byEcosystem = <S extends z.ZodType>(schema: S) => z.object({ npm: schema, pypi: schema, go: schema })

/** What answers hold. */
export const Answers = {
  error: z.object({ error: z.string(), hint: z.string().optional(), code: z.string().optional() }).openapi('Error'),
  status: z.object({
    policy: z.object({ id: z.string(), mode: z.enum(['observe', 'enforce']) }),
    sources: byEcosystem(z.union([z.object({ url: z.string(), sumdb: z.string().nullable() }), z.object({ url: z.null(), why: z.string() })])),
    verdicts: z.record(z.string(), z.number()).describe('how many files of each level'), ledgerLines: z.number(), advisories: z.number(),
  }).openapi('Status'),
  checkup: z.array(z.object({
    name: z.string(), state: z.enum(['ok', 'off', 'warning', 'failed']), says: z.string(), remedy: z.string().nullable(), elapsedMs: z.number(),
  })).openapi('Checkup'),
  package: z.object({
    ecosystem, name: z.string(), orders: z.array(order), advisories: z.array(advisory),
    suspicions: z.array(z.object({ kind: z.string(), version: z.string().nullable(), says: z.string(), holds: z.boolean() })).describe('what the watch has against it'),
    near: z.string().nullable().describe('the protected name it may be mistaken for'),
    files: z.array(z.object({
      file: z.string(), version: z.string(), digest: z.string(), size: z.number(), publishedAt: instant.nullable(), firstSeenAt: instant,
      upstream: z.string(), level: level.nullable(), score: z.number().nullable(), findings: z.array(finding), missing: z.array(z.string()),
      ruling: ruling.nullable(),
    })),
  }).openapi('Package'),
  trace: z.object({
    lines: z.array(z.object({ seq: z.number(), entry: line })), next: z.string().nullable().describe('cursor of the next page'),
    receivers: z.array(z.object({
      kind: z.string().describe('served, denied, index; locked: in a lockfile; installed, ran: a machine says so'), ecosystem: ecosystem.nullable(), name: z.string().nullable(), version: z.string().nullable(),
      token: z.string().nullable(), user: z.string().nullable(), host: z.string().nullable(), address: z.string().nullable(), job: z.string().nullable(), client: z.string().nullable(),
      service: z.string().nullable(), source: z.string().nullable().describe('the file or the machine\'s program that says so'), path: z.array(z.string()).describe('one way in from the project\'s own dependency'),
      count: z.number(), first: instant, last: instant, delivered,
    })).describe('over all pages; with the first page only'),
    complete: z.boolean().describe('false: there are more receivers'),
  }).openapi('Trace'),
  order: order.openapi('Order'),
  orders: z.array(order),
  policy: z.object({
    id: z.string(), mode: z.enum(['observe', 'enforce']), minimumAge: byEcosystem(z.number().describe('milliseconds')),
    suspicious: z.enum(['serve', 'hold']), undetermined: z.enum(['serve', 'hold']), suspected: z.enum(['serve', 'hold']), removedUpstream: z.enum(['serve', 'hold']), quarantinedUpstream: z.enum(['hold', 'recall']), reports: z.object({ youngerThan: z.number().describe('milliseconds'), observers: z.number(), trusted: z.number() }), sandbox: sandboxPolicy.optional().describe('absent: nothing is run'), allow: z.array(rule), deny: z.array(rule),
    private: z.array(z.object({ ecosystem, pattern: z.string(), paths: z.literal(true).optional(), registry: z.string().nullable() })),
    advisories: z.object({ holdFrom: z.enum(['critical', 'high', 'moderate', 'low']).nullable() }),
  }).openapi('Policy'),
  replay: z.object({
    requests: z.number(), files: z.number(), unknown: z.number().describe('files of which nothing is known any more'),
    changes: z.array(z.object({
      ecosystem, name: z.string(), version: z.string(), file: z.string(), requests: z.number(), lastAt: instant, was: brief, would: brief,
    })),
  }).openapi('Replay'),
  verification: z.object({
    ok: z.boolean(), lines: z.number(), head: head.nullable(), problems: z.array(z.object({ seq: z.number(), says: z.string() })), problemCount: z.number(),
    callers: z.object({ whole: z.number(), forgotten: z.number() }).describe('of those who asked: whose facts are all there, and of whom something was forgotten'),
  }).openapi('Verification'),
  head: head.openapi('Head'),
  forgot: z.object({ callers: z.number() }).openapi('Forgot'),
  scan: z.object({
    target: z.string(), level, score: z.number(),
    parts: z.array(z.object({ says: z.string(), points: z.number() })).describe('the summands of the score, strongest first'),
    learned: z.object({ probability: z.number(), because: z.array(z.string()) }).nullable().describe('what the learned model said; null without a model'),
    change: z.object({ since: z.string(), added: z.array(change), removed: z.array(change) }).nullable().describe('what is new since the last version that was found clean; null: none is known'),
    findings: z.array(finding),
    indicators: z.array(z.object({ type: z.string(), value: z.string(), file: z.string(), line: z.number() })),
    missing: z.array(z.string()), elapsedMs: z.number(),
  }).openapi('Scan'),
  feed: z.object({
    imported: z.number(), updated: z.number(), unchanged: z.number(), withdrawn: z.number(), indicators: z.number(), skippedTotal: z.number(),
    skipped: z.array(z.object({ file: z.string(), reason: z.string() })),
  }).openapi('Feed'),
  token: token.openapi('Token'),
  tokens: z.array(token),
  newToken: z.object({ token, secret: z.string() }).openapi('NewToken'),
  revoked: z.object({ revoked: z.literal(true) }),
}

/** An answer as it travels: plain JSON, instants as text. */
export type Answer<Name extends keyof typeof Answers> = z.output<(typeof Answers)[Name]>
