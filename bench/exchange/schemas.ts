import { randomUUID } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { matter, secrets, sender } from '../../src/incident/tickets/testing.ts'
import { xarfOf } from '../../src/incident/tickets/xarf.ts'
import type { Bulletin } from '../../src/intel/bulletin.ts'
import { INDICATOR_KINDS } from '../../src/intel/indicator.ts'
import { mispEvent } from '../../src/intel/write/misp.ts'
import { osvRecord, osvSubmission } from '../../src/intel/write/osv.ts'
import { stixObjects } from '../../src/intel/write/stix.ts'

/**
 * What Sluice writes for others against the schemas that others publish: `node bench/exchange/schemas.ts --schemas FOLDER`. FOLDER has, of
 * those that are there: `xarf/` (xarf/xarf-spec, schemas/v4), `osv.json` (ossf/osv-schema, validation/schema.json), `stix/`
 * (oasis-open/cti-stix2-json-schemas, schemas), `misp.json` (MISP/PyMISP, pymisp/data/schema.json or schema-lax.json). None of them is kept here. Exits with 1 when something does not hold.
 */
const { values: { schemas } } = parseArgs({ options: { schemas: { type: 'string' } } })
if (schemas === undefined) throw new Error('say where the published schemas are: --schemas FOLDER')

type Check = (value: unknown) => string | null
const jsonIn = (folder: string): object[] => readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json')).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as object)
function checkOf(engine: Ajv | Ajv2020, main: object | string): Check {
  addFormats.default(engine as Ajv)
  const validate = typeof main === 'string' ? engine.getSchema(main) : engine.compile(main)
  if (!validate) throw new Error(`no schema ${main as string}`)
  return (value) => (validate(value) === true ? null : JSON.stringify(validate.errors?.slice(0, 3)))
}

const indicators = INDICATOR_KINDS.map((type) => ({ type, value: VALUES(type), says: 'what "the" package\n fetches from' }))
function VALUES(type: (typeof INDICATOR_KINDS)[number]): string {
  const hashes: Record<string, number> = { md5: 32, sha1: 40, sha256: 64, sha512: 128 }
  return hashes[type] !== undefined ? 'ab'.repeat((hashes[type] ?? 0) / 2) : {
    domain: 'files.evil.example', url: "https://files.evil.example/x?a='b'", ipv4: '192.0.2.7', ipv6: '2001:db8::7', email: 'a@evil.example', wallet: 'bc1qexample', webhook: 'https://hooks.example/a/b', onion: `${'a'.repeat(56)}.onion`, 'bot-token': '123456***ab',
  }[type as string] ?? ''
}
const bulletin = (more: Partial<Bulletin> = {}): Bulletin => ({
  key: 'case 1', title: 'a look-alike', text: 'What *happened*.', tlp: 'clear', created: new Date('2024-03-05T01:09:00Z'), modified: new Date('2024-03-06T17:16:00Z'), withdrawn: null, indicators, references: [{ kind: 'report', url: 'https://report.example/' }],
  campaign: { id: 'c1', name: 'flood', firstSeen: new Date('2024-03-01'), lastSeen: null },
  packages: [
    { ecosystem: 'npm', name: '@scope/thing', versions: ['1.0.0'], ranges: [], files: [{ name: 'thing-1.0.0.tgz', sha256: 'cd'.repeat(32) }] }, { ecosystem: 'pypi', name: 'colour-ish', versions: [], ranges: [{ introduced: '0' }], files: [] },
    { ecosystem: 'go', name: 'go.evil.example/x', versions: ['v1.0.0'], ranges: [{ introduced: '0', fixed: 'v1.2.3' }], files: [] },
  ], ...more,
})
const publisher = { id: 'acme.example', name: 'Acme' }
const bulletins = [bulletin(), bulletin({ tlp: 'green', withdrawn: new Date('2024-03-07') }), bulletin({ campaign: null, indicators: [], references: [], text: '', title: '' })]

function report(format: string, check: Check, cases: readonly (readonly [string, unknown])[]): void {
  const bad = cases.flatMap(([what, value]) => {
    const problem = check(value)
    return problem === null ? [] : [`  ${what}: ${problem}`]
  })
  console.log(`| ${format} | ${cases.length - bad.length} of ${cases.length} | ${check({ nonsense: 1 }) === null ? 'takes anything' : 'refuses what is none'} |`)
  for (const line of bad) console.log(line)
  if (bad.length > 0) process.exitCode = 1
}

console.log('| format | valid | the schema |\n|---|---|---|')
const at = (name: string): string | null => (existsSync(join(schemas, name)) ? join(schemas, name) : null)

const xarf = at('xarf')
if (xarf !== null) {
  const engine = new Ajv2020({ strict: false, allErrors: true })
  for (const schema of jsonIn(xarf)) engine.addSchema(schema)
  const targets = { 'second stage': {}, 'look-alike': { role: 'look-alike' }, address: { role: 'command', type: 'ip', value: '192.0.2.9', port: 8000 }, webhook: { role: 'command', type: 'webhook', value: 'https://hooks.example/a', urls: [] } } as const
  report('XARF 4.2', checkOf(engine, 'https://xarf.org/schemas/v4/xarf-v4-master.json'), Object.entries(targets).flatMap(([what, target]) => (['full', 'redacted'] as const).map((rendering) =>
    [`${what}, ${rendering}`, xarfOf({ ...matter, target: { ...matter.target, ...target } }, { reportId: randomUUID(), sender, secrets, rendering, now: new Date() })] as const)))
}

const osv = at('osv.json')
if (osv !== null) {
  const check = checkOf(new Ajv2020({ strict: false, allErrors: true }), JSON.parse(readFileSync(osv, 'utf8')) as object)
  report('OSV', check, bulletins.flatMap((one) => one.packages.map((each) => [`${each.ecosystem} of "${one.title}"`, osvRecord(one, each, publisher)] as const)))
  // OpenSSF gives a submission its id: the schema wants one.
  report('OSV, as OpenSSF takes it', check, bulletins.flatMap((one) => one.packages.map((each) => [`${each.ecosystem} of "${one.title}"`, { id: 'MAL-0000-x', ...osvSubmission(one, each, publisher).record }] as const)))
}

const stix = at('stix')
if (stix !== null) {
  const engine = new Ajv2020({ strict: false, allErrors: true, validateSchema: false, unicodeRegExp: false })
  const all = jsonIn(stix) as { $id?: string; title?: string }[]
  for (const schema of all) engine.addSchema(schema)
  addFormats.default(engine as unknown as Ajv)
  const checks = new Map(all.flatMap(({ $id = '' }) => {
    const name = /([\w-]+)\.json$/.exec($id)?.[1]
    const validate = name === undefined ? undefined : engine.getSchema($id)
    return name === undefined || !validate ? [] : [[name, validate] as const]
  }))
  const check: Check = (value) => {
    const validate = checks.get(String((value as { type?: string }).type))
    if (!validate) return 'no schema for this type'
    return validate(value) === true ? null : JSON.stringify(validate.errors?.slice(0, 3))
  }
  report('STIX 2.1 objects', check, bulletins.flatMap((one) => stixObjects([one], publisher).map((object) => [`${object.type} of "${one.title}"`, object] as const)))
}

const misp = at('misp.json')
if (misp !== null) report('MISP', checkOf(new Ajv({ strict: false, allErrors: true, validateSchema: false }), withoutDraft(JSON.parse(readFileSync(misp, 'utf8')) as Record<string, unknown>)), bulletins.map((one) => [`"${one.title}"`, mispEvent(one, publisher)] as const))

/** Draft 4 and 7 differ in nothing that this one uses. */
function withoutDraft({ $schema: _$schema, id: _id, ...schema }: Record<string, unknown>): object {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => (key === 'id' && typeof value === 'string' && value.startsWith('http') ? undefined : value)) as object
}
