import { z } from 'zod'
import { documentSchema } from './schema.ts'

/** JSON Schema (2020-12) of what a person writes, as the text of `sluice.schema.json`. */
export function jsonSchema(): string {
  return `${JSON.stringify(z.toJSONSchema(documentSchema, { io: 'input' }), null, 2)}\n`
}
