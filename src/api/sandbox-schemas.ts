import { z } from '@hono/zod-openapi'

const ecosystem = z.enum(['npm', 'pypi', 'go'])
const instant = z.iso.datetime()
const text = z.string().nullable()
const runs = z.enum(['hold', 'behind', 'off'])
const base64 = z.string().describe('base64')

/** Who goes to the sandbox, as the policy has it. */
export const sandboxPolicy = z.object({
  suspicious: runs, undetermined: runs, watched: runs, newHooks: runs, firstHooks: runs, nearly: runs, malicious: z.enum(['behind', 'off']),
  sample: z.object({ share: z.number(), runs: z.enum(['hold', 'behind']) }), young: z.number().describe('milliseconds'), unavailable: z.enum(['hold', 'serve-by-static']),
})

const ref = z.object({ ecosystem, name: z.string(), version: z.string(), file: z.string() })
const reason = z.enum(['malicious', 'suspicious', 'undetermined', 'watched', 'new-hooks', 'first-hooks', 'nearly', 'sample', 'asked'])
const status = z.enum(['running', 'completed', 'incomplete', 'failed', 'lost'])
const pass = z.enum(['laptop', 'ci', 'later'])
const phase = z.enum(['install', 'import', 'execute'])
const phaseStatus = z.enum(['completed', 'failed', 'time', 'memory', 'disk', 'processes', 'skipped'])

/** What requests about the sandbox may hold. */
export const SandboxBodies = {
  list: z.object({
    package: z.string().min(1).max(1_000).optional().describe('npm:name, npm:name@version, a purl'), status: status.optional(), limit: z.coerce.number().int().min(1).max(1_000).optional(),
  }),
  waiting: z.object({ limit: z.coerce.number().int().min(1).max(1_000).optional() }),
  id: z.object({ id: z.string().min(4).max(36).describe('or its beginning') }),
  ask: z.strictObject({ package: z.string().min(1).max(1_000).describe('npm:name@version'), file: z.string().min(1).max(500).optional() }),
}

const evidence = z.object({ file: z.string(), lines: z.array(z.number()), excerpt: z.string(), says: z.string(), role: z.string().optional() }).loose()
const finding = z.object({ detector: z.string(), behaviour: z.string(), severity: z.enum(['info', 'low', 'medium', 'high', 'critical']), confidence: z.number(), title: z.string(), evidence: z.array(evidence) })
const stored = z.object({
  seq: z.number(), id: z.string(), ref, digest: z.string(), reason, status: status.describe('incomplete: something could not be seen; lost: its process ended'), backend: text, versions: z.string().describe('of sandbox and judge'),
  startedAt: instant, elapsedMs: z.number().nullable(), says: text.describe('why it failed'),
  runs: z.array(z.object({ detector: z.string(), version: z.number(), status: z.enum(['ok', 'failed', 'skipped']), findings: z.array(finding).optional(), reason: z.string().optional() })).describe('what the judge of records found'),
  indicators: z.array(z.object({ type: z.string(), value: z.string(), file: z.string(), line: z.number() })), missing: z.array(z.string()),
  phases: z.array(z.object({ pass, phase, status: phaseStatus, says: text, elapsedMs: z.number(), acts: z.number(), processes: z.number() })),
  record: text.describe('digest of the packed record; null: it is not kept'),
})
const act = z.object({
  kind: z.string(), at: z.number().describe('milliseconds since the phase began'), pid: z.number(), target: z.string(), done: z.boolean(), sample: base64.optional(),
}).loose()
const process = z.object({ pid: z.number(), parent: z.number().nullable(), argv: z.array(z.string()), program: z.string() }).loose()
const record = z.object({
  ref, digest: z.string(), backend: z.string(), startedAt: instant, elapsedMs: z.number(), passes: z.array(pass), missing: z.array(z.string()),
  phases: z.array(z.object({
    pass, phase, status: phaseStatus, says: text, exit: z.number().nullable(), elapsedMs: z.number(), stdout: base64, stderr: base64, processes: z.array(process), acts: z.array(act),
    disk: z.array(z.object({ path: z.string(), what: z.enum(['created', 'changed', 'deleted']), kind: z.enum(['file', 'folder', 'link', 'special']), size: z.number(), mode: z.number(), sha256: text, content: base64.nullable() })),
    dropped: z.record(z.string(), z.number()),
  })),
}).loose()
const want = z.object({
  ref, digest: z.string(), reason, says: z.string(), holds: z.boolean().describe('nobody gets it meanwhile'), urgency: z.number().describe('0: a client waits for it'),
  state: z.enum(['waiting', 'done', 'left']).describe('left: it could not be run, and is tried again only after hours (`dueAt`), a few times'), askedAt: instant, dueAt: instant, attempt: z.number(),
  problem: text.describe('why it was not run until now'), run: text, by: text,
})

/** What answers about the sandbox hold. */
export const SandboxAnswers = {
  status: z.object({
    mode: z.enum(['auto', 'on', 'off']), works: z.boolean().describe('whether packages are run, here or by another gate on the same data'),
    backends: z.array(z.object({ backend: z.string(), works: z.boolean(), version: text, weaker: z.array(z.string()), says: text, remedy: text })),
    budget: z.object({ anHour: z.number(), atOnce: z.number(), usedThisHour: z.number() }), running: z.number(), waiting: z.number(), held: z.number(), left: z.number(),
    oldest: instant.nullable(), runs: z.record(z.string(), z.number()), problem: text,
  }).openapi('SandboxStatus'),
  list: z.array(stored.openapi('SandboxRun')),
  waiting: z.array(want.extend({ place: z.number().nullable().describe('in the queue; null: it is not in it') }).openapi('SandboxWant')),
  run: z.object({ run: stored, record: record.nullable() }).openapi('SandboxRunDetail'),
  asked: z.array(want),
}

export type SandboxAnswer<Name extends keyof typeof SandboxAnswers> = z.output<(typeof SandboxAnswers)[Name]>
