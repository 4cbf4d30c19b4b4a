import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import ajvFormats from 'ajv-formats'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sluice, startApi } from '../../test/harness/cli.ts'
import { startGate } from '../../test/harness/gate.ts'
import type { Gate } from '../../test/harness/gate.ts'

/** A CommonJS module, whose default export is in its default export. */
const formats = ajvFormats as unknown as typeof ajvFormats.default

let [root, data, project, secret] = ['', '', '', '']
let gate: Gate
let api: Awaited<ReturnType<typeof startApi>>

const lock = (packages: Readonly<Record<string, object>>, dependencies: Readonly<Record<string, string>> = {}): string => JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies }, ...packages } }, null, 1)
const integrity = `sha512-${Buffer.alloc(64, 7).toString('base64')}`
const osv = (id: string, name: string, affected: object, more: object = {}): object =>
  ({ id, modified: '2026-06-01T00:00:00Z', summary: `about ${name}`, affected: [{ package: { ecosystem: 'npm', name }, ...affected }], ...more })

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'sluice-check-'))
  ;[data, project] = [join(root, 'data'), join(root, 'project')]
  await mkdir(project)
  await writeFile(join(root, 'feed.json'), JSON.stringify([
    osv('MAL-2026-1', 'evil', { versions: ['1.0.1'] }, { references: [{ type: 'ADVISORY', url: 'https://advisories.example/MAL-2026-1' }] }),
    osv('GHSA-high', 'leaky', { ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.4.0' }] }] }, { database_specific: { severity: 'HIGH' } }),
    osv('GHSA-low', 'slow', { ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }] }] }, { database_specific: { severity: 'LOW' } }),
  ]))
  gate = await startGate({ data })
  await gate.app.operator.importFeed(join(root, 'feed.json'))
  await gate.app.operator.order({ ecosystem: 'npm', name: 'taken-back', version: null, digest: null, action: 'recall', because: 'SEC-9', by: 'ann', expiresAt: null })
  await gate.app.operator.order({ ecosystem: 'npm', name: 'slow', version: null, digest: null, action: 'release', because: 'not reachable here', by: 'ann', expiresAt: null })
  api = await startApi(gate.app)
  secret = (await gate.app.tokens.create({ name: 'ci', scopes: ['read'], expiresAt: null })).secret
  await writeFile(join(project, 'package-lock.json'), lock({
    'node_modules/fine': { version: '1.0.0', integrity, dependencies: { evil: '^1.0.0', leaky: '^1.0.0' } }, 'node_modules/evil': { version: '1.0.1', integrity },
    'node_modules/leaky': { version: '1.3.0', integrity }, 'node_modules/taken-back': { version: '3.0.0', integrity }, 'node_modules/slow': { version: '1.0.0', integrity },
  }, { 'fine': '^1.0.0', 'taken-back': '3.0.0', 'slow': '*' }))
})

afterAll(async () => {
  await api.close()
  await gate.close()
  await rm(root, { recursive: true, force: true })
})

const here = (...args: string[]) => sluice(['check', ...args], { gate: { data } })
const there = (...args: string[]) => sluice(['check', ...args, '--server', api.origin], { env: { SLUICE_TOKEN: secret } })
const both = [['a data folder', here], ['a running gate', there]] as const
interface Found { name: string; safe: { version: string } | null; against: { kind: string; id: string | null; accepted: string | null }[]; remedy: { does: string; command: string | null } | null; at: { file: string; line: number; path: string[]; direct: boolean }[] }

describe.each(both)('on %s', (_where, on) => {
  it('says what, why, how it comes in, and what to do', async () => {
    const ran = await on(project)
    expect(ran.code).toBe(1)
    expect(ran.err).toContain('The newest advisories are')
    expect(ran.out).toMatch(/Malicious: 1 package\n\nnpm:evil@1\.0\.1\n {2}MAL-2026-1 about evil · https:\/\/advisories\.example\/MAL-2026-1 · from feed\.json\n {2}at \S+package-lock\.json:\d+ \(transitive, range \^1\.0\.0\)\n {4}fine > evil\n +\d+ \| "node_modules\/evil": \{/)
    expect(ran.out).toMatch(/Recalled: 1 package[^]*npm:taken-back@3\.0\.0\n {2}recalled: SEC-9 \(ann\)[^]*Vulnerable: 1 package[^]*npm:leaky@1\.3\.0\n {2}GHSA-high \(high\) about leaky/)
    expect(ran.out).toContain('take 1.4.0; fine brings it in\n    npm update leaky')
    expect(ran.out).toMatch(/Known and accepted: 1 package\n {2}npm:slow@1\.0\.0 {2}not reachable here \(ann\)/)
    expect(ran.out).toMatch(/5 packages of 1 file held against 3 advisories[^]*: 1 malicious, 1 recalled, 1 vulnerable\.\n$/)
  })

  it('as JSON', async () => {
    const { finds, packages, code } = (await on(project, '--json')).json() as { finds: Found[]; packages: number; code: number }
    expect([packages, code, finds.map(({ name }) => name)]).toEqual([5, 1, ['evil', 'taken-back', 'leaky', 'slow']])
    expect(finds[2]).toMatchObject({ safe: { version: '1.4.0', inRange: true, from: 'advisory' }, remedy: { command: 'npm update leaky' }, at: [{ path: ['fine'], direct: false }] })
    expect(finds[3]?.against[0]).toMatchObject({ id: 'GHSA-low', accepted: 'not reachable here (ann)' })
  })
})

it('says the same from a data folder and from a running gate', async () => {
  const strip = (text: string): unknown => ({ ...JSON.parse(text) as object, where: null, basis: null, gate: null, bypasses: null })
  expect(strip((await there(project, '--json')).out)).toEqual(strip((await here(project, '--json')).out))
})

describe('exits', () => {
  it.each<[string, Record<string, object>, string, number]>([
    ['nothing found', { 'node_modules/fine': { version: '1.0.0', integrity } }, 'malicious', 0],
    ['malicious', { 'node_modules/evil': { version: '1.0.1', integrity } }, 'malicious', 1],
    ['malicious, but nothing counts', { 'node_modules/evil': { version: '1.0.1', integrity } }, 'nothing', 0],
    ['vulnerable does not count by itself', { 'node_modules/leaky': { version: '1.0.0', integrity } }, 'malicious', 0],
    ['vulnerable', { 'node_modules/leaky': { version: '1.0.0', integrity } }, 'vulnerable', 1],
    ['vulnerable, not enough', { 'node_modules/leaky': { version: '1.0.0', integrity } }, 'vulnerable:critical', 0],
    ['vulnerable enough', { 'node_modules/leaky': { version: '1.0.0', integrity } }, 'vulnerable:moderate', 1],
    ['accepted', { 'node_modules/slow': { version: '1.0.0', integrity } }, 'any', 0],
    ['a bypass', { 'node_modules/g': { version: '1.0.0', resolved: 'git+https://code.example/x/g.git#abc' } }, 'bypass', 1],
    ['a bypass that does not count', { 'node_modules/g': { version: '1.0.0', resolved: 'git+https://code.example/x/g.git#abc' } }, 'vulnerable', 0],
    ['the archive of another package', { 'node_modules/fine': { version: '1.0.0', integrity, resolved: 'https://r.example/other/-/other-1.0.0.tgz' } }, 'malicious', 1],
  ])('%s', async (_what, packages, failOn, code) => {
    const file = join(root, 'package-lock.json')
    await writeFile(file, lock(packages))
    expect((await here(file, '--fail-on', failOn)).code).toBe(code)
  })

  it.each<[string, string[], RegExp]>([
    ['a word that means nothing', ['--fail-on', 'evil'], /--fail-on does not know "evil"\n {2}it takes one or more of malicious/], ['no such path', ['/nonexistent'], /there is no \/nonexistent/],
    ['no data folder', ['--data', '/nonexistent'], /nothing is known here to hold packages against: there is no data folder at \/nonexistent/], ['a list that is none', ['--list', '/nonexistent'], /the list \/nonexistent cannot be read/],
    ['a gate that does not answer', ['--server', 'http://127.0.0.1:1'], /no gate answers at/], ['no duration', ['--max-age', 'soon'], /--max-age is no duration: soon/], ['a path and --machine', ['.', '--machine'], /name no path with it/],
  ])('with 2: %s', async (_what, args, says) => {
    const ran = await sluice(['check', ...args.includes('.') || args.includes('/nonexistent') && args.length === 1 ? [] : [project], ...args], { gate: { data } })
    expect([ran.code, ran.out]).toEqual([2, ''])
    expect(ran.err).toMatch(says)
  })

  it('with 2 where a lockfile is there that cannot be read, and a reader who has read enough is no failure', async () => {
    const folder = join(root, 'large')
    await mkdir(folder)
    await writeFile(join(folder, 'package.json'), '{}')
    await writeFile(join(folder, 'package-lock.json'), Buffer.alloc(33 * 1024 * 1024, ' '))
    const ran = await here(folder)
    expect(ran.code).toBe(2)
    expect(ran.err).toMatch(/not read: \S*package-lock\.json: 33 MiB: more than 32 MiB are not read/)
    const told = await sluice(['inventory', 'add', 'shop', folder, '--complete'], { gate: { data } })
    expect([told.code, told.err]).toEqual([2, expect.stringMatching(/package-lock\.json cannot be read: 33 MiB/)])
    const child = spawn(process.execPath, [fileURLToPath(new URL('../main.ts', import.meta.url)), 'check', '--help'], { stdio: ['ignore', 'pipe', 'pipe'] })
    child.stdout.destroy()
    const says = text(child.stderr)
    const [code] = await once(child, 'exit') as [number]
    expect([code, await says]).toEqual([0, ''])
  })

  it('with 2 where a file is cut off, after saying what is known of the rest', async () => {
    const file = join(root, 'package-lock.json')
    await writeFile(file, lock({ 'node_modules/fine': { version: '1.0.0', integrity }, 'node_modules/later': { version: '1.0.0', integrity } }).slice(0, -60))
    const ran = await here(file)
    expect(ran.code).toBe(2)
    expect(ran.err).toMatch(/package-lock\.json:\d+: .*what follows was not read/)
  })

  it('with 2 where no advisories are known: never all clear', async () => {
    const empty = join(root, 'empty')
    await (await startGate({ data: empty })).close()
    const file = join(root, 'package-lock.json')
    await writeFile(file, lock({ 'node_modules/fine': { version: '1.0.0', integrity } }))
    const clear = await sluice(['check', file], { gate: { data: empty } })
    expect(clear.code).toBe(2)
    expect(clear.err).toContain('No advisories are known here')
    expect(clear.out).toContain('that says little')
  })
})

describe('knowledge that says nothing of what a project has', () => {
  const feed = async (name: string, records: readonly object[]): Promise<string> => {
    const folder = join(root, name)
    const known = await startGate({ data: folder })
    await writeFile(join(root, `${name}.json`), JSON.stringify(records))
    await known.app.operator.importFeed(join(root, `${name}.json`))
    await known.close()
    return folder
  }
  const check = async (folder: string, file: string, content: string) => {
    await writeFile(join(root, file), content)
    return sluice(['check', join(root, file)], { gate: { data: folder } })
  }

  it('is no all-clear: of another ecosystem, or all withdrawn', async () => {
    const npm = await feed('only-npm', [osv('MAL-2026-7', 'evil', { versions: ['1.0.1'] })])
    const ran = await check(npm, 'requirements.txt', 'six==1.0\n')
    expect([ran.code, ran.err]).toEqual([2, expect.stringContaining('No advisories of PyPI are known here: 1 of its packages has not been held against any.')])
    expect((await check(npm, 'package-lock.json', lock({ 'node_modules/fine': { version: '1.0.0', integrity } }))).code).toBe(0)
    const gone = await feed('withdrawn', [osv('MAL-2026-8', 'evil', { versions: ['1.0.1'] }, { withdrawn: '2026-06-01T00:00:00Z' })])
    expect((await check(gone, 'package-lock.json', lock({ 'node_modules/fine': { version: '1.0.0', integrity } }))).code).toBe(2)
  })

  it('nor is a lockfile that was not understood; ranges are named as what they are', async () => {
    expect(await check(data, 'package-lock.json', '{ "lockfileVersion": 99, "packagez": { "node_modules/evil": { "version": "1.0.1" } } }'))
      .toMatchObject({ code: 2, err: expect.stringMatching(/Of \S+package-lock\.json no package could be read\./) as string })
    expect(await check(data, 'package.json', '{ "dependencies": { "evil": "^1.0.0" } }')).toMatchObject({ code: 0, err: expect.stringContaining('1 package is asked for by a range, without a lockfile') as string })
  })

  it('is as old as the feed that was not read for longest', async () => {
    const folder = await feed('feeds', [osv('MAL-2026-9', 'evil', { versions: ['1.0.1'] })])
    const known = await startGate({ data: folder })
    for (const [name, okAt] of [['old', '2026-06-02T00:00:00.000Z'], ['new', new Date().toISOString()]] as const) {
      await known.app.context.database.query.insertInto('intel_feeds').values({ name, location: '/x', format: null, tlp: 'clear', every: 60_000, by: 'ann', trusted: 1, configured: 0, added_at: 1, state: JSON.stringify({ okAt }) }).execute()
    }
    await known.close()
    const ran = await sluice(['check', project, '--json', '--fail-on', 'nothing', '--max-age', '1d'], { gate: { data: folder } })
    expect([ran.code, (ran.json() as { basis: { updatedAt: string } }).basis.updatedAt]).toEqual([2, '2026-06-02T00:00:00.000Z'])
  })
})

it('holds packages against lists of others, as they are', async () => {
  await writeFile(join(root, 'list.csv'), 'name,version,ecosystem\nfine,1.0.0,npm\n')
  await writeFile(join(root, 'list.txt'), `pkg:npm/leaky\n${Buffer.alloc(64, 7).toString('hex')}\n`)
  for (const [on] of [[here], [there]] as const) {
    const { finds, code } = (await on(project, '--json', '--list', join(root, 'list.csv'), '--list', join(root, 'list.txt'))).json() as { finds: Found[]; code: number }
    expect(code).toBe(1)
    expect(finds.filter(({ against }) => against.some(({ kind }) => kind === 'listed')).map(({ name }) => name)).toEqual(expect.arrayContaining(['fine', 'leaky']))
  }
})

it('says what goes past the gate, where it is told which that is', async () => {
  const file = join(root, 'package-lock.json')
  await writeFile(file, lock({ 'node_modules/fine': { version: '1.0.0', integrity, resolved: 'https://elsewhere.example/fine/-/fine-1.0.0.tgz' }, 'node_modules/bare': { version: '1.0.0', resolved: 'https://gate.example/npm/bare/-/bare-1.0.0.tgz' } }))
  const silent = await here(file)
  expect(silent.out).not.toContain('elsewhere.example')
  expect(silent.err).toContain('say where it is with --gate URL')
  const ran = await here(file, '--gate', 'https://gate.example')
  expect(ran.out).toMatch(/Past the gate: 2 ways[^]*archives come from elsewhere\.example[^]*the lockfile has no digest of these/)
})

interface Sarif { version: string; runs: { tool: { driver: { rules: { id: string }[] } }; results: { ruleId: string; ruleIndex: number; level: string; message: { text: string }; locations: { physicalLocation: { artifactLocation: { uri: string }; region: { startLine: number; snippet: { text: string } } } }[]; suppressions?: object[] }[]; invocations: { executionSuccessful: boolean }[] }[] }

it('as SARIF 2.1.0, each at its line', async () => {
  const { version, runs: [run] } = (await here(project, '--format', 'sarif')).json() as Sarif
  expect(version).toBe('2.1.0')
  expect(run?.results.map(({ ruleId, level, locations: [place] }) => `${ruleId} ${level} ${place?.physicalLocation.artifactLocation.uri.split('/').at(-1)} ${place?.physicalLocation.region.snippet.text}`)).toEqual([
    'MAL-2026-1 error package-lock.json "node_modules/evil": {', 'recalled error package-lock.json "node_modules/taken-back": {',
    'GHSA-high error package-lock.json "node_modules/leaky": {', 'GHSA-low note package-lock.json "node_modules/slow": {',
  ])
  expect(run?.results.every(({ ruleId, ruleIndex }) => run.tool.driver.rules[ruleIndex]?.id === ruleId)).toBe(true)
  expect(run?.results[0]?.message.text).toBe('evil 1.0.1: MAL-2026-1 about evil. It comes in by fine > evil. no version is known to be safe: do without fine, which brings it in: npm uninstall fine.')
  expect(run?.results[3]?.suppressions).toEqual([{ kind: 'external', justification: 'not reachable here (ann)' }])
  expect(JSON.stringify(run)).not.toContain(root)
})

it('as CycloneDX VEX with states', async () => {
  const vex = (await here(project, '--format', 'vex')).json() as { bomFormat: string; specVersion: string; vulnerabilities: { id: string; analysis: { state: string }; affects: { ref: string }[] }[] }
  expect([vex.bomFormat, vex.specVersion]).toEqual(['CycloneDX', '1.6'])
  expect(vex.vulnerabilities.map(({ id, analysis, affects }) => [id, analysis.state, affects[0]?.ref])).toEqual([
    ['MAL-2026-1', 'exploitable', 'pkg:npm/evil@1.0.1'], ['recalled: taken-back@3.0.0', 'exploitable', 'pkg:npm/taken-back@3.0.0'],
    ['GHSA-high', 'in_triage', 'pkg:npm/leaky@1.3.0'], ['GHSA-low', 'false_positive', 'pkg:npm/slow@1.0.0'],
  ])
})

it('prints nothing that a terminal would obey, whatever a lockfile holds', async () => {
  const file = join(root, 'requirements.txt')
  await writeFile(file, 'evil\u001b[2J==1.0\nx @ https://files.example/\u001b]0;x\u0007.zip\n--index-url https://\u202ex.example/\n')
  const ran = await here(file, '--gate', 'https://gate.example')
  // eslint-disable-next-line no-control-regex -- control characters are what must not be there
  expect((ran.out + ran.err).replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/)
})

describe('VEX as the published schema of CycloneDX 1.6 has it', () => {
  const schemas = join(dirname(createRequire(import.meta.url).resolve('@cyclonedx/cyclonedx-library/package.json')), 'res', 'schema')
  const schema = (name: string): object => JSON.parse(readFileSync(join(schemas, `${name}.SNAPSHOT.schema.json`), 'utf8')) as object
  const ajv = new Ajv({ strict: false, validateFormats: true, allErrors: true })
  for (const name of ['spdx', 'jsf-0.82', 'cryptography-defs']) ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`)
  formats(ajv, ['date-time', 'uri', 'uri-reference', 'email'])
  for (const name of ['iri', 'iri-reference', 'idn-email']) ajv.addFormat(name, true)
  const valid = ajv.compile(schema('bom-1.6'))
  const expectValid = (document: unknown): void => {
    valid(document)
    expect(valid.errors ?? []).toEqual([])
  }

  it('with finds, without any, and of a package without a version', async () => {
    expectValid((await here(project, '--format', 'vex')).json())
    const file = join(root, 'package.json')
    await writeFile(file, '{ "dependencies": { "fine": "^1", "taken-back": "^3" } }')
    const { vulnerabilities } = (await here(file, '--format', 'vex')).json() as { vulnerabilities: object[] }
    expect(vulnerabilities).toHaveLength(1)
    expectValid((await here(file, '--format', 'vex')).json())
    await writeFile(file, '{ "dependencies": { "fine": "1.0.0" } }')
    expectValid((await here(file, '--format', 'vex')).json())
  })

  it('would say so if it were not', () => {
    expect(valid({ bomFormat: 'CycloneDX', specVersion: '1.6', vulnerabilities: [{ analysis: { state: 'bad' } }] })).toBe(false)
  })
})
