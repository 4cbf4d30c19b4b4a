import { z } from '@hono/zod-openapi'
import { ecosystem, instant } from './schemas.ts'

const service = z.string().min(1).max(200)
const file = z.strictObject({
  path: z.string().min(1).max(1_000).describe('where it stands in its repository'),
  text: z.string().optional(), base64: z.string().optional().describe('where it is not UTF-8'),
}).refine((one) => (one.text === undefined) !== (one.base64 === undefined), 'give either text or base64')

export const InventoryBodies = {
  service: z.object({ service }),
  add: z.strictObject({
    revision: z.string().min(1).max(200).optional().describe('the commit or build these are of'),
    complete: z.boolean().optional().describe('these are all the service has: what was known of other files of it ends'),
    files: z.array(file).min(1).max(500),
  }),
  addOne: z.object({ path: z.string().min(1).max(1_000).describe('where the file stands in its repository'), revision: z.string().min(1).max(200).optional() }),
  show: z.object({ at: instant.optional().describe('what it had then; absent: now') }),
  remove: z.object({ path: z.string().min(1).max(1_000).optional().describe('this file alone'), forget: z.stringbool().optional().describe('as if it had never been told of') }),
  who: z.object({
    package: z.string().min(3).max(600).describe('npm:NAME[@VERSION], pypi:NAME[==VERSION], go:MODULE[@VERSION] or a purl'),
    at: instant.optional().describe('who had it then'), ever: z.stringbool().optional().describe('whoever had it at any time'),
  }),
}

const item = z.object({
  service: z.string(), source: z.string(), ecosystem, name: z.string(), version: z.string(), direct: z.boolean().nullable(),
  path: z.array(z.string()).describe('one way in, from the project\'s own dependency'), firstAt: instant, lastAt: instant, goneAt: instant.nullable().describe('null: it still has it'),
})

export const InventoryAnswers = {
  added: z.object({
    service: z.string(), ended: z.array(z.string()).describe('files that are gone'),
    files: z.array(z.object({ source: z.string(), format: z.string(), packages: z.number(), added: z.number(), gone: z.number() })),
    refused: z.array(z.object({ source: z.string(), line: z.number().nullable(), says: z.string() })).describe('what was not taken; what was known of it stays'),
  }).openapi('InventoryAdded'),
  services: z.array(z.object({ name: z.string(), files: z.number(), packages: z.number(), addedAt: instant, lastAt: instant.nullable() })),
  service: z.object({
    name: z.string(), items: z.array(item), complete: z.boolean().describe('false: there are more'),
    files: z.array(z.object({
      source: z.string(), format: z.string(), revision: z.string().nullable(), packages: z.number(), by: z.string(), problems: z.array(z.string()), firstAt: instant, lastAt: instant,
    })),
  }).openapi('InventoryService'),
  who: z.array(item),
  removed: z.object({ ended: z.number() }),
}

/** An answer as it travels: plain JSON, instants as text. */
export type InventoryAnswer<Name extends keyof typeof InventoryAnswers> = z.output<(typeof InventoryAnswers)[Name]>
