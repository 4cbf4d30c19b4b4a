import { z } from '@hono/zod-openapi'
import { ecosystem, instant } from './schemas.ts'

const severity = z.enum(['critical', 'high', 'moderate', 'low']).nullable()
const asked = z.strictObject({
  ecosystem, name: z.string().min(1).max(500), version: z.string().min(1).max(300).nullish().describe('null: what is said of every version'),
  range: z.string().max(1_000).nullish().describe('what was asked for, to look for another version in it'),
  digests: z.array(z.string().max(300)).max(200).optional().describe('sha256:…, sha512:…, h1:… as the lockfile promises them'),
})
const against = z.object({
  kind: z.enum(['malicious', 'recalled', 'denied', 'listed', 'held', 'vulnerable']), reason: z.string(), id: z.string().nullable(), says: z.string(), severity,
  url: z.string().nullable(), source: z.string().nullable(), at: z.object({ file: z.string(), line: z.number(), says: z.string() }).nullable().describe('of a verdict: where in the package'),
  accepted: z.string().nullable().describe('why it does not count: a person released it, or policy allows it'),
})
const basis = z.object({
  advisories: z.number(), ecosystems: z.array(ecosystem).describe('of which there are any'),
  updatedAt: instant.nullable().describe('when advisories last came in; of several feeds the one that waits longest'), policy: z.object({ id: z.string(), mode: z.enum(['observe', 'enforce']) }),
})

export const ScreeningBodies = {
  check: z.strictObject({ packages: z.array(asked).max(5_000) }),
}

export const ScreeningAnswers = {
  check: z.object({
    basis, upstreams: z.array(z.string()).describe('hosts of the public registries'),
    packages: z.array(z.object({
      ecosystem, name: z.string(), version: z.string().nullable(), against: z.array(against),
      safe: z.object({ version: z.string(), inRange: z.boolean().nullable(), from: z.enum(['served', 'index', 'advisory']) }).nullable().describe('the nearest version that nothing is against'),
      unsafe: z.string().nullable().describe('why none can be named'),
      machines: z.number().optional().describe('on how many machines it is installed, by what machines say'),
    })).describe('only those that something is against, the gravest thing first'),
  }).openapi('Check'),
}
