import { writeFileSync } from 'node:fs'
import { jsonSchema } from '../src/config/json-schema.ts'

// Writes the schema that editors check sluice.yaml with.
writeFileSync(new URL('../sluice.schema.json', import.meta.url), jsonSchema())
