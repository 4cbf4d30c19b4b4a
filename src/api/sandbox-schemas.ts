import { z } from '@hono/zod-openapi'

const runs = z.enum(['hold', 'behind', 'off'])

/** Who goes to the sandbox, as the policy has it. */
export const sandboxPolicy = z.object({
  suspicious: runs, undetermined: runs, watched: runs, newHooks: runs, firstHooks: runs, malicious: z.enum(['behind', 'off']),
  sample: z.object({ share: z.number(), runs: z.enum(['hold', 'behind']) }), young: z.number().describe('milliseconds'), unavailable: z.enum(['hold', 'serve-by-static']),
})
