import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { matter, secrets, sender } from '../../src/incident/tickets/testing.ts'
import { xarfOf } from '../../src/incident/tickets/xarf.ts'

/**
 * XARF reports against the published schemas: `node bench/incident/xarf.ts --schemas FOLDER`, where FOLDER is `schemas/v4` of a copy of
 * github.com/xarf/xarf-spec. Exits with 1 when one does not hold.
 */
const { values: { schemas } } = parseArgs({ options: { schemas: { type: 'string' } } })
if (schemas === undefined) throw new Error('say where the published schemas are: --schemas FOLDER')

const ajv = new Ajv2020({ strict: false, allErrors: true })
addFormats.default(ajv)
for (const folder of [schemas, join(schemas, 'types')]) {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) ajv.addSchema(JSON.parse(readFileSync(join(folder, file), 'utf8')) as object)
}
const validate = ajv.getSchema('https://xarf.org/schemas/v4/xarf-v4-master.json')
if (!validate) throw new Error('the master schema is not among them')

const targets = { 'second stage': {}, 'look-alike': { role: 'look-alike' }, 'command, an address': { role: 'command', type: 'ip', value: '192.0.2.9', port: 8000 }, 'command, a webhook': { role: 'command', type: 'webhook', value: 'https://hooks.example/a', urls: [] } } as const
for (const [what, target] of Object.entries(targets)) {
  for (const rendering of ['full', 'redacted'] as const) {
    const report = xarfOf({ ...matter, target: { ...matter.target, ...target } }, { reportId: randomUUID(), sender, secrets, rendering, now: new Date() })
    const holds = validate(report) === true
    console.log(`${holds ? 'valid  ' : 'INVALID'}  ${report.category}/${report.type}  ${what}, ${rendering}`)
    if (!holds) {
      console.log(validate.errors)
      process.exitCode = 1
    }
  }
}
console.log(`the schemas refuse what is none: ${validate({ xarf_version: '4.2.0' }) !== true}`)
