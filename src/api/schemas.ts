import { z } from '@hono/zod-openapi'

const ecosystem = z.enum(['npm', 'pypi', 'go'])
const packageSpec = z.string().min(3).max(600).describe('npm:NAME[@VERSION], pypi:NAME[==VERSION], go:MODULE[@VERSION] or a purl')
const digest = z.string().regex(/^sha256:[0-9a-f]{64}$/)
const instant = z.iso.datetime()

/** What requests may hold. */
export const Bodies = {
  packageParams: z.object({ ecosystem, name: z.string().min(1).max(500) }),
  traceQuery: z.object({
    package: packageSpec.optional(), digest: digest.optional(), kind: z.enum(['served', 'index', 'denied', 'decided']).optional(),
    limit: z.coerce.number().int().min(1).max(1_000).optional(), cursor: z.string().max(200).optional(),
  }),
  order: z.strictObject({
    package: packageSpec, digest: digest.optional(), action: z.enum(['hold', 'release', 'recall']),
    because: z.string().min(1).max(300), expiresAt: instant.optional(),
  }),
  policyTest: z.strictObject({ text: z.string().max(1_000_000), since: instant }),
  token: z.strictObject({ name: z.string().min(1).max(80), scopes: z.array(z.enum(['read', 'admin'])).min(1), expiresAt: instant.optional() }),
}

export const Answers = {
  error: z.object({ error: z.string(), hint: z.string().optional() }),
  any: z.any(),
}
